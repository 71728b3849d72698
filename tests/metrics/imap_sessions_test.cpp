// A laptop and a phone in one mailbox: at every instant what each session believes and what it will
// be told add up to what the server holds, and every word that nobody asked for has its cause.
#include "sim/metrics/imap_sessions.h"

#include <doctest/doctest.h>

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

TEST_CASE("an untagged response that was not asked for is caused by a change of the store") {
  SmallWorld small(Protocol::kImap);
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                   SmallWorld::action(InputKind::kCheckMail, small.phone, 200),
                   SmallWorld::action(InputKind::kDelete, small.phone, 4000, "Lunch")});
  history.run_until(Instant{} + seconds(10));
  const Trace& trace = history.trace();
  size_t solicited = 0;
  size_t unsolicited = 0;
  for (size_t i = 0; i < trace.size(); ++i) {
    const EventId id = EventId::from_index(i);
    const Event event = trace.at(id);
    if (event.kind != EventKind::kViewChange || event.host != small.server) continue;
    if (static_cast<ViewChange>(event.code) != ViewChange::kExpunge) continue;
    const UntaggedCause cause = cause_of(trace, history.head(), id);
    ++(cause.solicited ? solicited : unsolicited);
    REQUIRE(cause.change.has_value());
    CHECK(static_cast<StoreChange>(trace.at(*cause.change).code) == StoreChange::kExpunged);
    CHECK(trace.at(*cause.change).b == event.b);
  }
  CHECK(solicited == 1);    // the phone expunged it
  CHECK(unsolicited == 1);  // the laptop heard of it
}
