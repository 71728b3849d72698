// Running text wraps where a reader expects it, in English and in Chinese.
#include "viz/panels/text_flow.h"

#include <doctest/doctest.h>

#include <cmath>

#include "viz/panels/widgets.h"
#include "viz/platform/surface.h"

using namespace mailscope::viz;

namespace {

// A null surface with the program's fonts, in the middle of a frame.
struct Stage {
  std::unique_ptr<Surface> surface = std::move(open_null({}).value());
  Theme theme = light_theme();
  Fonts fonts;

  Stage() {
    GlyphSet glyphs;
    add_text(glyphs, "邮件只是被标记，还没有删除。“好”（一）");
    std::vector<std::string> warnings;
    fonts = load_fonts(surface->fonts(), theme.metrics, glyphs, warnings);
    surface->fonts_changed();
    surface->begin_frame();
    ImGui::Begin("w");
  }
  ~Stage() {
    ImGui::End();
    surface->end_frame(theme.background);
  }

  [[nodiscard]] Ui ui() const { return {theme, fonts, 1}; }
  [[nodiscard]] int lines(const std::vector<TextRun>& runs, float width) const {
    const float step = std::round(fonts.normal->FontSize + theme.metrics.line_spacing);
    const float height = flow_height(ui(), runs, width);
    return 1 + static_cast<int>(std::round((height - fonts.normal->FontSize) / step));
  }
  [[nodiscard]] float width(std::string_view text) const {
    return measure_text(fonts.normal, text).x + theme.metrics.unit + 1;
  }
};

}  // namespace

TEST_CASE("words wrap at spaces, and newlines always break") {
  const Stage s;
  CHECK(s.lines({{"one two three"}}, 1000) == 1);
  CHECK(s.lines({{"one two three"}}, s.width("one two")) == 2);
  CHECK(s.lines({{"one\ntwo"}}, 1000) == 2);
  CHECK(s.lines({}, 100) == 1);
}

TEST_CASE("a full stop after code stays with it") {
  const Stage s;
  const std::vector<TextRun> runs = {{"sent "}, {"DELE 1", RunStyle::kCode}, {"."}};
  // Room for everything but the stop: then the code moves down with it, and is not broken at its
  // space.
  const float all = s.width("sent ") + measure_text(s.fonts.mono, "DELE 1").x + 8;
  CHECK(s.lines(runs, all + 20) == 1);
  CHECK(s.lines(runs, all - 2) == 2);
}

TEST_CASE("chinese breaks between characters but not before a closing mark") {
  const Stage s;
  CHECK(s.lines({{"邮件只是被标记"}}, s.width("邮件只是")) == 2);
  // "，" would stand first in line two: its character comes along.
  CHECK(s.lines({{"邮件，"}}, s.width("邮件")) == 2);
  CHECK(s.lines({{"邮，邮，"}}, s.width("邮，")) == 2);
}

TEST_CASE("a word longer than the line is cut, and no width at all does no harm") {
  const Stage s;
  CHECK(s.lines({{"aaaaaaaaaaaaaaaaaaaa"}}, s.width("aaaaaaaaaa")) == 2);
  CHECK(s.lines({{"abc def"}}, 0.5f) >= 2);
}

TEST_CASE("ellipsized fits and never splits a character") {
  const Stage s;
  const float width = measure_text(s.fonts.normal, "邮件…").x;
  CHECK(ellipsized(s.fonts.normal, "邮件只是", width) == "邮件…");
  CHECK(ellipsized(s.fonts.normal, "邮件", width) == "邮件");
  CHECK(ellipsized(s.fonts.normal, "abc", 0) == "…");
}
