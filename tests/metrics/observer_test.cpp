// What somebody who listens on a link reads: everything in the clear, a proof where a challenge was
// answered, nothing under TLS, and nothing that took another way. Then the three layers of a
// message.
#include "sim/metrics/observer.h"

#include <doctest/doctest.h>

#include "sim/metrics/layers.h"
#include "tests/world/small_world.h"

using namespace mailscope;
using Kind = Sighting::Kind;

namespace {

/// The small world with the laptop's POP3 program and the server's POP3 service set up like this.
test::SmallWorld pop3_world(const Pop3ClientConfig& program, bool everything = true) {
  test::SmallWorld small(Protocol::kPop3);
  Pop3ClientConfig config = program;
  config.user = "bob";
  config.password = "secret";
  small.scenario.devices[0].pop3 = std::make_shared<const Pop3ClientConfig>(config);
  for (ServiceSpec& service : small.scenario.services) {
    if (!service.pop3 || !everything) continue;
    service.pop3 = std::make_shared<const Pop3ServerConfig>(pop3_server_with_everything());
  }
  return small;
}

/// Everything that happens when the laptop looks for mail.
History collected(const test::SmallWorld& small) {
  History history(small.share(),
                  {test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0)});
  history.run_until(Instant{} + seconds(20));
  return history;
}

Observation on_link(const History& history, uint32_t link) {
  return observe(history.trace(), LinkId{link}, history.trace().size());
}

std::string texts_of(const Observation& seen, Kind kind) {
  std::string texts;
  for (const Sighting& each : seen.sightings) {
    if (each.kind == kind) texts += (texts.empty() ? "" : "|") + each.text;
  }
  return texts;
}

}  // namespace

TEST_CASE("USER and PASS: the password, the names and the mail itself are read") {
  const History history = collected(pop3_world({}, false));
  const Observation seen = on_link(history, 1);
  CHECK(texts_of(seen, Kind::kUser) == "bob");
  CHECK(texts_of(seen, Kind::kPassword) == "secret");
  CHECK(texts_of(seen, Kind::kHeader).find("Subject: Photos") != std::string::npos);
  CHECK(seen.has(Kind::kBody));
  CHECK(seen.opaque_octets == 0);
  // The phone's link carried nothing.
  CHECK(on_link(history, 2).sightings.empty());
  CHECK(on_link(history, 2).clear_octets == 0);
  // Before anything was said there was nothing to read.
  CHECK(observe(history.trace(), LinkId{1}, 0).sightings.empty());
}

TEST_CASE(
    "APOP, CRAM-MD5 and SCRAM show a proof and not the password; the mail is read all the same") {
  Pop3ClientConfig apop;
  apop.login = Pop3Login::kApop;
  Pop3ClientConfig cram;
  cram.login = Pop3Login::kAuth;
  cram.mechanism = sasl::Mechanism::kCramMd5;
  Pop3ClientConfig scram = cram;
  scram.mechanism = sasl::Mechanism::kScramSha256;
  for (const Pop3ClientConfig& config : {apop, cram, scram}) {
    const Observation seen = on_link(collected(pop3_world(config)), 1);
    CHECK(texts_of(seen, Kind::kUser) == "bob");
    CHECK_FALSE(seen.has(Kind::kPassword));
    CHECK(seen.has(Kind::kProof));
    CHECK(seen.has(Kind::kBody));
  }
}

TEST_CASE("PLAIN and LOGIN are only wrapped in base64") {
  for (const sasl::Mechanism mechanism : {sasl::Mechanism::kPlain, sasl::Mechanism::kLogin}) {
    Pop3ClientConfig config;
    config.login = Pop3Login::kAuth;
    config.mechanism = mechanism;
    const Observation seen = on_link(collected(pop3_world(config)), 1);
    CHECK(texts_of(seen, Kind::kUser) == "bob");
    CHECK(texts_of(seen, Kind::kPassword) == "secret");
  }
}

TEST_CASE("after STLS only sizes are left") {
  Pop3ClientConfig config;
  config.tls = Pop3Tls::kRequired;
  const History history = collected(pop3_world(config));
  const Observation seen = on_link(history, 1);
  CHECK(seen.sightings.empty());
  CHECK(seen.clear_octets > 0);  // the greeting, CAPA and STLS itself
  CHECK(seen.opaque_octets > 3000);
  CHECK(history.head().device(DeviceId{1}).local->folders()[0].entries.size() == 3);
  CHECK(history.verify().empty());
}

