// CAPABILITY, LOGIN, AUTHENTICATE PLAIN and LOGOUT: RFC 3501 §6.1, §6.2; RFC 4616 (PLAIN).
#include <fmt/format.h>

#include "sim/imap/server.h"
#include "sim/wire/base64.h"

namespace mailscope {

using imap::State;

std::string ImapServer::capabilities() const {
  const bool logged_in = state_ == State::kAuthenticated || state_ == State::kSelected;
  std::string all;
  for (const imap::ExtensionRow& row : imap::kExtensions) {
    const bool shown = row.offered == imap::Offered::kAlways ||
                       (row.offered == imap::Offered::kBeforeLogin && !logged_in);
    if (!shown || !offers(row.extension)) continue;
    if (!all.empty()) all += ' ';
    all += row.name;
  }
  return all;
}

void ImapServer::cmd_capability(Turn& turn) {
  turn.out.line("* CAPABILITY " + capabilities());
  ok(turn, "CAPABILITY completed");
}

void ImapServer::cmd_login(Turn& turn, const imap::LoginArguments& arguments) {
  log_in(turn, arguments.user, arguments.password);
}

void ImapServer::log_in(Turn& turn, std::string_view user, std::string_view password) {
  const Account* account = (*turn.context.store)->find_account(user);
  if (account == nullptr || account->password != password) {
    return no(turn, "[AUTHENTICATIONFAILED] invalid user name or password");
  }
  account_ = account->id;
  set_state(turn.context, State::kAuthenticated);
  // RFC 3501 §7.2.1 lets a server tell its capabilities here, which saves the client a round trip.
  ok(turn, fmt::format("[CAPABILITY {}] {} completed", capabilities(), turn.row->name));
}

void ImapServer::cmd_authenticate(Turn& turn, const imap::AuthenticateArguments& arguments) {
  if (arguments.mechanism != "PLAIN") {
    return no(turn, "[CANNOT] PLAIN is the only mechanism here");
  }
  if (!arguments.initial_response) {
    awaiting_ = Awaiting::kSaslResponse;
    waiting_tag_ = turn.tag;
    // RFC 3501 §6.2.2: PLAIN has no challenge, so the request to go on is an empty one.
    return turn.out.line("+ ");
  }
  if (!offers(imap::Extension::kSaslIr)) {
    return bad(turn, "SASL-IR is not offered",
               "RFC 4959 §3: an initial response without the capability");
  }
  sasl_plain(turn, *arguments.initial_response == "=" ? "" : *arguments.initial_response);
}

void ImapServer::sasl_response(Turn& turn, std::string_view line) {
  end_wait(turn);
  if (line == "*") {
    // RFC 3501 §6.2.2: the client gives up, which is answered with BAD but breaks no rule.
    return turn.out.line(turn.tag + " BAD AUTHENTICATE cancelled");
  }
  sasl_plain(turn, line);
}

void ImapServer::sasl_plain(Turn& turn, std::string_view base64) {
  const std::optional<std::string> message = parse_base64(base64);
  if (!message) {
    return bad(turn, "this is not base64", "RFC 3501 §6.2.2: a response that is not base64");
  }
  // RFC 4616 §2: [authzid] NUL authcid NUL passwd.
  const std::string_view text = *message;
  const size_t first = text.find('\0');
  const size_t second = first == std::string_view::npos ? first : text.find('\0', first + 1);
  if (second == std::string_view::npos) {
    return bad(turn, "PLAIN is [authzid] NUL authcid NUL password",
               "RFC 4616 §2: not a PLAIN message");
  }
  const std::string_view authorize_as = text.substr(0, first);
  const std::string_view user = text.substr(first + 1, second - first - 1);
  if (!authorize_as.empty() && authorize_as != user) {
    return no(turn, "[AUTHENTICATIONFAILED] nobody acts for another here");
  }
  log_in(turn, user, text.substr(second + 1));
}

void ImapServer::cmd_logout(Turn& turn) {
  turn.out.line(fmt::format("* BYE {} IMAP4rev1 server logging out", turn.context.host_name));
  ok(turn, "LOGOUT completed");
  turn.out.close = true;
  turn.out.cancel_wake = true;
  turn.out.wake_at.reset();
  end_session(turn.context);
}

}  // namespace mailscope
