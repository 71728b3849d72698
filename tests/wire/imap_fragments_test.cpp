#include "sim/wire/imap_fragments.h"

#include <doctest/doctest.h>

#include "sim/wire/imap_command.h"

using namespace mailscope::imap;

namespace {

/// What comes out, as text: units in [], "+" where the sender waits, problems by number.
std::string read_all(Fragments& fragments) {
  std::string out;
  while (fragments.has_unit() || fragments.wants_literal()) {
    if (fragments.wants_literal()) {
      out += '+';
      fragments.continue_literal();
      continue;
    }
    const Unit unit = fragments.take_unit();
    out += '[' + unit.text + ']';
    if (unit.problem != UnitProblem::kNone) out += std::to_string(static_cast<int>(unit.problem));
  }
  return out;
}

/// Fed whole and byte by byte, the result is the same.
std::string fragments_of(std::string_view bytes, FragmentLimits limits = {},
                         Sender sender = Sender::kClient) {
  Fragments whole(sender, limits);
  whole.append(bytes);
  const std::string result = read_all(whole);
  Fragments split(sender, limits);
  std::string result_split;
  for (const char c : bytes) {
    split.append(std::string_view(&c, 1));
    result_split += read_all(split);
  }
  CHECK(result == result_split);
  return result;
}

}  // namespace

TEST_CASE("a unit ends with a line that announces no literal") {
  CHECK(fragments_of("a NOOP\r\nb NOOP\r\nc") == "[a NOOP][b NOOP]");
  CHECK(fragments_of("\r\n") == "[]");
  CHECK(fragments_of("a {3}\r\nx\r\n {2+}\r\nyz\r\nb\r\n") == "+[a {3}\r\nx\r\n {2+}\r\nyz][b]");
  CHECK(fragments_of("a {0}\r\n{0+}\r\n\r\n") == "+[a {0}\r\n{0+}\r\n]");
  // No announcements: not at the end, no digits, a space.
  CHECK(fragments_of("a {3} \r\nb {}\r\nc {+}\r\nd 3}\r\n") == "[a {3} ][b {}][c {+}][d 3}]");
  // A server never waits.
  CHECK(fragments_of("* 1 FETCH (BODY[] {2}\r\nhi)\r\n", {}, Sender::kServer) ==
        "[* 1 FETCH (BODY[] {2}\r\nhi)]");
}

TEST_CASE("literals are found again by their spans") {
  Fragments fragments(Sender::kClient);
  fragments.append("a X {2+}\r\n\r\n {3+}\r\nabc\r\n");
  const Unit unit = fragments.take_unit();
  REQUIRE(unit.literals.size() == 2);
  CHECK(unit.literals[0].of(unit.text) == "\r\n");
  CHECK(unit.literals[1].of(unit.text) == "abc");
}

TEST_CASE("limits hold, and what comes after is read as if nothing had been") {
  const FragmentLimits limits{20, 10};
  CHECK(fragments_of("a 345678901234567890\r\nb\r\n", limits) == "[a 345678901234567890][b]");
  const std::string long_line = "a " + std::string(500, 'x') + "\r\nb\r\n";
  const std::string result = fragments_of(long_line, limits);
  CHECK(result.size() < 70);
  CHECK(result.substr(0, 9) == "[a xxxxxx");
  CHECK(result.substr(result.size() - 5) == "]1[b]");
  // The sender of {n} is told before it sends; {n+} is read through.
  CHECK(fragments_of("a {11}\r\nb\r\n", limits) == "[a {11}\r\n]3[b]");
  CHECK(fragments_of("a {11+}\r\n01234567890 x\r\nb\r\n", limits) == "[a {11+}\r\n x]3[b]");
  CHECK(fragments_of("a {6+}\r\n012345 {5+}\r\n01234\r\nb\r\n", limits) ==
        "[a {6+}\r\n012345 {5+}\r\n]3[b]");
  CHECK(fragments_of("a {4294967296}\r\nb\r\n", limits) == "[a {4294967296}\r\n]4[b]");
  CHECK(fragments_of("a {99999999999999999999999999999}\r\nb\r\n", {100, 10}).back() == ']');
  CHECK(fragments_of("a {4294967296+}\r\n", limits) == "[a {4294967296+}\r\n]5");
  // A line too long that ends in {n+}: its literal is no command.
  const std::string tail = fragments_of("a " + std::string(100, 'x') + " {5+}\r\nb 1\r\n\r\nc\r\n",
                                        limits);
  CHECK(tail.substr(tail.size() - 5) == "]1[c]");
}

TEST_CASE("a bare LF ends a line, and the unit says so") {
  CHECK(fragments_of("a NOOP\nb\r\n") == "[a NOOP]2[b]");
  CHECK(fragments_of("a {3}\nb\r\n") == "[a {3}]2[b]");
  CHECK(fragments_of("a {3+}\nxyz\r\nb\r\n") == "[a {3+}\n]2[b]");
}

TEST_CASE("a refused literal does not come") {
  Fragments fragments(Sender::kClient);
  fragments.append("a X {3}\r\n");
  REQUIRE(fragments.wants_literal());
  CHECK(parse_command_head(fragments.text_so_far()).name == "X");
  fragments.refuse_literal();
  fragments.append("b NOOP\r\n");
  REQUIRE(fragments.has_unit());
  CHECK(fragments.take_unit().text == "b NOOP");
}

TEST_CASE("endless empty literals do not fill the memory") {
  Fragments fragments(Sender::kClient, {100, 100});
  for (int i = 0; i < 100000; ++i) fragments.append("{0+}\r\n");
  CHECK(fragments.pending() < 400);
}

TEST_CASE("a literal8 is a literal like any other, with NUL in it") {
  const std::string nul("a\0b", 3);
  CHECK(fragments_of("a APPEND x ~{3+}\r\n" + nul + "\r\n") == "[a APPEND x ~{3+}\r\n" + nul + "]");
  CHECK(fragments_of("a APPEND x ~{3}\r\n" + nul + "\r\n") == "+[a APPEND x ~{3}\r\n" + nul + "]");
  CHECK(fragments_of("* 1 FETCH (BINARY[1] ~{3}\r\n" + nul + ")\r\n", {}, Sender::kServer) ==
        "[* 1 FETCH (BINARY[1] ~{3}\r\n" + nul + ")]");
}

TEST_CASE("how long the literals were for which the sender did not wait") {
  const auto longest = [](const std::string& bytes) {
    Fragments fragments(Sender::kClient);
    fragments.append(bytes);
    while (fragments.wants_literal()) fragments.continue_literal();
    REQUIRE(fragments.has_unit());
    return longest_plus_literal(fragments.take_unit());
  };
  CHECK(longest("a NOOP\r\n") == 0);
  CHECK(longest("a LOGIN {3}\r\nabc {2}\r\nde\r\n") == 0);
  CHECK(longest("a LOGIN {3}\r\nabc {2+}\r\nde\r\n") == 2);
  CHECK(longest("a LOGIN {3+}\r\nabc {2+}\r\nde\r\n") == 3);
  CHECK(longest("a APPEND x ~{1+}\r\na {4}\r\nb+}\n\r\n") == 1);
  CHECK(longest("a APPEND x {4096+}\r\n" + std::string(4096, 'x') + "\r\n") == kLiteralMinusLimit);
}
