#include "sim/mail/base_subject.h"

#include <cstddef>

#include "sim/base/ascii.h"
#include "sim/wire/casemap.h"
#include "sim/wire/encoded_word.h"

namespace mailscope {
namespace {

/// Step 1: decoded; tabs, line ends and runs of blanks become one space.
std::string packed(std::string_view field_value) {
  // Blanks between encoded words vanish, line ends or not, so folding may stay until after that.
  // Most subjects are ASCII without such words, and there is nothing to decode.
  std::string decoded;
  if (!is_ascii(field_value) || field_value.find("=?") != std::string_view::npos) {
    decoded = decode_encoded_words(field_value);
    field_value = decoded;
  }
  std::string out(field_value.size(), '\0');
  size_t size = 0;
  for (const char c : field_value) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      out[size++] = c;
    } else if (size == 0 || out[size - 1] != ' ') {
      out[size++] = ' ';
    }
  }
  out.resize(size);
  return out;
}

size_t after_space(std::string_view text, size_t position) {
  return position < text.size() && text[position] == ' ' ? position + 1 : position;
}

/// subj-blob = "[" *BLOBCHAR "]" *WSP: the position after the one at `position`, or `position`.
size_t after_blob(std::string_view text, size_t position) {
  if (position >= text.size() || text[position] != '[') return position;
  const size_t end = text.find_first_of("[]", position + 1);
  if (end == std::string_view::npos || text[end] == '[') return position;
  return after_space(text, end + 1);
}

/// subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":", or `position` when it is not there.
size_t after_refwd(std::string_view text, size_t position) {
  size_t at = position;
  for (const std::string_view word : {"fwd", "fw", "re"}) {
    if (!starts_with_ignoring_case(text.substr(position), word)) continue;
    at = position + word.size();
    break;
  }
  if (at == position) return position;
  at = after_blob(text, after_space(text, at));
  return at < text.size() && text[at] == ':' ? at + 1 : position;
}

/// Step 2.
void remove_trailers(std::string_view& text, bool& forwarded) {
  constexpr std::string_view kTrailer = "(fwd)";
  while (!text.empty()) {
    if (text.back() == ' ') {
      text.remove_suffix(1);
    } else if (text.size() >= kTrailer.size() &&
               equals_ignoring_case(text.substr(text.size() - kTrailer.size()), kTrailer)) {
      text.remove_suffix(kTrailer.size());
      forwarded = true;
    } else {
      return;
    }
  }
}

/// Steps 3 to 5. The blobs before anything are looked through once: when no "Re:" follows them,
/// none follows the rest of them either, and step 4 takes them off one after the other.
void remove_leaders(std::string_view& text, bool& replied) {
  while (true) {
    text.remove_prefix(after_space(text, 0));
    size_t last = 0;  // where the last blob begins
    size_t at = 0;    // and where it ends
    for (size_t next = after_blob(text, 0); next != at; next = after_blob(text, at)) {
      last = at;
      at = next;
    }
    const size_t refwd = after_refwd(text, at);
    if (refwd == at) {
      // A subject of blobs alone keeps its last one.
      text.remove_prefix(at == text.size() ? last : at);
      return;
    }
    text.remove_prefix(refwd);
    replied = true;
  }
}

/// Step 6: "[fwd:" ... "]".
bool remove_forward_brackets(std::string_view& text) {
  constexpr std::string_view kBegin = "[fwd:";
  if (!starts_with_ignoring_case(text, kBegin) || text.back() != ']') return false;
  text.remove_prefix(kBegin.size());
  text.remove_suffix(1);
  return true;
}

}  // namespace

BaseSubject base_subject(std::string_view field_value) {
  BaseSubject base;
  const std::string whole = packed(field_value);
  std::string_view text = whole;
  do {
    remove_trailers(text, base.is_reply_or_forward);
    remove_leaders(text, base.is_reply_or_forward);
    if (!remove_forward_brackets(text)) break;
    base.is_reply_or_forward = true;
  } while (true);
  base.text = std::string(text);
  return base;
}

}  // namespace mailscope
