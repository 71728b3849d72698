// The keys of [[service]] and [[device]] that are about POP3: what they set, and the mistakes in
// them as their author reads them.
#include <doctest/doctest.h>

#include "sim/metrics/cost.h"
#include "sim/world/history.h"
#include "tests/lesson/small_lesson.h"

using namespace mailscope;
using test::changed;

namespace {

const std::string kService = "protocol = \"pop3\"\n\n[[mail]]";
const std::string kProgram = "leave_on_server = true\n";

std::string with_service(const std::string& keys) {
  return changed(kService, "protocol = \"pop3\"\n" + keys + "\n\n[[mail]]");
}
std::string with_program(const std::string& keys) { return changed(kProgram, keys + "\n"); }

Pop3ServerConfig service(const std::string& keys) {
  const Result<Lesson> lesson = test::parse(with_service(keys));
  REQUIRE_MESSAGE(lesson.ok(), lesson.error());
  return *lesson.value().variants[0].scenario->services[0].pop3;
}

Pop3ClientConfig program(const std::string& keys, size_t variant = 0) {
  const Result<Lesson> lesson = test::parse(with_program(keys));
  REQUIRE_MESSAGE(lesson.ok(), lesson.error());
  return *lesson.value().variants[variant].scenario->devices[0].pop3;
}

std::string mistake(const std::string& text) {
  const Result<Lesson> lesson = test::parse(text);
  return lesson.ok() ? "no mistake was found" : lesson.error() + "\n";
}

}  // namespace

TEST_CASE("a POP3 service without keys is the server it always was") {
  const Pop3ServerConfig config = service("");
  CHECK(config.extensions == pop3::kUsualExtensions);
  CHECK(config.capa);
  CHECK(!config.clear_login_needs_tls);
  CHECK(!config.expire_days);
  CHECK(!config.update_fails_after);
  CHECK(config.trouble == MaildropTrouble::kNone);
}

TEST_CASE("what a POP3 service offers") {
  const Pop3ServerConfig config = service(
      "extensions = [\"UIDL\", \"SASL\", \"LOGIN-DELAY\", \"EXPIRE\", \"STLS\"]\n"
      "auth = [\"PLAIN\", \"SCRAM-SHA-256\"]\nlogin_delay = \"2m\"\nexpire_days = 0\ncapa = false\n"
      "login_needs_tls = true\ntrouble = \"lasting\"\nupdate_fails_after = 1");
  using pop3::Extension;
  CHECK(config.extensions == (pop3::bit(Extension::kUidl) | pop3::bit(Extension::kSasl) |
                              pop3::bit(Extension::kLoginDelay) | pop3::bit(Extension::kExpire) |
                              pop3::bit(Extension::kStls)));
  CHECK(config.mechanisms ==
        (sasl::bit(sasl::Mechanism::kPlain) | sasl::bit(sasl::Mechanism::kScramSha256)));
  CHECK(config.login_delay == seconds(120));
  CHECK(config.expire_days == 0u);
  CHECK(!config.capa);
  CHECK(config.clear_login_needs_tls);
  CHECK(config.trouble == MaildropTrouble::kLasting);
  CHECK(config.update_fails_after == 1u);
  CHECK(service("extensions = []").extensions == 0);
  std::string all;
  for (const pop3::ExtensionRow& row : pop3::kExtensions)
    all += "\"" + std::string(row.name) + "\",";
  CHECK(service("extensions = [" + all + "]").extensions == pop3::all_extensions());
}

TEST_CASE("an extension that POP3 does not have") {
  CHECK(mistake(with_service("extensions = [\"TOP\", \"UDIL\"]")) ==
        R"~(lessons/small/lesson.toml:39:22: error: unknown POP3 extension "UDIL"
extensions = ["TOP", "UDIL"]
                     ^
expected TOP, UIDL, USER, SASL, RESP-CODES, AUTH-RESP-CODE, LOGIN-DELAY, EXPIRE, PIPELINING, STLS, UTF8, LANG, IMPLEMENTATION or APOP; did you mean "UIDL"?
)~");
}

TEST_CASE("a mechanism that is not there") {
  CHECK(mistake(with_service("extensions = [\"SASL\"]\nauth = [\"CRAM-MD4\"]")) ==
        R"~(lessons/small/lesson.toml:40:9: error: unknown mechanism "CRAM-MD4"
auth = ["CRAM-MD4"]
        ^
expected PLAIN, LOGIN, CRAM-MD5 or SCRAM-SHA-256; did you mean "CRAM-MD5"?
)~");
}

