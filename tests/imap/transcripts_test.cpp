#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "sim/imap/server.h"
#include "tests/support/transcript.h"

using namespace mailscope;

namespace {

/// Pushes news in IDLE as the world does: when the store has changed and the session wants to know.
class ImapUnderTest : public test::Wrapped<ImapServer> {
 public:
  using test::Wrapped<ImapServer>::Wrapped;
  void store_changed(const MailStore& store) override {
    if (engine_.wants_news() && engine_.has_news(store)) engine_.notify();
  }
};

/// Header lines "without idle uidplus", "with sasl-ir", "max-literal 100" change the configuration.
std::unique_ptr<test::EngineUnderTest> make_server(const test::Transcript& transcript) {
  auto config = std::make_shared<ImapServerConfig>();
  const auto option = [&transcript](const char* name) {
    const auto found = transcript.options.find(name);
    return found == transcript.options.end() ? std::string() : found->second;
  };
  const std::string without = option("without");
  const auto off = [&without](const char* word) {
    return without.find(word) != std::string::npos;
  };
  config->idle = !off("idle");
  config->literal_plus = !off("literal+");
  config->uidplus = !off("uidplus");
  config->unselect = !off("unselect");
  config->sasl_ir = option("with") == "sasl-ir";
  if (!option("max-literal").empty()) config->max_literal = std::stoul(option("max-literal"));
  if (!option("max-line").empty()) config->max_line = std::stoul(option("max-line"));
  if (!option("max-messages").empty()) config->max_messages = std::stoul(option("max-messages"));
  return std::make_unique<ImapUnderTest>(ImapServer(config));
}

}  // namespace

TEST_CASE("IMAP conversations go as written, whole, byte by byte and pipelined") {
  for (const test::Transcript& transcript : test::read_transcripts("imap")) {
    const std::string problem = test::play_transcript(transcript, make_server);
    CHECK_MESSAGE(problem.empty(), problem);
  }
}

TEST_CASE("every IMAP command of the table is said in a transcript") {
  std::set<std::string> said;
  for (const test::Transcript& transcript : test::read_transcripts("imap")) {
    for (const test::Transcript::Step& step : transcript.steps) {
      if (step.verb == "C:") said.insert(imap::parse_command_head(step.text).name);
    }
  }
  for (const imap::CommandRow& row : imap::kCommands) {
    CHECK_MESSAGE(said.count(row.name) == 1, std::string(row.name));
  }
}

TEST_CASE("every response code of the table is given in a transcript") {
  std::string all;
  for (const test::Transcript& transcript : test::read_transcripts("imap")) {
    for (const test::Transcript::Step& step : transcript.steps) {
      if (step.verb == "S:") all += step.text + "\n";
    }
  }
  for (const imap::ResponseCodeRow& row : imap::kResponseCodes) {
    const bool given = all.find(std::string("[") + row.code) != std::string::npos;
    CHECK_MESSAGE(given, std::string(row.code));
  }
}
