// The messages of SCRAM (RFC 5802 §7): reading and writing them, without any state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailscope::sasl {

struct ScramClientFirst {
  std::string gs2_header;  // "n,,": no channel binding
  std::string authzid;
  std::string bare;  // what the proofs cover
  std::string user;
  std::string nonce;
};

struct ScramServerFirst {
  std::string nonce;
  std::string salt;  // raw
  uint32_t iterations = 0;
};

struct ScramClientFinal {
  std::string channel_binding;  // decoded: the gs2-header again
  std::string nonce;
  std::string proof;  // raw
  std::string without_proof;
};

std::optional<ScramClientFirst> parse_client_first(std::string_view text);
std::optional<ScramServerFirst> parse_server_first(std::string_view text);
std::optional<ScramClientFinal> parse_client_final(std::string_view text);
/// "n=user,r=nonce"
std::string client_first_bare(std::string_view user, std::string_view nonce);

/// 24 printable characters, made from who asks and the turn's entropy.
std::string nonce_from(std::string_view who, uint64_t entropy);
/// A server's salt for a user, the same each time, for strangers too (RFC 5802 §9).
std::string salt_of(std::string_view user);
/// PBKDF2, remembering the last results: replaying a run asks the same again and again.
std::string salted_password(std::string_view password, std::string_view salt, uint32_t iterations);
std::string exclusive_or(std::string_view a, std::string_view b);

}  // namespace mailscope::sasl
