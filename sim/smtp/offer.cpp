#include "sim/smtp/offer.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/sasl/exchange.h"

namespace mailscope::smtp {

void Offer::take(std::string_view line) {
  // "AUTH=LOGIN PLAIN" is what servers said before RFC 2554, and some still do.
  const size_t end = std::min(line.find_first_of(" ="), line.size());
  const std::string_view keyword = line.substr(0, end);
  for (const ExtensionRow& row : kExtensions) {
    if (equals_ignoring_case(keyword, row.keyword)) extensions |= bit(row.extension);
  }
  std::string_view rest = line.substr(std::min(end + 1, line.size()));
  if (equals_ignoring_case(keyword, "SIZE")) max_size = parse_number(trimmed(rest)).value_or(0);
  if (!equals_ignoring_case(keyword, "AUTH")) return;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    const sasl::MechanismRow* row = sasl::find_mechanism(word);
    if (row != nullptr) mechanisms |= sasl::bit(row->mechanism);
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
}

}  // namespace mailscope::smtp
