#include "sim/wire/mime_fields.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "sim/base/ascii.h"
#include "sim/wire/charset.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/header.h"
#include "sim/wire/lexical.h"

namespace mailscope {
namespace {

constexpr size_t kMaxParams = 200;

/// RFC 2045 §5.1: any printable ASCII but blanks and tspecials.
bool is_token_char(char c) {
  return c > ' ' && c < 127 &&
         std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

/// The token at `position` after comments and blanks; empty when there is none.
std::string_view read_token(std::string_view text, size_t& position) {
  position = skip_cfws(text, position);
  const size_t begin = position;
  while (position < text.size() && is_token_char(text[position])) ++position;
  return text.substr(begin, position - begin);
}

/// Moves to the next ";" outside quotes, or to the end.
void skip_to_semicolon(std::string_view text, size_t& position) {
  while (position < text.size() && text[position] != ';') {
    if (text[position] == '"') {
      read_quoted_string(text, position);
    } else {
      ++position;
    }
  }
}

/// A value without quotes. A token by the book, but "name=My report.pdf" is common: everything up
/// to
/// ";" or a comment.
std::string read_bare_value(std::string_view text, size_t& position) {
  const size_t begin = position;
  while (position < text.size() && text[position] != ';') {
    const bool after_blank =
        position > begin && (text[position - 1] == ' ' || text[position - 1] == '\t');
    if (text[position] == '(' && after_blank) break;
    ++position;
  }
  return unfolded(trimmed(text.substr(begin, position - begin)));
}

/// All parameters as they stand, from the first ";" at or after `position`.
std::vector<MimeParam> read_params(std::string_view text, size_t position) {
  std::vector<MimeParam> params;
  for (skip_to_semicolon(text, position); position < text.size() && params.size() < kMaxParams;
       skip_to_semicolon(text, position)) {
    ++position;
    MimeParam param;
    param.name = read_token(text, position);
    position = skip_cfws(text, position);
    if (param.name.empty() || position == text.size() || text[position] != '=') continue;
    position = skip_cfws(text, position + 1);
    if (position < text.size() && text[position] == '"') {
      param.value = read_quoted_string(text, position);
    } else {
      param.value = read_bare_value(text, position);
    }
    params.push_back(std::move(param));
  }
  return params;
}

/// One parameter, its name taken apart as RFC 2231 §3 and §4 write it: base["*"index]["*"].
struct Piece {
  std::string base;
  uint32_t index = 0;
  bool extended = false;
  bool is_piece = false;  // false: an ordinary parameter
};

Piece piece_from_name(std::string_view name) {
  Piece piece;
  if (name.size() > 1 && name.back() == '*') {
    piece.extended = true;
    piece.is_piece = true;
    name.remove_suffix(1);
  }
  const size_t star = name.find('*');
  if (star != std::string_view::npos) {
    const std::string_view digits = name.substr(star + 1);
    const auto index = parse_number(digits, kMaxParams);
    const bool leading_zero = digits.size() > 1 && digits.front() == '0';
    if (!index || leading_zero || star == 0) return {};
    piece.index = static_cast<uint32_t>(*index);
    piece.is_piece = true;
    name = name.substr(0, star);
  }
  piece.base = name;
  return piece;
}

/// Escapes a plain piece so that it can stand inside an extended value.
std::string percent_encoded(std::string_view value) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    if (ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '.' || c == '_') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string percent_decoded(std::string_view value) {
  const auto digit = [](char c) {
    if (ascii_digit(c)) return c - '0';
    const char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string out;
  for (size_t i = 0; i < value.size(); ++i) {
    const bool escape = value[i] == '%' && i + 2 < value.size() && digit(value[i + 1]) >= 0 &&
                        digit(value[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(digit(value[i + 1]) * 16 + digit(value[i + 2]));
      i += 2;
    } else {
      out += value[i];
    }
  }
  return out;
}

/// Joins the pieces of `base` that follow each other from 0.
MimeParam joined(const std::vector<MimeParam>& raw, const std::vector<Piece>& pieces,
                 const std::string& base) {
  std::vector<size_t> order;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (pieces[i].is_piece && equals_ignoring_case(pieces[i].base, base)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return pieces[a].index < pieces[b].index; });
  bool extended = false;
  for (const size_t i : order) extended = extended || pieces[i].extended;

  MimeParam out{base, {}};
  if (extended) out.name += '*';
  uint32_t expected = 0;
  for (const size_t i : order) {
    if (pieces[i].index != expected) break;
    if (expected == 0 && extended && !pieces[i].extended) out.value = "''";
    out.value += extended && !pieces[i].extended ? percent_encoded(raw[i].value) : raw[i].value;
    ++expected;
  }
  return out;
}

/// Each parameter of several pieces becomes one, at the place of its piece 0.
std::vector<MimeParam> join_continuations(std::vector<MimeParam> raw) {
  std::vector<Piece> pieces;
  for (const MimeParam& param : raw) pieces.push_back(piece_from_name(param.name));
  std::vector<MimeParam> params;
  std::vector<std::string> done;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (!pieces[i].is_piece) {
      params.push_back(raw[i]);
      continue;
    }
    const std::string base = ascii_lower(pieces[i].base);
    if (pieces[i].index != 0 || std::find(done.begin(), done.end(), base) != done.end()) continue;
    params.push_back(joined(raw, pieces, pieces[i].base));
    done.push_back(base);
  }
  return params;
}

}  // namespace

std::optional<MediaType> parse_content_type(std::string_view value) {
  MediaType media;
  size_t position = 0;
  media.type = read_token(value, position);
  position = skip_cfws(value, position);
  if (media.type.empty() || position == value.size() || value[position] != '/') return std::nullopt;
  ++position;
  media.subtype = read_token(value, position);
  if (media.subtype.empty()) return std::nullopt;
  media.params = join_continuations(read_params(value, position));
  media.given = true;
  return media;
}

std::optional<Disposition> parse_content_disposition(std::string_view value) {
  Disposition disposition;
  size_t position = 0;
  disposition.type = read_token(value, position);
  if (disposition.type.empty()) return std::nullopt;
  disposition.params = join_continuations(read_params(value, position));
  return disposition;
}

std::optional<std::string> parse_mime_token(std::string_view value) {
  size_t position = 0;
  const std::string_view token = read_token(value, position);
  if (token.empty() || skip_cfws(value, position) != value.size()) return std::nullopt;
  return std::string(token);
}

std::vector<std::string> parse_languages(std::string_view value) {
  std::vector<std::string> languages;
  size_t position = 0;
  while (position < value.size() && languages.size() < kMaxParams) {
    const std::string_view token = read_token(value, position);
    if (!token.empty()) languages.emplace_back(token);
    position = skip_cfws(value, position);
    if (position == value.size() || value[position] != ',') break;
    ++position;
  }
  return languages;
}

bool is_media(const MediaType& media, std::string_view type, std::string_view subtype) {
  return equals_ignoring_case(media.type, type) &&
         (subtype.empty() || equals_ignoring_case(media.subtype, subtype));
}

bool is_message_media(const MediaType& media) {
  return is_media(media, "message", "rfc822") || is_media(media, "message", "global");
}

std::optional<std::string> param_text(const std::vector<MimeParam>& params, std::string_view name) {
  const std::string extended_name = std::string(name) + '*';
  for (const MimeParam& param : params) {
    if (!equals_ignoring_case(param.name, extended_name)) continue;
    const std::string_view value = param.value;
    const size_t charset_end = value.find('\'');
    const size_t language_end =
        charset_end == std::string_view::npos ? charset_end : value.find('\'', charset_end + 1);
    if (language_end == std::string_view::npos) return utf8_from_unlabelled(percent_decoded(value));
    return utf8_from_charset(percent_decoded(value.substr(language_end + 1)),
                             value.substr(0, charset_end));
  }
  for (const MimeParam& param : params) {
    if (equals_ignoring_case(param.name, name)) return decode_encoded_words(param.value);
  }
  return std::nullopt;
}

}  // namespace mailscope
