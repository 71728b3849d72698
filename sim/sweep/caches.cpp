#include "sim/sweep/caches.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/digest.h"
#include "sim/imap/preview.h"
#include "sim/sweep/inventory.h"

namespace mailscope::sweep {
namespace {

/// A world that has not come to rest after so much is looked at as it is.
constexpr uint32_t kMaxDispatches = 100000;

HostId host_named(const World& world, std::string_view domain) {
  const Scenario& scenario = world.scenario();
  for (size_t i = 0; i < scenario.hosts.size(); ++i) {
    const HostId id = HostId::from_index(i);
    if (equals_ignoring_case(host_domain(scenario, id), domain)) return id;
  }
  for (const DnsRecord& record : world.zone()) {
    if (record.type == DnsRecord::Type::kA && equals_ignoring_case(record.name, domain)) {
      return scenario.find_host(record.value);
    }
  }
  return {};
}

/// "\Seen work", keywords in alphabetical order: mailbox and copy may count them differently.
std::string flag_names(FlagBits flags, const std::vector<std::string>& keywords) {
  std::vector<std::string> names;
  for (size_t i = 0; i < keywords.size(); ++i) {
    if ((flags >> (static_cast<size_t>(Flag::kFirstKeyword) + i) & 1) != 0) {
      names.push_back(ascii_lower(keywords[i]));
    }
  }
  std::sort(names.begin(), names.end());
  return fmt::format("{} {}", flags_text(flags & Flag::kSystem, {}), fmt::join(names, " "));
}

/// The program collects this message's text without being asked for it.
bool collects(const ImapClientConfig& config, const Message& message) {
  return !config.headers_first && (config.body_limit == 0 || message.size() <= config.body_limit);
}

std::string compare(const ImapClientConfig& config, const Mailbox& box, const MailboxEntry& there,
                    const LocalFolder& folder, const LocalEntry& here) {
  const auto complaint = [&](std::string_view what) {
    return fmt::format("{} uid {}: {}", box.name, there.uid.value, what);
  };
  if (here.uid != there.uid) return complaint(fmt::format("the copy has uid {}", here.uid.value));
  const std::string flags = flag_names(there.flags, box.keywords);
  const std::string told = flag_names(here.told_flags, folder.keywords);
  if (flags != told) return complaint(fmt::format("flags {}, the copy has {}", flags, told));
  if (here.flags != here.told_flags) {
    return complaint(fmt::format("shown with {}", flag_names(here.flags, folder.keywords)));
  }
  if (here.size != there.message->size()) return complaint("another size");
  if (here.subject != there.message->subject()) return complaint("another subject");
  if (here.from != there.message->from()) return complaint("another author");
  if (here.message != nullptr && here.message->digest() != there.message->digest()) {
    return complaint("other octets");
  }
  if (here.message == nullptr && collects(config, *there.message)) return complaint("no text");
  if (!here.preview.empty() && here.preview != preview_text(*there.message)) {
    return complaint("another preview");
  }
  return {};
}

std::string compare_folder(const ImapClientConfig& config, const Mailbox* box,
                           const LocalFolder* folder, std::string_view name) {
  std::vector<LocalEntry> entries = folder != nullptr ? folder->entries : std::vector<LocalEntry>{};
  std::sort(entries.begin(), entries.end(),
            [](const LocalEntry& a, const LocalEntry& b) { return a.uid < b.uid; });
  const size_t size = box != nullptr && !box->no_select ? box->entries.size() : 0;
  if (size != entries.size()) {
    return fmt::format("{} holds {} messages, the copy {}", name, size, entries.size());
  }
  if (size == 0) return {};
  if (folder->uid_validity != box->uid_validity) {
    return fmt::format("{}: another UIDVALIDITY", name);
  }
  if (folder->modseq > box->highest_modseq) {
    return fmt::format("{}: the copy claims to be of mod-sequence {}, it is {}", name,
                       folder->modseq, box->highest_modseq);
  }
  for (size_t i = 0; i < size; ++i) {
    std::string complaint = compare(config, *box, box->entries[i], *folder, entries[i]);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

const ImapClient* client_of(const World& world, const Device& device) {
  if (!device.session.valid()) return nullptr;
  return std::get_if<ImapClient>(&world.agent(device.session).engine);
}

std::string check_device(const World& world, const Device& device, const DeviceSpec& spec,
                         Caches which) {
  const HostId server = host_named(world, spec.server);
  if (!server.valid()) return {};
  const MailStore& store = world.store(server);
  const Account* account = store.find_account(spec.imap->user);
  if (account == nullptr) return {};
  const ImapClient* client = client_of(world, device);
  if (which == Caches::kListening) {
    if (client == nullptr || !client->at_rest() || !client->idling() ||
        !client->put_off().empty() || !spec.imap->keeps(client->selected())) {
      return {};
    }
    return compare_folder(*spec.imap, store.find_mailbox(account->id, client->selected()),
                          device.local->find_folder(client->selected()), client->selected());
  }
  std::vector<std::string> names;
  for (const LocalFolder& folder : device.local->folders()) names.push_back(folder.name);
  for (const Mailbox* box : store.mailboxes_of(account->id)) names.push_back(box->name);
  for (const std::string& name : names) {
    if (!spec.imap->keeps(name)) continue;
    std::string complaint = compare_folder(*spec.imap, store.find_mailbox(account->id, name),
                                           device.local->find_folder(name), name);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

/// What keeps an IMAP program from having a copy that is up to date; empty when nothing does.
std::string why_unsettled(const World& world, const Device& device) {
  const ImapClient* client = client_of(world, device);
  if (!device.orders.empty()) {
    return fmt::format("{} of its orders are not carried out", device.orders.size());
  }
  if (device.offline) return "it works offline";
  if (device.resolving) return "it is looking for its server";
  if (client != nullptr) return client->at_rest() ? "" : "its session is not at rest";
  return device.last_error;  // of the session before, when there is none
}

/// It cannot do anything about its copy.
bool is_out(const World& world, const Device& device) {
  return device.refused || !world.host(device.host).up;
}

bool is_imap(const World& world, const Device& device) {
  return world.scenario().devices[device.id.index()].protocol == Protocol::kImap;
}

std::string named(const World& world, const Device& device, const std::string& complaint) {
  if (complaint.empty()) return {};
  return fmt::format("{}: {}", host_name(world.scenario(), device.host), complaint);
}

}  // namespace

bool has_caches(const World& world) {
  const std::vector<DeviceSpec>& devices = world.scenario().devices;
  return std::any_of(devices.begin(), devices.end(),
                     [](const DeviceSpec& device) { return device.protocol == Protocol::kImap; });
}

std::string check_caches(const World& world, Caches which) {
  for (size_t d = 0; d < world.device_count(); ++d) {
    const Device& device = world.device(DeviceId::from_index(d));
    if (!is_imap(world, device) || is_out(world, device)) continue;
    if (!why_unsettled(world, device).empty()) continue;
    std::string complaint =
        named(world, device, check_device(world, device, world.scenario().devices[d], which));
    if (!complaint.empty()) return complaint;
  }
  return {};
}

std::string check_caches_settled(const World& world) {
  for (size_t d = 0; d < world.device_count(); ++d) {
    const Device& device = world.device(DeviceId::from_index(d));
    if (!is_imap(world, device) || is_out(world, device)) continue;
    std::string complaint = named(world, device, why_unsettled(world, device));
    if (!complaint.empty()) return complaint;
  }
  return {};
}

namespace {

/// Without its header, in which a server writes when it came.
uint64_t body_digest(const Message& message) {
  Digest digest;
  digest.add(message.text().substr(std::min(message.header_size(), message.size())));
  return digest.value();
}

}  // namespace

std::vector<std::string> mailboxes_of_programs(const World& world) {
  std::vector<std::string> lines;
  std::vector<const Account*> seen;  // two programs of one person look at the same mailboxes
  for (size_t d = 0; d < world.device_count(); ++d) {
    const DeviceSpec& spec = world.scenario().devices[d];
    if (spec.protocol != Protocol::kImap) continue;
    const HostId server = host_named(world, spec.server);
    if (!server.valid()) continue;
    const MailStore& store = world.store(server);
    const Account* account = store.find_account(spec.imap->user);
    if (account == nullptr || std::find(seen.begin(), seen.end(), account) != seen.end()) continue;
    seen.push_back(account);
    for (const Mailbox* box : store.mailboxes_of(account->id)) {
      for (const MailboxEntry& entry : box->entries) {
        if (is_report(*entry.message)) continue;
        lines.push_back(fmt::format("{} {} {} {:016x} {}", account->name, box->name,
                                    entry.message->message_id(), body_digest(*entry.message),
                                    flag_names(entry.flags, box->keywords)));
      }
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string check_caches_after(const World& world) {
  if (!has_caches(world)) return {};
  const World settled = with_caches_settled(world);
  std::string complaint = check_caches(settled, Caches::kAll);
  return complaint.empty() ? check_caches_settled(settled) : complaint;
}

World with_caches_settled(World world) {
  world.forget_inputs();
  for (int round = 0; round < 2; ++round) {
    for (size_t d = 0; d < world.device_count(); ++d) {
      const Device& device = world.device(DeviceId::from_index(d));
      if (world.scenario().devices[d].protocol != Protocol::kImap) continue;
      Input input;
      input.at = world.now();
      input.host = device.host;
      input.kind = device.offline ? InputKind::kGoOnline : InputKind::kCheckMail;
      world.add_input(input);
    }
    for (uint32_t i = 0; i < kMaxDispatches && world.has_next() && !world.at_rest(); ++i) {
      world.step(nullptr);
    }
  }
  return world;
}

}  // namespace mailscope::sweep
