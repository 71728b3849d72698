// The IMAP client up to the login: RFC 3501 §6.2.

#include <fmt/format.h>

#include "sim/base/ascii.h"
#include "sim/imap/client.h"
#include "sim/wire/imap_grammar.h"

namespace mailscope {

using imap::State;

void ImapClient::take_greeting(Context& context, Outbox& out, const imap::Response& response) {
  set_state(context, State::kNotAuthenticated);
  if (starts_with_ignoring_case(response.code, "CAPABILITY ")) capabilities_ = response.code;
  record_reply(context, "greeting", true);
  sent_.pop_front();
  say(out,
      fmt::format("LOGIN {} {}", imap::encode_astring(config_->user),
                  imap::encode_astring(config_->password)),
      Doing::kLogin, 0, LineFlags::kSecret);
  go_on(context, out);
}

void ImapClient::take_login(Context& context, Outbox& out, bool good,
                            const imap::Response& response) {
  if (leaving_) return;
  if (state_ == State::kNotAuthenticated) {
    if (!good) {
      outcome_.text = response.text;
      return leave(out);
    }
    set_state(context, State::kAuthenticated);
    // What may be said now need not be what the greeting offered; servers tell it with the OK.
    if (capabilities_.empty()) return say(out, "CAPABILITY", Doing::kCapability);
  }
  go_on(context, out);
}

bool ImapClient::may_run_ahead_of_login() const {
  // Without its capabilities nobody knows what else there is to ask for.
  if (capabilities_.empty() || !config_->folders.empty()) return false;
  return config_->resync == ImapResync::kUidWindow || has_capability("CONDSTORE") ||
         has_capability("QRESYNC");
}

}  // namespace mailscope
