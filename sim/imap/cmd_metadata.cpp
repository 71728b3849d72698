// GETMETADATA and SETMETADATA: annotations of mailboxes and of the server, RFC 5464. A mailbox has
// those that everybody shares, and the private ones of its owner; the server has private ones of
// each user and shared ones, which the administrator of this server alone could set.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/base/ascii.h"
#include "sim/imap/mailbox_names.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"
#include "sim/imap/special_use.h"

namespace mailscope {
namespace {

using imap::Extension;
using imap::kSpecialUseEntry;
using imap::Right;
using imap::Rights;

constexpr std::string_view kPrivate = "/private";
constexpr std::string_view kShared = "/shared";
constexpr std::string_view kAdminEntry = "/shared/admin";
constexpr size_t kMaxEntryName = 255;

/// RFC 5464 §3.3 with RFC 4314: who may look a mailbox up and do something with its messages.
constexpr Rights kReaders = imap::bit(Right::kRead) | imap::bit(Right::kSeen) |
                            imap::bit(Right::kWrite) | imap::bit(Right::kInsert) |
                            imap::bit(Right::kPost);

using Annotations = std::map<std::string, std::string, std::less<>>;

bool is_private(std::string_view entry) { return is_at_or_below(entry, kPrivate); }

void add_all(Annotations& all, const std::vector<MetadataEntry>& entries, bool with_private) {
  for (const MetadataEntry& entry : entries) {
    if (with_private || !is_private(entry.name)) all.insert_or_assign(entry.name, entry.value);
  }
}

/// The uses named in the value; nullopt when one is none that can be given.
std::optional<std::vector<std::string>> parse_uses(std::string_view value) {
  std::vector<std::string> uses;
  for (size_t begin = 0; begin < value.size();) {
    const size_t end = std::min(value.find(' ', begin), value.size());
    const std::string_view use = imap::find_special_use(value.substr(begin, end - begin));
    if (use.empty()) return std::nullopt;
    uses.emplace_back(use);
    begin = end + 1;
  }
  return uses;
}

/// Levels of `entry` below `root`; nullopt when it is not there.
std::optional<uint32_t> depth_below(std::string_view entry, std::string_view root) {
  if (!is_at_or_below(entry, root)) return std::nullopt;
  return static_cast<uint32_t>(std::count(entry.begin(), entry.end(), '/') -
                               std::count(root.begin(), root.end(), '/'));
}

/// What GETMETADATA asked for: a value, or none for an entry that was named and is not there.
using Answers = std::map<std::string, std::optional<std::string>, std::less<>>;

Answers select(const Annotations& all, const imap::GetMetadataArguments& arguments,
               uint64_t& longest_left_out) {
  Answers answers;
  for (const std::string& wanted : arguments.entries) {
    const std::string root = ascii_lower(wanted);
    if (arguments.depth == 0 && all.find(root) == all.end()) answers.emplace(root, std::nullopt);
    for (auto at = all.lower_bound(root); at != all.end(); ++at) {
      if (at->first.compare(0, root.size(), root) != 0) break;
      const std::optional<uint32_t> depth = depth_below(at->first, root);
      if (!depth || *depth > arguments.depth) continue;
      if (arguments.max_size && at->second.size() > *arguments.max_size) {
        // RFC 5464 §4.2.1: left out, and the size of the largest is told.
        longest_left_out = std::max<uint64_t>(longest_left_out, at->second.size());
      } else {
        answers.emplace(at->first, at->second);
      }
    }
  }
  return answers;
}

}  // namespace

void ImapServer::cmd_get_metadata(Turn& turn, const imap::GetMetadataArguments& arguments) {
  for (const std::string& entry : arguments.entries) {
    if (is_private(ascii_lower(entry)) || is_at_or_below(ascii_lower(entry), kShared)) continue;
    return bad(turn, "entries begin with /private or /shared",
               "RFC 5464 §3.2.1: an entry that is neither /private nor /shared");
  }
  const MailStore& store = **turn.context.store;
  const Access as_seen = access(turn);
  Annotations all;
  std::string name;
  if (arguments.mailbox.empty()) {
    all.emplace(kAdminEntry, fmt::format("mailto:postmaster@{}", turn.context.host_name));
    add_all(all, store.account(account_).metadata, true);
    add_all(all, store.metadata(), false);
  } else {
    const Mailbox* mailbox = existing(turn, arguments.mailbox, Right::kLookup);
    if (mailbox == nullptr) return;
    if ((as_seen.rights(*mailbox) & kReaders) == 0) {
      return no(turn, "[NOPERM] you may not read this mailbox");
    }
    name = as_seen.name_of(*mailbox);
    const bool own = mailbox->account == account_;
    add_all(all, mailbox->metadata, own);
    if (own && offers(Extension::kSpecialUse) && !mailbox->special_use.empty()) {
      all.insert_or_assign(std::string(kSpecialUseEntry), imap::encode_uses(mailbox->special_use));
    }
  }
  uint64_t longest_left_out = 0;
  const Answers answers = select(all, arguments, longest_left_out);
  if (!answers.empty()) {
    ResponseWriter writer(turn.out);
    writer.add("* METADATA ");
    writer.add_encoded(name.empty() ? "\"\"" : as_seen.encoded(name));
    const char* before = " (";
    for (const auto& [entry, value] : answers) {
      writer.add(before);
      writer.add_encoded(imap::encode_astring(entry));
      writer.add(" ");
      before = " ";
      if (value && value->find('\0') != std::string::npos) {
        writer.add_binary(*value);
      } else {
        writer.add_encoded(imap::encode_nstring(value));
      }
    }
    writer.add(")");
    writer.finish();
  }
  ok(turn, longest_left_out == 0
               ? std::string("GETMETADATA completed")
               : fmt::format("[METADATA LONGENTRIES {}] GETMETADATA completed", longest_left_out));
}

std::string ImapServer::why_not_annotate(const Turn& turn, const Mailbox* mailbox,
                                         const imap::SetMetadataArguments& arguments) const {
  const MailStore& store = **turn.context.store;
  const std::vector<MetadataEntry>& there =
      mailbox != nullptr ? mailbox->metadata : store.account(account_).metadata;
  size_t added = 0;
  for (const auto& [name, value] : arguments.values) {
    const std::string entry = ascii_lower(name);
    if (entry.size() > kMaxEntryName) return "[CANNOT] the name of the entry is too long";
    if (value && value->size() > config_->max_annotation) {
      return fmt::format("[METADATA MAXSIZE {}] the value is too long", config_->max_annotation);
    }
    if (!is_private(entry)) {
      const bool may = mailbox != nullptr && has_right(turn, *mailbox, Right::kWrite);
      if (!may) return "[NOPERM] you may not change what is shared here";
    } else if (mailbox != nullptr && mailbox->account != account_) {
      return "[METADATA NOPRIVATE] only the owner has private entries of this mailbox";
    }
    if (entry == kSpecialUseEntry && mailbox != nullptr && offers(Extension::kSpecialUse)) {
      if (value && !parse_uses(*value)) return "[CANNOT] these special uses cannot be given";
      continue;
    }
    const bool known = std::any_of(there.begin(), there.end(), [&entry](const MetadataEntry& one) {
      return one.name == entry;
    });
    added += value && !known ? 1 : 0;
  }
  return there.size() + added > config_->max_annotations && added > 0
             ? "[METADATA TOOMANY] there are too many entries"
             : std::string();
}

void ImapServer::cmd_set_metadata(Turn& turn, const imap::SetMetadataArguments& arguments) {
  for (const auto& [name, value] : arguments.values) {
    const std::string entry = ascii_lower(name);
    if (is_below(entry, kPrivate) || is_below(entry, kShared)) continue;
    return bad(turn, "entries begin with /private or /shared",
               "RFC 5464 §3.2.1: an entry that is neither /private nor /shared");
  }
  const Mailbox* mailbox = nullptr;
  if (!arguments.mailbox.empty()) {
    mailbox = existing(turn, arguments.mailbox, Right::kLookup);
    if (mailbox == nullptr) return;
    if ((access(turn).rights(*mailbox) & kReaders) == 0) {
      return no(turn, "[NOPERM] you may not annotate this mailbox");
    }
  }
  // RFC 5464 §4.3: all of it is set, or nothing.
  const std::string why_not = why_not_annotate(turn, mailbox, arguments);
  if (!why_not.empty()) return no(turn, why_not);
  const MailboxId id = mailbox != nullptr ? mailbox->id : MailboxId{};
  MailStore& store = turn.context.store->edit();
  for (const auto& [name, value] : arguments.values) {
    const std::string entry = ascii_lower(name);
    if (!id.valid()) {
      store.set_metadata(account_, entry, value, turn.context.trace);
    } else if (entry == kSpecialUseEntry && offers(Extension::kSpecialUse)) {
      const auto uses = parse_uses(value.value_or("")).value_or(std::vector<std::string>());
      if (uses != store.mailbox(id).special_use) {
        store.note_annotation(id, entry, turn.context.trace);
      }
      store.set_special_use(id, uses);
    } else {
      store.set_metadata(id, entry, value, turn.context.trace);
    }
  }
  ok(turn, "SETMETADATA completed");
}

}  // namespace mailscope
