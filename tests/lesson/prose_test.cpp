// Lessons read from a folder: the prose beside lesson.toml, and what is said when a part is missing.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/lesson/small_lesson.h"

using namespace mailscope;

namespace {

namespace fs = std::filesystem;

/// A lesson's folder that goes away with the test.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / "mailscope-prose-test" / "small") {
    fs::remove_all(path_.parent_path());
    fs::create_directories(path_);
    write("lesson.toml", test::kSmallLesson);
    write("en.md", "# Small\n\nIntro.\n\n## Collect it {#collect}\n\nText.\n\nMore.\n");
    write("zh.md", "# 小\n\n引言。\n\n## 收信 {#collect}\n\n正文。\n");
  }
  ~Folder() { fs::remove_all(path_.parent_path()); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  void remove(const std::string& name) const { fs::remove(path_ / name); }
  /// The error, with the folder's path shortened.
  [[nodiscard]] std::string error() const {
    const Result<Lesson> lesson = read_lesson(path_.string());
    if (lesson.ok()) return "no error";
    std::string text = lesson.error();
    for (size_t at = text.find(path_.string()); at != std::string::npos; at = text.find(path_.string())) {
      text.replace(at, path_.string().size(), "small");
    }
    return text;
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("prose is divided into an introduction and the steps' sections") {
  const Folder folder;
  const Result<Lesson> lesson = read_lesson(folder.path() + "/");
  if (!lesson.ok()) MESSAGE(lesson.error());
  REQUIRE(lesson.ok());
  CHECK(lesson.value().id == "small");
  CHECK(in_language(lesson.value().intro, "en") == "Intro.");
  CHECK(in_language(lesson.value().intro, "zh") == "引言。");
  CHECK(in_language(lesson.value().steps[0].title, "en") == "Collect it");
  CHECK(in_language(lesson.value().steps[0].prose, "en") == "Text.\n\nMore.");
  CHECK(in_language(lesson.value().steps[0].title, "zh") == "收信");
  CHECK(in_language(lesson.value().steps[0].prose, "fr") == "Text.\n\nMore.");
}

TEST_CASE("a section for an unknown step") {
  const Folder folder;
  folder.write("zh.md", "# 小\n\n## 收信 {#colect}\n\n正文。\n");
  CHECK(folder.error() ==
        "small/lesson.toml:62:6: error: step \"collect\" has no section in zh.md\n"
        "id = \"collect\"\n"
        "     ^\n"
        "expected \"## Heading {#collect}\" and a text in small/zh.md\n"
        "small/zh.md:3:7: error: unknown step \"colect\"\n"
        "## 收信 {#colect}\n"
        "        ^\n"
        "expected the id of a [[step]] of lesson.toml; did you mean \"collect\"?");
}

TEST_CASE("a heading without a step, a second section, an empty one") {
  const Folder folder;
  folder.write("en.md", "# Small\n\n## Collect\n\n## Collect {#collect}\n\n## Again {#collect}\n\nText.\n");
  CHECK(folder.error() ==
        "small/en.md:3:1: error: a heading without a step\n"
        "## Collect\n"
        "^\n"
        "expected \"## Heading {#step-id}\"\n"
        "small/en.md:5:1: error: the section of step \"collect\" is empty\n"
        "## Collect {#collect}\n"
        "^\n"
        "expected two to five sentences\n"
        "small/en.md:7:10: error: a second section for step \"collect\"\n"
        "## Again {#collect}\n"
        "         ^\n"
        "expected one section for each step");
}

TEST_CASE("a part of the lesson that is missing") {
  const Folder folder;
  folder.remove("zh.md");
  CHECK(folder.error() == "small/zh.md cannot be found.");
  folder.remove("lesson.toml");
  CHECK(folder.error() == "small/lesson.toml cannot be found.");
}

TEST_CASE("an unknown lesson is answered with the nearest") {
  const Result<Lesson> lesson = find_lesson("pop-vs-imap");
  REQUIRE_FALSE(lesson.ok());
  CHECK(lesson.error().find("unknown lesson \"pop-vs-imap\"; did you mean \"pop3-vs-imap\"? (lessons: ") == 0);
}
