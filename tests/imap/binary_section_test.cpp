#include "sim/imap/binary_section.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

using Outcome = BinarySection::Outcome;

const char* const kMixed =
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n"
    "--b\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\ncaf=C3=A9=\r\n!\r\n"
    "--b\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nWFla\r\n"
    "--b\r\nContent-Transfer-Encoding: binary\r\n\r\nas it is\r\n--b--\r\n";

std::string binary(std::vector<uint32_t> part) {
  const BinarySection section = binary_section(*make_message(kMixed), part);
  if (section.outcome == Outcome::kNoSuchPart) return "(no such part)";
  if (section.outcome == Outcome::kUnknownEncoding) return "(unknown encoding)";
  return section.bytes;
}

}  // namespace

TEST_CASE("binary section: leaves are decoded") {
  CHECK_EQ(binary({1}), std::string("\0\1\2", 3));
  CHECK_EQ(binary({2}), "caf\u00E9!");
  CHECK_EQ(binary({3}), "(unknown encoding)");
  CHECK_EQ(binary({4, 1}), "XYZ");
  CHECK_EQ(binary({5}), "as it is");
}

TEST_CASE("binary section: what holds other parts is given as it stands") {
  CHECK_EQ(binary({}), kMixed);
  CHECK_EQ(binary({4}), "Content-Transfer-Encoding: base64\r\n\r\nWFla");
}

TEST_CASE("binary section: parts that are not there") {
  CHECK_EQ(binary({6}), "(no such part)");
  CHECK_EQ(binary({1, 1}), "(no such part)");
  CHECK_EQ(binary({4, 2}), "(no such part)");
}

TEST_CASE("binary section: a field that cannot be read does not say 7bit") {
  for (const char* field : {"text/html", "7 bit", "", "8bit, base64", "x-uuencode"}) {
    CAPTURE(field);
    const MessagePtr message =
        make_message("Content-Transfer-Encoding: " + std::string(field) + "\r\n\r\nx");
    CHECK_EQ(binary_section(*message, {1}).outcome, Outcome::kUnknownEncoding);
  }
}
