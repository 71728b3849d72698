#include "sim/mail/mailbox.h"

#include <doctest/doctest.h>

#include "sim/base/rng.h"
#include "sim/mail/mail_store.h"

using namespace mailscope;

namespace {

EntrySummary counted(const Mailbox& mailbox) {
  EntrySummary summary;
  for (const MailboxEntry& entry : mailbox.entries) summary.add(entry);
  return summary;
}

void check_summary(const Mailbox& mailbox) {
  const EntrySummary& kept = mailbox.entries.summary();
  const EntrySummary made = counted(mailbox);
  CHECK(kept.octets == made.octets);
  CHECK(kept.deleted_octets == made.deleted_octets);
  CHECK(kept.unseen == made.unseen);
  CHECK(kept.deleted == made.deleted);
  CHECK(kept.max_modseq >= made.max_modseq);
}

}  // namespace

TEST_CASE("the sums over a mailbox stay right, whatever happens to flags and messages") {
  TraceState state;
  TraceWriter writer(state, nullptr, Instant{});
  MailStore store;
  const AccountId bob = store.add_account("bob", "secret", writer);
  const MailboxId inbox = store.inbox(bob).id;
  Rng rng(4);
  for (int i = 0; i < 700; ++i) {
    FlagNames flags;
    flags.system = rng.below(32);
    store.append(inbox, make_message("\r\n" + std::string(rng.below(50), 'x')), flags, 0, writer);
  }
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 20; ++i) {
      const FlagChange how = static_cast<FlagChange>(rng.below(3));
      const size_t size = store.mailbox(inbox).entries.size();
      store.change_flags_at(inbox, rng.below(size), how, rng.below(32), writer);
    }
    std::vector<Uid> gone;
    for (const Uid uid : store.mailbox(inbox).uids) {
      if (rng.below(100) == 0) gone.push_back(uid);
    }
    store.expunge(inbox, gone, writer);
    check_summary(store.mailbox(inbox));
  }
}

TEST_CASE("a flag changes alike by UID and by place") {
  TraceState state;
  TraceWriter writer(state, nullptr, Instant{});
  MailStore store;
  const MailboxId inbox = store.inbox(store.add_account("bob", "secret", writer)).id;
  for (int i = 0; i < 3; ++i) store.append(inbox, make_message("\r\n"), {}, 0, writer);
  store.expunge(inbox, {Uid{1}}, writer);
  MailStore other = store;
  CHECK(store.change_flags(inbox, Uid{3}, FlagChange::kAdd, Flag::kSeen, writer));
  CHECK(other.change_flags_at(inbox, 1, FlagChange::kAdd, Flag::kSeen, writer));
  CHECK(store.digest() == other.digest());
  CHECK(!store.change_flags(inbox, Uid{1}, FlagChange::kAdd, Flag::kSeen, writer));
  CHECK(!other.change_flags_at(inbox, 1, FlagChange::kAdd, Flag::kSeen, writer));
}
