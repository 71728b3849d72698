#include "sim/live/serve_scenario.h"

#include <doctest/doctest.h>
#include "sim/world/world.h"

using namespace mailscope;

TEST_CASE("without a lesson mail.example.net is served, with its default people") {
  const WallClock clock;
  const LiveScenario live = serve_scenario({}, clock);
  REQUIRE(live.ports.size() == 7);
  CHECK(live.ports[0].name == "SMTP");
  CHECK(live.ports[0].port == 2525);
  CHECK(live.ports[1].name == "submission");
  CHECK(live.ports[1].port == 2587);
  CHECK(live.ports[2].port == 2110);
  CHECK(live.ports[3].port == 2143);
  CHECK(live.scenario->accounts.size() == 2);
  CHECK(live.scenario->hosts[live.outside.index()].domain == "localhost");
  CHECK(live.scenario->epoch == clock.unix_start());
  // Strangers hand in mail for its own people alone.
  CHECK(live.scenario->services[0].smtp->relay_for.empty());
}

TEST_CASE("accounts asked for take the place of the default ones") {
  ServeSettings settings;
  settings.users = {{"ann", "wonder"}};
  const LiveScenario live = serve_scenario(settings, WallClock());
  REQUIRE(live.scenario->accounts.size() == 1);
  CHECK(live.scenario->accounts[0].user == "ann");
}

TEST_CASE("several servers of a lesson get ports of their own, and send for programs outside") {
  Scenario scenario;
  scenario.hosts = {{"a", "a.example", HostKind::kServer, milliseconds(1)},
                    {"outside", "", HostKind::kLaptop, milliseconds(1)},
                    {"b", "b.example", HostKind::kServer, milliseconds(1)}};
  SmtpServerConfig smtp;
  smtp.relay_for = {"laptop.example"};
  for (const HostId host : {HostId{1}, HostId{3}}) {
    scenario.services.push_back(
        {host, Protocol::kSmtp, 25, std::make_shared<const SmtpServerConfig>(smtp), {}, {}});
    smtp.relay_for.clear();
  }
  scenario.accounts = {{HostId{3}, "bob", "old"}};
  ServeSettings settings;
  settings.from = &scenario;
  settings.users = {{"Bob", "new"}, {"ann", "x"}};
  const LiveScenario live = serve_scenario(settings, WallClock());
  REQUIRE(live.ports.size() == 2);
  CHECK(live.ports[0].port == 2525);
  CHECK(live.ports[1].port == 2526);
  CHECK(live.ports[1].host == HostId{3});
  CHECK(live.scenario->hosts[live.outside.index()].name == "outside-too");
  CHECK(live.scenario->hosts[0].think == Duration{});
  CHECK(live.scenario->hosts[1].think == milliseconds(1));
  CHECK(live.scenario->services[0].smtp->relay_for.back() == "localhost");
  CHECK(live.scenario->services[1].smtp->relay_for.empty());
  REQUIRE(live.scenario->accounts.size() == 2);
  CHECK(live.scenario->accounts[0].password == "new");
  CHECK(live.scenario->accounts[1].host == HostId{3});
  settings.smtp = 0;
  for (const LivePort& port : serve_scenario(settings, WallClock()).ports) CHECK(port.port == 0);
}

TEST_CASE("everything that IMAP has is offered, and every account has the usual mailboxes") {
  const LiveScenario live = serve_scenario({}, WallClock());
  const ImapServerConfig& imap = *live.scenario->services[3].imap;
  CHECK(imap.extensions == imap::all_extensions());
  REQUIRE(live.scenario->mailboxes.size() == 10);
  CHECK(live.scenario->mailboxes[0].name == "Sent");
  CHECK(live.scenario->mailboxes[0].special_use == std::vector<std::string>{"\\Sent"});
  CHECK(live.scenario->mailboxes[9].account == "bob");
  const World world(live.scenario, nullptr);
  const MailStore& store = world.store(HostId{1});
  for (const char* name : {"INBOX", "Sent", "Drafts", "Junk", "Trash", "Archive"}) {
    CHECK(store.find_mailbox(AccountId{2}, name) != nullptr);
  }
}

TEST_CASE("extensions of IMAP are chosen and taken away, in a lesson's servers as well") {
  ServeSettings settings;
  settings.imap_without = imap::bit(imap::Extension::kCondStore);
  const imap::ExtensionSet left =
      serve_scenario(settings, WallClock()).scenario->services[3].imap->offered();
  CHECK((left & imap::bit(imap::Extension::kCondStore)) == 0);
  CHECK((left & imap::bit(imap::Extension::kQresync)) == 0);
  CHECK((left & imap::bit(imap::Extension::kSort)) != 0);
  settings.imap_extensions = imap::usual_extensions();
  settings.imap_without = imap::bit(imap::Extension::kIdle);
  CHECK(serve_scenario(settings, WallClock()).scenario->services[3].imap->offered() ==
        (imap::usual_extensions() & ~imap::bit(imap::Extension::kIdle)));
  Scenario scenario;
  scenario.hosts = {{"a", "a.example", HostKind::kServer, milliseconds(1)}};
  ImapServerConfig imap;
  imap.extensions |= imap::bit(imap::Extension::kStartTls);
  imap.plain_needs_tls = true;
  scenario.services = {
      {HostId{1}, Protocol::kImap, 143, {}, {}, std::make_shared<const ImapServerConfig>(imap)}};
  ServeSettings lesson;
  lesson.from = &scenario;
  // TLS is real over the loopback: what a lesson says of it holds.
  const ImapServerConfig served = *serve_scenario(lesson, WallClock()).scenario->services[0].imap;
  CHECK(served.extensions ==
        (imap::usual_extensions() | imap::bit(imap::Extension::kStartTls)));
  CHECK(served.plain_needs_tls);
}

TEST_CASE("services of implicit TLS have ports of their own") {
  ServeSettings settings;
  settings.imaps = 0;
  const std::vector<LivePort> ports = serve_scenario(settings, WallClock()).ports;
  REQUIRE(ports.size() == 7);
  CHECK(ports[4].name == "submissions");
  CHECK(ports[4].port == 2465);
  CHECK(ports[5].name == "POP3S");
  CHECK(ports[5].port == 2995);
  CHECK(ports[6].name == "IMAPS");
  CHECK(ports[6].port == 0);
  for (const LivePort& port : ports) CHECK(port.implicit_tls == (&port - ports.data() >= 4));
}
