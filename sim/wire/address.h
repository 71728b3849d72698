// Address lists of header fields: RFC 5322 §3.4, with groups, comments, quoted strings and the
// obsolete route (§4.4), in the four pieces that IMAP's ENVELOPE reports (RFC 3501 §7.4.2).
// Lenient: something is made of whatever stands there. The path grammar of SMTP commands is not
// here: see smtp_grammar.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

struct Address {
  enum class Kind {
    kMailbox,
    kGroupStart,  // `name` is the group's; its members follow as mailboxes
    kGroupEnd,    // everything is empty
  };

  Kind kind = Kind::kMailbox;
  std::string name;   // display name without its quotes, encoded words as they stand; may be empty
  std::string route;  // obsolete source route, "@one.example,@two.example"; usually empty
  std::string mailbox;  // local part without its quotes; empty when missing
  std::string host;     // domain or [literal]; empty when missing
};

inline constexpr size_t kMaxAddresses = 10000;

/// The addresses of a field value, which may still be folded; no more are read once there are
/// `limit`.
std::vector<Address> parse_addresses(std::string_view value, size_t limit = kMaxAddresses);

/// "mailbox@host" for showing; the mailbox is quoted when it must be. Empty for a group.
std::string address_spec(const Address& address);

}  // namespace mailscope
