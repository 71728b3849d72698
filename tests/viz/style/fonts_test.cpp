// Fonts are rasterized for the characters asked for; text is decoded without trust.
#include "viz/style/fonts.h"

#include <doctest/doctest.h>
#include <imgui.h>

#include "viz/style/icons.h"
#include "viz/style/utf8.h"

using namespace mailscope::viz;

TEST_CASE("utf-8 decodes, and invalid bytes become the replacement mark one by one") {
  const auto all = [](std::string_view text) {
    std::u32string out;
    for (size_t at = 0; at < text.size();) out.push_back(next_code_point(text, at));
    return out;
  };
  CHECK(all("a\xC3\xA9\xE9\x82\xAE\xF0\x9F\x93\xA7") == U"a\u00E9\u90AE\U0001F4E7");
  CHECK(all("\x80z") == U"\uFFFDz");                    // a stray continuation
  CHECK(all("\xC3") == U"\uFFFD");                      // cut off
  CHECK(all("\xC0\xAF") == U"\uFFFD\uFFFD");            // overlong
  CHECK(all("\xED\xA0\x80") == U"\uFFFD\uFFFD\uFFFD");  // a surrogate
}

TEST_CASE("a glyph set is sorted, without repeats, and knows what it covers") {
  GlyphSet glyphs;
  add_text(glyphs, "hello \xE9\x82\xAE\xE4\xBB\xB6\xE9\x82\xAE");
  CHECK(glyphs.text == U"\u4EF6\u90AE");
  CHECK(covers(glyphs, "plain, \xC3\xA9, \xE4\xBB\xB6"));
  CHECK_FALSE(covers(glyphs, "\xE5\xA5\xBD"));
  add_heading(glyphs, "\xE5\xA5\xBD");
  CHECK(glyphs.headings == U"\u597D");
  CHECK(covers(glyphs, "\xE5\xA5\xBD"));
  CHECK(covers(glyphs, "\xF0\x9F\x93\xA7"));  // never drawable, so no reason to rebuild
}

TEST_CASE("load_fonts gives every font, with text and icons in it, and can be repeated") {
  ImFontAtlas atlas;
  GlyphSet glyphs;
  add_text(glyphs, "\xE9\x82\xAE");
  std::vector<std::string> warnings;
  for (const float scale : {1.0f, 1.5f}) {
    warnings.clear();
    const Fonts f = load_fonts(atlas, metrics_at(scale), glyphs, warnings);
    CHECK(atlas.IsBuilt());
    for (const ImFont* font : {f.tiny, f.small, f.small_bold, f.normal, f.bold, f.italic, f.large,
                               f.title, f.mono_small, f.mono, f.mono_bold, f.mono_large}) {
      REQUIRE(font != nullptr);
      CHECK(font->FindGlyphNoFallback('Q') != nullptr);
    }
    REQUIRE(f.icons != nullptr);
    if (!warnings.empty()) {
      MESSAGE("fonts are missing here: " << warnings.front());
      continue;
    }
    CHECK(f.normal->FindGlyphNoFallback(0x90AE) != nullptr);
    CHECK(f.mono->FindGlyphNoFallback(0x90AE) != nullptr);
    CHECK(f.normal->FindGlyphNoFallback(0x4EF6) == nullptr);
    for (const char32_t icon : kAllIcons) {
      CHECK(f.icons->FindGlyphNoFallback(static_cast<ImWchar>(icon)) != nullptr);
    }
    // Protocol text stays in columns: one Chinese character is two cells.
    const float cell = f.mono->FindGlyph('Q')->AdvanceX;
    CHECK(f.mono->FindGlyph('.')->AdvanceX == cell);
    CHECK(f.mono->FindGlyph(0x90AE)->AdvanceX == 2 * cell);
  }
}
