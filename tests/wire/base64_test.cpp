#include "sim/wire/base64.h"

#include <doctest/doctest.h>

using namespace mailscope;

TEST_CASE("base64: the test vectors of RFC 4648 §10, both ways") {
  const char* vectors[][2] = {{"", ""},
                              {"f", "Zg=="},
                              {"fo", "Zm8="},
                              {"foo", "Zm9v"},
                              {"foob", "Zm9vYg=="},
                              {"fooba", "Zm9vYmE="},
                              {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    CHECK_EQ(encode_base64(plain), encoded);
    CHECK_EQ(parse_base64(encoded), std::string(plain));
    CHECK_EQ(decode_base64(encoded), plain);
  }
}

TEST_CASE("base64: all byte values survive") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  CHECK_EQ(parse_base64(encode_base64(bytes)), bytes);
  CHECK_EQ(decode_base64(encode_base64_lines(bytes)), bytes);
}

TEST_CASE("base64: body lines are no longer than asked") {
  const std::string lines = encode_base64_lines(std::string(100, 'x'));
  CHECK_EQ(lines.find("\r\n"), 76);
  CHECK_EQ(lines.substr(lines.size() - 2), "\r\n");
  CHECK_EQ(encode_base64_lines(""), "");
  CHECK_EQ(encode_base64_lines("abcdef", 1), "YWJj\r\nZGVm\r\n");
}

TEST_CASE("base64: a protocol line must be exactly right") {
  for (const char* wrong : {"Zg=", "Zg", "Zg===", "Z===", "====", "Zm9v\r\n", "Zm 9",
                            "Zg==Zg==", "Zh==", "Zm9=", "Zm9-", "Zm=v", "*"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_base64(wrong).has_value());
  }
}

TEST_CASE("base64: a body is read as far as possible") {
  CHECK_EQ(decode_base64("Zm9v\r\nYmFy\r\n"), "foobar");
  CHECK_EQ(decode_base64("Zm 9v!\x80Ym"), "foob");  // strays skipped, end cut off
  CHECK_EQ(decode_base64("Zg==Zg=="), "ff");        // two encodings glued together
  CHECK_EQ(decode_base64("Z"), "");
  CHECK_EQ(decode_base64("===="), "");
}