TEST_CASE("an attacker who strips STLS reads everything of a program that does not insist") {
  for (const Pop3Tls policy : {Pop3Tls::kIfOffered, Pop3Tls::kRequired}) {
    Pop3ClientConfig config;
    config.tls = policy;
    test::SmallWorld small = pop3_world(config);
    const HostId router{4};
    small.scenario.hosts.push_back({"router", "router.example.org", HostKind::kRouter, {}});
    small.scenario.hosts.back().strips_starttls = true;
    small.scenario.links = {{small.laptop, router, {}, {}}, {router, small.server, {}, {}}};
    small.scenario.devices.resize(1);
    const History history = collected(small);
    const Observation seen = on_link(history, 1);
    const bool insists = policy == Pop3Tls::kRequired;
    CHECK(seen.has(Kind::kPassword) != insists);
    CHECK(seen.has(Kind::kBody) != insists);
    CHECK(seen.opaque_octets == 0);
    CHECK(history.head().device(DeviceId{1}).last_error.empty() != insists);
    CHECK(history.verify().empty());
  }
}

TEST_CASE("SMTP shows envelope, header and text") {
  test::SmallWorld small(Protocol::kPop3);
  Input send = test::SmallWorld::action(InputKind::kSend, small.laptop, 0);
  send.recipients = {"bob@example.net"};
  send.message = test::small_message("To be read by all");
  History history(small.share(), {send});
  history.run_until(Instant{} + seconds(20));
  const Observation seen = on_link(history, 1);
  CHECK(texts_of(seen, Kind::kEnvelopeFrom) == "bob@example.net");
  CHECK(texts_of(seen, Kind::kEnvelopeTo) == "bob@example.net");
  CHECK(texts_of(seen, Kind::kHeader).find("Subject: To be read by all") != std::string::npos);
}

TEST_CASE("three layers: Bcc stands in the envelope alone, a forged From in the header alone") {
  test::SmallWorld small(Protocol::kPop3);
  small.scenario.accounts.push_back({small.server, "carol", "secret"});
  Input send = test::SmallWorld::action(InputKind::kSend, small.laptop, 0);
  send.recipients = {"bob@example.net", "carol@example.net", "nobody@example.net"};
  send.message = make_message(
      "From: The Director <director@example.com>\r\nTo: bob@example.net\r\n"
      "Bcc: carol@example.net\r\nSubject: Payment\r\n\r\nAt once, please.\r\n");
  History history(small.share(), {send});
  history.run_until(Instant{} + seconds(20));
  const std::vector<MessageLayers> found =
      layers_of(history.trace(), history.head(), history.trace().size());
  REQUIRE(found.size() == 1);
  CHECK(found[0].reverse_path == "bob@example.net");
  CHECK(found[0].forward_paths == std::vector<std::string>{"bob@example.net", "carol@example.net"});
  CHECK(found[0].header.front() == "From: The Director <director@example.com>");
  for (const std::string& field : found[0].header) CHECK(field.rfind("Bcc", 0) != 0);
  REQUIRE(found[0].stored.size() == 2);
  for (const MessageLayers::Stored& stored : found[0].stored) {
    CHECK(stored.return_path == "<bob@example.net>");
  }
}

TEST_CASE("three layers: a new UIDVALIDITY moves nothing, and what it gives new UIDs is still there") {
  // It was told of as removed: its old mailbox is empty, and the new one has other UIDs.
  test::SmallWorld small(Protocol::kImap);
  std::vector<Input> inputs;
  for (const int64_t at : {0, 2000}) {
    inputs.push_back(test::SmallWorld::action(InputKind::kSend, small.laptop, at));
    inputs.back().recipients = {"bob@example.net"};
    inputs.back().message = test::small_message(at == 0 ? "First" : "Second");
  }
  inputs.push_back(test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 4000));
  inputs.push_back(test::SmallWorld::action(InputKind::kDelete, small.laptop, 6000, "First"));
  inputs.push_back(test::SmallWorld::action(InputKind::kRenewUids, small.server, 9000, "bob"));
  inputs.back().mailbox = "INBOX";
  History history(small.share(), inputs);
  history.run_until(Instant{} + seconds(20));
  const std::vector<MessageLayers> found =
      layers_of(history.trace(), history.head(), history.trace().size());
  REQUIRE(found.size() == 2);
  REQUIRE(found[0].stored.size() == 1);
  REQUIRE(found[1].stored.size() == 1);
  CHECK(found[0].stored[0].return_path == "");
  const MessageLayers::Stored& second = found[1].stored[0];
  CHECK(second.return_path == "<bob@example.net>");
  const Mailbox& box = history.head().store(small.server).mailbox(second.mailbox);
  CHECK(!box.deleted);
  REQUIRE(box.find(second.uid));
  CHECK(box.entries[*box.find(second.uid)].message->subject() == "Second");
}
