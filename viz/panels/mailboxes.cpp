// The copies of the mailbox side by side, and what the session has cost so far.

#include <algorithm>
#include <cmath>

#include "sim/metrics/cost.h"
#include "viz/panels/panels.h"
#include "viz/panels/text_flow.h"
#include "viz/panels/what_if.h"
#include "viz/panels/widgets.h"
#include "viz/style/icons.h"

namespace mailscope::viz {
namespace {

std::optional<Color> tint_of(const Theme& theme, RowChange change) {
  switch (change) {
    case RowChange::kAdded:
      return theme.row_added;
    case RowChange::kRemoved:
      return theme.row_removed;
    case RowChange::kChanged:
      return theme.row_changed;
    case RowChange::kNone:
      break;
  }
  return {};
}

/// Never by colour alone: each change has a sign, too.
const char* sign_of(RowChange change) {
  switch (change) {
    case RowChange::kAdded:
      return "+";
    case RowChange::kRemoved:
      return "−";
    case RowChange::kChanged:
      return "~";
    case RowChange::kNone:
      break;
  }
  return "";
}

std::string state_text(const Panel& panel, const MailboxCard& card, const MailRow& row) {
  if (row.change == RowChange::kRemoved) return panel.t("ui.removed");
  if (row.marked) return panel.t("ui.marked");
  if (card.server) return row.flags_text;
  if (card.pop3) return panel.t((row.flags & Flag::kSeen) != 0 ? "ui.read" : "ui.unread");
  return row.flags_text;
}

void draw_row_menu(const Panel& panel, const Moment& moment, const MailboxCard& card,
                   const MailRow& row) {
  if (card.server || !ImGui::BeginPopupContextItem("row-menu")) return;
  what_if_menu(panel, message_what_ifs(moment, card.host, row.subject));
  ImGui::EndPopup();
}

/// A mailbox's name over its rows, with how many messages it has.
void draw_head(const Ui& ui, const MailboxHead& head) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::Dummy({width, ui.m().row});
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImFont* font = ui.fonts.tiny;
  const float y = at.y + std::round((ui.m().row - font->FontSize) / 2);
  const float left = at.x + ui.units(2);
  const std::string icon = kIconFolder;
  draw_text(draw, font, {left, y}, ui.theme.muted, icon);
  const float x = left + ui.units(6);
  const std::string name = ellipsized(font, head.name, width - ui.units(20));
  draw_text(draw, font, {x, y}, ui.theme.text, name);
  draw_text(draw, font, {x + measure_text(font, name).x + ui.units(2), y}, ui.theme.muted,
            std::to_string(head.messages));
}

/// The mailboxes without a message, in one line.
void draw_empty(const Panel& panel, const MailboxCard& card) {
  const Ui& ui = panel.ui;
  std::string names;
  for (const std::string& name : card.empty) names += (names.empty() ? "" : ", ") + name;
  const std::string words = panel.t("ui.empty-mailboxes", {names});
  const std::vector<Column> columns{{"", 1, 0, false}};
  Cell cell;
  cell.text = words;
  cell.color = ui.theme.muted;
  table_row(ui, columns, {cell});
}

void draw_rows(const Panel& panel, const Moment& moment, const MailboxCard& card) {
  const Ui& ui = panel.ui;
  const std::string number = panel.t("ui.col-number");
  const std::string subject = panel.t("ui.col-subject");
  const std::string from = panel.t("ui.col-from");
  const std::string size = panel.t("ui.col-size");
  const std::string state = panel.t(card.server || !card.pop3 ? "ui.col-flags" : "ui.col-read");
  const std::string holds = panel.t("ui.col-holds");
  const std::string identity = card.pop3 && !card.server ? "UIDL" : "UID";
  std::vector<Column> columns{{"", 0, ui.units(6), false}};
  // As the server counts, or the session that the device has open.
  const bool numbered = card.server || !card.pop3;
  if (numbered) columns.push_back({number, 0, ui.units(6.5f), false});
  columns.push_back({identity, 0, ui.units(card.pop3 && !card.server ? 11 : 9), false});
  // In a narrow card the subject says more than the sender.
  const bool with_from = card.server && ImGui::GetContentRegionAvail().x > ui.units(98);
  if (with_from) columns.push_back({from, 1.0f, 0, false});
  columns.push_back({subject, 1.5f, 0, false});
  if (card.server) {
    columns.push_back({size, 0, ui.units(16), true});
  } else {
    columns.push_back({holds, 0, ui.units(17), false});
  }
  columns.push_back({state, card.server ? 0.8f : 1.1f, 0, false});
  begin_table(ui, "mail", columns);
  auto head = card.heads.begin();
  for (size_t i = 0; i < card.rows.size(); ++i) {
    const MailRow& row = card.rows[i];
    if (head != card.heads.end() && head->first_row == i) draw_head(ui, *head++);
    ImGui::PushID(static_cast<int>(i));
    const bool gone = row.change == RowChange::kRemoved;
    const std::string octets = gone ? std::string() : octets_text(row.size);
    const std::string held =
        gone ? std::string() : panel.t(row.whole ? "ui.whole" : "ui.header-only");
    const std::string status = state_text(panel, card, row);
    const Color muted = ui.theme.muted;
    std::vector<Cell> cells;
    Cell sign;
    sign.text = sign_of(row.change);
    sign.font = ui.fonts.mono_bold;
    cells.push_back(sign);
    const auto add = [&](std::string_view text, const ImFont* font,
                         std::optional<Color> color = {}) {
      Cell cell;
      cell.text = text;
      cell.font = font;
      cell.color = color;
      cell.struck = gone;
      cells.push_back(cell);
    };
    if (numbered) add(row.number, ui.fonts.mono_small, muted);
    add(row.identity, ui.fonts.mono_small, muted);
    if (with_from) add(row.from, nullptr);
    add(row.subject, nullptr);
    if (card.server)
      add(octets, ui.fonts.mono_small, muted);
    else
      add(held, nullptr, muted);
    add(status, card.pop3 || row.marked || gone ? nullptr : ui.fonts.mono_small);
    table_row(ui, columns, cells, tint_of(ui.theme, row.change));
    draw_row_menu(panel, moment, card, row);
    ImGui::PopID();
  }
  if (!card.empty.empty()) draw_empty(panel, card);
  end_table();
}

/// "bob@example.net": the account at the first domain its server delivers for.
std::string address_of(const Scenario& scenario, const MailboxCard& card) {
  for (const ServiceSpec& service : scenario.services) {
    if (service.host == card.host && service.smtp && !service.smtp->local_domains.empty()) {
      return card.account + "@" + service.smtp->local_domains.front();
    }
  }
  return card.account + "@" + std::string(host_domain(scenario, card.host));
}

void draw_card(const Panel& panel, const Moment& moment, const MailboxCard& card, int index,
               ImVec2 size) {
  const Ui& ui = panel.ui;
  const std::string title = panel.host_title(*moment.scenario, card.host);
  const std::string subtitle = card.server ? address_of(*moment.scenario, card)
                                           : panel.t(card.pop3 ? "ui.local-pop3" : "ui.local-imap");
  std::string chip_text;
  const Tone* tone = nullptr;
  if (!card.lock_holder.empty()) {
    chip_text =
        panel.t("ui.locked-by",
                {panel.host_title(*moment.scenario, moment.scenario->find_host(card.lock_holder))});
    tone = &ui.theme.warning;
  } else if (card.differs) {
    chip_text = panel.t("ui.differs");
    tone = &ui.theme.danger;
  } else if (!card.server) {
    chip_text = panel.t("ui.same");
    tone = &ui.theme.success;
  }
  CardHeader header;
  header.title = title;
  header.subtitle = subtitle;
  header.flush = true;
  header.tone = nullptr;
  if (!chip_text.empty()) header.chips = {{chip_text, tone, false}};
  const std::string id = "mailbox" + std::to_string(index);
  if (begin_card(ui, id.c_str(), size, header)) {
    if (card.rows.empty() && card.empty.empty()) {
      ImGui::SetCursorPos(
          {ImGui::GetCursorPosX() + ui.units(3), ImGui::GetCursorPosY() + ui.units(3)});
      FlowLook look;
      look.color = ui.theme.muted;
      look.font = ui.fonts.small;
      look.width = ImGui::GetContentRegionAvail().x - ui.units(3);
      wrapped_text(ui, panel.t(card.server ? "ui.mailbox-empty" : "ui.device-empty"), look);
    } else {
      draw_rows(panel, moment, card);
    }
  }
  end_card(ui);
}

}  // namespace

