// The SASL mechanisms that SMTP, POP3 and IMAP share, as one table. RFC 4422 (the framework), RFC
// 4616 (PLAIN), draft-murchison-sasl-login (LOGIN), RFC 2195 (CRAM-MD5), RFC 5802 and RFC 7677
// (SCRAM-SHA-256).
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/ascii.h"

namespace mailscope::sasl {

enum class Mechanism : uint8_t { kPlain, kLogin, kCramMd5, kScramSha256 };

struct MechanismRow {
  Mechanism mechanism;
  const char* name;
  bool client_first;  // the client speaks first, so an initial response saves a round trip
  bool in_clear;      // whoever reads the exchange has the password
  const char* section;
};

inline constexpr MechanismRow kMechanisms[] = {
    {Mechanism::kPlain, "PLAIN", true, true, "RFC 4616 §2"},
    {Mechanism::kLogin, "LOGIN", false, true, "draft-murchison-sasl-login §2"},
    {Mechanism::kCramMd5, "CRAM-MD5", false, false, "RFC 2195 §2"},
    {Mechanism::kScramSha256, "SCRAM-SHA-256", true, false, "RFC 5802 §3, RFC 7677 §3"},
};

constexpr const MechanismRow& row(Mechanism mechanism) {
  return kMechanisms[static_cast<int>(mechanism)];
}

/// By name, letter case ignored (RFC 4422 §3.1); null when unknown.
inline const MechanismRow* find_mechanism(std::string_view name) {
  for (const MechanismRow& each : kMechanisms) {
    if (equals_ignoring_case(each.name, name)) return &each;
  }
  return nullptr;
}

}  // namespace mailscope::sasl
