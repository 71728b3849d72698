// How a POP3 mail program is set up: who it is, what it leaves on the server, how it logs in, and
// whether it insists on TLS. The profiles that real programs have are combinations of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/base/time.h"
#include "sim/sasl/mechanisms.h"

namespace mailscope {

enum class Pop3Login : uint8_t { kUser, kApop, kAuth };  // USER and PASS, APOP, AUTH
enum class Pop3Tls : uint8_t { kNever, kIfOffered, kRequired };

struct Pop3ClientConfig {
  std::string user;
  std::string password;
  /// False: what is held here whole is deleted there (download and delete).
  bool leave_on_server = false;
  std::string folder = "INBOX";      // of the LocalStore
  Duration patience = seconds(120);  // without an answer for so long the session is given up
  /// What is left on the server is deleted there so long after it came here; 0: never.
  Duration keep_for{};
  /// Of new mail only the header is fetched, with TOP; the rest when the person wants to read it.
  bool headers_first = false;
  /// False: an old program that knows no unique-ids. Whatever is there looks new, every time.
  bool use_uidl = true;
  Pop3Login login = Pop3Login::kUser;
  /// For AUTH; none: the offered one that gives least away.
  std::optional<sasl::Mechanism> mechanism;
  Pop3Tls tls = Pop3Tls::kNever;
  /// Sends several commands at once where the server says PIPELINING (RFC 2449 §6.6).
  bool pipeline = false;
  /// Asks for UTF-8 mode where it is offered (RFC 6856 §2.1).
  bool utf8 = false;
};

}  // namespace mailscope
