#include "sim/sasl/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "sim/base/check.h"

namespace mailscope::sasl {
namespace {

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hex(std::string_view raw) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : raw) {
    const auto value = static_cast<unsigned char>(c);
    text += kDigits[value >> 4];
    text += kDigits[value & 15];
  }
  return text;
}

std::string hashed(const EVP_MD* kind, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned int size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), result.data(), &size, kind, nullptr) == 1);
  return {reinterpret_cast<const char*>(result.data()), size};
}

std::string hmac(const EVP_MD* kind, std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned int size = 0;
  CHECK(HMAC(kind, key.data(), static_cast<int>(key.size()), octets(text), text.size(),
             result.data(), &size) != nullptr);
  return {reinterpret_cast<const char*>(result.data()), size};
}

}  // namespace

std::string md5_hex(std::string_view text) { return hex(hashed(EVP_md5(), text)); }

std::string hmac_md5_hex(std::string_view key, std::string_view text) {
  return hex(hmac(EVP_md5(), key, text));
}

std::string sha256(std::string_view text) { return hashed(EVP_sha256(), text); }

std::string hmac_sha256(std::string_view key, std::string_view text) {
  return hmac(EVP_sha256(), key, text);
}

std::string pbkdf2_sha256(std::string_view password, std::string_view salt, uint32_t iterations) {
  std::array<unsigned char, 32> result{};
  CHECK(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), octets(salt),
                          static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                          static_cast<int>(result.size()), result.data()) == 1);
  return {reinterpret_cast<const char*>(result.data()), result.size()};
}

bool equal_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mailscope::sasl
