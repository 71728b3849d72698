#include <doctest/doctest.h>

#include <algorithm>

#include "sim/pop3/server.h"
#include "tests/support/transcript.h"

using namespace mailscope;

namespace {

std::unique_ptr<test::EngineUnderTest> make_server(const test::Transcript&) {
  return std::make_unique<test::Wrapped<Pop3Server>>(
      Pop3Server(std::make_shared<const Pop3ServerConfig>()));
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
