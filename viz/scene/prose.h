// Prose: a lesson's Markdown as blocks of styled runs, ready to be flowed. Parsed by md4c
// (CommonMark).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailscope::viz {

struct ProseRun {
  enum class Style : unsigned char { kPlain, kBold, kEmphasis, kCode };
  Style style = Style::kPlain;
  std::string text;
};

struct ProseBlock {
  enum class Kind : unsigned char { kParagraph, kHeading, kItem, kCode, kQuote };
  Kind kind = Kind::kParagraph;
  int number = 0;                 // of an ordered list's item; 0: a bullet
  std::vector<ProseRun> runs;
};

std::vector<ProseBlock> parse_prose(std::string_view markdown);

}  // namespace mailscope::viz
