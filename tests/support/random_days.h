// Mail programs of every strategy that IMAP has, and days on which persons do whatever they like at
// two of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/base/rng.h"
#include "tests/world/small_world.h"

namespace mailscope::test {

struct Strategy {
  std::string name;
  std::function<void(ImapClientConfig&)> set;
};

inline void keep_all(ImapClientConfig& config) {
  config.folders = {"*"};
  config.sent = "Sent";
  config.trash = "Trash";
}

inline const std::vector<Strategy> kStrategies = {
    {"uids", [](ImapClientConfig&) {}},
    {"everything", [](ImapClientConfig& c) { c.headers_first = false; }},
    {"logs out", [](ImapClientConfig& c) { c.use_idle = false; }},
    {"noop",
     [](ImapClientConfig& c) {
       c.use_idle = false;
       c.noop_every = seconds(20);
     }},
    {"condstore", [](ImapClientConfig& c) { c.resync = ImapResync::kCondStore; }},
    {"qresync", [](ImapClientConfig& c) { c.resync = ImapResync::kQresync; }},
    {"pipelined", [](ImapClientConfig& c) { c.pipeline = true; }},
    {"pipelined qresync",
     [](ImapClientConfig& c) {
       c.pipeline = true;
       c.resync = ImapResync::kQresync;
       c.headers_first = false;
     }},
    {"all folders", keep_all},
    {"all folders qresync",
     [](ImapClientConfig& c) {
       keep_all(c);
       c.resync = ImapResync::kQresync;
     }},
    {"all folders condstore, logs out, copies",
     [](ImapClientConfig& c) {
       keep_all(c);
       c.resync = ImapResync::kCondStore;
       c.use_idle = false;
       c.use_move = false;
     }},
    {"notify",
     [](ImapClientConfig& c) {
       keep_all(c);
       c.resync = ImapResync::kQresync;
       c.use_notify = true;
       c.previews = true;
       c.pipeline = true;
     }},
};

/// Of servers: with everything, with what was usual, and with next to nothing.
inline constexpr imap::ExtensionSet kOffers[] = {
    imap::all_extensions(), imap::usual_extensions(),
    imap::bit(imap::Extension::kRev1) | imap::bit(imap::Extension::kSubscriptions)};

/// The laptop by the strategy, the phone as programs always were.
inline SmallWorld world_of(const Strategy& strategy, uint64_t offer = 0) {
  SmallWorld small(Protocol::kImap);
  ImapServerConfig server;
  server.extensions = kOffers[offer % std::size(kOffers)];
  small.scenario.services[2].imap = std::make_shared<const ImapServerConfig>(server);
  ImapClientConfig config = *small.scenario.devices[0].imap;
  strategy.set(config);
  small.scenario.devices[0].imap = std::make_shared<const ImapClientConfig>(config);
  LinkConfig link;
  link.delay = milliseconds(5);
  small.set_links(link);
  return small;
}

inline constexpr const char* kSubjects[] = {"Lunch", "Photos", "Invoice", "Note 1", "Note 2", "Draft"};

/// What persons do at both devices within minutes, and once in a while a server that was restored
/// from a copy.
inline std::vector<Input> random_day(const SmallWorld& small, uint64_t seed) {
  Rng rng(seed);
  std::vector<Input> inputs = {SmallWorld::action(InputKind::kCheckMail, small.laptop, 10),
                               SmallWorld::action(InputKind::kCheckMail, small.phone, 20)};
  int64_t at = 100;
  for (int i = 0; i < 40; ++i) {
    at += static_cast<int64_t>(rng.below(4) == 0 ? rng.below(20000) : rng.below(300));
    const HostId host = rng.below(3) == 0 ? small.phone : small.laptop;
    const std::string subject = kSubjects[rng.below(std::size(kSubjects))];
    Input input = SmallWorld::action(InputKind::kCheckMail, host, at, subject);
    constexpr InputKind kKinds[] = {
        InputKind::kCheckMail, InputKind::kRead,       InputKind::kUnread, InputKind::kFlag,
        InputKind::kDelete,    InputKind::kMove,       InputKind::kSend,   InputKind::kSaveDraft,
        InputKind::kGoOffline, InputKind::kGoOnline,   InputKind::kFlag,   InputKind::kGoOnline,
        InputKind::kMove,      InputKind::kDisconnect, InputKind::kRead,   InputKind::kRenewUids};
    input.kind = kKinds[rng.below(std::size(kKinds))];
    if (input.kind == InputKind::kMove) input.mailbox = rng.below(2) == 0 ? "Archive" : "INBOX";
    if (input.kind == InputKind::kCheckMail) input.text.clear();
    if (input.kind == InputKind::kRenewUids) {
      constexpr const char* kBoxes[] = {"INBOX", "Archive", "Drafts", "Sent"};
      input.host = small.server;
      input.text = "bob";
      input.mailbox = kBoxes[rng.below(std::size(kBoxes))];
    }
    const std::string body = "number " + std::to_string(i) + "\r\n";
    if (input.kind == InputKind::kSend) {
      input.text.clear();
      input.recipients = {"bob@example.net"};
      input.message = small_message("Note " + std::to_string(1 + rng.below(2)), body);
    }
    if (input.kind == InputKind::kSaveDraft) {
      if (rng.below(2) == 0) input.text.clear();
      if (!input.text.empty()) input.text = "Draft";
      input.message = small_message("Draft", body);
    }
    inputs.push_back(input);
  }
  return inputs;
}

}  // namespace mailscope::test
