// Markdown as lessons write it, in both scripts.
#include "viz/scene/prose.h"

#include <doctest/doctest.h>

#include "tests/viz/open_runs.h"

using namespace mailscope;
using namespace mailscope::viz;

namespace {

using Style = ProseRun::Style;
using Kind = ProseBlock::Kind;

/// All the text of one block.
std::string text_of(const ProseBlock& block) {
  std::string text;
  for (const ProseRun& run : block.runs) text += run.text;
  return text;
}

std::string flowed(std::string_view markdown) {
  std::string text;
  for (const ProseBlock& block : parse_prose(markdown)) text += text_of(block) + "|";
  return text;
}

}  // namespace

TEST_CASE("bold, emphasis and code are runs of their own") {
  const std::vector<ProseBlock> blocks = parse_prose("Say **QUIT** or *not*: `DELE 1`.");
  REQUIRE(blocks.size() == 1);
  REQUIRE(blocks[0].runs.size() == 7);
  CHECK(blocks[0].runs[0].text == "Say ");
  CHECK(blocks[0].runs[1].style == Style::kBold);
  CHECK(blocks[0].runs[1].text == "QUIT");
  CHECK(blocks[0].runs[3].style == Style::kEmphasis);
  CHECK(blocks[0].runs[5].style == Style::kCode);
  CHECK(blocks[0].runs[5].text == "DELE 1");
  CHECK(blocks[0].runs[6].text == ".");
}

TEST_CASE("headings, items, quotes and code blocks are told apart") {
  const std::vector<ProseBlock> blocks = parse_prose(
      "# Title\n\nText.\n\n- one\n- two\n\n3. three\n4. four\n\n> quoted\n\n```\nC: NOOP\n```\n");
  REQUIRE(blocks.size() == 8);
  CHECK(blocks[0].kind == Kind::kHeading);
  CHECK(blocks[1].kind == Kind::kParagraph);
  CHECK(blocks[2].kind == Kind::kItem);
  CHECK(blocks[2].number == 0);
  CHECK(text_of(blocks[3]) == "two");
  CHECK(blocks[4].number == 3);
  CHECK(blocks[5].number == 4);
  CHECK(blocks[6].kind == Kind::kQuote);
  CHECK(blocks[7].kind == Kind::kCode);
  CHECK(text_of(blocks[7]) == "C: NOOP\n");
}

TEST_CASE("a line's end is a space in English, also after letters beyond ASCII") {
  CHECK(flowed("one\ntwo") == "one two|");
  CHECK(flowed("a café\nin town") == "a café in town|");
  CHECK(flowed("“quoted”\nwords") == "“quoted” words|");
  CHECK(flowed("a **bold**\nword") == "a bold word|");
  CHECK(flowed("hard  \nbreak") == "hard\nbreak|");
}

TEST_CASE("a line's end between Chinese characters is nothing, beside Latin words a space") {
  CHECK(flowed("服务器\n保留邮件") == "服务器保留邮件|");
  CHECK(flowed("下载，\n然后删除") == "下载，然后删除|");
  CHECK(flowed("下载，\nPOP3 就结束") == "下载，POP3 就结束|");
  CHECK(flowed("使用 POP3\n下载") == "使用 POP3 下载|");
  CHECK(flowed("下载\nPOP3 邮件") == "下载 POP3 邮件|");
  CHECK(flowed("他说\n“好”\n然后") == "他说“好”然后|");
  CHECK(flowed("发送\n`DELE 1`\n之后") == "发送 DELE 1 之后|");
}

TEST_CASE("entities are what they stand for, and odd input does no harm") {
  CHECK(flowed("a &amp; b &lt;c&gt;") == "a & b <c>|");
  CHECK(flowed("&bogus; stays") == "&bogus; stays|");
  CHECK(flowed("").empty());
  CHECK(flowed("\n\n\n").empty());
  CHECK_FALSE(flowed("\xff\xfe\x80\nabc").empty());
  CHECK_FALSE(flowed(std::string(5000, '>') + " deep").empty());
}

TEST_CASE("the lessons' own prose has blocks, and nothing of Markdown is left in it") {
  for (const test::OpenLesson& open : test::all_lessons()) {
    for (const LessonStep& step : open.lesson->steps) {
      for (const char* language : {"en", "zh"}) {
        CAPTURE(open.lesson->id + " " + step.id + " " + language);
        const std::vector<ProseBlock> blocks = parse_prose(in_language(step.prose, language));
        CHECK_FALSE(blocks.empty());
        for (const ProseBlock& block : blocks) {
          CHECK(text_of(block).find("**") == std::string::npos);
          CHECK(text_of(block).find("&amp;") == std::string::npos);
        }
      }
    }
  }
}
