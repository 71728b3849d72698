// What the last beat changed in each copy of the mailbox is marked: that, with its sign, and
// nothing else.
#include "viz/scene/mailboxes.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/viz/open_runs.h"

using namespace mailscope;
using namespace mailscope::viz;
using namespace mailscope::viz::test;

namespace {

/// The card of this host; a server has one for each account.
const MailboxCard& card_of(const std::vector<MailboxCard>& cards, HostId host,
                           const std::string& account = {}) {
  const auto found = std::find_if(cards.begin(), cards.end(), [&](const MailboxCard& card) {
    return card.host == host && (account.empty() || card.account == account);
  });
  REQUIRE(found != cards.end());
  return *found;
}

/// Whose mailbox a store's event is about.
const std::string& account_of(const Moment& moment, const Event& event) {
  const MailStore& store = moment.world->store(event.host);
  return store.account(store.mailbox(MailboxId{event.a}).account).name;
}

size_t count(const MailboxCard& card, RowChange change) {
  return static_cast<size_t>(
      std::count_if(card.rows.begin(), card.rows.end(),
                    [&](const MailRow& row) { return row.change == change; }));
}

/// Rows of the card with this uid or entry number.
std::vector<const MailRow*> rows_named(const MailboxCard& card, bool server, uint32_t id) {
  std::vector<const MailRow*> found;
  for (const MailRow& row : card.rows) {
    if ((server ? row.identity : std::to_string(row.key)) == std::to_string(id))
      found.push_back(&row);
  }
  return found;
}

bool has(const std::vector<const MailRow*>& rows, RowChange change) {
  return std::any_of(rows.begin(), rows.end(),
                     [&](const MailRow* row) { return row->change == change; });
}

/// What was seen over all lessons, so that no kind goes untested.
struct Seen {
  size_t added = 0;
  size_t removed = 0;
  size_t flags = 0;
  size_t marked = 0;
  size_t local_added = 0;
  size_t local_removed = 0;
  size_t local_changed = 0;
  size_t locked = 0;
};

void check_store_change(const MailboxCard& card, const Event& event, Seen& seen) {
  const std::vector<const MailRow*> rows = rows_named(card, true, event.b);
  switch (static_cast<StoreChange>(event.code)) {
    case StoreChange::kAdded:
      CHECK((has(rows, RowChange::kAdded) || has(rows, RowChange::kRemoved)));
      ++seen.added;
      return;
    case StoreChange::kExpunged:
      CHECK(has(rows, RowChange::kRemoved));
      ++seen.removed;
      return;
    case StoreChange::kFlags:
      // Another folder can hold the same UID, unchanged.
      CHECK((has(rows, RowChange::kChanged) || has(rows, RowChange::kAdded) ||
             has(rows, RowChange::kRemoved)));
      ++seen.flags;
      return;
    case StoreChange::kMarked:
    case StoreChange::kUnmarked:
      CHECK_FALSE(has(rows, RowChange::kNone));
      ++seen.marked;
      return;
    default:
      return;
  }
}

void check_local_change(const MailboxCard& card, const Event& event, Seen& seen) {
  const std::vector<const MailRow*> rows = rows_named(card, false, event.b);
  switch (static_cast<LocalChange>(event.code)) {
    case LocalChange::kAdded:
      CHECK(has(rows, RowChange::kAdded));
      ++seen.local_added;
      return;
    case LocalChange::kRemoved:
    case LocalChange::kForgotten:
      CHECK(has(rows, RowChange::kRemoved));
      ++seen.local_removed;
      return;
    default:
      CHECK_FALSE(has(rows, RowChange::kNone));
      ++seen.local_changed;
  }
}

/// Every change of the beat is marked, and every mark has its change.
void check_marks(OpenRun& open, Seen& seen) {
  const Moment moment = moment_at(open);
  const std::vector<MailboxCard> cards = build_mailboxes(moment);
  size_t changes = 0;
  for (uint32_t id = moment.beat_events + 1; id <= moment.events; ++id) {
    const Event& event = (*moment.trace)[id];
    if (event.kind == EventKind::kStoreChange && event.b != 0) {
      check_store_change(card_of(cards, event.host, account_of(moment, event)), event, seen);
      ++changes;
    } else if (event.kind == EventKind::kLocalChange) {
      check_local_change(card_of(cards, event.host), event, seen);
      ++changes;
    }
  }
  size_t marks = 0;
  for (const MailboxCard& card : cards) {
    CHECK(card.added == count(card, RowChange::kAdded));
    CHECK(card.removed == count(card, RowChange::kRemoved));
    CHECK(card.changed == count(card, RowChange::kChanged));
    marks += card.added + card.removed + card.changed;
    if (!card.lock_holder.empty()) ++seen.locked;
  }
  CHECK(marks <= changes);
  if (changes > 0) CHECK(marks > 0);
}

}  // namespace

