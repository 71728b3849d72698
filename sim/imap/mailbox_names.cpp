#include "sim/imap/mailbox_names.h"

#include <algorithm>

#include "sim/mail/mail_store.h"
#include "sim/wire/imap_utf7.h"
#include "sim/wire/net_unicode.h"

namespace mailscope {
namespace {

constexpr char kSeparator = MailStore::kSeparator;

bool is_place_of_files(std::string_view level) { return level == "." || level == ".."; }

}  // namespace

std::string_view why_not_a_new_name(std::string_view name) {
  if (name.size() > kMaxMailboxName) return "the name is too long";
  if (name.find_first_of("*%") != std::string_view::npos) return "* and % are for LIST";
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find(kSeparator, begin), name.size());
    const std::string_view level = name.substr(begin, end - begin);
    if (level.empty()) return "a level of the name is empty";
    // Nothing here is a file, but whoever keeps a copy of the mailboxes may make files of them.
    if (is_place_of_files(level)) return "no level of a name can be . or ..";
    begin = end + 1;
  }
  const std::optional<std::string> text = imap::parse_mailbox_utf7(name);
  if (!text) return "the name is not modified UTF-7 (RFC 3501 section 5.1.3)";
  if (net_unicode(*text) != text) return "the name is not Net-Unicode (RFC 9051 section 5.1)";
  return {};
}

std::string_view superior_name(std::string_view name) {
  const size_t separator = name.rfind(kSeparator);
  return separator == std::string_view::npos ? std::string_view() : name.substr(0, separator);
}

bool is_below(std::string_view name, std::string_view superior) {
  return name.size() > superior.size() && name[superior.size()] == kSeparator &&
         name.substr(0, superior.size()) == superior;
}

bool is_at_or_below(std::string_view name, std::string_view superior) {
  return name == superior || is_below(name, superior);
}

}  // namespace mailscope
