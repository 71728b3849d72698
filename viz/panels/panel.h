// Panel: what every panel is given: looks, words, what the person has chosen, and where to say what
// they want.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/explain/catalog.h"
#include "sim/lesson/lesson.h"
#include "viz/panels/ui.h"
#include "viz/state/intent.h"
#include "viz/state/ui_state.h"

namespace mailscope::viz {

struct Panel {
  const Ui& ui;
  const Catalog& words;
  const UiState& state;
  const Lesson& lesson;
  Intents& intents;

  [[nodiscard]] std::string t(std::string_view key,
                              const std::vector<std::string>& arguments = {}) const {
    return words.text(key, arguments);
  }
  /// What the lesson calls this host in the person's language.
  [[nodiscard]] std::string host_title(const Scenario& scenario, HostId id) const {
    if (id.valid() && id.index() < lesson.host_titles.size()) {
      const std::string& title = in_language(lesson.host_titles[id.index()].title, state.language);
      if (!title.empty()) return title;
    }
    return std::string(host_name(scenario, id));
  }
  void want(Intent::Kind kind, int64_t number = 0) const {
    intents.push_back(mailscope::viz::intent(kind, number));
  }
};

/// From here on a time is told in minutes and seconds: nobody reads 1980317 ms.
inline constexpr Duration kClockFrom = seconds(100);
/// "412.6 ms", "1.284 s", "33:00.317".
std::string time_text(Instant at);
/// "412.6 ms", "1.284 s".
std::string duration_text(Duration duration);
/// "512 B", "4.8 MB".
std::string octets_text(uint64_t octets);
/// "4 815 320".
std::string grouped(uint64_t number);

}  // namespace mailscope::viz
