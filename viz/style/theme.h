// Theme: every colour and every measure of the window, by name, in light and in dark. Plain data
// without ImGui, so that scenes can lay out and colour without drawing. Colours follow Okabe and
// Ito's advice: the protocols differ in lightness as well as in hue, and nothing is said by colour
// alone.
#pragma once

#include "viz/style/color.h"

namespace mailscope::viz {

/// A family of colours that means one thing (a protocol, a danger): enough for a line, a chip, a
/// button.
struct Tone {
  Color fill;     // strong: lines, arrows, bars, filled shapes
  Color on_fill;  // text upon `fill`
  Color text;     // words in this tone upon card, background or `tint`
  Color tint;     // pale ground of chips, rows, call-outs
  Color border;   // outline around `tint`
};

/// Lengths in pixels, already multiplied by `scale`, whole numbers but for font sizes and line
/// widths.
struct Metrics {
  float scale = 1;         // 0.75..2.5: the user's zoom times the display's scale
  float unit = 4;          // the grid: distances are multiples of it
  float gap = 8;           // between cards, and around them
  float padding = 12;      // inside a card
  float border = 1;        // outlines
  float line = 1.6f;       // arrows and wires
  float radius = 8;        // cards
  float radius_small = 5;  // buttons, code spans, rows
  float top_bar = 46;      // height of the bar at the top of the window
  float header = 36;       // height of a card's header
  float row = 24;          // height of a table row
  float button = 30;       // height of buttons and fields
  float chip = 20;         // height of chips
  float line_spacing = 5;  // added between lines of running text
  // Font sizes: the em in pixels, as in CSS.
  float font_tiny = 12;    // chips, card titles
  float font_small = 13;   // tables, captions
  float font_normal = 15;  // running text, buttons
  float font_large = 17;   // headings within text
  float font_title = 22;   // a lesson's title
  float font_mono_small = 11.5f;
  float font_mono = 13;        // protocol lines
  float font_mono_large = 18;  // the line under the magnifying glass
  float font_icons = 30;       // machines on the stage
};

struct Theme {
  bool dark = false;
  Metrics metrics;

  Color background;   // behind the cards
  Color card;         // a panel's ground
  Color card_border;  // around a card, under its header
  Color grid;         // hairlines inside a card: table rules, timeline marks. Never text
  Color faint;        // what is yet to come: dashed lines, empty shapes. Never text
  Color wire;         // a cable on the stage
  Color lifeline;     // the vertical of a machine in the conversation
  Color text;
  Color muted;   // secondary text; still 4.5:1 on card, background and selection
  Color button;  // a secondary button's ground, fields
  Color button_hover;
  Color button_active;
  Color button_border;
  Color code;       // ground of a code span, of a key-cap
  Color selection;  // ground of the current row, the current line
  Color focus;      // keyboard focus ring
  Color shadow;     // under pop-ups
  Color tooltip;
  Color tooltip_text;

  Tone neutral;  // chips without a meaning of their own
  Tone accent;   // primary button, playhead, chosen tab
  Tone smtp;
  Tone pop3;
  Tone imap;
  Tone tcp;
  Tone dns;
  Tone success;
  Tone warning;
  Tone danger;

  // Grounds of rows that a step changed. A sign (+, -, ~) always says the same.
  Color row_added;
  Color row_removed;
  Color row_changed;
};

constexpr float kMinScale = 0.75f;
constexpr float kMaxScale = 2.5f;

/// `scale` is clamped to kMinScale..kMaxScale.
Theme light_theme(float scale = 1);
Theme dark_theme(float scale = 1);
Metrics metrics_at(float scale);

}  // namespace mailscope::viz
