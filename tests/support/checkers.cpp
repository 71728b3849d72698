#include "tests/support/checkers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/base/ascii.h"
#include "sim/sweep/caches.h"
#include "sim/sweep/inventory.h"
#include "sim/wire/imap_sequence_set.h"

namespace mailscope::test {
namespace {

void add_id(std::set<std::string>& ids, const MessagePtr& message) {
  if (message != nullptr) ids.insert(message->message_id());
}

std::set<std::string> held_message_ids(const World& world) {
  std::set<std::string> ids;
  for (size_t h = 0; h < world.host_count(); ++h) {
    const Host& host = world.host(HostId::from_index(h));
    for (const Mailbox& box : host.store->mailboxes()) {
      for (size_t i = 0; i < box.entries.size(); ++i) add_id(ids, box.entries[i].message);
    }
    for (const RelayJob& job : host.relay->jobs) add_id(ids, job.mail.message);
  }
  for (size_t d = 0; d < world.device_count(); ++d) {
    const Device& device = world.device(DeviceId::from_index(d));
    for (const MailTransaction& mail : device.outbox) add_id(ids, mail.message);
    for (const LocalFolder& folder : device.local->folders()) {
      for (const LocalEntry& entry : folder.entries) add_id(ids, entry.message);
    }
  }
  return ids;
}

/// A mailbox as the trace tells it: flags by uid.
struct FoldedMailbox {
  std::string name;
  bool deleted = false;
  std::map<uint32_t, int64_t> flags;
};
using FoldedStores = std::map<std::pair<uint32_t, uint32_t>, FoldedMailbox>;  // host, mailbox

FoldedStores fold_stores(const Trace& trace) {
  FoldedStores stores;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.kind != EventKind::kStoreChange) continue;
    FoldedMailbox& box = stores[{event.host.value, event.a}];
    switch (static_cast<StoreChange>(event.code)) {
      case StoreChange::kAdded:
      case StoreChange::kFlags:
        box.flags[event.b] = event.y;
        break;
      case StoreChange::kExpunged:
        box.flags.erase(event.b);
        break;
      case StoreChange::kMailboxCreated:
      case StoreChange::kMailboxRenamed:
        box.name = trace.text(event);
        break;
      case StoreChange::kMailboxDeleted:
        box.deleted = true;
        break;
      default:
        break;
    }
  }
  return stores;
}

std::string compare_mailbox(const Mailbox& box, const FoldedMailbox& folded) {
  if (box.name != folded.name) {
    return fmt::format("mailbox {} is called {} by the trace", box.name, folded.name);
  }
  if (box.entries.size() != folded.flags.size()) {
    return fmt::format("{} holds {} messages, the trace says {}", box.name, box.entries.size(),
                       folded.flags.size());
  }
  size_t i = 0;
  for (const auto& [uid, flags] : folded.flags) {
    const MailboxEntry& entry = box.entries[i++];
    if (entry.uid.value == uid && static_cast<int64_t>(entry.flags) == flags) continue;
    return fmt::format("{}: uid {} with flags {}, the trace says uid {} with {}", box.name,
                       entry.uid.value, entry.flags, uid, flags);
  }
  return {};
}

/// "12" of "12 EXISTS"; nullopt when it does not begin with a number.
std::optional<uint32_t> leading_number(std::string_view text) {
  const auto number = parse_number(text.substr(0, text.find(' ')), UINT32_MAX);
  if (!number) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

template <class Uids>
std::string compare_numbering(const std::vector<uint32_t>& told, const Uids& believed,
                              std::string_view whose) {
  if (believed.size() > told.size()) {
    return fmt::format("{} counts {} messages, {} were told", whose, believed.size(), told.size());
  }
  for (size_t i = 0; i < believed.size(); ++i) {
    if (told[i] == 0 || believed[i].value == 0 || told[i] == believed[i].value) continue;
    return fmt::format("{}: number {} is uid {}, but uid {} was told", whose, i + 1,
                       believed[i].value, told[i]);
  }
  return {};
}

bool names(const MailTransaction& mail, const std::string& message_id,
           const std::string& recipient) {
  const std::vector<std::string>& to = mail.forward_paths;
  return mail.message->message_id() == message_id &&
         std::find(to.begin(), to.end(), recipient) != to.end();
}

/// The mail of this message is on its way to the recipient: in an outbox or in a queue.
bool on_its_way(const World& world, const std::string& message_id, const std::string& recipient) {
  for (size_t d = 0; d < world.device_count(); ++d) {
    for (const MailTransaction& mail : world.device(DeviceId::from_index(d)).outbox) {
      if (names(mail, message_id, recipient)) return true;
    }
  }
  for (size_t h = 0; h < world.host_count(); ++h) {
    for (const RelayJob& job : world.host(HostId::from_index(h)).relay->jobs) {
      if (names(job.mail, message_id, recipient)) return true;
    }
  }
  return false;
}

/// Some server of the trace has given the recipient up. That its sender was told, or could not be
/// told, must stand beside it: the event after it of the same host.
bool given_up(const Trace& trace, const std::string& recipient) {
  bool bounced = false;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.kind != EventKind::kQueueChange) continue;
    const std::string_view text = trace.text(event);
    const auto change = static_cast<QueueChange>(event.code);
    if (change == QueueChange::kBounced && text.substr(0, text.find(": ")) == recipient) {
      bounced = true;
    }
    const bool told = change == QueueChange::kReported && text.substr(0, 7) == "failed ";
    if (bounced && (told || change == QueueChange::kDropped)) return true;
  }
  return false;
}

}  // namespace

