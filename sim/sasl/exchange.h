// The two ends of a SASL exchange, as values without I/O. Challenges and responses are raw octets
// here; SMTP, POP3 and IMAP each encode them in base64 in their own way (RFC 4422 §4).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/base/digest.h"
#include "sim/sasl/mechanisms.h"

namespace mailscope::sasl {

/// Whom a name means to the protocol that asks: the same `name` for every way to write it.
struct KnownUser {
  std::string name;
  std::string password;
};
/// The user of a name, or none for a stranger.
using UserLookup = std::function<std::optional<KnownUser>(std::string_view name)>;

/// RFC 7677 §4 asks for at least 4096 rounds; this many.
constexpr uint32_t kScramIterations = 4096;

/// The server's end.
class ServerExchange {
 public:
  struct Step {
    enum class Kind : uint8_t {
      kChallenge,  // say `text` and wait for a response
      kDone,       // `user` has shown the password; no more to say
      kFailed,     // wrong user or password
      kForbidden,  // the password is right, but the user asks to act as somebody else
      kMalformed,  // the response is not what the mechanism asks for; `text` says why
    };
    Kind kind = Kind::kFailed;
    std::string text;
    std::string user;
  };

  ServerExchange() = default;
  /// `entropy` makes nonces, `host` and `unix_now` the challenge of CRAM-MD5.
  ServerExchange(Mechanism mechanism, uint64_t entropy, std::string_view host, int64_t unix_now);

  /// The first challenge, for an exchange without an initial response. Client-first mechanisms get
  /// an empty one.
  [[nodiscard]] std::string first_challenge() const;
  /// Takes a response in.
  Step respond(std::string_view response, const UserLookup& user_of);

  [[nodiscard]] Mechanism mechanism() const { return mechanism_; }
  void add_to(Digest& digest) const;

 private:
  Step plain(std::string_view response, const UserLookup& user_of);
  Step login(std::string_view response, const UserLookup& user_of);
  Step cram(std::string_view response, const UserLookup& user_of);
  Step scram_first(std::string_view response, const UserLookup& user_of);
  Step scram_final(std::string_view response);

  Mechanism mechanism_ = Mechanism::kPlain;
  uint32_t responses_ = 0;
  std::string challenge_;  // CRAM-MD5: as said
  std::string nonce_;      // SCRAM: the server's part
  std::string user_;
  std::string auth_message_;  // SCRAM: what has been said so far, as RFC 5802 §3 joins it
  std::string stored_key_;
  std::string server_key_;
  std::string gs2_header_;
  bool known_ = false;      // SCRAM: such a user exists
  bool forbidden_ = false;  // SCRAM: the user asks to act as somebody else
};

/// The client's end.
class ClientExchange {
 public:
  ClientExchange() = default;
  ClientExchange(Mechanism mechanism, std::string user, std::string password, uint64_t entropy);

  /// Said with the command where an initial response is allowed; none for server-first mechanisms.
  [[nodiscard]] std::optional<std::string> initial_response() const;
  /// The response to a challenge; none when the challenge is wrong, and the exchange must be
  /// cancelled with "*".
  std::optional<std::string> respond(std::string_view challenge);
  /// After the server said yes: whether it has shown that it knows the password, too, where the
  /// mechanism lets it (SCRAM); always true for the others.
  [[nodiscard]] bool server_proved() const;

  [[nodiscard]] Mechanism mechanism() const { return mechanism_; }
  void add_to(Digest& digest) const;

 private:
  std::optional<std::string> scram_final(std::string_view challenge);

  Mechanism mechanism_ = Mechanism::kPlain;
  std::string user_;
  std::string password_;
  std::string nonce_;
  std::string server_signature_;
  uint32_t challenges_ = 0;
  bool proved_ = false;
};

/// The mechanism that a client uses of those a server offers: the one that gives least away.
/// `allow_clear`: those that show the password may be used (under TLS, or when the person insists).
std::optional<Mechanism> best_mechanism(uint32_t offered_bits, bool allow_clear);
constexpr uint32_t bit(Mechanism mechanism) { return 1u << static_cast<int>(mechanism); }
constexpr uint32_t kAllMechanisms = 15;

}  // namespace mailscope::sasl
