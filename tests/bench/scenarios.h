// The scenarios that the benchmarks run: a person with two devices who does everything, and a
// crowd.
#pragma once

#include "tests/world/relay_world.h"

namespace mailscope::bench {

/// The flagship lesson at length: two devices on one IMAP mailbox, every action, and new mail by
/// SMTP.
inline std::vector<Input> busy_day(const test::SmallWorld& small, int rounds) {
  using test::SmallWorld;
  std::vector<Input> inputs = {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                               SmallWorld::action(InputKind::kCheckMail, small.phone, 200)};
  for (int round = 0; round < rounds; ++round) {
    const int64_t at = 2000 + int64_t{10000} * round;
    const std::string subject = "Mail " + std::to_string(round) + " of the day";
    Input send = SmallWorld::action(InputKind::kSend, small.phone, at);
    send.message =
        test::small_message(subject, test::many_lines(3000, static_cast<uint64_t>(round)));
    send.recipients = {"bob@example.net"};
    inputs.push_back(send);
    inputs.push_back(SmallWorld::action(InputKind::kRead, small.laptop, at + 3000, subject));
    inputs.push_back(SmallWorld::action(InputKind::kFlag, small.phone, at + 4000, subject));
    inputs.push_back(SmallWorld::action(InputKind::kUnread, small.laptop, at + 5000, subject));
    if (round % 2 == 0) {
      inputs.push_back(SmallWorld::action(InputKind::kDelete, small.phone, at + 6000, subject));
    } else {
      inputs.push_back(SmallWorld::action(InputKind::kMove, small.laptop, at + 6000, subject));
      inputs.back().mailbox = "Done";
    }
  }
  return inputs;
}

/// So many devices, each with its own account and five messages, that poll one server at once by
/// POP3 and leave their mail there.
inline Scenario crowd(uint32_t devices) {
  Scenario scenario;
  scenario.name = "crowd";
  scenario.hosts.push_back({"server", "mail.example.net", HostKind::kServer, microseconds(10)});
  scenario.services = {{HostId{1}, Protocol::kPop3, 110, {},
                        std::make_shared<const Pop3ServerConfig>(), {}}};
  for (uint32_t i = 0; i < devices; ++i) {
    const std::string user = "user" + std::to_string(i);
    const HostId host = HostId::from_index(i + 1);
    scenario.hosts.push_back({"device" + std::to_string(i), "", HostKind::kPhone, milliseconds(1)});
    scenario.links.push_back({host, HostId{1}, {}, {}});
    scenario.accounts.push_back({HostId{1}, user, "secret"});
    for (int m = 0; m < 5; ++m) {
      StoredMail mail;
      mail.host = HostId{1};
      mail.account = user;
      mail.message = test::small_message("Mail " + std::to_string(m), test::many_lines(1000, i));
      scenario.mail.push_back(mail);
    }
    DeviceSpec device;
    device.host = host;
    device.protocol = Protocol::kPop3;
    device.server = "mail.example.net";
    Pop3ClientConfig pop3;
    pop3.user = user;
    pop3.password = "secret";
    pop3.leave_on_server = true;
    device.pop3 = std::make_shared<const Pop3ClientConfig>(pop3);
    device.poll = seconds(60);
    scenario.devices.push_back(device);
  }
  return scenario;
}

/// One bulk transfer from the first host to the second.
inline ScenarioPtr pipe(uint64_t bits_per_second, Duration delay) {
  Scenario scenario;
  scenario.hosts = {{"a", "", HostKind::kServer, {}}, {"b", "", HostKind::kServer, {}}};
  LinkConfig link;
  link.delay = delay;
  link.bits_per_second = bits_per_second;
  scenario.links = {{HostId{1}, HostId{2}, link, link}};
  scenario.record_segments = false;
  return std::make_shared<const Scenario>(scenario);
}

inline Input bulk(uint64_t octets) {
  Input input;
  input.kind = InputKind::kBulkSend;
  input.host = HostId{1};
  input.peer = HostId{2};
  input.number = octets;
  return input;
}

}  // namespace mailscope::bench
