// The queue: RFC 5321 §4.5.4.1 (when it tries again, when it gives up), §6.1 (responsibility). Days
// of it cost nothing: a world skips the time in which nothing happens.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/checkers.h"
#include "tests/world/relay_world.h"

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
constexpr int64_t kDay = 24 * kHour;
/// When attempts were made, in minutes since the mail was taken, rounded down.
std::vector<int64_t> attempts_at(const Trace& trace) {
  std::vector<int64_t> minutes;
  Instant taken;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.kind != EventKind::kQueueChange) continue;
    const auto change = static_cast<QueueChange>(event.code);
    if (change == QueueChange::kTaken && minutes.empty()) taken = event.at;
    if (change == QueueChange::kTried) minutes.push_back((event.at - taken).ns / 60000000000);
  }
  return minutes;
}

const std::vector<RelayJob>& queue_of(const History& history, HostId host) {
  return history.head().host(host).relay->jobs;
}

Input stop(HostId host, int64_t at_ms) {
  return SmallWorld::action(InputKind::kStopHost, host, at_ms);
}
Input start(HostId host, int64_t at_ms) {
  return SmallWorld::action(InputKind::kStartHost, host, at_ms);
}

/// From the moment the mail is written it must not be lost.
std::string run_watching(History& history, Instant until, const std::string& message_id) {
  history.run_until(at_s(0) + milliseconds(100));
  return run_checked(history, until, {message_id});
}

std::string subject_of(const Mailbox& box, size_t i) { return box.entries[i].message->subject(); }

long dials_to(const History& history, HostId server) {
  long dials = 0;
  for (uint32_t i = 1; i <= history.trace().size(); ++i) {
    const Event& event = history.trace()[i];
    dials += event.kind == EventKind::kDial && event.a == server.value ? 1 : 0;
  }
  return dials;
}

}  // namespace

TEST_CASE(
    "two attempts in the first hour, then one every two hours; a word after four hours, the "
    "mail back after five days") {
  RelayWorld small;
  const MessagePtr message = test::small_message("Lunch on Friday?");
  const std::string id = message->message_id();
  History history(small.share(), {stop(small.bobs_server, 50), small.send(100, message)});
  CHECK(run_watching(history, at_s(4 * kHour - 60), id) == "");
  CHECK(alices_inbox(history.head(), small).entries.empty());

  CHECK(run_checked(history, at_s(4 * kHour + 60), {id}) == "");
  REQUIRE(alices_inbox(history.head(), small).entries.size() == 1);
  CHECK(subject_of(alices_inbox(history.head(), small), 0) == "Your message is delayed");
  const std::string delay = status_part(*alices_inbox(history.head(), small).entries[0].message);
  CHECK(delay.find("Action: delayed\r\nStatus: 4.4.1\r\n") != std::string::npos);
  CHECK(delay.find("Will-Retry-Until: Sat, 10 Jan 2026 10:00:0") != std::string::npos);

  CHECK(run_checked(history, at_s(5 * kDay - kHour), {id}) == "");
  CHECK(alices_inbox(history.head(), small).entries.size() == 1);  // told once
  REQUIRE(queue_of(history, small.alices_server).size() == 1);
  std::vector<int64_t> attempts = attempts_at(history.trace());
  REQUIRE(attempts.size() > 10);
  CHECK(attempts[0] == 0);
  CHECK(attempts[1] < 60);
  CHECK(attempts[1] >= 30);
  for (size_t i = 2; i < attempts.size(); ++i) {
    CHECK(attempts[i] - attempts[i - 1] >= 120);
    CHECK(attempts[i] - attempts[i - 1] <= 180);
  }

  CHECK(run_checked(history, at_s(5 * kDay + kHour)) == "");
  CHECK(queue_of(history, small.alices_server).empty());
  const Mailbox& inbox = alices_inbox(history.head(), small);
  REQUIRE(inbox.entries.size() == 2);
  CHECK(subject_of(inbox, 1) == "Your message could not be delivered");
  // RFC 3463 §3.5: the actual problem rather than "time expired".
  CHECK(status_part(*inbox.entries[1].message).find("Action: failed\r\nStatus: 4.4.1\r\n") !=
        std::string::npos);
  CHECK(inbox.entries[1].message->text().find("Subject: Lunch on Friday?") !=
        std::string_view::npos);
  CHECK(test::check_responsibility(history.head(), history.trace(), id, {"bob@example.net"}) == "");
  // Bob's server comes back on the sixth day, and nothing more comes of it.
  history.fork(history.head().dispatches(), {start(small.bobs_server, 6 * kDay * 1000)});
  CHECK(run_checked(history, at_s(8 * kDay)) == "");
  CHECK(test::copies_for(history.head(), id, "bob@example.net") == 0);
}

