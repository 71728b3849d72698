#include "sim/cli/narrator.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/explain/change_words.h"
#include "sim/explain/explain.h"
#include "sim/lesson/measure.h"
#include "sim/metrics/cost.h"
#include "sim/metrics/untagged_cause.h"
#include "sim/net/tcp.h"

namespace mailscope::cli {
namespace {

std::string seconds_of(int64_t ns) {
  return fmt::format("{}.{:03}", ns / 1000000000, ns % 1000000000 / 1000000);
}

}  // namespace

Narrator::Narrator(const LessonRun& run, const Catalog& catalog, Beat beat, bool with_sessions)
    : run_(run),
      trace_(run.history->trace()),
      catalog_(catalog),
      beat_(beat),
      with_sessions_(with_sessions) {}

std::string Narrator::host(HostId id) const {
  if (!id.valid() || id.index() >= run_.lesson->host_titles.size()) return "-";
  return in_language(run_.lesson->host_titles[id.index()].title, catalog_.language());
}

std::string Narrator::timed(const Event& event, const std::string& text) const {
  return catalog_.text("cli.timed", {seconds_of(event.at.ns), text});
}

std::vector<std::string> Narrator::tell(uint32_t last) {
  out_.clear();
  while (told_ < std::min(last, trace_.size())) {
    take(++told_);
    if (with_sessions_) take_sessions();
  }
  flush_all();
  if (!out_.empty() && out_.back().empty()) out_.pop_back();
  return std::move(out_);
}

void Narrator::take(uint32_t id) {
  const Event& event = trace_[id];
  if (event.kind == EventKind::kLineSent) return take_line(EventId{id});
  if (event.kind == EventKind::kStoreChange || event.kind == EventKind::kLocalChange) {
    return take_change(EventId{id});
  }
  const std::string text = sentence(event);
  if (text.empty()) return;
  flush(event.conn.value);
  out_.push_back(timed(event, text));
}

void Narrator::take_line(EventId id) {
  const Event& event = trace_.at(id);
  const bool block =
      (event.code & (LineFlags::kBlock | LineFlags::kHandshake)) == LineFlags::kBlock;
  std::string text(trace_.text(event));
  if (block) {
    const bool compressed = (event.code & LineFlags::kCompressed) != 0;
    text = catalog_.text(
        "cli.block", {std::to_string(compressed ? event.b : event.y - event.x), text});
  } else if ((event.code & (LineFlags::kSecret | LineFlags::kEncrypted)) == LineFlags::kSecret) {
    text += " " + catalog_.text("cli.secret");
  }
  if ((event.code & LineFlags::kCompressed) != 0) {
    text += " " + catalog_.text("cli.compressed", {std::to_string(event.y - event.x)});
  }
  if ((event.code & LineFlags::kEncrypted) != 0) text += " " + catalog_.text("cli.encrypted");
  const std::optional<UntaggedCause> cause = untagged_cause(trace_, id);
  using Reason = UntaggedCause::Reason;
  if (cause && (cause->reason == Reason::kChange || cause->reason == Reason::kServer)) {
    text += " " + (cause->change.valid()
                       ? catalog_.text("cli.unsolicited-because",
                                       {store_change_words(catalog_, trace_, cause->change)})
                       : catalog_.text("cli.unsolicited"));
  }
  const std::string line = timed(event, catalog_.text("cli.says", {host(event.host), text}));
  if (beat_ != Beat::kExchange) {
    out_.push_back(line);
    return;
  }
  // A client that speaks after it has been answered begins something new.
  if (event.direction == Direction::kToServer && exchanges_[event.conn.value].answered) {
    flush(event.conn.value);
  }
  Exchange& exchange = exchanges_[event.conn.value];
  exchange.said.push_back(line);
  if (event.direction == Direction::kToClient) exchange.answered = true;
}

void Narrator::take_change(EventId id) {
  const Event& event = trace_.at(id);
  const bool local = event.kind == EventKind::kLocalChange;
  const std::string text =
      local ? local_sentence(event) : store_change_words(catalog_, trace_, id);
  // What the lesson begins with is not news.
  if (text.empty() || (event.at == Instant{} && !event.cause.valid())) return;
  const std::string line =
      timed(event, catalog_.text(local ? "changes.event.local" : "changes.event.store",
                                 {host(event.host), text}));
  tell_change(event.conn, line);
}

void Narrator::tell_change(ConnId conn, std::string line) {
  const auto under_way = exchanges_.find(conn.value);
  if (conn.valid() && under_way != exchanges_.end()) {
    under_way->second.changes.push_back(std::move(line));
  } else {
    out_.push_back(std::move(line));
  }
}

std::string Narrator::local_sentence(const Event& event) const {
  const DeviceId device = run_.history->head().device_on(event.host);
  std::string folder = "INBOX";
  if (device.valid()) {
    const std::vector<LocalFolder>& folders = run_.history->head().device(device).local->folders();
    if (event.a < folders.size()) folder = folders[event.a].name;
  }
  const auto change = static_cast<LocalChange>(event.code);
  // A POP3 program has the whole message from the start.
  const bool whole = change == LocalChange::kAdded && (event.y & LocalState::kBody) != 0;
  const std::string key = whole ? std::string("cli.added-whole")
                                : fmt::format("changes.local.{}", local_change_name(change));
  return catalog_.text(key,
                       {std::string(trace_.text(event)), folder, flags_words(catalog_, event.x),
                        flags_words(catalog_, event.y)});
}

std::string Narrator::sentence(const Event& event) {
  const std::string text(trace_.text(event));
  switch (event.kind) {
    case EventKind::kUserAction:
    case EventKind::kFault: {
      const bool fault = event.kind == EventKind::kFault;
      const std::string name = text.substr(0, text.find(' '));
      const std::string argument(trimmed(text.substr(std::min(name.size(), text.size()))));
      return catalog_.text(
          fault ? "changes.event.fault" : "changes.event.user-action",
          {host(event.host),
           catalog_.text((fault ? "changes.fault." : "changes.action.") + name, {argument})});
    }
    case EventKind::kDial:
      return catalog_.text("cli.dials",
                           {host(event.host), host(HostId{event.a}), std::to_string(event.b)});
    case EventKind::kDatagram:
      // Each hop is an event of its own; the question is told once.
      if (event.a == last_datagram_) return {};
      last_datagram_ = event.a;
      return catalog_.text("cli.dns", {host(event.host), text});
    case EventKind::kViolation:
      return catalog_.text("changes.event.violation",
                           {host(event.host), violation_text(text, catalog_)});
    case EventKind::kNote: {
      const std::string key =
          fmt::format("changes.note.{}", note_name(static_cast<Note>(event.code)));
      return catalog_.text("changes.event.note", {host(event.host), catalog_.text(key, {text})});
    }
    case EventKind::kQueueChange: {
      const auto change = static_cast<QueueChange>(event.code);
      const std::string what =
          catalog_.text(fmt::format("changes.queue.{}", queue_change_name(change)),
                        {text, std::to_string(event.b), seconds_of(event.x)});
      return catalog_.text("changes.event.queue", {host(event.host), what});
    }
    default:
      return beat_ == Beat::kSegment ? network_sentence(event) : std::string();
  }
}

std::string Narrator::network_sentence(const Event& event) const {
  const std::string segment = std::to_string(event.a);
  switch (event.kind) {
    case EventKind::kSegmentSent:
      return catalog_.text("cli.segment-sent",
                           {host(event.host), segment, std::to_string(event.b)});
    case EventKind::kSegmentArrived:
      return catalog_.text("cli.segment-arrived", {host(event.host), segment});
    case EventKind::kSegmentDropped:
      return catalog_.text("cli.segment-lost", {segment});
    case EventKind::kConnState:
      return catalog_.text("changes.event.conn-state",
                           {host(event.host), tcp_state_name(static_cast<TcpState>(event.code))});
    default:
      return {};
  }
}

void Narrator::flush(uint32_t conn) {
  const auto found = exchanges_.find(conn);
  if (found == exchanges_.end()) return;
  Exchange exchange = std::move(found->second);
  exchanges_.erase(found);
  if (exchange.said.empty() && exchange.changes.empty()) return;
  out_.insert(out_.end(), exchange.said.begin(), exchange.said.end());
  out_.insert(out_.end(), exchange.changes.begin(), exchange.changes.end());
  out_.emplace_back();
}

void Narrator::flush_all() {
  while (!exchanges_.empty()) flush(exchanges_.begin()->first);
}

std::vector<std::string> Narrator::tell_holdings(uint32_t n) const {
  std::vector<std::string> lines;
  const World& world = run_.history->world_at(n);
  const auto tell = [&](const std::string& place, const std::vector<PlacedMail>& mail) {
    if (mail.empty()) {
      lines.push_back(catalog_.text("cli.holds-nothing", {place}));
      return;
    }
    std::string list;
    for (const PlacedMail& one : mail) {
      if (!list.empty()) list += catalog_.text("cli.separator");
      list += catalog_.text("cli.quoted", {one.subject});
      std::string state = one.flags;
      if (!one.whole)
        state += (state.empty() ? "" : catalog_.text("cli.separator")) +
                 catalog_.text("cli.header-only");
      if (!state.empty()) list += catalog_.text("cli.bracketed", {state});
    }
    lines.push_back(catalog_.text("cli.holds", {place, std::to_string(mail.size()), list}));
  };
  for (const AccountSpec& account : world.scenario().accounts) {
    const Account* owner = world.store(account.host).find_account(account.user);
    if (owner == nullptr) continue;
    for (const Mailbox* box : world.store(account.host).mailboxes_of(owner->id)) {
      tell(catalog_.text("cli.server-place", {host(account.host), account.user, box->name}),
           mail_at(world, account.host, account.user, box->name));
    }
  }
  for (const DeviceSpec& device : world.scenario().devices) {
    if (device.protocol == Protocol::kNone) continue;
    const std::vector<LocalFolder>& folders =
        world.device(world.device_on(device.host)).local->folders();
    if (folders.empty()) tell(host(device.host), {});
    for (const LocalFolder& folder : folders) {
      tell(catalog_.text("cli.device-place", {host(device.host), folder.name}),
           mail_at(world, device.host, {}, folder.name));
    }
  }
  return lines;
}

std::vector<std::string> Narrator::tell_costs(uint32_t events) const {
  std::vector<std::string> lines;
  for (const DeviceSpec& device : run_.history->scenario().devices) {
    const Cost cost = cost_of(trace_, device.host, events);
    if (cost.connections == 0) continue;
    const std::string readable =
        device.protocol == Protocol::kNone ? std::string()
        : cost.first_readable
            ? catalog_.text("cli.first-readable", {seconds_of(cost.first_readable->ns)})
            : catalog_.text("cli.none-readable");
    lines.push_back(catalog_.text(
        "cli.cost", {host(device.host), std::to_string(cost.connections),
                     std::to_string(cost.bytes_up), std::to_string(cost.bytes_down),
                     std::to_string(cost.round_trips), seconds_of(cost.connected.ns), readable}));
    if (cost.password_in_clear) {
      lines.push_back(catalog_.text("cli.password-in-clear", {host(device.host)}));
    }
  }
  return lines;
}

}  // namespace mailscope::cli
