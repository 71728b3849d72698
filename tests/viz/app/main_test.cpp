// The command line of mailscope: help with examples, and one clear line for whatever is wrong.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct Outcome {
  int status = -1;
  std::string text;  // of stdout or stderr
};

/// Runs mailscope without a display; `stream` says which output is kept.
Outcome run(const std::string& arguments, const std::string& stream) {
  const std::string to = stream == "stderr" ? " 2>&1 >/dev/null" : " 2>/dev/null";
  const std::string command = "env -u DISPLAY -u WAYLAND_DISPLAY '" + std::string(MAILSCOPE) +
                              "' " + arguments + to;
  Outcome outcome;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  while (const size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    outcome.text.append(buffer.data(), size);
  }
  const int raw = pclose(pipe);
  if (WIFEXITED(raw)) outcome.status = WEXITSTATUS(raw);
  return outcome;
}

void check_refused(const std::string& arguments, const std::string& word = {}) {
  CAPTURE(arguments);
  const Outcome outcome = run(arguments, "stderr");
  CAPTURE(outcome.text);
  CHECK(outcome.status == 2);
  CHECK(outcome.text.rfind("mailscope: ", 0) == 0);
  CHECK(outcome.text.find('\n') == outcome.text.size() - 1);
  if (!word.empty()) CHECK(outcome.text.find(word) != std::string::npos);
}

}  // namespace

TEST_CASE("--help shows options and examples") {
  const Outcome help = run("--help", "stdout");
  CHECK(help.status == 0);
  for (const char* word : {"--at", "--variant", "--lang", "--theme", "--scale", "--size", "--mail",
                           "--screenshot", "--headless", "Examples"}) {
    CAPTURE(word);
    CHECK(help.text.find(word) != std::string::npos);
  }
}

TEST_CASE("what is wrong is said in one line on stderr, with exit status 2") {
  check_refused("--no-such-option", "--no-such-option");
  check_refused("one two");
  check_refused("--lang xx", "xx");
  check_refused("--keys Right,W", "--headless");
  check_refused("--headless --keys Rihgt", "Rihgt");
  check_refused("--theme pink", "pink");
  check_refused("--scale 9", "9");
  check_refused("--size huge", "huge");
  check_refused("--size 10x10 --headless", "10x10");
  check_refused("--headless");
}

TEST_CASE("an unknown lesson, variant or step is named, without a display too") {
  check_refused("pop3-vs-imag --headless --screenshot /dev/null", "pop3-vs-imap");
  check_refused("--variant nope --headless --screenshot /dev/null", "nope");
  check_refused("--at 99 --headless --screenshot /dev/null", "99");
  check_refused("--mail /nowhere/at/all --headless --screenshot /dev/null", "/nowhere/at/all");
}
