#include "sim/wire/quoted_printable.h"

#include <doctest/doctest.h>

using namespace mailscope;

TEST_CASE("quoted-printable: the example of RFC 2045 §6.7") {
  CHECK_EQ(decode_quoted_printable("Now's the time =\r\nfor all folk to come=\r\n"
                                   " to the aid of their country."),
           "Now's the time for all folk to come to the aid of their country.");
}

TEST_CASE("quoted-printable: escapes in either case, line ends of either kind") {
  CHECK_EQ(decode_quoted_printable("caf=C3=A9\r\n"), "caf\xC3\xA9\r\n");
  CHECK_EQ(decode_quoted_printable("caf=c3=a9=\n!\n"), "caf\xC3\xA9!\n");
}

TEST_CASE("quoted-printable: blanks at a line's end were added on the way") {
  CHECK_EQ(decode_quoted_printable("a \t\r\nb  "), "a\r\nb");
  CHECK_EQ(decode_quoted_printable("a=20\r\nb"), "a \r\nb");
  CHECK_EQ(decode_quoted_printable("a =  \r\nb"), "a b");
}

TEST_CASE("quoted-printable: what is no escape stands for itself") {
  CHECK_EQ(decode_quoted_printable("1+1=2, =XY, =4"), "1+1=2, =XY, =4");
  CHECK_EQ(decode_quoted_printable("end="), "end");
}

TEST_CASE("quoted-printable: encoding round trips and keeps lines short") {
  std::string bytes =
      "Gr\xC3\xBC\xC3\x9F"
      "e = 1 \r\n\r\n\tx\t";
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  bytes += std::string(200, 'y') + "\r\n" + std::string(75, 'z') + " \r\n" + std::string(76, 'w');
  const std::string encoded = encode_quoted_printable(bytes);
  CHECK_EQ(decode_quoted_printable(encoded), bytes);
  size_t begin = 0;
  while (begin < encoded.size()) {
    const size_t end = std::min(encoded.find("\r\n", begin), encoded.size());
    CHECK_LE(end - begin, 76);
    begin = end + 2;
  }
  CHECK_EQ(encode_quoted_printable(std::string(76, 'w')), std::string(76, 'w'));
}

TEST_CASE("quoted-printable: the Q encoding of header words") {
  CHECK_EQ(decode_q_word("a_b=5F=3D=zz"), "a b_==zz");
}
