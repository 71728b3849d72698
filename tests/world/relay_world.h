// Alice writes to Bob: her laptop, her server, his server, his laptop, a DNS host, and a router in
// the middle that all of them are connected to.
#pragma once

#include "tests/world/small_world.h"

namespace mailscope::test {

struct RelayWorld {
  Scenario scenario;
  HostId alice{1};
  HostId bob{2};
  HostId router{3};
  HostId dns{4};
  HostId alices_server{5};
  HostId bobs_server{6};
  DeviceId alices_program{1};
  DeviceId bobs_program{2};

  explicit RelayWorld(Protocol bobs_protocol = Protocol::kImap) {
    scenario.name = "relay";
    scenario.hosts = {{"alice", "alice.example.org", HostKind::kLaptop, milliseconds(1)},
                      {"bob", "bob.example.net", HostKind::kLaptop, milliseconds(1)},
                      {"router", "", HostKind::kRouter, {}},
                      {"dns", "", HostKind::kDns, milliseconds(1)},
                      {"org-server", "mail.example.org", HostKind::kServer, milliseconds(1)},
                      {"net-server", "mx.example.net", HostKind::kServer, milliseconds(1)}};
    for (const HostId host : {alice, bob, dns, alices_server, bobs_server}) {
      scenario.links.push_back({host, router, {}, {}});
    }
    scenario.accounts = {{alices_server, "alice", "wonder"}, {bobs_server, "bob", "secret"}};
    scenario.dns = {{"example.net", DnsRecord::Type::kMx, 10, "mx.example.net"},
                    {"example.org", DnsRecord::Type::kMx, 10, "mail.example.org"}};
    add_servers();
    DeviceSpec writer;
    writer.host = alice;
    writer.protocol = Protocol::kNone;
    writer.smtp_server = "mail.example.org";
    writer.address = "alice@example.org";
    scenario.devices.push_back(writer);
    DeviceSpec reader;
    reader.host = bob;
    reader.protocol = bobs_protocol;
    reader.server = "mx.example.net";
    reader.address = "bob@example.net";
    Pop3ClientConfig pop3;
    pop3.user = "bob";
    pop3.password = "secret";
    reader.pop3 = std::make_shared<const Pop3ClientConfig>(pop3);
    ImapClientConfig imap;
    imap.user = "bob";
    imap.password = "secret";
    reader.imap = std::make_shared<const ImapClientConfig>(imap);
    scenario.devices.push_back(reader);
  }

  [[nodiscard]] ScenarioPtr share() const { return std::make_shared<const Scenario>(scenario); }

  void set_links(const LinkConfig& config) {
    for (LinkSpec& link : scenario.links) link.a_to_b = link.b_to_a = config;
  }

  /// One more mail server for example.net with a mailbox of Bob's, or for another domain.
  HostId add_server(const std::string& name, const std::string& domain,
                    const std::string& mail_domain = "example.net") {
    const HostId host = HostId::from_index(scenario.hosts.size());
    scenario.hosts.push_back({name, domain, HostKind::kServer, milliseconds(1)});
    scenario.links.push_back({host, router, {}, {}});
    scenario.accounts.push_back({host, "bob", "secret"});
    SmtpServerConfig config;
    config.local_domains = {mail_domain};
    scenario.services.push_back(
        {host, Protocol::kSmtp, 25, std::make_shared<const SmtpServerConfig>(config), {}, {}});
    return host;
  }

  void set_mx(const std::string& name,
              const std::vector<std::pair<uint16_t, std::string>>& exchangers) {
    std::vector<DnsRecord>& dns = scenario.dns;
    dns.erase(std::remove_if(dns.begin(), dns.end(),
                             [&](const DnsRecord& record) { return record.name == name; }),
              dns.end());
    for (const auto& [preference, exchanger] : exchangers) {
      dns.push_back({name, DnsRecord::Type::kMx, preference, exchanger});
    }
  }

  /// How patient her server is.
  void set_patience(const RelayConfig& config) {
    scenario.services[0].relay = std::make_shared<const RelayConfig>(config);
  }

  [[nodiscard]] Input send(int64_t at_ms, MessagePtr message,
                           std::vector<std::string> recipients = {"bob@example.net"}) const {
    Input input = SmallWorld::action(InputKind::kSend, alice, at_ms);
    input.message = std::move(message);
    input.recipients = std::move(recipients);
    return input;
  }

 private:
  void add_servers() {
    SmtpServerConfig org;
    org.local_domains = {"example.org"};
    org.relay_for = {"alice.example.org"};
    SmtpServerConfig net;
    net.local_domains = {"example.net"};
    scenario.services = {
        {alices_server, Protocol::kSmtp, 25, std::make_shared<const SmtpServerConfig>(org), {}, {}},
        {bobs_server, Protocol::kSmtp, 25, std::make_shared<const SmtpServerConfig>(net), {}, {}},
        {bobs_server, Protocol::kPop3, 110, {}, std::make_shared<const Pop3ServerConfig>(), {}},
        {bobs_server, Protocol::kImap, 143, {}, {}, std::make_shared<const ImapServerConfig>()}};
  }
};

/// A body of so many octets in lines, the same for the same seed, with lines that begin with a dot.
inline std::string many_lines(size_t octets, uint64_t seed) {
  Rng rng(seed);
  std::string body;
  while (body.size() < octets) {
    const size_t width = 1 + rng.below(76);
    for (size_t i = 0; i < width; ++i) {
      body += i == 0 && rng.below(5) == 0 ? '.' : static_cast<char>('!' + rng.below(94));
    }
    body += "\r\n";
  }
  return body;
}

/// Alice's INBOX on her server: where she is told what became of her mail.
inline const Mailbox& alices_inbox(const World& world, const RelayWorld& small) {
  const MailStore& store = world.store(small.alices_server);
  return store.inbox(store.find_account("alice")->id);
}

/// The machine's part of a report (RFC 3464).
inline std::string status_part(const Message& report) {
  const MimePart* part = find_part(report.mime(), {2});
  if (part == nullptr) return {};
  return std::string(report.text().substr(part->body.begin, part->body.end - part->body.begin));
}

/// What the queues of all servers went through, in order, as "tried mx.example.net".
inline std::vector<std::string> queue_account(const Trace& trace) {
  std::vector<std::string> account;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    if (trace[i].kind != EventKind::kQueueChange) continue;
    account.push_back(std::string(queue_change_name(static_cast<QueueChange>(trace[i].code))) +
                      " " + std::string(trace.text(trace[i])));
  }
  return account;
}

/// The words of every event of this kind, in order.
inline std::vector<std::string> texts_of(const Trace& trace, EventKind kind) {
  std::vector<std::string> texts;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    if (trace[i].kind == kind) texts.emplace_back(trace.text(trace[i]));
  }
  return texts;
}

}  // namespace mailscope::test
