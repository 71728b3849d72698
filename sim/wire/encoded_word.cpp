#include "sim/wire/encoded_word.h"

#include <cstddef>
#include <optional>

#include "sim/base/ascii.h"
#include "sim/wire/base64.h"
#include "sim/wire/charset.h"
#include "sim/wire/quoted_printable.h"

namespace mailscope {
namespace {

constexpr size_t kMaxCharsetName = 64;

struct EncodedWord {
  std::string charset;
  std::string bytes;
  size_t end = 0;
};

/// The encoded word whose "=?" stands at `begin`.
std::optional<EncodedWord> read_encoded_word(std::string_view text, size_t begin) {
  const size_t charset_begin = begin + 2;
  const size_t charset_end =
      text.substr(0, charset_begin + kMaxCharsetName + 1).find('?', charset_begin);
  if (charset_end == std::string_view::npos || charset_end == charset_begin) return std::nullopt;
  if (charset_end + 2 >= text.size() || text[charset_end + 2] != '?') return std::nullopt;
  const std::string_view charset = text.substr(charset_begin, charset_end - charset_begin);
  if (charset.find_first_of(" \t\r\n") != std::string_view::npos) return std::nullopt;
  const char encoding = ascii_upper(text[charset_end + 1]);
  if (encoding != 'B' && encoding != 'Q') return std::nullopt;

  // A raw "?" inside is tolerated, the start of another word is not. Stopping there also bounds the
  // search: no byte is scanned for two words.
  const size_t data_begin = charset_end + 3;
  size_t question = text.find('?', data_begin);
  while (question != std::string_view::npos) {
    if (question + 1 < text.size() && text[question + 1] == '=') break;
    if (question > data_begin && text[question - 1] == '=') return std::nullopt;
    question = text.find('?', question + 1);
  }
  if (question == std::string_view::npos) return std::nullopt;

  const std::string_view data = text.substr(data_begin, question - data_begin);
  EncodedWord word;
  word.charset = ascii_lower(charset.substr(0, charset.find('*')));  // RFC 2231 §5: "*" language
  word.bytes = encoding == 'B' ? decode_base64(data) : decode_q_word(data);
  word.end = question + 2;
  return word;
}

}  // namespace

std::string decode_encoded_words(std::string_view text) {
  std::string out;
  std::string bytes;  // of neighbouring words in one charset: a character may be split between them
  std::string charset;
  size_t plain_begin = 0;
  size_t at = 0;
  const auto flush_words = [&] {
    out += utf8_from_charset(bytes, charset);
    bytes.clear();
  };
  while ((at = text.find("=?", at)) != std::string_view::npos) {
    auto word = read_encoded_word(text, at);
    if (!word) {
      at += 2;
      continue;
    }
    const std::string_view between = text.substr(plain_begin, at - plain_begin);
    const bool adjacent = plain_begin > 0 && trimmed(between).empty();
    if (!adjacent || word->charset != charset) flush_words();
    if (!adjacent) out += utf8_from_unlabelled(between);
    charset = word->charset;
    bytes += word->bytes;
    at = word->end;
    plain_begin = at;
  }
  flush_words();
  out += utf8_from_unlabelled(text.substr(plain_begin));
  return out;
}

}  // namespace mailscope
