// Mistakes in a lesson file, each with the text that its author reads: place, line, caret, what was expected.
#include <doctest/doctest.h>

#include "tests/lesson/small_lesson.h"

using namespace mailscope;
using test::changed;

namespace {

/// What is said when the small lesson has `to` in place of `from`.
std::string mistake(const std::string& from, const std::string& to) {
  const Result<Lesson> lesson = test::parse(changed(from, to));
  return lesson.ok() ? "no mistake was found" : lesson.error() + "\n";
}

}  // namespace

TEST_CASE("an unknown host") {
  CHECK(mistake(R"~(between = ["laptop", )~",
                R"~(between = ["laptp", )~") ==
        R"~(lessons/small/lesson.toml:25:12: error: unknown host "laptp"
between = ["laptp", "server"]
           ^
expected the name of a [[host]]; did you mean "laptop"?
)~");
}

TEST_CASE("a rate with a space") {
  CHECK(mistake(R"~(rate = "5mbit")~",
                R"~(rate = "5 mbit")~") ==
        R"~(lessons/small/lesson.toml:27:8: error: "rate" is "5 mbit"
rate = "5 mbit"
       ^
expected a rate such as "64kbit", "5mbit" or "1gbit", at least 1kbit and at most 1000gbit
)~");
}

TEST_CASE("an unknown key") {
  CHECK(mistake(R"~(delay = "20ms")~",
                R"~(dealy = "20ms")~") ==
        R"~(lessons/small/lesson.toml:26:1: error: unknown key "dealy" in [[link]]
dealy = "20ms"
^
expected between, delay, rate, queue, loss, jitter or back; did you mean "delay"?
)~");
}

TEST_CASE("a text for a flag") {
  CHECK(mistake(R"~(leave_on_server = true)~",
                R"~(leave_on_server = "yes")~") ==
        R"~(lessons/small/lesson.toml:57:19: error: "leave_on_server" is a text
leave_on_server = "yes"
                  ^
expected true or false
)~");
}

TEST_CASE("an unknown kind of host") {
  CHECK(mistake(R"~(kind = "server")~",
                R"~(kind = "sever")~") ==
        R"~(lessons/small/lesson.toml:22:8: error: unknown kind "sever"
kind = "sever"
       ^
expected laptop, phone, server, router or dns; did you mean "server"?
)~");
}

TEST_CASE("two variants of one name") {
  CHECK(mistake(R"~(name = "take")~",
                R"~(name = "keep")~") ==
        R"~(lessons/small/lesson.toml:4:20: error: unknown variant "take"
compare = ["keep", "take"]
                   ^
expected the name of a [[variant]]
lessons/small/lesson.toml:11:8: error: the name "keep" is taken
name = "keep"
       ^
expected another name: each [[variant]] has its own
lessons/small/lesson.toml:58:17: error: unknown variant "take"
[device.variant.take]
                ^
expected the name of a [[variant]]
)~");
}

