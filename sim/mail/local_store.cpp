#include "sim/mail/local_store.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {
namespace {

int64_t packed_state(const LocalEntry& entry) {
  return LocalState::kPresent | (entry.message ? LocalState::kBody : 0) |
         static_cast<int64_t>(entry.flags & Flag::kSystem);
}

void record_change(LocalChange change, uint32_t folder, const LocalEntry& entry, int64_t before,
                   int64_t after, TraceWriter& trace) {
  Event event;
  event.kind = EventKind::kLocalChange;
  event.code = static_cast<uint8_t>(change);
  event.a = folder;
  event.b = entry.key;
  event.x = before;
  event.y = after;
  trace.record(event, entry.subject);
}

}  // namespace

const LocalFolder* LocalStore::find_folder(std::string_view name) const {
  for (const LocalFolder& folder : folders_) {
    if (folder.name == name) return &folder;
  }
  return nullptr;
}

bool LocalStore::locate(std::string_view folder, uint32_t key, Place& place) const {
  for (size_t f = 0; f < folders_.size(); ++f) {
    if (folders_[f].name != folder) continue;
    const std::vector<LocalEntry>& entries = folders_[f].entries;
    // Keys ascend within a folder, because entries are only ever added at its end.
    const auto found = std::lower_bound(
        entries.begin(), entries.end(), key,
        [](const LocalEntry& entry, uint32_t wanted) { return entry.key < wanted; });
    if (found == entries.end() || found->key != key) return false;
    place = {static_cast<uint32_t>(f), static_cast<size_t>(found - entries.begin())};
    return true;
  }
  return false;
}

const LocalEntry* LocalStore::find(std::string_view folder, uint32_t key) const {
  Place place{};
  return locate(folder, key, place) ? &folders_[place.folder].entries[place.entry] : nullptr;
}

const LocalEntry* LocalStore::find_uid(std::string_view folder, Uid uid) const {
  const LocalFolder* found = find_folder(folder);
  if (found == nullptr) return nullptr;
  for (const LocalEntry& entry : found->entries) {
    if (entry.uid == uid) return &entry;
  }
  return nullptr;
}

const LocalEntry* LocalStore::find_subject(std::string_view folder, std::string_view words) const {
  const LocalFolder* found = find_folder(folder);
  if (found == nullptr) return nullptr;
  for (const LocalEntry& entry : found->entries) {
    if (find_ignoring_case(entry.subject, words) != std::string_view::npos) return &entry;
  }
  return nullptr;
}

std::vector<LocalStore::Seen>::const_iterator LocalStore::lower_bound(
    std::string_view unique_id) const {
  return std::lower_bound(
      seen_.begin(), seen_.end(), unique_id,
      [](const Seen& seen, std::string_view wanted) { return seen.unique_id < wanted; });
}

bool LocalStore::has_seen(std::string_view unique_id) const {
  const auto place = lower_bound(unique_id);
  return place != seen_.end() && place->unique_id == unique_id;
}

std::optional<Instant> LocalStore::seen_at(std::string_view unique_id) const {
  const auto place = lower_bound(unique_id);
  if (place == seen_.end() || place->unique_id != unique_id) return std::nullopt;
  return place->at;
}

void LocalStore::remember(std::string_view unique_id, std::optional<Instant> at) {
  if (has_seen(unique_id)) {
    // Its header came first, which does not count: the time is that of the whole message.
    const auto place = seen_.begin() + (lower_bound(unique_id) - seen_.cbegin());
    if (!place->at) place->at = at;
    return;
  }
  seen_.insert(lower_bound(unique_id), Seen{std::string(unique_id), at});
}

void LocalStore::keep_only_seen(const std::vector<std::string>& listed) {
  std::vector<std::string> sorted = listed;
  std::sort(sorted.begin(), sorted.end());
  seen_.erase(std::remove_if(seen_.begin(), seen_.end(),
                             [&](const Seen& seen) {
                               return !std::binary_search(sorted.begin(), sorted.end(),
                                                          seen.unique_id);
                             }),
              seen_.end());
}

