#include "sim/lesson/read_pop3.h"

#include <fmt/format.h>

#include <algorithm>

namespace mailscope {
namespace {

constexpr int64_t kMaxDays = 36500;
constexpr int64_t kUsualKeepDays = 14;
constexpr Duration kDay = seconds(24 * 3600);

std::vector<std::string> mechanism_names() {
  std::vector<std::string> names;
  for (const sasl::MechanismRow& row : sasl::kMechanisms) names.push_back(row.name);
  return names;
}

uint32_t read_extensions(TableReader& reader, uint32_t otherwise) {
  if (!reader.has("extensions")) return otherwise;
  std::vector<std::string> names;
  for (const pop3::ExtensionRow& row : pop3::kExtensions) names.push_back(row.name);
  uint32_t bits = 0;
  for (const Word& word : reader.words("extensions")) {
    const auto found = std::find(names.begin(), names.end(), word.text);
    if (found == names.end()) {
      reader.error(word.at, fmt::format("unknown POP3 extension \"{}\"", word.text.substr(0, 60)),
                   one_of(names) + suggestion(word.text, names));
    } else {
      bits |= pop3::bit(pop3::kExtensions[found - names.begin()].extension);
    }
  }
  return bits;
}

uint32_t read_mechanisms(TableReader& reader, uint32_t otherwise) {
  if (!reader.has("auth")) return otherwise;
  const std::vector<std::string> names = mechanism_names();
  uint32_t bits = 0;
  for (const Word& word : reader.words("auth")) {
    const auto found = std::find(names.begin(), names.end(), word.text);
    if (found == names.end()) {
      reader.error(word.at, fmt::format("unknown mechanism \"{}\"", word.text.substr(0, 60)),
                   one_of(names) + suggestion(word.text, names));
    } else {
      bits |= sasl::bit(sasl::kMechanisms[found - names.begin()].mechanism);
    }
  }
  return bits;
}

/// A key that says more about an extension asks for the extension.
void needs_extension(TableReader& reader, uint32_t extensions, const char* key,
                     pop3::Extension extension, const char* name) {
  if (!reader.has(key) || (extensions & pop3::bit(extension)) != 0) return;
  reader.error(reader.at(key), fmt::format("\"{}\" without the extension {}", key, name),
               fmt::format("extensions = [..., \"{}\"]", name));
}

void read_profile(TableReader& reader, Pop3ClientConfig& config) {
  const std::vector<std::string> names = {"delete", "keep", "keep-days", "headers", "no-uidl"};
  if (reader.has("profile")) {
    const size_t which = reader.choice("profile", names, Need::kOptional, 0);
    config.leave_on_server = which != 0;
    config.keep_for = which == 2 ? kDay * kUsualKeepDays : Duration{};
    config.headers_first = which == 3;
    config.use_uidl = which != 4;
    if (reader.has("leave_on_server")) {
      reader.error(reader.at("leave_on_server"), "\"leave_on_server\" beside \"profile\"",
                   "one of them");
    }
  }
  config.leave_on_server = reader.flag("leave_on_server", config.leave_on_server);
  const int64_t days = reader.number("keep_days", 1, kMaxDays, 0);
  if (days == 0) return;
  if (config.keep_for.ns == 0) {
    reader.error(reader.at("keep_days"), "\"keep_days\" with another profile",
                 "profile = \"keep-days\"");
  }
  config.keep_for = kDay * days;
}

}  // namespace

Pop3ServerConfig read_pop3_service(TableReader& reader) {
  using pop3::Extension;
  Pop3ServerConfig config;
  config.extensions = read_extensions(reader, config.extensions);
  config.mechanisms = read_mechanisms(reader, config.mechanisms);
  config.capa = reader.flag("capa", config.capa);
  config.login_delay = reader.duration("login_delay", config.login_delay);
  if (reader.has("expire_days")) {
    config.expire_days = static_cast<uint32_t>(reader.number("expire_days", 0, kMaxDays, 0));
  }
  config.clear_login_needs_tls = reader.flag("login_needs_tls", config.clear_login_needs_tls);
  config.trouble = static_cast<MaildropTrouble>(
      reader.choice("trouble", {"none", "passing", "lasting"}, Need::kOptional, 0));
  if (reader.has("update_fails_after")) {
    config.update_fails_after =
        static_cast<uint32_t>(reader.number("update_fails_after", 0, 1000000, 0));
  }
  needs_extension(reader, config.extensions, "auth", Extension::kSasl, "SASL");
  needs_extension(reader, config.extensions, "login_delay", Extension::kLoginDelay, "LOGIN-DELAY");
  needs_extension(reader, config.extensions, "expire_days", Extension::kExpire, "EXPIRE");
  return config;
}

Pop3ClientConfig read_pop3_program(TableReader& reader, Pop3ClientConfig config) {
  read_profile(reader, config);
  config.login = static_cast<Pop3Login>(reader.choice(
      "login", {"user", "apop", "auth"}, Need::kOptional, static_cast<size_t>(config.login)));
  if (reader.has("mechanism")) {
    const size_t which = reader.choice("mechanism", mechanism_names(), Need::kOptional, 0);
    config.mechanism = sasl::kMechanisms[which].mechanism;
    if (config.login != Pop3Login::kAuth) {
      reader.error(reader.at("mechanism"), "\"mechanism\" with another login", "login = \"auth\"");
    }
  }
  config.tls = static_cast<Pop3Tls>(reader.choice(
      "tls", {"never", "offered", "required"}, Need::kOptional, static_cast<size_t>(config.tls)));
  config.pipeline = reader.flag("pipeline", config.pipeline);
  config.utf8 = reader.flag("utf8", config.utf8);
  return config;
}

}  // namespace mailscope
