#include "sim/wire/mime.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/base64.h"
#include "sim/wire/header.h"
#include "sim/wire/quoted_printable.h"

namespace mailscope {
namespace {

// RFC 2046 §5.1.1 allows 70 characters; a longer boundary is compared by its beginning.
constexpr size_t kMaxBoundary = 80;
constexpr size_t kNoLevel = SIZE_MAX;

/// Why the content that was being read ended.
struct Stop {
  size_t level =
      kNoLevel;         // which open multipart the boundary line belongs to; kNoLevel: end of text
  bool closes = false;  // "--boundary--"
  size_t line_begin = 0;  // where the boundary line begins, or the end of the text
};

size_t count_lines(std::string_view text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// One pass over the message. Boundaries of all open multiparts are looked for at once, because the
/// boundary of an outer one also ends every part inside (RFC 2046 §5.1.2).
class MimeParser {
 public:
  explicit MimeParser(std::string_view text) : text_(text) {}

  MimePart parse() {
    MimePart root;
    parse_part(root, 1, false);
    return root;
  }

 private:
  /// Reads one part from at_ up to whatever ends it. `depth` is 1 for the message itself.
  Stop parse_part(MimePart& part, size_t depth, bool in_digest) {
    if (++parts_ >= kMaxMimeParts) full_ = true;
    if (in_digest) part.media = MediaType{"message", "rfc822", {}, false};
    const std::optional<Stop> cut = read_header(part);
    part.body = {part.header.end, part.header.end};
    choose_kind(part, depth);
    Stop stop;
    if (cut) {
      // A boundary line before the blank line: the part has no body.
      stop = *cut;
      if (part.kind == MimePart::Kind::kMessage)
        part.parts.push_back(empty_message(part.header.end));
    } else if (part.kind == MimePart::Kind::kMultipart) {
      stop = parse_multipart(part, depth);
    } else if (part.kind == MimePart::Kind::kMessage) {
      part.parts.emplace_back();
      stop = parse_part(part.parts.back(), depth + 1, false);
    } else {
      stop = scan();
    }
    if (!cut) part.body.end = content_end(stop, part.body.begin);
    if (!cut && stop.level != kNoLevel && stop.line_begin == part.body.begin) drop_body(part, stop);
    // What holds a part holds all of it, however the line before the delimiter ends.
    if (!part.parts.empty()) part.body.end = std::max(part.body.end, part.parts.back().body.end);
    part.header_lines = count_lines(part.header.of(text_));
    part.body_lines = count_lines(part.body.of(text_));
    return stop;
  }

  /// Nothing stands between the header and the delimiter of another part: then the empty line
  /// before it is its own line end, and the part has no body (RFC 2046 §5.1.1, body-part).
  void drop_body(MimePart& part, const Stop& stop) const {
    part.header.end = content_end(stop, part.header.begin);
    part.body = {part.header.end, part.header.end};
    if (part.kind == MimePart::Kind::kMessage) {
      part.parts.assign(1, empty_message(part.header.end));
    }
  }

  Stop parse_multipart(MimePart& part, size_t depth) {
    const size_t level = boundaries_.size();
    boundaries_.push_back(boundary_);
    const bool digest = is_media(part.media, "multipart", "digest");
    Stop stop = scan();  // the preamble
    while (stop.level == level && !stop.closes) {
      part.parts.emplace_back();
      stop = parse_part(part.parts.back(), depth + 1, digest);
    }
    boundaries_.pop_back();
    return stop.level == level ? scan() : stop;  // after "--boundary--": the epilogue
  }

  /// Reads the fields. Returns the boundary line that cut the header off, if one did.
  std::optional<Stop> read_header(MimePart& part) {
    part.header.begin = at_;
    seen_type_ = false;
    std::optional<Stop> cut;
    while (!(cut = boundary_at(at_))) {
      const auto field = next_field(text_, at_);
      if (!field) break;
      read_field(part, *field);
    }
    if (!cut && at_ < text_.size()) at_ = line_end_after(text_, at_);
    part.header.end = cut ? content_end(*cut, part.header.begin) : at_;
    if (cut) at_ = line_end_after(text_, at_);
    return cut;
  }

  /// Of a field that stands twice the first one counts.
  void read_field(MimePart& part, const HeaderField& field) {
    const std::string_view name = field.name.of(text_);
    if (!starts_with_ignoring_case(name, "Content-")) return;
    const std::string_view what = name.substr(8);
    const std::string_view value = field.value.of(text_);
    const auto keep_text = [&](std::optional<std::string>& target) {
      std::string text(trimmed(unfolded(value)));
      if (!target && !text.empty()) target = std::move(text);
    };
    if (equals_ignoring_case(what, "Type")) {
      if (seen_type_) return;
      seen_type_ = true;
      part.media = parse_content_type(value).value_or(MediaType{});
    } else if (equals_ignoring_case(what, "Transfer-Encoding")) {
      part.encoding_given = true;
      if (!part.encoding) part.encoding = parse_mime_token(value);
    } else if (equals_ignoring_case(what, "Disposition")) {
      if (!part.disposition) part.disposition = parse_content_disposition(value);
    } else if (equals_ignoring_case(what, "Language")) {
      if (part.languages.empty()) part.languages = parse_languages(value);
    } else if (equals_ignoring_case(what, "ID")) {
      keep_text(part.id);
    } else if (equals_ignoring_case(what, "Description")) {
      keep_text(part.description);
    } else if (equals_ignoring_case(what, "MD5")) {
      keep_text(part.md5);
    } else if (equals_ignoring_case(what, "Location")) {
      keep_text(part.location);
    }
  }

  /// From the media type; leaves the boundary of a multipart in boundary_.
  void choose_kind(MimePart& part, size_t depth) {
    if (full_ || depth >= kMaxMimeDepth) return;
    if (is_message_media(part.media)) part.kind = MimePart::Kind::kMessage;
    if (!is_media(part.media, "multipart")) return;
    for (const MimeParam& param : part.media.params) {
      if (!equals_ignoring_case(param.name, "boundary")) continue;
      boundary_ = param.value.substr(0, kMaxBoundary);
      while (!boundary_.empty() && boundary_.back() == ' ') boundary_.pop_back();
      if (!boundary_.empty()) part.kind = MimePart::Kind::kMultipart;
      return;
    }
  }

  static MimePart empty_message(size_t position) {
    MimePart message;
    message.header = message.body = {position, position};
    return message;
  }

  /// Moves at_ behind the next boundary line of any open multipart, or to the end of the text.
  Stop scan() {
    while (!boundaries_.empty() && !full_ && at_ < text_.size()) {
      const std::optional<Stop> stop = boundary_at(at_);
      at_ = line_end_after(text_, at_);
      if (stop) return *stop;
    }
    at_ = text_.size();
    return Stop{kNoLevel, false, text_.size()};
  }

  /// The line end before a boundary line belongs to the boundary (RFC 2046 §5.1.1).
  [[nodiscard]] size_t content_end(const Stop& stop, size_t begin) const {
    if (stop.level == kNoLevel) return stop.line_begin;
    const std::string_view content = text_.substr(begin, stop.line_begin - begin);
    return begin + without_line_end(content).size();
  }

  /// The boundary line that begins at `position`, if it is one. It need only begin with the
  /// boundary (RFC 2046 §5.1.1). The inner multipart wins; of boundaries that begin alike, the
  /// longest.
  [[nodiscard]] std::optional<Stop> boundary_at(size_t position) const {
    if (boundaries_.empty() || full_ || text_.substr(position, 2) != "--") return std::nullopt;
    const size_t end = line_end_after(text_, position);
    const std::string_view rest = without_line_end(text_.substr(position + 2, end - position - 2));
    const bool dashes = rest.size() >= 2 && rest.substr(rest.size() - 2) == "--";
    size_t best = kNoLevel;
    for (size_t level = boundaries_.size(); level-- > 0;) {
      const std::string& boundary = boundaries_[level];
      if (rest.substr(0, boundary.size()) != boundary) continue;
      if (best != kNoLevel && boundaries_[best].size() >= boundary.size()) continue;
      best = level;
      // "x--" closes "x" even if another multipart's boundary is "x-".
      if (boundary.size() == rest.size() || (dashes && boundary.size() + 2 == rest.size())) break;
    }
    if (best == kNoLevel) return std::nullopt;
    // A line that the end of the text cuts off begins no part either.
    const bool cut_off = end == text_.size() && text_.back() != '\n';
    const bool closes = cut_off || rest.substr(boundaries_[best].size(), 2) == "--";
    return Stop{best, closes, position};
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<std::string> boundaries_;  // of the open multiparts, outermost first
  std::string boundary_;                 // of the multipart whose header was just read
  bool seen_type_ = false;               // in the header being read
  size_t parts_ = 0;
  bool full_ = false;  // kMaxMimeParts are made: everything left belongs to the last of them
};

}  // namespace

MimePart parse_mime(std::string_view message) { return MimeParser(message).parse(); }

const MimePart* find_part(const MimePart& root, const std::vector<uint32_t>& number) {
  const MimePart* part = &root;
  const MimePart* container = &root;  // what the next number counts in
  for (const uint32_t n : number) {
    if (container == nullptr || n == 0) return nullptr;
    if (container->kind == MimePart::Kind::kMultipart) {
      if (n > container->parts.size()) return nullptr;
      part = &container->parts[n - 1];
    } else {
      if (n != 1) return nullptr;
      part = container;
    }
    if (part->kind == MimePart::Kind::kMessage) {
      container = &part->parts.front();
    } else {
      container = part->kind == MimePart::Kind::kMultipart ? part : nullptr;
    }
  }
  return part;
}

bool is_identity_encoding(const MimePart& part) {
  return !part.encoding || !(equals_ignoring_case(*part.encoding, "base64") ||
                             equals_ignoring_case(*part.encoding, "quoted-printable"));
}

std::string decoded_body(const MimePart& part, std::string_view message) {
  const std::string_view body = part.body.of(message);
  if (is_identity_encoding(part)) return std::string(body);
  return equals_ignoring_case(*part.encoding, "base64") ? decode_base64(body)
                                                        : decode_quoted_printable(body);
}

}  // namespace mailscope
