// How a mail program comes in over IMAP: capabilities, TLS, login, and what each refusal means.
#include <doctest/doctest.h>

#include "tests/world/small_world.h"

using namespace mailscope;
using imap::Extension;

namespace {

struct Setting {
  imap::ExtensionSet with = 0;
  imap::ExtensionSet without = 0;
  bool plain_needs_tls = false;
  std::string password = "secret";
  ImapEntryConfig entry = {};
};

History run(const Setting& setting) {
  test::SmallWorld small(Protocol::kImap);
  ImapServerConfig server;
  server.extensions = (server.extensions | setting.with) & ~setting.without;
  server.plain_needs_tls = setting.plain_needs_tls;
  for (ServiceSpec& service : small.scenario.services) {
    if (service.imap) service.imap = std::make_shared<const ImapServerConfig>(server);
  }
  ImapClientConfig config = *small.scenario.devices[0].imap;
  config.password = setting.password;
  config.entry = setting.entry;
  small.scenario.devices[0].imap = std::make_shared<const ImapClientConfig>(config);
  History history(small.share(),
                  {test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0)});
  history.run_until(Instant{} + seconds(100));
  CHECK(history.verify().empty());
  return history;
}

/// What the client has said before SELECT, a line each without tags and base64.
std::string way_in(const History& history) {
  std::string all;
  for (uint32_t i = 1; i <= history.trace().size(); ++i) {
    const Event& event = history.trace()[i];
    if (event.kind != EventKind::kLineSent || event.direction != Direction::kToServer) continue;
    if ((event.code & LineFlags::kHandshake) != 0) continue;
    std::string text(history.trace().text(event));
    const size_t space = text.find(' ');
    text = text[0] == 'a' && space != std::string::npos ? text.substr(space + 1) : "...";
    if (text.rfind("SELECT", 0) == 0) return all;
    if (text.rfind("AUTHENTICATE", 0) == 0) {
      const size_t initial = text.find(' ', 13);
      if (initial != std::string::npos) text = text.substr(0, initial) + " ...";
    }
    all += text + "\n";
  }
  return all;
}

size_t held(const History& history) {
  const std::vector<LocalFolder>& folders = history.head().device(DeviceId{1}).local->folders();
  return folders.empty() ? 0 : folders[0].entries.size();
}

int dials(const History& history) {
  int count = 0;
  for (uint32_t i = 1; i <= history.trace().size(); ++i) {
    count += history.trace()[i].kind == EventKind::kDial ? 1 : 0;
  }
  return count;
}

ImapEntryConfig sasl_entry(std::optional<sasl::Mechanism> mechanism = std::nullopt) {
  ImapEntryConfig entry;
  entry.login = ImapLogin::kAuthenticate;
  entry.mechanism = mechanism;
  return entry;
}

constexpr imap::ExtensionSet kEveryWay =
    imap::bit(Extension::kAuthLogin) | imap::bit(Extension::kAuthCramMd5) |
    imap::bit(Extension::kAuthScramSha256);

}  // namespace

TEST_CASE("without wishes it is LOGIN at once, as it always was") {
  const History history = run({});
  CHECK(way_in(history) == "LOGIN bob secret\n");
  CHECK(held(history) == 3);
}

TEST_CASE("SASL: the mechanism that gives least away, in one round trip less with SASL-IR") {
  CHECK(way_in(run({kEveryWay, 0, false, "secret", sasl_entry()})) ==
        "AUTHENTICATE SCRAM-SHA-256\n...\n...\n...\n");
  const History quick =
      run({kEveryWay | imap::bit(Extension::kSaslIr), 0, false, "secret", sasl_entry()});
  CHECK(way_in(quick) == "AUTHENTICATE SCRAM-SHA-256 ...\n...\n...\n");
  CHECK(held(quick) == 3);
}

TEST_CASE("SASL: every mechanism by its name") {
  for (const sasl::MechanismRow& row : sasl::kMechanisms) {
    const History history = run({kEveryWay, 0, false, "secret", sasl_entry(row.mechanism)});
    CAPTURE(row.name);
    CHECK(way_in(history).find(std::string("AUTHENTICATE ") + row.name + "\n") == 0);
    CHECK(held(history) == 3);
  }
  const History none = run({0, 0, false, "secret", sasl_entry(sasl::Mechanism::kCramMd5)});
  CHECK(way_in(none) == "LOGOUT\n");
  CHECK(none.head().device(DeviceId{1}).last_error ==
        "the server offers no way to log in that is known here");
}

TEST_CASE("STARTTLS: what was offered before is forgotten and asked for again") {
  ImapEntryConfig entry;
  for (const ImapTls policy : {ImapTls::kIfOffered, ImapTls::kRequired}) {
    entry.tls = policy;
    const History history =
        run({imap::bit(Extension::kStartTls), 0, true, "secret", entry});
    CHECK(way_in(history) == "STARTTLS\nCAPABILITY\nLOGIN bob secret\n");
    CHECK(held(history) == 3);
  }
}

TEST_CASE("a server without TLS: who insists leaves, who does not goes on in the clear") {
  ImapEntryConfig entry;
  entry.tls = ImapTls::kIfOffered;
  CHECK(way_in(run({0, 0, false, "secret", entry})) == "LOGIN bob secret\n");
  entry.tls = ImapTls::kRequired;
  const History history = run({0, 0, false, "secret", entry});
  CHECK(held(history) == 0);
  CHECK(history.head().device(DeviceId{1}).last_error == "the server offers no TLS");
  // It may be offered the next time: the program tries again.
  CHECK(dials(history) > 1);
}

TEST_CASE("LOGINDISABLED: no password is said") {
  const History history = run({0, 0, true, "secret", {}});
  CHECK(way_in(history) == "LOGOUT\n");
  CHECK(history.head().device(DeviceId{1}).last_error ==
        "the server lets nobody log in with LOGIN here");
}

TEST_CASE("a wrong password is not tried again and again") {
  for (const ImapEntryConfig& entry : {ImapEntryConfig{}, sasl_entry()}) {
    const History history = run({kEveryWay, 0, false, "wrong", entry});
    CHECK(held(history) == 0);
    CHECK(dials(history) == 1);
    CHECK(history.head().device(DeviceId{1}).refused);
  }
}

TEST_CASE("COMPRESS is asked for after the login, where it is offered") {
  ImapEntryConfig entry;
  entry.compress = true;
  CHECK(way_in(run({0, 0, false, "secret", entry})) == "LOGIN bob secret\n");
  const History history = run({imap::bit(Extension::kCompress), 0, false, "secret", entry});
  CHECK(way_in(history) == "LOGIN bob secret\nCOMPRESS DEFLATE\n");
  CHECK(held(history) == 3);
}
