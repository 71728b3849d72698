#include "sim/imap/listing.h"

#include <algorithm>
#include <map>

#include "sim/imap/list_patterns.h"
#include "sim/imap/mailbox_names.h"
#include "sim/wire/imap_utf7.h"

namespace mailscope {
namespace {

using imap::Right;

/// What is known of a name that may be listed.
struct Candidate {
  const VisibleName* visible = nullptr;  // null: there is no such mailbox for this user
  bool subscribed = false;
  ListPatterns::Match match;
  // Of names further down: one meets the criteria; and one that does is not listed itself.
  bool child_selected = false;
  bool child_unlisted = false;

  [[nodiscard]] const Mailbox* mailbox() const {
    return visible == nullptr ? nullptr : visible->mailbox;
  }
};
using Candidates = std::map<std::string, Candidate, std::less<>>;

std::string in_utf8(std::string_view name) {
  return imap::parse_mailbox_utf7(name).value_or(std::string(name));
}

bool can_be_opened(const VisibleName& visible) {
  return visible.mailbox != nullptr && !visible.mailbox->no_select &&
         (visible.rights & imap::bit(Right::kRead)) != 0;
}

/// Special uses belong to the user whose mailbox it is (RFC 6154 §2): to others another mailbox is
/// where their drafts go.
bool has_use(const Mailbox* mailbox, AccountId user) {
  return mailbox != nullptr && mailbox->account == user && !mailbox->special_use.empty();
}

void add_word(std::string& words, std::string_view word) {
  if (!words.empty()) words += ' ';
  words += word;
}

Candidates candidates_of(const std::vector<VisibleName>& visible, const Account& user,
                         const imap::ListArguments& arguments) {
  Candidates all;
  for (const VisibleName& name : visible) all[name.name].visible = &name;
  for (const std::string& name : user.subscriptions) {
    all[name].subscribed = true;
    if (!arguments.recursive_match) continue;
    // Names above it, of which there need be no mailbox, may be told for its sake.
    for (std::string_view above = superior_name(name); !above.empty();
         above = superior_name(above)) {
      if (!all.emplace(above, Candidate{}).second) break;
    }
  }
  return all;
}

bool is_selected(const Candidate& candidate, AccountId user, const imap::ListArguments& arguments) {
  if (arguments.special_use && !has_use(candidate.mailbox(), user)) return false;
  return arguments.subscribed ? candidate.subscribed : candidate.mailbox() != nullptr;
}

/// Tells the names above each one that meets the criteria.
void mark_parents(Candidates& all, AccountId user, const imap::ListArguments& arguments) {
  for (const auto& [name, candidate] : all) {
    if (!is_selected(candidate, user, arguments)) continue;
    for (std::string_view above = superior_name(name); !above.empty();
         above = superior_name(above)) {
      const auto found = all.find(above);
      if (found == all.end()) continue;
      found->second.child_selected = true;
      found->second.child_unlisted = found->second.child_unlisted || !candidate.match.name;
    }
  }
}

std::string attributes_of(const std::string& name, const Candidate& candidate, AccountId user,
                          const imap::ListArguments& arguments, ListingHabits habits) {
  habits.children = habits.children || arguments.return_children;
  habits.special_use = habits.special_use || arguments.return_special_use || arguments.special_use;
  const VisibleName nowhere{name, nullptr, 0, false};
  std::string words =
      list_attributes(candidate.visible == nullptr ? nowhere : *candidate.visible, user, habits);
  const bool wanted = arguments.subscribed || arguments.return_subscribed;
  if (wanted && candidate.subscribed) add_word(words, "\\Subscribed");
  return words;
}

}  // namespace

std::string list_attributes(const VisibleName& visible, AccountId user,
                            const ListingHabits& habits) {
  std::string words;
  if (visible.mailbox == nullptr && habits.extended) {
    words = "\\NonExistent";
  } else if (!can_be_opened(visible)) {
    words = "\\Noselect";
  }
  // No name can be one level longer than the longest: RFC 3501 §7.2.2, and RFC 5258 §4, by which
  // it says \HasNoChildren as well.
  const bool full =
      visible.mailbox != nullptr && visible.mailbox->name.size() + 2 > kMaxMailboxName;
  if (full && !visible.has_children) {
    add_word(words, "\\Noinferiors");
  } else if (habits.children) {
    add_word(words, visible.has_children ? "\\HasChildren" : "\\HasNoChildren");
  }
  if (habits.special_use && has_use(visible.mailbox, user)) {
    for (const std::string& use : visible.mailbox->special_use) add_word(words, use);
  }
  return words;
}

std::vector<ListedName> list_names(const Access& access, const Account& user,
                                   const imap::ListArguments& arguments,
                                   const std::vector<std::string>& patterns,
                                   const ListingHabits& habits) {
  const std::vector<VisibleName> visible = access.visible();
  const ListPatterns wanted(patterns);
  Candidates all = candidates_of(visible, user, arguments);
  for (auto& [name, candidate] : all) candidate.match = wanted.match(in_utf8(name));
  if (arguments.recursive_match) mark_parents(all, user.id, arguments);
  const bool everything = !arguments.subscribed && !arguments.special_use;
  std::vector<ListedName> listed;
  for (const auto& [name, candidate] : all) {
    if (!candidate.match.name) continue;
    const bool selected = is_selected(candidate, user.id, arguments);
    // RFC 9051 §6.3.9.3: what does not meet the criteria is named only for the sake of a name below
    // it that does and is not named itself. RFC 3501 §6.3.8: with "%" at the end a level is, too.
    const bool level = everything && candidate.match.level && candidate.visible != nullptr;
    if (!selected && !candidate.child_unlisted && !level) continue;
    ListedName& row = listed.emplace_back();
    row.name = name;
    row.attributes = attributes_of(name, candidate, user.id, arguments, habits);
    // RFC 5258 §6: base options alone can stand there, and SUBSCRIBED is the only one.
    if (candidate.child_selected) row.child_info = "\"SUBSCRIBED\"";
    const bool opens = candidate.visible != nullptr && can_be_opened(*candidate.visible);
    if (selected && opens) row.status_of = candidate.mailbox();
  }
  return listed;
}

std::vector<ListedName> list_subscriptions(const Account& user,
                                           const std::vector<std::string>& patterns) {
  const ListPatterns wanted(patterns);
  std::map<std::string, bool, std::less<>> names;  // true: not subscribed itself
  for (const std::string& name : user.subscriptions) {
    if (wanted.match(in_utf8(name)).name) {
      names[name] = false;
      continue;
    }
    // RFC 3501 §6.3.9: with "%" a subscribed name further down shows through the names above it.
    for (std::string_view above = superior_name(name); !above.empty();
         above = superior_name(above)) {
      if (wanted.match(in_utf8(above)).level) names.emplace(above, true);
    }
  }
  std::vector<ListedName> listed;
  for (const auto& [name, above] : names) listed.push_back({name, above ? "\\Noselect" : "", {}});
  return listed;
}

}  // namespace mailscope
