#include "sim/wire/encoded_word.h"

#include <doctest/doctest.h>

#include "sim/wire/charset.h"

using namespace mailscope;

TEST_CASE("encoded word: the examples of RFC 2047 §8") {
  const char* examples[][2] = {
      {"=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>"},
      {"=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld J\u00F8rn Simonsen"},
      {"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= "
       "=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
       "If you can read this you understand the example."},
      {"(=?ISO-8859-1?Q?a?=)", "(a)"},
      {"(=?ISO-8859-1?Q?a?= b)", "(a b)"},
      {"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
      {"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"},
      {"(=?ISO-8859-1?Q?a_b?=)", "(a b)"},
      {"(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"},
  };
  for (const auto& [text, meant] : examples) CHECK_EQ(decode_encoded_words(text), meant);
}

TEST_CASE("encoded word: a character split between two words, and a language (RFC 2231 §5)") {
  CHECK_EQ(decode_encoded_words("=?utf-8?Q?=E2=82?= =?utf-8?Q?=AC?="), "\u20AC");
  CHECK_EQ(decode_encoded_words("=?US-ASCII*EN?Q?Keith?="), "Keith");
}

TEST_CASE("encoded word: other character sets") {
  CHECK_EQ(decode_encoded_words("=?iso-2022-jp?B?GyRCJCIbKEI=?="), "\u3042");
  CHECK_EQ(decode_encoded_words("=?shift_jis?B?gqA=?="), "\u3042");
  CHECK_EQ(decode_encoded_words("=?gb2312?B?xOO6ww==?="), "\u4F60\u597D");
  CHECK_EQ(decode_encoded_words("=?koi8-r?B?8NLJ18XU?="), "\u041F\u0440\u0438\u0432\u0435\u0442");
}

TEST_CASE("encoded word: malformed ones stay readable") {
  CHECK_EQ(decode_encoded_words("=?utf-8?X?a?="), "=?utf-8?X?a?=");
  CHECK_EQ(decode_encoded_words("=?utf-8?Q?never ends"), "=?utf-8?Q?never ends");
  CHECK_EQ(decode_encoded_words("=?utf-8?Q?lost =?utf-8?Q?found?="), "=?utf-8?Q?lost found");
  CHECK_EQ(decode_encoded_words("=?utf-8?Q?What?s_up=3F?="), "What?s up?");
  CHECK_EQ(decode_encoded_words("=?nonsense/?Q?=E9?="), "\u00E9");
  CHECK_EQ(decode_encoded_words("=?x-unheard-of?Q?a=FFb?="), "a\uFFFDb");
  CHECK_EQ(decode_encoded_words("=?utf-8?B?4oI=?="), "\uFFFD\uFFFD");
  CHECK_EQ(decode_encoded_words("caf\xE9"), "caf\u00E9");
  CHECK_EQ(decode_encoded_words("caf\xC3\xA9"), "caf\u00E9");
  CHECK_EQ(decode_encoded_words("=?"), "=?");
}

TEST_CASE("encoded word: many openings are read in one pass") {
  std::string text;
  for (int i = 0; i < 200000; ++i) text += "=?a?q?x";
  CHECK_EQ(decode_encoded_words(text), text);
}

TEST_CASE("charset: UTF-8 is checked as RFC 3629 §4 says") {
  CHECK(valid_utf8("a\u00E9\u20AC\U0001F600"));
  for (const char* wrong : {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\xE2\x82", "\xFF"}) {
    CHECK_FALSE(valid_utf8(wrong));
    CHECK(valid_utf8(repaired_utf8(wrong)));
  }
  CHECK_EQ(utf8_prefix("\u20AC\u20AC", 5), "\u20AC");
  CHECK_EQ(utf8_prefix("abc", 2), "ab");
  CHECK_EQ(utf8_prefix("abc", 9), "abc");
}

TEST_CASE("charset: labels from strangers choose no converter of their own") {
  CHECK_EQ(utf8_from_charset("\x93hi\x94", "windows-1252"), "\u201Chi\u201D");
  CHECK_EQ(utf8_from_charset("\xA4", "ISO-8859-15"), "\u20AC");
  CHECK_EQ(utf8_from_charset("a\xE9", "utf-8//IGNORE"), "a\u00E9");
  CHECK_EQ(utf8_from_charset("a\xE9", ""), "a\u00E9");
  CHECK_EQ(utf8_from_charset("a", "wchar_t"), "a");
  CHECK_EQ(utf8_from_charset(std::string("\xFF", 1), "gb2312"), "\uFFFD");
  CHECK_EQ(utf8_from_charset("\xA4\x40\xA4", "big5"), "\u4E00\uFFFD");
}

TEST_CASE("charset: a converter that complains after it took the last bytes") {
  // Found by mime_fuzz: glibc's CP949 consumes A2 E8 and only then says EILSEQ; skipping one more
  // byte ran past the end of the text.
  CHECK_EQ(utf8_from_charset("x\xA2\xE8", "euc-kr"), "x\uFFFD");
  CHECK(valid_utf8(utf8_from_charset("\xA2\xE8\xA2\xE8\xA2", "euc-kr")));
}