TEST_CASE("a scenario may ask for a short patience") {
  RelayWorld small;
  RelayConfig config;
  config.retry = {seconds(60), seconds(300), seconds(1800)};
  config.give_up = seconds(2 * kHour);
  config.warn_after = seconds(1800);
  small.set_patience(config);
  History history(small.share(), {stop(small.bobs_server, 50),
                                  small.send(100, test::small_message("Lunch on Friday?"))});
  CHECK(run_checked(history, at_s(kHour)) == "");
  CHECK(alices_inbox(history.head(), small).entries.size() == 1);
  CHECK(run_checked(history, at_s(3 * kHour)) == "");
  CHECK(alices_inbox(history.head(), small).entries.size() == 2);
  CHECK(queue_of(history, small.alices_server).empty());
  // The time an attempt takes to fail is not part of the pauses. The last one is at the end.
  const std::vector<int64_t> attempts = attempts_at(history.trace());
  REQUIRE(attempts.size() == 7);
  CHECK(attempts[0] == 0);
  const std::vector<int64_t> pauses = {1, 5, 30, 30, 30};
  for (size_t i = 0; i < pauses.size(); ++i) {
    CHECK(attempts[i + 1] - attempts[i] >= pauses[i]);
    CHECK(attempts[i + 1] - attempts[i] <= pauses[i] + 4);
  }
  CHECK(attempts[6] == 120);
}

TEST_CASE("warn_after 0 never warns") {
  RelayWorld small;
  RelayConfig config;
  config.warn_after = Duration{};
  small.set_patience(config);
  History history(small.share(), {stop(small.bobs_server, 50),
                                  small.send(100, test::small_message("Lunch on Friday?"))});
  CHECK(run_checked(history, at_s(4 * kDay)) == "");
  CHECK(alices_inbox(history.head(), small).entries.empty());
}

TEST_CASE("the exchanger is down for seven hours: a delay notice, and then the mail") {
  RelayWorld small;
  const MessagePtr message = test::small_message("Lunch on Friday?");
  History history(small.share(), {stop(small.bobs_server, 50), small.send(100, message),
                                  start(small.bobs_server, 7 * kHour * 1000)});
  CHECK(run_watching(history, at_s(10 * kHour), message->message_id()) == "");
  CHECK(test::copies_for(history.head(), message->message_id(), "bob@example.net") == 1);
  CHECK(queue_of(history, small.alices_server).empty());
  REQUIRE(alices_inbox(history.head(), small).entries.size() == 1);
  CHECK(subject_of(alices_inbox(history.head(), small), 0) == "Your message is delayed");
}

