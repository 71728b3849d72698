#include "sim/mail/message.h"

#include <array>
#include <utility>

#include "sim/base/ascii.h"
#include "sim/base/digest.h"
#include "sim/mail/html_text.h"
#include "sim/wire/address.h"
#include "sim/wire/charset.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

/// For one line on a screen: control characters become spaces.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  }
  return std::string(trimmed(text));
}

std::string author_from(std::string_view value) {
  for (const Address& address : parse_addresses(value)) {
    if (address.kind != Address::Kind::kMailbox) continue;
    std::string name = one_line(decode_encoded_words(address.name));
    return name.empty() ? one_line(utf8_from_unlabelled(address_spec(address))) : name;
  }
  return {};
}

std::string subject_in(std::string_view text) {
  return one_line(decode_encoded_words(field_value(text, "Subject").value_or("")));
}

/// The first leaf of that media type which is not an attachment, in the order of reading. A message
/// inside the message is looked into only when `nested`.
const MimePart* find_text(const MimePart& part, std::string_view subtype, bool nested) {
  if (part.kind == MimePart::Kind::kLeaf) {
    const bool attached =
        part.disposition && equals_ignoring_case(part.disposition->type, "attachment");
    return !attached && is_media(part.media, "text", subtype) ? &part : nullptr;
  }
  if (part.kind == MimePart::Kind::kMessage && !nested) return nullptr;
  for (const MimePart& child : part.parts) {
    if (const MimePart* found = find_text(child, subtype, nested)) return found;
  }
  return nullptr;
}

/// Lines end with LF; other control characters than tabs become spaces.
std::string shown_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r') {
      if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
    } else if (c == '\n' || c == '\t') {
      out += c;
    } else {
      out += static_cast<unsigned char>(c) < 32 || c == 127 ? ' ' : c;
    }
  }
  return out;
}

}  // namespace

struct Message::Labels {
  std::string subject;
  std::string from;
  std::string message_id;
};

struct Message::Kept {
  std::unique_ptr<const MimePart> mime;
  std::unique_ptr<const Labels> labels;
  uint64_t digest = 0;                                                   // 0: not known yet
  std::array<std::string, static_cast<size_t>(KeptText::kCount)> texts;  // empty: not made yet
};

MessagePtr make_message(std::string crlf_text) {
  return std::make_shared<const Message>(Message::Key{}, std::move(crlf_text));
}

std::shared_ptr<const std::string> shared_text(const MessagePtr& message) {
  return {message, &message->text_};
}

// Both stand here, where Kept is known.
Message::Message(Key, std::string text) : text_(std::move(text)) { text_.shrink_to_fit(); }
Message::~Message() = default;

std::string crlf_normalised(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  size_t i = 0;
  while (i < text.size()) {
    if (text[i] != '\r' && text[i] != '\n') {
      out += text[i++];
      continue;
    }
    size_t run = i;
    while (run < text.size() && text[run] == '\r') ++run;
    if (run < text.size() && text[run] == '\n') {
      out += "\r\n";
      i = run + 1;
    } else {
      for (; i < run; ++i) out += "\r\n";
    }
  }
  return out;
}

uint64_t Message::digest() const {
  uint64_t& digest = kept().digest;
  if (digest == 0) digest = digest_of(text());
  return digest;
}

Message::Kept& Message::kept() const {
  if (!kept_) kept_ = std::make_unique<Kept>();
  return *kept_;
}

const MimePart& Message::mime() const {
  std::unique_ptr<const MimePart>& mime = kept().mime;
  if (!mime) mime = std::make_unique<const MimePart>(parse_mime(text()));
  return *mime;
}

size_t Message::header_size() const {
  return kept_ && kept_->mime ? kept_->mime->header.end : header_end(text());
}

const Message::Labels& Message::labels() const {
  std::unique_ptr<const Labels>& kept_labels = kept().labels;
  if (!kept_labels) {
    Labels labels;
    labels.subject = subject_in(text());
    labels.from = author_from(field_value(text(), "From").value_or(""));
    labels.message_id =
        one_line(utf8_from_unlabelled(field_value(text(), "Message-ID").value_or("")));
    kept_labels = std::make_unique<const Labels>(std::move(labels));
  }
  return *kept_labels;
}

const std::string& Message::subject() const { return labels().subject; }
std::string Message::passing_subject() const {
  return kept_ && kept_->labels ? kept_->labels->subject : subject_in(text());
}
const std::string& Message::from() const { return labels().from; }
const std::string& Message::message_id() const { return labels().message_id; }

std::optional<DateTime> Message::date() const {
  const std::optional<HeaderField> field = find_field(text(), "Date");
  return field ? parse_sent_date(field->value.of(text())) : std::nullopt;
}

const std::string& Message::kept_text(KeptText which, std::string (*make)(const Message&)) const {
  std::string& text = kept().texts[static_cast<size_t>(which)];
  if (text.empty()) {
    text = make(*this);
    text.shrink_to_fit();
  }
  return text;
}

std::string Message::display_text(size_t limit) const {
  const MimePart* part = nullptr;
  for (const bool nested : {false, true}) {
    if (part == nullptr) part = find_text(mime(), "plain", nested);
    if (part == nullptr) part = find_text(mime(), "html", nested);
  }
  if (part == nullptr) return {};
  // Enough of the raw body for `limit` bytes in the most wasteful encoding, not all of a huge one.
  MimePart head = *part;
  const size_t enough = 4096 + (limit < SIZE_MAX / 16 ? limit * 8 : SIZE_MAX / 2);
  if (head.body.size() > enough) head.body.end = head.body.begin + enough;
  const std::string charset = param_text(head.media.params, "charset").value_or("");
  std::string shown = utf8_from_charset(decoded_body(head, text()), charset);
  if (is_media(head.media, "text", "html")) shown = text_from_html(shown);
  return std::string(utf8_prefix(shown_lines(shown), limit));
}

}  // namespace mailscope
