// Text flow: running text of mixed runs (plain, bold, code, link, icon) wrapped to a width, as
// lesson texts and explanations need it. Breaks between words, and between any two Chinese
// characters, but never before a closing mark or after an opening one (a small part of UAX #14).
// ImGui's own wrapping cannot do either.
#pragma once

#include <imgui.h>

#include <optional>
#include <string_view>
#include <vector>

#include "viz/panels/ui.h"

namespace mailscope::viz {

enum class RunStyle : uint8_t { kPlain, kBold, kEmphasis, kCode, kMuted, kLink };

/// A stretch of text in one style. '\n' within it starts a new line. The text must outlive the
/// call.
struct TextRun {
  std::string_view text;
  RunStyle style = RunStyle::kPlain;
};

struct FlowLook {
  const ImFont* font = nullptr;  // of plain runs; null: normal. Bold and code follow its size
  std::optional<Color> color;    // of plain runs; none: text
  float width = 0;               // 0: to the right edge
};

/// Draws the runs at the cursor as one item; returns the index of the kLink run that was clicked,
/// if any.
std::optional<size_t> text_flow(const Ui& ui, const std::vector<TextRun>& runs,
                                const FlowLook& look = {});
/// One plain text, wrapped.
void wrapped_text(const Ui& ui, std::string_view text, const FlowLook& look = {});
/// How high text_flow() would be at `width` pixels.
float flow_height(const Ui& ui, const std::vector<TextRun>& runs, float width,
                  const FlowLook& look = {});

}  // namespace mailscope::viz
