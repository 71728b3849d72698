#include "sim/imap/rights.h"

#include <doctest/doctest.h>

using namespace mailscope;
using imap::Right;

TEST_CASE("rights by their letters, with those of RFC 2086 for their members") {
  CHECK(imap::encode_rights(imap::kAllRights) == "lrswipkxtea");
  CHECK(imap::parse_rights("lr") == (imap::bit(Right::kLookup) | imap::bit(Right::kRead)));
  CHECK(imap::parse_rights("c") == imap::parse_rights("kx"));
  CHECK(imap::parse_rights("d") == imap::parse_rights("te"));
  CHECK(imap::parse_rights("") == imap::Rights{0});
  CHECK_FALSE(imap::parse_rights("lq"));
  // RFC 4314 §2.1.1: any member brings the old letter along.
  CHECK(imap::encode_rights_for_all(*imap::parse_rights("x")) == "xc");
  CHECK(imap::encode_rights_for_all(*imap::parse_rights("lrt")) == "lrtd");
}

TEST_CASE("who has which rights") {
  TraceState state;
  TraceWriter trace(state, nullptr, Instant{});
  MailStore store;
  const AccountId bob = store.add_account("bob", "x", trace);
  const AccountId alice = store.add_account("alice", "x", trace);
  const MailboxId box = store.create_mailbox(bob, "Team", trace);
  const auto rights = [&](AccountId who) {
    return imap::encode_rights(imap::rights_of(store, store.mailbox(box), who));
  };
  CHECK(rights(bob) == "lrswipkxtea");
  CHECK(rights(alice).empty());
  store.set_acl(box, "anyone", "lr", trace);
  store.set_acl(box, "ALICE", "si", trace);
  CHECK(rights(alice) == "lrsi");
  CHECK(rights(bob) == "lrswipkxtea");
  // What "-" takes away, nothing else gives.
  store.set_acl(box, "-alice", "ri", trace);
  CHECK(rights(alice) == "ls");
  store.set_acl(box, "-anyone", "l", trace);
  CHECK(rights(alice) == "s");
  // An owner can tie their own hands, but not give the mailbox away.
  store.set_acl(box, "bob", "r", trace);
  CHECK(rights(bob) == "lra");
}
