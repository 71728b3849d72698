#include "sim/world/input.h"

#include <fmt/format.h>

namespace mailscope {

const char* input_kind_name(InputKind kind) {
  constexpr const char* kNames[] = {"check-mail", "read",   "unread",       "flag",
                                    "delete",     "move",   "send",         "disconnect",
                                    "bulk-send",  "drop-segment", "delay-segment", "cut",
                                    "cut-after-byte", "stop-host", "start-host", "set-link",
                                    "link-down",  "link-up", "set-dns", "end-sessions",
                                    "live-connect", "live-bytes", "live-taken", "live-close",
                                    "save-draft", "copy",   "go-offline",   "go-online",
                                    "renew-uids",   "live-secured"};
  static_assert(sizeof(kNames) / sizeof(kNames[0]) == kInputKindCount);
  return kNames[static_cast<int>(kind)];
}

std::string input_text(const Input& input) {
  std::string text = input_kind_name(input.kind);
  if (input.number != 0) text += fmt::format(" {}", input.number);
  if (input.duration.ns != 0) text += fmt::format(" {} ms", input.duration.ns / 1000000);
  if (input.kind == InputKind::kLiveBytes) {
    text += fmt::format(" {} octets", input.text.size());
  } else if (!input.text.empty()) {
    text += " " + input.text;
  }
  if (!input.mailbox.empty()) text += " to " + input.mailbox;
  for (const std::string& recipient : input.recipients) text += " <" + recipient + ">";
  for (const DnsRecord& record : input.records) text += " " + dns_record_text(record);
  return text;
}

}  // namespace mailscope
