// GETQUOTA, GETQUOTAROOT, SETQUOTA: RFC 9208, and RFC 2087 before it. An account has one quota
// root, which governs all its mailboxes, with the resources STORAGE and MESSAGE.
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {
namespace {

using imap::Right;

constexpr std::string_view kOwnRoot = "User quota";
// RFC 9208 §5.1: STORAGE counts units of 1024 octets.
constexpr uint64_t kUnit = 1024;

uint64_t units_of(uint64_t octets) { return octets / kUnit + (octets % kUnit == 0 ? 0 : 1); }

uint64_t octets_of_units(uint64_t units) {
  return units > MailQuota::kNone / kUnit ? MailQuota::kNone - 1 : units * kUnit;
}

/// What adds nothing fits even where the limit has been set below what is there.
bool fits(uint64_t used, uint64_t more, uint64_t limit) {
  return more == 0 || limit == MailQuota::kNone || (used <= limit && more <= limit - used);
}

}  // namespace

MailQuota ImapServer::quota_of(const Turn& turn, AccountId account) const {
  const std::optional<MailQuota>& own = (*turn.context.store)->account(account).quota;
  if (own) return *own;
  const auto limit = [](uint64_t configured) {
    return configured == 0 ? MailQuota::kNone : configured;
  };
  return {limit(config_->quota_octets), limit(config_->quota_messages)};
}

std::string ImapServer::quota_root_of(const Turn& turn, AccountId account) const {
  if (account == account_) return std::string(kOwnRoot);
  return fmt::format("{} of {}", kOwnRoot, (*turn.context.store)->account(account).name);
}

bool ImapServer::room_for(Turn& turn, AccountId account, uint64_t octets, uint64_t messages) {
  if (!offers(imap::Extension::kQuota)) return true;
  const MailQuota quota = quota_of(turn, account);
  if (quota.octets == MailQuota::kNone && quota.messages == MailQuota::kNone) return true;
  const MailStore& store = **turn.context.store;
  if (fits(store.octets_of(account), octets, quota.octets) &&
      fits(store.messages_of(account), messages, quota.messages)) {
    return true;
  }
  no(turn, "[OVERQUOTA] there is no room for it within the quota");
  return false;
}

void ImapServer::say_quota(Turn& turn, AccountId account) {
  const MailStore& store = **turn.context.store;
  const MailQuota quota = quota_of(turn, account);
  std::string resources;
  if (quota.octets != MailQuota::kNone) {
    resources =
        fmt::format("STORAGE {} {}", units_of(store.octets_of(account)), quota.octets / kUnit);
  }
  if (quota.messages != MailQuota::kNone) {
    resources += fmt::format("{}MESSAGE {} {}", resources.empty() ? "" : " ",
                             store.messages_of(account), quota.messages);
  }
  ResponseWriter writer(turn.out);
  writer.add("* QUOTA ");
  writer.add_encoded(imap::encode_astring(quota_root_of(turn, account)));
  writer.add(fmt::format(" ({})", resources));
  writer.finish();
}

void ImapServer::cmd_get_quota(Turn& turn, const imap::QuotaRootArguments& arguments) {
  if (arguments.root != kOwnRoot) {
    return no(turn, "[NONEXISTENT] you have no such quota root");
  }
  say_quota(turn, account_);
  ok(turn, "GETQUOTA completed");
}

void ImapServer::cmd_get_quota_root(Turn& turn, const imap::MailboxArguments& arguments) {
  const Access as_seen = access(turn);
  const std::optional<std::string> name = as_seen.name_from_wire(arguments.mailbox);
  const std::optional<MailboxPlace> place = name ? as_seen.place_of(*name) : std::nullopt;
  // RFC 9208 §4.1.2: of one's own the name need not be that of a mailbox yet.
  const bool own = place && place->owner == account_;
  if (!own && existing(turn, arguments.mailbox, Right::kRead) == nullptr) return;
  ResponseWriter writer(turn.out);
  writer.add("* QUOTAROOT ");
  writer.add_encoded(as_seen.encoded(*name));
  writer.add(" ");
  writer.add_encoded(imap::encode_astring(quota_root_of(turn, place->owner)));
  writer.finish();
  say_quota(turn, place->owner);
  ok(turn, "GETQUOTAROOT completed");
}

void ImapServer::cmd_set_quota(Turn& turn, const imap::SetQuotaArguments& arguments) {
  if (arguments.root != kOwnRoot) {
    return no(turn, "[NONEXISTENT] you have no such quota root");
  }
  // RFC 9208 §4.1.3: what is not mentioned has no limit any more. Simplified: a real server leaves
  // quotas to its administrator; here everybody is that of their own.
  MailQuota quota;
  for (const auto& [resource, limit] : arguments.limits) {
    if (resource == "STORAGE") {
      quota.octets = octets_of_units(limit);
    } else if (resource == "MESSAGE") {
      quota.messages = limit;
    } else {
      return no(turn, fmt::format("[CANNOT] {} has no quota here", resource));
    }
  }
  turn.context.store->edit().set_quota(account_, quota);
  say_quota(turn, account_);
  ok(turn, "SETQUOTA completed");
}

}  // namespace mailscope
