#include "sim/imap/rights.h"

#include "sim/base/ascii.h"

namespace mailscope::imap {

std::optional<Rights> parse_rights(std::string_view letters) {
  Rights rights = 0;
  for (const char c : letters) {
    const size_t at = kRightLetters.find(c);
    if (c == 'c') {
      rights |= kCreateMembers;
    } else if (c == 'd') {
      rights |= kDeleteMembers;
    } else if (at != std::string_view::npos) {
      rights |= bit(static_cast<Right>(at));
    } else {
      return std::nullopt;
    }
  }
  return rights;
}

std::string encode_rights(Rights rights) {
  std::string letters;
  for (size_t i = 0; i < kRightLetters.size(); ++i) {
    if ((rights & bit(static_cast<Right>(i))) != 0) letters += kRightLetters[i];
  }
  return letters;
}

std::string encode_rights_for_all(Rights rights) {
  std::string letters = encode_rights(rights);
  if ((rights & kCreateMembers) != 0) letters += 'c';
  if ((rights & kDeleteMembers) != 0) letters += 'd';
  return letters;
}

Rights rights_of(const MailStore& store, const Mailbox& mailbox, AccountId account) {
  const bool owner = mailbox.account == account;
  if (mailbox.acl.empty()) return owner ? kAllRights : Rights{0};
  const std::string& name = store.account(account).name;
  Rights given = 0;
  Rights taken = 0;
  bool named = false;
  for (const AclEntry& entry : mailbox.acl) {
    std::string_view who = entry.identifier;
    const bool negative = who.substr(0, 1) == "-";
    if (negative) who.remove_prefix(1);
    const bool me = equals_ignoring_case(who, name);
    if (!me && who != "anyone") continue;
    const Rights rights = parse_rights(entry.rights).value_or(0);
    if (negative) {
      taken |= rights;
    } else {
      given |= rights;
      named = named || me;
    }
  }
  if (!owner) return given & ~taken;
  if (!named) given = kAllRights;
  return (given & ~taken) | kOwnersRights;
}

}  // namespace mailscope::imap
