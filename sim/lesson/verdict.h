// Verdicts: what a lesson expects, held against what happened in a run of it.
#pragma once

#include <string>
#include <vector>

#include "sim/explain/catalog.h"
#include "sim/lesson/runner.h"

namespace mailscope {

/// A text of the catalog's [verdict] with its arguments.
struct Phrase {
  std::string key;
  std::vector<std::string> arguments = {};
};

struct Verdict {
  const Expectation* expectation = nullptr;
  bool holds = false;
  std::vector<Phrase> expected;
  std::vector<Phrase> found;    // where it differs; empty when it holds
};

/// Every expectation that applies to this run's variant.
std::vector<Verdict> check_expectations(const LessonRun& run);

/// One line: what was expected, and what was found when that is something else.
std::string verdict_text(const Verdict& verdict, const Catalog& words);

}  // namespace mailscope
