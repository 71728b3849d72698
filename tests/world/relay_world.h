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
