// Any bytes as a message: its structure, its IMAP facts and every section of it. Stops where a span
// leaves its parent, which would be a wrong slice for some client.
#include "sim/base/check.h"
#include "sim/imap/message_facts.h"
#include "sim/wire/charset.h"

namespace {

using namespace mailscope;

size_t check_part(const Message& message, const MimePart& part, std::vector<uint32_t>& number) {
  CHECK(part.header.begin <= part.header.end);
  CHECK(part.header.end == part.body.begin);
  CHECK(part.body.begin <= part.body.end);
  CHECK(part.body.end <= message.size());
  size_t parts = 1;
  size_t at = part.body.begin;
  for (const MimePart& child : part.parts) {
    CHECK(at <= child.header.begin);
    number.push_back(static_cast<uint32_t>(&child - part.parts.data() + 1));
    parts += check_part(message, child, number);
    number.pop_back();
    at = child.body.end;
  }
  CHECK(at <= part.body.end);
  // Sections of many parts of one message would take the square of its size.
  if (number.size() <= 3 && part.parts.size() <= 8) {
    for (int what = Section::kAll; what <= Section::kMime; ++what) {
      section_bytes(message,
                    {number, static_cast<Section::What>(what), {"Subject", "content-type"}});
    }
  }
  return parts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  // Both as it came (bare LF, bare CR) and as import would have it.
  for (const std::string& text : {bytes, crlf_normalised(bytes)}) {
    const MessagePtr message = make_message(text);
    std::vector<uint32_t> number;
    CHECK(check_part(*message, message->mime(), number) <= kMaxMimeParts + kMaxMimeDepth);
    CHECK(message->mime().header.end + message->mime().body.size() == text.size());
    encode_envelope(*message);
    encode_body_structure(message->mime(), message->text(), false);
    encode_body_structure(message->mime(), message->text(), true);
    CHECK(valid_utf8(message->display_text(1000)));
    CHECK(valid_utf8(message->subject()));
    CHECK(valid_utf8(message->from()));
  }
  return 0;
}
