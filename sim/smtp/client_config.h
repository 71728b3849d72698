// What an SMTP client is set up to do. A default-constructed one hands in mail as RFC 5321 alone
// would have it, one command at a time; the rest is used where it is switched on here and the
// server offers it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mailscope {

struct SmtpClientConfig {
  enum class Tls : uint8_t {
    kNever,
    kIfOffered,  // an attacker who hides the offer gets everything in clear
    kRequired,   // no mail, and no password, before TLS protects the connection
  };

  std::string user;  // empty: no authentication
  std::string password;
  Tls tls = Tls::kNever;
  bool clear_password = false;  // PLAIN and LOGIN may be used without TLS
  bool pipelining = false;      // RFC 2920
  bool size = false;            // RFC 1870: announces the size, and keeps to the server's limit
  bool chunking = false;        // RFC 3030: BDAT instead of DATA
  size_t chunk_octets = 64 * 1024;
  /// What to hear about recipients whose transaction does not say (bits of RecipientDsn).
  uint8_t notify = 0;
  bool headers_only = false;  // RET=HDRS, where the transaction does not say
  /// RFC 5322 §3.6.3: who wrote the mail removes Bcc; a server that passes it on changes nothing.
  bool strip_bcc = true;
};

}  // namespace mailscope
