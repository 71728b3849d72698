#include "sim/lesson/measure.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/lesson/diagnostics.h"

namespace mailscope {
namespace {

const std::vector<std::string> kKinds = {"messages",    "unseen",      "bodies",
                                         "bytes-down",  "bytes-up",    "round-trips",
                                         "connections", "seen",        "copies"};

std::string first_word(std::string_view& rest) {
  rest = trimmed(rest);
  const size_t end = std::min(rest.find(' '), rest.size());
  const std::string word(rest.substr(0, end));
  rest = trimmed(rest.substr(end));
  return word;
}

std::vector<PlacedMail> mail_on_server(const MailStore& store, const std::string& account,
                                       const std::string& mailbox) {
  std::vector<PlacedMail> found;
  const Account* owner =
      account.empty() ? &store.accounts().front() : store.find_account(account);
  const Mailbox* box = owner != nullptr ? store.find_mailbox(owner->id, mailbox) : nullptr;
  for (size_t i = 0; box != nullptr && i < box->entries.size(); ++i) {
    const MailboxEntry& entry = box->entries[i];
    found.push_back({entry.message->subject(), flags_text(entry.flags, box->keywords),
                     (entry.flags & Flag::kSeen) != 0, true, entry.message});
  }
  return found;
}

/// Places that hold a message with these words in its subject: servers' mailboxes and devices'
/// copies.
int64_t count_copies(const World& world, const std::string& words) {
  const auto matches = [&words](const std::string& subject) {
    return find_ignoring_case(subject, words) != std::string::npos;
  };
  int64_t copies = 0;
  for (size_t h = 0; h < world.host_count(); ++h) {
    for (const Mailbox& box : world.store(HostId::from_index(h)).mailboxes()) {
      if (box.deleted) continue;
      for (size_t i = 0; i < box.entries.size(); ++i) {
        copies += matches(box.entries[i].message->subject()) ? 1 : 0;
      }
    }
  }
  for (size_t d = 0; d < world.device_count(); ++d) {
    for (const LocalFolder& folder : world.device(DeviceId::from_index(d)).local->folders()) {
      for (const LocalEntry& entry : folder.entries) {
        copies += entry.message != nullptr && matches(entry.subject) ? 1 : 0;
      }
    }
  }
  return copies;
}

int64_t count_mail(const World& world, const Measure& measure) {
  int64_t count = 0;
  for (const PlacedMail& mail : mail_at(world, measure.host, {}, measure.mailbox)) {
    const bool counts = measure.kind == Measure::Kind::kUnseen   ? !mail.seen
                        : measure.kind == Measure::Kind::kBodies ? mail.whole
                                                                 : true;
    count += counts ? 1 : 0;
  }
  return count;
}

}  // namespace

std::vector<std::string> sighting_kind_names() {
  std::vector<std::string> names;
  for (int i = 0; i < kSightingKindCount; ++i) {
    names.emplace_back(sighting_name(static_cast<Sighting::Kind>(i)));
  }
  return names;
}

std::optional<Sighting::Kind> parse_sighting_kind(std::string_view word) {
  for (int i = 0; i < kSightingKindCount; ++i) {
    const auto kind = static_cast<Sighting::Kind>(i);
    if (word == sighting_name(kind)) return kind;
  }
  return std::nullopt;
}

Result<Measure> parse_measure(const std::string& text, const Scenario& scenario) {
  std::string_view rest = text;
  const std::string kind = first_word(rest);
  const auto at = std::find(kKinds.begin(), kKinds.end(), kind);
  if (at == kKinds.end()) return Error{one_of(kKinds) + suggestion(kind, kKinds)};
  Measure measure;
  measure.kind = static_cast<Measure::Kind>(at - kKinds.begin());
  if (measure.kind == Measure::Kind::kCopies) {
    measure.subject = std::string(rest);
    if (rest.empty()) return Error{"copies and words of a subject"};
    return measure;
  }
  if (measure.kind == Measure::Kind::kSeen) {
    const std::optional<Sighting::Kind> seen = parse_sighting_kind(first_word(rest));
    const HostId a = scenario.find_host(first_word(rest));
    const HostId b = scenario.find_host(first_word(rest));
    if (!seen) return Error{"seen and a kind: " + one_of(sighting_kind_names())};
    measure.seen = *seen;
    measure.link = scenario.find_link(a, b);
    if (!measure.link.valid()) return Error{"seen, a kind, and two hosts with a link between them"};
    return measure;
  }
  const std::string host = first_word(rest);
  measure.host = scenario.find_host(host);
  if (!measure.host.valid()) {
    std::vector<std::string> names;
    for (const HostSpec& known : scenario.hosts) names.push_back(known.name);
    return Error{fmt::format("{} and the name of a [[host]]{}", kind, suggestion(host, names))};
  }
  if (rest.empty()) return measure;
  if (measure.kind > Measure::Kind::kBodies) return Error{kind + " and a host, nothing more"};
  measure.mailbox = std::string(rest);
  return measure;
}

int64_t take_measure(History& history, uint32_t n, const Measure& measure) {
  switch (measure.kind) {
    case Measure::Kind::kMessages:
    case Measure::Kind::kUnseen:
    case Measure::Kind::kBodies: return count_mail(history.world_at(n), measure);
    case Measure::Kind::kCopies: return count_copies(history.world_at(n), measure.subject);
    default: break;
  }
  const Trace& trace = history.trace();
  const uint32_t events = trace.events_before(std::min(n, trace.dispatches()));
  if (measure.kind == Measure::Kind::kSeen) {
    const std::vector<Sighting> seen = observe(trace, measure.link, events).sightings;
    return std::count_if(seen.begin(), seen.end(), [&](const Sighting& each) {
      return each.kind == measure.seen;
    });
  }
  const Cost cost = cost_of(trace, measure.host, events);
  switch (measure.kind) {
    case Measure::Kind::kBytesDown: return static_cast<int64_t>(cost.bytes_down);
    case Measure::Kind::kBytesUp: return static_cast<int64_t>(cost.bytes_up);
    case Measure::Kind::kRoundTrips: return cost.round_trips;
    default: return cost.connections;
  }
}

std::vector<PlacedMail> mail_at(const World& world, HostId host, const std::string& account,
                                const std::string& mailbox) {
  if (!world.store(host).accounts().empty()) {
    return mail_on_server(world.store(host), account, mailbox);
  }
  std::vector<PlacedMail> found;
  const DeviceId device = world.device_on(host);
  const LocalFolder* folder =
      device.valid() ? world.device(device).local->find_folder(mailbox) : nullptr;
  if (folder == nullptr) return found;
  for (const LocalEntry& entry : folder->entries) {
    found.push_back({entry.subject, flags_text(entry.flags, {}), (entry.flags & Flag::kSeen) != 0,
                     entry.message != nullptr, entry.message});
  }
  return found;
}

}  // namespace mailscope
