// What LIST and LSUB answer: which names, with which attributes. RFC 3501 §6.3.8, §6.3.9; RFC 5258
// and RFC 9051 §6.3.9 (selection and return options); RFC 3348 (\HasChildren); RFC 6154 (special
// uses). How it is said: cmd_list.cpp.
#pragma once

#include <string>
#include <vector>

#include "sim/imap/access.h"
#include "sim/wire/imap_command.h"

namespace mailscope {

struct ListedName {
  std::string name;                    // in the form inside
  std::string attributes;              // "\Subscribed \HasChildren"
  std::string child_info;              // "\"SUBSCRIBED\"" of CHILDINFO, or nothing
  const Mailbox* status_of = nullptr;  // STATUS belongs to it: it was selected and can be opened
};

/// What the server tells without being asked.
struct ListingHabits {
  bool children = false;     // CHILDREN is offered
  bool special_use = false;  // SPECIAL-USE is offered
  bool extended = false;     // the client knows \NonExistent (RFC 5258, RFC 9051)
};

/// The attributes of one mailbox that LIST tells of it in any case: \Noselect, \HasChildren and the
/// like, special uses.
std::string list_attributes(const VisibleName& visible, AccountId user,
                            const ListingHabits& habits);

/// `patterns` are in UTF-8, with the reference before each. In the order of the names' octets.
std::vector<ListedName> list_names(const Access& access, const Account& user,
                                   const imap::ListArguments& arguments,
                                   const std::vector<std::string>& patterns,
                                   const ListingHabits& habits);
/// For LSUB.
std::vector<ListedName> list_subscriptions(const Account& user,
                                           const std::vector<std::string>& patterns);

}  // namespace mailscope
