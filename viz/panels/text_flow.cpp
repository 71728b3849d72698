#include "viz/panels/text_flow.h"

#include <algorithm>
#include <cmath>

#include "viz/panels/widgets.h"
#include "viz/style/utf8.h"

namespace mailscope::viz {

namespace {

// What cannot be broken: a word, one Chinese character, with the position where it stands in its
// run.
struct Atom {
  size_t run = 0;
  size_t begin = 0;
  size_t end = 0;
  float space = 0;  // white space before it, dropped at the start of a line
  float width = 0;
  bool may_break = false;   // a line may begin here
  bool must_break = false;  // '\n' stood before
};

// Neighbouring atoms of one run in one line, drawn in one go.
struct Fragment {
  size_t run = 0;
  size_t begin = 0;
  size_t end = 0;
  int line = 0;
  float x0 = 0;
  float x1 = 0;
};

constexpr size_t kUnbrokenCode = 24;  // bytes

struct Layout {
  std::vector<Fragment> fragments;
  int lines = 1;
  float line_height = 0;
  float font_height = 0;
};

bool is_wide(char32_t c) {
  return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7FF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFF60);
}

bool one_of(char32_t c, std::u32string_view set) {
  return set.find(c) != std::u32string_view::npos;
}

// Marks that may not begin a line, and marks that may not end one.
bool sticks_to_previous(char32_t c) {
  return one_of(c, U",.;:!?)]}%’”…、。〉》」』】〕〗！），．：；？］｝～·");
}
bool sticks_to_next(char32_t c) { return one_of(c, U"([{‘“〈《「『【〔〖（［｛"); }

const ImFont* font_of(const Ui& ui, const ImFont* base, RunStyle style) {
  const Fonts& f = ui.fonts;
  const bool is_small = base == f.small;
  const bool is_normal = base == f.normal;
  switch (style) {
    case RunStyle::kBold:
      return is_small ? f.small_bold : is_normal ? f.bold : base;
    case RunStyle::kEmphasis:
      return is_normal ? f.italic : base;
    case RunStyle::kCode:
      return is_small ? f.mono_small : is_normal ? f.mono : f.mono_large;
    case RunStyle::kPlain:
    case RunStyle::kMuted:
    case RunStyle::kLink:
      break;
  }
  return base;
}

// Splits the runs into atoms.
class Splitter {
 public:
  Splitter(const Ui& ui, const ImFont* base) : ui_(ui), base_(base) {}

  std::vector<Atom> split(const std::vector<TextRun>& runs) {
    for (size_t run = 0; run < runs.size(); ++run) add_run(runs[run], run);
    return std::move(atoms_);
  }

 private:
  void add_run(const TextRun& run, size_t index) {
    const ImFont* font = font_of(ui_, base_, run.style);
    const float pad = run.style == RunStyle::kCode ? ui_.units(1) : 0;
    space_ += pad;
    // "DELE 1" is one thing to the eye; only long code may break at its spaces.
    const bool whole = run.style == RunStyle::kCode && run.text.size() <= kUnbrokenCode;
    bool starts_atom = true;  // styles do not share atoms
    for (size_t at = 0; at < run.text.size();) {
      const size_t begin = at;
      const char32_t c = next_code_point(run.text, at);
      const float width = measure_text(font, run.text.substr(begin, at - begin)).x;
      if (c == '\n' || c == ' ') {
        newline_ = newline_ || c == '\n';
        if (c == ' ') space_ += width;
        spaced_ = true;
        starts_atom = true;
        continue;
      }
      const bool wide = is_wide(c) || is_wide(previous_);
      const bool breakable = (spaced_ && (!whole || begin == 0 || newline_)) ||
                             (wide && !sticks_to_previous(c) && !sticks_to_next(previous_));
      if (starts_atom || breakable) {
        atoms_.push_back({index, begin, begin, space_, 0, breakable, newline_});
        space_ = 0;
        spaced_ = newline_ = starts_atom = false;
      }
      atoms_.back().end = at;
      atoms_.back().width += width;
      previous_ = c;
    }
    space_ += pad;
  }

  const Ui& ui_;
  const ImFont* base_;
  std::vector<Atom> atoms_;
  char32_t previous_ = 0;
  float space_ = 0;
  bool spaced_ = false;
  bool newline_ = false;
};

// Puts atoms into lines. A word is the atoms up to the next possible break, across styles.
class Placer {
 public:
  Placer(const std::vector<TextRun>& runs, float code_pad, float width)
      : runs_(runs), code_pad_(code_pad), width_(width) {}

  void place(const std::vector<Atom>& atoms, Layout& layout) {
    for (size_t i = 0; i < atoms.size();) {
      size_t end = i + 1;
      float word = atoms[i].width;
      while (end < atoms.size() && !atoms[end].may_break && !atoms[end].must_break) {
        word += atoms[end].space + atoms[end].width;
        ++end;
      }
      const float before = x_ > 0 ? atoms[i].space : 0;
      if (atoms[i].must_break || (x_ > 0 && x_ + before + word > width_)) new_line(layout);
      for (; i < end; ++i) put(atoms[i], layout);
    }
  }

 private:
  void new_line(Layout& layout) {
    ++layout.lines;
    x_ = 0;
  }

  void put(const Atom& atom, Layout& layout) {
    const bool code = runs_[atom.run].style == RunStyle::kCode;
    x_ += x_ > 0 ? atom.space : code ? code_pad_ : 0;
    const float end = x_ + atom.width;
    const int line = layout.lines - 1;
    Fragment* last = layout.fragments.empty() ? nullptr : &layout.fragments.back();
    if (last != nullptr && last->run == atom.run && last->line == line) {
      last->end = atom.end;
      last->x1 = end;
    } else {
      layout.fragments.push_back({atom.run, atom.begin, atom.end, line, x_, end});
    }
    x_ = end;
  }

