// The checker of mail programs' copies, on worlds in which something was put wrong by hand: it
// names each fault, and has nothing to say of the world as it was.
#include "sim/sweep/caches.h"

#include <doctest/doctest.h>

#include <functional>

#include "sim/sweep/sweep.h"
#include "tests/world/small_world.h"

namespace mailscope {

/// What no program and no server would do.
struct WorldTestAccess {
  static LocalStore& copy_on(World& world, HostId host) {
    return world.devices_[world.device_on(host).index()].edit().local.edit();
  }
  static Device& device_on(World& world, HostId host) {
    return world.devices_[world.device_on(host).index()].edit();
  }
  static MailStore& store_of(World& world, HostId host) {
    return world.hosts_[host.index()].edit().store.edit();
  }
  static TraceState& trace_state(World& world) { return world.trace_state_; }
};

}  // namespace mailscope

using namespace mailscope;
using namespace mailscope::sweep;
using test::SmallWorld;

namespace {

struct Planted {
  const char* found;  // part of what is said
  std::function<void(LocalStore& copy, MailStore& store, TraceWriter& trace)> plant;
};

const LocalEntry& first(const LocalStore& copy) { return copy.find_folder("INBOX")->entries[0]; }

MailboxId inbox_of(const MailStore& store) { return store.inbox(store.find_account("bob")->id).id; }

const std::vector<Planted> kPlanted = {
    {"INBOX holds 3 messages, the copy 2",
     [](LocalStore& copy, MailStore&, TraceWriter& trace) {
       copy.remove("INBOX", first(copy).key, trace);
     }},
    {"flags ", [](LocalStore& copy, MailStore&,
                  TraceWriter&) { copy.set_told_flags("INBOX", first(copy).key, Flag::kFlagged); }},
    {"shown with ",
     [](LocalStore& copy, MailStore&, TraceWriter& trace) {
       copy.set_flags("INBOX", first(copy).key, Flag::kFlagged, trace);
     }},
    {"another size", [](LocalStore& copy, MailStore&,
                        TraceWriter&) { copy.ensure_folder("INBOX").entries[0].size += 1; }},
    {"other octets",
     [](LocalStore& copy, MailStore&, TraceWriter& trace) {
       copy.set_message("INBOX", first(copy).key,
                        test::small_message("Lunch on Friday?", "No.\r\n"), trace);
     }},
    {"another subject",
     [](LocalStore& copy, MailStore&, TraceWriter&) {
       copy.ensure_folder("INBOX").entries[0].subject = "Supper";
     }},
    {"the copy has uid 2", [](LocalStore& copy, MailStore&,
                              TraceWriter&) { copy.set_uid("INBOX", first(copy).key, Uid{99}); }},
    {"another preview",
     [](LocalStore& copy, MailStore&, TraceWriter&) {
       copy.set_preview("INBOX", first(copy).key, "Supper?");
     }},
    {"another UIDVALIDITY", [](LocalStore& copy, MailStore&,
                               TraceWriter&) { copy.ensure_folder("INBOX").uid_validity += 1; }},
    {"the copy claims to be of mod-sequence 1000",
     [](LocalStore& copy, MailStore&, TraceWriter&) { copy.set_modseq("INBOX", 1000); }},
    {"INBOX holds 4 messages, the copy 3",
     [](LocalStore&, MailStore& store, TraceWriter& trace) {
       store.append(inbox_of(store), test::small_message("Doubled"), {}, 0, trace);
     }},
};

World after_a_look() {
  const SmallWorld small(Protocol::kImap);
  World world(small.share(), nullptr);
  world.add_input(SmallWorld::action(InputKind::kCheckMail, small.laptop, 0));
  world.add_input(SmallWorld::action(InputKind::kRead, small.laptop, 2000, "Lunch"));
  while (world.has_next() && world.next_time() < test::at_s(10)) world.step(nullptr);
  return world;
}

}  // namespace

