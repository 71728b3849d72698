#include "sim/mail/mbox.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

std::vector<std::string> messages(std::string_view text) {
  std::vector<std::string> out;
  for (const MboxEntry& entry : split_mbox(text, 100)) {
    out.push_back(message_text_from_mbox(entry.content.of(text)));
  }
  return out;
}

}  // namespace

TEST_CASE("mbox: messages between separator lines") {
  const std::string text =
      "From a@b Sat Jan  3 01:05:34 1996\nSubject: one\n\nHi\n\n"
      "From - Sun Jan  4 01:05:34 1996\nSubject: two\n\nHo\n";
  CHECK_EQ(messages(text),
           std::vector<std::string>{"Subject: one\r\n\r\nHi\r\n", "Subject: two\r\n\r\nHo\r\n"});
  const auto entries = split_mbox(text, 100);
  CHECK_EQ(entries[0].stored, DateTime{820631134, 0});
  CHECK_EQ(entries[1].separator.of(text), "From - Sun Jan  4 01:05:34 1996\n");
  CHECK_EQ(split_mbox(text, 1).size(), 1);
}

TEST_CASE("mbox: CRLF files, and a Content-Length that lies") {
  CHECK_EQ(messages("From a@b Sat Jan  3 01:05:34 1996\r\nContent-Length: 9999\r\n\r\nHi\r\n\r\n"
                    "From a@b Sat Jan  3 01:05:34 1996\r\nA: b\r\n\r\n\r\n"),
           std::vector<std::string>{"Content-Length: 9999\r\n\r\nHi\r\n", "A: b\r\n\r\n"});
}

TEST_CASE("mbox: quoted and unquoted From in a letter") {
  CHECK_EQ(messages("From a@b Sat Jan  3 01:05:34 1996\nA: b\n\n"
                    "From here on:\n\nFrom now on:\n>From x\n>>From y\n> From z\n>not\n"),
           std::vector<std::string>{"A: b\r\n\r\nFrom here on:\r\n\r\nFrom now on:\r\nFrom x\r\n"
                                    ">From y\r\n> From z\r\n>not\r\n"});
}

TEST_CASE("mbox: what is no mbox, and an empty message") {
  CHECK(messages("").empty());
  CHECK(messages("Subject: x\n\nhi\n").empty());
  CHECK_FALSE(looks_like_mbox("Subject: x\n"));
  CHECK_EQ(messages("From nobody\n"), std::vector<std::string>{""});
}

TEST_CASE("mbox: Status and X-Status as Maildir letters") {
  CHECK_EQ(flags_from_status_fields("Status: RO\nX-Status: AF\n\n"), "FRS");
  CHECK_EQ(flags_from_status_fields("X-Status: DT\n\n"), "DT");
  CHECK_EQ(flags_from_status_fields("Subject: x\n\nStatus: R\n"), "");
}
