// Access: the mailboxes of a server as one user sees them. Whose mailbox a name means, how a name
// is written on the wire, what the user may do with it, and which there are to be listed. One form
// of a name is kept inside: modified UTF-7 (RFC 3501 §5.1.3) of Net-Unicode (RFC 9051 §5.1), INBOX
// in capitals. Another user's mailbox has a name below kOtherUsers (RFC 2342 §5), where ACL is
// offered. Lives no longer than a turn.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/imap/rights.h"
#include "sim/mail/mail_store.h"

namespace mailscope {

/// The level below which each other user's mailboxes are, behind that user's name.
inline constexpr std::string_view kOtherUsers = "Other Users";

/// Whose mailbox a name means, and its name among that account's; there need be none of that name.
struct MailboxPlace {
  AccountId owner;
  std::string name;
};

/// A name that the user can see.
struct VisibleName {
  std::string name;                  // as this user calls it
  const Mailbox* mailbox = nullptr;  // null: only a level above names of others
  imap::Rights rights = 0;
  bool has_children = false;  // that this user can see
};

class Access {
 public:
  /// `shared`: ACL is offered, so that mailboxes of others can be reached. `utf8`: names on the
  /// wire are UTF-8 (RFC 9051 §5.1, RFC 9755 §3), not modified UTF-7.
  Access(const MailStore& store, AccountId user, bool shared, bool utf8)
      : store_(store), user_(user), shared_(shared), utf8_(utf8) {}

  /// From the wire to the form inside; nullopt when no mailbox can have this name.
  [[nodiscard]] std::optional<std::string> name_from_wire(std::string_view wire) const;
  /// The same, from modified UTF-7, whatever the wire has.
  [[nodiscard]] static std::optional<std::string> canonical_name(std::string_view name);
  /// As the wire has it, not yet quoted.
  [[nodiscard]] std::string wire_name(std::string_view name) const;
  /// The same, as an astring.
  [[nodiscard]] std::string encoded(std::string_view name) const {
    return encoded_wire(wire_name(name));
  }
  /// What is already as the wire has it, as an astring: in a session with UTF-8 names that is in
  /// quotes where it is not ASCII.
  [[nodiscard]] std::string encoded_wire(std::string_view wire) const;

  /// nullopt: a name of nobody's, such as a level above those of others.
  [[nodiscard]] std::optional<MailboxPlace> place_of(std::string_view name) const;
  /// The mailbox, whether or not the user may know of it; null when there is none.
  [[nodiscard]] const Mailbox* find(std::string_view name) const;
  /// As this user calls it.
  [[nodiscard]] std::string name_of(const Mailbox& mailbox) const;

  [[nodiscard]] imap::Rights rights(const Mailbox& mailbox) const;
  [[nodiscard]] bool may(const Mailbox& mailbox, imap::Right right) const {
    return (rights(mailbox) & imap::bit(right)) != 0;
  }
  /// The name is in the user's personal namespace (RFC 2342 §3).
  [[nodiscard]] bool is_personal(std::string_view name) const {
    const std::optional<MailboxPlace> place = place_of(name);
    return place && place->owner == user_;
  }
  /// Creating a mailbox there takes the right to it on the nearest mailbox above it (RFC 4314 §4);
  /// at the top of a namespace only its owner has it.
  [[nodiscard]] bool may_create(const MailboxPlace& place) const;

  /// One mailbox that the user may look up.
  [[nodiscard]] VisibleName seen(const Mailbox& mailbox) const;
  /// Every name that the user may look up, and levels above those of others; by their octets.
  [[nodiscard]] std::vector<VisibleName> visible() const;

 private:
  [[nodiscard]] std::string prefix_of(AccountId owner) const;
  void add_others(std::vector<VisibleName>& names) const;

  const MailStore& store_;
  AccountId user_;
  bool shared_;
  bool utf8_;
};

}  // namespace mailscope