LocalPlace LocalStore::find_unique_id(std::string_view unique_id) const {
  if (unique_id.empty()) return {};
  for (const LocalFolder& folder : folders_) {
    for (const LocalEntry& entry : folder.entries) {
      if (entry.unique_id == unique_id) return {folder.name, &entry};
    }
  }
  return {};
}

std::vector<LocalPlace> LocalStore::wanted() const {
  std::vector<LocalPlace> found;
  for (const LocalFolder& folder : folders_) {
    for (const LocalEntry& entry : folder.entries) {
      if (entry.wanted && entry.message == nullptr) found.push_back({folder.name, &entry});
    }
  }
  return found;
}

void LocalStore::set_wanted(std::string_view folder, uint32_t key, bool wanted) {
  Place place{};
  if (locate(folder, key, place)) folders_[place.folder].entries[place.entry].wanted = wanted;
}

LocalFolder& LocalStore::ensure_folder(std::string_view name) {
  for (LocalFolder& folder : folders_) {
    if (folder.name == name) return folder;
  }
  folders_.push_back({std::string(name), 0, {}});
  return folders_.back();
}

void LocalStore::set_uid_validity(std::string_view folder, uint32_t uid_validity,
                                  TraceWriter& trace) {
  LocalFolder& found = ensure_folder(folder);
  if (found.uid_validity == uid_validity) return;
  const auto index = static_cast<uint32_t>(&found - folders_.data());
  for (const LocalEntry& entry : found.entries) {
    record_change(LocalChange::kForgotten, index, entry, packed_state(entry), 0, trace);
  }
  found.entries.clear();
  found.uid_validity = uid_validity;
}

uint32_t LocalStore::add(std::string_view folder, LocalEntry entry, TraceWriter& trace) {
  LocalFolder& found = ensure_folder(folder);
  entry.key = next_key_++;
  record_change(LocalChange::kAdded, static_cast<uint32_t>(&found - folders_.data()), entry, 0,
                packed_state(entry), trace);
  found.entries.push_back(std::move(entry));
  return found.entries.back().key;
}

void LocalStore::set_flags(std::string_view folder, uint32_t key, FlagBits flags,
                           TraceWriter& trace) {
  Place place{};
  if (!locate(folder, key, place)) return;
  LocalEntry& entry = folders_[place.folder].entries[place.entry];
  if (entry.flags == flags) return;
  const int64_t before = packed_state(entry);
  entry.flags = flags;
  record_change(LocalChange::kFlags, place.folder, entry, before, packed_state(entry), trace);
}

void LocalStore::set_message(std::string_view folder, uint32_t key, MessagePtr message,
                             TraceWriter& trace) {
  Place place{};
  if (!locate(folder, key, place)) return;
  LocalEntry& entry = folders_[place.folder].entries[place.entry];
  const int64_t before = packed_state(entry);
  entry.message = std::move(message);
  record_change(LocalChange::kBodyFetched, place.folder, entry, before, packed_state(entry), trace);
}

void LocalStore::remove(std::string_view folder, uint32_t key, TraceWriter& trace) {
  Place place{};
  if (!locate(folder, key, place)) return;
  std::vector<LocalEntry>& entries = folders_[place.folder].entries;
  const LocalEntry& entry = entries[place.entry];
  record_change(LocalChange::kRemoved, place.folder, entry, packed_state(entry), 0, trace);
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(place.entry));
}

uint64_t LocalStore::digest() const {
  Digest digest;
  for (const LocalFolder& folder : folders_) {
    digest.add(folder.name);
    digest.add(folder.uid_validity);
    for (const LocalEntry& entry : folder.entries) {
      digest.add(entry.key);
      digest.add(entry.uid.value);
      digest.add(entry.unique_id);
      digest.add(entry.flags);
      digest.add(entry.size);
      digest.add(entry.message ? entry.message->digest() : 0);
      if (entry.wanted) digest.add(entry.wanted);
    }
  }
  for (const Seen& seen : seen_) {
    digest.add(seen.unique_id);
    if (seen.at) digest.add(*seen.at);
  }
  digest.add(next_key_);
  return digest.value();
}

}  // namespace mailscope
