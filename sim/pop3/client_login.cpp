// The client in the AUTHORIZATION state: what the server offers (RFC 2449), TLS (RFC 2595), and who
// the person is: USER and PASS or APOP (RFC 1939 §7), or AUTH (RFC 5034).
#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/pop3/client.h"
#include "sim/sasl/hash.h"
#include "sim/wire/base64.h"

namespace mailscope {

using pop3::State;

bool Pop3Client::wants_capabilities(const Context& context) const {
  const bool tls = config_->tls != Pop3Tls::kNever && !context.secured;
  return tls || config_->login == Pop3Login::kAuth || config_->pipeline || config_->utf8;
}

bool Pop3Client::offered(std::string_view capability) const {
  return std::any_of(capabilities_.begin(), capabilities_.end(),
                     [&](const pop3::Capability& one) { return one.name == capability; });
}

uint32_t Pop3Client::offered_mechanisms() const {
  uint32_t bits = 0;
  for (const pop3::Capability& one : capabilities_) {
    if (one.name != "SASL") continue;
    for (const std::string& name : one.arguments) {
      const sasl::MechanismRow* row = sasl::find_mechanism(name);
      if (row != nullptr) bits |= sasl::bit(row->mechanism);
    }
  }
  return bits;
}

void Pop3Client::ask_or_log_in(Context& context, Outbox& out) {
  if (wants_capabilities(context)) return say(out, "CAPA", Step::kCapa);
  log_in(context, out);
}

void Pop3Client::after_capabilities(Context& context, Outbox& out) {
  if (config_->tls == Pop3Tls::kNever || context.secured) return log_in(context, out);
  if (offered("STLS")) return say(out, "STLS", Step::kStls);
  // Somebody on the way may have taken STLS out of the list: whoever insists stops here.
  if (config_->tls == Pop3Tls::kRequired) return give_up(out, "the server offers no TLS", true);
  log_in(context, out);
}

void Pop3Client::secured(Context& context, Outbox& out) {
  if (!awaiting_tls_) return;  // implicit TLS: the greeting is still to come
  awaiting_tls_ = false;
  out.wake_at = context.now + config_->patience;
  if (!lines_.pending().empty()) {
    record_violation(context, "RFC 2595 §4: something was sent between STLS and the handshake");
    lines_.clear();
  }
  // RFC 2595 §4: what was learnt before TLS may have been anybody's words; it is asked for again.
  capabilities_.clear();
  ask_or_log_in(context, out);
}

void Pop3Client::log_in(Context& context, Outbox& out) {
  if (config_->utf8 && !utf8_asked_ && offered("UTF8")) {
    utf8_asked_ = true;
    return say(out, "UTF8", Step::kUtf8);
  }
  switch (config_->login) {
    case Pop3Login::kUser:
      return say(out, "USER " + config_->user, Step::kUser);
    case Pop3Login::kApop: {
      // Whoever chose APOP does not want the password shown: there is no falling back to PASS.
      if (timestamp_.empty()) return give_up(out, "the server offers no APOP", true);
      const std::string digest = sasl::md5_hex(timestamp_ + config_->password);
      return say(out, "APOP " + config_->user + " " + digest, Step::kApop);
    }
    case Pop3Login::kAuth:
      return begin_auth(context, out);
  }
}

void Pop3Client::begin_auth(Context& context, Outbox& out) {
  const uint32_t bits = offered_mechanisms();
  std::optional<sasl::Mechanism> mechanism = config_->mechanism;
  if (mechanism && (bits & sasl::bit(*mechanism)) == 0) mechanism.reset();
  if (!config_->mechanism) mechanism = sasl::best_mechanism(bits, true);
  if (!mechanism)
    return give_up(out, "the server offers no way to log in that is known here", true);
  const sasl::MechanismRow& row = sasl::row(*mechanism);
  exchange_.emplace(*mechanism, config_->user, config_->password, context.entropy);
  std::string line = std::string("AUTH ") + row.name;
  const std::optional<std::string> initial = exchange_->initial_response();
  if (initial) {
    const std::string with = line + " " + (initial->empty() ? "=" : encode_base64(*initial));
    // RFC 5034 §4: where the line would be too long, the response waits for the challenge.
    if (with.size() <= pop3::kMaxCommandLine - 2) line = with;
  }
  say(out, line, Step::kAuth, row.in_clear ? LineFlags::kSecret : uint8_t{0});
}

void Pop3Client::take_challenge(Outbox& out, std::string_view base64) {
  const std::optional<std::string> challenge = parse_base64(base64);
  std::optional<std::string> response;
  if (challenge) response = exchange_->respond(*challenge);
  if (!response) {
    exchange_.reset();
    return out.line("*");  // RFC 5034 §4; the server now says -ERR
  }
  const bool secret = sasl::row(exchange_->mechanism()).in_clear;
  out.line(encode_base64(*response), secret ? LineFlags::kSecret : uint8_t{0});
}

void Pop3Client::logged_in(Context& context, Outbox& out) {
  if (config_->login == Pop3Login::kAuth && (!exchange_ || !exchange_->server_proved())) {
    // RFC 5802 §3: it may be anyone, who says yes to everyone.
    return give_up(out, "the server has not shown that it knows the password", false);
  }
  exchange_.reset();
  set_state(context, State::kTransaction);
  say(out, "STAT", Step::kStat);
  if (config_->use_uidl) listings_.push_back(Step::kUidl);
  if (config_->headers_first) listings_.push_back(Step::kList);
  if (config_->pipeline && offered("PIPELINING")) go_on(context, out);
}

}  // namespace mailscope
