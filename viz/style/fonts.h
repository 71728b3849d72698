// Fonts: Inter and JetBrains Mono, with WenQuanYi Micro Hei for Chinese and Font Awesome for icons
// merged into each, rasterized for exactly the characters in use. Nothing here uploads a texture:
// after load_fonts(), call Surface::fonts_changed().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "viz/style/theme.h"

struct ImFont;
struct ImFontAtlas;

namespace mailscope::viz {

/// Handles into the atlas; valid until the next load_fonts() on it. Never null after load_fonts().
struct Fonts {
  ImFont* tiny = nullptr;   // semi-bold: chips, card titles
  ImFont* small = nullptr;  // tables, captions
  ImFont* small_bold = nullptr;
  ImFont* normal = nullptr;  // running text, buttons; the default
  ImFont* bold = nullptr;    // semi-bold
  ImFont* italic = nullptr;
  ImFont* large = nullptr;  // semi-bold
  ImFont* title = nullptr;  // semi-bold
  ImFont* mono_small = nullptr;
  ImFont* mono = nullptr;
  ImFont* mono_bold = nullptr;
  ImFont* mono_large = nullptr;
  ImFont* icons = nullptr;  // Font Awesome alone, large: machines on the stage
};

/// The characters to rasterize: of every text the program may show. Filled by add_text(), sorted
/// and without repeats. ASCII, Latin, common punctuation and all of icons.h are always included.
/// A Chinese character costs 0.3 ms and 13 kB of texture at scale 1, most of it in the large fonts;
/// so those have only `headings`, if there are any.
struct GlyphSet {
  std::u32string text;
  std::u32string headings;  // for `large` and `title`; empty: the same as `text`
};

/// Clears `atlas`, loads every font at `metrics`' sizes and builds the atlas (some 0.1 s). Each
/// font file that is missing adds one line to `warnings` and is replaced by the nearest there is,
/// at worst ImGui's own.
Fonts load_fonts(ImFontAtlas& atlas, const Metrics& metrics, const GlyphSet& glyphs,
                 std::vector<std::string>& warnings);

/// Adds the code points of `utf8` to `glyphs`, but those always included; invalid bytes are
/// skipped.
void add_text(GlyphSet& glyphs, std::string_view utf8);
/// The same for a text that is also shown in `large` or `title`.
void add_heading(GlyphSet& glyphs, std::string_view utf8);

/// True when every code point of `utf8` is in `glyphs.text` or always included: no need to rebuild.
bool covers(const GlyphSet& glyphs, std::string_view utf8);

}  // namespace mailscope::viz
