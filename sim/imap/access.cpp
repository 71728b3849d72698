#include "sim/imap/access.h"

#include <algorithm>
#include <set>

#include "sim/base/ascii.h"
#include "sim/imap/mailbox_names.h"
#include "sim/wire/imap_grammar.h"
#include "sim/wire/imap_utf7.h"
#include "sim/wire/net_unicode.h"

namespace mailscope {
namespace {

using imap::Right;
using imap::Rights;

constexpr char kSeparator = MailStore::kSeparator;

/// RFC 3501 §5.1: INBOX in any case, and so the first level of what lies below it: two spellings of
/// one parent would be two.
void canonicalise_inbox(std::string& name) {
  const size_t level = std::min(name.find(kSeparator), name.size());
  const std::string_view inbox = canonical_mailbox_name(std::string_view(name).substr(0, level));
  if (inbox == "INBOX") name.replace(0, level, inbox);
}

std::optional<std::string> name_from_utf8(std::optional<std::string> text) {
  if (text) text = net_unicode(*text);
  if (text) text = imap::encode_mailbox_utf7(*text);
  if (text) canonicalise_inbox(*text);
  return text;
}

}  // namespace

std::optional<std::string> Access::name_from_wire(std::string_view wire) const {
  return utf8_ ? name_from_utf8(std::string(wire)) : canonical_name(wire);
}

std::optional<std::string> Access::canonical_name(std::string_view name) {
  return name_from_utf8(imap::parse_mailbox_utf7(name));
}

std::string Access::wire_name(std::string_view name) const {
  if (!utf8_) return std::string(name);
  return imap::parse_mailbox_utf7(name).value_or(std::string(name));
}

std::string Access::encoded_wire(std::string_view wire) const {
  const bool ascii = std::all_of(wire.begin(), wire.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!utf8_ || ascii) return imap::encode_astring(wire);
  std::string quoted = "\"";
  for (const char c : wire) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::optional<MailboxPlace> Access::place_of(std::string_view name) const {
  if (!shared_ || !is_at_or_below(name, kOtherUsers)) return MailboxPlace{user_, std::string(name)};
  name.remove_prefix(std::min(name.size(), kOtherUsers.size() + 1));
  const size_t level = name.find(kSeparator);
  if (level == std::string_view::npos || level + 1 == name.size()) return std::nullopt;
  const std::optional<std::string> login = imap::parse_mailbox_utf7(name.substr(0, level));
  const Account* owner = login ? store_.find_account(*login) : nullptr;
  if (owner == nullptr || owner->id == user_) return std::nullopt;
  return MailboxPlace{owner->id, std::string(name.substr(level + 1))};
}

const Mailbox* Access::find(std::string_view name) const {
  const std::optional<MailboxPlace> place = place_of(name);
  return place ? store_.find_mailbox(place->owner, place->name) : nullptr;
}

std::string Access::prefix_of(AccountId owner) const {
  if (owner == user_) return {};
  const std::string& login = store_.account(owner).name;
  std::string prefix(kOtherUsers);
  prefix += kSeparator;
  prefix += imap::encode_mailbox_utf7(login).value_or(login);
  return prefix + kSeparator;
}

std::string Access::name_of(const Mailbox& mailbox) const {
  return prefix_of(mailbox.account) + mailbox.name;
}

Rights Access::rights(const Mailbox& mailbox) const {
  if (shared_) return imap::rights_of(store_, mailbox, user_);
  return mailbox.account == user_ ? imap::kAllRights : Rights{0};
}

bool Access::may_create(const MailboxPlace& place) const {
  for (std::string_view above = superior_name(place.name); !above.empty();
       above = superior_name(above)) {
    const Mailbox* mailbox = store_.find_mailbox(place.owner, above);
    if (mailbox != nullptr) return may(*mailbox, Right::kCreate);
  }
  return place.owner == user_;
}

VisibleName Access::seen(const Mailbox& mailbox) const {
  VisibleName found{name_of(mailbox), &mailbox, rights(mailbox), false};
  if (mailbox.account == user_) {
    found.has_children = store_.has_inferiors(mailbox);
    return found;
  }
  for (const Mailbox* other : store_.mailboxes_of(mailbox.account)) {
    if (!is_below(other->name, mailbox.name) || !may(*other, Right::kLookup)) continue;
    found.has_children = true;
    break;
  }
  return found;
}

void Access::add_others(std::vector<VisibleName>& names) const {
  std::set<std::string> levels;
  for (const Account& account : store_.accounts()) {
    // A user whose name would be two levels, or none, cannot be named here.
    if (account.id == user_ || account.name.empty() ||
        account.name.find(kSeparator) != std::string::npos) {
      continue;
    }
    for (const Mailbox* mailbox : store_.mailboxes_of(account.id)) {
      if (mailbox->acl.empty() || !may(*mailbox, Right::kLookup)) continue;
      names.push_back({name_of(*mailbox), mailbox, rights(*mailbox), false});
      std::string_view above = superior_name(names.back().name);
      while (!above.empty() && levels.insert(std::string(above)).second) {
        above = superior_name(above);
      }
    }
  }
  // A level that is a mailbox of its own with rights is there already.
  std::sort(names.begin(), names.end(),
            [](const VisibleName& a, const VisibleName& b) { return a.name < b.name; });
  const size_t mailboxes = names.size();
  for (const std::string& level : levels) {
    const auto end = names.begin() + static_cast<std::ptrdiff_t>(mailboxes);
    const auto at = std::lower_bound(
        names.begin(), end, level,
        [](const VisibleName& visible, const std::string& name) { return visible.name < name; });
    if (at == end || at->name != level) names.push_back({level, nullptr, 0, false});
  }
}

std::vector<VisibleName> Access::visible() const {
  std::vector<VisibleName> names;
  for (const Mailbox* mailbox : store_.mailboxes_of(user_)) {
    // A mailbox that the name of the other users' namespace hides cannot be reached.
    if (shared_ && is_at_or_below(mailbox->name, kOtherUsers)) continue;
    names.push_back({mailbox->name, mailbox, rights(*mailbox), false});
  }
  if (shared_) add_others(names);
  std::sort(names.begin(), names.end(),
            [](const VisibleName& a, const VisibleName& b) { return a.name < b.name; });
  for (const VisibleName& visible : names) {
    const std::string_view above = superior_name(visible.name);
    if (above.empty()) continue;
    const auto parent = std::lower_bound(
        names.begin(), names.end(), above,
        [](const VisibleName& other, std::string_view name) { return other.name < name; });
    if (parent != names.end() && parent->name == above) parent->has_children = true;
  }
  return names;
}

}  // namespace mailscope
