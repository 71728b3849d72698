// A laptop and a phone in one mailbox: at every instant what each session believes and what it will
// be told add up to what the server holds; and what it was said that it would be told, it is told.
#include "sim/metrics/imap_sessions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "sim/metrics/untagged_cause.h"
#include "tests/support/random_days.h"

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

/// FETCH (UID 4 FLAGS ...) in an answer to a UID command says what FETCH (FLAGS ...) does.
std::string without_uid(std::string_view line) {
  const size_t at = line.find("FETCH (UID ");
  if (at == std::string_view::npos) return std::string(line);
  const size_t end = line.find(' ', at + 11);
  return std::string(line.substr(0, at + 7)) + std::string(line.substr(end + 1));
}

/// Follows every session of a world: what it was to be told, and what it is told.
class Promises {
 public:
  /// After each dispatch; "" while all is well. What a session is told when all news is told at
  /// once, and it has changed nothing itself, is what was announced right before, in that order.
  std::string after_step(const World& world, const Trace& trace) {
    const std::map<uint32_t, Said> said = said_since(trace);
    std::map<uint32_t, ImapSession> now;
    for (ImapSession& session : imap_sessions(world)) {
      if (const std::string fault = fault_of(session); !fault.empty()) return fault;
      if (session.told_modseq > session.highest_modseq) return "told of what has not happened";
      now.emplace(session.conn.value, std::move(session));
    }
    for (const auto& [conn, told] : said) {
      const auto before = sessions_.find(conn);
      const auto after = now.find(conn);
      if (told.news.empty() || told.changed || before == sessions_.end() || after == now.end() ||
          before->second.mailbox != after->second.mailbox || !after->second.pending.empty()) {
        continue;
      }
      std::vector<std::string> announced;
      for (const PendingNews& news : before->second.pending) {
        announced.push_back(without_uid(news.response));
      }
      if (announced != told.news) {
        return "told: " + told.news.front() +
               ", announced: " + (announced.empty() ? "nothing" : announced.front());
      }
      kept += told.news.size();
    }
    sessions_ = std::move(now);
    return {};
  }

  size_t kept = 0;

 private:
  struct Said {
    std::vector<std::string> news;
    bool changed = false;  // the session has changed the mail in this turn
  };

  std::map<uint32_t, Said> said_since(const Trace& trace) {
    std::map<uint32_t, Said> said;
    while (heard_ < trace.size()) {
      const EventId id{++heard_};
      const Event& event = trace.at(id);
      if (event.kind == EventKind::kStoreChange) said[event.conn.value].changed = true;
      const std::optional<UntaggedCause> cause = untagged_cause(trace, id);
      if (!cause || cause->reason != UntaggedCause::Reason::kChange) continue;
      said[event.conn.value].news.push_back(without_uid(trace.text(event)));
    }
    return said;
  }

  std::map<uint32_t, ImapSession> sessions_;  // by connection
  uint32_t heard_ = 0;
};

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

TEST_CASE("on whatever day, sessions are told what was announced, and no more than has happened") {
  for (const test::Strategy& strategy : test::kStrategies) {
    size_t kept = 0;
    for (uint64_t seed = 1; seed <= 12; ++seed) {
      CAPTURE(strategy.name);
      CAPTURE(seed);
      const SmallWorld small = test::world_of(strategy, seed);
      History history(small.share(), test::random_day(small, seed));
      Promises promises;
      std::string complaint;
      while (complaint.empty() && history.run_until(Instant{} + seconds(300), 1) == 1) {
        complaint = promises.after_step(history.head(), history.trace());
      }
      const std::string said = complaint.empty() ? "" : test::conversation(history.trace());
      CAPTURE(said);
      REQUIRE(complaint == "");
      kept += promises.kept;
    }
    CAPTURE(strategy.name);
    CHECK(kept > 20);
  }
}
