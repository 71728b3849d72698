// What becomes of a message the SMTP server takes: trace lines (RFC 5321 §4.4), final delivery,
// relaying, mailing lists (RFC 5321 §3.9.2, RFC 2369, RFC 2919), what a submission server adds (RFC
// 6409 §8), and who is to hear of the delivery (RFC 3461 §5).
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/smtp/server.h"
#include "sim/wire/date.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

template <class Values, class Value>
bool is_in(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool has_field(std::string_view text, std::string_view name) {
  return find_field(text, name).has_value();
}

}  // namespace

std::string SmtpServer::home_domain(const Context& context) const {
  return config_->local_domains.empty() ? std::string(context.host_name)
                                        : config_->local_domains.front();
}

/// "cats-request@example.net", or "cats.example.net" with the suffix ".".
std::string SmtpServer::list_address(const std::string& list, std::string_view suffix) const {
  const std::string domain =
      config_->local_domains.empty() ? std::string() : config_->local_domains.front();
  if (suffix == ".") return list + "." + domain;
  return fmt::format("{}{}@{}", list, suffix, domain);
}

std::string SmtpServer::trace_line(const Context& context) const {
  // RFC 3848 §3, RFC 6531 §4.3: how the message came.
  std::string with = envelope_.needs_utf8 ? "UTF8SMTP" : extended_ ? "ESMTP" : "SMTP";
  if (extended_ && context.secured) with += "S";
  if (extended_ && !user_.empty()) with += "A";
  // RFC 5321 §4.4: each server that takes a message adds a Received line at the top.
  return fmt::format("Received: from {} ({})\r\n\tby {} with {} id {}-{};\r\n\t{}\r\n",
                     client_name_, context.peer_name, context.host_name, with, context.self.value,
                     transactions_, encode_rfc5322_date({context.unix_now, 0}));
}

void SmtpServer::deliver(Context& context, Outbox& out, const std::string& text) {
  ++transactions_;
  std::string message = trace_line(context);
  if (config_->submission) {
    // RFC 6409 §8.2, §8.3.
    if (!has_field(text, "Date")) {
      message += fmt::format("Date: {}\r\n", encode_rfc5322_date({context.unix_now, 0}));
    }
    if (!has_field(text, "Message-ID")) {
      message += fmt::format("Message-ID: <{}.{}.{}@{}>\r\n", context.unix_now, context.self.value,
                             transactions_, context.host_name);
    }
  }
  message += text;

  MailTransaction relay{envelope_.reverse_path, {}, nullptr};
  relay.headers_only = envelope_.headers_only;
  relay.envelope_id = envelope_.envelope_id;
  relay.needs_utf8 = envelope_.needs_utf8;
  MailTransaction heard = relay;  // whose delivery the sender wants to hear of
  std::vector<AccountId> accounts;
  for (const Recipient& recipient : envelope_.recipients) {
    for (const std::string& address : recipient.to.outside) {
      // Nobody gets a message twice because two names here lead to the same place.
      if (is_in(relay.forward_paths, address)) continue;
      relay.forward_paths.push_back(address);
      if (envelope_.uses_dsn) relay.dsn.push_back(recipient.dsn);
    }
    for (const AccountId account : recipient.to.accounts) {
      if (!is_in(accounts, account)) accounts.push_back(account);
    }
    const bool here = !recipient.to.accounts.empty() || !recipient.to.lists.empty();
    // RFC 3461 §4.1: a message with a null reverse-path gets no notices.
    if (here && !envelope_.reverse_path.empty() &&
        (recipient.dsn.notify & RecipientDsn::kSuccess) != 0) {
      heard.forward_paths.push_back(recipient.address);
      heard.dsn.push_back(recipient.dsn);
    }
    for (const std::string& list : recipient.to.lists) {
      deliver_to_list(context, out, list, message);
    }
  }
  if (!relay.forward_paths.empty()) {
    relay.message = make_message(message);
    out.relay.push_back(std::move(relay));
  }
  if (accounts.empty() && heard.forward_paths.empty()) return;
  // RFC 5321 §4.4: the final delivery puts the reverse-path at the very top. It may remove one that
  // the sender has written; here that stays, below, so that the message is what was handed in.
  const MessagePtr final_message =
      make_message(fmt::format("Return-Path: <{}>\r\n", envelope_.reverse_path) + message);
  for (const AccountId account : accounts) {
    MailStore& store = context.store->edit();
    store.append(store.inbox(account).id, final_message, {}, context.unix_now, context.trace);
  }
  if (heard.forward_paths.empty()) return;
  heard.message = final_message;
  out.delivered.push_back(std::move(heard));
}

/// RFC 5321 §3.9.2: the list is the sender now, and hears of what cannot be delivered; the header's
/// From stays. RFC 3461 §5.2.7.3: what the sender asked to hear ends with the list.
void SmtpServer::deliver_to_list(Context& context, Outbox& out, const std::string& list,
                                 const std::string& message) {
  const std::string owner = list_address(list, "-request");
  std::string text = fmt::format("List-Id: <{}>\r\nList-Post: <mailto:{}>\r\n",
                                 list_address(list, "."), list_address(list, ""));
  if (!has_field(message, "Precedence")) text += "Precedence: list\r\n";
  text += message;
  const smtp::Destination members = smtp::members_of(*config_, **context.store, list);
  if (!members.outside.empty()) {
    MailTransaction relay{owner, members.outside, make_message(text)};
    relay.needs_utf8 = envelope_.needs_utf8;
    out.relay.push_back(std::move(relay));
  }
  if (members.accounts.empty()) return;
  const MessagePtr final_message = make_message(fmt::format("Return-Path: <{}>\r\n", owner) + text);
  for (const AccountId account : members.accounts) {
    MailStore& store = context.store->edit();
    store.append(store.inbox(account).id, final_message, {}, context.unix_now, context.trace);
  }
}

}  // namespace mailscope
