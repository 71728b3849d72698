#include "sim/imap/fetch_items.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "sim/imap/binary_section.h"
#include "sim/imap/message_facts.h"
#include "sim/imap/object_id.h"
#include "sim/imap/preview.h"
#include "sim/imap/section_of.h"
#include "sim/wire/date.h"

namespace mailscope {
namespace {

using imap::BodySection;
using imap::FetchItem;
using Kind = FetchItem::Kind;

/// RFC 3501 §6.4.5: from beyond the end it is empty.
std::string_view part_of(std::string_view bytes, const std::optional<imap::PartialRange>& range) {
  if (!range) return bytes;
  return bytes.substr(std::min<uint64_t>(range->origin, bytes.size()), range->count);
}

void add_copy(ResponseWriter& writer, std::string_view bytes, WorkLimit& work) {
  work.spend(WorkLimit::kLiteral + bytes.size());
  writer.add_literal(std::string(bytes));
}

/// What stands in the message's text goes out as it stands there, whatever its size.
void add_shared(ResponseWriter& writer, const MessagePtr& message, std::string_view part,
                WorkLimit& work) {
  work.spend(WorkLimit::kLiteral + part.size() / WorkLimit::kPassedOver);
  const std::string_view text = message->text();
  if (part.empty()) return writer.add_literal(std::string());
  if (part.size() == text.size()) return writer.add_literal(shared_text(message));
  writer.add_literal(shared_text(message), static_cast<size_t>(part.data() - text.data()),
                     part.size());
}

void add_section(ResponseWriter& writer, const MessagePtr& message, const FetchItem& item,
                 WorkLimit& work) {
  const Section section = section_of(item.section);
  if (const std::optional<ByteSpan> span = section_span(*message, section)) {
    return add_shared(writer, message, part_of(span->of(message->text()), item.partial), work);
  }
  work.spend(WorkLimit::kKey * section.fields.size() + message->header_size());
  const std::optional<std::string> bytes = section_bytes(*message, section);
  if (!bytes) return writer.add("NIL");
  add_copy(writer, part_of(*bytes, item.partial), work);
}

void add_binary(ResponseWriter& writer, const Message& message, const FetchItem& item,
                WorkLimit& work) {
  work.spend(WorkLimit::kLiteral + message.size());
  const BinarySection section = binary_section(message, item.section.part);
  if (item.kind == Kind::kBinarySize) return writer.add_number(section.bytes.size());
  if (section.outcome == BinarySection::Outcome::kNoSuchPart) return writer.add("NIL");
  writer.add_binary(std::string(part_of(section.bytes, item.partial)));
}

void add_preview(ResponseWriter& writer, const Message& message, WorkLimit& work) {
  // LAZY leaves out what would cost the server much: here no preview does (RFC 8970 §3.1).
  work.spend(message.size());
  writer.add_encoded(imap::encode_string(preview_text(message)));
}

}  // namespace

void add_fetch_item(ResponseWriter& writer, const MailboxEntry& entry, const FetchItem& item,
                    WorkLimit& work) {
  const Message& message = *entry.message;
  switch (item.kind) {
    case Kind::kFlags:
    case Kind::kModSeq: return;  // the session's
    case Kind::kUid: return writer.add_number(entry.uid.value);
    case Kind::kInternalDate:
      return writer.add('"' + encode_internal_date({entry.internal_date, 0}) + '"');
    case Kind::kRfc822Size: return writer.add_number(message.size());
    case Kind::kEnvelope: return writer.add_encoded(encode_envelope(message));
    case Kind::kBody:
    case Kind::kBodyStructure: {
      const std::string structure = encode_body_structure(message.mime(), message.text(),
                                                          item.kind == Kind::kBodyStructure);
      work.spend(structure.size());
      return writer.add_encoded(structure);
    }
    case Kind::kRfc822:
      return add_shared(writer, entry.message, message.text(), work);
    case Kind::kRfc822Header:
      return add_shared(writer, entry.message, rfc822_header(message), work);
    case Kind::kRfc822Text:
      return add_shared(writer, entry.message, rfc822_text(message), work);
    case Kind::kBodySection: return add_section(writer, entry.message, item, work);
    case Kind::kBinary:
    case Kind::kBinarySize: return add_binary(writer, message, item, work);
    case Kind::kEmailId: return writer.add('(' + email_object_id(message) + ')');
    case Kind::kThreadId: return writer.add('(' + thread_object_id(message) + ')');
    case Kind::kSaveDate:
      return writer.add('"' + encode_internal_date({entry.save_date, 0}) + '"');
    case Kind::kPreview: return add_preview(writer, message, work);
  }
}

bool can_decode(const Message& message, const std::vector<FetchItem>& items, WorkLimit& work) {
  return std::none_of(items.begin(), items.end(), [&](const FetchItem& item) {
    if (item.kind != Kind::kBinary && item.kind != Kind::kBinarySize) return false;
    work.spend(message.size());
    return !work.exceeded() && binary_section(message, item.section.part).outcome ==
                                   BinarySection::Outcome::kUnknownEncoding;
  });
}

bool asks_for(const std::vector<FetchItem>& items, Kind kind) {
  return std::any_of(items.begin(), items.end(),
                     [kind](const FetchItem& item) { return item.kind == kind; });
}

}  // namespace mailscope
