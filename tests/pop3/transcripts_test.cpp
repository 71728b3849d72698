#include <doctest/doctest.h>

#include <algorithm>

#include "tests/pop3/pop3_config.h"

using namespace mailscope;

namespace {

std::unique_ptr<test::EngineUnderTest> make_server(const test::Transcript& transcript) {
  return std::make_unique<test::Wrapped<Pop3Server>>(
      Pop3Server(std::make_shared<const Pop3ServerConfig>(test::pop3_config_of(transcript))));
}

/// Some transcript expects a line of the server with these words.
bool expected_somewhere(const std::string& words, bool at_the_beginning) {
  for (const test::Transcript& transcript : test::read_transcripts("pop3")) {
    for (const test::Transcript::Step& step : transcript.steps) {
      if (step.verb != "S:") continue;
      const size_t at = step.text.find(words);
      if (at != std::string::npos && (at == 0 || !at_the_beginning)) return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("POP3 conversations go as written, whole, byte by byte and pipelined") {
  for (const test::Transcript& transcript : test::read_transcripts("pop3")) {
    const std::string problem = test::play_transcript(transcript, make_server);
    CHECK_MESSAGE(problem.empty(), problem);
  }
}

TEST_CASE("every POP3 command of the table is said in a transcript") {
  const std::vector<std::string> said = test::commands_said(test::read_transcripts("pop3"), 0);
  for (const pop3::CommandRow& row : pop3::kCommands) {
    CHECK_MESSAGE(std::find(said.begin(), said.end(), row.name) != said.end(), row.name);
  }
}

TEST_CASE("every response code and every extension of the tables is seen in a transcript") {
  for (const pop3::ResponseCodeRow& row : pop3::kResponseCodes) {
    CHECK_MESSAGE(expected_somewhere(std::string("-ERR [") + row.code + "]", true), row.code);
  }
  for (const pop3::ExtensionRow& row : pop3::kExtensions) {
    // APOP is in no capability list: the greeting's timestamp offers it.
    const std::string shown = row.listed ? row.name : "@mail.example.net>";
    CHECK_MESSAGE(expected_somewhere(shown, row.listed), row.name);
  }
  CHECK(!expected_somewhere("-ERR [NO-SUCH-CODE]", true));
}

TEST_CASE("every SASL mechanism is used in a POP3 transcript") {
  const std::vector<std::string> said = test::commands_said(test::read_transcripts("pop3"), 1);
  for (const sasl::MechanismRow& row : sasl::kMechanisms) {
    CHECK_MESSAGE(std::find(said.begin(), said.end(), row.name) != said.end(), row.name);
  }
}
