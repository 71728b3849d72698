// Who is told what: RFC 3461 §5.2, §6; RFC 5321 §4.5.5 (no report about a report), §6.1.
#include <doctest/doctest.h>

#include <algorithm>

#include "sim/wire/header.h"
#include "tests/support/checkers.h"
#include "tests/world/relay_world.h"

namespace mailscope {

/// Puts mail into a queue with what SMTP's DSN extension would have said of it.
struct WorldTestAccess {
  static void take(World& world, HostId host, const MailTransaction& mail, Trace& trace) {
    TraceWriter writer(world.trace_state_, &trace, world.now_);
    writer.set_host(host);
    world.take_for_relay(host, mail, writer);
  }
  static void delivered(World& world, HostId host, const MailTransaction& mail, Trace& trace) {
    TraceWriter writer(world.trace_state_, &trace, world.now_);
    writer.set_host(host);
    world.report_delivered(host, mail, writer);
  }
};

}  // namespace mailscope

using namespace mailscope;
using test::at_s;
using test::alices_inbox;
using test::queue_account;
using test::RelayWorld;
using test::run_checked;
using test::SmallWorld;
using test::status_part;

namespace {

constexpr int64_t kHour = 3600;
bool contains(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

bool happened(const Trace& trace, const std::string& what) {
  const std::vector<std::string> account = queue_account(trace);
  return std::find(account.begin(), account.end(), what) != account.end();
}

/// A message in Alice's server's queue, and what came of it.
struct Queued {
  RelayWorld small;
  MailTransaction mail;
  Trace trace;

  Queued() {
    mail.reverse_path = "alice@example.org";
    mail.message = test::small_message("Lunch on Friday?");
  }
  World run(int64_t until_s) {
    World world(small.share(), &trace);
    WorldTestAccess::take(world, small.alices_server, mail, trace);
    while (world.has_next() && world.next_time() <= at_s(until_s)) world.step(&trace);
    CHECK(test::check_responsibility(world, trace, mail.message->message_id(),
                                     mail.forward_paths) == "");
    return world;
  }
};

}  // namespace

TEST_CASE(
    "a recipient whom his server does not know: the sender gets the mail back, the other "
    "recipient has it") {
  RelayWorld small;
  const MessagePtr message = test::small_message("Who is there?");
  History history(small.share(),
                  {small.send(100, message, {"nobody@example.net", "bob@example.net"})});
  CHECK(run_checked(history, at_s(30), {}) == "");
  const World& world = history.head();
  CHECK(test::copies_for(world, message->message_id(), "bob@example.net") == 1);
  REQUIRE(alices_inbox(world, small).entries.size() == 1);
  const Message& report = *alices_inbox(world, small).entries[0].message;
  INFO(report.text());
  // RFC 5321 §4.4: the null reverse-path at the top of what was finally delivered.
  CHECK(report.text().rfind("Return-Path: <>\r\nReceived: by mail.example.org id ", 0) == 0);
  CHECK(field_value(report.text(), "To") == "<alice@example.org>");
  CHECK(field_value(report.text(), "In-Reply-To") == message->message_id());
  const std::string fields = status_part(report);
  CHECK(contains(fields, "Final-Recipient: rfc822; nobody@example.net\r\nAction: failed\r\n"));
  CHECK(contains(fields, "Remote-MTA: dns; mx.example.net\r\nDiagnostic-Code: smtp; 550 "));
  CHECK_FALSE(contains(fields, "bob@example.net"));
  // The message as her server had it comes back with it.
  const MimePart* returned = find_part(report.mime(), {3});
  REQUIRE(returned != nullptr);
  const std::string_view text =
      report.text().substr(returned->body.begin, returned->body.end - returned->body.begin);
  CHECK(contains(text, "Received: from alice.example.org"));
  CHECK(text.substr(text.size() - message->size()) == message->text());
  CHECK(queue_account(history.trace()).back() == "delivered alice@example.org");
  CHECK(test::check_responsibility(world, history.trace(), message->message_id(),
                                   {"nobody@example.net", "bob@example.net"}) == "");
  CHECK(world.host(small.alices_server).relay->jobs.empty());
}

TEST_CASE("a person reads the report in the mail program like any mail") {
  RelayWorld small;
  DeviceSpec& bobs = small.scenario.devices[1];
  bobs.smtp_server = "mx.example.net";
  SmtpServerConfig net;
  net.local_domains = {"example.net"};
  net.relay_for = {"bob.example.net"};
  small.scenario.services[1].smtp = std::make_shared<const SmtpServerConfig>(net);
  Input send = SmallWorld::action(InputKind::kSend, small.bob, 1000);
  send.message = test::small_message("To nobody");
  send.recipients = {"nobody@example.org"};
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.bob, 100), send,
                   SmallWorld::action(InputKind::kRead, small.bob, 20000, "could not be")});
  CHECK(run_checked(history, at_s(30), {}) == "");
  // IDLE has told his program of it without its asking.
  const LocalEntry* entry =
      history.head().device(small.bobs_program).local->find_subject("INBOX", "could not be");
  REQUIRE(entry != nullptr);
  REQUIRE(entry->message != nullptr);
  CHECK(contains(status_part(*entry->message), "nobody@example.org"));
}