TEST_CASE("each fault that is planted in a copy or in a mailbox is named") {
  const SmallWorld small(Protocol::kImap);
  const World world = after_a_look();
  CHECK(check_caches(world, Caches::kListening) == "");
  CHECK(check_caches_settled(world) == "");
  for (const Planted& planted : kPlanted) {
    World faulty = world;
    TraceWriter trace(WorldTestAccess::trace_state(faulty), nullptr, faulty.now());
    planted.plant(WorldTestAccess::copy_on(faulty, small.laptop),
                  WorldTestAccess::store_of(faulty, small.server), trace);
    const std::string complaint = check_caches(faulty, Caches::kListening);
    CAPTURE(planted.found);
    CAPTURE(complaint);
    CHECK(complaint.find("laptop: ") == 0);
    CHECK(complaint.find(planted.found) != std::string::npos);
  }
}

TEST_CASE("a program that collects everything lacks no text") {
  SmallWorld small(Protocol::kImap);
  for (DeviceSpec& device : small.scenario.devices) {
    ImapClientConfig config = *device.imap;
    config.headers_first = false;
    device.imap = std::make_shared<const ImapClientConfig>(config);
  }
  World world(small.share(), nullptr);
  world.add_input(SmallWorld::action(InputKind::kCheckMail, small.laptop, 0));
  while (world.has_next() && world.next_time() < test::at_s(10)) world.step(nullptr);
  CHECK(check_caches(world, Caches::kListening) == "");
  LocalStore& copy = WorldTestAccess::copy_on(world, small.laptop);
  copy.ensure_folder("INBOX").entries[1].message = nullptr;
  CHECK(check_caches(world, Caches::kListening) == "laptop: INBOX uid 2: no text");
}

TEST_CASE("a program that still has something to do is not taken for one that is done") {
  const SmallWorld small(Protocol::kImap);
  World world = after_a_look();
  Device& laptop = WorldTestAccess::device_on(world, small.laptop);
  laptop.offline = true;
  CHECK(check_caches_settled(world) == "laptop: it works offline");
  laptop.offline = false;
  laptop.session = {};
  laptop.last_error = "the peer closed the connection";
  CHECK(check_caches_settled(world) == "laptop: the peer closed the connection");
  laptop.refused = true;  // a wrong password: nothing that time could heal
  CHECK(check_caches_settled(world) == "");
}

TEST_CASE("mailboxes that a cut leaves otherwise are found, though each copy agrees with its own") {
  const SmallWorld small(Protocol::kImap);
  const Base base{after_a_look()};
  Base other = base;
  TraceWriter trace(WorldTestAccess::trace_state(other.world), nullptr, other.world.now());
  MailStore& store = WorldTestAccess::store_of(other.world, small.server);
  store.expunge(inbox_of(store), {Uid{2}}, trace);
  Trace said;
  const Cut cut{base.world.dispatches(), ConnId{1}, {}, {}};
  CHECK(run_fork(base, uncut_from(base), cut, said).violation == "");
  const Inventory was = take_inventory(other.world);
  const std::vector<std::string> mailboxes = uncut_from(base).mailboxes;
  REQUIRE(mailboxes.size() == 3);
  const std::string violation = run_fork(other, {was, mailboxes}, cut, said).violation;
  CHECK(violation.find("after the cut: bob INBOX <") != std::string::npos);
}

TEST_CASE(
    "cut at any octet, a copy of what was sent, a draft and its next version are there once") {
  using imap::Extension;
  const imap::ExtensionSet plain =
      imap::bit(Extension::kRev1) | imap::bit(Extension::kSubscriptions);
  const imap::ExtensionSet kServers[] = {
      plain,  // literals with a round trip, and no word of where a message went
      plain | imap::bit(Extension::kUidPlus) | imap::bit(Extension::kUnselect),
      imap::all_extensions()};  // REPLACE and all
  for (const imap::ExtensionSet offers : kServers) {
    SmallWorld small(Protocol::kImap);
    ImapServerConfig server;
    server.extensions = offers;
    small.scenario.services[2].imap = std::make_shared<const ImapServerConfig>(server);
    ImapClientConfig config = *small.scenario.devices[0].imap;
    config.folders = {"*"};
    config.sent = "Sent";
    small.scenario.devices[0].imap = std::make_shared<const ImapClientConfig>(config);
    Input send = SmallWorld::action(InputKind::kSend, small.laptop, 1000);
    send.recipients = {"bob@example.net"};
    send.message = test::small_message("Note");
    Input draft = SmallWorld::action(InputKind::kSaveDraft, small.laptop, 3000);
    draft.message = test::small_message("Draft", "first\r\n");
    Input again = SmallWorld::action(InputKind::kSaveDraft, small.laptop, 5000, "Draft");
    again.message = test::small_message("Draft", "second\r\n");
    const std::vector<Input> inputs{SmallWorld::action(InputKind::kCheckMail, small.laptop, 0),
                                    send, draft, again};
    // Every seventh dispatch here; `mailsim sweep` goes through every one of the lessons.
    const Tally tally =
        sweep_run(small.share(), inputs, test::at_s(20), 0, 7, [](const Tally&) { return true; });
    CAPTURE(offers);
    for (const Failure& failure : tally.failures) {
      MESSAGE(cut_text(failure.cut), ": ", failure.violation);
    }
    CHECK(tally.violations == 0);
    CHECK(tally.outcomes[static_cast<int>(Outcome::kRetried)] > 100);
  }
}

