#include "sim/sasl/scram.h"

#include <fmt/format.h>

#include <array>

#include "sim/sasl/hash.h"
#include "sim/wire/base64.h"

namespace mailscope::sasl {
namespace {

/// The value of the attribute `name` at the front of `text`, which loses it and the comma after it.
std::optional<std::string> take_attribute(std::string_view& text, char name) {
  if (text.size() < 2 || text[0] != name || text[1] != '=') return std::nullopt;
  const size_t comma = text.find(',');
  std::string value(text.substr(2, comma == std::string_view::npos ? comma : comma - 2));
  text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  return value;
}

/// RFC 5802 §5.1: "=2C" is a comma and "=3D" an equals sign; any other "=" is a mistake.
std::optional<std::string> decode_name(std::string_view text) {
  std::string name;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      name += text[i];
      continue;
    }
    const std::string_view code = text.substr(i, 3);
    if (code != "=2C" && code != "=3D") return std::nullopt;
    name += code == "=2C" ? ',' : '=';
    i += 2;
  }
  return name;
}

std::string encode_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == ',') {
      text += "=2C";
    } else if (c == '=') {
      text += "=3D";
    } else {
      text += c;
    }
  }
  return text;
}

bool printable(std::string_view nonce) {
  for (const char c : nonce) {
    if (c < 0x21 || c > 0x7e || c == ',') return false;
  }
  return !nonce.empty();
}

}  // namespace

std::optional<ScramClientFirst> parse_client_first(std::string_view text) {
  // gs2-header: "n,", "y," (the client could bind channels and thinks we cannot), or "p=..." which
  // only the -PLUS mechanisms know.
  if (text.size() < 3 || (text[0] != 'n' && text[0] != 'y') || text[1] != ',') return std::nullopt;
  const size_t end = text.find(',', 2);
  if (end == std::string_view::npos) return std::nullopt;
  ScramClientFirst first;
  first.gs2_header = text.substr(0, end + 1);
  if (end > 2) {
    std::string_view authzid = text.substr(2, end - 2);
    const std::optional<std::string> encoded = take_attribute(authzid, 'a');
    const std::optional<std::string> name = encoded ? decode_name(*encoded) : std::nullopt;
    if (!name) return std::nullopt;
    first.authzid = *name;
  }
  std::string_view bare = text.substr(end + 1);
  first.bare = bare;
  const std::optional<std::string> encoded = take_attribute(bare, 'n');
  const std::optional<std::string> user = encoded ? decode_name(*encoded) : std::nullopt;
  const std::optional<std::string> nonce = take_attribute(bare, 'r');
  if (!user || user->empty() || !nonce || !printable(*nonce)) return std::nullopt;
  first.user = *user;
  first.nonce = *nonce;
  return first;
}

std::optional<ScramServerFirst> parse_server_first(std::string_view text) {
  const std::optional<std::string> nonce = take_attribute(text, 'r');
  const std::optional<std::string> salt = nonce ? take_attribute(text, 's') : std::nullopt;
  const std::optional<std::string> count = salt ? take_attribute(text, 'i') : std::nullopt;
  if (!count || count->empty() || count->size() > 9) return std::nullopt;
  const std::optional<std::string> raw = parse_base64(*salt);
  if (!raw || !printable(*nonce)) return std::nullopt;
  uint32_t iterations = 0;
  for (const char c : *count) {
    if (c < '0' || c > '9') return std::nullopt;
    iterations = iterations * 10 + static_cast<uint32_t>(c - '0');
  }
  return ScramServerFirst{*nonce, *raw, iterations};
}

std::optional<ScramClientFinal> parse_client_final(std::string_view text) {
  const size_t at = text.rfind(",p=");
  if (at == std::string_view::npos) return std::nullopt;
  ScramClientFinal last;
  last.without_proof = text.substr(0, at);
  const std::optional<std::string> proof = parse_base64(text.substr(at + 3));
  std::string_view rest = last.without_proof;
  const std::optional<std::string> binding = take_attribute(rest, 'c');
  const std::optional<std::string> nonce = binding ? take_attribute(rest, 'r') : std::nullopt;
  const std::optional<std::string> header = nonce ? parse_base64(*binding) : std::nullopt;
  if (!proof || !header) return std::nullopt;
  last.channel_binding = *header;
  last.nonce = *nonce;
  last.proof = *proof;
  return last;
}

std::string client_first_bare(std::string_view user, std::string_view nonce) {
  return fmt::format("n={},r={}", encode_name(user), nonce);
}

std::string nonce_from(std::string_view who, uint64_t entropy) {
  return encode_base64(sha256(fmt::format("{} {}", who, entropy)).substr(0, 18));
}

std::string salt_of(std::string_view user) {
  return sha256(fmt::format("salt of {}", user)).substr(0, 16);
}

std::string salted_password(std::string_view password, std::string_view salt, uint32_t iterations) {
  struct Known {
    std::string password, salt, result;
    uint32_t iterations = 0;
  };
  static thread_local std::array<Known, 16> known;
  static thread_local size_t next = 0;
  for (const Known& each : known) {
    if (each.iterations == iterations && each.salt == salt && each.password == password) {
      return each.result;
    }
  }
  Known& fresh = known[next++ % known.size()];
  fresh = {std::string(password), std::string(salt), pbkdf2_sha256(password, salt, iterations),
           iterations};
  return fresh.result;
}

std::string exclusive_or(std::string_view a, std::string_view b) {
  std::string result(a);
  for (size_t i = 0; i < result.size() && i < b.size(); ++i) {
    result[i] = static_cast<char>(result[i] ^ b[i]);
  }
  return result;
}

}  // namespace mailscope::sasl
