// mailsim play: a lesson as text, the accessible twin of the window. Prose of each step, what was
// said and what it changed, who holds what, the question with its right answer; at the end costs
// and verdicts.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/base/ascii.h"
#include "sim/cli/commands.h"
#include "sim/cli/narrator.h"
#include "sim/cli/trace_json.h"
#include "sim/lesson/diagnostics.h"
#include "sim/lesson/lesson_file.h"
#include "sim/lesson/verdict.h"

namespace mailscope::cli {
namespace {

/// Markdown for the ear: emphasis marks go, `code` stays as it is.
std::string spoken(const std::string& markdown) {
  std::string text;
  bool code = false;
  for (const char c : markdown) {
    if (c == '`') code = !code;
    if (c != '*' || code) text += c;
  }
  return text;
}

Beat beat_from(const std::string& name) {
  return name == "segment" ? Beat::kSegment : name == "exchange" ? Beat::kExchange : Beat::kLine;
}

/// Collects the text of one run, as lines to print or as JSON.
class Player {
 public:
  Player(const LessonRun& run, const Catalog& catalog, const Options& options, size_t steps)
      : run_(run),
        lesson_(*run.lesson),
        catalog_(catalog),
        options_(options),
        steps_(steps),
        narrator_(run, catalog, beat_from(options.beat), options.sessions) {}

  Json play() {
    print("\n{}\n", say("cli.variant", {in(run_.variant->title), run_.variant->name}));
    Json json = {{"variant", run_.variant->name}, {"title", in(run_.variant->title)}};
    json["steps"] = Json::array();
    // Anything before the first step's moment, such as a program's own polling.
    json["before"] = tell(run_.step_dispatch.front());
    for (size_t i = 0; i < steps_; ++i) json["steps"].push_back(play_step(i));
    json["costs"] = play_costs();
    const uint32_t end = run_.step_dispatch[steps_];
    json["layers"] = play_section("cli.layers", narrator_.tell_layers(end));
    json["observers"] = play_section(
        "cli.observers", narrator_.tell_observers(run_.history->trace().events_before(end)));
    if (steps_ == lesson_.steps.size() && options_.mail.empty()) json["verdicts"] = play_verdicts();
    return json;
  }

 private:
  template <class... Arguments>
  void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    if (!options_.json) fmt::print(format, std::forward<Arguments>(arguments)...);
  }
  [[nodiscard]] std::string say(std::string_view key,
                                const std::vector<std::string>& arguments = {}) const {
    return catalog_.text(key, arguments);
  }
  [[nodiscard]] const std::string& in(const Translated& text) const {
    return in_language(text, options_.language);
  }

  Json tell(uint32_t dispatches) {
    const std::vector<std::string> lines =
        narrator_.tell(run_.history->trace().events_before(dispatches));
    for (const std::string& line : lines) print("{}\n", line);
    return lines;
  }

  /// A section of its own when there is anything to tell.
  Json play_section(const char* title, const std::vector<std::string>& lines) const {
    if (lines.empty()) return Json::array();
    print("\n{}\n", say(title));
    for (const std::string& line : lines) print("{}\n", line);
    return lines;
  }

  Json play_step(size_t index) {
    const LessonStep& step = lesson_.steps[index];
    const uint32_t end = step_end(run_, index);
    print("\n{}\n\n{}\n\n",
          say("cli.step", {std::to_string(index + 1), std::to_string(lesson_.steps.size()),
                           in(step.title)}),
          spoken(in(step.prose)));
    Json json = {{"id", step.id},
                 {"title", in(step.title)},
                 {"prose", in(step.prose)},
                 {"at_ns", run_.step_at[index].ns}};
    json["told"] = tell(end);
    if (json["told"].empty()) print("{}\n", say("cli.nothing-happens"));
    const std::vector<std::string> holdings = narrator_.tell_holdings(end);
    print("\n{}\n", say("cli.who-holds-what"));
    for (const std::string& line : holdings) print("{}\n", line);
    json["holdings"] = holdings;
    json["sessions"] = play_section("cli.sessions", narrator_.tell_sessions(end));
    json["questions"] = Json::array();
    for (const Question& question : lesson_.questions) {
      if (question.step == step.id) json["questions"].push_back(play_question(question, end));
    }
    return json;
  }

