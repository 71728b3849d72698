#include "sim/imap/list_patterns.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sim/base/rng.h"

using namespace mailscope;

namespace {

bool matches(const std::string& pattern, const std::string& name) {
  return ListPatterns({pattern}).match(name).name;
}

/// RFC 3501 §6.3.8 word for word, at any cost.
bool matches_slowly(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] != '*' && pattern[0] != '%') {
    return !name.empty() && name[0] == pattern[0] &&
           matches_slowly(pattern.substr(1), name.substr(1));
  }
  for (size_t taken = 0;; ++taken) {
    if (matches_slowly(pattern.substr(1), name.substr(taken))) return true;
    if (taken == name.size() || (pattern[0] == '%' && name[taken] == '/')) return false;
  }
}

}  // namespace

TEST_CASE("* and % in LIST patterns") {
  CHECK(matches("*", "a/b"));
  CHECK(!matches("%", "a/b"));
  CHECK(matches("%/%", "a/b"));
  CHECK(matches("a*b", "a/b"));
  CHECK(matches("a%%*c", "abc"));
  CHECK(!matches("a*d", "abc"));
  CHECK(matches("iNb%", "INBOX"));
  CHECK(!matches("inbox2", "Inbox2"));
  CHECK(matches("*", "x"));
  CHECK(!matches("", "x"));
  CHECK(!matches("work", "Work"));
}

TEST_CASE("several patterns are one automaton: each begins and ends by itself") {
  const ListPatterns patterns({"ab", "cd%", "", "*x"});
  CHECK(patterns.match("ab").name);
  CHECK(!patterns.match("ab").level);
  CHECK(patterns.match("cde").level);
  CHECK(!patterns.match("abcd").name);
  CHECK(patterns.match("a/b/x").name);
  CHECK(!patterns.match("b").name);
}

TEST_CASE("patterns match what the words of the RFC say, whatever they are") {
  Rng rng(7);
  const auto word = [&rng](std::string_view letters, uint64_t longest) {
    std::string text(rng.below(longest + 1), ' ');
    for (char& c : text) c = letters[rng.below(letters.size())];
    return text;
  };
  int matched = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string pattern = word("ab/*%", 9);
    const std::string name = word("ab/", 9);
    CAPTURE(pattern);
    CAPTURE(name);
    const bool expected = matches_slowly(pattern, name);
    CHECK(matches(pattern, name) == (expected && !pattern.empty()));
    matched += expected ? 1 : 0;
  }
  CHECK(matched > 1000);
}

TEST_CASE("a pattern that would cost others years costs its length; one too long matches nothing") {
  std::string pattern;
  for (int i = 0; i < 499; ++i) pattern += "a*";
  const std::string name(255, 'a');
  const ListPatterns patterns({pattern});
  for (int i = 0; i < 10000; ++i) CHECK_FALSE(patterns.match(name).name);
  const ListPatterns fits({std::string(kMaxListPattern, 'a')});
  CHECK(fits.match(std::string(kMaxListPattern, 'a')).name);
  const ListPatterns both({std::string(kMaxListPattern + 1, '*'), "a"});
  CHECK(both.match("a").name);
  CHECK_FALSE(both.match("b").name);
}

TEST_CASE("patterns of which none is left match nothing") {
  // Found by the fuzzer: of no patterns at all, the first was looked at.
  const std::string too_long(kMaxListPattern + 1, 'a');
  for (const std::vector<std::string>& none :
       {std::vector<std::string>{}, std::vector<std::string>{"", too_long}}) {
    const ListPatterns patterns(none);
    CHECK(!patterns.match("a").name);
    CHECK(!patterns.match("").name);
    CHECK(!patterns.match("INBOX").level);
  }
}