TEST_CASE("the domain gets another exchanger while mail waits: the next attempt finds it") {
  RelayWorld small;
  small.add_server("net-new", "new.example.net");
  const MessagePtr message = test::small_message("Lunch on Friday?");
  Input change = SmallWorld::action(InputKind::kSetDns, small.dns, 600000, "example.net");
  change.records = {{"example.net", DnsRecord::Type::kMx, 10, "new.example.net"}};
  History history(small.share(), {stop(small.bobs_server, 50), small.send(100, message), change});
  CHECK(run_watching(history, at_s(kHour), message->message_id()) == "");
  const std::vector<std::string> account = queue_account(history.trace());
  REQUIRE(account.size() == 5);
  CHECK(account[1] == "tried mx.example.net");
  CHECK(account[3] == "tried new.example.net");
  CHECK(account[4] == "sent bob@example.net");
  CHECK(history.head().zone().size() == 2);
}

TEST_CASE("one transaction for the recipients of a domain, and one for each other domain") {
  RelayWorld small;
  small.add_server("com-server", "mx.example.com", "example.com");
  small.set_mx("example.com", {{10, "mx.example.com"}});
  small.scenario.accounts.push_back({small.bobs_server, "carol", "secret"});
  const MessagePtr message = test::small_message("Lunch on Friday?");
  const std::vector<std::string> everybody = {"bob@example.net", "bob@example.com",
                                              "carol@EXAMPLE.net"};
  History history(small.share(), {small.send(100, message, everybody)});
  CHECK(run_watching(history, at_s(60), message->message_id()) == "");
  CHECK(dials_to(history, small.bobs_server) == 1);
  CHECK(dials_to(history, HostId{7}) == 1);
  const std::string said = test::conversation(history.trace());
  INFO(said);
  // Hers to her server, and one to each domain.
  size_t transactions = 0;
  for (size_t at = said.find("C: DATA"); at != std::string::npos;
       at = said.find("C: DATA", at + 1)) {
    ++transactions;
  }
  CHECK(transactions == 3);
  for (const char* recipient : {"bob@example.net", "bob@example.com", "carol@example.net"}) {
    CAPTURE(recipient);
    CHECK(test::copies_for(history.head(), message->message_id(), recipient) == 1);
  }
}

TEST_CASE("several messages for a domain go one after another, in one session") {
  RelayWorld small;
  std::vector<Input> inputs = {stop(small.bobs_server, 50)};
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    const MessagePtr message = test::small_message("Message " + std::to_string(i));
    ids.push_back(message->message_id());
    inputs.push_back(small.send(100, message));
  }
  inputs.push_back(start(small.bobs_server, 600000));
  History history(small.share(), inputs);
  CHECK(run_checked(history, at_s(kHour)) == "");
  for (const std::string& id : ids) {
    CHECK(test::copies_for(history.head(), id, "bob@example.net") == 1);
  }
  CHECK(queue_of(history, small.alices_server).empty());
  CHECK(dials_to(history, small.bobs_server) == 2);  // the failure that all shared, and this
}

TEST_CASE("a session that is cut between two messages: those behind go on by themselves") {
  RelayWorld small;
  std::vector<Input> inputs = {stop(small.bobs_server, 50)};
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const MessagePtr message = test::small_message("Message " + std::to_string(i));
    ids.push_back(message->message_id());
    inputs.push_back(small.send(100, message));
  }
  inputs.push_back(start(small.bobs_server, 600000));
  History history(small.share(), inputs);
  const auto second_has_begun = [&] {
    long begun = 0;
    for (uint32_t i = 1; i <= history.trace().size(); ++i) {
      const Event& event = history.trace()[i];
      const bool here = event.kind == EventKind::kCommand && event.host == small.bobs_server;
      begun += here && history.trace().text(event) == "MAIL" ? 1 : 0;
    }
    return begun == 2;
  };
  while (!second_has_begun()) REQUIRE(history.run_until(at_s(kHour), 1) == 1);
  Input cut = SmallWorld::action(InputKind::kCutConnection, small.alices_server, 0);
  cut.at = history.head().now();
  history.fork(history.head().dispatches(), {cut});
  // Not after a pause, as they were in nobody's way: at once. And the first one not again.
  const Instant cut_at = history.head().now();
  CHECK(run_checked(history, cut_at + seconds(60)) == "");
  for (const std::string& id : ids) {
    CHECK(test::copies_for(history.head(), id, "bob@example.net") == 1);
  }
  CHECK(queue_of(history, small.alices_server).empty());
}

