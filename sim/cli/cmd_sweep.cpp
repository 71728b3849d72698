// mailsim sweep: cuts every connection of a lesson at every octet, in every variant, and says what
// became of the mail. --cut repeats one of these cuts and shows everything that followed.

#include <fmt/format.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "sim/cli/commands.h"
#include "sim/lesson/lesson_file.h"
#include "sim/lesson/runner.h"
#include "sim/sweep/sweep.h"
#include "sim/trace/trace_text.h"

namespace mailscope::cli {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The bar on stderr, for as long as it is a terminal's and nothing else is asked for.
class Progress {
 public:
  Progress(const std::string& name, uint32_t parts, uint32_t steps, bool shown)
      : name_(name), steps_(std::max(steps, 1u) * parts), shown_(shown) {}

  void step(uint64_t forks) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++done_;
    forks_ += forks;
    if (!shown_ || seconds_since(last_) < 0.1) return;
    last_ = Clock::now();
    constexpr uint64_t kWidth = 30;
    const uint64_t filled = std::min(kWidth, kWidth * done_ / steps_);
    fmt::print(stderr, "\r{} [{:<{}}] {} forks ", name_, std::string(filled, '='), kWidth, forks_);
  }
  void clear() const {
    if (shown_) fmt::print(stderr, "\r{:<100}\r", "");
  }

 private:
  std::mutex mutex_;
  std::string name_;
  uint64_t steps_;
  bool shown_;
  uint64_t done_ = 0;
  uint64_t forks_ = 0;
  Clock::time_point last_;
};

/// One core's share. It reads the lesson itself: messages remember what they have worked out, and
/// are not made for several threads.
sweep::Tally sweep_share(const std::string& lesson_id, const std::string& variant_name,
                         uint32_t part, uint32_t parts, Progress& progress) {
  const Result<Lesson> lesson = find_lesson(lesson_id);
  if (!lesson.ok()) return {};
  const LessonVariant& variant = *lesson.value().find_variant(variant_name);
  uint64_t told = 0;
  return sweep::sweep_run(variant.scenario, inputs_for(lesson.value(), variant), lesson.value().end,
                          part, parts, [&](const sweep::Tally& tally) {
                            progress.step(tally.forks - told);
                            told = tally.forks;
                            return true;
                          });
}

sweep::Tally sweep_variant(const Lesson& lesson, const LessonVariant& variant, uint32_t cores,
                           bool show_progress) {
  const uint32_t steps = run_lesson(lesson, variant).history->trace().dispatches();
  Progress progress(lesson.id + " " + variant.name, cores, steps, show_progress);
  std::vector<sweep::Tally> shares(cores);
  std::vector<std::thread> threads;
  for (uint32_t core = 0; core < cores; ++core) {
    threads.emplace_back(
        [&, core] { shares[core] = sweep_share(lesson.id, variant.name, core, cores, progress); });
  }
  for (std::thread& thread : threads) thread.join();
  progress.clear();
  sweep::Tally whole;
  for (const sweep::Tally& share : shares) whole.add(share);
  return whole;
}

std::string repeat_command(const Lesson& lesson, const LessonVariant& variant,
                           const sweep::Cut& cut) {
  return fmt::format("mailsim sweep {} --variant {} --cut {}", lesson.id, variant.name,
                     sweep::cut_text(cut));
}

Json json_of(const Lesson& lesson, const LessonVariant& variant, const sweep::Tally& tally,
             double wall, uint32_t cores) {
  Json json = {{"lesson", lesson.id},
               {"variant", variant.name},
               {"forks", tally.forks},
               {"cuts_at_once", tally.cuts_at_once},
               {"cuts_after_octets", tally.cuts_after_octets},
               {"dispatches", tally.dispatches},
               {"seconds", wall},
               {"cores", cores},
               {"violations", tally.violations}};
  for (int i = 0; i < sweep::kOutcomeCount; ++i) {
    json["outcomes"][sweep::outcome_name(static_cast<sweep::Outcome>(i))] = tally.outcomes[i];
  }
  json["failures"] = Json::array();
  for (const sweep::Failure& failure : tally.failures) {
    json["failures"].push_back({{"violation", failure.violation},
                                {"dispatches", failure.dispatches},
                                {"repeat", repeat_command(lesson, variant, failure.cut)}});
  }
  return json;
}

