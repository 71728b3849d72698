#include <fmt/format.h>

#include "sim/sasl/exchange.h"
#include "sim/sasl/hash.h"
#include "sim/sasl/scram.h"
#include "sim/wire/base64.h"

namespace mailscope::sasl {

ClientExchange::ClientExchange(Mechanism mechanism, std::string user, std::string password,
                               uint64_t entropy)
    : mechanism_(mechanism),
      user_(std::move(user)),
      password_(std::move(password)),
      nonce_(nonce_from("client", entropy)) {}

std::optional<std::string> ClientExchange::initial_response() const {
  switch (mechanism_) {
    case Mechanism::kPlain:
      return std::string(1, '\0') + user_ + std::string(1, '\0') + password_;
    case Mechanism::kScramSha256:
      return "n,," + client_first_bare(user_, nonce_);
    case Mechanism::kLogin:
    case Mechanism::kCramMd5:
      break;
  }
  return std::nullopt;
}

std::optional<std::string> ClientExchange::respond(std::string_view challenge) {
  ++challenges_;
  switch (mechanism_) {
    case Mechanism::kPlain:
      return challenges_ == 1 ? initial_response() : std::nullopt;
    case Mechanism::kLogin:
      // Servers word their questions differently; everyone asks for the name first.
      if (challenges_ > 2) return std::nullopt;
      return challenges_ == 1 ? user_ : password_;
    case Mechanism::kCramMd5:
      if (challenges_ > 1) return std::nullopt;
      return user_ + " " + hmac_md5_hex(password_, challenge);
    case Mechanism::kScramSha256:
      break;
  }
  if (server_signature_.empty()) {
    // An empty challenge asks for what could have come with the command: once, or it would for
    // ever.
    if (challenges_ == 1 && challenge.empty()) return initial_response();
    return scram_final(challenge);
  }
  const bool again = proved_;
  proved_ = challenge == "v=" + encode_base64(server_signature_);
  return proved_ && !again ? std::optional<std::string>("") : std::nullopt;
}

std::optional<std::string> ClientExchange::scram_final(std::string_view challenge) {
  const std::optional<ScramServerFirst> first = parse_server_first(challenge);
  // RFC 5802 §5.1: the nonce must begin with ours, or somebody replays an old exchange.
  if (!first || first->nonce.size() <= nonce_.size() || first->nonce.rfind(nonce_, 0) != 0 ||
      first->iterations < kScramIterations || first->iterations > 100 * kScramIterations) {
    return std::nullopt;
  }
  const std::string salted = salted_password(password_, first->salt, first->iterations);
  const std::string client_key = hmac_sha256(salted, "Client Key");
  const std::string without_proof = "c=" + encode_base64("n,,") + ",r=" + first->nonce;
  const std::string message =
      fmt::format("{},{},{}", client_first_bare(user_, nonce_), challenge, without_proof);
  const std::string proof = exclusive_or(client_key, hmac_sha256(sha256(client_key), message));
  server_signature_ = hmac_sha256(hmac_sha256(salted, "Server Key"), message);
  return without_proof + ",p=" + encode_base64(proof);
}

bool ClientExchange::server_proved() const {
  return mechanism_ != Mechanism::kScramSha256 || proved_;
}

void ClientExchange::add_to(Digest& digest) const {
  digest.add(static_cast<int>(mechanism_));
  digest.add(user_);
  digest.add(nonce_);
  digest.add(challenges_);
  digest.add(proved_);
}

std::optional<Mechanism> best_mechanism(uint32_t offered_bits, bool allow_clear) {
  constexpr Mechanism kBest[] = {Mechanism::kScramSha256, Mechanism::kCramMd5, Mechanism::kPlain,
                                 Mechanism::kLogin};
  for (const Mechanism each : kBest) {
    if ((offered_bits & bit(each)) == 0) continue;
    if (row(each).in_clear && !allow_clear) continue;
    return each;
  }
  return std::nullopt;
}

}  // namespace mailscope::sasl
