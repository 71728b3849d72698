#include "sim/imap/mailbox_names.h"

#include <vector>

#include "sim/base/ascii.h"
#include "sim/mail/mail_store.h"
#include "sim/wire/imap_utf7.h"

namespace mailscope {
namespace {

constexpr char kSeparator = MailStore::kSeparator;

bool has_empty_level(std::string_view name) {
  const char doubled[] = {kSeparator, kSeparator, '\0'};
  return name.empty() || name.front() == kSeparator || name.back() == kSeparator ||
         name.find(doubled) != std::string_view::npos;
}

}  // namespace

std::string_view why_not_a_new_name(std::string_view name) {
  if (has_empty_level(name)) return "a level of the name is empty";
  if (name.size() > kMaxMailboxName) return "the name is too long";
  if (name.find_first_of("*%") != std::string_view::npos) return "* and % are for LIST";
  if (!imap::parse_mailbox_utf7(name)) return "the name is not modified UTF-7 (RFC 3501 §5.1.3)";
  return {};
}

bool matches_pattern(std::string_view name, std::string_view pattern) {
  const bool inbox = name == "INBOX";
  // reached[i]: the pattern so far can match the first i characters. Any pattern costs
  // name x pattern steps, no more.
  std::vector<bool> reached(name.size() + 1, false);
  reached[0] = true;
  for (const char raw : pattern) {
    const char c = inbox ? ascii_upper(raw) : raw;
    if (c == '*' || c == '%') {
      for (size_t i = 0; i < name.size(); ++i) {
        if (reached[i] && (c == '*' || name[i] != kSeparator)) reached[i + 1] = true;
      }
      continue;
    }
    for (size_t i = name.size(); i > 0; --i) reached[i] = reached[i - 1] && name[i - 1] == c;
    reached[0] = false;
  }
  return reached[name.size()];
}

std::string_view superior_name(std::string_view name) {
  const size_t separator = name.rfind(kSeparator);
  return separator == std::string_view::npos ? std::string_view() : name.substr(0, separator);
}

}  // namespace mailscope