TEST_CASE("cut at any octet after UIDVALIDITY has changed under a queue, all of it is done once") {
  using imap::Extension;
  const imap::ExtensionSet plain =
      imap::bit(Extension::kRev1) | imap::bit(Extension::kSubscriptions);
  const struct {
    ImapResync resync;
    imap::ExtensionSet offers;
  } kRows[] = {
      {ImapResync::kUidWindow, plain},
      {ImapResync::kCondStore,
       imap::completed(plain | imap::bit(Extension::kCondStore) | imap::bit(Extension::kUidPlus))},
      {ImapResync::kQresync, imap::all_extensions()},
  };
  for (const auto& row : kRows) {
    SmallWorld small(Protocol::kImap);
    ImapServerConfig server;
    server.extensions = row.offers;
    small.scenario.services[2].imap = std::make_shared<const ImapServerConfig>(server);
    ImapClientConfig config = *small.scenario.devices[0].imap;
    config.folders = {"*"};
    config.resync = row.resync;
    small.scenario.devices[0].imap = std::make_shared<const ImapClientConfig>(config);
    std::vector<Input> inputs{SmallWorld::action(InputKind::kCheckMail, small.laptop, 0),
                              SmallWorld::action(InputKind::kGoOffline, small.laptop, 2000),
                              SmallWorld::action(InputKind::kFlag, small.laptop, 3000, "Photos"),
                              SmallWorld::action(InputKind::kMove, small.laptop, 3001, "Lunch"),
                              SmallWorld::action(InputKind::kSaveDraft, small.laptop, 3002),
                              SmallWorld::action(InputKind::kRenewUids, small.server, 4000, "bob"),
                              SmallWorld::action(InputKind::kGoOnline, small.laptop, 5000)};
    inputs[3].mailbox = "Archive";
    inputs[4].message = test::small_message("Draft", "as it was written\r\n");
    inputs[5].mailbox = "INBOX";
    CAPTURE(static_cast<int>(row.resync));
    // What the queue comes to without a cut, to which the sweep holds every run that has one.
    World world(small.share(), nullptr);
    for (const Input& input : inputs) world.add_input(input);
    while (world.has_next() && world.next_time() < test::at_s(20)) world.step(nullptr);
    const MailStore& store = world.store(small.server);
    const AccountId bob = store.find_account("bob")->id;
    REQUIRE(store.inbox(bob).entries.size() == 2);
    CHECK(store.inbox(bob).entries.summary().unseen == 2);
    const auto holds_one = [&store, bob](const char* name, const char* subject) {
      const Mailbox* box = store.find_mailbox(bob, name);
      return box != nullptr && box->entries.size() == 1 &&
             box->entries[0].message->subject().find(subject) != std::string::npos;
    };
    CHECK(holds_one("Archive", "Lunch"));
    CHECK(holds_one("Drafts", "Draft"));
    size_t starred = 0;
    for (const MailboxEntry& entry : store.inbox(bob).entries) {
      if ((entry.flags & Flag::kFlagged) == 0) continue;
      ++starred;
      CHECK(entry.message->subject().find("Photos") != std::string::npos);
    }
    CHECK(starred == 1);
    const Tally tally =
        sweep_run(small.share(), inputs, test::at_s(20), 0, 7, [](const Tally&) { return true; });
    for (const Failure& failure : tally.failures) {
      MESSAGE(cut_text(failure.cut), ": ", failure.violation);
    }
    CHECK(tally.violations == 0);
    CHECK(tally.outcomes[static_cast<int>(Outcome::kRetried)] > 100);
  }
}