int copies_for(const World& world, const std::string& message_id, const std::string& recipient) {
  const std::string domain = domain_of(recipient);
  const std::string user = recipient.substr(0, recipient.rfind('@'));
  int copies = 0;
  for (const ServiceSpec& service : world.scenario().services) {
    if (service.smtp == nullptr) continue;
    const std::vector<std::string>& local = service.smtp->local_domains;
    if (std::find(local.begin(), local.end(), domain) == local.end()) continue;
    const MailStore& store = world.store(service.host);
    const Account* account = store.find_account(user);
    // Where there is no postmaster, the first of the accounts is (RFC 5321 §4.5.1).
    if (account == nullptr && user == "postmaster" && !store.accounts().empty()) {
      account = &store.accounts().front();
    }
    if (account == nullptr) continue;
    for (const Mailbox* box : store.mailboxes_of(account->id)) {
      for (size_t i = 0; i < box->entries.size(); ++i) {
        copies += box->entries[i].message->message_id() == message_id ? 1 : 0;
      }
    }
  }
  return copies;
}

std::string check_responsibility(const World& world, const Trace& trace,
                                 const std::string& message_id,
                                 const std::vector<std::string>& recipients) {
  for (const std::string& recipient : recipients) {
    if (copies_for(world, message_id, recipient) > 0) continue;
    if (on_its_way(world, message_id, recipient) || given_up(trace, recipient)) continue;
    return fmt::format("{} for {} is neither delivered nor bounced nor queued", message_id,
                       recipient);
  }
  return {};
}

std::string check_nothing_lost(const World& world, const std::vector<std::string>& message_ids) {
  const std::set<std::string> held = held_message_ids(world);
  for (const std::string& id : message_ids) {
    if (held.count(id) == 0) return fmt::format("message {} is nowhere any more", id);
  }
  return {};
}

int copies_in_stores(const World& world, const std::string& message_id) {
  int copies = 0;
  for (size_t h = 0; h < world.host_count(); ++h) {
    for (const Mailbox& box : world.store(HostId::from_index(h)).mailboxes()) {
      for (size_t i = 0; i < box.entries.size(); ++i) {
        copies += box.entries[i].message->message_id() == message_id ? 1 : 0;
      }
    }
  }
  return copies;
}

std::string check_store_fold(const World& world, const Trace& trace) {
  FoldedStores stores = fold_stores(trace);
  for (size_t h = 0; h < world.host_count(); ++h) {
    const HostId host = HostId::from_index(h);
    for (const Mailbox& box : world.store(host).mailboxes()) {
      const FoldedMailbox& folded = stores[{host.value, box.id.value}];
      if (box.deleted != folded.deleted && !box.no_select) {
        return fmt::format("mailbox {}: store and trace differ in whether it is deleted", box.name);
      }
      if (box.deleted) continue;
      const std::string complaint = compare_mailbox(box, folded);
      if (!complaint.empty()) return fmt::format("{}: {}", trace.host_name(host), complaint);
    }
  }
  return {};
}

std::string check_pop3_removes_after_quit(const Trace& trace) {
  return sweep::check_expunges(trace);
}

void ImapNumberingChecker::Told::take_vanished(std::string_view uids_text) {
  imap::Reader reader(uids_text);
  const auto ranges = imap::parse_sequence_set(reader).resolved(UINT32_MAX);
  size_t count = 0;
  for (const auto& range : ranges) count += range.last - range.first + 1;
  const size_t before = uids.size();
  uids.erase(std::remove_if(uids.begin(), uids.end(),
                            [&](uint32_t uid) { return uid != 0 && in_ranges(ranges, uid); }),
             uids.end());
  const size_t left = before >= count ? before - count : 0;
  // One that had not been told: which numbers have shifted cannot be known.
  if (uids.size() != left) uids.assign(left, 0);
}

