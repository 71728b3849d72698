// Two variants side by side on one clock: both conversations, who holds what, and what each has
// cost.

#include "viz/scene/compare.h"

#include <algorithm>
#include <cmath>

#include "viz/panels/panels.h"
#include "viz/panels/text_flow.h"
#include "viz/panels/widgets.h"
#include "viz/style/icons.h"

namespace mailscope::viz {
namespace {

const std::string& variant_title(const Panel& panel, const Moment& moment) {
  return in_language(moment.run->variant->title, panel.state.language);
}

void draw_conversation(const Panel& panel, const Moment& moment, const CompareSide& side,
                       const char* id, ImVec2 size) {
  const Ui& ui = panel.ui;
  CardHeader header;
  header.title = protocol_name(side.protocol);
  header.tone = &protocol_tone(ui.theme, side.protocol);
  const std::string& title = variant_title(panel, moment);
  if (title != protocol_name(side.protocol)) header.subtitle = title;
  const std::string when = time_text(moment.playhead.at);
  header.note = when;
  header.flush = true;
  if (begin_card(ui, id, size, header)) {
    const ImVec2 space = ImGui::GetContentRegionAvail();
    const LadderScene scene =
        build_ladder(moment, panel.state.beat, {space.x, space.y - ui.units(7)}, ui.units(8.5f),
                     ladder_time_width(ui, moment), panel.state.compare_scroll);
    draw_ladder_body(panel, moment, scene, space, true);
  }
  end_card(ui);
}

/// "\Seen", "header only", "removed", "never here", ...
std::string holding_text(const Panel& panel, const CompareSide& side, const Holding& holding,
                         bool is_server) {
  if (!holding.present) {
    if (is_server) return panel.t("ui.hold-removed");
    return panel.t(holding.was_here ? "ui.hold-removed" : "ui.hold-never");
  }
  if (!is_server && side.protocol == Protocol::kPop3) {
    return std::string(kIconCircle) + "  " +
           panel.t((holding.flags & Flag::kSeen) != 0 ? "ui.read" : "ui.unread");
  }
  const std::string held = holding.whole ? kIconCircle : kIconCircleOutline;
  const std::string flags = flags_text(holding.flags, {});
  return flags.empty() ? held : held + "  " + flags;
}

void draw_holdings(const Panel& panel, const Moment& moment, const CompareSide& side,
                   const char* id, ImVec2 size) {
  const Ui& ui = panel.ui;
  const std::string title = panel.t("ui.who-holds", {protocol_name(side.protocol)});
  const std::string verdict =
      side.table.disagreements == 0
          ? panel.t("ui.in-sync")
          : panel.t("ui.disagree", {std::to_string(side.table.disagreements)});
  CardHeader header;
  header.title = title;
  header.tone = &protocol_tone(ui.theme, side.protocol);
  header.flush = true;
  const std::string legend = std::string(kIconCircle) + " " + panel.t("ui.whole") + "  " +
                             kIconCircleOutline + " " + panel.t("ui.header-only");
  header.subtitle = legend;
  header.chips = {
      {verdict, side.table.disagreements == 0 ? &ui.theme.success : &ui.theme.danger, false}};
  if (begin_card(ui, id, size, header)) {
    std::vector<std::string> names;
    for (const HostId host : side.table.places) {
      names.push_back(panel.host_title(*moment.scenario, host));
    }
    const std::string message = panel.t("ui.col-message");
    std::vector<Column> columns{{message, 1.5f, 0, false}};
    for (const std::string& name : names) columns.push_back({name, 1, 0, false});
    begin_table(ui, "holdings", columns);
    for (const HoldingRow& row : side.table.rows) {
      std::vector<std::string> texts;
      bool agree = true;
      for (size_t p = 0; p < row.places.size(); ++p) {
        texts.push_back(holding_text(panel, side, row.places[p], p == 0));
        agree = agree && row.places[p].present == row.places[0].present &&
                row.places[p].flags == row.places[0].flags;
      }
      const std::string subject =
          (row.mailbox == "INBOX" ? std::string() : row.mailbox + " › ") + row.subject;
      std::vector<Cell> cells;
      Cell head;
      head.text = subject;
      head.struck = !row.places[0].present;
      cells.push_back(head);
      for (size_t p = 0; p < texts.size(); ++p) {
        Cell cell;
        cell.text = texts[p];
        if (!row.places[p].present) cell.color = ui.theme.muted;
        cells.push_back(cell);
      }
      std::optional<Color> tint;
      if (!agree) tint = row.places[0].present ? ui.theme.row_changed : ui.theme.row_removed;
      table_row(ui, columns, cells, tint);
    }
    end_table();
    if (side.table.rows.empty()) caption(ui, panel.t("ui.mailbox-empty"));
  }
  end_card(ui);
}

void draw_goals(const Panel& panel, ImVec2 size) {
  const Ui& ui = panel.ui;
  const std::string title = panel.t("ui.same-goal");
  CardHeader header;
  header.title = title;
  header.flush = true;
  if (begin_card(ui, "goals", size, header)) {
    const std::string goal = panel.t("ui.goal");
    const std::vector<Column> columns{
        {goal, 1.15f, 0, false}, {"POP3", 1.05f, 0, false}, {"IMAP", 1.2f, 0, false}};
    begin_table(ui, "goal-table", columns);
    const auto row = [&](const char* key, std::string_view pop3, std::string_view imap,
                         bool possible) {
      const std::string label = panel.t(key);
      Cell head;
      head.text = label;
      Cell left;
      left.text = pop3;
      if (possible)
        left.font = ui.fonts.mono_small;
      else
        left.chip = &ui.theme.danger;
      Cell right;
      right.text = imap;
      right.font = ui.fonts.mono_small;
      table_row(ui, columns, {head, left, right});
    };
    const std::string impossible = panel.t("ui.impossible");
    const std::string download_all = panel.t("ui.download-all");
    const std::string poll = panel.t("ui.poll");
    row("ui.goal-list", "UIDL", "UID FETCH n:*", true);
    row("ui.goal-read", "RETR n", "UID FETCH BODY[]", true);
    row("ui.goal-seen", impossible, "STORE +\\Seen", false);
    row("ui.goal-delete", "DELE + QUIT", "EXPUNGE", true);
    row("ui.goal-move", impossible, "COPY + EXPUNGE", false);
    row("ui.goal-search", download_all, "SEARCH", false);
    row("ui.goal-hear", poll, "IDLE", true);
    end_table();
  }
  end_card(ui);
}

void draw_bar_cell(const Panel& panel, ImVec2 at, float width, float fraction, const Tone& tone,
                   const std::string& text) {
  const Ui& ui = panel.ui;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_text(draw, ui.fonts.mono_small, at, ui.theme.text, text);
  const float y = at.y + measure_text(ui.fonts.mono_small, "X").y + ui.units(0.5f);
  draw.AddRectFilled({at.x, y}, {at.x + width, y + ui.units(1)}, to_u32(ui.theme.grid), 2);
  draw.AddRectFilled(
      {at.x, y}, {at.x + std::max(width * fraction, fraction > 0 ? 2.0f : 0.0f), y + ui.units(1)},
      to_u32(tone.fill), 2);
}

/// Which line is which, where both have the colour of one protocol.
void graph_legend(const Panel& panel, const Moment& moment, const Tone& tone, bool dashed) {
  const Ui& ui = panel.ui;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float sample = ui.units(9);
  const float y = std::round(at.y + ui.fonts.small->FontSize / 2);
  draw_dashed(*ImGui::GetWindowDrawList(), {at.x, y}, {at.x + sample, y}, to_u32(tone.fill),
              ui.m().line * 1.3f, dashed ? ui.units(1) : sample);
  ImGui::SetCursorScreenPos({at.x + sample + ui.units(2.5f), at.y});
  caption(ui, ellipsized(ui.fonts.small, variant_title(panel, moment),
                         width - sample - ui.units(3)));
  ImGui::SetCursorScreenPos({at.x, ImGui::GetCursorScreenPos().y});
}

void draw_graph(const Panel& panel, const Moment& left, const Moment& right, const CompareSide& a,
                const CompareSide& b, ImVec2 size) {
  const Ui& ui = panel.ui;
  const Instant end = std::max(left.run->lesson->end, right.run->lesson->end);
  const std::vector<GraphPoint> first = bytes_down_over_time(left, end, 120);
  const std::vector<GraphPoint> second = bytes_down_over_time(right, end, 120);
  const uint64_t most = std::max<uint64_t>({first.back().octets, second.back().octets, 1});
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const std::string title = panel.t("ui.graph");
  const float top = measure_text(ui.fonts.tiny, "X").y + ui.units(1);
  draw_text(draw, ui.fonts.tiny, origin, ui.theme.muted, title);
  const ImVec2 low{origin.x, origin.y + top};
  const ImVec2 high{origin.x + size.x, origin.y + size.y - ui.units(4.5f)};
  draw.AddLine({low.x, high.y}, high, to_u32(ui.theme.grid), ui.m().border);
  draw.AddLine(low, {low.x, high.y}, to_u32(ui.theme.grid), ui.m().border);
  const std::string last = time_text(end);
  const ImVec2 last_size = measure_text(ui.fonts.tiny, last);
  draw_text(draw, ui.fonts.tiny, {high.x - last_size.x, high.y + ui.units(0.5f)}, ui.theme.muted,
            last);
  const bool alike = a.protocol == b.protocol;
  const auto plot = [&](const std::vector<GraphPoint>& points, const Tone& tone, bool dashed) {
    std::vector<ImVec2> line;
    // A point twice would have no direction, and be drawn as a wedge.
    const auto add = [&line](ImVec2 at) {
      const bool same = !line.empty() && std::abs(line.back().x - at.x) < 0.25f &&
                        std::abs(line.back().y - at.y) < 0.25f;
      if (!same) line.push_back(at);
    };
    for (const GraphPoint& point : points) {
      const float x = low.x + static_cast<float>(point.at.ns) /
                                  static_cast<float>(std::max<int64_t>(end.ns, 1)) *
                                  (high.x - low.x);
      const float y =
          high.y - static_cast<float>(point.octets) / static_cast<float>(most) * (high.y - low.y);
      if (!line.empty()) add({std::min(x, high.x), line.back().y});  // a step, not a slope
      add({std::min(x, high.x), y});
    }
    if (!dashed) {
      draw.AddPolyline(line.data(), static_cast<int>(line.size()), to_u32(tone.fill), 0,
                       ui.m().line * 1.3f);
    }
    for (size_t i = 1; i < line.size() && dashed; ++i) {
      draw_dashed(draw, line[i - 1], line[i], to_u32(tone.fill), ui.m().line * 1.3f, ui.units(1));
    }
  };
  plot(first, protocol_tone(ui.theme, a.protocol), false);
  plot(second, protocol_tone(ui.theme, b.protocol), alike);
  ImGui::Dummy(size);
  if (!alike) return;
  graph_legend(panel, left, protocol_tone(ui.theme, a.protocol), false);
  graph_legend(panel, right, protocol_tone(ui.theme, b.protocol), true);
}

void draw_compare_costs(const Panel& panel, const Moment& left, const Moment& right,
                        const CompareSide& a, const CompareSide& b, ImVec2 size) {
  const Ui& ui = panel.ui;
  const std::string title = panel.t("ui.so-far");
  CardHeader header;
  header.title = title;
  if (begin_card(ui, "compare-costs", size, header)) {
    const float width = ImGui::GetContentRegionAvail().x;
    const float label = width * 0.4f;
    const float column = (width - label) / 2;
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const auto line = [&](const char* key, const std::string& x, const std::string& y, float fx,
                          float fy) {
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const std::string name = ellipsized(ui.fonts.small, panel.t(key), label - ui.units(2));
      draw_text(draw, ui.fonts.small, at, ui.theme.text, name);
      draw_bar_cell(panel, {at.x + label, at.y}, column - ui.units(3), fx,
                    protocol_tone(ui.theme, a.protocol), x);
      draw_bar_cell(panel, {at.x + label + column, at.y}, column - ui.units(3), fy,
                    protocol_tone(ui.theme, b.protocol), y);
      ImGui::Dummy({width, ui.units(6.6f)});
    };
    const ImVec2 at = ImGui::GetCursorScreenPos();
    // Two variants of one protocol are told apart by their titles.
    const auto head = [&](float x, const Moment& moment, const CompareSide& side) {
      const std::string& title = in_language(moment.run->variant->title, panel.state.language);
      const std::string name = a.protocol != b.protocol
                                   ? std::string(protocol_name(side.protocol))
                                   : ellipsized(ui.fonts.small_bold, title, column - ui.units(3));
      draw_text(draw, ui.fonts.small_bold, {x, at.y}, protocol_tone(ui.theme, side.protocol).text,
                name);
    };
    head(at.x + label, left, a);
    head(at.x + label + column, right, b);
    ImGui::Dummy({width, ui.units(4.5f)});
    const auto numbers = [&](const char* key, uint64_t x, uint64_t y) {
      const auto most = static_cast<float>(std::max<uint64_t>({x, y, 1}));
      line(key, grouped(x), grouped(y), static_cast<float>(x) / most, static_cast<float>(y) / most);
    };
    const auto times = [&](const char* key, std::optional<Duration> x, std::optional<Duration> y) {
      const auto ns = [](std::optional<Duration> d) {
        return d ? static_cast<float>(d->ns) : 0.0f;
      };
      const float most = std::max({ns(x), ns(y), 1.0f});
      line(key, x ? duration_text(*x) : "–", y ? duration_text(*y) : "–", ns(x) / most,
           ns(y) / most);
    };
    numbers("ui.cost-down", a.total.bytes_down, b.total.bytes_down);
    numbers("ui.cost-up", a.total.bytes_up, b.total.bytes_up);
    numbers("ui.cost-round-trips", a.total.round_trips, b.total.round_trips);
    times("ui.cost-first", a.total.first_readable, b.total.first_readable);
    times("ui.cost-connected", a.total.connected, b.total.connected);
    numbers("ui.cost-stored", a.server_octets, b.server_octets);
    const float room = ImGui::GetContentRegionAvail().y;
    if (room > ui.units(24)) {
      draw_graph(panel, left, right, a, b, {width, std::min(room, ui.units(48))});
    }
  }
  end_card(ui);
}

}  // namespace

void draw_compare(const Panel& panel, const Moment& left, const Moment& right, ImVec2 size) {
  const Ui& ui = panel.ui;
  const float gap = ui.m().gap;
  const CompareSide a = build_compare_side(left);
  const CompareSide b = build_compare_side(right);
  const float aside = std::max(size.x * 0.28f, ui.units(76));
  const float half = std::floor((size.x - aside - 2 * gap) / 2);
  const auto rows =
      static_cast<float>(std::max({a.table.rows.size(), b.table.rows.size(), size_t{3}}));
  const float tables =
      std::min(ui.m().header + ui.m().row * (rows + 1) + ui.units(3), size.y * 0.42f);
  const float top = size.y - tables - gap;
  const ImVec2 start = ImGui::GetCursorPos();
  draw_conversation(panel, left, a, "left-ladder", {half, top});
  ImGui::SetCursorPos({start.x + half + gap, start.y});
  draw_conversation(panel, right, b, "right-ladder", {half, top});
  ImGui::SetCursorPos({start.x, start.y + top + gap});
  draw_holdings(panel, left, a, "left-holdings", {half, tables});
  ImGui::SetCursorPos({start.x + half + gap, start.y + top + gap});
  draw_holdings(panel, right, b, "right-holdings", {half, tables});
  const float x = start.x + 2 * (half + gap);
  float costs_top = start.y;
  if (a.protocol != b.protocol) {
    const float goals = std::min(ui.m().header + ui.m().row * 8 + ui.units(3), size.y * 0.42f);
    ImGui::SetCursorPos({x, start.y});
    draw_goals(panel, {aside, goals});
    costs_top += goals + gap;
  }
  ImGui::SetCursorPos({x, costs_top});
  draw_compare_costs(panel, left, right, a, b, {aside, start.y + size.y - costs_top});
}

}  // namespace mailscope::viz
