// What somebody who listens on a link reads of IMAP, by how the mail program logs in and what it
// asks for first.
#include <doctest/doctest.h>

#include "sim/metrics/observer.h"
#include "tests/world/small_world.h"

using namespace mailscope;
using Kind = Sighting::Kind;

namespace {

test::SmallWorld imap_world(const ImapEntryConfig& entry) {
  test::SmallWorld small(Protocol::kImap);
  ImapServerConfig server;
  for (const imap::Extension extension :
       {imap::Extension::kStartTls, imap::Extension::kCompress, imap::Extension::kSaslIr,
        imap::Extension::kAuthLogin, imap::Extension::kAuthCramMd5,
        imap::Extension::kAuthScramSha256}) {
    server.extensions |= imap::bit(extension);
  }
  for (ServiceSpec& service : small.scenario.services) {
    if (service.imap) service.imap = std::make_shared<const ImapServerConfig>(server);
  }
  ImapClientConfig config = *small.scenario.devices[0].imap;
  config.headers_first = false;
  config.entry = entry;
  small.scenario.devices[0].imap = std::make_shared<const ImapClientConfig>(config);
  return small;
}

History collected(const test::SmallWorld& small) {
  History history(small.share(),
                  {test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0)});
  history.run_until(Instant{} + seconds(20));
  const std::vector<LocalFolder>& folders = history.head().device(DeviceId{1}).local->folders();
  REQUIRE(!folders.empty());
  CHECK(folders[0].entries.size() == 3);
  return history;
}

Observation observed(const History& history) {
  return observe(history.trace(), LinkId{1}, history.trace().size());
}

std::string texts_of(const Observation& seen, Kind kind) {
  std::string texts;
  for (const Sighting& each : seen.sightings) {
    if (each.kind == kind) texts += (texts.empty() ? "" : "|") + each.text;
  }
  return texts;
}

ImapEntryConfig with_mechanism(sasl::Mechanism mechanism) {
  ImapEntryConfig entry;
  entry.login = ImapLogin::kAuthenticate;
  entry.mechanism = mechanism;
  return entry;
}

}  // namespace

TEST_CASE("LOGIN, PLAIN and LOGIN by SASL: the name and the password are read") {
  for (const ImapEntryConfig& entry :
       {ImapEntryConfig{}, with_mechanism(sasl::Mechanism::kPlain),
        with_mechanism(sasl::Mechanism::kLogin)}) {
    const Observation seen = observed(collected(imap_world(entry)));
    CHECK(texts_of(seen, Kind::kUser) == "bob");
    CHECK(texts_of(seen, Kind::kPassword) == "secret");
    CHECK(seen.has(Kind::kBody));
    CHECK(texts_of(seen, Kind::kHeader).find("Subject: Photos") != std::string::npos);
    CHECK(seen.opaque_octets == 0);
  }
}

TEST_CASE("CRAM-MD5 and SCRAM show a proof and not the password; the mail is read all the same") {
  for (const sasl::Mechanism mechanism :
       {sasl::Mechanism::kCramMd5, sasl::Mechanism::kScramSha256}) {
    const Observation seen = observed(collected(imap_world(with_mechanism(mechanism))));
    CHECK(texts_of(seen, Kind::kUser) == "bob");
    CHECK_FALSE(seen.has(Kind::kPassword));
    CHECK(seen.has(Kind::kProof));
    CHECK(seen.has(Kind::kBody));
  }
}

TEST_CASE("after STARTTLS only sizes are left, with compression inside it or without") {
  for (const bool compress : {false, true}) {
    ImapEntryConfig entry;
    entry.tls = ImapTls::kRequired;
    entry.compress = compress;
    const History history = collected(imap_world(entry));
    const Observation seen = observed(history);
    CHECK(seen.sightings.empty());
    CHECK(seen.clear_octets > 0);  // the greeting and STARTTLS itself
    CHECK(seen.clear_octets < 400);
    CHECK(seen.opaque_octets > 3000);
  }
}

TEST_CASE("compression hides nothing: whoever has heard all of it inflates it, too") {
  ImapEntryConfig entry;
  entry.compress = true;
  const Observation compressed = observed(collected(imap_world(entry)));
  CHECK(texts_of(compressed, Kind::kPassword) == "secret");
  CHECK(texts_of(compressed, Kind::kHeader).find("Subject: Photos") != std::string::npos);
  CHECK(compressed.opaque_octets == 0);
  // The octets counted are those on the wire.
  CHECK(compressed.clear_octets < observed(collected(imap_world({}))).clear_octets);
}

TEST_CASE("who insists on TLS where an attacker strips it says no password") {
  for (const ImapTls policy : {ImapTls::kIfOffered, ImapTls::kRequired}) {
    ImapEntryConfig entry;
    entry.tls = policy;
    test::SmallWorld small = imap_world(entry);
    const HostId router{4};
    small.scenario.hosts.push_back({"router", "router.example.org", HostKind::kRouter, {}});
    small.scenario.hosts.back().strips_starttls = true;
    small.scenario.links = {{small.laptop, router, {}, {}}, {router, small.server, {}, {}}};
    small.scenario.devices.resize(1);
    History history(small.share(),
                    {test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0)});
    history.run_until(Instant{} + seconds(20));
    const bool insists = policy == ImapTls::kRequired;
    CHECK(observed(history).has(Kind::kPassword) != insists);
    if (insists) CHECK(history.head().device(DeviceId{1}).last_error == "the server offers no TLS");
  }
}
