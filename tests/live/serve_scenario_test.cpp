#include "sim/live/serve_scenario.h"

#include <doctest/doctest.h>

using namespace mailscope;

TEST_CASE("without a lesson mail.example.net is served, with its default people") {
  const WallClock clock;
  const LiveScenario live = serve_scenario({}, clock);
  REQUIRE(live.ports.size() == 4);
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
