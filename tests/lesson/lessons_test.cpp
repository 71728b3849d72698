// The lessons that come with the program: they keep what they promise, in every variant; they run
// alike every time; their two languages say the same; and what is said on the wire is a golden.
// MAILSCOPE_UPDATE_GOLDENS=1 writes the goldens anew: read the difference before committing it.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "sim/lesson/lesson_file.h"
#include "sim/lesson/verdict.h"
#include "sim/trace/trace_text.h"

using namespace mailscope;

namespace {

Lesson lesson_named(const std::string& id) {
  Result<Lesson> lesson = find_lesson(id);
  if (!lesson.ok()) MESSAGE(lesson.error());
  REQUIRE(lesson.ok());
  return std::move(lesson.value());
}

const Catalog& english() {
  static const Catalog words = Catalog::load(home_folder(), "en").value();
  return words;
}

/// The `code` of a Markdown text: wire commands and addresses, which no translation may lose.
std::multiset<std::string> code_in(const std::string& markdown) {
  std::multiset<std::string> found;
  size_t at = markdown.find('`');
  while (at != std::string::npos) {
    const size_t end = markdown.find('`', at + 1);
    if (end == std::string::npos) break;
    found.insert(markdown.substr(at + 1, end - at - 1));
    at = markdown.find('`', end + 1);
  }
  return found;
}

void compare_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(MAILSCOPE_SOURCE_DIR) + "/tests/goldens/" + name + ".txt";
  if (std::getenv("MAILSCOPE_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream stream(path, std::ios::binary);
  const std::string golden((std::istreambuf_iterator<char>(stream)), {});
  size_t at = 0;
  while (at < golden.size() && at < text.size() && golden[at] == text[at]) ++at;
  const size_t line = static_cast<size_t>(std::count(
                          golden.begin(), golden.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
                      1;
  INFO("first difference in line " << line << " of " << path);
  CHECK(golden == text);
}

}  // namespace

TEST_CASE("the lessons that books and classes know by their names are there") {
  const std::vector<std::string> ids = lesson_ids();
  for (const char* name :
       {"bcc-and-forgery", "bounce", "first-mail", "flags-travel", "folders", "idle-or-poll",
        "lost-250", "offline-and-back", "passwords-on-the-wire", "pop3-vs-imap", "quit-matters",
        "uid-and-sequence"}) {
    CAPTURE(name);
    CHECK(std::count(ids.begin(), ids.end(), name) == 1);
  }
}

TEST_CASE("what each lesson expects is true in every variant, and its questions have an answer") {
  for (const std::string& id : lesson_ids()) {
    const Lesson lesson = lesson_named(id);
    for (const LessonVariant& variant : lesson.variants) {
      CAPTURE(id);
      CAPTURE(variant.name);
      const LessonRun run = run_lesson(lesson, variant);
      REQUIRE(run.step_dispatch.size() == lesson.steps.size() + 1);
      const std::vector<Verdict> verdicts = check_expectations(run);
      CHECK(verdicts.size() > 10);
      for (const Verdict& verdict : verdicts) {
        INFO(verdict_text(verdict, english()));
        CHECK(verdict.holds);
      }
      CHECK(!lesson.questions.empty());
      for (const Question& question : lesson.questions) {
        CAPTURE(question.measure);
        CHECK(right_choice(run, question) >= 0);
      }
    }
  }
}

TEST_CASE("a lesson runs alike every time, and its replay agrees with it") {
  for (const std::string& id : lesson_ids()) {
    const Lesson lesson = lesson_named(id);
    for (const LessonVariant& variant : lesson.variants) {
      CAPTURE(id);
      CAPTURE(variant.name);
      const LessonRun one = run_lesson(lesson, variant);
      const LessonRun two = run_lesson(lesson, variant);
      CHECK(one.history->head().digest() == two.history->head().digest());
      CHECK(one.history->head().trace_state().digest == two.history->head().trace_state().digest);
      CHECK(one.history->verify() == "");
      // Seeking to each step gives the world that was there.
      for (const uint32_t n : one.step_dispatch) {
        CHECK(one.history->world_at(n).dispatches() == n);
      }
    }
  }
}

TEST_CASE("the languages of the prose have the same sections and name the same commands") {
  for (const std::string& id : lesson_ids()) {
    const Lesson lesson = lesson_named(id);
    CAPTURE(id);
    CHECK(code_in(in_language(lesson.intro, "en")) == code_in(in_language(lesson.intro, "zh")));
    for (const LessonStep& step : lesson.steps) {
      CAPTURE(step.id);
      for (const char* language : {"en", "zh"}) {
        CHECK(step.title.count(language) == 1);
        CHECK(step.prose.count(language) == 1);
        CHECK(!in_language(step.title, language).empty());
        CHECK(!in_language(step.prose, language).empty());
      }
      const std::multiset<std::string> english = code_in(in_language(step.prose, "en"));
      const std::multiset<std::string> chinese = code_in(in_language(step.prose, "zh"));
      CHECK(std::set<std::string>(english.begin(), english.end()) ==
            std::set<std::string>(chinese.begin(), chinese.end()));
    }
  }
}

TEST_CASE("what is said in the lessons is what was said before") {
  for (const std::string& id : lesson_ids()) {
    const Lesson lesson = lesson_named(id);
    for (const LessonVariant& variant : lesson.variants) {
      const LessonRun run = run_lesson(lesson, variant);
      compare_golden(id + "-" + variant.name, conversation_text(run.history->trace()));
    }
  }
}

TEST_CASE("no mail program of a lesson ends in an error") {
  // A server that says "+OK bye" and closes in one segment once made every POP3 session look lost.
  for (const std::string& id : lesson_ids()) {
    const Lesson lesson = lesson_named(id);
    for (const LessonVariant& variant : lesson.variants) {
      CAPTURE(id);
      CAPTURE(variant.name);
      const LessonRun run = run_lesson(lesson, variant);
      const World& world = run.history->head();
      for (size_t d = 0; d < world.device_count(); ++d) {
        // A program that stops asking has been refused for good, and one that insists on TLS goes
        // no further without: a lesson may want to show either.
        const Device& device = world.device(DeviceId::from_index(d));
        const bool insists = device.last_error.find("TLS is required") != std::string::npos;
        if (!device.refused && !insists) CHECK(device.last_error == "");
      }
    }
  }
}
