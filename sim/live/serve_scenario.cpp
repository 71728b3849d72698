#include "sim/live/serve_scenario.h"

#include <algorithm>
#include <utility>

#include "sim/base/ascii.h"
#include "sim/imap/protocol.h"
#include "sim/pop3/protocol.h"
#include "sim/smtp/protocol.h"

namespace mailscope {
namespace {

constexpr const char* kOutsideDomain = "localhost";

/// The mailboxes that mail programs look for in a new account, and what they are for (RFC 6154 §2).
constexpr std::pair<const char*, const char*> kUsualMailboxes[] = {{"Sent", "\\Sent"},
                                                                   {"Drafts", "\\Drafts"},
                                                                   {"Junk", "\\Junk"},
                                                                   {"Trash", "\\Trash"},
                                                                   {"Archive", "\\Archive"}};

Scenario example_net() {
  Scenario scenario;
  scenario.name = "serve";
  scenario.hosts = {{"server", "mail.example.net", HostKind::kServer, {}}};
  const HostId server{1};
  const auto smtp = std::make_shared<SmtpServerConfig>(everything());
  smtp->local_domains = {"example.net"};
  const auto submission = std::make_shared<SmtpServerConfig>(*smtp);
  submission->submission = true;
  Pop3ServerConfig pop3 = pop3_server_with_everything();
  // What would stand in real programs' way: a minute between two logins, and mail with UTF-8 in its
  // header only for those who say UTF8, which few do.
  pop3.extensions &= ~(pop3::bit(pop3::Extension::kLoginDelay) | pop3::bit(pop3::Extension::kUtf8));
  ImapServerConfig imap;
  imap.extensions = imap::all_extensions();
  scenario.services = {
      {server, Protocol::kSmtp, smtp::kPort, smtp, {}, {}},
      {server, Protocol::kSmtp, smtp::kSubmissionPort, submission, {}, {}},
      {server, Protocol::kPop3, pop3::kPort, {},
       std::make_shared<const Pop3ServerConfig>(pop3), {}},
      {server, Protocol::kImap, imap::kPort, {}, {},
       std::make_shared<const ImapServerConfig>(imap)}};
  return scenario;
}

/// The host whose accounts --user means: the first with an account, or else with a service.
HostId account_host(const Scenario& scenario) {
  if (!scenario.accounts.empty()) return scenario.accounts.front().host;
  return scenario.services.empty() ? HostId{} : scenario.services.front().host;
}

void set_account(Scenario& scenario, const ServeUser& user) {
  const HostId host = account_host(scenario);
  const auto known = std::find_if(
      scenario.accounts.begin(), scenario.accounts.end(), [&](const AccountSpec& account) {
        return account.host == host && equals_ignoring_case(account.user, user.name);
      });
  if (known != scenario.accounts.end()) {
    known->password = user.password;
  } else {
    scenario.accounts.push_back({host, user.name, user.password});
  }
}

/// Those that are there already stay as they are.
void add_usual_mailboxes(Scenario& scenario) {
  for (const AccountSpec& account : scenario.accounts) {
    for (const auto& [name, use] : kUsualMailboxes) {
      const bool there = std::any_of(
          scenario.mailboxes.begin(), scenario.mailboxes.end(),
          [&account, wanted = std::string_view(name)](const MailboxSpec& one) {
            return one.host == account.host && one.account == account.user && one.name == wanted;
          });
      if (there) continue;
      scenario.mailboxes.push_back({account.host, account.user, name, {use}, true});
    }
  }
}

HostId add_outside(Scenario& scenario) {
  std::string name = "outside";
  while (scenario.find_host(name).valid()) name += "-too";
  scenario.hosts.push_back({name, kOutsideDomain, HostKind::kLaptop, {}});
  return HostId::from_index(scenario.hosts.size() - 1);
}

/// Programs outside take the place of a lesson's mail programs: a server that takes mail for
/// elsewhere from those takes it from them. It goes no further than the simulated network.
void let_outside_send(Scenario& scenario) {
  for (ServiceSpec& service : scenario.services) {
    if (!service.smtp || service.smtp->relay_for.empty()) continue;
    SmtpServerConfig config = *service.smtp;
    config.relay_for.emplace_back(kOutsideDomain);
    service.smtp = std::make_shared<const SmtpServerConfig>(std::move(config));
  }
}

void set_imap_extensions(Scenario& scenario, const ServeSettings& settings) {
  for (ServiceSpec& service : scenario.services) {
    if (!service.imap) continue;
    ImapServerConfig config = *service.imap;
    if (settings.imap_extensions) config.extensions = *settings.imap_extensions;
    config.extensions = imap::without(imap::completed(config.extensions), settings.imap_without);
    service.imap = std::make_shared<const ImapServerConfig>(std::move(config));
  }
}

/// TLS is a model inside the simulated network: over real sockets it is not offered.
void leave_tls_out(Scenario& scenario) {
  std::vector<ServiceSpec> kept;
  for (ServiceSpec& service : scenario.services) {
    if (service.implicit_tls) continue;
    if (service.smtp) {
      SmtpServerConfig config = *service.smtp;
      config.extensions &= ~smtp::bit(smtp::Extension::kStartTls);
      config.clear_auth_needs_tls = false;
      service.smtp = std::make_shared<const SmtpServerConfig>(std::move(config));
    }
    if (service.pop3) {
      Pop3ServerConfig config = *service.pop3;
      config.extensions &= ~pop3::bit(pop3::Extension::kStls);
      config.clear_login_needs_tls = false;
      service.pop3 = std::make_shared<const Pop3ServerConfig>(std::move(config));
    }
    if (service.imap) {
      ImapServerConfig config = *service.imap;
      config.extensions &= ~imap::bit(imap::Extension::kStartTls);
      config.plain_needs_tls = false;
      service.imap = std::make_shared<const ImapServerConfig>(std::move(config));
    }
    kept.push_back(std::move(service));
  }
  scenario.services = std::move(kept);
}

std::vector<LivePort> ports_of(const Scenario& scenario, ServeSettings settings) {
  std::vector<LivePort> ports;
  for (const ServiceSpec& service : scenario.services) {
    const bool submission = service.port == smtp::kSubmissionPort;
    LivePort port;
    port.name = submission ? "submission" : protocol_name(service.protocol);
    port.host = service.host;
    port.service = service.port;
    port.protocol = service.protocol;
    uint16_t* next = submission                            ? &settings.submission
                     : service.protocol == Protocol::kSmtp ? &settings.smtp
                     : service.protocol == Protocol::kPop3 ? &settings.pop3
                                                           : &settings.imap;
    port.port = *next;
    if (*next != 0) ++*next;
    ports.push_back(std::move(port));
  }
  return ports;
}

}  // namespace

std::vector<ServeUser> default_serve_users() { return {{"alice", "secret"}, {"bob", "secret"}}; }

LiveScenario serve_scenario(const ServeSettings& settings, const WallClock& clock) {
  Scenario scenario = settings.from != nullptr ? *settings.from : example_net();
  scenario.seed = clock.seed();
  scenario.epoch = clock.unix_start();
  const bool defaults = settings.from == nullptr && settings.users.empty();
  const std::vector<ServeUser> users = defaults ? default_serve_users() : settings.users;
  for (const ServeUser& user : users) set_account(scenario, user);
  // The time that programs take is their own; none is added for the servers here.
  for (const ServiceSpec& service : scenario.services) {
    scenario.hosts[service.host.index()].think = {};
  }
  if (settings.from == nullptr) add_usual_mailboxes(scenario);
  let_outside_send(scenario);
  set_imap_extensions(scenario, settings);
  leave_tls_out(scenario);
  LiveScenario live;
  live.outside = add_outside(scenario);
  live.ports = ports_of(scenario, settings);
  live.scenario = std::make_shared<const Scenario>(std::move(scenario));
  return live;
}

}  // namespace mailscope
