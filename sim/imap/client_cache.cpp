// The IMAP client's part that takes in what the server tells: into its numbering, and into the
// device's copy. Nothing here trusts a number: a server may be wrong, or want to be.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/client.h"
#include "sim/imap/client_names.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/imap_response_data.h"

namespace mailscope {

using imap::Response;
using imap::Status;
using imap::Value;
using Ranges = std::vector<imap::SequenceSet::Range>;

namespace {

/// ENVELOPE fields by position (RFC 3501 §7.4.2).
constexpr size_t kEnvelopeSubject = 1;
constexpr size_t kEnvelopeFrom = 2;
constexpr size_t kEnvelopeMessageId = 9;

// Bounds on what is kept of what a server says, whatever it says. Numbers above the first are not
// kept: the UIDs tell what is what.
constexpr uint32_t kMaxNumbering = 1u << 22;
constexpr size_t kMaxMissing = 1u << 16;
constexpr size_t kMaxListed = 20000;
constexpr size_t kMaxPreview = 1000;

std::string first_author(const Value& envelope) {
  if (envelope.items.size() <= kEnvelopeFrom) return {};
  const Value& from = envelope.items[kEnvelopeFrom];
  if (from.items.empty() || from.items[0].items.size() < 4) return {};
  const std::vector<Value>& address = from.items[0].items;
  if (!address[0].text.empty()) return decode_encoded_words(address[0].text);
  return address[2].text + "@" + address[3].text;
}

/// Ascending ranges of a set as a server writes it.
Ranges ranges_of(std::string_view text) {
  imap::Reader reader(text);
  const imap::SequenceSet set = imap::parse_sequence_set(reader);
  return reader.failed() ? Ranges{} : set.resolved(UINT32_MAX);
}

/// The number after `name`: of a response code, or of a list such as STATUS gives.
std::optional<uint64_t> number_after(const Value& list, std::string_view name) {
  const Value* value = list.after(name);
  return value != nullptr ? parse_number(value->text) : std::nullopt;
}
std::optional<uint32_t> small_number_after(const Value& list, std::string_view name) {
  const std::optional<uint64_t> number = number_after(list, name);
  if (!number || *number > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

}  // namespace

FlagBits ImapClient::bits_of(Context& context, const Value& list) const {
  FlagBits bits = 0;
  for (const Value& item : list.items) {
    const FlagBits system = system_flag(item.text);
    bits |= system;
    // \Recent and what else begins with a backslash belong to the server.
    if (system == 0 && !item.text.empty() && item.text[0] != '\\') {
      bits |= context.local->edit().keyword_bit(folder_, item.text);
    }
  }
  return bits;
}

void ImapClient::take_untagged(Context& context, const Response& response) {
  const bool listening = idling() || resting_;
  if (response.name == "CAPABILITY") {
    std::string all = "CAPABILITY";
    for (const Value& value : response.values) all += " " + value.text;
    entry_.take_capabilities(all);
  } else if (response.name == "LIST") {
    take_listed(response);
  } else if (response.name == "STATUS") {
    take_status(context, response);
  } else if (response.name == "SEARCH" || response.name == "ESEARCH") {
    take_found(response);
  } else if (response.status == Status::kOk) {
    take_code(context, response.code);
  } else if (response.name == "FLAGS") {
    awaiting_closed_ = false;  // with this the account of the new mailbox begins
  } else if (response.status == Status::kNo && state_ == imap::State::kSelected &&
             equals_ignoring_case(response.code, "NONEXISTENT") && !awaits(Doing::kSelect)) {
    // The mailbox has been deleted, or made anew under the same name: what is there has to be seen.
    revisit(folder_);
    folder_.clear();
  } else if (awaiting_closed_ || folder_.empty()) {
    return;  // about the mailbox that was selected before
  } else if (response.name == "EXISTS" && response.number) {
    take_exists(context, *response.number);
  } else if (response.name == "EXPUNGE" && response.number) {
    take_expunge(context, *response.number);
  } else if (response.name == "VANISHED") {
    take_vanished(context, response);
  } else if ((response.name == "FETCH" || response.name == "UIDFETCH") && response.number &&
             !response.values.empty()) {
    take_fetch(context, response);
  }
  // News of mail heard in IDLE ends the IDLE, so that the mail can be fetched. With NOTIFY it comes
  // by itself.
  const bool arrived = exists_ > synced_exists_ && (!notifying_ || notify_refused_);
  if (listening && (arrived || unsure_ || !missing_.empty() || !visits_.empty())) {
    look_ = true;
  }
}

void ImapClient::take_code(Context& context, const std::string& code) {
  if (code.empty()) return;
  const size_t space = code.find(' ');
  const std::string name = ascii_upper(code.substr(0, space));
  const std::string_view rest =
      space == std::string::npos ? std::string_view() : std::string_view(code).substr(space + 1);
  const std::optional<uint64_t> number = parse_number(rest);
  if (name == "CLOSED") {
    awaiting_closed_ = false;
  } else if (name == "UIDVALIDITY" && number && *number <= UINT32_MAX) {
    // Also where the server does not say CLOSED: what follows is about the new one.
    awaiting_closed_ = false;
    take_uid_validity(context, static_cast<uint32_t>(*number));
  } else if (name == "UIDNEXT" && number && *number <= UINT32_MAX) {
    if (awaits(Doing::kSelect)) uid_next_ = static_cast<uint32_t>(*number);
  } else if (name == "HIGHESTMODSEQ" && number && !awaiting_closed_) {
    modseq_ = *number;
    mark_told_ = true;
  } else if (name == "COPYUID" || name == "APPENDUID") {
    take_new_uid(context, code);
  }
}

void ImapClient::take_uid_validity(Context& context, uint32_t uid_validity) {
  const LocalFolder* known = (*context.local)->find_folder(folder_);
  if (folder_.empty() || (!kept_ && known == nullptr)) return;
  if (known != nullptr && known->uid_validity == uid_validity) return;
  if (awaits(Doing::kFetchNew) || awaits(Doing::kFetchFlags)) renumbered_ = true;
  uids_.clear();
  context.local->edit().set_uid_validity(folder_, uid_validity, context.trace,
                                         config_->keep_bodies);
}

void ImapClient::take_exists(Context& context, uint32_t count) {
  if (count > exists_ && !awaits(Doing::kSelect)) uid_next_ = 0;
  exists_ = count;
  // A lie of a billion messages must not cost memory: the numbering grows as it is told.
  if (exists_ < uids_.size()) uids_.resize(exists_);
  record_view(context, ViewChange::kExists, exists_, {}, fmt::format("{} EXISTS", exists_));
}

void ImapClient::remove_entry(Context& context, Uid uid) {
  const LocalEntry* entry =
      uid.value != 0 ? (*context.local)->find_uid(folder_, uid) : nullptr;
  if (entry != nullptr) context.local->edit().remove(folder_, entry->key, context.trace);
}

void ImapClient::take_expunge(Context& context, uint32_t number) {
  if (number == 0 || number > exists_) {
    return record_violation(context, "RFC 3501 §7.4.1: EXPUNGE of a number that does not exist");
  }
  --exists_;
  synced_exists_ = std::min(synced_exists_, exists_);
  Uid uid;
  if (number <= uids_.size()) {
    uid = uids_[number - 1];
    uids_.erase(uids_.begin() + (number - 1));
    record_view(context, ViewChange::kExpunge, number, uid, fmt::format("{} EXPUNGE", number));
    remove_entry(context, uid);
  }
  // A message of which it was never told which it is: only asking tells.
  if (uid.value == 0 && stage_ == Stage::kSynced && known_count(context) > exists_) unsure_ = true;
}

void ImapClient::take_vanished(Context& context, const Response& response) {
  const std::optional<imap::VanishedData> data = imap::vanished_data(response);
  if (!data) return;
  const Ranges uids = ranges_of(data->uids);
  if (!data->earlier) return take_vanished_now(context, uids);
  // RFC 7162 §3.2.10.1: these were gone before, and are in no numbering.
  remove_entries(context, uids);
}

void ImapClient::remove_entries(Context& context, const Ranges& uids) {
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  if (folder == nullptr || !kept_) return;
  std::vector<uint32_t> gone;
  for (const LocalEntry& entry : folder->entries) {
    if (entry.uid.value != 0 && imap::in_ranges(uids, entry.uid.value)) gone.push_back(entry.key);
  }
  for (const uint32_t key : gone) context.local->edit().remove(folder_, key, context.trace);
}

void ImapClient::take_vanished_now(Context& context, const Ranges& uids) {
  uint64_t count = 0;
  for (const imap::SequenceSet::Range& range : uids) count += range.last - range.first + 1;
  if (count > exists_) {
    return record_violation(context, "RFC 7162 §3.2.10.2: VANISHED of more than there is");
  }
  exists_ -= static_cast<uint32_t>(count);
  synced_exists_ = std::min(synced_exists_, exists_);
  size_t numbered = 0;
  for (size_t i = uids_.size(); i-- > 0;) {
    if (uids_[i].value == 0 || !imap::in_ranges(uids, uids_[i].value)) continue;
    ++numbered;
    record_view(context, ViewChange::kExpunge, static_cast<uint32_t>(i) + 1, uids_[i],
                fmt::format("VANISHED {}", uids_[i].value));
    uids_.erase(uids_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  remove_entries(context, uids);
  // One that had no number here yet: which numbers have shifted is not known.
  if (numbered < count) uids_.clear();
}

Uid ImapClient::take_number(uint32_t number, const Value* uid_value) {
  Uid uid;
  if (uid_value != nullptr) {
    uid.value = static_cast<uint32_t>(parse_number(uid_value->text, UINT32_MAX).value_or(0));
    if (number >= 1 && number <= exists_ && number <= kMaxNumbering) {
      if (uids_.size() < number) uids_.resize(number);
      uids_[number - 1] = uid;
    }
  } else if (number >= 1 && number <= uids_.size()) {
    uid = uids_[number - 1];
  }
  return uid;
}

void ImapClient::take_fetch(Context& context, const Response& response) {
  const Value& data = response.values[0];
  const bool by_uid = response.name == "UIDFETCH";
  const uint32_t number = by_uid ? 0 : *response.number;
  const Uid uid = by_uid ? Uid{*response.number} : take_number(number, data.after("UID"));
  // A change to nobody knows which message: the next session has to be told again.
  if (uid.value == 0 && data.after("FLAGS") != nullptr) mark_lost_ = true;
  if (uid.value == 0 || !kept_) return;
  if (const Value* modseq = data.after("MODSEQ"); modseq != nullptr && modseq->items.size() == 1) {
    fetched_modseq_ = std::max(fetched_modseq_, parse_number(modseq->items[0].text).value_or(0));
  }
  const LocalEntry* known = (*context.local)->find_uid(folder_, uid);
  if (known == nullptr) return take_new(context, uid, number, data);
  const uint32_t key = known->key;
  if (const Value* flags = data.after("FLAGS")) {
    record_view(context, ViewChange::kFlags, number, uid, "FLAGS");
    const FlagBits told = bits_of(context, *flags);
    context.local->edit().set_told_flags(folder_, key, told);
    show_flags(context, folder_, key);
    for (Command& command : sent_) {
      const ImapOrder* order = command.doing == Doing::kStore ? order_of(command) : nullptr;
      if (order != nullptr && order->key == key) command.flags_told = true;
    }
  }
  take_body(context, key, data);
}

void ImapClient::take_body(Context& context, uint32_t key, const Value& data) {
  const LocalEntry* known = (*context.local)->find(folder_, key);
  const Value* body = data.after("BODY[]");
  if (body != nullptr && known->message == nullptr && body->kind == Value::Kind::kString) {
    context.local->edit().set_message(folder_, key, make_message(body->text), context.trace);
  }
  const Value* preview = data.after("PREVIEW");
  if (preview != nullptr && preview->kind == Value::Kind::kString) {
    context.local->edit().set_preview(folder_, key, preview->text.substr(0, kMaxPreview));
  }
}

void ImapClient::take_new(Context& context, Uid uid, uint32_t number, const Value& data) {
  const Value* envelope = data.after("ENVELOPE");
  if (envelope == nullptr) {
    const auto place = std::lower_bound(missing_.begin(), missing_.end(), uid.value);
    const bool listed = place != missing_.end() && *place == uid.value;
    if (!listed && missing_.size() < kMaxMissing) missing_.insert(place, uid.value);
    return;
  }
  const Value* flags = data.after("FLAGS");
  LocalEntry entry;
  entry.uid = uid;
  entry.flags = entry.told_flags = flags != nullptr ? bits_of(context, *flags) : 0;
  entry.size = number_after(data, "RFC822.SIZE").value_or(0);
  if (envelope->items.size() > kEnvelopeSubject) {
    entry.subject = decode_encoded_words(envelope->items[kEnvelopeSubject].text);
  }
  if (envelope->items.size() > kEnvelopeMessageId) {
    entry.message_id = envelope->items[kEnvelopeMessageId].text;
  }
  entry.from = first_author(*envelope);
  // Told without being asked: there is no need to ask.
  if (number == synced_exists_ + 1 && number <= exists_) synced_exists_ = number;
  const uint32_t key = own_entry(context, entry);
  if (key == 0) entry.message = former_message(context, entry);
  if (key != 0) {
    context.local->edit().set_uid(folder_, key, uid);
    context.local->edit().set_told_flags(folder_, key, entry.told_flags);
    show_flags(context, folder_, key);
    return take_body(context, key, data);
  }
  take_body(context, context.local->edit().add(folder_, std::move(entry), context.trace), data);
}

uint32_t ImapClient::own_entry(Context& context, const LocalEntry& told) const {
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  if (folder == nullptr || told.message_id.empty()) return 0;
  for (const LocalEntry& entry : folder->entries) {
    // A draft often keeps its Message-ID when it is written on, here or elsewhere.
    const bool same =
        entry.message_id == told.message_id && (told.size == 0 || entry.size == told.size);
    if (entry.uid.value == 0 && same) return entry.key;
    // In a folder in the order of its UIDs they would stand first.
    if (entry.uid.value != 0 && folder->in_uid_order) return 0;
  }
  return 0;
}

MessagePtr ImapClient::former_message(Context& context, const LocalEntry& entry) const {
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  if (folder == nullptr || entry.message_id.empty()) return nullptr;
  for (const LocalEntry& former : folder->former) {
    if (former.message_id == entry.message_id && former.message->size() == entry.size) {
      return former.message;
    }
  }
  return nullptr;
}

// ---- what a whole answer tells

void ImapClient::drop_untold(Context& context) {
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  if (folder == nullptr) return;
  std::vector<Uid> told = uids_;
  std::sort(told.begin(), told.end());
  std::vector<uint32_t> gone;
  for (const LocalEntry& entry : folder->entries) {
    if (entry.uid.value != 0 && !std::binary_search(told.begin(), told.end(), entry.uid)) {
      gone.push_back(entry.key);
    }
  }
  for (const uint32_t key : gone) context.local->edit().remove(folder_, key, context.trace);
}

void ImapClient::drop_unfound(Context& context) {
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  if (folder == nullptr) return;
  std::vector<uint32_t> gone;
  for (const LocalEntry& entry : folder->entries) {
    if (entry.uid.value != 0 && !imap::in_ranges(found_, entry.uid.value)) {
      gone.push_back(entry.key);
    }
  }
  for (const uint32_t key : gone) context.local->edit().remove(folder_, key, context.trace);
}

size_t ImapClient::known_count(Context& context) const {
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  if (folder == nullptr) return 0;
  return static_cast<size_t>(
      std::count_if(folder->entries.begin(), folder->entries.end(),
                    [](const LocalEntry& entry) { return entry.uid.value != 0; }));
}

void ImapClient::number_by_cache(Context& context) {
  // Message n is the one with the n-th UID (RFC 3501 §2.3.1.2), when all are known.
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  if (folder == nullptr || known_count(context) != exists_ || exists_ > kMaxNumbering) return;
  std::vector<Uid> numbered;
  for (const LocalEntry& entry : folder->entries) {
    if (entry.uid.value != 0) numbered.push_back(entry.uid);
  }
  std::sort(numbered.begin(), numbered.end());
  // As many messages need not be the same ones: what the server has said of a number counts.
  for (size_t i = 0; i < uids_.size() && i < numbered.size(); ++i) {
    if (uids_[i].value != 0 && uids_[i] != numbered[i]) return;
  }
  uids_ = std::move(numbered);
}

void ImapClient::take_found(const Response& response) {
  if (!awaits(Doing::kSearchAll) && !awaits(Doing::kSearchDeleted) && !awaits(Doing::kFind)) return;
  if (response.name == "SEARCH") {
    std::vector<uint32_t> numbers;
    for (const Value& value : response.values) {
      const auto number = parse_number(value.text, UINT32_MAX);
      if (number && *number > 0) numbers.push_back(static_cast<uint32_t>(*number));
    }
    std::sort(numbers.begin(), numbers.end());
    found_.clear();
    for (const uint32_t number : numbers) found_.push_back({number, number});
    return;
  }
  const std::optional<imap::EsearchData> data = imap::esearch_data(response);
  if (data) found_ = ranges_of(data->all);
}

void ImapClient::take_listed(const Response& response) {
  const std::optional<imap::ListData> data = imap::list_data(response);
  if (!awaits(Doing::kList) || !data || listed_.size() > kMaxListed) return;
  Listed listed;
  const std::optional<std::string> name = imap::folder_name(data->mailbox);
  if (!name || listed_.size() == kMaxListed) {
    listed.name = imap::shown_name(data->mailbox);
    listed.usable = listed.selectable = false;
    return listed_.push_back(std::move(listed));
  }
  listed.name = *name;
  constexpr const char* kUses[] = {"\\All",  "\\Archive", "\\Drafts", "\\Flagged",
                                   "\\Junk", "\\Sent",    "\\Trash"};
  for (const std::string& attribute : data->attributes) {
    if (equals_ignoring_case(attribute, "\\Noselect") ||
        equals_ignoring_case(attribute, "\\NonExistent")) {
      listed.selectable = false;
    }
    for (const char* use : kUses) {
      if (equals_ignoring_case(attribute, use)) listed.use = use;
    }
  }
  listed_.push_back(std::move(listed));
}

void ImapClient::take_status(Context& context, const Response& response) {
  if (response.values.size() < 2) return;
  const std::optional<std::string> name = imap::folder_name(response.values[0].text);
  if (!name) return;
  const Value& items = response.values[1];
  Listed told;
  told.name = *name;
  told.messages = small_number_after(items, "MESSAGES");
  told.uid_next = small_number_after(items, "UIDNEXT");
  told.uid_validity = small_number_after(items, "UIDVALIDITY");
  told.modseq = number_after(items, "HIGHESTMODSEQ");
  for (Listed& listed : listed_) {
    if (listed.name != told.name || !listed.usable) continue;
    told.use = listed.use;
    told.selectable = listed.selectable;
    listed = told;
    return;
  }
  // Not asked for: NOTIFY tells that something has changed there (RFC 5465 §4, §5).
  if (notifying_ && told.name != folder_ && config_->keeps(told.name) &&
      !is_unchanged(context, told)) {
    revisit(told.name);
  }
}

}  // namespace mailscope
