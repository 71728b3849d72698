// Lesson: a folder of lessons/ as plain data: a scenario in one or more variants, timed steps with
// what persons do in them, what must be true then, questions, and prose in every language. The
// format is described for teachers in lessons/README.md. lesson_file.h reads it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/metrics/observer.h"
#include "sim/world/history.h"
#include "sim/world/scenario.h"

namespace mailscope {

/// A text in every language the lesson has: "en", "zh".
using Translated = std::map<std::string, std::string>;
/// In `language`, else in English, else empty.
const std::string& in_language(const Translated& text, const std::string& language);

struct LessonVariant {
  std::string name;      // "pop3-delete"; the only one is "default" when the file names none
  Translated title;
  ScenarioPtr scenario;
};

/// What a host is called on the screen; by HostId::index().
struct HostTitle {
  Translated title;
};

/// What a step without actions may wait for, in place of a time: the first line from `from` with
/// these words that is said after the step before it has begun.
struct StepCue {
  std::string said;
  std::string from;      // name of a host
};

struct LessonStep {
  std::string id;        // as in the prose: "## Heading {#id}"
  Instant at;            // when its actions begin; with a cue, not before this
  std::optional<StepCue> cue;
  Translated title;      // the heading
  Translated prose;      // Markdown
  std::vector<Input> inputs;            // with absolute times
  std::vector<std::vector<std::string>> input_variants;  // by input: only in these; empty: in all
  std::vector<std::string> focus;       // what to look at: "stage", "ladder", "mailbox:server", ...
};

/// Something that must hold when a step is over.
struct Expectation {
  enum class Kind : uint8_t { kHolds, kCount, kSaid, kSeen };
  Kind kind = Kind::kHolds;
  std::string step;              // at the end of this step; empty: at the end of the run
  std::vector<std::string> variants;  // empty: all
  std::string place;             // host name: a server's store, or a device's copy
  std::string account;           // of a server; empty: its first one
  std::string mailbox = "INBOX";
  // kHolds: whether a message whose subject is `subject`, or else contains it, is there, and how.
  std::string subject;
  bool present = true;
  std::optional<std::vector<std::string>> flags;  // exactly these, such as "\Seen"
  std::optional<bool> body;      // a device: holds the whole message
  // kCount: how many messages the place holds.
  int64_t count = 0;
  // kSaid: in that step, or in the whole run, some line from `from` contains `line` (exactly
  // `count` times when count > 0; never when present is false).
  std::string from;
  std::string line;
  // kSeen: by the end of that step an observer of the link between `place` and `from` has read a
  // thing of this kind (with `line` in it), or has not when present is false.
  Sighting::Kind seen = Sighting::Kind::kUser;
  int source_line = 0;           // in lesson.toml
};

/// A question whose right answer is computed from the run, not written down.
struct Question {
  /// What is measured at the end of `step`: see measure() in runner.h.
  std::string step;
  std::string measure;           // "messages server", "messages laptop", "bytes-down laptop", ...
  Translated prompt;
  Translated hint;
  struct Choice {
    int64_t value = 0;           // right when the measure equals it
    Translated text;
    Translated why;              // shown with the answer: why one might think so
  };
  std::vector<Choice> choices;
  int source_line = 0;           // in lesson.toml
};

struct Lesson {
  std::string id;                // the folder's name
  std::string folder;
  Translated title;
  Translated summary;
  Translated intro;              // prose before the first step
  int minutes = 0;
  std::string rfc;               // "RFC 1939, RFC 3501"
  Instant end;                   // when the run is over
  std::vector<HostTitle> host_titles;
  std::vector<LessonVariant> variants;
  std::vector<LessonStep> steps;
  std::vector<Expectation> expectations;
  std::vector<Question> questions;
  std::vector<std::string> compare;   // names of two variants to show side by side; may be empty

  /// Null when there is no such variant; the first one for an empty name.
  [[nodiscard]] const LessonVariant* find_variant(const std::string& name) const;
};

}  // namespace mailscope
