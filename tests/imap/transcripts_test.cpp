#include <doctest/doctest.h>

#include "tests/imap/transcript_server.h"

using namespace mailscope;

namespace {

/// What is wrong with a conversation of these steps, each "number verb text".
std::string problem_of(std::initializer_list<test::Transcript::Step> steps,
                       test::EngineFactory make_engine = test::make_server) {
  test::Transcript transcript;
  transcript.path = "told.txt";
  transcript.accounts.emplace_back("bob", "secret");
  transcript.steps = steps;
  return test::play_transcript(transcript, make_engine);
}

/// Says a greeting that does not end when a connection opens, and nothing after that.
class HalfALine : public test::EngineUnderTest {
 public:
  void open(Context&, Outbox& out) override { out.block(std::string("* OK half")); }
  void receive(std::string_view) override {}
  [[nodiscard]] bool ready() const override { return false; }
  void turn(Context&, Outbox&) override {}
  void timer(Context&, Outbox&) override {}
  void closed(Context&, Outbox&, CloseReason) override {}
  void secured(Context&, Outbox&) override {}
};

}  // namespace

TEST_CASE("IMAP conversations go as written, whole, byte by byte and pipelined") {
  for (const test::Transcript& transcript : test::read_transcripts("imap")) {
    const std::string problem = test::play_transcript(transcript, test::make_server);
    CHECK_MESSAGE(problem.empty(), problem);
  }
}

// The player once looked at what was said only when its connection said something again, so that a
// server which told a silent connection too much, or told it too early, passed.
TEST_CASE("a conversation is wrong when something was said that it does not have") {
  CHECK(problem_of({{1, 1, "S:", "* OK ..."}}).empty());
  CHECK(problem_of({{1, 1, "S:", "* OK ..."}, {2, 1, "C:", "a NOOP"}}) ==
        "told.txt: (whole) at the end the server also said to connection 1: a OK NOOP completed");
  // The second connection is greeted, and the transcript says nothing of that.
  CHECK(problem_of({{1, 1, "S:", "* OK ..."}, {2, 2, "open", ""}})
            .find("at the end the server also said to connection 2: * OK [CAPABILITY") !=
        std::string::npos);
  CHECK(problem_of({{1, 1, "S:", "* OK ..."}, {2, 1, "cut", ""}}).empty());
  CHECK(problem_of({{1, 1, "open", ""}, {2, 1, "cut", ""}})
            .find("told.txt:2: (whole) the server also said: * OK") == 0);
  CHECK(problem_of({{1, 1, "open", ""}}, [](const test::Transcript&) {
          return std::unique_ptr<test::EngineUnderTest>(std::make_unique<HalfALine>());
        }) == "told.txt: (whole) at the end the server also said to connection 1: * OK half");
}