TEST_CASE("a report for a sender elsewhere goes the way of all mail") {
  RelayWorld small;
  small.scenario.devices[0].address = "bob@example.net";  // writes from Alice's laptop
  History history(small.share(), {small.send(100, test::small_message("Hello"), {"x@example.nt"})});
  CHECK(run_checked(history, at_s(30), {}) == "");
  CHECK(queue_account(history.trace()) ==
        std::vector<std::string>{"taken example.nt",
                                 "bounced x@example.nt: there is no domain example.nt",
                                 "reported failed bob@example.net", "taken example.net",
                                 "tried mx.example.net", "sent bob@example.net"});
  CHECK(contains(test::conversation(history.trace()), "C: MAIL FROM:<>\n"));
  const Mailbox& inbox = history.head().store(small.bobs_server).mailbox(MailboxId{1});
  REQUIRE(inbox.entries.size() == 1);
  CHECK(inbox.entries[0].message->text().rfind("Return-Path: <>\r\n", 0) == 0);
}

TEST_CASE("nobody is told of what became of a report") {
  RelayWorld small;
  small.scenario.devices[0].address = "ghost@example.net";
  bool with_postmaster = false;
  SUBCASE("and where there is no postmaster the report is dropped") {}
  SUBCASE("but a postmaster gets to see it") { with_postmaster = true; }
  if (with_postmaster) {
    small.scenario.accounts.push_back({small.alices_server, "postmaster", "secret"});
  }
  History history(small.share(), {small.send(100, test::small_message("Hello"), {"x@example.nt"})});
  CHECK(run_checked(history, at_s(10 * 24 * kHour), {}) == "");
  const World& world = history.head();
  CHECK(world.host(small.alices_server).relay->jobs.empty());
  CHECK(world.host(small.alices_server).relay->next_report == 2);  // one report, and no other
  CHECK(happened(history.trace(), "dropped ghost@example.net") != with_postmaster);
  CHECK(alices_inbox(world, small).entries.empty());
  if (!with_postmaster) return;
  const MailStore& store = world.store(small.alices_server);
  const Mailbox& kept = store.inbox(store.find_account("postmaster")->id);
  REQUIRE(kept.entries.size() == 1);
  CHECK(contains(status_part(*kept.entries[0].message), "x@example.nt"));
}

