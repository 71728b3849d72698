#include <doctest/doctest.h>

#include "sim/net/stream.h"

using namespace mailscope;

namespace {

std::shared_ptr<const std::string> bytes(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string all_between(const ByteStream& stream, uint64_t begin, uint64_t end) {
  std::string text;
  while (begin + text.size() < end) {
    const std::string_view piece = stream.piece_at(begin + text.size(), end);
    if (piece.empty()) break;
    text += piece;
  }
  return text;
}

}  // namespace

TEST_CASE("a stream gives back what was written, whatever the pieces") {
  ByteStream stream;
  CHECK(stream.begin() == 1);  // offset 0 is the SYN
  CHECK(stream.end() == 1);
  stream.append(bytes("USER bob\r\n"));
  stream.append(bytes(""));
  stream.append(bytes("PASS secret\r\n"));
  CHECK(stream.end() == 24);
  CHECK(all_between(stream, 1, 24) == "USER bob\r\nPASS secret\r\n");
  CHECK(stream.piece_at(6, 8) == "bo");
  CHECK(all_between(stream, 10, 13) == "\nPA");
  CHECK(stream.piece_at(24, 30).empty());
}

TEST_CASE("what has been dropped is gone, and offsets do not move") {
  ByteStream stream;
  stream.append(bytes("one"));
  stream.append(bytes("two"));
  stream.append(bytes("three"));
  stream.drop_before(5);  // in the middle of "two"
  CHECK(stream.begin() == 5);
  CHECK(stream.piece_at(1, 4).empty());
  CHECK(all_between(stream, 5, 12) == "wothree");
  stream.drop_before(1000);
  CHECK(stream.begin() == 12);
  stream.append(bytes("!"));
  CHECK(all_between(stream, 12, 13) == "!");
  stream.clear();
  CHECK(stream.begin() == 13);
  CHECK(stream.end() == 13);
}

TEST_CASE("a long queue is read from the front while it grows at the back") {
  ByteStream stream;
  for (int i = 0; i < 1000; ++i) stream.append(bytes("abcdefghij"));
  uint64_t at = 1;
  for (int i = 0; i < 3000; ++i) {
    REQUIRE(all_between(stream, at, at + 7).size() == 7);
    at += 7;
    stream.drop_before(at);
    stream.append(bytes("abcdefghij"));
  }
  CHECK(stream.end() == 40001);
  CHECK(stream.piece_at(at, at + 1) == std::string(1, static_cast<char>('a' + (at - 1) % 10)));
}

TEST_CASE("a copy of a stream reads on by itself") {
  ByteStream one;
  one.append(bytes("shared"));
  ByteStream two = one;
  one.drop_before(4);
  two.append(bytes("!"));
  CHECK(all_between(one, 4, 7) == "red");
  CHECK(one.end() == 7);
  CHECK(all_between(two, 1, 8) == "shared!");
}

TEST_CASE("lines that follow one another in a text are one piece, and can be sent at once") {
  const auto lines = bytes("one\r\ntwo\r\nthree\r\n");
  ByteStream stream;
  stream.append(lines, 0, 5);
  stream.append(lines, 5, 5);
  CHECK(stream.piece_at(1, stream.end()) == "one\r\ntwo\r\n");
  CHECK(stream.piece_at(4, 7) == "\r\nt");
  // After a block, or with something left out between, another piece begins.
  stream.append(bytes("block"));
  stream.append(lines, 12, 5);
  CHECK(stream.piece_at(11, stream.end()) == "block");
  CHECK(stream.piece_at(16, stream.end()) == "ree\r\n");
  CHECK(stream.end() == 21);
  stream.drop_before(6);
  CHECK(stream.piece_at(6, stream.end()) == "two\r\n");
  // What is overwritten stays as it was for those who share the text.
  ByteStream copy = stream;
  copy.overwrite(7, "OOPS");
  CHECK(copy.piece_at(6, 11) == "tOOPS");
  CHECK(copy.piece_at(11, 16) == "block");
  CHECK(stream.piece_at(6, 11) == "two\r\n");
}
