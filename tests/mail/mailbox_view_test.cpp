// A view that leaves out some of the news, as NOTIFY can ask (RFC 5465 §5).
#include "sim/mail/mailbox_view.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

using Kind = ViewNews::Kind;

struct Box {
  Box() : trace(state, nullptr, Instant{}) {
    id = store.inbox(store.add_account("bob", "secret", trace)).id;
    for (int i = 0; i < 4; ++i) add();
  }
  void add() { store.append(id, make_message("Subject: x\r\n\r\n"), {}, 0, trace); }
  [[nodiscard]] const Mailbox& box() const { return store.mailbox(id); }
  /// The entry's mod-sequence after it.
  uint64_t flag(uint32_t uid, FlagBits flags) {
    store.change_flags(id, Uid{uid}, FlagChange::kReplace, flags, trace);
    return box().entries[*box().find(Uid{uid})].modseq;
  }

  TraceState state;
  TraceWriter trace;
  MailStore store;
  MailboxId id;
};

}  // namespace

TEST_CASE("a view without news of flags: what it told itself is no news later, however often") {
  Box mail;
  MailboxView view(mail.box(), false);
  for (FlagBits round = 0; round < 5000; ++round) {
    view.flags_told(Uid{1}, mail.flag(1, round % 2 == 0 ? Flag::kSeen : Flag::kDraft));
    CHECK(view.take_news(mail.box(), NewsAllowed::kNone).empty());
  }
  mail.flag(3, Flag::kFlagged);
  mail.add();
  // Announced without its flags, which nobody has been told and which have not changed since.
  const auto arrived = view.take_news(mail.box(), NewsAllowed::kArrivals);
  REQUIRE(!arrived.empty());
  CHECK(arrived[0].kind == Kind::kExists);
  const auto flags = view.take_news(mail.box(), NewsAllowed::kAll);
  REQUIRE(flags.size() == 1);
  CHECK(flags[0].kind == Kind::kFlags);
  CHECK(flags[0].uid == Uid{3});
  CHECK(!view.has_news(mail.box()));
}

TEST_CASE("a view without news of expunges: the session's own are told, the others wait") {
  Box mail;
  MailboxView view(mail.box(), false);
  mail.store.expunge(mail.id, {Uid{2}}, mail.trace);
  CHECK(view.take_news(mail.box(), NewsAllowed::kNone).empty());
  mail.store.expunge(mail.id, {Uid{3}}, mail.trace);
  const auto own = view.take_expunged({Uid{3}});
  REQUIRE(!own.empty());
  CHECK(own[0].seq == SeqNum{3});
  CHECK(view.exists() == 3);
  CHECK(view.has_news(mail.box()));
  const auto others = view.take_news(mail.box(), NewsAllowed::kAll);
  REQUIRE(!others.empty());
  CHECK(others[0].kind == Kind::kExpunge);
  CHECK(others[0].seq == SeqNum{2});
  CHECK(view.exists() == 2);
  CHECK(!view.has_news(mail.box()));
}
