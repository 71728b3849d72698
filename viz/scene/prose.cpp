#include "viz/scene/prose.h"

#include <md4c.h>

#include <algorithm>

namespace mailscope::viz {
namespace {

/// What md4c's callbacks build up.
struct Builder {
  std::vector<ProseBlock> blocks;
  int bold = 0;
  int emphasis = 0;
  int code = 0;
  int quote = 0;
  bool in_item = false;
  std::vector<int> numbers;   // of the lists around: 0 for bullets, else the next number

  void begin(ProseBlock::Kind kind) {
    ProseBlock block;
    block.kind = kind;
    blocks.push_back(std::move(block));
  }

  void add(std::string_view text) {
    if (blocks.empty()) begin(ProseBlock::Kind::kParagraph);
    const auto style = code > 0       ? ProseRun::Style::kCode
                       : bold > 0     ? ProseRun::Style::kBold
                       : emphasis > 0 ? ProseRun::Style::kEmphasis
                                      : ProseRun::Style::kPlain;
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
    case MD_TEXT_SOFTBR: {
      // A line break between Chinese characters is only the editor's: it is no space.
      const bool wide = !builder.blocks.empty() && !builder.blocks.back().runs.empty() &&
                        !builder.blocks.back().runs.back().text.empty() &&
                        static_cast<unsigned char>(builder.blocks.back().runs.back().text.back()) >= 0x80;
      if (!wide) builder.add(" ");
      break;
    }
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
