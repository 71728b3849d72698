#include "sim/wire/imap_extension.h"

#include "sim/base/ascii.h"

namespace mailscope::imap {

const ExtensionRow* find_extension(std::string_view name) {
  for (const ExtensionRow& row : kExtensions) {
    if (equals_ignoring_case(name, row.name)) return &row;
  }
  return nullptr;
}

}  // namespace mailscope::imap
