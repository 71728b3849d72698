// What a mailbox remembers of changed flags (RFC 7162 §3.1.12): from change to change back to the
// mod-sequence that is asked for, and all flags where a link of that chain is missing.
#include <doctest/doctest.h>

#include "sim/mail/mail_store.h"

using namespace mailscope;

namespace {

struct Fixture {
  Fixture() : trace(state, nullptr, Instant{}) {
    inbox = store.inbox(store.add_account("bob", "secret", trace)).id;
    uid = store.append(inbox, make_message("Subject: x\r\n\r\n"), {}, 0, trace);
    appended = mailbox().highest_modseq;
  }
  void add(FlagBits flag) { store.change_flags(inbox, uid, FlagChange::kAdd, flag, trace); }
  void remove(FlagBits flag) { store.change_flags(inbox, uid, FlagChange::kRemove, flag, trace); }
  [[nodiscard]] const Mailbox& mailbox() const { return store.mailbox(inbox); }
  [[nodiscard]] FlagBits changed_since(uint64_t modseq) const {
    return mailbox().changed_since(mailbox().entries[0], modseq);
  }

  MailStore store;
  TraceState state;
  TraceWriter trace;
  MailboxId inbox;
  Uid uid;
  uint64_t appended = 0;
};

constexpr FlagBits kAll = ~FlagBits{0};

}  // namespace

TEST_CASE("which flags changed since is known back to the coming of the message") {
  Fixture box;
  CHECK(box.changed_since(box.appended) == 0);
  CHECK(box.changed_since(box.appended - 1) == kAll);
  box.add(Flag::kSeen);
  box.add(Flag::kSeen);  // no change
  box.add(Flag::kFlagged | Flag::kDraft);
  box.remove(Flag::kSeen);
  CHECK(box.changed_since(box.appended + 3) == 0);
  CHECK(box.changed_since(box.appended + 2) == Flag::kSeen);
  CHECK(box.changed_since(box.appended + 1) == (Flag::kSeen | Flag::kFlagged | Flag::kDraft));
  CHECK(box.changed_since(box.appended) == (Flag::kSeen | Flag::kFlagged | Flag::kDraft));
  CHECK(box.changed_since(box.appended - 1) == kAll);
  CHECK(box.changed_since(0) == kAll);
}

TEST_CASE("old changes of flags are forgotten, and count as changes of all") {
  Fixture box;
  box.add(Flag::kDeleted);
  const uint64_t before = box.mailbox().highest_modseq;
  for (size_t i = 0; i < kMaxFlagsChanged; ++i) {
    box.add(Flag::kSeen);
    box.remove(Flag::kSeen);
  }
  CHECK(box.mailbox().flags_changed.size() >= kMaxFlagsChanged);
  CHECK(box.mailbox().flags_changed.size() < 2 * kMaxFlagsChanged);
  CHECK(box.changed_since(before) == kAll);
  CHECK(box.changed_since(box.mailbox().highest_modseq - kMaxFlagsChanged + 1) == Flag::kSeen);
}
