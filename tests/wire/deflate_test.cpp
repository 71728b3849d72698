// One direction of a compressed stream: what comes back, in which pieces, and what a copy is.
#include "sim/wire/deflate.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

std::string compressed(Deflater& deflater, std::string_view plain) {
  std::string out;
  deflater.add(plain, out);
  deflater.flush(out);
  return out;
}

std::string flags_lines(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    text += "* " + std::to_string(i) + " FETCH (UID " + std::to_string(i) + " FLAGS (\\Seen))\r\n";
  }
  return text;
}

}  // namespace

TEST_CASE("what was compressed comes back, whole and one octet at a time") {
  Deflater deflater;
  Inflater whole;
  Inflater bytes;
  for (const std::string& text : {std::string("* OK\r\n"), flags_lines(2000), std::string("x")}) {
    const std::string wire = compressed(deflater, text);
    whole.append(wire);
    CHECK(whole.take(1 << 20) == text);
    std::string slowly;
    for (const char c : wire) {
      bytes.append(std::string_view(&c, 1));
      slowly += bytes.take(1 << 20);
    }
    CHECK(slowly == text);
    CHECK(whole.waiting() == 0);
  }
  CHECK(whole.problem() == Inflater::Problem::kNone);
}

TEST_CASE("a later line is short on the wire: it refers to the earlier ones") {
  Deflater deflater;
  const std::string first = compressed(deflater, flags_lines(1));
  const std::string again = compressed(deflater, flags_lines(1));
  CHECK(first.size() > again.size());
  CHECK(again.size() < 12);
}

TEST_CASE("a flush ends with the empty stored block that RFC 4978 section 4 shows") {
  Deflater deflater;
  const std::string wire = compressed(deflater, "* OK\r\n");
  CHECK(wire.substr(wire.size() - 4) == std::string("\0\0\xff\xff", 4));
}

TEST_CASE("a bomb is inflated no further than asked for") {
  Deflater deflater;
  const std::string wire = compressed(deflater, std::string(16 << 20, 'a'));
  CHECK(wire.size() < 32768);
  Inflater inflater;
  inflater.append(wire);
  uint64_t total = 0;
  while (true) {
    const std::string piece = inflater.take(4096);
    CHECK(piece.size() <= 4096);
    if (piece.empty()) break;
    total += piece.size();
  }
  CHECK(total == 16 << 20);
  CHECK(inflater.consumed() == wire.size());
}

TEST_CASE("how much input a part of the text has needed") {
  Deflater deflater;
  const std::string wire = compressed(deflater, flags_lines(500));
  Inflater inflater;
  inflater.append(wire);
  inflater.skip(flags_lines(250).size());
  const uint64_t half = inflater.consumed();
  CHECK(half > 0);
  CHECK(half < wire.size());
  CHECK(inflater.take(1 << 20) == flags_lines(500).substr(flags_lines(250).size()));
  // With so much input and no more, so much text and no less.
  Inflater again;
  again.append(std::string_view(wire).substr(0, half));
  CHECK(again.take(1 << 20).size() >= flags_lines(250).size());
}

TEST_CASE("a copy goes on as the original would, and neither moves the other") {
  Deflater deflater;
  Inflater inflater;
  inflater.append(compressed(deflater, flags_lines(10)));
  inflater.take(1 << 20);
  const Deflater kept = deflater;
  const Inflater heard = inflater;
  const std::string wire = compressed(deflater, "a NOOP\r\n");
  CHECK(kept.digest() != deflater.digest());
  Deflater copy = kept;
  compressed(deflater, "the original has gone on meanwhile");
  CHECK(compressed(copy, "a NOOP\r\n") == wire);
  Inflater other = heard;
  CHECK(other.digest() == heard.digest());
  other.append(wire);
  CHECK(other.take(100) == "a NOOP\r\n");
  CHECK(other.digest() != heard.digest());
  inflater.append(wire);
  CHECK(inflater.take(100) == "a NOOP\r\n");
  CHECK(inflater.digest() == other.digest());
}

TEST_CASE("what is not DEFLATE is found, and nothing is read after that") {
  Inflater inflater;
  inflater.append("a2 SELECT INBOX\r\na3 FETCH 1:* ALL\r\n");
  while (!inflater.take(1000).empty()) {
  }
  CHECK(inflater.problem() == Inflater::Problem::kBroken);
  inflater.append("more");
  CHECK(inflater.take(1000).empty());
}

TEST_CASE("nothing may follow the last block") {
  const std::string last("\x01\x02\x00\xfd\xffhi", 7);  // stored, final: RFC 1951 section 3.2.4
  Inflater inflater;
  inflater.append(last);
  CHECK(inflater.take(100) == "hi");
  CHECK(inflater.take(100).empty());
  CHECK(inflater.problem() == Inflater::Problem::kNone);
  inflater.append("x");
  CHECK(inflater.problem() == Inflater::Problem::kAfterEnd);
  Inflater together;
  together.append(last + "x");
  together.take(100);
  CHECK(together.problem() == Inflater::Problem::kAfterEnd);
}
