#include "sim/mail/html_text.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/base/ascii.h"

namespace mailscope {
namespace {

struct Entity {
  std::string_view name;
  std::string_view text;
};

constexpr std::array<Entity, 22> kEntities = {{
    {"amp", "&"},        {"lt", "<"},         {"gt", ">"},          {"quot", "\""},
    {"apos", "'"},       {"nbsp", " "},       {"copy", "\u00A9"},   {"reg", "\u00AE"},
    {"trade", "\u2122"}, {"mdash", "\u2014"}, {"ndash", "\u2013"},  {"hellip", "\u2026"},
    {"lsquo", "\u2018"}, {"rsquo", "\u2019"}, {"ldquo", "\u201C"},  {"rdquo", "\u201D"},
    {"euro", "\u20AC"},  {"pound", "\u00A3"}, {"middot", "\u00B7"}, {"bull", "\u2022"},
    {"laquo", "\u00AB"}, {"raquo", "\u00BB"},
}};

/// Tags that begin or end a line.
constexpr std::array<std::string_view, 19> kBlocks = {
    "br", "p",  "div", "tr", "li", "ul", "ol",         "h1",  "h2",     "h3",
    "h4", "h5", "h6",  "hr", "td", "th", "blockquote", "pre", "section"};

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// Appends the character that "#8364" or "#x20AC" names; false when it names none worth showing.
bool append_numeric(std::string& out, std::string_view digits) {
  const bool hex = !digits.empty() && ascii_lower(digits.front()) == 'x';
  if (hex) digits.remove_prefix(1);
  uint32_t code = 0;
  if (digits.empty() || digits.size() > 7) return false;
  for (const char c : digits) {
    const char lower = ascii_lower(c);
    uint32_t digit = 0;
    if (ascii_digit(c)) {
      digit = static_cast<uint32_t>(c - '0');
    } else if (hex && lower >= 'a' && lower <= 'f') {
      digit = static_cast<uint32_t>(lower - 'a' + 10);
    } else {
      return false;
    }
    code = code * (hex ? 16 : 10) + digit;
  }
  if (code < 32 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
  append_utf8(out, code == 0xA0 ? 32 : code);
  return true;
}

class HtmlReader {
 public:
  explicit HtmlReader(std::string_view html) : html_(html) {}

  std::string read() {
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '<') {
        read_tag();
      } else if (c == '&') {
        read_entity();
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        space_ = true;
        ++at_;
      } else {
        begin_word();
        out_ += c;
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  void begin_word() {
    if (space_ && !out_.empty() && out_.back() != '\n') out_ += ' ';
    space_ = false;
  }

  /// At most one empty line between two blocks.
  void break_line() {
    space_ = false;
    const size_t size = out_.size();
    if (size == 0 || (size > 1 && out_[size - 1] == '\n' && out_[size - 2] == '\n')) return;
    out_ += '\n';
  }

  void read_tag() {
    if (html_.substr(at_, 4) == "<!--") {
      skip_past("-->", at_ + 4);
      return;
    }
    size_t name_begin = at_ + 1;
    const bool closing = name_begin < html_.size() && html_[name_begin] == '/';
    if (closing) ++name_begin;
    size_t name_end = name_begin;
    while (name_end < html_.size() && name_end - name_begin < 16 &&
           (ascii_alpha(html_[name_end]) || ascii_digit(html_[name_end]))) {
      ++name_end;
    }
    const std::string name = ascii_lower(html_.substr(name_begin, name_end - name_begin));
    const bool declaration =
        name_begin < html_.size() && (html_[name_begin] == '!' || html_[name_begin] == '?');
    if (name.empty() && !declaration) {  // "a < b"
      begin_word();
      out_ += '<';
      ++at_;
      return;
    }
    skip_past(">", name_end);
    for (const std::string_view block : kBlocks) {
      if (name == block) {
        break_line();
        break;
      }
    }
    if (!closing && (name == "script" || name == "style" || name == "title")) skip_element(name);
  }

  /// Moves behind `mark`, or to the end.
  void skip_past(std::string_view mark, size_t from) {
    const size_t found = html_.find(mark, from);
    at_ = found == std::string_view::npos ? html_.size() : found + mark.size();
  }

  void skip_element(const std::string& name) {
    const size_t found = find_ignoring_case(html_, "</" + name, at_);
    at_ = found == std::string_view::npos ? html_.size() : found;
  }

  void read_entity() {
    begin_word();
    const size_t semicolon = html_.substr(0, at_ + 12).find(';', at_);
    if (semicolon != std::string_view::npos) {
      const std::string_view name = html_.substr(at_ + 1, semicolon - at_ - 1);
      if (!name.empty() && name.front() == '#' && append_numeric(out_, name.substr(1))) {
        at_ = semicolon + 1;
        return;
      }
      for (const Entity& entity : kEntities) {
        if (name != entity.name) continue;
        out_ += entity.text;
        at_ = semicolon + 1;
        return;
      }
    }
    out_ += '&';
    ++at_;
  }

  std::string_view html_;
  size_t at_ = 0;
  std::string out_;
  bool space_ = false;
};

}  // namespace

std::string text_from_html(std::string_view html) { return HtmlReader(html).read(); }

}  // namespace mailscope
