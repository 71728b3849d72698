// Rights to a mailbox and who has them: RFC 4314 §2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/mail/mail_store.h"

namespace mailscope::imap {

/// RFC 4314 §2.1.
enum class Right : uint8_t {
  kLookup,          // l: the mailbox is listed
  kRead,            // r: SELECT, STATUS, FETCH
  kSeen,            // s: \Seen
  kWrite,           // w: flags other than \Seen and \Deleted
  kInsert,          // i: APPEND, COPY into it
  kPost,            // p: send mail to its submission address; nothing in IMAP
  kCreate,          // k: CREATE below it, or RENAME to there
  kDeleteMailbox,   // x: DELETE, RENAME
  kDeleteMessages,  // t: \Deleted
  kExpunge,         // e: EXPUNGE
  kAdminister,      // a: SETACL and the like
};

/// A set of rights: one bit each.
using Rights = uint32_t;
constexpr Rights bit(Right right) { return 1u << static_cast<int>(right); }

/// The letter of each, in the order of the enumeration.
inline constexpr std::string_view kRightLetters = "lrswipkxtea";
constexpr Rights kAllRights = (1u << kRightLetters.size()) - 1;

/// What nobody can take from a mailbox's owner: otherwise nobody could give anything back.
constexpr Rights kOwnersRights = bit(Right::kLookup) | bit(Right::kAdminister);

// RFC 4314 §2.1.1: the rights of RFC 2086 that are now several. This server always took "c" to
// govern DELETE.
constexpr Rights kCreateMembers = bit(Right::kCreate) | bit(Right::kDeleteMailbox);    // c
constexpr Rights kDeleteMembers = bit(Right::kExpunge) | bit(Right::kDeleteMessages);  // d

/// With "c" and "d" for their members; nullopt for a letter that is no right.
std::optional<Rights> parse_rights(std::string_view letters);
/// Letters as a store keeps them.
std::string encode_rights(Rights rights);
/// With "c" and "d" wherever one of their members is, for clients of RFC 2086.
std::string encode_rights_for_all(Rights rights);

/// What the account may do with the mailbox. Its owner may do everything, unless an entry of the
/// list says less. The rest have what the entries with their name and with "anyone" give, less what
/// those after "-" take away.
Rights rights_of(const MailStore& store, const Mailbox& mailbox, AccountId account);

}  // namespace mailscope::imap