TEST_CASE("each change of a beat is marked with its sign in the copy where it happened") {
  Seen seen;
  for_each_run([&](OpenRun& open) {
    CAPTURE(name_of(open));
    for (const BeatSize size : {BeatSize::kLine, BeatSize::kExchange, BeatSize::kStep}) {
      seek(open, 0);
      while (next_beat(open, size)) {
        step_forward(open, size);
        CAPTURE(open.playhead.n);
        check_marks(open, seen);
      }
    }
  });
  CHECK(seen.added > 0);
  CHECK(seen.removed > 0);
  CHECK(seen.flags > 0);
  CHECK(seen.marked > 0);
  CHECK(seen.local_added > 0);
  CHECK(seen.local_removed > 0);
  CHECK(seen.local_changed > 0);
  CHECK(seen.locked > 0);
}

TEST_CASE("POP3 DELE only marks: the row stays until QUIT takes it away") {
  OpenLesson lesson = open_lesson("pop3-vs-imap");
  OpenRun& open = lesson.runs.at(0);
  REQUIRE(open.run.variant->name == "pop3-delete");
  const HostId server = open.history().scenario().find_host("server");
  size_t most_marked = 0;
  bool removed_after = false;
  seek(open, 0);
  while (next_beat(open, BeatSize::kLine) && !removed_after) {
    step_forward(open, BeatSize::kLine);
    const std::vector<MailboxCard> cards = build_mailboxes(moment_at(open));
    const MailboxCard& card = card_of(cards, server);
    const auto marked = static_cast<size_t>(std::count_if(
        card.rows.begin(), card.rows.end(), [](const MailRow& row) { return row.marked; }));
    if (marked > 0) {
      CHECK(card.rows.size() == 3);
      CHECK(card.lock_holder == "laptop");
    }
    most_marked = std::max(most_marked, marked);
    removed_after = card.removed > 0;
  }
  CHECK(most_marked == 3);
  CHECK(removed_after);
}

TEST_CASE("rows are those of the world: server first, then its devices") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    seek(open, open.history().trace().dispatches());
    open.playhead.beat_began = open.playhead.n;
    const Moment moment = moment_at(open);
    const std::vector<MailboxCard> cards = build_mailboxes(moment);
    REQUIRE_FALSE(cards.empty());
    CHECK(cards.front().server);
    for (const MailboxCard& card : cards) {
      size_t expected = 0;
      if (card.server) {
        const MailStore& store = moment.world->store(card.host);
        for (const Account& account : store.accounts()) {
          if (account.name != card.account) continue;
          for (const Mailbox* box : store.mailboxes_of(account.id)) expected += box->entries.size();
        }
      } else {
        const Device& device = moment.world->device(moment.world->device_on(card.host));
        for (const LocalFolder& folder : device.local->folders()) expected += folder.entries.size();
      }
      CHECK(card.rows.size() == expected);
      CHECK(card.added + card.removed + card.changed == 0);
    }
  });
}

TEST_CASE("rows stand under the name of their mailbox, and a device's bear its session's numbers") {
  OpenLesson open = open_lesson("folders");
  REQUIRE(!open.runs.empty());
  size_t headed = 0;
  size_t numbered = 0;
  OpenRun& run = open.runs.front();
  for (size_t step = 0; step < open.lesson->steps.size(); ++step) {
    seek_step_end(run, step);
    for (const MailboxCard& card : build_mailboxes(moment_at(run))) {
      headed += card.heads.size();
      for (size_t i = 0; i < card.heads.size(); ++i) {
        const size_t end =
            i + 1 < card.heads.size() ? card.heads[i + 1].first_row : card.rows.size();
        for (size_t row = card.heads[i].first_row; row < end; ++row) {
          const std::string& mailbox = card.rows[row].mailbox;
          CHECK((mailbox.empty() ? "INBOX" : mailbox) == card.heads[i].name);
        }
      }
      if (card.server) continue;
      for (const MailRow& row : card.rows) numbered += row.number.empty() ? 0 : 1;
    }
  }
  CHECK(headed > 4);
  CHECK(numbered > 4);
}
