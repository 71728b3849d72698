// What a lesson says about the queue of a server and about the DNS, and the mistakes in it.
#include <doctest/doctest.h>

#include "sim/lesson/lesson_file.h"
#include "sim/lesson/verdict.h"

using namespace mailscope;

namespace {

/// Alice's server passes mail on to Bob's, which is off in the first half hour.
const std::string kLesson = R"(title = { en = "Queue", zh = "队列" }
summary = { en = "A queue.", zh = "一个队列。" }
end = "3h"

[[host]]
name = "alice"
kind = "laptop"
[[host]]
name = "org"
domain = "mail.example.org"
kind = "server"
[[host]]
name = "net"
domain = "mail.example.net"
kind = "server"
[[host]]
name = "dns"
kind = "dns"
[[link]]
between = ["alice", "org"]
[[link]]
between = ["org", "net"]
[[link]]
between = ["org", "dns"]

[[account]]
host = "org"
user = "alice"
password = "secret"
[[account]]
host = "net"
user = "bob"
password = "secret"

[[service]]
host = "org"
protocol = "smtp"
domains = ["example.org"]
relay_for = ["alice"]
retry = ["1m", "5m"]
give_up = "20m"
warn_after = "10m"
[[service]]
host = "net"
protocol = "smtp"
domains = ["example.net"]

[[dns]]
name = "example.net"
type = "MX"
value = "mail.example.net"
[[dns]]
name = "example.com"
type = "MX"
preference = 0
value = "."

[[device]]
host = "alice"
protocol = "none"
smtp = "mail.example.org"
address = "alice@example.org"

[[step]]
id = "write"
at = "1s"
do = [
  { action = "stop-host", host = "net" },
  { action = "send", host = "alice", to = ["bob@example.net"], text = "Subject: Lunch\n\nFriday?\n", after = "1s" },
]

[[expect]]
at = "org"
account = "alice"
message = "could not be delivered"
[[expect]]
at = "org"
account = "alice"
message = "is delayed"
)";

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kLesson;
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

Result<Lesson> parse(const std::string& text) { return parse_lesson(text, "lesson.toml", "."); }

/// What is said of the lesson with `to` in place of `from`, without place and line.
std::string mistake(const std::string& from, const std::string& to) {
  const Result<Lesson> lesson = parse(changed(from, to));
  if (lesson.ok()) return "no mistake was found";
  const std::string& text = lesson.error();
  const size_t begin = text.find("error: ") + 7;
  return text.substr(begin, text.find('\n', begin) - begin) + "; " +
         text.substr(text.rfind('\n') + 1);
}

void check_holds(const std::string& text) {
  const Result<Lesson> lesson = parse(text);
  if (!lesson.ok()) MESSAGE(lesson.error());
  REQUIRE(lesson.ok());
  const LessonRun run = run_lesson(lesson.value(), lesson.value().variants[0]);
  for (const Verdict& verdict : check_expectations(run)) {
    INFO(verdict_text(verdict, Catalog::load(home_folder(), "en").value()));
    CHECK(verdict.holds);
  }
}

}  // namespace

TEST_CASE("a lesson's queue is as patient as the lesson says") {
  check_holds(kLesson);
  // With the patience of RFC 5321 neither word would have come within three hours.
  const Result<Lesson> patient =
      parse(changed("retry = [\"1m\", \"5m\"]\ngive_up = \"20m\"\nwarn_after = \"10m\"\n", ""));
  REQUIRE(patient.ok());
  const LessonRun run = run_lesson(patient.value(), patient.value().variants[0]);
  for (const Verdict& verdict : check_expectations(run)) CHECK_FALSE(verdict.holds);
}

TEST_CASE("a lesson may change the DNS while mail waits") {
  std::string text = changed(
      "after = \"1s\" },\n",
      "after = \"1s\" },\n  { action = \"set-dns\", host = \"dns\", name = \"example.net\", "
      "records = [\"MX 5 mail.example.org\", \"MX 10 mail.example.net\"], after = \"30s\" },\n");
  text = text.substr(0, text.find("[[expect]]")) +
         "[[expect]]\nat = \"org\"\naccount = \"alice\"\nmessage = \"could not be delivered\"\n"
         "[[expect]]\nat = \"org\"\naccount = \"alice\"\ncount = 1\n";  // no delay: a loop
  check_holds(text);
}

TEST_CASE("mistakes about queues and records") {
  CHECK(mistake("\"5m\"", "\"soon\"") ==
        "\"soon\" is no pause; expected at least \"1s\", such as \"30m\" or \"2h\"");
  CHECK(mistake("\"5m\"", "\"0s\"").rfind("\"0s\" is no pause", 0) == 0);
  CHECK(mistake("[\"1m\", \"5m\"]", "[]").rfind("\"retry\" names no pause", 0) == 0);
  CHECK(mistake("preference = 0\n", "preference = 5\n") ==
        "\".\" with a preference; expected preference = 0 beside \".\"");
  const auto set_dns = [](const std::string& rest) {
    return mistake("after = \"1s\" },\n",
                   "after = \"1s\" },\n  { action = \"set-dns\", " + rest + " },\n");
  };
  CHECK(set_dns(R"(host = "dns", name = "example.net", records = ["MX 5 mail.example.org"])") ==
        "no mistake was found");
  CHECK(set_dns(R"(host = "dns", name = "example.net", records = ["A net", "MX 0 ."])") ==
        "no mistake was found");
  CHECK(set_dns(R"(host = "org", name = "example.net")").rfind("this host is no DNS", 0) == 0);
  for (const char* record : {"MX mail.example.org", "MX 70000 a.test", "A nobody", "TXT x", "",
                             "MX 5 .", "MX 5 a.test b.test", "A"}) {
    CAPTURE(record);
    CHECK(
        set_dns(std::string(R"(host = "dns", name = "example.net", records = [")") + record + "\"]")
            .find("is no record") != std::string::npos);
  }
  CHECK(set_dns(R"(host = "dns", name = "not a name")").rfind("this is no domain name", 0) == 0);
}
