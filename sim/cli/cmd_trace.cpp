// mailsim trace and mailsim digest: everything that happened in a run, and its fingerprint.

#include <fmt/format.h>

#include "sim/cli/commands.h"
#include "sim/cli/trace_json.h"
#include "sim/lesson/lesson_file.h"
#include "sim/lesson/runner.h"
#include "sim/metrics/untagged_cause.h"
#include "sim/trace/trace_text.h"

namespace mailscope::cli {
namespace {

/// The scenario to run: the variant's own, or with the mail of --mail. Null after a complaint.
ScenarioPtr scenario_for(const LessonVariant& variant, const std::string& mail_path) {
  if (mail_path.empty()) return variant.scenario;
  const Result<std::vector<StoredMail>> mail = mail_for(*variant.scenario, mail_path);
  if (!mail.ok()) {
    complain(mail.error());
    return nullptr;
  }
  return with_mail(*variant.scenario, mail.value());
}

template <class Each>
int for_each_run(const Options& options, Each each) {
  for (const std::string& id : options.lessons) {
    const Result<Lesson> lesson = find_lesson(id);
    if (!lesson.ok()) return complain(lesson.error());
    const std::vector<const LessonVariant*> variants =
        picked_variants(lesson.value(), options.variant);
    if (variants.empty()) return kUnusable;
    for (const LessonVariant* variant : variants) {
      const ScenarioPtr scenario = scenario_for(*variant, options.mail);
      if (scenario == nullptr) return kUnusable;
      each(run_lesson(lesson.value(), *variant, scenario));
    }
  }
  return kDone;
}

/// " [unsolicited, event 57: flags mailbox 1 uid 4 0x0 -> 0x1]" of an untagged response of IMAP.
/// Event 57 is line 57 of the run.
std::string why_text(const Trace& trace, EventId id) {
  const std::optional<UntaggedCause> cause = untagged_cause(trace, id);
  if (!cause) return {};
  std::string text = cause->solicited() ? " [solicited" : " [unsolicited";
  const bool asked = cause->reason == UntaggedCause::Reason::kCommand;
  const EventId why = asked ? cause->command : cause->change;
  if (why.valid()) {
    text += fmt::format(", event {}: {}", why.value, event_detail(trace, trace.at(why)));
  }
  return text + "]";
}

void print_trace(const Trace& trace) {
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    fmt::print("{}{}\n", event_text(trace, trace[i]), why_text(trace, EventId{i}));
  }
}

}  // namespace

int run_trace(const Options& options) {
  Json runs = Json::array();
  const int status = for_each_run(options, [&](const LessonRun& run) {
    const Trace& trace = run.history->trace();
    if (!options.json) {
      fmt::print("# {} {}\n", run.lesson->id, run.variant->name);
      print_trace(trace);
      return;
    }
    Json events = Json::array();
    for (uint32_t i = 1; i <= trace.size(); ++i) {
      Json event = event_json(trace, i);
      add_untagged_cause(event, trace, i);
      events.push_back(std::move(event));
    }
    runs.push_back({{"lesson", run.lesson->id},
                    {"variant", run.variant->name},
                    {"dispatches", trace.dispatches()},
                    {"events", std::move(events)}});
  });
  if (options.json && status == kDone) fmt::print("{}\n", json_text(runs, 1));
  return status;
}

int run_digest(const Options& options) {
  Json all = Json::array();
  const int status = for_each_run(options, [&](const LessonRun& run) {
    const std::string digest = fmt::format("{:016x}", run.history->head().trace_state().digest);
    if (!options.json) {
      fmt::print("{} {} {}\n", digest, run.lesson->id, run.variant->name);
      return;
    }
    all.push_back({{"lesson", run.lesson->id},
                   {"variant", run.variant->name},
                   {"digest", digest},
                   {"events", run.history->trace().size()}});
  });
  if (options.json && status == kDone) fmt::print("{}\n", json_text(all, 2));
  return status;
}

}  // namespace mailscope::cli