void draw_mailboxes(const Panel& panel, const Moment& moment, ImVec2 size) {
  const std::vector<MailboxCard> cards = build_mailboxes(moment);
  if (cards.empty()) return;
  const Ui& ui = panel.ui;
  const float gap = ui.m().gap;
  // Each card gets room for its rows; what is left over is shared, what is missing is taken from
  // all.
  float wanted = 0;
  std::vector<float> heights;
  for (const MailboxCard& card : cards) {
    const size_t lines = card.rows.size() + card.heads.size() + (card.empty.empty() ? 0 : 1);
    const auto rows = static_cast<float>(std::clamp<size_t>(lines, 1, 12));
    heights.push_back(ui.m().header + ui.m().row * (rows + 1) + ui.units(3));
    wanted += heights.back();
  }
  const float room = size.y - gap * static_cast<float>(cards.size() - 1);
  for (size_t i = 0; i < cards.size(); ++i) {
    const float share = heights[i] + (room - wanted) / static_cast<float>(cards.size());
    const float least = ui.m().header + ui.m().row * 2;
    const float height = room > wanted ? share : std::max(heights[i] * room / wanted, least);
    draw_card(panel, moment, cards[i], static_cast<int>(i), {size.x, std::floor(height)});
    if (i + 1 < cards.size())
      ImGui::SetCursorPosY(ImGui::GetCursorPosY() + gap - ImGui::GetStyle().ItemSpacing.y);
  }
}

