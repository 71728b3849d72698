// The smallest lesson that is worth reading, for tests that break it in one place.
#pragma once

#include <string>

#include "sim/lesson/lesson_file.h"

namespace mailscope::test {

inline const std::string kSmallLesson = R"(title = { en = "Small", zh = "小" }
summary = { en = "A small lesson.", zh = "一堂小课。" }
end = "5s"
compare = ["keep", "take"]

[[variant]]
name = "keep"
title = { en = "Keep", zh = "保留" }

[[variant]]
name = "take"
title = { en = "Take", zh = "取走" }

[[host]]
name = "laptop"
domain = "laptop.example.net"
kind = "laptop"

[[host]]
name = "server"
domain = "mail.example.net"
kind = "server"

[[link]]
between = ["laptop", "server"]
delay = "20ms"
rate = "5mbit"
[link.back]
rate = "50mbit"

[[account]]
host = "server"
user = "bob"
password = "secret"

[[service]]
host = "server"
protocol = "pop3"

[[mail]]
host = "server"
account = "bob"
text = """
From: Alice <alice@example.org>
Subject: Lunch

Friday?
"""
flags = ["\\Flagged"]

[[device]]
host = "laptop"
server = "mail.example.net"
protocol = "pop3"
user = "bob"
password = "secret"
leave_on_server = true
[device.variant.take]
leave_on_server = false

[[step]]
id = "collect"
at = "1s"
focus = ["ladder", "mailbox:laptop"]
do = [
  { action = "check-mail", host = "laptop" },
  { action = "read", host = "laptop", message = "lunch", after = "1s", variants = ["keep"] },
]

[[expect]]
step = "collect"
at = "laptop"
message = "Lunch"

[[question]]
step = "collect"
measure = "messages server"
prompt = { en = "How many?", zh = "几封？" }
[[question.choice]]
value = 1
text = { en = "One", zh = "一封" }
why = { en = "Kept.", zh = "保留了。" }
[[question.choice]]
value = 0
text = { en = "None", zh = "没有" }
why = { en = "Taken.", zh = "取走了。" }
)";

/// The small lesson with its first `from` replaced.
inline std::string changed(const std::string& from, const std::string& to) {
  std::string text = kSmallLesson;
  const size_t at = text.find(from);
  return at == std::string::npos ? "no such text: " + from : text.replace(at, from.size(), to);
}

inline Result<Lesson> parse(const std::string& text) {
  return parse_lesson(text, "lessons/small/lesson.toml",
                      std::string(MAILSCOPE_SOURCE_DIR) + "/assets/mail");
}

}  // namespace mailscope::test