void ImapNumberingChecker::Told::take(std::string_view line) {
  if (line.substr(0, 2) != "* ") return;
  constexpr std::string_view kVanished = "* VANISHED ";
  if (line.substr(0, kVanished.size()) == kVanished && line[kVanished.size()] != '(') {
    return take_vanished(line.substr(kVanished.size()));
  }
  const std::optional<uint32_t> number = leading_number(line.substr(2));
  if (!number) return;
  std::string_view rest = line.substr(line.find(' ', 2) + 1);
  if (rest == "EXISTS") {
    uids.resize(*number);
  } else if (rest == "EXPUNGE" && *number >= 1 && *number <= uids.size()) {
    uids.erase(uids.begin() + (*number - 1));
  } else if (starts_with_ignoring_case(rest, "FETCH (UID ") && *number >= 1 &&
             *number <= uids.size()) {
    rest = rest.substr(11);
    uids[*number - 1] = leading_number(rest.substr(0, rest.find_first_of(" )"))).value_or(0);
  }
}

void ImapNumberingChecker::read_event(const Trace& trace, const Event& event) {
  if (event.protocol != Protocol::kImap) return;
  Session& session = sessions_[event.conn.value];
  const auto is_view = [&](ViewChange change) {
    return event.kind == EventKind::kViewChange && event.code == static_cast<uint8_t>(change);
  };
  // A selection begins a numbering; the view's event comes before the lines that tell it.
  if (event.kind == EventKind::kLineSent && event.direction == Direction::kToServer) {
    session.client = event.host;
  }
  if (event.kind == EventKind::kViewChange && event.host == session.client) {
    if (is_view(ViewChange::kClosed)) session.to_client = {};
    return;
  }
  if (is_view(ViewChange::kSelected) && !session.by_server.selected) {
    session.by_server = {};
    session.by_server.selected = true;
  }
  if (is_view(ViewChange::kClosed)) session.by_server.selected = false;
  if (event.kind == EventKind::kLineSent && event.direction == Direction::kToClient &&
      (event.code & LineFlags::kBlock) == 0) {
    session.by_server.take(trace.text(event));
  }
  if (event.kind == EventKind::kLineArrived && event.direction == Direction::kToClient) {
    const Event& said = trace[event.a];
    if ((said.code & LineFlags::kBlock) == 0) session.to_client.take(trace.text(said));
  }
}

std::string ImapNumberingChecker::after_step(const World& world, const Trace& trace) {
  while (events_read_ < trace.size()) read_event(trace, trace[++events_read_]);
  for (size_t a = 0; a < world.agent_count(); ++a) {
    const Agent& agent = world.agent(AgentId::from_index(a));
    const auto found = sessions_.find(agent.conn.value);
    if (found == sessions_.end()) continue;
    std::string complaint;
    if (const ImapServer* server = std::get_if<ImapServer>(&agent.engine)) {
      if (!found->second.by_server.selected || server->state() != imap::State::kSelected) continue;
      const std::vector<uint32_t>& told = found->second.by_server.uids;
      complaint = compare_numbering(told, server->view().uids(), "the server's view");
      if (complaint.empty() && told.size() != server->view().exists()) {
        complaint = fmt::format("the server's view has {} messages, {} were told",
                                server->view().exists(), told.size());
      }
    } else if (const ImapClient* client = std::get_if<ImapClient>(&agent.engine)) {
      if (client->ready()) continue;  // it has lines that it has not yet read
      complaint = compare_numbering(found->second.to_client.uids, client->numbering(),
                                    "the client's numbering");
    }
    if (!complaint.empty()) {
      return fmt::format("connection {}, dispatch {}: {}", agent.conn.value, world.dispatches(),
                         complaint);
    }
  }
  return {};
}

std::string run_checked(History& history, Instant until,
                        const std::vector<std::string>& message_ids) {
  ImapNumberingChecker numbering;
  while (history.run_until(until, 1) == 1) {
    std::string complaint = numbering.after_step(history.head(), history.trace());
    if (complaint.empty() && !message_ids.empty()) {
      complaint = check_nothing_lost(history.head(), message_ids);
    }
    if (!complaint.empty()) return complaint;
  }
  std::string complaint = check_store_fold(history.head(), history.trace());
  if (complaint.empty()) complaint = check_pop3_removes_after_quit(history.trace());
  if (complaint.empty()) complaint = history.verify();
  // Copies of programs whose session goes on: what they have heard is what there is.
  if (complaint.empty() && history.head().at_rest()) {
    complaint = sweep::check_caches(history.head(), sweep::Caches::kListening);
  }
  return complaint;
}

}  // namespace mailscope::test
