// The keys of [[device]] and the actions that are about IMAP mail programs: what they set, and the
// mistakes in them as their author reads them.
#include <doctest/doctest.h>

#include "tests/lesson/small_lesson.h"

using namespace mailscope;
using test::changed;

namespace {

std::string with_program(const std::string& keys) {
  std::string text = changed("protocol = \"pop3\"\nuser", "protocol = \"imap\"\n" + keys + "\nuser");
  const std::string service = "protocol = \"pop3\"\n\n[[mail]]";
  text.replace(text.find(service), service.size(), "protocol = \"imap\"\n\n[[mail]]");
  return text;
}

ImapClientConfig program(const std::string& keys) {
  const Result<Lesson> lesson = test::parse(with_program(keys));
  REQUIRE_MESSAGE(lesson.ok(), lesson.error());
  return *lesson.value().variants[0].scenario->devices[0].imap;
}

std::string with_action(const std::string& action) {
  std::string text = with_program("folders = [\"*\"]");
  const std::string known = "{ action = \"check-mail\", host = \"laptop\" },";
  return text.replace(text.find(known), known.size(), known + "\n  " + action + ",");
}

std::string mistake(const std::string& text) {
  const Result<Lesson> lesson = test::parse(text);
  return lesson.ok() ? "no mistake was found" : lesson.error() + "\n";
}

}  // namespace

TEST_CASE("an IMAP program without keys is the program it always was") {
  const ImapClientConfig config = program("");
  CHECK(config.headers_first);
  CHECK(config.use_idle);
  CHECK(config.resync == ImapResync::kUidWindow);
  CHECK(config.folders.empty());
  CHECK(config.noop_every.ns == 0);
  CHECK(config.sent.empty());
  CHECK(config.trash.empty());
  CHECK(config.drafts == "Drafts");
  CHECK_FALSE(config.use_notify);
  CHECK_FALSE(config.pipeline);
}

TEST_CASE("what the keys of an IMAP program set") {
  const ImapClientConfig config = program(
      "headers_first = false\nbody_limit = 5000\nresync = \"qresync\"\nidle = false\nnoop = \"5m\"\n"
      "pipeline = true\nnotify = true\npreviews = true\nmove = false\n"
      "folders = [\"INBOX\", \"Archive\"]\ndrafts = \"Unfinished\"\nsent = \"\\\\Sent\"\n"
      "trash = \"Bin\"");
  CHECK_FALSE(config.headers_first);
  CHECK(config.body_limit == 5000);
  CHECK(config.resync == ImapResync::kQresync);
  CHECK_FALSE(config.use_idle);
  CHECK(config.noop_every == seconds(300));
  CHECK(config.pipeline);
  CHECK(config.use_notify);
  CHECK(config.previews);
  CHECK_FALSE(config.use_move);
  CHECK(config.keeps("Archive"));
  CHECK(config.keeps("INBOX"));
  CHECK_FALSE(config.keeps("Bin"));
  CHECK(config.drafts == "Unfinished");
  CHECK(config.sent == "\\Sent");
  CHECK(config.trash == "Bin");
  CHECK(program("folders = [\"*\"]").keeps("anything"));
}

TEST_CASE("what a person can do beside reading") {
  const Result<Lesson> lesson = test::parse(with_action(
      "{ action = \"go-offline\", host = \"laptop\" },\n"
      "  { action = \"save-draft\", host = \"laptop\", text = \"Subject: Plan\\n\\nOne\" },\n"
      "  { action = \"save-draft\", host = \"laptop\", text = \"Subject: Plan\\n\\nTwo\", "
      "replaces = \"plan\" },\n"
      "  { action = \"copy\", host = \"laptop\", message = \"lunch\", mailbox = \"Food\" },\n"
      "  { action = \"renew-uids\", host = \"server\", account = \"bob\", mailbox = \"INBOX\" },\n"
      "  { action = \"go-online\", host = \"laptop\" }"));
  REQUIRE_MESSAGE(lesson.ok(), lesson.error());
  const std::vector<Input>& inputs = lesson.value().steps[0].inputs;
  REQUIRE(inputs.size() == 8);
  CHECK(inputs[1].kind == InputKind::kGoOffline);
  CHECK(inputs[2].kind == InputKind::kSaveDraft);
  CHECK(inputs[2].text.empty());
  CHECK(inputs[2].message->subject() == "Plan");
  CHECK(inputs[3].text == "plan");
  CHECK(inputs[4].kind == InputKind::kCopy);
  CHECK(inputs[4].mailbox == "Food");
  CHECK(inputs[5].kind == InputKind::kRenewUids);
  CHECK(inputs[5].text == "bob");
  CHECK(inputs[6].kind == InputKind::kGoOnline);
}

TEST_CASE("mistakes in an IMAP program") {
  CHECK(mistake(with_program("resync = \"uid\"")).find("did you mean \"uids\"?") !=
        std::string::npos);
  CHECK(mistake(with_program("body_limit = 10")).find("\"body_limit\" with headers first") !=
        std::string::npos);
  CHECK(mistake(with_program("noop = \"1m\"")).find("\"noop\" beside IDLE") != std::string::npos);
  CHECK(mistake(with_program("idle = false\nnoop = \"1ms\"")).find("\"noop\" is under a second") !=
        std::string::npos);
  CHECK(mistake(with_program("folders = [\"a//b\"]")).find("\"folders\": ") != std::string::npos);
  CHECK(mistake(with_action("{ action = \"renew-uids\", host = \"server\", account = \"bop\", "
                            "mailbox = \"INBOX\" }"))
            .find("did you mean \"bob\"?") != std::string::npos);
  CHECK(mistake(changed("{ action = \"check-mail\", host = \"laptop\" },",
                        "{ action = \"save-draft\", host = \"laptop\", text = \"Subject: x\" },"))
            .find("keeps no drafts on a server") != std::string::npos);
}
