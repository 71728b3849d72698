// BODY and BODYSTRUCTURE: RFC 3501 §7.4.2, grammar in §9 (body).
#include "sim/base/ascii.h"
#include "sim/imap/fact_text.h"
#include "sim/imap/message_facts.h"

namespace mailscope {
namespace {

// A multipart must have a part; one in which none was found is said to have this one.
constexpr std::string_view kEmptyBody =
    R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0))";
constexpr std::string_view kEmptyBodyStructure =
    R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL))";

/// (name value ...) or NIL. For text, the charset is said even when the mail does not: us-ascii
/// (RFC 2045 §5.2).
void append_params(std::string& out, const std::vector<MimeParam>& params, bool default_charset) {
  std::string list;
  for (const MimeParam& param : params) {
    if (equals_ignoring_case(param.name, "charset")) default_charset = false;
    if (!list.empty()) list += ' ';
    append_fact_string(list, param.name);
    list += ' ';
    append_fact_string(list, param.value);
  }
  if (default_charset) {
    if (!list.empty()) list += ' ';
    list += R"("charset" "us-ascii")";
  }
  out += list.empty() ? "NIL" : '(' + list + ')';
}

/// What BODYSTRUCTURE adds to the end of every part: disposition, language, location.
void append_extension(std::string& out, const MimePart& part) {
  out += ' ';
  if (part.disposition) {
    out += '(';
    append_fact_string(out, part.disposition->type);
    out += ' ';
    append_params(out, part.disposition->params, false);
    out += ')';
  } else {
    out += "NIL";
  }
  out += ' ';
  if (part.languages.empty()) {
    out += "NIL";
  } else {
    std::string list;
    for (const std::string& language : part.languages) {
      if (!list.empty()) list += ' ';
      append_fact_string(list, language);
    }
    out += '(' + list + ')';
  }
  out += ' ';
  append_fact_nstring(out, part.location);
}

struct BodyStyle {
  bool extensible = false;
  bool global = false;
};

void append_body(std::string& out, const MimePart& part, std::string_view text, BodyStyle style);

void append_multipart(std::string& out, const MimePart& part, std::string_view text,
                      BodyStyle style) {
  for (const MimePart& child : part.parts) append_body(out, child, text, style);
  if (part.parts.empty()) out += style.extensible ? kEmptyBodyStructure : kEmptyBody;
  out += ' ';
  append_fact_string(out, part.media.subtype);
  if (!style.extensible) return;
  out += ' ';
  append_params(out, part.media.params, false);
  append_extension(out, part);
}

void append_single(std::string& out, const MimePart& part, std::string_view text, BodyStyle style) {
  const bool is_text = is_media(part.media, "text");
  const bool has_envelope =
      is_media(part.media, "message", "rfc822") || (style.global && is_message_media(part.media));
  const bool is_message = has_envelope && part.kind == MimePart::Kind::kMessage;
  // A multipart without its boundary is no multipart, and RFC 3501 §7.4.2 has no other way to
  // describe one: RFC 2045 §5.2 has text/plain for a Content-Type that is not valid.
  const bool is_undivided = is_media(part.media, "multipart");
  if (has_envelope && !is_message) {
    // Too deep to be looked into. The grammar wants an envelope after MESSAGE RFC822, so it is
    // reported as what it is to this server: bytes.
    out += R"("application" "octet-stream")";
  } else if (is_undivided) {
    out += R"("text" "plain")";
  } else {
    append_fact_string(out, part.media.type);
    out += ' ';
    append_fact_string(out, part.media.subtype);
  }
  out += ' ';
  append_params(out, is_undivided ? std::vector<MimeParam>() : part.media.params,
                is_text || is_undivided);
  out += ' ';
  append_fact_nstring(out, part.id);
  out += ' ';
  append_fact_nstring(out, part.description);
  out += ' ';
  append_fact_string(out, part.encoding.value_or("7bit"));
  out += ' ' + std::to_string(part.body.size());
  if (is_message) {
    const MimePart& inside = part.parts.front();
    out += ' ' + encode_envelope(inside.header.of(text)) + ' ';
    append_body(out, inside, text, style);
  }
  if (is_text || is_undivided || is_message) out += ' ' + std::to_string(part.body_lines);
  if (!style.extensible) return;
  out += ' ';
  append_fact_nstring(out, part.md5);
  append_extension(out, part);
}

void append_body(std::string& out, const MimePart& part, std::string_view text, BodyStyle style) {
  out += '(';
  if (part.kind == MimePart::Kind::kMultipart) {
    append_multipart(out, part, text, style);
  } else {
    append_single(out, part, text, style);
  }
  out += ')';
}

}  // namespace

std::string encode_body_structure(const MimePart& part, std::string_view text, bool extensible,
                                  bool global) {
  std::string out;
  append_body(out, part, text, {extensible, global});
  return out;
}

}  // namespace mailscope
