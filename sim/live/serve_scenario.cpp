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
  const auto pop3_config = std::make_shared<const Pop3ServerConfig>(pop3);
  const auto imap_config = std::make_shared<const ImapServerConfig>(imap);
  scenario.services = {
      {server, Protocol::kSmtp, smtp::kPort, smtp, {}, {}},
      {server, Protocol::kSmtp, smtp::kSubmissionPort, submission, {}, {}},
      {server, Protocol::kPop3, pop3::kPort, {}, pop3_config, {}},
      {server, Protocol::kImap, imap::kPort, {}, {}, imap_config},
      {server, Protocol::kSmtp, smtp::kSubmissionsPort, submission, {}, {}, true},
      {server, Protocol::kPop3, pop3::kTlsPort, {}, pop3_config, {}, true},
      {server, Protocol::kImap, imap::kTlsPort, {}, {}, imap_config, true}};
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

/// One kind of port: what it is called, and which of the settings has the first of its kind.
struct PortRow {
  const char* name;
  uint16_t ServeSettings::*first;
};

const PortRow& port_row(const ServiceSpec& service) {
  // Without and with TLS from the first octet. IANA's names of services; RFC 8314 §3.
  static constexpr PortRow kSmtp[] = {{"SMTP", &ServeSettings::smtp},
                                      {"submissions", &ServeSettings::submissions}};
  static constexpr PortRow kSubmission{"submission", &ServeSettings::submission};
  static constexpr PortRow kPop3[] = {{"POP3", &ServeSettings::pop3},
                                      {"POP3S", &ServeSettings::pop3s}};
  static constexpr PortRow kImap[] = {{"IMAP", &ServeSettings::imap},
                                      {"IMAPS", &ServeSettings::imaps}};
  const size_t tls = service.implicit_tls ? 1 : 0;
  if (service.protocol == Protocol::kPop3) return kPop3[tls];
  if (service.protocol == Protocol::kImap) return kImap[tls];
  return service.port == smtp::kSubmissionPort ? kSubmission : kSmtp[tls];
}

std::vector<LivePort> ports_of(const Scenario& scenario, ServeSettings settings) {
  std::vector<LivePort> ports;
  for (const ServiceSpec& service : scenario.services) {
    const PortRow& row = port_row(service);
    LivePort port;
    port.name = row.name;
    port.host = service.host;
    port.service = service.port;
    port.protocol = service.protocol;
    port.implicit_tls = service.implicit_tls;
    uint16_t* next = &(settings.*row.first);
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
  LiveScenario live;
  live.outside = add_outside(scenario);
  live.ports = ports_of(scenario, settings);
  live.scenario = std::make_shared<const Scenario>(std::move(scenario));
  return live;
}

}  // namespace mailscope
