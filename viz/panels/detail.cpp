// The card under the conversation: what the current line means, or, where there is IMAP, what each
// session has been told.

#include <algorithm>

#include "viz/panels/panels.h"
#include "viz/panels/widgets.h"

namespace mailscope::viz {
namespace {

bool has_imap(const Scenario& scenario) {
  return std::any_of(scenario.services.begin(), scenario.services.end(),
                     [](const ServiceSpec& service) { return service.imap != nullptr; });
}

}  // namespace

Detail shown_detail(const UiState& state, const Scenario& scenario) {
  return has_imap(scenario) ? state.detail : Detail::kLine;
}

void draw_detail(const Panel& panel, const Moment& moment, ImVec2 size) {
  const std::string line = panel.t("ui.line-meaning");
  const std::string sessions = panel.t("ui.session-tab");
  const bool tabs = has_imap(*moment.scenario);
  const Detail detail = shown_detail(panel.state, *moment.scenario);
  CardHeader header;
  header.title = line;
  if (tabs) header.tabs = {line, sessions};
  header.tab = static_cast<size_t>(detail);
  const std::string note = detail == Detail::kLine ? line_meaning_note(panel, moment) : "";
  header.note = note;
  CardEvents events;
  if (begin_card(panel.ui, "detail", size, header, &events)) {
    detail == Detail::kLine ? draw_line_meaning(panel, moment) : draw_sessions(panel, moment);
  }
  end_card(panel.ui);
  if (events.tab) panel.want(Intent::Kind::kSetDetail, static_cast<int64_t>(*events.tab));
}

}  // namespace mailscope::viz
