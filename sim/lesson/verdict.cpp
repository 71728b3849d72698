#include "sim/lesson/verdict.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/lesson/measure.h"
#include "sim/metrics/observer.h"

namespace mailscope {
namespace {

const PlacedMail* find_mail(const std::vector<PlacedMail>& mail, const std::string& subject) {
  for (const PlacedMail& one : mail) {
    if (equals_ignoring_case(one.subject, subject)) return &one;
  }
  for (const PlacedMail& one : mail) {
    if (find_ignoring_case(one.subject, subject) != std::string::npos) return &one;
  }
  return nullptr;
}

/// "\\Seen \\Flagged" in the order of the flags' bits, whatever order the author wrote.
std::string canonical_flags(const std::vector<std::string>& names) {
  FlagBits system = 0;
  std::string keywords;
  for (const std::string& name : names) {
    const FlagBits bit = system_flag(name);
    system |= bit;
    if (bit == 0) keywords += " " + name;
  }
  return std::string(trimmed(flags_text(system, {}) + keywords));
}

Phrase flags_phrase(const std::string& flags) {
  return flags.empty() ? Phrase{"no-flags"} : Phrase{"flags", {flags}};
}

void check_flags(const Expectation& expected, const PlacedMail* found, Verdict& verdict) {
  if (!expected.flags) return;
  const std::string flags = canonical_flags(*expected.flags);
  verdict.expected.push_back(flags_phrase(flags));
  if (found != nullptr && flags != found->flags) {
    verdict.found.push_back(flags_phrase(found->flags));
  }
}

void check_body(const Expectation& expected, const PlacedMail* found, Verdict& verdict) {
  if (!expected.body) return;
  verdict.expected.push_back({*expected.body ? "whole" : "header"});
  if (found != nullptr && *expected.body != found->whole) {
    verdict.found.push_back({found->whole ? "whole" : "header"});
  }
}

void check_holding(const Expectation& expected, const std::vector<PlacedMail>& mail,
                   Verdict& verdict) {
  const PlacedMail* found = find_mail(mail, expected.subject);
  verdict.expected.push_back({expected.present ? "holds" : "holds-not",
                              {expected.place, expected.subject, expected.mailbox}});
  if (!expected.present) {
    if (found != nullptr) verdict.found.push_back({"is-there"});
    return;
  }
  check_flags(expected, found, verdict);
  check_body(expected, found, verdict);
  if (found == nullptr) verdict.found.push_back({"others", {std::to_string(mail.size())}});
}

void check_count(const Expectation& expected, const std::vector<PlacedMail>& mail,
                 Verdict& verdict) {
  verdict.expected.push_back(
      {"count", {expected.place, std::to_string(expected.count), expected.mailbox}});
  if (static_cast<int64_t>(mail.size()) == expected.count) return;
  verdict.found.push_back({"number", {std::to_string(mail.size())}});
}

int64_t times_said(const Expectation& expected, const Trace& trace, uint32_t begin, uint32_t end) {
  int64_t count = 0;
  for (uint32_t i = trace.events_before(begin) + 1; i <= trace.events_before(end); ++i) {
    const Event& event = trace[i];
    if (event.kind != EventKind::kLineSent || trace.host_name(event.host) != expected.from)
      continue;
    if (trace.text(event).find(expected.line) != std::string_view::npos) ++count;
  }
  return count;
}

void check_said(const Expectation& expected, int64_t count, Verdict& verdict) {
  const bool counted = expected.present && expected.count > 0;
  verdict.expected.push_back({!expected.present ? "never-says"
                              : counted         ? "says-times"
                                                : "says",
                              {expected.from, expected.line, std::to_string(expected.count)}});
  const bool holds = !expected.present ? count == 0 : counted ? count == expected.count : count > 0;
  if (!holds) verdict.found.push_back({"times", {std::to_string(count)}});
}

void check_seen(const Expectation& expected, const LessonRun& run, uint32_t end, Verdict& verdict) {
  const Scenario& scenario = run.history->scenario();
  const LinkId link =
      scenario.find_link(scenario.find_host(expected.place), scenario.find_host(expected.from));
  const Trace& trace = run.history->trace();
  const Observation observed = observe(trace, link, trace.events_before(end));
  const auto found =
      std::find_if(observed.sightings.begin(), observed.sightings.end(), [&](const Sighting& each) {
        return each.kind == expected.seen && each.text.find(expected.line) != std::string::npos;
      });
  const bool seen = found != observed.sightings.end();
  verdict.expected.push_back(
      {expected.present ? "seen" : "not-seen",
       {expected.place, expected.from, sighting_name(expected.seen), expected.line}});
  if (seen == expected.present) return;
  verdict.found.push_back(seen ? Phrase{"read", {found->text}} : Phrase{"nothing-read"});
}

std::string phrases_text(const std::vector<Phrase>& phrases, const Catalog& words) {
  std::string text;
  for (const Phrase& phrase : phrases) {
    if (!text.empty()) text += words.text("verdict.comma");
    text += words.text("verdict." + phrase.key, phrase.arguments);
  }
  return text;
}

}  // namespace

std::vector<Verdict> check_expectations(const LessonRun& run) {
  std::vector<Verdict> verdicts;
  const Scenario& scenario = run.history->scenario();
  for (const Expectation& expected : run.lesson->expectations) {
    if (!applies(expected.variants, *run.variant)) continue;
    uint32_t begin = 0;
    uint32_t end = run.step_dispatch.back();
    for (size_t i = 0; i < run.lesson->steps.size(); ++i) {
      if (run.lesson->steps[i].id != expected.step) continue;
      begin = run.step_dispatch[i];
      end = step_end(run, i);
    }
    Verdict verdict;
    verdict.expectation = &expected;
    if (expected.kind == Expectation::Kind::kSaid) {
      check_said(expected, times_said(expected, run.history->trace(), begin, end), verdict);
    } else if (expected.kind == Expectation::Kind::kSeen) {
      check_seen(expected, run, end, verdict);
    } else {
      const std::vector<PlacedMail> mail =
          mail_at(run.history->world_at(end), scenario.find_host(expected.place), expected.account,
                  expected.mailbox);
      expected.kind == Expectation::Kind::kHolds ? check_holding(expected, mail, verdict)
                                                 : check_count(expected, mail, verdict);
    }
    verdict.holds = verdict.found.empty();
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

std::string verdict_text(const Verdict& verdict, const Catalog& words) {
  const std::string expected = phrases_text(verdict.expected, words);
  if (verdict.holds) return expected;
  return words.text("verdict.but", {expected, phrases_text(verdict.found, words)});
}

}  // namespace mailscope
