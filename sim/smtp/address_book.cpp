#include "sim/smtp/address_book.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope::smtp {
namespace {

/// Adds what is not there yet: nobody gets the same message twice.
template <class Values, class Value>
void add_once(Values& values, const Value& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

const Account* postmaster(const MailStore& store) {
  const Account* account = store.find_account("postmaster");
  if (account == nullptr && !store.accounts().empty()) account = &store.accounts().front();
  return account;
}

/// Takes aliases, and on demand lists, apart. A name that is met again inside itself is the account
/// of that name: "bob" may stand for bob and somebody else.
class Expansion {
 public:
  Expansion(const SmtpServerConfig& config, const MailStore& store, bool lists_too)
      : config_(config), store_(store), lists_too_(lists_too) {}

  void add(const std::string& target) {
    const size_t at = target.rfind('@');
    if (at != std::string::npos && !is_local_domain(config_, target.substr(at + 1))) {
      return add_once(to_.outside, target);
    }
    add_local(ascii_lower(unquoted_local_part(target.substr(0, at))));
  }

  void add_local(const std::string& name) {
    const bool met = std::find(met_.begin(), met_.end(), name) != met_.end();
    if (!met) met_.push_back(name);
    const auto alias = config_.aliases.find(name);
    if (alias != config_.aliases.end() && !met) {
      for (const std::string& target : alias->second) add(target);
      return;
    }
    const auto list = config_.lists.find(name);
    if (list != config_.lists.end()) {
      if (!lists_too_) return add_once(to_.lists, name);
      if (met) return;
      for (const std::string& member : list->second) add(member);
      return;
    }
    const Account* account = store_.find_account(name);
    if (account == nullptr) account = store_.find_account(name.substr(0, name.find('+')));
    if (account == nullptr && name == "postmaster") account = postmaster(store_);
    if (account != nullptr) add_once(to_.accounts, account->id);
  }

  Destination take() { return std::move(to_); }

 private:
  const SmtpServerConfig& config_;
  const MailStore& store_;
  bool lists_too_;
  Destination to_;
  std::vector<std::string> met_;
};

Found found_alias(const SmtpServerConfig& config, const MailStore& store, const std::string& name) {
  Expansion expansion(config, store, false);
  expansion.add_local(name);
  Found found{Found::Kind::kAlias, expansion.take(), name, {}};
  const Destination& to = found.to;
  if (to.accounts.empty() && to.lists.empty() && to.outside.size() == 1) {
    found.kind = Found::Kind::kForward;
    found.address = to.outside.front();
  }
  if (to.accounts.empty() && to.lists.empty() && to.outside.empty())
    found.kind = Found::Kind::kUnknown;
  return found;
}

Found found_account(const SmtpServerConfig& config, const Account& account) {
  Found found{Found::Kind::kMailbox, {{account.id}, {}, {}}, account.name, {}};
  for (const std::string& name : config.unavailable) {
    if (equals_ignoring_case(name, account.name)) found.kind = Found::Kind::kUnavailable;
  }
  return found;
}

/// LIST-request and LIST-owner reach whoever keeps the lists (RFC 2142 §6, RFC 5321 §3.9.2).
bool is_list_owner(const SmtpServerConfig& config, const std::string& name) {
  for (const std::string suffix : {"-request", "-owner"}) {
    if (name.size() <= suffix.size()) continue;
    const size_t at = name.size() - suffix.size();
    if (name.substr(at) == suffix && config.lists.count(name.substr(0, at)) != 0) return true;
  }
  return false;
}

}  // namespace

bool is_local_domain(const SmtpServerConfig& config, std::string_view domain) {
  return std::any_of(config.local_domains.begin(), config.local_domains.end(),
                     [&](const std::string& local) { return equals_ignoring_case(local, domain); });
}

Found look_up(const SmtpServerConfig& config, const MailStore& store, std::string_view local_part) {
  const std::string name = ascii_lower(unquoted_local_part(local_part));
  const std::string user = name.substr(0, name.find('+'));
  for (const std::string& each : {name, user}) {
    if (config.aliases.count(each) != 0) return found_alias(config, store, each);
    if (config.lists.count(each) != 0) return {Found::Kind::kList, {{}, {}, {each}}, each, {}};
    const auto moved = config.moved.find(each);
    if (moved != config.moved.end()) return {Found::Kind::kMoved, {}, each, moved->second};
    const Account* account = store.find_account(each);
    if (account != nullptr) return found_account(config, *account);
    if (each == "postmaster" || is_list_owner(config, each)) {
      account = postmaster(store);
      if (account != nullptr) return {Found::Kind::kMailbox, {{account->id}, {}, {}}, each, {}};
    }
  }
  return {};
}

Destination members_of(const SmtpServerConfig& config, const MailStore& store,
                       const std::string& list) {
  Expansion expansion(config, store, true);
  expansion.add_local(list);
  return expansion.take();
}

std::vector<std::string> names_beginning_with(const SmtpServerConfig& config,
                                              const MailStore& store, std::string_view text) {
  std::vector<std::string> names;
  for (const Account& account : store.accounts()) {
    if (starts_with_ignoring_case(account.name, text)) names.push_back(account.name);
  }
  for (const auto& [name, targets] : config.aliases) {
    if (starts_with_ignoring_case(name, text)) add_once(names, name);
  }
  return names;
}

uint64_t octets_of(const MailStore& store, AccountId account) {
  uint64_t octets = 0;
  for (const Mailbox* mailbox : store.mailboxes_of(account)) {
    for (size_t i = 0; i < mailbox->entries.size(); ++i) {
      octets += mailbox->entries[i].message->size();
    }
  }
  return octets;
}

const Account* account_of_login(const SmtpServerConfig& config, const MailStore& store,
                                std::string_view user) {
  const Account* account = store.find_account(user);
  const size_t at = user.rfind('@');
  if (account == nullptr && at != std::string_view::npos &&
      is_local_domain(config, user.substr(at + 1))) {
    account = store.find_account(user.substr(0, at));
  }
  return account;
}

}  // namespace mailscope::smtp