TEST_CASE("a server that is off when a retry is due makes it when it is on again") {
  RelayWorld small;
  const MessagePtr message = test::small_message("Lunch on Friday?");
  History history(
      small.share(),
      {stop(small.bobs_server, 50), small.send(100, message), start(small.bobs_server, 600000),
       stop(small.alices_server, 700000), start(small.alices_server, 6 * kHour * 1000)});
  CHECK(run_watching(history, at_s(6 * kHour - 1), message->message_id()) == "");
  REQUIRE(queue_of(history, small.alices_server).size() == 1);
  CHECK(run_checked(history, at_s(6 * kHour + 60), {message->message_id()}) == "");
  CHECK(queue_of(history, small.alices_server).empty());
  CHECK(test::copies_for(history.head(), message->message_id(), "bob@example.net") == 1);
}

TEST_CASE("the DNS is silent for a day: 4.4.3, a delay notice, and the mail in the end") {
  RelayWorld small;
  const MessagePtr message = test::small_message("Lunch on Friday?");
  History history(small.share(),
                  {small.send(100, message), stop(small.dns, 400), start(small.dns, kDay * 1000)});
  CHECK(run_watching(history, at_s(kDay - 1), message->message_id()) == "");
  REQUIRE(queue_of(history, small.alices_server).size() == 1);
  CHECK(queue_of(history, small.alices_server)[0].problems[0].status == "4.4.3");
  REQUIRE(alices_inbox(history.head(), small).entries.size() == 1);
  CHECK(run_checked(history, at_s(kDay + 3 * kHour), {message->message_id()}) == "");
  CHECK(test::copies_for(history.head(), message->message_id(), "bob@example.net") == 1);
}

TEST_CASE("the schedule's arithmetic") {
  RelayConfig config;
  config.retry = {seconds(60), seconds(300)};
  config.give_up = seconds(1000);
  CHECK(next_try_at(config, at_s(0), 1, at_s(10)) == at_s(70));
  CHECK(next_try_at(config, at_s(0), 2, at_s(80)) == at_s(380));
  CHECK(next_try_at(config, at_s(0), 9, at_s(400)) == at_s(700));
  CHECK(next_try_at(config, at_s(0), 10, at_s(800)) == at_s(1000));  // the last one
  config.retry = {Duration{}};  // never at once (RFC 5321 §4.5.4.1)
  CHECK(next_try_at(config, at_s(0), 1, at_s(10)) == at_s(11));
}

TEST_CASE("what is asked for a recipient stays with the recipient when a message is split") {
  MailTransaction mail;
  mail.forward_paths = {"a@x.test", "b@y.test", "c@X.test"};
  mail.dsn = {{RecipientDsn::kNever, "rfc822;a"}, {RecipientDsn::kSuccess, {}}, {0, "rfc822;c"}};
  mail.envelope_id = "E1";
  const std::vector<MailTransaction> parts = split_by_domain(mail);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].forward_paths == std::vector<std::string>{"a@x.test", "c@X.test"});
  CHECK(parts[0].dsn[1].original_recipient == "rfc822;c");
  CHECK(parts[1].dsn[0].notify == RecipientDsn::kSuccess);
  CHECK(parts[1].envelope_id == "E1");
  CHECK_FALSE(wants_report(mail, 0, RecipientDsn::kFailure));
  CHECK(wants_report(mail, 1, RecipientDsn::kSuccess));
  CHECK_FALSE(wants_report(mail, 1, RecipientDsn::kFailure));
  CHECK(wants_report(mail, 2, RecipientDsn::kDelay));
  CHECK_FALSE(wants_report(mail, 2, RecipientDsn::kSuccess));
}
