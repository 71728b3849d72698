// Who is behind a local part: accounts, aliases, mailing lists, people who have moved. Pure
// functions of the server's configuration and its mail store. RFC 5321 §3.4 (forwarding), §3.9
// (aliases and lists), §4.5.1 (postmaster).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/mail_store.h"
#include "sim/smtp/server_config.h"

namespace mailscope::smtp {

/// Where a message for one recipient goes.
struct Destination {
  std::vector<AccountId> accounts;
  std::vector<std::string> outside;  // addresses of other domains
  std::vector<std::string> lists;    // names of mailing lists here
};

struct Found {
  enum class Kind : uint8_t {
    kUnknown,
    kMailbox,
    kUnavailable,  // a mailbox that takes nothing just now
    kAlias,
    kForward,  // an alias that stands for one outside address
    kList,
    kMoved,
  };
  Kind kind = Kind::kUnknown;
  Destination to;
  std::string name;     // as it is set up here
  std::string address;  // kForward, kMoved: the other address
};

bool is_local_domain(const SmtpServerConfig& config, std::string_view domain);
/// Letter case is ignored; "user+tag" is user; "postmaster" is always someone.
Found look_up(const SmtpServerConfig& config, const MailStore& store, std::string_view local_part);
/// The members of a list, lists among them taken apart.
Destination members_of(const SmtpServerConfig& config, const MailStore& store,
                       const std::string& list);
/// Names here that begin with `text`: accounts, in the order of their creation, then aliases.
std::vector<std::string> names_beginning_with(const SmtpServerConfig& config,
                                              const MailStore& store, std::string_view text);
/// Octets that the account's messages take.
uint64_t octets_of(const MailStore& store, AccountId account);
/// The account that `user` of a login means; null when there is none. "user@local-domain" is user.
const Account* account_of_login(const SmtpServerConfig& config, const MailStore& store,
                                std::string_view user);

}  // namespace mailscope::smtp
