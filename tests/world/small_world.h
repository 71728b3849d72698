// A laptop, a phone and a mail server with one mailbox: the scenario most world tests begin from.
#pragma once

#include "sim/base/digest.h"
#include "sim/world/history.h"

namespace mailscope::test {

/// So many seconds after the start.
constexpr Instant at_s(int64_t s) { return Instant{s * 1000000000}; }

/// Different subjects or bodies make different Message-IDs.
inline MessagePtr small_message(const std::string& subject,
                                const std::string& body = "Hello.\r\n") {
  return make_message("From: Alice <alice@example.org>\r\nTo: bob@example.net\r\nSubject: " +
                      subject + "\r\nMessage-ID: <" + std::to_string(digest_of(subject)) + "." +
                      std::to_string(digest_of(body)) + "@example.org>\r\n\r\n" + body);
}

struct SmallWorld {
  Scenario scenario;
  HostId laptop{1};
  HostId phone{2};
  HostId server{3};

  explicit SmallWorld(Protocol protocol, bool leave_on_server = false) {
    scenario.name = "small";
    scenario.hosts = {{"laptop", "laptop.example.org", HostKind::kLaptop, milliseconds(1)},
                      {"phone", "phone.example.org", HostKind::kPhone, milliseconds(1)},
                      {"server", "mail.example.net", HostKind::kServer, milliseconds(1)}};
    scenario.links = {{laptop, server, {}, {}}, {phone, server, {}, {}}};
    scenario.accounts = {{server, "bob", "secret"}};
    SmtpServerConfig smtp;
    smtp.local_domains = {"example.net"};
    scenario.services = {
        {server, Protocol::kSmtp, 25, std::make_shared<const SmtpServerConfig>(smtp), {}, {}},
        {server, Protocol::kPop3, 110, {}, std::make_shared<const Pop3ServerConfig>(), {}},
        {server, Protocol::kImap, 143, {}, {}, std::make_shared<const ImapServerConfig>()}};
    for (const HostId host : {laptop, phone}) {
      DeviceSpec device;
      device.host = host;
      device.protocol = protocol;
      device.server = "mail.example.net";
      device.smtp_server = "mail.example.net";
      device.address = "bob@example.net";
      Pop3ClientConfig pop3;
      pop3.user = "bob";
      pop3.password = "secret";
      pop3.leave_on_server = leave_on_server;
      device.pop3 = std::make_shared<const Pop3ClientConfig>(pop3);
      ImapClientConfig imap;
      imap.user = "bob";
      imap.password = "secret";
      device.imap = std::make_shared<const ImapClientConfig>(imap);
      scenario.devices.push_back(device);
    }
    for (const char* subject : {"Lunch on Friday?", "Photos", "Invoice 118"}) {
      StoredMail mail;
      mail.host = server;
      mail.account = "bob";
      mail.message = small_message(subject);
      scenario.mail.push_back(mail);
    }
  }

  /// The Message-IDs of the mail that is there at the start.
  [[nodiscard]] std::vector<std::string> message_ids() const {
    std::vector<std::string> ids;
    for (const StoredMail& mail : scenario.mail) ids.push_back(mail.message->message_id());
    return ids;
  }
  /// Gives every link this configuration, both ways.
  void set_links(const LinkConfig& config) {
    for (LinkSpec& link : scenario.links) link.a_to_b = link.b_to_a = config;
  }

  [[nodiscard]] ScenarioPtr share() const { return std::make_shared<const Scenario>(scenario); }

  static Input action(InputKind kind, HostId host, int64_t at_ms, std::string text = {}) {
    Input input;
    input.kind = kind;
    input.host = host;
    input.at = Instant{} + milliseconds(at_ms);
    input.text = std::move(text);
    return input;
  }
};

/// Everything said on the wire, a line each, as "laptop: C: USER bob".
inline std::string conversation(const Trace& trace) {
  std::string text;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.kind != EventKind::kLineSent) continue;
    text += std::to_string(event.conn.value);
    text += event.direction == Direction::kToServer ? " C: " : " S: ";
    text += std::string(trace.text(event)) + "\n";
  }
  return text;
}

}  // namespace mailscope::test
