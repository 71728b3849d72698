// The header lines of a POP3 transcript that set the server up:
//   extensions all            or a list of names; absent: the usual ones
//   capa off                  mechanisms PLAIN CRAM-MD5       needs-tls
//   login-delay 60            expire 30                       policy bob 600 7
//   trouble passing|lasting   update-fails-after 1
#pragma once

#include <sstream>
#include <stdexcept>

#include "sim/base/ascii.h"
#include "sim/pop3/server.h"
#include "tests/support/transcript.h"

namespace mailscope::test {

inline pop3::Extension extension_named(const std::string& name) {
  for (const pop3::ExtensionRow& row : pop3::kExtensions) {
    if (name == row.name) return row.extension;
  }
  throw std::runtime_error("no such extension: " + name);
}

inline Pop3ServerConfig pop3_config_of(const Transcript& transcript) {
  Pop3ServerConfig config;
  const auto number = [](const std::string& text) {
    return static_cast<uint32_t>(parse_number(text, UINT32_MAX).value());
  };
  for (const auto& [key, value] : transcript.options) {
    std::istringstream words(value);
    std::string word;
    if (key == "extensions") {
      config.extensions = value == "all" ? pop3::all_extensions() : 0;
      while (value != "all" && words >> word) config.extensions |= pop3::bit(extension_named(word));
    } else if (key == "mechanisms") {
      config.mechanisms = 0;
      while (words >> word) {
        config.mechanisms |= sasl::bit(sasl::find_mechanism(word)->mechanism);
      }
    } else if (key == "policy") {
      std::string delay, days;
      words >> word >> delay >> days;
      config.policies.push_back({word, seconds(number(delay)), number(days)});
    } else if (key == "capa")
      config.capa = value != "off";
    else if (key == "needs-tls")
      config.clear_login_needs_tls = true;
    else if (key == "login-delay")
      config.login_delay = seconds(number(value));
    else if (key == "expire")
      config.expire_days = number(value);
    else if (key == "update-fails-after")
      config.update_fails_after = number(value);
    else if (key == "trouble") {
      config.trouble = value == "lasting" ? MaildropTrouble::kLasting : MaildropTrouble::kPassing;
    } else if (key != "implicit-tls")
      throw std::runtime_error("unknown header line: " + key);
  }
  return config;
}

}  // namespace mailscope::test
