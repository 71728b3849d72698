#include "sim/imap/preview.h"

#include <doctest/doctest.h>

#include "sim/wire/charset.h"

using namespace mailscope;

namespace {

std::string preview(const std::string& body, const std::string& header = "") {
  return preview_text(*make_message(header + "\r\n" + body));
}

}  // namespace

TEST_CASE("preview: the first words on one line") {
  CHECK_EQ(preview("Hello,\r\n\r\n  this  is\ta\u00A0test.\r\n"), "Hello, this is a test.");
  CHECK_EQ(preview(""), "");
  CHECK_EQ(preview(" \r\n\r\n"), "");
  CHECK_EQ(preview("\uFEFFa\u200Bb"), "ab");
}

TEST_CASE("preview: two hundred characters, not octets, none of them cut") {
  std::string words;
  for (int i = 0; i < 300; ++i) words += "\u90AE";
  CHECK_EQ(preview(words, "Content-Type: text/plain; charset=utf-8\r\n"),
           std::string(utf8_prefix(words, 600)));
  const std::string ones = preview(std::string(199, 'a') + " " + std::string(99, 'b'));
  CHECK_EQ(ones, std::string(199, 'a'));
  CHECK_EQ(preview(std::string(198, 'a') + " bc"), std::string(198, 'a') + " b");
}

TEST_CASE("preview: what is quoted is left out, unless it is all there is") {
  CHECK_EQ(preview("On Monday Ann wrote:\r\n\r\n> Lunch?\r\n> Ann\r\n\r\nYes.\r\n-- \r\nBob\r\n"),
           "Yes.");
  CHECK_EQ(preview("To do:\r\n\r\nmilk\r\n"), "To do: milk");
  CHECK_EQ(preview("> Lunch?\r\n>> When?\r\n"), "Lunch? When?");
  CHECK_EQ(preview("Ann wrote:\r\n> Lunch?\r\n"), "Ann wrote: Lunch?");
}

TEST_CASE("preview: HTML without its tags, and nothing of attachments") {
  CHECK_EQ(preview("<style>p{}</style><p>Hello <b>Bob</b></p>", "Content-Type: text/html\r\n"),
           "Hello Bob");
  CHECK_EQ(preview("R0lGODdh", "Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n"),
           "");
}
