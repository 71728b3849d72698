// Widgets: the small parts that panels are made of, in the look of the theme. Drawing only: no
// state is kept between frames, and a widget that can be pressed returns whether it was. Rows place
// themselves like ImGui's own items, so SameLine() and cursor positions work as usual.
#pragma once

#include <imgui.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viz/panels/text_flow.h"
#include "viz/panels/ui.h"

namespace mailscope::viz {

// ---- Text ---------------------------------------------------------------------------------------

/// Width and line height of one line, in pixels.
ImVec2 measure_text(const ImFont* font, std::string_view text);
/// `text`, or as much as fits `width` with "…" at the end. Never splits a code point.
std::string ellipsized(const ImFont* font, std::string_view text, float width);
/// Draws at a pixel position, one line, without an item.
void draw_text(ImDrawList& draw, const ImFont* font, ImVec2 at, Color color, std::string_view text);
/// Moves the cursor so that the next item, `item_height` high, is centred in a row of `height` from
/// `top`.
void center_next(float top, float height, float item_height);
/// A line of dashes as long as the gaps between them, in pixels.
void draw_dashed(ImDrawList& draw, ImVec2 a, ImVec2 b, ImU32 color, float thickness, float dash);
/// As an item at the cursor, one line, as tall as its font.
void text(const Ui& ui, const ImFont* font, Color color, std::string_view text);
/// One line in the muted colour and the small font.
void caption(const Ui& ui, std::string_view text);

// ---- Cards --------------------------------------------------------------------------------------

/// A small rounded label: a fact, a piece of news, a switch.
struct Chip {
  std::string_view label;
  const Tone* tone = nullptr;  // null: neutral, only an outline
  bool clickable = false;
};

struct CardHeader {
  std::string_view title;                   // as written; capitals are the caller's choice
  const Tone* tone = nullptr;               // colours the title; null: muted
  std::string_view subtitle = {};           // muted, after the title
  std::vector<std::string_view> tabs = {};  // instead of title and subtitle: views of one card
  size_t tab = 0;                           // the chosen one
  std::string_view note = {};               // muted, mono, right-aligned before the chips
  std::vector<Chip> chips = {};             // right-aligned
  bool flush = false;                       // no padding inside: tables, stages
};

/// What was pressed in a card's header: positions in `tabs` and `chips`.
struct CardEvents {
  std::optional<size_t> tab;
  std::optional<size_t> chip;
};

/// Begins a child window with ground, border and rounded corners. Without title, tabs and chips
/// there is no header. Size 0 means the rest. Always call end_card(), also when this returns false
/// (nothing visible).
bool begin_card(const Ui& ui, const char* id, ImVec2 size, const CardHeader& header = {},
                CardEvents* events = nullptr);
void end_card(const Ui& ui);

// ---- Small parts --------------------------------------------------------------------------------

/// A chip as an item. True when clicked, if it is clickable.
bool chip(const Ui& ui, const char* id, const Chip& chip);
ImVec2 chip_size(const Ui& ui, const Chip& chip);
void draw_chip(const Ui& ui, ImDrawList& draw, ImVec2 at, const Chip& chip);
/// The name of a key, as on a keyboard: "Ctrl K", "Space".
void key_cap(const Ui& ui, std::string_view keys);
/// Monospaced words upon a tinted ground.
void code_span(const Ui& ui, std::string_view code);
/// A dot of `tone`, as wide as a line of small text is high: legends, states.
void dot(const Ui& ui, const Tone& tone);
/// A hairline over the whole width.
void rule(const Ui& ui);

// ---- Things to press ----------------------------------------------------------------------------

enum class ButtonKind : uint8_t {
  kSecondary,
  kPrimary,
  kQuiet,
  kDanger
};  // quiet: no ground until hovered

struct ButtonLook {
  ButtonKind kind = ButtonKind::kSecondary;
  std::string_view icon = {};      // before the label, from icons.h
  std::string_view shortcut = {};  // a key-cap after the label
  bool enabled = true;
  float width = 0;  // 0: as wide as it needs
};

/// `label` may be empty when there is an icon; `id` keeps it apart from its neighbours.
bool button(const Ui& ui, const char* id, std::string_view label, const ButtonLook& look = {});
ImVec2 button_size(const Ui& ui, std::string_view label, const ButtonLook& look = {});

/// One answer of a question, over the whole width, wrapped: the key that chooses it and its words.
/// `tone` marks it as right or wrong, once that is known. True when clicked.
struct ChoiceLook {
  bool chosen = false;
  const Tone* tone = nullptr;
  bool enabled = true;
};
bool choice(const Ui& ui, const char* id, std::string_view key, const std::vector<TextRun>& label,
            const ChoiceLook& look = {});

/// Tabs in one piece; returns the one pressed, which may be the chosen one.
std::optional<size_t> segmented(const Ui& ui, const char* id,
                                const std::vector<std::string_view>& labels, size_t chosen);

/// Shows `text`, wrapped, while the last item is hovered.
void tooltip(const Ui& ui, std::string_view text);

// ---- Tables -------------------------------------------------------------------------------------

struct Column {
  std::string_view title;
  float weight = 1;    // share of the width that is left
  float width = 0;     // or fixed, in pixels
  bool right = false;  // numbers
};

struct Cell {
  std::string_view text;
  const ImFont* font = nullptr;  // null: small
  const Tone* chip = nullptr;    // drawn as a chip of this tone
  std::optional<Color> color;    // none: text
  bool struck = false;           // a line through it: removed
};

/// Begins a table over the whole width and draws the titles, if any column has one.
void begin_table(const Ui& ui, const char* id, const std::vector<Column>& columns);
/// One row; `tint` its ground. Cells too long end in "…" and show the whole as a tooltip. True when
/// clicked.
bool table_row(const Ui& ui, const std::vector<Column>& columns, const std::vector<Cell>& cells,
               std::optional<Color> tint = {});
void end_table();

}  // namespace mailscope::viz
