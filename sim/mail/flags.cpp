#include "sim/mail/flags.h"

#include "sim/base/ascii.h"

namespace mailscope {
namespace {

struct NamedFlag {
  const char* name;
  FlagBits bit;
};

// In the order RFC 3501 §2.3.2 lists them.
constexpr NamedFlag kSystemFlags[] = {{"\\Seen", Flag::kSeen},
                                      {"\\Answered", Flag::kAnswered},
                                      {"\\Flagged", Flag::kFlagged},
                                      {"\\Deleted", Flag::kDeleted},
                                      {"\\Draft", Flag::kDraft}};

}  // namespace

FlagBits system_flag(std::string_view name) {
  for (const NamedFlag& flag : kSystemFlags) {
    if (equals_ignoring_case(name, flag.name)) return flag.bit;
  }
  return 0;
}

std::string flags_text(FlagBits flags, const std::vector<std::string>& keywords, bool recent) {
  std::string out;
  const auto add = [&out](std::string_view name) {
    if (!out.empty()) out += ' ';
    out += name;
  };
  for (const NamedFlag& flag : kSystemFlags) {
    if ((flags & flag.bit) != 0) add(flag.name);
  }
  for (size_t i = 0; i < keywords.size(); ++i) {
    if ((flags >> (Flag::kFirstKeyword + static_cast<int>(i)) & 1) != 0) add(keywords[i]);
  }
  if (recent) add("\\Recent");
  return out;
}

}  // namespace mailscope
