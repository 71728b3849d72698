// TLS on a socket of `mailsim serve`: OpenSSL between the octets of the socket and those of the
// engine, without sockets of its own. What comes is taken in, in any pieces; what is to go out
// waits in pending() until it has been sent. RFC 8446 (TLS 1.3) and RFC 5246 (TLS 1.2): RFC 9325
// §3.1.1 has nothing older used.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace mailscope {

/// Who the servers are: a key and a certificate that they sign themselves, made for one run.
class TlsIdentity {
 public:
  /// For the domains, and for localhost and 127.0.0.1. Valid for a year.
  static Result<TlsIdentity> make(const std::vector<std::string>& domains);

  /// For programs that are to trust it.
  [[nodiscard]] const std::string& certificate_pem() const { return pem_; }
  /// SHA-256 of the certificate, in upper-case pairs with colons between.
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }

 private:
  friend class TlsSession;
  std::shared_ptr<ssl_ctx_st> context_;
  std::string pem_;
  std::string fingerprint_;
};

/// The server's end of one connection.
class TlsSession {
 public:
  explicit TlsSession(const TlsIdentity& identity);

  /// What the socket had; what the program said with it goes to the end of `text`. False when it
  /// cannot go on: problem() says why.
  bool take(std::string_view octets, std::string& text);
  /// Has the octets of the text ready to be sent. False, and nothing of it is, before the handshake
  /// is over, and while a message of TLS has come in part (RFC 8446 §4.6): when take() has had more
  /// it can be said.
  [[nodiscard]] bool say(std::string_view text);
  /// No more will be said: the close_notify alert (RFC 8446 §6.1).
  void end();

  /// The handshake is over.
  [[nodiscard]] bool established() const;
  /// The program has said that no more will come, by close_notify.
  [[nodiscard]] bool ended() const { return ended_; }
  /// "TLSv1.3, TLS_AES_256_GCM_SHA384"
  [[nodiscard]] std::string agreed() const;
  [[nodiscard]] const std::string& problem() const { return problem_; }

  /// What is to be sent, and that so much of it has been.
  [[nodiscard]] std::string_view pending() const;
  void sent(size_t octets);

 private:
  void gather();

  std::shared_ptr<ssl_st> ssl_;
  std::string out_;
  size_t out_begin_ = 0;  // in out_, what has been sent
  bool ended_ = false;
  std::string problem_;
};

}  // namespace mailscope
