#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/checkers.h"
#include "tests/world/relay_world.h"

using namespace mailscope;
using test::at_s;
using test::RelayWorld;
using test::SmallWorld;
using test::run_checked;

namespace {

const RelayJob& job_of(const World& world, HostId host) {
  return world.host(host).relay->jobs.at(0);
}

bool queue_is_empty(const World& world, HostId host) {
  return world.host(host).relay->jobs.empty();
}

const Mailbox& bobs_inbox(const History& history, const RelayWorld& small) {
  return history.head().store(small.bobs_server).mailbox(MailboxId{1});
}

}  // namespace

TEST_CASE("mail goes from Alice's laptop by MX to Bob's mailbox, and Bob reads it") {
  RelayWorld small;
  const MessagePtr message = test::small_message("Lunch on Friday?");
  History history(small.share(),
                  {small.send(100, message),
                   SmallWorld::action(InputKind::kCheckMail, small.bob, 3000),
                   SmallWorld::action(InputKind::kRead, small.bob, 5000, "Lunch")});
  CHECK(run_checked(history, at_s(10), {}) == "");
  INFO(test::conversation(history.trace()));
  REQUIRE(bobs_inbox(history, small).entries.size() == 1);
  const Message& stored = *bobs_inbox(history, small).entries[0].message;
  CHECK(stored.message_id() == message->message_id());
  // Each server that took it has signed at the top, and the last put the reverse-path there.
  const std::string text(stored.text());
  CHECK(text.rfind("Return-Path: <alice@example.org>\r\nReceived: from mail.example.org", 0) == 0);
  CHECK(text.find("Received: from alice.example.org") != std::string::npos);
  CHECK(text.substr(text.size() - message->size()) == message->text());
  // The questions, in order: her server's address, his domain's MX, its address; then Bob's own.
  const std::vector<std::string> asked = test::texts_of(history.trace(), EventKind::kDatagram);
  std::vector<std::string> questions;
  for (const std::string& line : asked) {
    const bool seen = std::find(questions.begin(), questions.end(), line) != questions.end();
    if (line.back() == '?' && !seen) questions.push_back(line);
  }
  CHECK(questions == std::vector<std::string>{"A mail.example.org?", "MX example.net?",
                                              "A mx.example.net?"});
  CHECK(std::find(asked.begin(), asked.end(), "example.net MX 10 mx.example.net") != asked.end());
  CHECK(queue_is_empty(history.head(), small.alices_server));
  const LocalEntry* read =
      history.head().device(small.bobs_program).local->find_subject("INBOX", "Lunch");
  REQUIRE(read != nullptr);
  REQUIRE(read->message != nullptr);
  CHECK(read->message->text() == stored.text());
  CHECK((bobs_inbox(history, small).entries[0].flags & Flag::kSeen) != 0);
}

TEST_CASE("a question to the DNS that is lost is asked again") {
  RelayWorld small;
  const MessagePtr message = test::small_message("Lunch on Friday?");
  for (const bool answer : {false, true}) {
    CAPTURE(answer);
    History history(small.share(), {small.send(100, message)});
    const auto under_way = [&] {
      const std::vector<Segment> flying = history.head().in_flight();
      return !flying.empty() && (flying[0].content.answer != 0) == answer;
    };
    while (!under_way()) REQUIRE(history.run_until(at_s(5), 1) == 1);
    Input drop;
    drop.kind = InputKind::kDropSegment;
    drop.number = history.head().in_flight()[0].number;
    history.fork(history.head().dispatches(), {drop});
    CHECK(run_checked(history, at_s(20), {message->message_id()}) == "");
    CHECK(bobs_inbox(history, small).entries.size() == 1);
    const std::vector<std::string> asked = test::texts_of(history.trace(), EventKind::kDatagram);
    // Two hops each: the question as it sets out, and as the router passes it on, twice over.
    CHECK(std::count(asked.begin(), asked.end(), "A mail.example.org?") == (answer ? 4 : 3));
  }
}

