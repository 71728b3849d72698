// The panels of the window, each a function that draws one scene in the space it is given and says
// what the person wants. None keeps anything between frames.
#pragma once

#include <string>

#include "viz/moment/moment.h"
#include "viz/panels/panel.h"
#include "viz/scene/ladder.h"
#include "viz/scene/mailboxes.h"
#include "viz/scene/stage.h"
#include "viz/scene/timeline.h"

namespace mailscope::viz {

void draw_stage(const Panel& panel, const Moment& moment, ImVec2 size);
void draw_ladder(const Panel& panel, const Moment& moment, ImVec2 size);
/// Room for the times at the left of the arrows, in pixels: build_ladder()'s label_width.
float ladder_time_width(const Ui& ui, const Moment& moment);
/// The arrows alone, without a card: the compare view has two.
void draw_ladder_body(const Panel& panel, const Moment& moment, const LadderScene& scene,
                      ImVec2 size, bool interactive);
/// What the card under the conversation shows: sessions only where there is IMAP.
Detail shown_detail(const UiState& state, const Scenario& scenario);
/// That card: what the current line means, or what each IMAP session has been told.
void draw_detail(const Panel& panel, const Moment& moment, ImVec2 size);
/// What that card says of the current line on the right of its header.
std::string line_meaning_note(const Panel& panel, const Moment& moment);
// What is inside that card.
void draw_line_meaning(const Panel& panel, const Moment& moment);
void draw_sessions(const Panel& panel, const Moment& moment);
void draw_mailboxes(const Panel& panel, const Moment& moment, ImVec2 size);
void draw_costs(const Panel& panel, const Moment& moment, ImVec2 size);
void draw_transport(const Panel& panel, const OpenRun& open, const Moment& moment, ImVec2 size);
void draw_lesson(const Panel& panel, const Moment& moment, ImVec2 size);
void draw_compare(const Panel& panel, const Moment& left, const Moment& right, ImVec2 size);
void draw_help(const Panel& panel);
/// The list of everything that can be changed from this moment on, while it is open.
void draw_what_ifs(const Panel& panel, const Moment& moment);

/// What the top bar shows beside its buttons.
struct TopBar {
  const std::vector<std::string>* lesson_ids = nullptr;
  size_t variant = 0;
  uint32_t branch = 0;  // 0: the lesson as it was written
  uint32_t branches = 1;
};
void draw_top_bar(const Panel& panel, const TopBar& bar, ImVec2 size);

}  // namespace mailscope::viz