void print_tally(const Lesson& lesson, const LessonVariant& variant, const sweep::Tally& tally,
                 double wall, uint32_t cores) {
  fmt::print("{} {}: {} forks, {} cut at once, {} cut after an octet\n", lesson.id, variant.name,
             tally.forks, tally.cuts_at_once, tally.cuts_after_octets);
  for (int i = 0; i < sweep::kOutcomeCount; ++i) {
    if (tally.outcomes[i] == 0) continue;
    fmt::print("  {:<10} {}\n", sweep::outcome_name(static_cast<sweep::Outcome>(i)),
               tally.outcomes[i]);
  }
  const double rate = static_cast<double>(tally.forks) / std::max(wall, 1e-9);
  fmt::print("  {:.0f} forks per second on {} {}, {} dispatches a fork\n", rate, cores,
             cores == 1 ? "core" : "cores", tally.forks == 0 ? 0 : tally.dispatches / tally.forks);
  if (tally.failures.empty()) return;
  const sweep::Failure& shortest = tally.failures.front();
  fmt::print("  violated: {}\n  the shortest case again: {}\n", shortest.violation,
             repeat_command(lesson, variant, shortest.cut));
}

int repeat_cut(const Lesson& lesson, const Options& options) {
  const std::optional<sweep::Cut> cut = sweep::parse_cut(options.cut);
  if (!cut) {
    return complain("--cut " + options.cut +
                    ": expected DISPATCH:CONNECTION or DISPATCH:CONNECTION:to-server:OCTETS (or "
                    "to-client)");
  }
  const LessonVariant* variant = lesson.find_variant(options.variant);  // the first without a name
  const sweep::Base base =
      sweep::base_after(variant->scenario, inputs_for(lesson, *variant), cut->dispatch);
  if (cut->conn.value > base.world.connection_count()) {
    return complain(fmt::format("--cut {}: there are only {} connections then", options.cut,
                                base.world.connection_count()));
  }
  Trace trace;
  for (const HostSpec& host : variant->scenario->hosts) trace.host_names.push_back(host.name);
  const sweep::ForkResult result =
      sweep::run_fork(base, sweep::uncut_from(base), *cut, trace);
  fmt::print("{}{}{}{}\n", trace_text(trace), sweep::outcome_name(result.outcome),
             result.violation.empty() ? "" : ": ", result.violation);
  return result.outcome == sweep::Outcome::kViolation ? kFailed : kDone;
}

}  // namespace

int run_sweep(const Options& options) {
#ifdef __GLIBC__
  // Every fork makes its messages and forgets them: memory given back to the system each time would
  // cost more than the simulation.
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
  const uint32_t cores =
      options.cores != 0 ? options.cores : std::max(1u, std::thread::hardware_concurrency());
  const std::vector<std::string> ids = options.lessons.empty() ? lesson_ids() : options.lessons;
  uint64_t violations = 0;
  Json all = Json::array();
  for (const std::string& id : ids) {
    const Result<Lesson> lesson = find_lesson(id);
    if (!lesson.ok()) return complain(lesson.error());
    const std::vector<const LessonVariant*> variants =
        picked_variants(lesson.value(), options.variant);
    if (variants.empty()) return kUnusable;
    if (!options.cut.empty()) return repeat_cut(lesson.value(), options);
    for (const LessonVariant* variant : variants) {
      const Clock::time_point begin = Clock::now();
      const sweep::Tally tally =
          sweep_variant(lesson.value(), *variant, cores, !options.json && options.progress);
      const double wall = seconds_since(begin);
      violations += tally.violations;
      if (options.json) {
        all.push_back(json_of(lesson.value(), *variant, tally, wall, cores));
      } else {
        print_tally(lesson.value(), *variant, tally, wall, cores);
      }
    }
  }
  if (options.json) {
    fmt::print("{}\n", all.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("{} violations\n", violations);
  }
  return violations == 0 ? kDone : kFailed;
}

}  // namespace mailscope::cli
