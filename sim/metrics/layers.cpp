#include "sim/metrics/layers.h"

#include <algorithm>
#include <deque>
#include <map>

#include "sim/base/ascii.h"
#include "sim/wire/header.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {
namespace {

/// The address of a MAIL or RCPT line; empty for the null path and for what is no path.
std::string address_in(std::string_view line, std::string_view keyword) {
  const std::optional<smtp::CommandLine> command = smtp::parse_command(line, true);
  if (!command) return {};
  const smtp::PathResult parsed = smtp::parse_path_argument(command->argument, keyword, true);
  return parsed.path ? parsed.path->address() : std::string();
}

/// One SMTP connection's transaction as it goes on.
struct Transaction {
  std::string reverse_path;
  std::deque<std::string> unanswered;  // command lines, in order
  std::vector<std::string> accepted;
  HostId server;
  int pending = -1;  // index of the message whose acceptance is awaited
};

class Follower {
 public:
  Follower(const Trace& trace, const World& world) : trace_(trace), world_(world) {}

  void take(uint32_t id) {
    const Event& event = trace_[id];
    if (event.kind == EventKind::kStoreChange) return take_store(id, event);
    if (event.protocol != Protocol::kSmtp) return;
    Transaction& now = transactions_[event.conn.value];
    if (event.kind == EventKind::kDial) now.server = HostId{event.a};
    if (event.kind == EventKind::kMessageHead) return take_head(id, event, now);
    if (event.kind != EventKind::kLineSent || (event.code & LineFlags::kBlock) != 0) return;
    const std::string_view line = trace_.text(event);
    event.direction == Direction::kToServer ? take_command(line, now) : take_reply(line, now);
  }

  /// What is stored, as the world has it now.
  void look() {
    for (MessageLayers& layers : found) {
      for (MessageLayers::Stored& stored : layers.stored) {
        const Mailbox& box = world_.store(stored.host).mailbox(stored.mailbox);
        const std::optional<size_t> index = box.find(stored.uid);
        if (!index) continue;
        stored.return_path =
            field_value(box.entries[*index].message->text(), "Return-Path").value_or("");
      }
    }
  }

  std::vector<MessageLayers> found;

 private:
  /// A mailbox that is being given a new UIDVALIDITY: the new one is filled, then the old one
  /// emptied in the same order.
  struct Renewal {
    HostId host;
    MailboxId old;
    MailboxId made;
    std::vector<Uid> added;
    size_t gone = 0;
  };

  static void take_command(std::string_view line, Transaction& now) {
    now.unanswered.emplace_back(line);
    if (!starts_with_ignoring_case(line, "MAIL FROM:")) return;
    now.reverse_path = address_in(line, "FROM");
    now.accepted.clear();
  }

  /// Each reply answers the first command that has none yet (RFC 5321 §4.1.4, RFC 2920 §3.2). The
  /// greeting and the reply to the final dot answer none.
  static void take_reply(std::string_view line, Transaction& now) {
    if (line.size() > 3 && line[3] == '-') return;  // not the last line of the reply
    if (now.unanswered.empty()) return;
    const std::string command = std::move(now.unanswered.front());
    now.unanswered.pop_front();
    if (starts_with_ignoring_case(command, "RCPT TO:") && line.substr(0, 1) == "2") {
      now.accepted.push_back(address_in(command, "TO"));
    }
  }

  void take_head(uint32_t id, const Event& event, Transaction& now) {
    MessageLayers layers;
    layers.message = EventId{id};
    layers.from = event.host;
    layers.to = now.server;
    layers.reverse_path = now.reverse_path;
    layers.forward_paths = now.accepted;
    std::string_view text = trace_.text(event);
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      layers.header.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    now.pending = static_cast<int>(found.size());
    found.push_back(std::move(layers));
  }

  void take_store(uint32_t id, const Event& event) {
    if (event.code == static_cast<uint8_t>(StoreChange::kMailboxCreated)) {
      return take_made(id, event);
    }
    if (event.code == static_cast<uint8_t>(StoreChange::kExpunged)) return take_gone(event);
    if (event.code != static_cast<uint8_t>(StoreChange::kAdded)) return;
    if (renewal_.host == event.host && renewal_.made == MailboxId{event.a}) {
      renewal_.added.push_back(Uid{event.b});
    }
    const auto transaction = transactions_.find(event.conn.value);
    if (transaction == transactions_.end() || transaction->second.pending < 0) return;
    MessageLayers::Stored stored;
    stored.host = event.host;
    stored.mailbox = MailboxId{event.a};
    stored.uid = Uid{event.b};
    found[static_cast<size_t>(transaction->second.pending)].stored.push_back(std::move(stored));
  }

  /// A mailbox made in the very moment in which another of its name went takes its place.
  void take_made(uint32_t id, const Event& event) {
    renewal_ = Renewal{};
    if (id < 2) return;
    const Event& before = trace_[id - 1];
    if (before.kind == EventKind::kStoreChange && before.host == event.host &&
        before.code == static_cast<uint8_t>(StoreChange::kMailboxDeleted) &&
        trace_.text(before) == trace_.text(event)) {
      renewal_ = {event.host, MailboxId{before.a}, MailboxId{event.a}, {}, 0};
    }
  }

  void take_gone(const Event& event) {
    if (renewal_.host != event.host || renewal_.old != MailboxId{event.a} ||
        renewal_.gone == renewal_.added.size()) {
      return;
    }
    const Uid now = renewal_.added[renewal_.gone++];
    for (MessageLayers& layers : found) {
      for (MessageLayers::Stored& stored : layers.stored) {
        if (stored.host != event.host || stored.mailbox != renewal_.old) continue;
        if (stored.uid != Uid{event.b}) continue;
        stored.mailbox = renewal_.made;
        stored.uid = now;
      }
    }
  }

  const Trace& trace_;
  const World& world_;
  Renewal renewal_;
  std::map<uint32_t, Transaction> transactions_;  // by connection
};

}  // namespace

std::vector<MessageLayers> layers_of(const Trace& trace, const World& world, uint32_t events) {
  Follower follower(trace, world);
  for (uint32_t id = 1; id <= std::min(events, trace.size()); ++id) follower.take(id);
  follower.look();
  return std::move(follower.found);
}

}  // namespace mailscope
