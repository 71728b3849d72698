#include "viz/scene/prose.h"

#include <md4c.h>

#include <algorithm>
#include <cstdint>

namespace mailscope::viz {
namespace {

/// The first code point of `text`; 0 when there is none.
uint32_t first_code_point(std::string_view text) {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0xC0) return lead;
  const size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  uint32_t code = lead & (0x3Fu >> more);
  for (size_t i = 1; i <= more && i < text.size(); ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  return code;
}

uint32_t last_code_point(std::string_view text) {
  size_t at = text.size();
  while (at > 0 && (static_cast<unsigned char>(text[at - 1]) & 0xC0) == 0x80) --at;
  return at == 0 ? 0 : first_code_point(text.substr(at - 1));
}

bool is_wide_mark(uint32_t code) {
  return (code >= 0x3000 && code < 0x3040) || (code >= 0xFF00 && code < 0xFFF0);
}

bool is_wide(uint32_t code) { return (code >= 0x2E80 && code < 0xA000) || is_wide_mark(code); }

/// Quotes and dashes that both scripts use: they go with what is on the other side.
bool is_shared_mark(uint32_t code) { return code >= 0x2010 && code < 0x2030; }

/// Whether a line's end between these texts stands for a space. After CSS Text 3 §4.1.3.
bool needs_space(std::string_view before, std::string_view after) {
  const uint32_t left = last_code_point(before);
  const uint32_t right = first_code_point(after);
  if (is_wide_mark(left) || is_wide_mark(right)) return false;
  if (is_wide(left)) return !is_wide(right) && !is_shared_mark(right);
  return !(is_wide(right) && is_shared_mark(left));
}

/// The entities that people write by hand; any other stays as it is written.
std::string_view entity_text(std::string_view entity) {
  if (entity == "&amp;") return "&";
  if (entity == "&lt;") return "<";
  if (entity == "&gt;") return ">";
  if (entity == "&quot;") return "\"";
  if (entity == "&nbsp;") return "\u00A0";
  return entity;
}

/// What md4c's callbacks build up.
struct Builder {
  std::vector<ProseBlock> blocks;
  int bold = 0;
  int emphasis = 0;
  int code = 0;
  int quote = 0;
  bool in_item = false;
  bool soft_break = false;    // the source's line ended; what it stands for depends on what follows
  ProseRun::Style break_style = ProseRun::Style::kPlain;
  std::vector<int> numbers;   // of the lists around: 0 for bullets, else the next number

  void begin(ProseBlock::Kind kind) {
    soft_break = false;
    ProseBlock block;
    block.kind = kind;
    blocks.push_back(std::move(block));
  }

  [[nodiscard]] ProseRun::Style style() const {
    return code > 0       ? ProseRun::Style::kCode
           : bold > 0     ? ProseRun::Style::kBold
           : emphasis > 0 ? ProseRun::Style::kEmphasis
                          : ProseRun::Style::kPlain;
  }

  /// The end of a line in the source. Between Chinese characters it is only the editor's.
  void end_line() {
    soft_break = true;
    break_style = style();
  }

  void add(std::string_view text) {
    if (blocks.empty()) begin(ProseBlock::Kind::kParagraph);
    if (soft_break) {
      soft_break = false;
      const bool some = !blocks.back().runs.empty();
      if (some && needs_space(blocks.back().runs.back().text, text)) append(" ", break_style);
    }
    append(text, style());
  }

  void append(std::string_view text, ProseRun::Style style) {
    std::vector<ProseRun>& runs = blocks.back().runs;
    if (!runs.empty() && runs.back().style == style) {
      runs.back().text += text;
    } else {
      runs.push_back({style, std::string(text)});
    }
  }
};

int enter_block(MD_BLOCKTYPE type, void* detail, void* user) {
  Builder& builder = *static_cast<Builder*>(user);
  switch (type) {
    case MD_BLOCK_P:
      // The paragraph of a list item continues the item's block.
      if (builder.in_item && !builder.blocks.empty() && builder.blocks.back().runs.empty()) break;
      builder.begin(builder.quote > 0 ? ProseBlock::Kind::kQuote : ProseBlock::Kind::kParagraph);
      break;
    case MD_BLOCK_H: builder.begin(ProseBlock::Kind::kHeading); break;
    case MD_BLOCK_CODE: builder.begin(ProseBlock::Kind::kCode); break;
    case MD_BLOCK_QUOTE: ++builder.quote; break;
    case MD_BLOCK_UL: builder.numbers.push_back(0); break;
    case MD_BLOCK_OL:
      builder.numbers.push_back(static_cast<int>(static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start));
      break;
    case MD_BLOCK_LI: {
      builder.begin(ProseBlock::Kind::kItem);
      builder.in_item = true;
      if (!builder.numbers.empty() && builder.numbers.back() != 0) {
        builder.blocks.back().number = builder.numbers.back()++;
      }
      break;
    }
    default: break;
  }
  return 0;
}

int leave_block(MD_BLOCKTYPE type, void*, void* user) {
  Builder& builder = *static_cast<Builder*>(user);
  if (type == MD_BLOCK_QUOTE) --builder.quote;
  if (type == MD_BLOCK_LI) builder.in_item = false;
  if ((type == MD_BLOCK_UL || type == MD_BLOCK_OL) && !builder.numbers.empty()) {
    builder.numbers.pop_back();
  }
  return 0;
}

int enter_span(MD_SPANTYPE type, void*, void* user) {
  Builder& builder = *static_cast<Builder*>(user);
  if (type == MD_SPAN_STRONG) ++builder.bold;
  if (type == MD_SPAN_EM) ++builder.emphasis;
  if (type == MD_SPAN_CODE) ++builder.code;
  return 0;
}

int leave_span(MD_SPANTYPE type, void*, void* user) {
  Builder& builder = *static_cast<Builder*>(user);
  if (type == MD_SPAN_STRONG) --builder.bold;
  if (type == MD_SPAN_EM) --builder.emphasis;
  if (type == MD_SPAN_CODE) --builder.code;
  return 0;
}

int add_text(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* user) {
  Builder& builder = *static_cast<Builder*>(user);
  switch (type) {
    case MD_TEXT_SOFTBR: builder.end_line(); break;
    case MD_TEXT_ENTITY: builder.add(entity_text(std::string_view(text, size))); break;
    case MD_TEXT_BR: builder.add("\n"); break;
    case MD_TEXT_NULLCHAR: break;
    default: builder.add(std::string_view(text, size));
  }
  return 0;
}

}  // namespace

std::vector<ProseBlock> parse_prose(std::string_view markdown) {
  Builder builder;
  MD_PARSER parser{};
  parser.flags = MD_FLAG_NOHTML;
  parser.enter_block = enter_block;
  parser.leave_block = leave_block;
  parser.enter_span = enter_span;
  parser.leave_span = leave_span;
  parser.text = add_text;
  md_parse(markdown.data(), static_cast<MD_SIZE>(markdown.size()), &parser, &builder);
  builder.blocks.erase(std::remove_if(builder.blocks.begin(), builder.blocks.end(),
                                      [](const ProseBlock& block) { return block.runs.empty(); }),
                       builder.blocks.end());
  return std::move(builder.blocks);
}

}  // namespace mailscope::viz
