// What a POP3 server offers and how it behaves. A default one is the plain server that the first
// lessons know; pop3_server_with_everything() has every extension on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/time.h"
#include "sim/pop3/protocol.h"
#include "sim/sasl/exchange.h"

namespace mailscope {

/// Where a user is treated otherwise than all: then LOGIN-DELAY and EXPIRE are announced with USER
/// before logging in (RFC 2449 §6.5, §6.7).
struct Pop3UserPolicy {
  std::string user;
  Duration login_delay;
  std::optional<uint32_t> expire_days;
};

/// Why a maildrop cannot be opened although the password is right.
enum class MaildropTrouble : uint8_t { kNone, kPassing, kLasting };

struct Pop3ServerConfig {
  /// RFC 1939 §3: an autologout timer must be of at least 10 minutes. It enters no UPDATE state.
  Duration autologout = seconds(600);
  /// Consecutive lines not understood after which the server gives up on a peer.
  uint32_t max_bad_commands = 10;
  uint32_t extensions = pop3::kUsualExtensions;  // bits of pop3::Extension
  bool capa = true;                              // without it there is no CAPA to ask
  uint32_t mechanisms = sasl::kAllMechanisms;    // of SASL: bits of sasl::Mechanism
  /// What shows the password (USER and PASS, PLAIN, LOGIN) is refused without TLS.
  bool clear_login_needs_tls = false;
  Duration login_delay = seconds(60);  // of LOGIN-DELAY
  /// Of EXPIRE: mail stays for at least so many days; none: for ever.
  /// Simplified: nothing is ever removed for its age, which keeps the promise; real servers tidy up
  /// at night.
  std::optional<uint32_t> expire_days;
  std::vector<Pop3UserPolicy> policies;
  MaildropTrouble trouble = MaildropTrouble::kNone;
  /// UPDATE removes so many messages and then fails, as on a full or broken disk (RFC 1939 §6).
  std::optional<uint32_t> update_fails_after;
};

inline Pop3ServerConfig pop3_server_with_everything() {
  Pop3ServerConfig config;
  config.extensions = pop3::all_extensions();
  return config;
}

}  // namespace mailscope
