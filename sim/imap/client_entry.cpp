#include "sim/imap/client_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/digest.h"
#include "sim/imap/client.h"
#include "sim/wire/base64.h"
#include "sim/wire/imap_grammar.h"

namespace mailscope {

using imap::Status;

namespace {

/// Asking again with the same words would get the same answer (RFC 5530 §3).
bool is_final(std::string_view code) {
  constexpr std::string_view kFinal[] = {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED",
                                         "PRIVACYREQUIRED", "CONTACTADMIN"};
  return std::any_of(std::begin(kFinal), std::end(kFinal), [code](std::string_view final_code) {
    return equals_ignoring_case(code, final_code);
  });
}

uint8_t secrecy(const sasl::ClientExchange& exchange) {
  return sasl::row(exchange.mechanism()).in_clear ? LineFlags::kSecret : uint8_t{0};
}

}  // namespace

const char* ImapClientEntry::command_name() const {
  constexpr const char* kNames[] = {"greeting",     "CAPABILITY", "STARTTLS", "STARTTLS", "LOGIN",
                                    "AUTHENTICATE", "CAPABILITY", "COMPRESS", "",         ""};
  static_assert(sizeof(kNames) / sizeof(kNames[0]) == static_cast<size_t>(Doing::kRefused) + 1);
  return kNames[static_cast<int>(doing_)];
}

bool ImapClientEntry::offers(std::string_view name) const {
  const std::string padded = " " + ascii_upper(capabilities_) + " ";
  return padded.find(" " + ascii_upper(name) + " ") != std::string::npos;
}

uint32_t ImapClientEntry::offered_mechanisms() const {
  uint32_t bits = 0;
  for (const sasl::MechanismRow& row : sasl::kMechanisms) {
    if (offers(std::string("AUTH=") + row.name)) bits |= sasl::bit(row.mechanism);
  }
  return bits;
}

ImapClientEntry::Command ImapClientEntry::ask(Doing doing, std::string text, uint8_t flags) {
  doing_ = doing;
  return {std::move(text), flags};
}

std::optional<ImapClientEntry::Command> ImapClientEntry::refuse(std::string_view why,
                                                                bool ask_again) {
  doing_ = Doing::kRefused;
  exchange_.reset();
  refusal_ = why.empty() ? "the server refused" : std::string(why);
  ask_again_ = ask_again;
  return std::nullopt;
}

bool ImapClientEntry::needs_capabilities(const Context& context,
                                         const ImapClientConfig& config) const {
  if (!capabilities_.empty()) return false;
  const bool wants_tls = config.entry.tls != ImapTls::kNever && !context.secured;
  return wants_tls || config.entry.login == ImapLogin::kAuthenticate;
}

std::optional<ImapClientEntry::Command> ImapClientEntry::greeted(Context& context,
                                                                 const ImapClientConfig& config) {
  if (needs_capabilities(context, config)) return ask(Doing::kCapability, "CAPABILITY");
  return log_in(context, config);
}

std::optional<ImapClientEntry::Command> ImapClientEntry::log_in(Context& context,
                                                                const ImapClientConfig& config) {
  if (config.entry.tls != ImapTls::kNever && !context.secured && !tls_refused_) {
    if (offers("STARTTLS")) return ask(Doing::kStartTls, "STARTTLS");
    // Somebody on the way may have taken it out of the list: whoever insists stops here.
    if (config.entry.tls == ImapTls::kRequired) return refuse("the server offers no TLS", true);
  }
  if (config.entry.login == ImapLogin::kAuthenticate) return authenticate(context, config);
  // RFC 3501 §6.2.3: then LOGIN must not be said, and a password least of all.
  if (offers("LOGINDISABLED")) {
    return refuse("the server lets nobody log in with LOGIN here", false);
  }
  return ask(Doing::kLogin,
             fmt::format("LOGIN {} {}", imap::encode_astring(config.user),
                         imap::encode_astring(config.password)),
             LineFlags::kSecret);
}

std::optional<ImapClientEntry::Command> ImapClientEntry::authenticate(
    Context& context, const ImapClientConfig& config) {
  const uint32_t offered = offered_mechanisms();
  std::optional<sasl::Mechanism> mechanism = config.entry.mechanism;
  if (mechanism && (offered & sasl::bit(*mechanism)) == 0) mechanism.reset();
  if (!config.entry.mechanism) mechanism = sasl::best_mechanism(offered, true);
  if (!mechanism) {
    return refuse("the server offers no way to log in that is known here", false);
  }
  exchange_.emplace(*mechanism, config.user, config.password, context.entropy);
  std::string text = std::string("AUTHENTICATE ") + sasl::row(*mechanism).name;
  has_late_response_ = in_one_line_ = false;
  if (const std::optional<std::string> initial = exchange_->initial_response()) {
    // RFC 4959 §3: "=" stands for a response of no octets.
    const std::string encoded = initial->empty() ? "=" : encode_base64(*initial);
    if (offers("SASL-IR")) {
      // RFC 4616 §2: one message, and no challenge that could take the next command for its answer.
      in_one_line_ = *mechanism == sasl::Mechanism::kPlain;
      return ask(Doing::kAuthenticate, text + " " + encoded, secrecy(*exchange_));
    }
    // It waits for the empty challenge.
    late_response_ = encode_base64(*initial);
    has_late_response_ = true;
  }
  return ask(Doing::kAuthenticate, std::move(text));
}

ImapClientEntry::Command ImapClientEntry::challenged(std::string_view text) {
  // RFC 3501 §6.2.2: "*" ends an exchange that leads nowhere; the server then says BAD.
  if (!exchange_) return {"*"};
  if (has_late_response_ && trimmed(text).empty()) {
    has_late_response_ = false;
    return {std::move(late_response_), secrecy(*exchange_)};
  }
  const std::optional<std::string> challenge = parse_base64(text);
  std::optional<std::string> response;
  if (challenge) response = exchange_->respond(*challenge);
  if (!response) {
    exchange_.reset();
    return {"*"};
  }
  return {encode_base64(*response), secrecy(*exchange_)};
}

std::optional<ImapClientEntry::Command> ImapClientEntry::secured() {
  if (doing_ != Doing::kHandshake) return std::nullopt;
  // RFC 3501 §6.2.1: what was learnt before TLS may have been anybody's words.
  capabilities_.clear();
  return ask(Doing::kCapability, "CAPABILITY");
}

std::optional<ImapClientEntry::Command> ImapClientEntry::answered(Context& context, Outbox& out,
                                                                  const ImapClientConfig& config,
                                                                  const imap::Response& response) {
  const bool good = response.status == Status::kOk;
  const bool told = starts_with_ignoring_case(response.code, "CAPABILITY ");
  if (told) take_capabilities(response.code);
  switch (doing_) {
    case Doing::kCapability:
      return log_in(context, config);
    case Doing::kStartTls:
      if (good) {
        doing_ = Doing::kHandshake;
        out.start_tls = true;
        return std::nullopt;
      }
      if (config.entry.tls == ImapTls::kRequired) return refuse(response.text, true);
      tls_refused_ = true;  // it goes on in the clear, as if it had not been offered
      return log_in(context, config);
    case Doing::kLogin:
    case Doing::kAuthenticate:
      if (!good) return refuse(response.text, !is_final(response.code));
      if (doing_ == Doing::kAuthenticate && (!exchange_ || !exchange_->server_proved())) {
        // RFC 5802 §3: it may be anyone, who says yes to everyone.
        return refuse("the server has not shown that it knows the password", false);
      }
      return logged_in_now(config, told);
    case Doing::kCapabilityInside:
      return enter(config);
    case Doing::kCompress:
      if (good) out.start_compression = true;
      doing_ = Doing::kEntered;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<ImapClientEntry::Command> ImapClientEntry::logged_in_now(
    const ImapClientConfig& config, bool told) {
  logged_in_ = true;
  exchange_.reset();
  // What is offered now need not be what was offered to a stranger; most servers tell it with OK.
  if (!told) return ask(Doing::kCapabilityInside, "CAPABILITY");
  return enter(config);
}

std::optional<ImapClientEntry::Command> ImapClientEntry::enter(const ImapClientConfig& config) {
  if (config.entry.compress && offers("COMPRESS=DEFLATE")) {
    return ask(Doing::kCompress, "COMPRESS DEFLATE");
  }
  doing_ = Doing::kEntered;
  return std::nullopt;
}

void ImapClientEntry::add_to(Digest& digest) const {
  digest.add(static_cast<int>(doing_));
  digest.add(capabilities_);
  digest.add(late_response_);
  digest.add(has_late_response_);
  digest.add(in_one_line_);
  digest.add(logged_in_);
  digest.add(tls_refused_);
  digest.add(refusal_);
  digest.add(ask_again_);
  if (exchange_) exchange_->add_to(digest);
}

}  // namespace mailscope
