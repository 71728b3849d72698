// What each IMAP session has been told of its mailbox, beside what the server holds: its message
// numbers over their UIDs, the counts, and the responses that will close the gap. What stands in
// each place is viz/scene/session_rows.h's.

#include <algorithm>
#include <cmath>

#include "viz/panels/panels.h"
#include "viz/panels/text_flow.h"
#include "viz/panels/widgets.h"
#include "viz/scene/session_rows.h"

namespace mailscope::viz {
namespace {

struct CellLook {
  Color tint;
  const char* tip;
};

CellLook look_of(const Theme& theme, SessionCell::Mark mark) {
  using Mark = SessionCell::Mark;
  switch (mark) {
    case Mark::kUntold:
      return {theme.row_added, "ui.session-untold-tip"};
    case Mark::kGone:
      return {theme.row_removed, "ui.session-gone-tip"};
    case Mark::kStale:
      return {theme.row_changed, "ui.session-stale-tip"};
    case Mark::kKnown:
      break;
  }
  return {theme.button, "ui.session-known-tip"};
}

/// One message: its number in this session above its UID.
void draw_cell(const Panel& panel, const SessionCell& cell, ImVec2 at, ImVec2 size) {
  const Ui& ui = panel.ui;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const CellLook look = look_of(ui.theme, cell.mark);
  const bool struck = cell.mark == SessionCell::Mark::kGone;
  const ImVec2 max{at.x + size.x, at.y + size.y};
  if (max.y < draw.GetClipRectMin().y || at.y > draw.GetClipRectMax().y) return;
  draw.AddRectFilled(at, max, to_u32(look.tint), ui.m().radius_small);
  draw.AddRect(at, max, to_u32(ui.theme.button_border), ui.m().radius_small);
  const ImFont* top = ui.fonts.mono_small;
  const auto put = [&](const std::string& words, float y, Color color) {
    const ImVec2 extent = measure_text(top, words);
    const float x = std::round(at.x + (size.x - extent.x) / 2);
    draw_text(draw, top, {x, y}, color, words);
    if (!struck) return;
    const float middle = std::round(y + top->FontSize * 0.55f);
    draw.AddRectFilled({x - 1, middle}, {x + extent.x + 1, middle + ui.m().border}, to_u32(color));
  };
  put(cell.number, std::round(at.y + ui.units(0.75f)), ui.theme.text);
  put(cell.uid, std::round(at.y + size.y / 2 + ui.units(0.25f)), ui.theme.muted);
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy(size);
  tooltip(ui, panel.t(look.tip, {std::to_string(cell.told_number), cell.uid}));
}

/// "#" above "UID", then the cells, wrapped.
void draw_numbering(const Panel& panel, const SessionRow& session) {
  const Ui& ui = panel.ui;
  if (session.cells.empty()) {
    FlowLook look;
    look.font = ui.fonts.small;
    look.color = ui.theme.muted;
    return wrapped_text(ui, panel.t("ui.mailbox-empty"), look);
  }
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const auto digits = static_cast<float>(session.cells.back().uid.size());
  const float label = ui.units(7);
  const ImVec2 cell{std::max(ui.units(7), ui.units(3) + digits * ui.units(1.9f)), ui.units(8.5f)};
  const float step = cell.x + ui.units(1);
  const auto in_a_row = static_cast<size_t>(std::max(1.0f, std::floor((width - label) / step)));
  const size_t shown = session.cells.size();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  for (size_t i = 0; i < shown; ++i) {
    const auto row = static_cast<float>(i / in_a_row);
    const float y = origin.y + row * (cell.y + ui.units(1));
    if (i % in_a_row == 0) {
      const ImFont* font = ui.fonts.mono_small;
      draw_text(draw, font, {origin.x, std::round(y + ui.units(0.75f))}, ui.theme.muted, "#");
      draw_text(draw, font, {origin.x, std::round(y + cell.y / 2 + ui.units(0.25f))},
                ui.theme.muted, "UID");
    }
    const float x = origin.x + label + static_cast<float>(i % in_a_row) * step;
    draw_cell(panel, session.cells[i], {std::round(x), std::round(y)}, cell);
  }
  const auto rows = static_cast<float>((shown + in_a_row - 1) / in_a_row);
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({width, rows * (cell.y + ui.units(1))});
  if (session.more > 0) {
    caption(ui, panel.t("ui.session-more", {std::to_string(session.more)}));
  }
}

/// "EXISTS: told 5, held 4": what differs is said in the colour of a warning. In one line, if there
/// is room.
void draw_counts(const Panel& panel, const SessionRow& session) {
  const Ui& ui = panel.ui;
  const auto words = [&](const char* key, const SessionCount& count) {
    return panel.t(key, {std::to_string(count.told), std::to_string(count.held)});
  };
  const auto color = [&](const SessionCount& count) {
    return count.differs() ? ui.theme.warning.text : ui.theme.muted;
  };
  const std::string exists = words("ui.session-exists", session.exists);
  const ImFont* font = ui.fonts.small;
  const float room = ImGui::GetContentRegionAvail().x;
  text(ui, font, color(session.exists), exists);
  if (!session.modseq) return;
  const std::string modseq = words("ui.session-modseq", *session.modseq);
  const float gap = ui.units(4);
  const float both = measure_text(font, exists).x + gap + measure_text(font, modseq).x;
  if (both <= room) ImGui::SameLine(0, gap);
  text(ui, font, color(*session.modseq), modseq);
}

const char* key_of(SessionNews::When when) {
  using When = SessionNews::When;
  return when == When::kAtOnce        ? "ui.session-at-once"
         : when == When::kNextCommand ? "ui.session-next"
                                      : "ui.session-shifts";
}

void draw_pending(const Panel& panel, const SessionRow& session) {
  const Ui& ui = panel.ui;
  FlowLook look;
  look.font = ui.fonts.small;
  if (session.pending.empty()) {
    look.color = ui.theme.muted;
    return wrapped_text(ui, panel.t("ui.session-up-to-date"), look);
  }
  const std::string intro = panel.t("ui.session-pending") + " ";
  std::vector<std::string> notes;
  std::vector<TextRun> runs{{intro, RunStyle::kMuted}};
  notes.reserve(session.pending.size());
  for (const SessionNews& news : session.pending) {
    notes.push_back(" " + panel.t(key_of(news.when)));
    if (notes.size() > 1) runs.push_back({"\n", RunStyle::kPlain});
    runs.push_back({news.response, RunStyle::kCode});
    runs.push_back({notes.back(), RunStyle::kMuted});
  }
  text_flow(ui, runs, look);
}

void draw_session(const Panel& panel, const Moment& moment, const SessionRow& session) {
  const Ui& ui = panel.ui;
  const std::string who =
      session.client.valid() ? panel.host_title(*moment.scenario, session.client) : session.user;
  const std::string state =
      panel.t(session.listening ? "ui.session-listening" : "ui.session-waits");
  const std::string read_only = panel.t("ui.session-read-only");
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const float room = ImGui::GetContentRegionAvail().x;
  float right = start.x + room;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const auto add_chip = [&](const std::string& words, const Tone* tone) {
    const Chip made{words, tone, false};
    right -= chip_size(ui, made).x;
    draw_chip(ui, draw, {right, start.y}, made);
    right -= ui.units(1.5f);
  };
  add_chip(state, session.listening ? &ui.theme.success : nullptr);
  if (session.read_only) add_chip(read_only, nullptr);
  const ImFont* bold = ui.fonts.small_bold;
  const float y = start.y + std::round((ui.m().chip - bold->FontSize) / 2);
  const std::string name = ellipsized(bold, who + " · " + session.mailbox, right - start.x);
  draw_text(draw, bold, {start.x, y}, ui.theme.text, name);
  ImGui::Dummy({room, ui.m().chip});
  draw_counts(panel, session);
  draw_numbering(panel, session);
  draw_pending(panel, session);
}

}  // namespace

void draw_sessions(const Panel& panel, const Moment& moment) {
  const Ui& ui = panel.ui;
  const std::vector<SessionRow> sessions = build_session_rows(moment);
  if (sessions.empty()) {
    FlowLook look;
    look.color = ui.theme.muted;
    return wrapped_text(ui, panel.t("ui.session-none"), look);
  }
  const float width = ImGui::GetContentRegionAvail().x;
  const float gap = ui.units(5);
  const auto most = static_cast<size_t>(std::max(1.0f, std::floor(width / ui.units(62))));
  const size_t columns = std::min(most, sessions.size());
  const float column =
      std::floor((width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  const ImVec2 origin = ImGui::GetCursorPos();
  float top = origin.y;
  float bottom = top;
  for (size_t i = 0; i < sessions.size(); ++i) {
    if (i > 0 && i % columns == 0) top = bottom + ui.units(3);
    const float x = origin.x + static_cast<float>(i % columns) * (column + gap);
    ImGui::SetCursorPos({x, top});
    ImGui::PushID(static_cast<int>(i));
    // A table of one column, because what is inside is as wide as the room it finds.
    if (ImGui::BeginTable("session", 1, ImGuiTableFlags_NoPadOuterX | ImGuiTableFlags_NoPadInnerX,
                          {column, 0})) {
      ImGui::TableNextColumn();
      draw_session(panel, moment, sessions[i]);
      ImGui::EndTable();
    }
    ImGui::PopID();
    bottom = std::max(bottom, ImGui::GetCursorPosY());
  }
  ImGui::SetCursorPosY(bottom);
}

}  // namespace mailscope::viz
