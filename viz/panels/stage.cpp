// The network card: hosts, links, and messages on their way; a right click offers to change the
// past.

#include <algorithm>
#include <cmath>
#include <optional>

#include "viz/panels/panels.h"
#include "viz/panels/what_if.h"
#include "viz/panels/widgets.h"
#include "viz/style/icons.h"

namespace mailscope::viz {
namespace {

const char* host_icon(HostKind kind) {
  switch (kind) {
    case HostKind::kLaptop:
      return kIconLaptop;
    case HostKind::kPhone:
      return kIconPhone;
    case HostKind::kRouter:
      return kIconCloud;
    case HostKind::kDns:
      return kIconSearch;
    case HostKind::kServer:
      break;
  }
  return kIconServer;
}

ImVec2 at(ImVec2 origin, Point point) { return {origin.x + point.x, origin.y + point.y}; }

void draw_centered(ImDrawList& draw, const ImFont* font, ImVec2 center, Color color,
                   std::string_view text) {
  const ImVec2 size = measure_text(font, text);
  draw_text(draw, font, {std::floor(center.x - size.x / 2), std::floor(center.y - size.y / 2)},
            color, text);
}

void draw_link(const Panel& panel, ImDrawList& draw, ImVec2 origin, const StageLink& link) {
  const Theme& theme = panel.ui.theme;
  const ImVec2 a = at(origin, link.a);
  const ImVec2 b = at(origin, link.b);
  draw.AddLine(a, b, to_u32(link.up ? theme.wire : theme.danger.border), panel.ui.units(1.25f));
  const ImVec2 middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
  if (!link.up) {
    draw_centered(draw, panel.ui.fonts.normal, middle, theme.danger.text, kIconUnlinked);
    return;
  }
  const ImFont* font = panel.ui.fonts.mono_small;
  const ImVec2 size = measure_text(font, link.label);
  const float length = std::hypot(b.x - a.x, b.y - a.y);
  if (size.x > length - panel.ui.units(34)) return;
  const float off = panel.ui.units(4.5f);
  const float x = middle.x - (b.y - a.y) / length * (a.x < b.x ? -off : off);
  const float y = middle.y + std::abs(b.x - a.x) / length * off;
  draw_centered(draw, font, {x, y}, theme.muted, link.label);
}

/// The session under the host's name: "POP3 client · TRANSACTION".
std::string session_text(const Panel& panel, const StageHost& host, bool crowded) {
  if (!host.up) return panel.t("ui.host-off");
  if (host.role.empty()) return {};
  // Beside the host there is less room than below it, and below it less when many stand in a row.
  std::string text = host.text_side != 0 || crowded
                         ? std::string(protocol_name(host.protocol))
                         : panel.t("ui.role-" + host.role, {protocol_name(host.protocol)});
  if (host.sessions > 1 && host.role == "server") {
    return panel.t("ui.sessions", {std::to_string(host.sessions)});
  }
  if (!host.state.empty()) text += " · " + host.state;
  return text;
}

void draw_host(const Panel& panel, ImDrawList& draw, ImVec2 origin, const Moment& moment,
               const StageHost& host, ImVec2 half, bool crowded, float width) {
  const Ui& ui = panel.ui;
  const Theme& theme = ui.theme;
  const ImVec2 center = at(origin, host.center);
  const bool active = host.sessions > 0 && host.up;
  const Tone& tone = protocol_tone(theme, host.protocol);
  const ImVec2 low{center.x - half.x, center.y - half.y};
  const ImVec2 high{center.x + half.x, center.y + half.y};
  draw.AddRectFilled(low, high, to_u32(active ? tone.tint : theme.card), ui.m().radius);
  const Color border = !host.up ? theme.danger.border : active ? tone.fill : theme.button_border;
  draw.AddRect(low, high, to_u32(border), ui.m().radius, 0,
               active ? 2 * ui.m().border : ui.m().border);
  const Color icon = !host.up ? theme.muted : active ? tone.text : theme.muted;
  draw_centered(draw, ui.fonts.icons, center, icon, host_icon(host.kind));

  const std::string name = panel.host_title(*moment.scenario, host.id);
  const std::string session = session_text(panel, host, crowded);
  const Color quiet = host.up ? theme.muted : theme.danger.text;
  if (host.text_side == 0) {
    const float below = high.y + ui.units(2.5f);
    draw_centered(draw, ui.fonts.small_bold, {center.x, below}, theme.text, name);
    if (!session.empty()) {
      const float reach = measure_text(ui.fonts.small, session).x / 2 + ui.units(1);
      const float x = std::clamp(center.x, origin.x + reach,
                                 std::max(origin.x + width - reach, origin.x + reach));
      draw_centered(draw, ui.fonts.small, {x, below + ui.units(4)}, quiet, session);
    }
    return;
  }
  // Beside it: two lines around the middle, or one.
  const float lift = session.empty() ? 0 : ui.units(2);
  const auto beside = [&](const ImFont* font, float y, Color color, const std::string& words) {
    const ImVec2 size = measure_text(font, words);
    const float x = host.text_side < 0 ? low.x - size.x - ui.units(2) : high.x + ui.units(2);
    draw_text(draw, font,
              {std::floor(std::max(x, origin.x + ui.units(1))), std::floor(y - size.y / 2)}, color,
              words);
  };
  beside(ui.fonts.small_bold, center.y - lift, theme.text, name);
  if (!session.empty()) beside(ui.fonts.small, center.y + lift, quiet, session);
}

/// A message on its way; returns whether the pointer is on it.
/// `half`: of a host's width, which the links reach into.
bool draw_packet(const Panel& panel, ImDrawList& draw, ImVec2 origin, const StagePacket& packet,
                 float half) {
  const Ui& ui = panel.ui;
  const Theme& theme = ui.theme;
  const Tone& tone = packet.lost ? theme.danger : protocol_tone(theme, packet.protocol);
  const ImFont* font = packet.control ? ui.fonts.mono_small : ui.fonts.mono;
  const float room = std::clamp((packet.room - 2 * half) * 0.8f, ui.units(11), ui.units(42));
  std::string label = ellipsized(font, packet.label, room);
  if (packet.count > 1) label += " ×" + std::to_string(packet.count);
  label = packet.to_the_right ? label + " ›" : "‹ " + label;
  const ImVec2 size = measure_text(font, label);
  const ImVec2 center = at(origin, packet.at);
  const float pad = ui.units(packet.control ? 1 : 2);
  const ImVec2 low{std::floor(center.x - size.x / 2 - pad),
                   std::floor(center.y - size.y / 2 - pad / 2)};
  const ImVec2 high{std::ceil(center.x + size.x / 2 + pad),
                    std::ceil(center.y + size.y / 2 + pad / 2)};
  if (packet.control) {
    draw.AddRectFilled(low, high, to_u32(theme.card), ui.m().radius_small);
    draw.AddRect(low, high, to_u32(tone.fill), ui.m().radius_small);
    draw_centered(draw, font, center, tone.text, label);
  } else {
    draw.AddRectFilled(low, high, to_u32(tone.fill), ui.m().radius_small);
    draw_centered(draw, font, center, tone.on_fill, label);
  }
  return ImGui::IsMouseHoveringRect(low, high);
}

/// The least distance between the middles of two hosts that stand above one another.
float room_between(const StageScene& scene, float half_width) {
  float least = 1e6f;
  for (const StageHost& a : scene.hosts) {
    for (const StageHost& b : scene.hosts) {
      const bool column = std::abs(a.center.x - b.center.x) < 2 * half_width;
      if (column && b.center.y > a.center.y) least = std::min(least, b.center.y - a.center.y);
    }
  }
  return least;
}

/// The right-click menus. What was under the pointer when it was pressed is kept in ImGui's storage
/// of this window, because the popup outlives the hovering.
void draw_menus(const Panel& panel, const Moment& moment, const StagePacket* packet, HostId host) {
  ImGuiStorage& storage = *ImGui::GetStateStorage();
  const ImGuiID packet_id = ImGui::GetID("packet");
  const ImGuiID conn_id = ImGui::GetID("conn");
  const ImGuiID host_id = ImGui::GetID("host");
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Right) && ImGui::IsWindowHovered()) {
    storage.SetInt(packet_id, packet != nullptr ? static_cast<int>(packet->number) : 0);
    storage.SetInt(conn_id, packet != nullptr ? static_cast<int>(packet->conn.value) : 0);
    storage.SetInt(host_id, static_cast<int>(host.value));
    if (packet != nullptr || host.valid()) ImGui::OpenPopup("what-if");
  }
  if (!ImGui::BeginPopup("what-if")) return;
  const auto number = static_cast<uint32_t>(storage.GetInt(packet_id));
  what_if_menu(
      panel,
      number != 0
          ? segment_what_ifs(moment, number, ConnId{static_cast<uint32_t>(storage.GetInt(conn_id))})
          : host_what_ifs(moment, HostId{static_cast<uint32_t>(storage.GetInt(host_id))}));
  ImGui::EndPopup();
}

}  // namespace

