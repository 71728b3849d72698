// Scenario: everything a world starts from, as plain data: hosts, links, services, accounts, names,
// mail programs and the mail that is already there. Made by a lesson, a test or the command line;
// never changed once a world has been built on it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/imap/client.h"
#include "sim/imap/server.h"
#include "sim/net/link.h"
#include "sim/pop3/client.h"
#include "sim/pop3/server.h"
#include "sim/smtp/client_config.h"
#include "sim/smtp/server.h"
#include "sim/world/dns.h"
#include "sim/world/relay.h"

namespace mailscope {

enum class HostKind : uint8_t { kLaptop, kPhone, kServer, kRouter, kDns };

struct HostSpec {
  std::string name;        // short and unique, such as "laptop"
  std::string domain;      // the host's domain name; the short name when empty
  HostKind kind = HostKind::kServer;
  Duration think = milliseconds(1);  // how long its programs take for one turn
  /// An attacker on the way: wherever a server offers STARTTLS or STLS in the clear, the segments
  /// that this host passes on say X in place of each letter.
  bool strips_starttls = false;
};

struct LinkSpec {
  HostId a;
  HostId b;
  LinkConfig a_to_b;
  LinkConfig b_to_a;
};

struct AccountSpec {
  HostId host;
  std::string user;
  std::string password;
};

struct ServiceSpec {
  HostId host;
  Protocol protocol = Protocol::kSmtp;
  uint16_t port = 0;
  // The one that belongs to the protocol is set.
  std::shared_ptr<const SmtpServerConfig> smtp;
  std::shared_ptr<const Pop3ServerConfig> pop3;
  std::shared_ptr<const ImapServerConfig> imap;
  bool implicit_tls = false;  // TLS from the first octet (RFC 8314 §3)
  /// SMTP: how the host's queue is worked off; null: as RelayConfig stands. The first of a host
  /// counts.
  std::shared_ptr<const RelayConfig> relay = {};
  /// IMAP: what real programs are offered over the loopback, where a lesson that names no
  /// extensions turns off none; 0: what `imap` says.
  imap::ExtensionSet imap_served = 0;
};

/// A mailbox that is there at the start. Those that mail is in need none.
struct MailboxSpec {
  HostId host;
  std::string account;
  std::string name;
  std::vector<std::string> special_use;  // "\\Drafts" and the like (RFC 6154 §2)
  bool subscribed = false;
  bool keeps_modseqs = true;  // else NOMODSEQ (RFC 7162 §3.1.2.2)
  bool keeps_uids = true;     // else UIDNOTSTICKY (RFC 4315 §3)
};

struct StoredMail {
  HostId host;
  std::string account;
  std::string mailbox = "INBOX";
  MessagePtr message;
  FlagNames flags;
  int64_t internal_date = 0;  // 0: the scenario's epoch
};

/// A mail program on a host, and the account it is set up for.
struct DeviceSpec {
  HostId host;
  Protocol protocol = Protocol::kImap;  // how it collects mail: POP3 or IMAP; kNone: it only sends
  std::string server;       // domain name of the POP3 or IMAP server
  std::string smtp_server;  // where it hands in mail; empty: none
  std::string address;      // the person's mail address
  uint16_t port = 0;        // of the POP3 or IMAP server; 0: the protocol's
  uint16_t smtp_port = 0;
  bool implicit_tls = false;       // to those ports: TLS from the first octet
  bool smtp_implicit_tls = false;
  std::shared_ptr<const Pop3ClientConfig> pop3;
  std::shared_ptr<const ImapClientConfig> imap;
  std::shared_ptr<const SmtpClientConfig> smtp;  // null: a default one
  Duration poll;            // 0: only when asked
  Duration retry = seconds(30);  // after a session that was refused or lost; 0: never
};

struct Scenario {
  std::string name;
  uint64_t seed = 1;
  int64_t epoch = 1767607200;  // calendar time of the start: 2026-01-05 10:00:00 UTC
  std::vector<HostSpec> hosts;
  std::vector<LinkSpec> links;
  std::vector<ServiceSpec> services;
  std::vector<AccountSpec> accounts;
  std::vector<DnsRecord> dns;   // answered by the host of kind kDns; without one names are known
  std::vector<MailboxSpec> mailboxes = {};
  std::vector<StoredMail> mail;
  std::vector<DeviceSpec> devices;
  /// Segments in the trace: everything below the lines can be left out for very large runs.
  bool record_segments = true;

  [[nodiscard]] HostId find_host(std::string_view name) const;
  /// The link between the two, whichever way round; none when there is none.
  [[nodiscard]] LinkId find_link(HostId a, HostId b) const;
};

using ScenarioPtr = std::shared_ptr<const Scenario>;

}  // namespace mailscope
