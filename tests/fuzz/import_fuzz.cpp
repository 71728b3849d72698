// Any bytes as an mbox file. Entries lie in the file one after the other; every message that comes
// out has CRLF line ends and can be looked at.
#include <cstddef>
#include <cstdint>

#include "sim/base/check.h"
#include "sim/mail/import.h"
#include "sim/mail/mbox.h"
#include "sim/wire/charset.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mailscope;
  const std::string text(reinterpret_cast<const char*>(data), size);
  size_t at = 0;
  for (const MboxEntry& entry : split_mbox(text, 1000)) {
    CHECK(at <= entry.separator.begin);
    CHECK(entry.separator.end == entry.content.begin);
    CHECK(entry.content.begin <= entry.content.end);
    at = entry.content.end;
    const MessagePtr message = make_message(message_text_from_mbox(entry.content.of(text)));
    CHECK(crlf_normalised(message->text()) == message->text());
    flags_from_status_fields(message->text());
    CHECK(valid_utf8(message->subject()));
    CHECK(valid_utf8(message->display_text(1000)));
  }
  CHECK(at <= text.size());
  flags_from_maildir_name(text);
  return 0;
}
