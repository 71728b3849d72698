// What `mailsim serve` serves: a scenario with a host that stands for the programs outside, and
// which socket leads to which of its services. Either a server of its own, mail.example.net with
// accounts in example.net, or the mail hosts of a lesson. Everything that a served server offers is
// decided here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/live/wall_clock.h"
#include "sim/wire/imap_extension.h"
#include "sim/world/scenario.h"

namespace mailscope {

struct ServeUser {
  std::string name;
  std::string password;
};

struct ServeSettings {
  // Ports on the loopback; 0: any free one. A scenario with several servers of a protocol gets
  // the ports after it, one each.
  uint16_t smtp = 2525;
  uint16_t submission = 2587;
  uint16_t pop3 = 2110;
  uint16_t imap = 2143;
  // The same with TLS from the first octet.
  uint16_t submissions = 2465;
  uint16_t pop3s = 2995;
  uint16_t imaps = 2993;
  std::vector<ServeUser> users;    // none: those of the scenario, or the default ones
  const Scenario* from = nullptr;  // a lesson's; null: mail.example.net
  /// What its IMAP servers offer; none: everything, or what the lesson says.
  std::optional<imap::ExtensionSet> imap_extensions = std::nullopt;
  imap::ExtensionSet imap_without = 0;  // taken away from that
};

/// Accounts of mail.example.net when none were asked for.
std::vector<ServeUser> default_serve_users();

/// One socket that is listened on.
struct LivePort {
  std::string name;  // "SMTP", "submission", "POP3", "IMAP", "submissions", "POP3S", "IMAPS"
  HostId host;
  uint16_t service = 0;  // the port of the scenario's service
  Protocol protocol = Protocol::kSmtp;
  uint16_t port = 0;  // on the loopback; 0: any
  bool implicit_tls = false;  // TLS from the first octet
};

struct LiveScenario {
  ScenarioPtr scenario;
  HostId outside;
  std::vector<LivePort> ports;
};

LiveScenario serve_scenario(const ServeSettings& settings, const WallClock& clock);

}  // namespace mailscope