TEST_CASE(
    "what was asked by NOTIFY is done, and where nothing was asked, failure and delay are "
    "told") {
  struct Asked {
    uint8_t notify;
    bool delay;
    bool failure;
  };
  for (const Asked& asked :
       {Asked{0, true, true}, Asked{RecipientDsn::kNever, false, false},
        Asked{RecipientDsn::kSuccess, false, false}, Asked{RecipientDsn::kFailure, false, true},
        Asked{RecipientDsn::kDelay, true, false},
        Asked{RecipientDsn::kFailure | RecipientDsn::kDelay, true, true}}) {
    CAPTURE(static_cast<int>(asked.notify));
    Queued queued;
    queued.small.scenario.hosts.pop_back();  // nobody is at mx.example.net
    queued.small.scenario.links.pop_back();
    queued.small.scenario.services.resize(1);
    queued.small.scenario.accounts.resize(1);
    queued.small.scenario.dns.push_back(
        {"mx.example.net", DnsRecord::Type::kA, 0, queued.small.scenario.hosts[1].name});
    queued.mail.forward_paths = {"bob@example.net"};
    queued.mail.dsn = {{asked.notify, {}}};
    const World world = queued.run(6 * 24 * kHour);
    const Mailbox& inbox = alices_inbox(world, queued.small);
    int delays = 0;
    int failures = 0;
    for (size_t i = 0; i < inbox.entries.size(); ++i) {
      const std::string fields = status_part(*inbox.entries[i].message);
      delays += contains(fields, "Action: delayed") ? 1 : 0;
      failures += contains(fields, "Action: failed") ? 1 : 0;
    }
    CHECK(delays == (asked.delay ? 1 : 0));
    CHECK(failures == (asked.failure ? 1 : 0));
    CHECK(happened(queued.trace, "dropped bob@example.net") != asked.failure);
  }
}

TEST_CASE("a report carries ENVID and ORCPT, and with RET=HDRS no body") {
  Queued queued;
  queued.mail.forward_paths = {"a@example.nt", "b@example.nt"};
  queued.mail.dsn = {{RecipientDsn::kFailure, "rfc822;old+name@example.com"},
                     {RecipientDsn::kNever, {}}};
  queued.mail.envelope_id = "QQ314159";
  queued.mail.headers_only = true;
  const World world = queued.run(60);
  REQUIRE(alices_inbox(world, queued.small).entries.size() == 1);
  const Message& report = *alices_inbox(world, queued.small).entries[0].message;
  const std::string fields = status_part(report);
  CHECK(contains(fields, "Original-Envelope-Id: QQ314159\r\n"));
  CHECK(contains(fields,
                 "Original-Recipient: rfc822; old+name@example.com\r\n"
                 "Final-Recipient: rfc822; a@example.nt\r\n"));
  CHECK_FALSE(contains(fields, "b@example.nt"));
  CHECK_FALSE(contains(report.text(), "Hello."));
  CHECK(contains(report.text(), "Subject: Lunch on Friday?"));
}

TEST_CASE("a long message comes back as its header") {
  Queued queued;
  RelayConfig config;
  config.return_whole = 1000;
  queued.small.set_patience(config);
  queued.mail.forward_paths = {"a@example.nt"};
  queued.mail.message = test::small_message("Long", test::many_lines(2000, 1));
  const World world = queued.run(60);
  const Message& report = *alices_inbox(world, queued.small).entries.back().message;
  CHECK(find_part(report.mime(), {3})->media.subtype == "rfc822-headers");
  CHECK(report.size() < 2500);
}

