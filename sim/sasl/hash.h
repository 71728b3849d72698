// The few cryptographic functions that mail protocols ask for, over OpenSSL's libcrypto. Results
// are raw octets unless they are called hex.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailscope::sasl {

/// 32 lower-case hex digits (RFC 1939 §7 APOP).
std::string md5_hex(std::string_view text);
/// 32 lower-case hex digits (RFC 2104, RFC 2195 §2).
std::string hmac_md5_hex(std::string_view key, std::string_view text);
std::string sha256(std::string_view text);
std::string hmac_sha256(std::string_view key, std::string_view text);
/// RFC 5802 §2.2 Hi(): PBKDF2 with HMAC-SHA-256. Slow on purpose.
std::string pbkdf2_sha256(std::string_view password, std::string_view salt, uint32_t iterations);
/// Compares in a time that does not tell where the texts differ.
bool equal_secret(std::string_view a, std::string_view b);

}  // namespace mailscope::sasl
