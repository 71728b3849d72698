#include <doctest/doctest.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/smtp/server.h"
#include "tests/support/transcript.h"

using namespace mailscope;

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string option(const test::Transcript& transcript, const std::string& name) {
  const auto found = transcript.options.find(name);
  return found == transcript.options.end() ? std::string() : found->second;
}

uint64_t number(const test::Transcript& transcript, const std::string& name, uint64_t otherwise) {
  const std::string text = option(transcript, name);
  return text.empty() ? otherwise : std::stoull(text);
}

/// "name target target": one entry of aliases, lists.
void read_name(const test::Transcript& transcript, const std::string& option_name,
               SmtpServerConfig::Names& names) {
  std::vector<std::string> words = words_of(option(transcript, option_name));
  if (words.empty()) return;
  const std::string name = words.front();
  words.erase(words.begin());
  names[name] = words;
}

void read_names(const test::Transcript& transcript, SmtpServerConfig& config) {
  for (const char* const suffix : {"", "-2"}) {
    read_name(transcript, std::string("alias") + suffix, config.aliases);
    read_name(transcript, std::string("list") + suffix, config.lists);
  }
  const std::vector<std::string> moved = words_of(option(transcript, "moved"));
  if (moved.size() == 2) config.moved[moved[0]] = moved[1];
  config.unavailable = words_of(option(transcript, "unavailable"));
}

/// "extensions PIPELINING SIZE", or "extensions all", or "extensions none".
void read_extensions(const test::Transcript& transcript, SmtpServerConfig& config) {
  const std::vector<std::string> names = words_of(option(transcript, "extensions"));
  if (names.empty()) return;
  config.extensions = 0;
  if (names.front() == "all") config = everything(config);
  for (const smtp::ExtensionRow& row : smtp::kExtensions) {
    const bool named = std::find(names.begin(), names.end(), row.keyword) != names.end();
    if (named) config.extensions |= smtp::bit(row.extension);
  }
}

std::unique_ptr<test::EngineUnderTest> make_server(const test::Transcript& transcript) {
  SmtpServerConfig config;
  read_extensions(transcript, config);
  config.local_domains = {"example.net"};
  config.relay_for = words_of(option(transcript, "relay-for"));
  config.max_message = number(transcript, "max-message", config.max_message);
  config.max_recipients = number(transcript, "max-recipients", config.max_recipients);
  config.max_text_line = number(transcript, "max-text-line", config.max_text_line);
  config.max_parameter_octets =
      number(transcript, "max-parameter-octets", config.max_parameter_octets);
  config.max_bad_commands =
      static_cast<uint32_t>(number(transcript, "max-bad-commands", config.max_bad_commands));
  config.quota = number(transcript, "quota", 0);
  config.room = number(transcript, "room", 0);
  config.greylist = seconds(static_cast<int64_t>(number(transcript, "greylist", 0)));
  const auto is_set = [&](const char* name) { return transcript.options.count(name) != 0; };
  config.quota_temporary = is_set("quota-temporary");
  config.no_service = is_set("no-service");
  config.submission = is_set("submission");
  config.own_sender_only = is_set("own-sender-only");
  config.clear_auth_needs_tls = is_set("clear-auth-needs-tls");
  config.tls_unavailable = is_set("tls-unavailable");
  if (is_set("expand")) config.expand = true;
  if (is_set("verify-nothing")) config.verify = SmtpServerConfig::Verify::kNothing;
  if (is_set("auth")) {
    config.auth_mechanisms = 0;
    for (const std::string& name : words_of(option(transcript, "auth"))) {
      config.auth_mechanisms |= sasl::bit(sasl::find_mechanism(name)->mechanism);
    }
  }
  read_names(transcript, config);
  return std::make_unique<test::Wrapped<SmtpServer>>(
      SmtpServer(std::make_shared<const SmtpServerConfig>(config)));
}

bool any_step(const std::vector<test::Transcript>& transcripts, const std::string& verb,
              const std::string& begins) {
  for (const test::Transcript& transcript : transcripts) {
    for (const test::Transcript::Step& step : transcript.steps) {
      if (step.verb == verb && starts_with_ignoring_case(step.text, begins)) return true;
    }
  }
  return false;
}

bool any_word(const std::vector<test::Transcript>& transcripts, const std::string& verb,
              const std::string& word) {
  for (const test::Transcript& transcript : transcripts) {
    for (const test::Transcript::Step& step : transcript.steps) {
      if (step.verb != verb) continue;
      for (const std::string& each : words_of(step.text)) {
        if (starts_with_ignoring_case(each, word)) return true;
      }
    }
  }
  return false;
}

}  // namespace

TEST_CASE("SMTP conversations go as written, whole, byte by byte and pipelined") {
  for (const test::Transcript& transcript : test::read_transcripts("smtp")) {
    const std::string problem = test::play_transcript(transcript, make_server);
    CHECK_MESSAGE(problem.empty(), problem);
  }
}

TEST_CASE("every row of the SMTP tables is in a transcript") {
  const std::vector<test::Transcript> transcripts = test::read_transcripts("smtp");
  const std::vector<std::string> said = test::commands_said(transcripts, 0);
  for (const smtp::CommandRow& row : smtp::kCommands) {
    const std::string name = row.name;
    CHECK_MESSAGE(std::find(said.begin(), said.end(), name) != said.end(), name);
  }
  for (const smtp::ReplyRow& row : smtp::kReplies) {
    const bool heard = any_step(transcripts, "S:", std::to_string(row.code));
    CHECK_MESSAGE(heard, row.code);
  }
  for (const smtp::ExtensionRow& row : smtp::kExtensions) {
    const std::string keyword = row.keyword;
    const bool offered = any_step(transcripts, "S:", "250-" + keyword) ||
                         any_step(transcripts, "S:", "250 " + keyword);
    CHECK_MESSAGE(offered, keyword);
  }
  for (const smtp::ParameterRow& row : smtp::kParameters) {
    const std::string keyword = row.keyword;
    CHECK_MESSAGE(any_word(transcripts, "C:", keyword), keyword);
  }
  for (const smtp::StatusRow& row : smtp::kStatuses) {
    const std::string detail = row.detail;
    bool heard = false;
    for (const char* const digit : {"2.", "4.", "5."}) {
      heard = heard || any_word(transcripts, "S:", digit + detail);
    }
    CHECK_MESSAGE(heard, detail);
  }
}

TEST_CASE("every extension is without a trace where it is off") {
  // One transcript a toggle: "off-size.txt" shows that SIZE is neither announced nor understood.
  std::vector<std::string> names;
  for (const test::Transcript& transcript : test::read_transcripts("smtp")) {
    names.push_back(transcript.path);
  }
  for (const smtp::ExtensionRow& row : smtp::kExtensions) {
    const std::string name = "off-" + ascii_lower(row.keyword) + ".txt";
    CHECK_MESSAGE(std::find(names.begin(), names.end(), name) != names.end(), name);
  }
}
