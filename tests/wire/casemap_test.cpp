#include "sim/wire/casemap.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

bool found(std::string_view wanted, std::string_view text) {
  const bool by_needle = CasemapNeedle(wanted).found_in(text);
  CHECK_EQ(by_needle, casemap_contains(casemap(text), casemap(wanted)));
  return by_needle;
}

}  // namespace

TEST_CASE("casemap: titlecase, then the decomposition of that (RFC 5051 §2)") {
  CHECK_EQ(casemap("Hello, World 1"), "HELLO, WORLD 1");
  CHECK_EQ(casemap("\u00E9"), "E\u0301");
  CHECK_EQ(casemap("\u00C9"), "E\u0301");
  CHECK_EQ(casemap("e\u0301"), "E\u0301");
  // The RFC's own example: the titlecase of the ligature is taken apart, its z is not mapped again.
  CHECK_EQ(casemap("\u01C6"), "Dz\u030C");
  // Compatibility forms: full width, a ligature, a superscript.
  CHECK_EQ(casemap("\uFF21\uFF42"), "AB");
  CHECK_EQ(casemap("\uFB01"), "fi");
  CHECK_EQ(casemap("x\u00B2"), "X2");
  // Simple mapping only: the sharp s has no titlecase of one character.
  CHECK_EQ(casemap("\u00DF"), "\u00DF");
  CHECK_EQ(casemap("\u0434\u041B"), "\u0414\u041B");
  CHECK_EQ(casemap("\u90AE\u4EF6"), "\u90AE\u4EF6");
  CHECK_EQ(casemap(""), "");
  // The longest decomposition there is.
  CHECK_EQ(casemap("\uFDFA").size(), 33);
}

TEST_CASE("casemap: what is not UTF-8 is compared as octets") {
  CHECK_EQ(casemap("caf\xE9"), "caf\xE9");
  CHECK_EQ(casemap_compare("caf\xE9", "CAF\xE9"), 1);
  CHECK(found("\xE9", "caf\xE9"));
  CHECK_FALSE(found("CAF", "caf\xE9"));
}

TEST_CASE("casemap: order") {
  CHECK_EQ(casemap_compare("alpha", "ALPHA"), 0);
  CHECK_EQ(casemap_compare("alpha", "Beta"), -1);
  CHECK_EQ(casemap_compare("b", "Alpha"), 1);
  CHECK_EQ(casemap_compare("re", "reply"), -1);
  CHECK_EQ(casemap_compare("", "a"), -1);
  CHECK_EQ(casemap_compare("", ""), 0);
  CHECK_EQ(casemap_compare("\u00E9t\u00E9", "\u00C9T\u00C9"), 0);
  // With its accent taken off, é stands among the e's and not behind z.
  CHECK_EQ(casemap_compare("\u00E9t\u00E9", "zoo"), -1);
  CHECK_EQ(casemap_compare("\u0416", "z"), 1);
}

TEST_CASE("casemap: looking for a text in another") {
  CHECK(found("", ""));
  CHECK(found("", "anything"));
  CHECK_FALSE(found("a", ""));
  CHECK(found("WORLD", "hello world"));
  CHECK(found("hello world", "HELLO WORLD"));
  CHECK_FALSE(found("hello world!", "HELLO WORLD"));
  CHECK(
      found("\u0421\u041E\u0411\u0410", "\u043C\u043E\u044F \u0441\u043E\u0431\u0430\u043A\u0430"));
  CHECK(found("cafe\u0301", "LE CAF\u00C9 NOIR"));
  // RFC 5051 takes accents apart, so a letter is found without the ones that follow it.
  CHECK(found("cafe", "caf\u00E9"));
  CHECK_FALSE(found("caf\u00E9", "cafe"));
  // A needle that is ASCII only after it was taken apart.
  CHECK(found("\uFB01ne", "\uFB01ne"));
  CHECK(found("\uFF21", "banana"));
}

TEST_CASE("casemap: beginnings that repeat do not hide a match") {
  CHECK(found("aab", "aaab"));
  CHECK(found("abcabd", "abcabcabd"));
  CHECK(found("aabaaac", "AABAABAAAC"));
  CHECK_FALSE(found("aaab", "aabaabaab"));
  // Half a million comparisons of half a million letters, were each place tried anew.
  CHECK_FALSE(found(std::string(400000, 'a') + "b", std::string(800000, 'A')));
  CHECK(found(std::string(400000, 'a') + "b", std::string(800000, 'A') + "B"));
}

TEST_CASE("casemap: ASCII or not") {
  CHECK(is_ascii(""));
  CHECK(is_ascii("0123456789abcdef"));
  for (size_t i = 0; i < 20; ++i) {
    std::string text(20, 'a');
    text[i] = '\x80';
    CHECK_FALSE(is_ascii(text));
  }
}