void draw_stage(const Panel& panel, const Moment& moment, ImVec2 size) {
  const Ui& ui = panel.ui;
  const std::string title = panel.t("ui.network");
  const std::string when = "t = " + time_text(moment.playhead.at);
  CardHeader header;
  header.title = title;
  header.note = when;
  header.flush = true;
  if (begin_card(ui, "stage", size, header)) {
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const ImVec2 space = ImGui::GetContentRegionAvail();
    const float hint_height = ui.units(6);
    // Names below hosts in one row need room; hosts above one another have theirs at the side.
    const float names = ui.units(5);
    const StageScene scene = build_stage(moment, {space.x, space.y - hint_height - names});
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const bool small = scene.hosts.size() > 4 || space.y < ui.units(46);
    const bool crowded = scene.hosts.size() > 4;
    ImVec2 half{ui.units(small ? 8.5f : 11), ui.units(crowded ? 4.3f : small ? 5.2f : 7.2f)};
    half.y = std::min(half.y, room_between(scene, half.x) / 2 - ui.units(0.6f));
    for (const StageLink& link : scene.links) draw_link(panel, draw, origin, link);
    HostId hovered_host;
    for (const StageHost& host : scene.hosts) {
      draw_host(panel, draw, origin, moment, host, half, scene.hosts.size() > 3, space.x);
      const ImVec2 center = at(origin, host.center);
      if (ImGui::IsMouseHoveringRect({center.x - half.x, center.y - half.y},
                                     {center.x + half.x, center.y + half.y})) {
        hovered_host = host.id;
      }
    }
    const StagePacket* hovered = nullptr;
    for (const StagePacket& packet : scene.packets) {
      if (draw_packet(panel, draw, origin, packet, half.x)) hovered = &packet;
    }
    if (hovered != nullptr && ImGui::IsWindowHovered()) {
      const std::string tip = panel.t(
          hovered->lost ? "ui.packet-lost" : "ui.packet-tip",
          {hovered->label, std::to_string(hovered->octets), duration_text(hovered->remaining)});
      ImGui::SetTooltip("%s", tip.c_str());
    }
    draw_menus(panel, moment, hovered, hovered_host);
    const std::string hint =
        panel.t(scene.packets.empty() ? "ui.stage-hint-idle" : "ui.stage-hint");
    draw_centered(draw, ui.fonts.small,
                  {origin.x + space.x / 2, origin.y + space.y - hint_height / 2 - ui.units(0.5f)},
                  ui.theme.muted, ellipsized(ui.fonts.small, hint, space.x - ui.units(6)));
  }
  end_card(ui);
}

}  // namespace mailscope::viz
