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

bool ascend(const std::vector<LocalEntry>& entries) {
  return std::is_sorted(entries.begin(), entries.end(),
                        [](const LocalEntry& a, const LocalEntry& b) { return a.uid < b.uid; });
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
  const std::vector<LocalEntry>& entries = found->entries;
  if (found->in_uid_order) {
    const auto place = std::lower_bound(
        entries.begin(), entries.end(), uid,
        [](const LocalEntry& entry, Uid wanted) { return entry.uid < wanted; });
    return place != entries.end() && place->uid == uid ? &*place : nullptr;
  }
  for (const LocalEntry& entry : entries) {
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

LocalPlace LocalStore::find_anywhere(std::string_view first_folder, std::string_view words) const {
  const LocalEntry* found = find_subject(first_folder, words);
  if (found != nullptr) return {first_folder, found};
  for (const LocalFolder& folder : folders_) {
    found = find_subject(folder.name, words);
    if (found != nullptr) return {folder.name, found};
  }
  return {};
}

std::string LocalStore::folder_named(std::string_view name_or_use) const {
  if (name_or_use.substr(0, 1) != "\\") return std::string(name_or_use);
  for (const LocalFolder& folder : folders_) {
    if (equals_ignoring_case(folder.use, name_or_use)) return folder.name;
  }
  return std::string(name_or_use.substr(1));
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
  folders_.emplace_back();
  folders_.back().name = std::string(name);
  return folders_.back();
}

void LocalStore::set_uid_validity(std::string_view folder, uint32_t uid_validity,
                                  TraceWriter& trace, bool keep_bodies) {
  LocalFolder& found = ensure_folder(folder);
  if (found.uid_validity == uid_validity) return;
  const auto index = static_cast<uint32_t>(&found - folders_.data());
  std::vector<LocalEntry> own;
  for (LocalEntry& entry : found.entries) {
    if (entry.uid.value == 0) {
      own.push_back(std::move(entry));
      continue;
    }
    record_change(LocalChange::kForgotten, index, entry, packed_state(entry), 0, trace);
    if (keep_bodies && entry.message != nullptr) found.former.push_back(std::move(entry));
  }
  found.entries = std::move(own);
  found.in_uid_order = ascend(found.entries);
  found.uid_validity = uid_validity;
  found.modseq = 0;
  found.uid_next = 0;
}

void LocalStore::forget_folder(std::string_view folder, TraceWriter& trace) {
  if (find_folder(folder) == nullptr) return;
  set_uid_validity(folder, 0, trace);
  ensure_folder(folder).former.clear();
}

FlagBits LocalStore::keyword_bit(std::string_view folder, std::string_view keyword) {
  std::vector<std::string>& known = ensure_folder(folder).keywords;
  size_t at = 0;
  while (at < known.size() && !equals_ignoring_case(known[at], keyword)) ++at;
  if (at == known.size()) {
    if (at >= Flag::kMaxKeywords) return 0;
    known.emplace_back(keyword);
  }
  return FlagBits{1} << (static_cast<size_t>(Flag::kFirstKeyword) + at);
}

uint32_t LocalStore::add(std::string_view folder, LocalEntry entry, TraceWriter& trace) {
  LocalFolder& found = ensure_folder(folder);
  entry.key = next_key_++;
  record_change(LocalChange::kAdded, static_cast<uint32_t>(&found - folders_.data()), entry, 0,
                packed_state(entry), trace);
  if (!found.entries.empty() && entry.uid < found.entries.back().uid) found.in_uid_order = false;
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

LocalEntry* LocalStore::find_to_change(std::string_view folder, uint32_t key) {
  Place place{};
  return locate(folder, key, place) ? &folders_[place.folder].entries[place.entry] : nullptr;
}

void LocalStore::set_told_flags(std::string_view folder, uint32_t key, FlagBits told) {
  if (LocalEntry* entry = find_to_change(folder, key)) entry->told_flags = told;
}

void LocalStore::set_preview(std::string_view folder, uint32_t key, std::string preview) {
  if (LocalEntry* entry = find_to_change(folder, key)) entry->preview = std::move(preview);
}

void LocalStore::set_uid(std::string_view folder, uint32_t key, Uid uid) {
  LocalEntry* entry = find_to_change(folder, key);
  if (entry == nullptr) return;
  entry->uid = uid;
  LocalFolder& changed = ensure_folder(folder);
  changed.in_uid_order = ascend(changed.entries);
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
  LocalFolder& changed = folders_[place.folder];
  if (!changed.in_uid_order) changed.in_uid_order = ascend(changed.entries);
}

uint64_t LocalStore::digest() const {
  Digest digest;
  for (const LocalFolder& folder : folders_) {
    digest.add(folder.name);
    digest.add(folder.uid_validity);
    if (folder.modseq != 0) digest.add(folder.modseq);
    if (folder.uid_next != 0) digest.add(folder.uid_next);
    if (!folder.use.empty()) digest.add(folder.use);
    for (const std::string& keyword : folder.keywords) digest.add(keyword);
    for (const LocalEntry& entry : folder.former) digest.add(entry.key);
    for (const LocalEntry& entry : folder.entries) {
      digest.add(entry.key);
      digest.add(entry.uid.value);
      digest.add(entry.unique_id);
      digest.add(entry.flags);
      digest.add(entry.size);
      digest.add(entry.message ? entry.message->digest() : 0);
      if (entry.wanted) digest.add(entry.wanted);
      if (entry.told_flags != entry.flags && entry.uid.value != 0) digest.add(entry.told_flags);
      if (!entry.preview.empty()) digest.add(entry.preview);
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