TEST_CASE("mail that was put into mailboxes is reported to those who asked") {
  Queued queued;
  World world(queued.small.share(), &queued.trace);
  queued.mail.forward_paths = {"bob@example.net", "carol@example.net"};
  queued.mail.dsn = {{RecipientDsn::kSuccess, {}}, {RecipientDsn::kFailure, {}}};
  WorldTestAccess::delivered(world, queued.small.bobs_server, queued.mail, queued.trace);
  while (world.has_next() && world.next_time() <= at_s(60)) world.step(&queued.trace);
  REQUIRE(alices_inbox(world, queued.small).entries.size() == 1);
  const std::string fields = status_part(*alices_inbox(world, queued.small).entries[0].message);
  CHECK(contains(fields, "Reporting-MTA: dns; mx.example.net\r\n"));
  CHECK(contains(fields,
                 "Final-Recipient: rfc822; bob@example.net\r\nAction: delivered\r\n"
                 "Status: 2.0.0\r\n"));
  CHECK_FALSE(contains(fields, "carol"));
  // And of mail with a null reverse-path nobody is told anything.
  queued.mail.reverse_path.clear();
  WorldTestAccess::delivered(world, queued.small.bobs_server, queued.mail, queued.trace);
  CHECK(world.host(queued.small.bobs_server).relay->next_report == 2);
}

TEST_CASE("mail in a queue for a mailbox of the same server is put there") {
  Queued queued;
  queued.mail.forward_paths = {"alice@EXAMPLE.org", "ghost@example.org", "postmaster@example.org"};
  queued.mail.dsn = {{RecipientDsn::kSuccess, {}}, {0, {}}, {0, {}}};
  const World world = queued.run(60);
  const Mailbox& inbox = alices_inbox(world, queued.small);
  // Hers, the postmaster's (hers, too, as there is none), and two reports.
  REQUIRE(inbox.entries.size() == 4);
  CHECK(inbox.entries[0].message->text().rfind("Return-Path: <alice@example.org>\r\n", 0) == 0);
  CHECK(contains(status_part(*inbox.entries[2].message), "Action: delivered"));
  CHECK(contains(status_part(*inbox.entries[3].message),
                 "Final-Recipient: rfc822; ghost@example.org\r\nAction: failed\r\n"
                 "Status: 5.1.1\r\n"));
  CHECK(queued.trace.size() > 0);
  CHECK(test::check_store_fold(world, queued.trace) == "");
}

TEST_CASE("a recipient who is put off waits alone: 250, 452 and 550 in one transaction") {
  Queued queued;
  // RFC 5321 §4.5.3.1.10: the server takes a thousand recipients and says 452 to those behind.
  queued.mail.forward_paths.assign(smtp::kMaxRecipients, "bob@example.net");
  queued.mail.forward_paths.insert(queued.mail.forward_paths.begin(), "nobody@example.net");
  queued.mail.forward_paths.emplace_back("postmaster@example.net");
  World world = queued.run(600);
  const std::vector<RelayJob>& queue = world.host(queued.small.alices_server).relay->jobs;
  REQUIRE(queue.size() == 1);
  CHECK(queue[0].mail.forward_paths == std::vector<std::string>{"postmaster@example.net"});
  CHECK(queue[0].problems[0].status == "4.0.0");
  REQUIRE(alices_inbox(world, queued.small).entries.size() == 1);
  CHECK(contains(status_part(*alices_inbox(world, queued.small).entries[0].message),
                 "Final-Recipient: rfc822; nobody@example.net\r\n"));
  while (world.has_next() && world.next_time() <= at_s(kHour)) world.step(&queued.trace);
  CHECK(world.host(queued.small.alices_server).relay->jobs.empty());
  const std::vector<std::string> account = queue_account(queued.trace);
  CHECK(account.back() == "sent postmaster@example.net");
  CHECK(std::count(account.begin(), account.end(), "sent bob@example.net") == 1000);
}

TEST_CASE("a device whose own server refuses its mail tells its user") {
  RelayWorld small;
  History history(small.share(),
                  {small.send(100, test::small_message("Hello"), {"ghost@example.org"})});
  CHECK(run_checked(history, at_s(30), {}) == "");
  const std::vector<std::string> notes = test::texts_of(history.trace(), EventKind::kNote);
  CHECK(std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
    return note.rfind("<ghost@example.org> 550", 0) == 0;
  }));
  CHECK(queue_account(history.trace()).empty());
}
