// The transcript player itself, against an engine that says everything back.
#include "tests/support/transcript.h"

#include <doctest/doctest.h>

using namespace mailscope;
using test::Transcript;

namespace {

/// Greets as the transcript's header says, then says each line back.
class Echo : public test::EngineUnderTest {
 public:
  explicit Echo(const Transcript& transcript) : greeting_(transcript.options.at("greeting")) {}
  void open(Context&, Outbox& out) override { out.line(greeting_); }
  void receive(std::string_view bytes) override { heard_ += bytes; }
  [[nodiscard]] bool ready() const override { return heard_.find("\r\n") != std::string::npos; }
  void turn(Context&, Outbox& out) override {
    const size_t end = heard_.find("\r\n");
    out.line("said " + heard_.substr(0, end));
    heard_.erase(0, end + 2);
  }
  void timer(Context&, Outbox&) override {}
  void closed(Context&, Outbox&, CloseReason) override {}
  void secured(Context&, Outbox&) override {}

 private:
  std::string greeting_;
  std::string heard_;
};

std::unique_ptr<test::EngineUnderTest> make_echo(const Transcript& transcript) {
  return std::make_unique<Echo>(transcript);
}

/// One connection whose greeting is this; the steps are "C: ..." and "S: ...".
std::string played(const std::string& greeting, const std::vector<std::string>& steps) {
  Transcript transcript;
  transcript.path = "here";
  transcript.options["greeting"] = greeting;
  for (const std::string& step : steps) {
    transcript.steps.push_back(
        {static_cast<int>(transcript.steps.size()) + 1, 1, step.substr(0, 2), step.substr(3)});
  }
  return test::play_transcript(transcript, make_echo);
}

}  // namespace

TEST_CASE("a captured value is said as it is, whatever it holds") {
  // A value that held its own name was put in for ever.
  CHECK(played("your tag is $tag", {"S: your tag is $tag", "C: a $tag b", "S: said a $tag b"}) ==
        "");
  // One that held another's name was read as that one.
  CHECK(played("$b x", {"S: $a x", "C: $a", "S: said $$b", "C: $a $a", "S: said $a $$b"}) == "");
}

TEST_CASE("a name ends where its letters and digits do") {
  // "$co" was found at the front of "$count", which nothing had captured.
  CHECK(played("7", {"S: $co", "C: $count $co $ $co,", "S: said $$count 7 $ 7,"}) == "");
  CHECK(played("7", {"S: $n1", "C: $n1.$n2", "S: said 7.$$n2"}) == "");
}

TEST_CASE("the player says what differed, in which mode and in which line") {
  CHECK(played("hello", {"S: hello", "C: x", "S: said y"}) ==
        "here:3: (whole) \n  expected: said y\n  got:      said x");
  CHECK(played("hello", {"S: hello", "S: more"}) ==
        "here:2: (whole) expected \"more\", but nothing was said");
}
