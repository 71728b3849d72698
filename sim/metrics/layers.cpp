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
    if (event.kind == EventKind::kStoreChange) return take_store(event);
    if (event.protocol != Protocol::kSmtp) return;
    Transaction& now = transactions_[event.conn.value];
    if (event.kind == EventKind::kDial) now.server = HostId{event.a};
    if (event.kind == EventKind::kMessageHead) return take_head(id, event, now);
    if (event.kind != EventKind::kLineSent || (event.code & LineFlags::kBlock) != 0) return;
    const std::string_view line = trace_.text(event);
    event.direction == Direction::kToServer ? take_command(line, now) : take_reply(line, now);
  }

  std::vector<MessageLayers> found;

 private:
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

  void take_store(const Event& event) {
    if (event.code != static_cast<uint8_t>(StoreChange::kAdded)) return;
    const auto transaction = transactions_.find(event.conn.value);
    if (transaction == transactions_.end() || transaction->second.pending < 0) return;
    MessageLayers::Stored stored;
    stored.host = event.host;
    stored.mailbox = MailboxId{event.a};
    stored.uid = Uid{event.b};
    const Mailbox& box = world_.store(event.host).mailbox(stored.mailbox);
    if (const std::optional<size_t> index = box.find(stored.uid)) {
      stored.return_path =
          field_value(box.entries[*index].message->text(), "Return-Path").value_or("");
    }
    found[static_cast<size_t>(transaction->second.pending)].stored.push_back(std::move(stored));
  }

  const Trace& trace_;
  const World& world_;
  std::map<uint32_t, Transaction> transactions_;  // by connection
};

}  // namespace

std::vector<MessageLayers> layers_of(const Trace& trace, const World& world, uint32_t events) {
  Follower follower(trace, world);
  for (uint32_t id = 1; id <= std::min(events, trace.size()); ++id) follower.take(id);
  return std::move(follower.found);
}

}  // namespace mailscope
