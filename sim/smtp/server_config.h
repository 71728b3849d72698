// What a server of SMTP is set up to do. A default-constructed one is a plain RFC 5321 server with
// 8BITMIME and SIZE; everything else is switched on here and leaves no trace when it is off: not
// announced, its commands unknown (500), its parameters refused (555).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/base/time.h"
#include "sim/sasl/exchange.h"
#include "sim/smtp/protocol.h"

namespace mailscope {

struct SmtpServerConfig {
  /// How much VRFY tells (RFC 5321 §3.5.3).
  enum class Verify : uint8_t {
    kKnownOnly,  // 250 for a mailbox, 252 for anything else
    kHonest,     // what RCPT would say: 250, 251, 550, 551, and 553 when several could be meant
    kNothing,    // always 252
  };
  /// Local part in small letters to what stands behind it.
  using Names = std::map<std::string, std::vector<std::string>>;

  std::vector<std::string> local_domains;  // delivered here
  std::vector<std::string> relay_for;      // host names of clients that may send to other domains
  size_t max_message = 64u << 20;          // octets
  Duration patience = seconds(300);        // RFC 5321 §4.5.3.2.7
  uint32_t max_bad_commands = 20;

  /// Bits of smtp::Extension.
  uint32_t extensions =
      smtp::bit(smtp::Extension::kSize) | smtp::bit(smtp::Extension::kEightBitMime);
  size_t max_recipients = smtp::kMaxRecipients;
  /// Octets of a line of message text with its CRLF; 0: any (RFC 5321 §4.5.3.1.6 asks for 1000 at
  /// least, and for no limit where possible).
  size_t max_text_line = 0;
  /// Octets of ENVID and ORCPT that one transaction may hold; more gets 455.
  size_t max_parameter_octets = 64 * 1024;
  Verify verify = Verify::kKnownOnly;
  bool expand = false;      // EXPN is answered, and announced (RFC 5321 §3.5.2)
  bool no_service = false;  // greets with 554: nobody is served here (RFC 5321 §3.1)

  // AUTH (RFC 4954) and STARTTLS (RFC 3207).
  uint32_t auth_mechanisms = sasl::kAllMechanisms;  // bits of sasl::bit()
  bool clear_auth_needs_tls = false;                // PLAIN and LOGIN only under TLS
  bool tls_unavailable = false;                     // STARTTLS gets 454

  // Message submission (RFC 6409): authentication is required, Date and Message-ID are added.
  bool submission = false;
  bool own_sender_only = false;  // the reverse-path must be the authenticated account's

  // Who is who here.
  Names aliases;                             // to accounts, other aliases and outside addresses
  Names lists;                               // mailing lists and their members
  std::map<std::string, std::string> moved;  // 551: the address to try instead
  std::vector<std::string> unavailable;      // accounts that get 450

  uint64_t quota = 0;            // octets an account may hold; 0: any number
  bool quota_temporary = false;  // a full mailbox gets 452 rather than 552
  uint64_t room = 0;             // octets the whole store may hold; 0: any number
  Duration greylist;             // how long a new sender must wait; 0: not at all (RFC 6647)

  [[nodiscard]] bool has(smtp::Extension extension) const {
    const uint32_t needed = smtp::bit(extension) | smtp::row(extension).needs;
    return (extensions & needed) == needed;
  }
};

/// A server that offers every extension.
inline SmtpServerConfig everything(SmtpServerConfig config = {}) {
  config.extensions = smtp::kAllExtensions;
  config.verify = SmtpServerConfig::Verify::kHonest;
  config.expand = true;
  return config;
}

}  // namespace mailscope
