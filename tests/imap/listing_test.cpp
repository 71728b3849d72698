#include "sim/imap/listing.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mailscope;

namespace {

struct Mail {
  TraceState state;
  TraceWriter trace{state, nullptr, Instant{}};
  MailStore store;
  AccountId bob = store.add_account("bob", "x", trace);

  std::vector<ListedName> list(const imap::ListArguments& arguments,
                               const std::vector<std::string>& patterns) {
    const Access access(store, bob, true, false);
    return list_names(access, store.account(bob), arguments, patterns, {true, true, true});
  }
};

}  // namespace

TEST_CASE("10,000 mailboxes are listed in one walk, deep names and patterns of any cost included") {
  Mail mail;
  for (int i = 0; i < 10000; ++i) {
    mail.store.create_mailbox(mail.bob, fmt::format("a/{}/b{}", i % 100, i), mail.trace);
  }
  imap::ListArguments arguments;
  arguments.extended = true;
  arguments.subscribed = true;
  arguments.recursive_match = true;
  for (int i = 0; i < 10000; i += 7) {
    mail.store.set_subscribed(mail.bob, fmt::format("a/{}/b{}", i % 100, i), true, mail.trace);
  }
  CHECK(mail.list(arguments, {"a/%"}).size() == 100);
  CHECK(mail.list({}, {"*"}).size() == 10102);
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "%*b";
  CHECK(mail.list({}, {pattern}).empty());
}

TEST_CASE("names of other users have levels above them, and one mailbox is not two names") {
  Mail mail;
  const AccountId alice = mail.store.add_account("alice", "x", mail.trace);
  const MailboxId team = mail.store.create_mailbox(alice, "Team", mail.trace);
  const MailboxId plans = mail.store.create_mailbox(alice, "Team/Plans", mail.trace);
  mail.store.set_acl(plans, "bob", "l", mail.trace);
  const auto names = [&](const std::string& pattern) {
    std::string all;
    for (const ListedName& row : mail.list({}, {pattern})) {
      all += fmt::format("{} ({}) ", row.name, row.attributes);
    }
    return all;
  };
  CHECK(names("Other*") == "Other Users/alice/Team/Plans (\\Noselect \\HasNoChildren) ");
  CHECK(names("Other%/%/%") == "Other Users/alice/Team (\\NonExistent \\HasChildren) ");
  mail.store.set_acl(team, "bob", "lr", mail.trace);
  CHECK(names("Other%/%/%") == "Other Users/alice/Team (\\HasChildren) ");
  // A name of one's own that the namespace hides is not listed: it could not be reached.
  mail.store.create_mailbox(mail.bob, "Other Users/alice/Team", mail.trace);
  CHECK(names("Other%/%/%") == "Other Users/alice/Team (\\HasChildren) ");
}

TEST_CASE("names on the wire and inside") {
  Mail mail;
  const Access rev1(mail.store, mail.bob, true, false);
  const Access rev2(mail.store, mail.bob, true, true);
  CHECK(rev1.name_from_wire("Entw&APw-rfe") == "Entw&APw-rfe");
  CHECK(rev2.name_from_wire("Entw\u00FCrfe") == "Entw&APw-rfe");
  CHECK(rev2.name_from_wire("Entwu\u0308rfe") == "Entw&APw-rfe");
  CHECK(rev1.name_from_wire("Entwu&Awg-rfe") == "Entw&APw-rfe");
  CHECK(rev2.name_from_wire("R&D") == "R&-D");
  CHECK(rev1.name_from_wire("inbox/x") == "INBOX/x");
  CHECK(rev1.name_from_wire("Inboxes") == "Inboxes");
  CHECK_FALSE(rev1.name_from_wire("R&D"));
  CHECK_FALSE(rev1.name_from_wire("a&AAo-b"));
  CHECK_FALSE(rev2.name_from_wire("a\nb"));
  CHECK_FALSE(rev2.name_from_wire("a\u2028b"));
  CHECK_FALSE(rev2.name_from_wire("a\xff"));
  CHECK(rev1.encoded("Entw&APw-rfe") == "Entw&APw-rfe");
  CHECK(rev2.encoded("Entw&APw-rfe") == "\"Entw\u00FCrfe\"");
  CHECK(rev2.encoded("R&-D") == "R&D");
  CHECK(rev1.encoded("My \"own\"") == "\"My \\\"own\\\"\"");
}