  Json play_question(const Question& question, uint32_t end) const {
    const Result<int64_t> value = measure(run_, end, question.measure);
    const int right = right_choice(run_, question);
    print("\n{}\n", say("cli.question", {spoken(in(question.prompt))}));
    Json json = {{"prompt", in(question.prompt)},
                 {"measure", question.measure},
                 {"value", value.ok() ? value.value() : -1},
                 {"right", right}};
    json["choices"] = Json::array();
    for (size_t i = 0; i < question.choices.size(); ++i) {
      const Question::Choice& choice = question.choices[i];
      const bool is_right = static_cast<int>(i) == right;
      print("{}\n", say(is_right ? "cli.choice-right" : "cli.choice-wrong",
                        {std::to_string(i + 1), spoken(in(choice.text)), spoken(in(choice.why))}));
      json["choices"].push_back(
          {{"text", in(choice.text)}, {"why", in(choice.why)}, {"right", is_right}});
    }
    return json;
  }

  [[nodiscard]] Json play_costs() const {
    const uint32_t end = run_.step_dispatch[steps_];
    const std::vector<std::string> lines =
        narrator_.tell_costs(run_.history->trace().events_before(end));
    print("\n{}\n", say("cli.costs"));
    for (const std::string& line : lines) print("{}\n", line);
    return lines;
  }

  [[nodiscard]] Json play_verdicts() const {
    Json json = Json::array();
    size_t held = 0;
    const std::vector<Verdict> verdicts = check_expectations(run_);
    print("\n{}\n", say("cli.verdicts"));
    for (const Verdict& verdict : verdicts) {
      held += verdict.holds ? 1 : 0;
      const std::string text = verdict_text(verdict, catalog_);
      print("{}\n", say(verdict.holds ? "cli.holds-true" : "cli.holds-false", {text}));
      json.push_back({{"holds", verdict.holds}, {"text", text}});
    }
    print("{}\n", say("cli.verdict-sum", {std::to_string(held), std::to_string(verdicts.size())}));
    return json;
  }

  const LessonRun& run_;
  const Lesson& lesson_;
  const Catalog& catalog_;
  const Options& options_;
  size_t steps_;
  Narrator narrator_;
};

/// How many steps --until asks for; 0 after a complaint.
size_t steps_until(const Lesson& lesson, const std::string& until) {
  std::vector<std::string> ids;
  for (const LessonStep& step : lesson.steps) ids.push_back(step.id);
  if (until.empty()) return ids.size();
  const std::optional<uint64_t> number = parse_number(until, ids.size());
  if (number && *number > 0) return static_cast<size_t>(*number);
  const auto found = std::find(ids.begin(), ids.end(), until);
  if (found != ids.end()) return static_cast<size_t>(found - ids.begin()) + 1;
  complain(fmt::format("{} has no step \"{}\"{} (steps: {})", lesson.id, until,
                       suggestion(until, ids), one_of(ids)));
  return 0;
}

}  // namespace

int run_play(const Options& options) {
  const Result<Lesson> found = find_lesson(options.lessons.front());
  if (!found.ok()) return complain(found.error());
  const Lesson& lesson = found.value();
  const Result<Catalog> catalog = Catalog::load(home_folder(), options.language);
  if (!catalog.ok()) return complain(catalog.error());
  const std::vector<const LessonVariant*> variants = picked_variants(lesson, options.variant);
  const size_t steps = variants.empty() ? 0 : steps_until(lesson, options.until);
  if (steps == 0) return kUnusable;
  std::vector<StoredMail> mail;
  if (!options.mail.empty()) {
    Result<std::vector<StoredMail>> own = mail_for(*variants[0]->scenario, options.mail);
    if (!own.ok()) return complain(own.error());
    mail = std::move(own.value());
  }
  const std::string& language = options.language;
  Json json = {{"lesson", lesson.id},
               {"title", in_language(lesson.title, language)},
               {"intro", in_language(lesson.intro, language)}};
  if (!options.json) {
    fmt::print("{}\n{}\n{}\n\n{}\n", in_language(lesson.title, language),
               in_language(lesson.summary, language),
               catalog.value().text("cli.about", {std::to_string(lesson.minutes), lesson.rfc}),
               spoken(in_language(lesson.intro, language)));
  }
  for (const LessonVariant* variant : variants) {
    const ScenarioPtr scenario =
        options.mail.empty() ? variant->scenario : with_mail(*variant->scenario, mail);
    const LessonRun run = run_lesson(lesson, *variant, scenario);
    json["variants"].push_back(Player(run, catalog.value(), options, steps).play());
  }
  if (options.json) fmt::print("{}\n", json_text(json, 1));
  return kDone;
}

}  // namespace mailscope::cli
