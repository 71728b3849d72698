// CAPABILITY, LOGIN, LOGOUT and ID: RFC 3501 §6.1, §6.2.3; RFC 2971.
#include <fmt/format.h>

#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {

using imap::Extension;
using imap::State;

bool ImapServer::offers_now(const Context& context, const imap::ExtensionRow& row) const {
  const bool in_clear = config_->plain_needs_tls && !context.secured;
  switch (row.extension) {
    case Extension::kStartTls:
      if (context.secured) return false;
      break;
    case Extension::kLoginDisabled:
      if (in_clear) return true;
      break;
    case Extension::kAuthPlain:
    case Extension::kAuthLogin:
      if (in_clear) return false;
      break;
    case Extension::kCompress:
      if (compressed_) return false;  // RFC 4978 §3
      break;
    default: break;
  }
  return offers(row.extension);
}

std::string ImapServer::capabilities(const Context& context) const {
  const bool logged_in = state_ == State::kAuthenticated || state_ == State::kSelected;
  std::string all;
  for (const imap::ExtensionRow& row : imap::kExtensions) {
    const bool shown = row.offered == imap::Offered::kAlways ||
                       (row.offered == imap::Offered::kBeforeLogin && !logged_in);
    if (!shown || !offers_now(context, row)) continue;
    if (!all.empty()) all += ' ';
    all += capability_text(row);
  }
  return all;
}

std::string ImapServer::capability_text(const imap::ExtensionRow& row) const {
  switch (row.extension) {
    // RFC 7889 §2: without a number, the limit of each mailbox is asked for by STATUS.
    case Extension::kAppendLimit: return fmt::format("APPENDLIMIT={}", config_->max_literal);
    case Extension::kQuota: return "QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE";
    // RFC 4314 §2.2: "k", "x", "t" and "e" are told apart here.
    case Extension::kAcl: return "ACL RIGHTS=kxte";
    default: return row.name;
  }
}

void ImapServer::cmd_capability(Turn& turn) {
  turn.out.line("* CAPABILITY " + capabilities(turn.context));
  ok(turn, "CAPABILITY completed");
}

void ImapServer::cmd_login(Turn& turn, const imap::LoginArguments& arguments) {
  if (offers(Extension::kLoginDisabled) || (config_->plain_needs_tls && !turn.context.secured)) {
    record_violation(turn.context, "RFC 3501 §6.2.3: LOGIN where LOGINDISABLED is offered");
    return no(turn, "[PRIVACYREQUIRED] LOGIN is disabled");
  }
  const Account* account = (*turn.context.store)->find_account(arguments.user);
  if (account == nullptr || account->password != arguments.password) {
    return no(turn, "[AUTHENTICATIONFAILED] invalid user name or password");
  }
  logged_in(turn, *account);
}

void ImapServer::logged_in(Turn& turn, const Account& account) {
  if (const std::string why = trouble_with(turn, account.id, {}); !why.empty()) {
    return no(turn, why);
  }
  account_ = account.id;
  set_state(turn.context, State::kAuthenticated);
  if (!config_->alert.empty()) turn.out.line("* OK [ALERT] " + config_->alert);
  // RFC 3501 §7.2.1 lets a server tell its capabilities here, which saves the client a round trip.
  ok(turn, fmt::format("[CAPABILITY {}] {} completed", capabilities(turn.context),
                       turn.row->name));
}

void ImapServer::cmd_id(Turn& turn, const imap::IdArguments&) {
  // RFC 2971 §3.1: what the client says of itself may change nothing here.
  turn.out.line("* ID (\"name\" \"Mailscope\")");
  ok(turn, "ID completed");
}

void ImapServer::cmd_logout(Turn& turn) {
  turn.out.line(fmt::format("* BYE {} {} server logging out", turn.context.host_name,
                            protocol_name()));
  ok(turn, "LOGOUT completed");
  turn.out.close = true;
  turn.out.cancel_wake = true;
  turn.out.wake_at.reset();
  end_session(turn.context);
}

}  // namespace mailscope
