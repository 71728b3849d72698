#include <doctest/doctest.h>

#include <algorithm>

#include "sim/smtp/server.h"
#include "tests/support/transcript.h"

using namespace mailscope;

namespace {

std::unique_ptr<test::EngineUnderTest> make_server(const test::Transcript& transcript) {
  SmtpServerConfig config;
  config.local_domains = {"example.net"};
  if (transcript.options.count("relay-for") != 0) {
    config.relay_for.push_back(transcript.options.at("relay-for"));
  }
  if (transcript.options.count("max-message") != 0) {
    config.max_message = std::stoul(transcript.options.at("max-message"));
  }
  return std::make_unique<test::Wrapped<SmtpServer>>(
      SmtpServer(std::make_shared<const SmtpServerConfig>(config)));
}

}  // namespace

TEST_CASE("SMTP conversations go as written, whole, byte by byte and pipelined") {
  for (const test::Transcript& transcript : test::read_transcripts("smtp")) {
    const std::string problem = test::play_transcript(transcript, make_server);
    CHECK_MESSAGE(problem.empty(), problem);
  }
}

TEST_CASE("every SMTP command of the table is said in a transcript") {
  const std::vector<std::string> said = test::commands_said(test::read_transcripts("smtp"), 0);
  for (const smtp::CommandRow& row : smtp::kCommands) {
    CHECK_MESSAGE(std::find(said.begin(), said.end(), row.name) != said.end(), row.name);
  }
}
