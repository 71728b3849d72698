// The values of the MIME header fields: Content-Type (RFC 2045 §5.1), Content-Disposition (RFC
// 2183), tokens and language lists, with the parameter continuations and charsets of RFC 2231.
// Lenient: what can be read is kept. Words keep the case in which they were written; comparing
// ignores case.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

/// One parameter as IMAP reports it: continuations joined; when any piece was in the extended form
/// the name ends in "*" and the value is charset'language'%XX (RFC 2231 §4).
struct MimeParam {
  std::string name;
  std::string value;
};

struct MediaType {
  std::string type = "text";
  std::string subtype = "plain";
  std::vector<MimeParam> params;
  bool given = false;  // false: the field was absent or unreadable, and this is the default
};

struct Disposition {
  std::string type;
  std::vector<MimeParam> params;
};

/// nullopt when there is no type "/" subtype at the start.
std::optional<MediaType> parse_content_type(std::string_view value);
std::optional<Disposition> parse_content_disposition(std::string_view value);
/// Content-Transfer-Encoding: one token, nullopt when there is none or something follows it.
std::optional<std::string> parse_mime_token(std::string_view value);
/// Content-Language: "en, de".
std::vector<std::string> parse_languages(std::string_view value);

/// True for that type and subtype; an empty `subtype` means any.
bool is_media(const MediaType& media, std::string_view type, std::string_view subtype = {});
/// message/rfc822, or its like for headers in UTF-8, message/global (RFC 6532 §3.7).
bool is_message_media(const MediaType& media);
/// The parameter as UTF-8 for people, RFC 2231 and (leniently) RFC 2047 undone; nullopt when
/// absent.
std::optional<std::string> param_text(const std::vector<MimeParam>& params, std::string_view name);

}  // namespace mailscope