TEST_CASE("a key about an extension that is not offered") {
  CHECK(mistake(with_service("login_delay = \"60s\"")) ==
        R"~(lessons/small/lesson.toml:39:15: error: "login_delay" without the extension LOGIN-DELAY
login_delay = "60s"
              ^
expected extensions = [..., "LOGIN-DELAY"]
)~");
  CHECK(mistake(with_service("extensions = [\"TOP\"]\nauth = [\"PLAIN\"]")) !=
        "no mistake was found");
  CHECK(mistake(with_service("expire_days = 3")) != "no mistake was found");
}

TEST_CASE("the profiles of a POP3 program") {
  CHECK(!program("profile = \"delete\"").leave_on_server);
  CHECK(program("profile = \"keep\"").leave_on_server);
  CHECK(program("profile = \"keep\"").keep_for == Duration{});
  CHECK(program("profile = \"keep-days\"").keep_for == seconds(14 * 24 * 3600));
  CHECK(program("profile = \"keep-days\"\nkeep_days = 3").keep_for == seconds(3 * 24 * 3600));
  const Pop3ClientConfig headers = program("profile = \"headers\"");
  CHECK(headers.leave_on_server);
  CHECK(headers.headers_first);
  CHECK(headers.use_uidl);
  const Pop3ClientConfig old = program("profile = \"no-uidl\"");
  CHECK(old.leave_on_server);
  CHECK(!old.use_uidl);
  CHECK(program("leave_on_server = true").leave_on_server);
  // The small lesson's second variant says leave_on_server = false.
  CHECK(!program("leave_on_server = true", 1).leave_on_server);
}

TEST_CASE("how a POP3 program logs in") {
  const Pop3ClientConfig usual = program("");
  CHECK(usual.login == Pop3Login::kUser);
  CHECK(usual.tls == Pop3Tls::kNever);
  CHECK(!usual.pipeline);
  CHECK(!usual.utf8);
  const Pop3ClientConfig config = program(
      "login = \"auth\"\nmechanism = \"LOGIN\"\ntls = \"required\"\npipeline = true\nutf8 = true");
  CHECK(config.login == Pop3Login::kAuth);
  CHECK(config.mechanism == sasl::Mechanism::kLogin);
  CHECK(config.tls == Pop3Tls::kRequired);
  CHECK(config.pipeline);
  CHECK(config.utf8);
  CHECK(program("login = \"apop\"\ntls = \"offered\"").login == Pop3Login::kApop);
  CHECK(program("tls = \"offered\"", 1).tls == Pop3Tls::kIfOffered);
}

// The story: mail fetched without unique-ids was all one row in the table of who holds what, under
// the subject of the first.
TEST_CASE("who holds what: every copy that came without a unique-id counts") {
  const Result<Lesson> lesson = test::parse(with_program("profile = \"no-uidl\""));
  REQUIRE_MESSAGE(lesson.ok(), lesson.error());
  std::vector<Input> inputs(2);
  inputs[0].host = inputs[1].host = HostId{1};
  inputs[0].at = Instant{} + seconds(1);
  inputs[1].at = Instant{} + seconds(3);
  History history(lesson.value().variants[0].scenario, inputs);
  history.run_until(Instant{} + seconds(5));
  const HoldingTable table = holdings(history.head(), HostId{2}, AccountId{1});
  REQUIRE(table.rows.size() == 3);
  int on_server = 0;
  int on_laptop = 0;
  for (const HoldingRow& row : table.rows) {
    CHECK(row.subject == "Lunch");
    on_server += row.places[0].present ? 1 : 0;
    on_laptop += row.places[1].present ? 1 : 0;
    CHECK(!row.places[0].was_here);
  }
  CHECK(on_server == 1);
  CHECK(on_laptop == 2);
}

TEST_CASE("mistakes in a POP3 program") {
  CHECK(mistake(with_program("profile = \"keeep\"")) ==
        R"~(lessons/small/lesson.toml:57:11: error: unknown profile "keeep"
profile = "keeep"
          ^
expected delete, keep, keep-days, headers or no-uidl; did you mean "keep"?
)~");
  CHECK(mistake(with_program("keep_days = 3")) ==
        R"~(lessons/small/lesson.toml:57:13: error: "keep_days" with another profile
keep_days = 3
            ^
expected profile = "keep-days"
)~");
  CHECK(mistake(with_program("profile = \"keep\"\nleave_on_server = true")) ==
        R"~(lessons/small/lesson.toml:58:19: error: "leave_on_server" beside "profile"
leave_on_server = true
                  ^
expected one of them
)~");
  CHECK(mistake(with_program("mechanism = \"PLAIN\"")) ==
        R"~(lessons/small/lesson.toml:57:13: error: "mechanism" with another login
mechanism = "PLAIN"
            ^
expected login = "auth"
)~");
}
