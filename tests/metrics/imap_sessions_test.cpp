// A laptop and a phone in one mailbox: at every instant what each session believes and what it will
// be told add up to what the server holds; and what it was said that it would be told, it is told.
#include "sim/metrics/imap_sessions.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/world/small_world.h"

using namespace mailscope;
using test::SmallWorld;

namespace {

/// The session's own account of its mailbox: "" when it adds up.
std::string fault_of(const ImapSession& session) {
  uint32_t gone = 0;
  uint32_t unknown = 0;
  for (const NumberedUid& each : session.numbering) {
    gone += each.gone ? 1 : 0;
    unknown += each.number.value == 0 ? 1 : 0;
  }
  if (session.told_exists - gone + unknown != session.exists) return "numbers do not add up";
  if (!session.pending.empty()) return {};
  return gone + unknown == 0 ? std::string() : "something is to be told, and nothing will tell it";
}

}  // namespace

TEST_CASE("what sessions believe and what they will be told is what the server holds") {
  SmallWorld small(Protocol::kImap);
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                   SmallWorld::action(InputKind::kCheckMail, small.phone, 200),
                   SmallWorld::action(InputKind::kFlag, small.laptop, 2000, "Photos"),
                   SmallWorld::action(InputKind::kDelete, small.phone, 4000, "Lunch")});
  bool expunge_was_due = false;
  bool flags_were_due = false;
  while (history.run_until(Instant{} + seconds(10), 1) == 1) {
    for (const ImapSession& session : imap_sessions(history.head())) {
      CHECK(fault_of(session) == "");
      CHECK(session.mailbox == "INBOX");
      CHECK(session.user == "bob");
      for (const PendingNews& news : session.pending) {
        expunge_was_due |= news.shifts && news.response.find("EXPUNGE") != std::string::npos;
        flags_were_due |= news.response.find("FLAGS (\\Flagged)") != std::string::npos;
      }
    }
  }
  CHECK(expunge_was_due);
  CHECK(flags_were_due);
  const std::vector<ImapSession> sessions = imap_sessions(history.head());
  REQUIRE(sessions.size() == 2);
  for (const ImapSession& session : sessions) {
    CHECK(session.pending.empty());
    CHECK(session.listening);
    CHECK(session.told_modseq == session.highest_modseq);
  }
}

TEST_CASE("what a session was to be told is what it is told, word for word") {
  SmallWorld small(Protocol::kImap);
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                   SmallWorld::action(InputKind::kCheckMail, small.phone, 200),
                   SmallWorld::action(InputKind::kFlag, small.laptop, 2000, "Photos"),
                   SmallWorld::action(InputKind::kDelete, small.phone, 4000, "Lunch")});
  std::map<uint32_t, std::vector<std::string>> announced;  // by connection
  size_t kept = 0;
  uint32_t heard = 0;
  while (history.run_until(Instant{} + seconds(10), 1) == 1) {
    const Trace& trace = history.trace();
    while (heard < trace.size()) {
      const Event& event = trace[++heard];
      if (event.kind != EventKind::kLineSent || event.host != small.server) continue;
      for (const std::string& response : announced[event.conn.value]) {
        kept += trace.text(event) == response ? 1 : 0;
      }
    }
    announced.clear();
    for (const ImapSession& session : imap_sessions(history.head())) {
      for (const PendingNews& news : session.pending) {
        announced[session.conn.value].push_back(news.response);
      }
    }
  }
  // The phone hears of the star; the laptop of \Deleted, then of the removal with EXPUNGE and RECENT.
  CHECK(kept == 4);
}
