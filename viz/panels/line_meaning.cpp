// "What this line means": the current line with its tokens under the magnifying glass, and why the
// server said it when no command ends with it.

#include <algorithm>

#include "sim/explain/change_words.h"
#include "sim/explain/explain.h"
#include "sim/metrics/untagged_cause.h"
#include "viz/panels/panels.h"
#include "viz/panels/text_flow.h"
#include "viz/panels/widgets.h"

namespace mailscope::viz {
namespace {

/// Token colours alternate, so that neighbours are told apart; the same colour marks its meaning
/// below.
Color token_color(const Theme& theme, size_t index) {
  const Color colors[] = {theme.pop3.text, theme.imap.text, theme.smtp.text, theme.accent.text};
  return colors[index % 4];
}

/// The line with its tokens underlined, wrapped at token bounds when it is too wide.
void draw_tokens(const Panel& panel, std::string_view line, const LineMeaning& meaning) {
  const Ui& ui = panel.ui;
  const bool wide = measure_text(ui.fonts.mono_large, line).x > ImGui::GetContentRegionAvail().x;
  const ImFont* font = wide ? ui.fonts.mono : ui.fonts.mono_large;
  const float height = measure_text(font, "X").y;
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float right = origin.x + ImGui::GetContentRegionAvail().x;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  float x = origin.x;
  float y = origin.y;
  const auto put = [&](std::string_view piece, Color color, bool underline) {
    while (!piece.empty()) {
      size_t fits = piece.size();
      while (fits > 1 && x + measure_text(font, piece.substr(0, fits)).x > right) {
        fits -= fits > 32 ? 8 : 1;
        while (fits > 1 && fits < piece.size() &&
               (static_cast<unsigned char>(piece[fits]) & 0xC0) == 0x80)
          --fits;
      }
      if (fits < piece.size() && x > origin.x && measure_text(font, piece).x <= right - origin.x) {
        x = origin.x;
        y += height + ui.units(1.5f);
        continue;
      }
      const std::string_view part = piece.substr(0, fits);
      const float width = measure_text(font, part).x;
      draw_text(draw, font, {x, y}, color, part);
      if (underline) {
        draw.AddLine({x, y + height + 1}, {x + width, y + height + 1}, to_u32(color), ui.m().line);
      }
      x += width;
      piece.remove_prefix(fits);
      if (!piece.empty()) {
        x = origin.x;
        y += height + ui.units(1.5f);
      }
    }
  };
  size_t at = 0;
  for (size_t i = 0; i < meaning.tokens.size(); ++i) {
    const TokenMeaning& token = meaning.tokens[i];
    if (token.begin > at) put(line.substr(at, token.begin - at), ui.theme.text, false);
    put(line.substr(token.begin, token.size), token_color(ui.theme, i), true);
    at = token.begin + token.size;
  }
  if (at < line.size()) put(line.substr(at), ui.theme.text, false);
  ImGui::Dummy({1, y - origin.y + height + ui.units(2.5f)});
}

void draw_meanings(const Panel& panel, std::string_view line, const LineMeaning& meaning) {
  const Ui& ui = panel.ui;
  const float label_width = ui.units(27);
  for (size_t i = 0; i < meaning.tokens.size(); ++i) {
    const TokenMeaning& token = meaning.tokens[i];
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const std::string text = panel.t(token.key, token.arguments);
    FlowLook look;
    look.font = ui.fonts.small;
    look.width = ImGui::GetContentRegionAvail().x - label_width;
    const float height = flow_height(ui, {{text}}, look.width, look);
    if (start.y + height > ImGui::GetWindowDrawList()->GetClipRectMax().y) {
      // A row that does not fit is left for scrolling: half of one is no use to anybody.
      ImGui::Dummy({1, height});
      continue;
    }
    const std::string shown =
        ellipsized(ui.fonts.mono, line.substr(token.begin, token.size), label_width - ui.units(2));
    draw_text(*ImGui::GetWindowDrawList(), ui.fonts.mono, start, token_color(ui.theme, i), shown);
    ImGui::SetCursorScreenPos({start.x + label_width, start.y});
    wrapped_text(ui, text, look);
    ImGui::SetCursorScreenPos({start.x, ImGui::GetCursorScreenPos().y});
  }
}

LineMeaning meaning_of(const Moment& moment, const Event& event, uint32_t id) {
  LineContext context;
  const uint32_t command = moment.index->answered_by(id);
  if (command != 0) context.answers = moment.trace->text((*moment.trace)[command]);
  context.in_data = (event.code & LineFlags::kBlock) != 0;
  context.handshake = (event.code & LineFlags::kHandshake) != 0;
  return explain_line(event.protocol, event.direction, moment.trace->text(event), context);
}

void draw_allowed(const Panel& panel, const Moment& moment, const Event& event) {
  const Ui& ui = panel.ui;
  const HostId client = [&] {
    for (const Lane& lane : moment.index->lanes()) {
      if (lane.conn == event.conn) return lane.client;
    }
    return event.host;
  }();
  const uint8_t state = protocol_state(moment, event.conn, client);
  const std::string state_words = state_name_of(event.protocol, state);
  std::vector<std::string> names;
  for (const AllowedCommand& command : allowed_commands(event.protocol, state)) {
    names.push_back(command.name);
  }
  if (names.empty()) return;
  const std::string intro = panel.t("ui.may-say", {state_words}) + " ";
  std::vector<TextRun> runs{{intro, RunStyle::kMuted}};
  for (const std::string& name : names) {
    runs.push_back({name, RunStyle::kCode});
    runs.push_back({" ", RunStyle::kPlain});
  }
  FlowLook look;
  look.font = ui.fonts.small;
  text_flow(ui, runs, look);
}

/// Why the server said an untagged response, with a link to the change that it tells of.
void draw_cause(const Panel& panel, const Moment& moment, EventId line) {
  const std::optional<UntaggedCause> cause = untagged_cause(*moment.trace, line);
  if (!cause) return;
  using Reason = UntaggedCause::Reason;
  const bool in_command = cause->command.valid();
  const std::string command =
      in_command ? std::string(moment.trace->text(moment.trace->at(cause->command)))
                 : std::string();
  const char* key = cause->reason == Reason::kGreeting  ? "ui.cause-greeting"
                    : cause->reason == Reason::kServer  ? "ui.cause-server"
                    : cause->reason == Reason::kBadLine ? "ui.cause-bad-line"
                    : cause->reason == Reason::kCommand ? "ui.cause-command"
                    : command == "IDLE"                 ? "ui.cause-idle"
                    : in_command                        ? "ui.cause-during"
                                                        : "ui.cause-between";
  const std::string lead = panel.t(cause->solicited() ? "ui.solicited" : "ui.unsolicited") + " ";
  const std::string why = panel.t(key, {command});
  std::vector<TextRun> runs{{lead, RunStyle::kBold}, {why, RunStyle::kPlain}};
  std::string what;
  if (cause->change.valid()) {
    const Event& change = moment.trace->at(cause->change);
    what = store_change_words(panel.words, *moment.trace, cause->change) + " (" +
           time_text(change.at) + ")";
    runs.push_back({" ", RunStyle::kPlain});
    runs.push_back({what, RunStyle::kLink});
  }
  FlowLook look;
  look.font = panel.ui.fonts.small;
  const bool clicked = text_flow(panel.ui, runs, look).has_value();
  ImGui::Dummy({1, panel.ui.units(0.5f)});
  if (!clicked) return;
  Intent there = intent(Intent::Kind::kSeekTime);
  there.at = moment.trace->at(cause->change).at;
  panel.intents.push_back(there);
}

}  // namespace

std::string line_meaning_note(const Panel& panel, const Moment& moment) {
  const uint32_t id = moment.current_line;
  if (id == 0) return {};
  const Event& event = (*moment.trace)[id];
  const LineMeaning meaning = meaning_of(moment, event, id);
  std::string note = panel.t("ui.sent-by", {panel.host_title(*moment.scenario, event.host)});
  if (!meaning.section.empty()) note += " · " + meaning.section;
  constexpr uint8_t kTls = LineFlags::kEncrypted | LineFlags::kHandshake;
  if ((event.code & kTls) != 0) note += " · " + panel.t("ui.tls-model");
  if ((event.code & LineFlags::kCompressed) != 0) {
    note += " · " + panel.t("ui.compressed", {std::to_string(event.y - event.x)});
  }
  return note;
}

void draw_line_meaning(const Panel& panel, const Moment& moment) {
  const Ui& ui = panel.ui;
  const uint32_t id = moment.current_line;
  if (id == 0) {
    FlowLook look;
    look.color = ui.theme.muted;
    return wrapped_text(ui, panel.t("ui.no-line-yet"), look);
  }
  const Event& event = (*moment.trace)[id];
  const LineMeaning meaning = meaning_of(moment, event, id);
  draw_tokens(panel, moment.trace->text(event), meaning);
  const std::string sentence = panel.t(meaning.key, meaning.arguments);
  wrapped_text(ui, sentence);
  ImGui::Dummy({1, ui.units(0.5f)});
  draw_cause(panel, moment, EventId{id});
  draw_meanings(panel, moment.trace->text(event), meaning);
  ImGui::Dummy({1, ui.units(0.5f)});
  draw_allowed(panel, moment, event);
}

}  // namespace mailscope::viz
