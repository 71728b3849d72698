// The part of a lesson file that says what must be true, and what is asked.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/lesson/lesson_draft.h"
#include "sim/lesson/measure.h"
#include "sim/mail/report.h"

namespace mailscope {
namespace {

/// A step's id under "step"; reports an unknown one.
std::string step_name(LessonDraft& draft, TableReader& reader, Need need) {
  const Word word = reader.word("step", need);
  const std::vector<std::string> names = draft.step_names();
  if (word.text.empty()) return {};
  if (std::find(names.begin(), names.end(), word.text) == names.end()) {
    reader.error(word.at, fmt::format("unknown step \"{}\"", word.text.substr(0, 60)),
                 "the id of a [[step]]" + suggestion(word.text, names));
  }
  return word.text;
}

void read_holding(LessonDraft& draft, TableReader& reader, Expectation& expectation) {
  reader.knows({"message", "count", "present", "flags", "body"});
  const HostId host = draft.host(reader, "at");
  const Word place = reader.word("at");
  expectation.place = place.text;
  expectation.mailbox = reader.text("mailbox", Need::kOptional, "INBOX");
  const Word account = reader.word("account");
  expectation.account = account.text;
  std::vector<std::string> users;
  for (const AccountSpec& known : draft.scenario.accounts) {
    if (known.host == host) users.push_back(known.user);
  }
  const bool device =
      std::any_of(draft.devices[0].begin(), draft.devices[0].end(),
                  [host](const DeviceSpec& spec) { return spec.host == host; });
  if (host.valid() && users.empty() && !device) {
    reader.error(place.at, fmt::format("no mail is kept on \"{}\"", place.text),
                 "a host with an [[account]] or a [[device]]");
  }
  if (!account.text.empty() && std::find(users.begin(), users.end(), account.text) == users.end()) {
    reader.error(account.at,
                 fmt::format("no account \"{}\" on this host", account.text.substr(0, 60)),
                 "the user of an [[account]] there" + suggestion(account.text, users));
  }
  if (reader.has("message") == reader.has("count")) {
    reader.error(reader.at(), "[[expect]] needs either \"message\" or \"count\"",
                 "message = \"Lunch\" or count = 0");
  }
  if (reader.has("count")) {
    expectation.kind = Expectation::Kind::kCount;
    expectation.count = reader.number("count", 0, 1000000, 0);
    return;
  }
  const Word subject = reader.word("message");
  draft.named_subjects.push_back(subject);
  expectation.subject = subject.text;
  expectation.present = reader.flag("present", true);
  if (reader.has("body")) expectation.body = reader.flag("body", true);
  if (!reader.has("flags")) return;
  std::vector<std::string> flags;
  for (const Word& flag : reader.words("flags", 32)) flags.push_back(flag.text);
  expectation.flags = std::move(flags);
}

void read_said(LessonDraft& draft, TableReader& reader, Expectation& expectation) {
  expectation.kind = Expectation::Kind::kSaid;
  const Word said = reader.word("said");
  expectation.line = said.text;
  draft.host(reader, "from");
  expectation.from = reader.text("from");
  expectation.present = reader.flag("present", true);
  if (said.text.empty() && expectation.present) {
    reader.error(said.at, "\"said\" is empty", "a part of a line; \"\" only with present = false");
  }
  expectation.count = reader.number("count", 1, 1000000, 0);
  if (!expectation.present && expectation.count > 0) {
    reader.error(reader.at("count"), "\"count\" beside present = false", "one of the two");
  }
}

/// seen = "password", between = ["laptop", "router"]
void read_seen(LessonDraft& draft, TableReader& reader, Expectation& expectation) {
  expectation.kind = Expectation::Kind::kSeen;
  const Word kind = reader.word("seen");
  const std::optional<Sighting::Kind> seen = parse_sighting_kind(kind.text);
  if (!seen) {
    reader.error(kind.at,
                 fmt::format("nothing of the kind \"{}\" is read", kind.text.substr(0, 60)),
                 one_of(sighting_kind_names()) + suggestion(kind.text, sighting_kind_names()));
  }
  expectation.seen = seen.value_or(Sighting::Kind::kUser);
  expectation.line = reader.text("text");
  expectation.present = reader.flag("present", true);
  const std::vector<Word> between = reader.words("between", 2);
  if (between.size() == 2) {
    expectation.place = between[0].text;
    expectation.from = between[1].text;
  }
  if (!draft.scenario
           .find_link(draft.scenario.find_host(expectation.place),
                      draft.scenario.find_host(expectation.from))
           .valid()) {
    reader.error(reader.at("between"), "there is no such link",
                 "between = [\"laptop\", \"router\"]: two hosts of one [[link]]");
  }
}

void read_expectation(LessonDraft& draft, TableReader& reader) {
  Expectation expectation;
  expectation.source_line = static_cast<int>(reader.at().line);
  expectation.step = step_name(draft, reader, Need::kOptional);
  expectation.variants = draft.variants(reader);
  if (reader.has("variant")) {
    const Word variant = reader.word("variant");
    draft.check_variant(variant);
    expectation.variants.push_back(variant.text);
  }
  if (reader.has("said")) {
    read_said(draft, reader, expectation);
  } else if (reader.has("seen")) {
    read_seen(draft, reader, expectation);
  } else if (reader.has("at")) {
    read_holding(draft, reader, expectation);
  } else {
    reader.error(reader.at(), "[[expect]] says nothing to expect",
                 "at = \"HOST\" with message or count, or said = \"RETR\" with from = "
                 "\"HOST\"");
    return;
  }
  reader.finish();
  draft.lesson.expectations.push_back(std::move(expectation));
}

void read_choices(TableReader& reader, Question& question) {
  for (const TomlValue* value : reader.tables("choice", 9)) {
    TableReader choice(*value, "[[question.choice]]", reader.diagnostics());
    Question::Choice made;
    if (!choice.has("value")) {
      choice.error(choice.at(), "[[question.choice]] has no \"value\"",
                   "value = 3: the measure for which it is right");
    }
    made.value = choice.number("value", -1000000000000, 1000000000000, 0);
    made.text = choice.translated("text", Need::kRequired);
    made.why = choice.translated("why", Need::kRequired);
    choice.finish();
    for (const Question::Choice& other : question.choices) {
      if (other.value == made.value && choice.has("value")) {
        choice.error(choice.at("value"), fmt::format("a second choice with value {}", made.value),
                     "a value of its own for each choice");
      }
    }
    question.choices.push_back(std::move(made));
  }
  if (question.choices.size() < 2) {
    reader.error(reader.at(), fmt::format("[[question]] has {} choices", question.choices.size()),
                 "two to nine [[question.choice]]");
  }
}

void read_question(LessonDraft& draft, TableReader& reader) {
  Question question;
  question.source_line = static_cast<int>(reader.at().line);
  question.step = step_name(draft, reader, Need::kRequired);
  const Word measure = reader.word("measure", Need::kRequired);
  question.measure = measure.text;
  const Result<Measure> parsed = parse_measure(measure.text, draft.scenario);
  if (!measure.text.empty() && !parsed.ok()) {
    reader.error(measure.at,
                 fmt::format("nothing can be measured by \"{}\"", measure.text.substr(0, 60)),
                 parsed.error());
  }
  question.prompt = reader.translated("prompt", Need::kRequired);
  question.hint = reader.translated("hint", Need::kOptional);
  read_choices(reader, question);
  draft.lesson.questions.push_back(std::move(question));
}

/// Messages may be sent in a later step than the one that names them, so this comes last.
void check_subjects(LessonDraft& draft) {
  // Servers write mail of their own.
  for (const ReportAction action : kReportActions) {
    draft.subjects.emplace_back(report_subject(action));
  }
  if (draft.mail_missing) return;  // it may well be there that the words are
  for (const Word& words : draft.named_subjects) {
    if (words.text.empty()) continue;
    const bool known = std::any_of(
        draft.subjects.begin(), draft.subjects.end(), [&](const std::string& subject) {
          return find_ignoring_case(subject, words.text) != std::string::npos;
        });
    if (known) continue;
    draft.errors.error(
        words.at, fmt::format("no message has \"{}\" in its subject", words.text.substr(0, 60)),
        "words from the subject of a message of this lesson" +
            suggestion(words.text, draft.subjects));
  }
}

}  // namespace

void read_checks(LessonDraft& draft, TableReader& root) {
  for (const TomlValue* value : root.tables("expect", LessonLimits::kMany)) {
    TableReader reader(*value, "[[expect]]", draft.errors);
    read_expectation(draft, reader);
  }
  for (const TomlValue* value : root.tables("question", 100)) {
    TableReader reader(*value, "[[question]]", draft.errors);
    read_question(draft, reader);
    reader.finish();
  }
  check_subjects(draft);
}

}  // namespace mailscope
