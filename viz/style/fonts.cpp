#include "viz/style/fonts.h"

#include <imgui.h>
#include <imgui_freetype.h>

#include <algorithm>
#include <cmath>

#include "sim/base/check.h"
#include "viz/style/font_files.h"
#include "viz/style/icons.h"
#include "viz/style/utf8.h"

namespace mailscope::viz {

namespace {

// The Chinese face is drawn a little larger than Latin beside it, or it looks small.
constexpr float kHanScale = 1.1f;
constexpr char32_t kFirstWide =
    0x2E80;  // from here on, characters are two cells wide in a mono font

struct CodeRange {
  char32_t first;
  char32_t last;
};

// Always rasterized: Latin, typographic marks, arrows, and the signs that panels use.
constexpr CodeRange kAlways[] = {
    {0x0020, 0x017F}, {0x2010, 0x203A}, {0x20AC, 0x20AC}, {0x2190, 0x2199}, {0x21B5, 0x21B5},
    {0x2200, 0x2200}, {0x2212, 0x2212}, {0x2248, 0x2248}, {0x2260, 0x2265}, {0x22EF, 0x22EF},
    {0x2318, 0x2318}, {0x25B2, 0x25CF}, {0x2713, 0x2717}, {0xFFFD, 0xFFFD},
};

bool always(char32_t c) {
  return std::any_of(std::begin(kAlways), std::end(kAlways),
                     [c](CodeRange r) { return c >= r.first && c <= r.last; });
}

// ImGui's list of ranges: first, last, ..., 0.
std::vector<ImWchar> ranges_of(const std::vector<char32_t>& sorted) {
  std::vector<ImWchar> ranges;
  for (const char32_t c : sorted) {
    const auto code = static_cast<ImWchar>(c);
    if (!ranges.empty() && ranges.back() + 1 == code) {
      ranges.back() = code;
    } else {
      ranges.push_back(code);
      ranges.push_back(code);
    }
  }
  ranges.push_back(0);
  return ranges;
}

struct Ranges {
  std::vector<ImWchar> text;    // everything but icons
  std::vector<ImWchar> narrow;  // below kFirstWide
  std::vector<ImWchar> wide;    // from kFirstWide on
  std::vector<ImWchar> icons;
};

Ranges make_ranges(const std::u32string& text) {
  std::vector<char32_t> all;
  for (const CodeRange r : kAlways) {
    for (char32_t c = r.first; c <= r.last; ++c) all.push_back(c);
  }
  for (const char32_t c : text) {
    const bool is_private = c >= 0xE000 && c <= 0xF8FF;
    // ImWchar has 16 bits: what lies beyond (emoji) shows as the replacement mark.
    if (c >= 0x20 && c <= 0xFFFF && !is_private) all.push_back(c);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  const auto wide = std::lower_bound(all.begin(), all.end(), kFirstWide);
  std::vector<char32_t> icons(std::begin(kAllIcons), std::end(kAllIcons));
  std::sort(icons.begin(), icons.end());
  return {ranges_of(all), ranges_of({all.begin(), wide}), ranges_of({wide, all.end()}),
          ranges_of(icons)};
}

struct Faces {
  FaceData ui;
  FaceData ui_bold;
  FaceData ui_italic;
  FaceData mono;
  FaceData mono_bold;
  FaceData han;
  FaceData han_mono;
  FaceData icons;
};

// Adds fonts to one atlas, piece by piece: a first face, then others merged into it.
class Builder {
 public:
  Builder(ImFontAtlas& atlas, const Ranges& ranges) : atlas_(atlas), ranges_(ranges) {}

  ImFont* ui(const Faces& faces, const FaceData& latin, bool bold, float em) {
    ImFont* font = first(latin, em, ranges_.text);
    merge(faces.han, em * kHanScale, ranges_.text, bold, 0);
    merge(faces.icons, em, ranges_.icons, false, 0);
    return font;
  }

  ImFont* mono(const Faces& faces, bool bold, float em) {
    const FaceData& latin = bold ? faces.mono_bold : faces.mono;
    ImFont* font = first(latin, em, ranges_.text);
    merge(faces.ui, em, ranges_.narrow, false, 0);
    // A Chinese character takes two cells, so that columns of protocol text stay columns. The
    // builder rounds advances up, after having rounded the size.
    constexpr float kCellPerEm = 0.6f;  // JetBrains Mono's and DejaVu Sans Mono's advance
    const float real_em = std::round(em * latin.line_per_em) / latin.line_per_em;
    merge(faces.han_mono, em * kHanScale, ranges_.wide, bold, 2 * std::ceil(kCellPerEm * real_em));
    return font;
  }

  ImFont* icons(const Faces& faces, float em) {
    return first(faces.icons.bytes != nullptr ? faces.icons : faces.ui, em, ranges_.icons);
  }

 private:
  ImFont* first(const FaceData& face, float em, const std::vector<ImWchar>& ranges) {
    if (face.bytes == nullptr) {
      ImFontConfig config;
      config.SizePixels = std::round(em);
      return atlas_.AddFontDefault(&config);
    }
    return add(face, em, ranges, false, 0, false);
  }

  void merge(const FaceData& face, float em, const std::vector<ImWchar>& ranges, bool embolden,
             float min_advance) {
    if (face.bytes != nullptr && ranges.size() > 1) {
      add(face, em, ranges, embolden, min_advance, true);
    }
  }

  ImFont* add(const FaceData& face, float em, const std::vector<ImWchar>& ranges, bool embolden,
              float min_advance, bool merged) {
    ImFontConfig config;
    // FreeType's builder reads but never writes it, whatever the type says. "Owned" keeps AddFont()
    // from copying megabytes for each size; forget_files() takes the ownership back.
    config.FontData = const_cast<uint8_t*>(face.bytes->data());
    config.FontDataSize = static_cast<int>(face.bytes->size());
    config.FontDataOwnedByAtlas = true;
    config.FontNo = face.index;
    // ImGui counts a font's size from ascent to descent, and FreeType's builder in whole pixels.
    config.SizePixels = std::round(em * face.line_per_em);
    config.GlyphRanges = ranges.data();
    config.MergeMode = merged;
    config.GlyphMinAdvanceX = min_advance;
    // Light hinting snaps to the pixel rows only: crisp, with the letters' own widths.
    config.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
    if (embolden) config.FontBuilderFlags |= ImGuiFreeTypeBuilderFlags_Bold;
    return atlas_.AddFont(&config);
  }

  ImFontAtlas& atlas_;
  const Ranges& ranges_;
};

// The files and ranges die with load_fonts(); the atlas must neither free nor remember them. What
// ImGui allocated itself (its default font, where a face is missing) it frees.
void forget_files(ImFontAtlas& atlas, const FontFiles& files) {
  for (ImFontConfig& config : atlas.ConfigData) {
    if (files.holds(config.FontData)) config.FontDataOwnedByAtlas = false;
  }
  atlas.ClearInputData();
}

void insert(std::u32string& set, std::string_view utf8) {
  size_t at = 0;
  while (at < utf8.size()) {
    const char32_t c = next_code_point(utf8, at);
    if (always(c)) continue;
    const auto place = std::lower_bound(set.begin(), set.end(), c);
    if (place == set.end() || *place != c) set.insert(place, c);
  }
}

}  // namespace

Fonts load_fonts(ImFontAtlas& atlas, const Metrics& metrics, const GlyphSet& glyphs,
                 std::vector<std::string>& warnings) {
  FontFiles files;
  Faces faces;
  faces.ui = files.load(Face::kUi, warnings);
  faces.ui_bold = files.load(Face::kUiBold, warnings);
  faces.ui_italic = files.load(Face::kUiItalic, warnings);
  faces.mono = files.load(Face::kMono, warnings);
  faces.mono_bold = files.load(Face::kMonoBold, warnings);
  faces.han = files.load(Face::kHan, warnings);
  faces.han_mono = files.load(Face::kHanMono, warnings);
  faces.icons = files.load(Face::kIcons, warnings);

  const Ranges ranges = make_ranges(glyphs.text);
  const Ranges for_headings = make_ranges(glyphs.headings.empty() ? glyphs.text : glyphs.headings);
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;  // every GPU of OpenGL 3.3 takes any height
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  Builder build(atlas, ranges);
  Builder build_heading(atlas, for_headings);
  Fonts fonts;
  fonts.normal = build.ui(faces, faces.ui, false, metrics.font_normal);  // first: ImGui's default
  fonts.bold = build.ui(faces, faces.ui_bold, true, metrics.font_normal);
  fonts.italic = build.ui(faces, faces.ui_italic, false, metrics.font_normal);
  fonts.tiny = build.ui(faces, faces.ui_bold, true, metrics.font_tiny);
  fonts.small = build.ui(faces, faces.ui, false, metrics.font_small);
  fonts.small_bold = build.ui(faces, faces.ui_bold, true, metrics.font_small);
  fonts.large = build_heading.ui(faces, faces.ui_bold, true, metrics.font_large);
  fonts.title = build_heading.ui(faces, faces.ui_bold, true, metrics.font_title);
  fonts.mono_small = build.mono(faces, false, metrics.font_mono_small);
  fonts.mono = build.mono(faces, false, metrics.font_mono);
  fonts.mono_bold = build.mono(faces, true, metrics.font_mono);
  fonts.mono_large = build.mono(faces, false, metrics.font_mono_large);
  fonts.icons = build.icons(faces, metrics.font_icons);
  CHECK(atlas.Build());
  forget_files(atlas, files);
  return fonts;
}

void add_text(GlyphSet& glyphs, std::string_view utf8) { insert(glyphs.text, utf8); }

void add_heading(GlyphSet& glyphs, std::string_view utf8) {
  insert(glyphs.text, utf8);
  insert(glyphs.headings, utf8);
}

bool covers(const GlyphSet& glyphs, std::string_view utf8) {
  size_t at = 0;
  while (at < utf8.size()) {
    const char32_t c = next_code_point(utf8, at);
    const bool drawable = c >= 0x20 && c <= 0xFFFF && !always(c);
    if (drawable && !std::binary_search(glyphs.text.begin(), glyphs.text.end(), c)) return false;
  }
  return true;
}

}  // namespace mailscope::viz