TEST_CASE("without any DNS the mail waits, in her outbox or in her server's queue, and goes "
          "when it is back") {
  RelayWorld small;
  const MessagePtr message = test::small_message("Lunch on Friday?");
  const std::string id = message->message_id();
  SUBCASE("before her laptop has found her server") {
    History history(small.share(), {SmallWorld::action(InputKind::kStopHost, small.dns, 50),
                                    small.send(100, message),
                                    SmallWorld::action(InputKind::kStartHost, small.dns, 20000)});
    CHECK(run_checked(history, at_s(15), {}) == "");
    CHECK(history.head().device(small.alices_program).outbox.size() == 1);
    CHECK(run_checked(history, at_s(60), {id}) == "");
    CHECK(bobs_inbox(history, small).entries.size() == 1);
    CHECK(history.head().device(small.alices_program).outbox.empty());
  }
  SUBCASE("before her server has found his") {
    History history(small.share(), {small.send(100, message),
                                    SmallWorld::action(InputKind::kStopHost, small.dns, 400),
                                    SmallWorld::action(InputKind::kStartHost, small.dns, 20000)});
    CHECK(run_checked(history, at_s(60), {}) == "");
    CHECK(job_of(history.head(), small.alices_server).state == RelayJob::State::kWaiting);
    CHECK(bobs_inbox(history, small).entries.empty());
    CHECK(run_checked(history, at_s(40 * 60), {id}) == "");
    CHECK(bobs_inbox(history, small).entries.size() == 1);
    CHECK(queue_is_empty(history.head(), small.alices_server));
  }
}

TEST_CASE("his server is off: her server keeps the mail and tries again after half an hour") {
  RelayWorld small;
  const MessagePtr message = test::small_message("Lunch on Friday?");
  History history(small.share(),
                  {SmallWorld::action(InputKind::kStopHost, small.bobs_server, 50),
                   small.send(100, message),
                   SmallWorld::action(InputKind::kStartHost, small.bobs_server, 600000)});
  CHECK(run_checked(history, at_s(300), {}) == "");
  CHECK(job_of(history.head(), small.alices_server).state == RelayJob::State::kWaiting);
  CHECK(job_of(history.head(), small.alices_server).attempts == 1);
  CHECK(run_checked(history, at_s(3600), {message->message_id()}) == "");
  CHECK(queue_is_empty(history.head(), small.alices_server));
  CHECK(bobs_inbox(history, small).entries.size() == 1);
}

TEST_CASE("an exchanger that refuses the connection is followed by the next one at once") {
  RelayWorld small;
  small.scenario.dns.push_back({"example.net", DnsRecord::Type::kMx, 5, "bob.example.net"});
  History history(small.share(), {small.send(100, test::small_message("Lunch on Friday?"))});
  CHECK(run_checked(history, at_s(30), {}) == "");
  CHECK(bobs_inbox(history, small).entries.size() == 1);
  CHECK(test::queue_account(history.trace()) ==
        std::vector<std::string>{"taken example.net", "tried bob.example.net",
                                 "tried mx.example.net", "sent bob@example.net"});
}

TEST_CASE("a server that is stopped with mail in its queue sends it when it is started again") {
  const MessagePtr message = test::small_message("Lunch on Friday?");
  // At every tenth of a second of the relaying.
  for (int64_t stop_ms = 300; stop_ms <= 1800; stop_ms += 100) {
    CAPTURE(stop_ms);
    RelayWorld small;
    History history(small.share(),
                    {small.send(100, message),
                     SmallWorld::action(InputKind::kStopHost, small.alices_server, stop_ms),
                     SmallWorld::action(InputKind::kStartHost, small.alices_server, 60000)});
    CHECK(run_checked(history, Instant{} + milliseconds(100), {}) == "");
    CHECK(run_checked(history, at_s(2 * 3600), {message->message_id()}) == "");
    // RFC 5321 §4.5.4.1: a break between the dot and its 250 sends it twice rather than never.
    CHECK(bobs_inbox(history, small).entries.size() >= 1);
    CHECK(bobs_inbox(history, small).entries.size() <= 2);
    CHECK(history.head().device(small.alices_program).outbox.empty());
  }
}

TEST_CASE("over bad lines a large message arrives octet for octet, for POP3 and for IMAP") {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    const Protocol protocol = seed % 2 == 0 ? Protocol::kPop3 : Protocol::kImap;
    RelayWorld small(protocol);
    small.scenario.seed = seed;
    LinkConfig link;
    link.loss_ppm = static_cast<uint32_t>(seed * 4000);  // up to 5 % on each of two links
    link.jitter = milliseconds(static_cast<int64_t>(3 * seed));
    link.bits_per_second = 2000000 * seed;
    small.set_links(link);
    const MessagePtr message = test::small_message("Large", test::many_lines(60000, seed));
    History history(small.share(),
                    {small.send(100, message),
                     SmallWorld::action(InputKind::kCheckMail, small.bob, 3700000),
                     SmallWorld::action(InputKind::kRead, small.bob, 3790000, "Large")});
    CHECK(run_checked(history, at_s(5000), {}) == "");
    const LocalEntry* entry =
        history.head().device(small.bobs_program).local->find_subject("INBOX", "Large");
    REQUIRE(entry != nullptr);
    REQUIRE(entry->message != nullptr);
    const std::string_view text = entry->message->text();
    REQUIRE(text.size() > message->size());
    CHECK(text.substr(text.size() - message->size()) == message->text());
  }
}
