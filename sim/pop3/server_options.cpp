// What a session can be made to do beyond RFC 1939: CAPA (RFC 2449), STLS (RFC 2595), UTF8 and LANG
// (RFC 6856).
#include <fmt/format.h>

#include <algorithm>

#include "sim/pop3/server.h"

namespace mailscope {

using pop3::CommandLine;
using pop3::Extension;
using pop3::State;

namespace {

std::string expire_text(const std::optional<uint32_t>& days) {
  return days ? std::to_string(*days) : std::string("NEVER");
}

}  // namespace

void Pop3Server::cmd_capa(const Context& context, Outbox& out) {
  say_ok(out, Phrase::kCapabilities);
  for (const pop3::ExtensionRow& row : pop3::kExtensions) {
    if (!row.listed || !has(row.extension) || (row.before_tls_only && context.secured)) continue;
    const std::optional<std::string> arguments = capability_arguments(context, row.extension);
    if (arguments) out.line(row.name + *arguments);
  }
  out.line(".");
}

std::optional<std::string> Pop3Server::capability_arguments(const Context& context,
                                                            Extension extension) const {
  // RFC 2449 §6.5 and §6.7: before logging in, where users differ, the value that is safe for
  // everyone is given, with USER; after it, the user's own.
  const bool before = state_ == State::kAuthorization;
  const char* varies = before && !config_->policies.empty() ? " USER" : "";
  Pop3UserPolicy policy{{}, config_->login_delay, config_->expire_days};
  if (!before) policy = policy_of((*context.store)->account(account_).name);
  for (const Pop3UserPolicy& other : before ? config_->policies : std::vector<Pop3UserPolicy>{}) {
    policy.login_delay = std::max(policy.login_delay, other.login_delay);
    const uint32_t never = UINT32_MAX;
    if (other.expire_days.value_or(never) < policy.expire_days.value_or(never)) {
      policy.expire_days = other.expire_days;
    }
  }
  switch (extension) {
    case Extension::kUser:
      if (config_->clear_login_needs_tls && !context.secured) return std::nullopt;
      return std::string();
    case Extension::kSasl: {
      std::string names;
      for (const sasl::MechanismRow& row : sasl::kMechanisms) {
        if (offers(context, row.mechanism)) names += std::string(" ") + row.name;
      }
      if (names.empty()) return std::nullopt;
      return names;
    }
    case Extension::kLoginDelay:
      return fmt::format(" {}{}", policy.login_delay.ns / seconds(1).ns, varies);
    case Extension::kExpire:
      return fmt::format(" {}{}", expire_text(policy.expire_days), varies);
    case Extension::kUtf8:
      // RFC 6856 §2.2: USER and PASS may carry UTF-8.
      // Simplified: names are compared octet by octet; the RFC asks for SASLprep first.
      return std::string(has(Extension::kUser) ? " USER" : "");
    case Extension::kImplementation:
      return std::string(" Mailscope");
    default:
      return std::string();
  }
}

void Pop3Server::cmd_stls(Context& context, Outbox& out) {
  if (context.secured) return say_error(out, Phrase::kTlsActive);  // RFC 2595 §4
  if (utf8_) {
    record_violation(context, "RFC 6856 §2.1: STLS after UTF8");
    return say_error(out, Phrase::kNoTlsAfterUtf8);
  }
  say_ok(out, Phrase::kBeginTls);
  out.start_tls = true;
  awaiting_tls_ = true;
}

void Pop3Server::secured(Context& context, Outbox& out) {
  if (!awaiting_tls_) return;  // implicit TLS: nothing has been said yet
  awaiting_tls_ = false;
  out.wake_at = context.now + config_->autologout;
  if (!lines_.pending().empty()) {
    // Somebody on the way may have put it there for the session that TLS now vouches for.
    record_violation(context, "RFC 2595 §4: something was sent between STLS and the handshake");
    lines_.clear();
  }
  // RFC 2595 §4: what was learnt from the client before TLS is forgotten.
  user_.clear();
  language_ = 0;
}

void Pop3Server::cmd_utf8(Outbox& out) {
  utf8_ = true;
  say_ok(out, Phrase::kUtf8Mode);
}

void Pop3Server::cmd_lang(Outbox& out, const CommandLine& command) {
  if (command.arguments.empty()) {
    say_ok(out, Phrase::kLanguages);
    for (const pop3::LanguageRow& row : pop3::kLanguages) {
      out.line(fmt::format("{} {}", row.tag, row.name));
    }
    return out.line(".");
  }
  const std::optional<size_t> language = pop3::find_language(command.arguments[0]);
  if (!language) return say_error(out, Phrase::kUnknownLanguage, command.arguments[0]);
  language_ = *language;
  // RFC 6856 §3.2: the tag, then the text, already in that language.
  out.line(fmt::format("+OK {} {}", pop3::kLanguages[language_].tag,
                       pop3::said(Phrase::kLanguageChanged, language_)));
}

}  // namespace mailscope