  const std::vector<TextRun>& runs_;
  float code_pad_;
  float width_;
  float x_ = 0;
};

// A word longer than the line (an address, a token of base64) is cut where the line ends.
std::vector<Atom> cut_long_atoms(const Ui& ui, const ImFont* base, const std::vector<TextRun>& runs,
                                 const std::vector<Atom>& atoms, float width) {
  std::vector<Atom> result;
  for (const Atom& atom : atoms) {
    if (atom.width <= width) {
      result.push_back(atom);
      continue;
    }
    const TextRun& run = runs[atom.run];
    const ImFont* font = font_of(ui, base, run.style);
    Atom part = atom;
    part.end = part.begin;
    part.width = 0;
    for (size_t at = atom.begin; at < atom.end;) {
      const size_t begin = at;
      next_code_point(run.text, at);
      const float w = measure_text(font, run.text.substr(begin, at - begin)).x;
      if (part.width + w > width && part.width > 0) {
        result.push_back(part);
        part = {atom.run, begin, begin, 0, 0, true, false};
      }
      part.end = at;
      part.width += w;
    }
    result.push_back(part);
  }
  return result;
}

Layout lay_out(const Ui& ui, const std::vector<TextRun>& runs, float width, const ImFont* base) {
  const float code_pad = ui.units(1);
  const float room = std::max(width - code_pad, ui.units(4));
  std::vector<Atom> atoms = Splitter(ui, base).split(runs);
  atoms = cut_long_atoms(ui, base, runs, atoms, room);
  Layout layout;
  layout.font_height = base->FontSize;
  layout.line_height = std::round(base->FontSize + ui.m().line_spacing);
  Placer(runs, code_pad, width).place(atoms, layout);
  return layout;
}

float height_of(const Layout& layout) {
  return layout.line_height * static_cast<float>(layout.lines - 1) + layout.font_height;
}

Color color_of(const Ui& ui, RunStyle style, const FlowLook& look) {
  if (style == RunStyle::kMuted) return ui.theme.muted;
  if (style == RunStyle::kLink) return ui.theme.accent.text;
  return look.color.value_or(ui.theme.text);
}

// Draws one fragment; true when the pointer is on it.
bool draw_fragment(const Ui& ui, const TextRun& run, const Fragment& f, const Layout& layout,
                   const ImFont* base, ImVec2 origin, Color color) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImFont* font = font_of(ui, base, run.style);
  const float top = origin.y + layout.line_height * static_cast<float>(f.line);
  const ImVec2 min = {std::round(origin.x + f.x0), top};
  const ImVec2 max = {std::round(origin.x + f.x1), top + layout.font_height};
  // Half a line at the edge of what scrolls is no use to anybody.
  if (top < draw.GetClipRectMin().y - 1 || max.y > draw.GetClipRectMax().y + 1) return false;
  if (run.style == RunStyle::kCode) {
    const float pad = ui.units(1);
    draw.AddRectFilled({min.x - pad, min.y - 1}, {max.x + pad, max.y + 1}, to_u32(ui.theme.code),
                       ui.m().radius_small * 0.8f);
  }
  const float y = top + std::round(base->Ascent) - std::round(font->Ascent);
  draw_text(draw, font, {min.x, y}, color, run.text.substr(f.begin, f.end - f.begin));
  const bool hovered = ImGui::IsItemHovered() && ImGui::IsMouseHoveringRect(min, max);
  if (run.style == RunStyle::kLink) {
    const float line_y = top + std::round(base->Ascent) + std::round(ui.scale * 1.5f);
    draw.AddRectFilled({min.x, line_y}, {max.x, line_y + ui.m().border},
                       to_u32(hovered ? color : mix(ui.theme.card, color, 0.5f)));
  }
  return hovered;
}

}  // namespace

std::optional<size_t> text_flow(const Ui& ui, const std::vector<TextRun>& runs,
                                const FlowLook& look) {
  const ImFont* base = look.font != nullptr ? look.font : ui.fonts.normal;
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float width = look.width > 0 ? look.width : ImGui::GetContentRegionAvail().x;
  const Layout layout = lay_out(ui, runs, width, base);
  float right = 0;
  for (const Fragment& f : layout.fragments) {
    const bool code = runs[f.run].style == RunStyle::kCode;
    right = std::max(right, f.x1 + (code ? ui.units(1) : 0));
  }
  ImGui::Dummy({std::ceil(right), height_of(layout)});
  std::optional<size_t> clicked;
  if (!ImGui::IsItemVisible()) return clicked;
  for (const Fragment& f : layout.fragments) {
    const TextRun& run = runs[f.run];
    const Color color = color_of(ui, run.style, look);
    const bool hovered = draw_fragment(ui, run, f, layout, base, origin, color);
    if (run.style != RunStyle::kLink || !hovered) continue;
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) clicked = f.run;
  }
  return clicked;
}

void wrapped_text(const Ui& ui, std::string_view text, const FlowLook& look) {
  text_flow(ui, {{text, RunStyle::kPlain}}, look);
}

float flow_height(const Ui& ui, const std::vector<TextRun>& runs, float width,
                  const FlowLook& look) {
  const ImFont* base = look.font != nullptr ? look.font : ui.fonts.normal;
  return height_of(lay_out(ui, runs, width, base));
}

}  // namespace mailscope::viz
