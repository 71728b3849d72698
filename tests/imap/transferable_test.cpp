#include "sim/imap/transferable.h"

#include <doctest/doctest.h>

#include <string>

#include "sim/mail/message.h"
#include "sim/wire/mime.h"

using namespace mailscope;

TEST_CASE("a binary part becomes base64 and holds what it held") {
  const std::string bytes = std::string("a\0b", 3) + "\n\r\rc";
  const std::string text =
      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhello\r\n"
      "--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: BINARY\r\n\r\n" +
      bytes + "\r\n--x--\r\n";
  const auto clean = transferable_message(text);
  REQUIRE(clean);
  CHECK(clean->find('\0') == std::string::npos);
  CHECK(crlf_normalised(*clean) == *clean);
  const MimePart root = parse_mime(*clean);
  REQUIRE(root.parts.size() == 2);
  CHECK(decoded_body(root.parts[1], *clean) == bytes);
  CHECK(decoded_body(root.parts[0], *clean) == "hello");
}

TEST_CASE("what says binary but needs no encoding stays as it is") {
  const std::string text = "Content-Transfer-Encoding: binary\r\n\r\nplain\r\n";
  CHECK(transferable_message(text).value_or("") == text);
}

TEST_CASE("a NUL where none can be") {
  CHECK(!transferable_message(std::string("Subject: \0\r\n\r\nx\r\n", 18)));
  CHECK(!transferable_message(std::string("Subject: a\r\n\r\n\0\r\n", 17)));
  const std::string seven_bit = "Content-Transfer-Encoding: 7bit\r\n\r\n" + std::string(1, '\0');
  CHECK(!transferable_message(seven_bit));
}