void draw_costs(const Panel& panel, const Moment& moment, ImVec2 size) {
  const Ui& ui = panel.ui;
  const std::string title = panel.t("ui.so-far");
  CardHeader header;
  header.title = title;
  header.flush = true;
  if (begin_card(ui, "costs", size, header)) {
    std::vector<HostId> hosts;
    std::vector<std::string> names;
    for (const DeviceSpec& device : moment.scenario->devices) {
      if (device.protocol == Protocol::kNone && moment.scenario->devices.size() > 2) continue;
      hosts.push_back(device.host);
      names.push_back(panel.host_title(*moment.scenario, device.host));
    }
    std::vector<Column> columns{{"", 1.4f, 0, false}};
    for (const std::string& name : names) columns.push_back({name, 1, 0, true});
    std::vector<Cost> costs;
    for (const HostId host : hosts) costs.push_back(moment.cost_of(host));
    begin_table(ui, "cost-table", columns);
    const auto row = [&](const char* key, auto value) {
      const std::string label = panel.t(key);
      std::vector<std::string> texts;
      for (const Cost& cost : costs) texts.push_back(value(cost));
      Cell head;
      head.text = label;
      std::vector<Cell> cells{head};
      for (const std::string& text : texts) {
        Cell cell;
        cell.text = text;
        cell.font = ui.fonts.mono_small;
        cells.push_back(cell);
      }
      table_row(ui, columns, cells);
    };
    row("ui.cost-down", [](const Cost& cost) { return grouped(cost.bytes_down); });
    // In a small window the mailboxes need the room more.
    const bool room = size.y > ui.m().header + ui.m().row * 5;
    if (room) row("ui.cost-up", [](const Cost& cost) { return grouped(cost.bytes_up); });
    if (room)
      row("ui.cost-round-trips", [](const Cost& cost) { return grouped(cost.round_trips); });
    if (room)
      row("ui.cost-first", [](const Cost& cost) {
        return cost.first_readable ? duration_text(*cost.first_readable) : std::string("–");
      });
    row("ui.cost-password", [&](const Cost& cost) {
      return panel.t(cost.password_in_clear ? "ui.readable" : "ui.not-sent");
    });
    end_table();
  }
  end_card(ui);
}

}  // namespace mailscope::viz