TEST_CASE("a missing mail file") {
  CHECK(mistake(R"~(text = """
From: Alice <alice@example.org>
Subject: Lunch

Friday?
""")~",
                R"~(file = "lunc.eml")~") ==
        R"~(lessons/small/lesson.toml:43:8: error: no mail file "lunc.eml"
file = "lunc.eml"
       ^
expected the name of a file in assets/mail/; did you mean "lunch.eml"?
)~");
}

TEST_CASE("a mail file outside of the folder") {
  CHECK(mistake(R"~(text = """
From: Alice <alice@example.org>
Subject: Lunch

Friday?
""")~",
                R"~(file = "../../README.md")~") ==
        R"~(lessons/small/lesson.toml:43:8: error: no mail file "../../README.md"
file = "../../README.md"
       ^
expected the name of a file in assets/mail/
)~");
}

TEST_CASE("an unknown variant") {
  CHECK(mistake(R"~([device.variant.take])~",
                R"~([device.variant.tke])~") ==
        R"~(lessons/small/lesson.toml:58:17: error: unknown variant "tke"
[device.variant.tke]
                ^
expected the name of a [[variant]]; did you mean "take"?
)~");
}

TEST_CASE("an unknown action") {
  CHECK(mistake(R"~(action = "check-mail")~",
                R"~(action = "chek-mail")~") ==
        R"~(lessons/small/lesson.toml:66:14: error: unknown action "chek-mail"
  { action = "chek-mail", host = "laptop" },
             ^
expected check-mail, read, unread, flag, delete, move, send, disconnect, copy, save-draft, go-offline, go-online, renew-uids, cut, stop-host, start-host, set-link, link-down, link-up or set-dns; did you mean "check-mail"?
)~");
}

TEST_CASE("a message that is not there") {
  CHECK(mistake(R"~(message = "lunch", after)~",
                R"~(message = "dinner", after)~") ==
        R"~(lessons/small/lesson.toml:67:49: error: no message has "dinner" in its subject
  { action = "read", host = "laptop", message = "dinner", after = "1s", variants = ["keep"] },
                                                ^
expected words from the subject of a message of this lesson
)~");
}

TEST_CASE("an action after its step") {
  CHECK(mistake(R"~(after = "1s")~",
                R"~(after = "9s")~") ==
        R"~(lessons/small/lesson.toml:67:3: error: an action of step "collect" comes after the lesson's end
  { action = "read", host = "laptop", message = "lunch", after = "9s", variants = ["keep"] },
  ^
expected a shorter "after"
)~");
}

TEST_CASE("an unknown step") {
  CHECK(mistake(R"~(step = "collect"
measure)~",
                R"~(step = "colect"
measure)~") ==
        R"~(lessons/small/lesson.toml:76:8: error: unknown step "colect"
step = "colect"
       ^
expected the id of a [[step]]; did you mean "collect"?
)~");
}

TEST_CASE("an unknown measure") {
  CHECK(mistake(R"~(measure = "messages server")~",
                R"~(measure = "mesages server")~") ==
        R"~(lessons/small/lesson.toml:77:11: error: nothing can be measured by "mesages server"
measure = "mesages server"
          ^
expected messages, unseen, bodies, bytes-down, bytes-up, round-trips, connections, seen or copies; did you mean "messages"?
)~");
}

TEST_CASE("a language that is missing") {
  CHECK(mistake(R"~(title = { en = "Small", zh = "小" })~",
                R"~(title = { en = "Small" })~") ==
        R"~(lessons/small/lesson.toml:1:9: error: "title" has no "zh"
title = { en = "Small" }
        ^
expected zh = a text in quotes
)~");
}

TEST_CASE("a caret behind wide characters") {
  CHECK(mistake(R"~(zh = "一堂小课。" })~",
                R"~(zh = "一堂小课。", fr = "non" })~") ==
        R"~(lessons/small/lesson.toml:2:51: error: unknown key "fr" in "summary"
summary = { en = "A small lesson.", zh = "一堂小课。", fr = "non" }
                                                       ^
expected en or zh
)~");
}

TEST_CASE("a flag that is none") {
  CHECK(mistake(R"~(flags = ["\\Flagged"])~",
                R"~(flags = ["\\Flaged"])~") ==
        R"~(lessons/small/lesson.toml:49:10: error: "\Flaged" is no flag
flags = ["\\Flaged"]
         ^
expected \Seen, \Answered, \Flagged, \Deleted or \Draft (write the backslash twice), or a keyword; did you mean "\Flagged"?
)~");
}

TEST_CASE("an unknown server") {
  CHECK(mistake(R"~(server = "mail.example.net")~",
                R"~(server = "mail.exmaple.net")~") ==
        R"~(lessons/small/lesson.toml:53:10: error: no host has the domain "mail.exmaple.net"
server = "mail.exmaple.net"
         ^
expected the domain of a [[host]] or the name of an A record; did you mean "mail.example.net"?
)~");
}

TEST_CASE("choices with the same value") {
  CHECK(mistake(R"~([[question.choice]]
value = 0)~",
                R"~([[question.choice]]
value = 1)~") ==
        R"~(lessons/small/lesson.toml:84:9: error: a second choice with value 1
value = 1
        ^
expected a value of its own for each choice
)~");
}

TEST_CASE("a password with a line end") {
  CHECK(mistake(R"~(password = "secret"

[[service]])~",
                R"~(password = "sec\r\nret"

[[service]])~") ==
        R"~(lessons/small/lesson.toml:34:12: error: "password" has a line end or another control character
password = "sec\r\nret"
           ^
expected one line of text
)~");
}

TEST_CASE("no end") {
  CHECK(mistake(R"~(end = "5s"
)~",
                R"~()~") ==
        R"~(lessons/small/lesson.toml: error: no "end"
expected end = "25s": when the run is over
)~");
}

TEST_CASE("a quote that is not closed") {
  CHECK(mistake(R"~(user = "bob")~",
                R"~(user = "bob)~") ==
        R"~(lessons/small/lesson.toml:33:12: error: Error while parsing string: unescaped control characters other than TAB (U+0009) are explicitly prohibited
user = "bob
           ^
expected TOML: key = value, with texts in quotes (https://toml.io)
)~");
}

TEST_CASE("an absurd queue") {
  CHECK(mistake(R"~(rate = "5mbit")~",
                R"~(rate = "5mbit"
queue = 99999999)~") ==
        R"~(lessons/small/lesson.toml:28:9: error: "queue" is 99999999
queue = 99999999
        ^
expected a whole number from 1 to 100000
)~");
}

TEST_CASE("steps out of order") {
  CHECK(mistake(R"~([[expect]])~",
                R"~([[step]]
id = "late"
at = "1s"

[[expect]])~") ==
        R"~(lessons/small/lesson.toml:72:6: error: this step does not come after the one before it
at = "1s"
     ^
expected times that ascend from step to step
)~");
}

TEST_CASE("a file that is absurdly large is refused") {
  const Result<Lesson> lesson = test::parse(std::string(2 << 20, '#'));
  REQUIRE_FALSE(lesson.ok());
  CHECK(lesson.error() ==
        "lessons/small/lesson.toml: error: the file is over 1 MiB\nexpected a lesson's text");
}

TEST_CASE("many mistakes are shown in the order of the text, and not without end") {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "key" + std::to_string(i) + " = 1\n";
  const Result<Lesson> lesson = test::parse(text);
  REQUIRE_FALSE(lesson.ok());
  CHECK(lesson.error().find("no \"end\"") != std::string::npos);
  CHECK(lesson.error().find("more mistakes are not shown") != std::string::npos);
  CHECK(lesson.error().size() < 8000);
}

TEST_CASE("a letter outside of ASCII where a key is expected") {
  // toml++ 3.3.0 took this to be unreachable, and whatever the compiler made of that happened.
  const Result<Lesson> lesson = test::parse("é = 1\n");
  REQUIRE_FALSE(lesson.ok());
  CHECK(lesson.error().find("lessons/small/lesson.toml:1:1: error: ") == 0);
  CHECK_FALSE(test::parse("title é = 1\n").ok());
  CHECK_FALSE(test::parse("title = 1 é\n").ok());
}
