// The IMAP server that a transcript is played against, made as the header of the transcript says.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "sim/imap/server.h"
#include "tests/support/transcript.h"

namespace mailscope::test {

/// The words that a person reads are ASCII (RFC 3501 §9, text; RFC 9051 §9 allows more only after
/// ENABLE IMAP4rev2): true of every status response and continuation request.
inline void check_words(const Outbox& out) {
  for (const OutUnit& unit : out.units) {
    const std::string line(unit.bytes());
    std::istringstream words(line);
    std::string tag;
    std::string name;
    words >> tag >> name;
    const bool status = name == "OK" || name == "NO" || name == "BAD" || name == "BYE";
    if ((unit.flags & LineFlags::kBlock) != 0 || (!status && tag != "+")) continue;
    const bool ascii = std::all_of(line.begin(), line.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    CHECK_MESSAGE(ascii, line);
  }
}

/// Pushes news in IDLE as the world does: when the store has changed and the session wants to know.
class ImapUnderTest : public Wrapped<ImapServer> {
 public:
  using Wrapped<ImapServer>::Wrapped;
  void turn(Context& context, Outbox& out) override {
    Wrapped<ImapServer>::turn(context, out);
    check_words(out);
  }
  void store_changed(const MailStore& store) override {
    if (engine_.wants_news() && engine_.has_news(store)) engine_.notify();
  }
};

/// "SELECT INUSE bob Work 0 90, LOGIN EXPIRED ann": command, code, and as far as they are given
/// account, mailbox, and the seconds at which it begins and ends; "-" is any.
inline std::vector<imap::Trouble> troubles(const std::string& text) {
  std::vector<imap::Trouble> all;
  std::istringstream rows(text);
  for (std::string row; std::getline(rows, row, ',');) {
    std::istringstream words(row);
    std::string command, code, account, mailbox;
    words >> command >> code >> account >> mailbox;
    imap::Trouble trouble;
    trouble.command = imap::find_command(command)->command;
    while (imap::kTroubles[trouble.row].code != code) ++trouble.row;
    if (account != "-") trouble.account = account;
    if (mailbox != "-") trouble.mailbox = mailbox;
    int64_t from = 0, until = 0;
    if (words >> from) trouble.from = trouble.from + seconds(from);
    if (words >> until) trouble.until = Instant{} + seconds(until);
    all.push_back(std::move(trouble));
  }
  return all;
}

/// Header lines change the configuration: "extensions SORT IDLE" offers just these with IMAP4rev1
/// and AUTH=PLAIN (their names as in the table), "extensions all" all; "with SASL-IR" and "without
/// IDLE" change what is usual; "off CONDSTORE" takes away what needs it, too; "max-literal 100" and
/// the like are the limits of that name; "plain-needs-tls" asks for TLS before a password; "alert
/// ..." and "remarks CLIENTBUG PARSE" are the keys of a scenario, "trouble ..." see troubles().
inline std::unique_ptr<EngineUnderTest> make_server(const Transcript& transcript) {
  auto config = std::make_shared<ImapServerConfig>();
  const auto option = [&transcript](const char* name) {
    const auto found = transcript.options.find(name);
    return found == transcript.options.end() ? std::string() : found->second;
  };
  const auto named = [](const std::string& words) {
    imap::ExtensionSet set = 0;
    std::istringstream in(words);
    for (std::string word; in >> word;) {
      const imap::ExtensionRow* row = imap::find_extension(word);
      if (row == nullptr && word != "all") throw std::runtime_error("no extension " + word);
      set |= row == nullptr ? imap::all_extensions() : imap::bit(row->extension);
    }
    return set;
  };
  if (!option("extensions").empty()) {
    config->extensions = named(option("extensions"));
    if ((config->extensions & imap::bit(imap::Extension::kRev2)) == 0) {
      config->extensions |= imap::bit(imap::Extension::kRev1);
    }
    config->extensions |= imap::bit(imap::Extension::kAuthPlain);
  }
  config->extensions |= named(option("with"));
  config->extensions &= ~named(option("without"));
  config->extensions = imap::without(config->extensions, named(option("off")));
  if (!option("max-literal").empty()) config->max_literal = std::stoul(option("max-literal"));
  if (!option("max-line").empty()) config->max_line = std::stoul(option("max-line"));
  if (!option("max-saved").empty()) config->max_saved_result = std::stoul(option("max-saved"));
  if (!option("max-update-work").empty()) {
    config->max_update_work = std::stoul(option("max-update-work"));
  }
  if (!option("max-work").empty()) config->max_work = std::stoul(option("max-work"));
  if (!option("max-contexts").empty()) {
    config->max_search_contexts = static_cast<uint32_t>(std::stoul(option("max-contexts")));
  }
  if (!option("progress-every").empty()) {
    config->progress_every = static_cast<uint32_t>(std::stoul(option("progress-every")));
  }
  config->plain_needs_tls = transcript.options.count("plain-needs-tls") != 0;
  if (!option("max-notify").empty()) config->max_notify_news = std::stoul(option("max-notify"));
  if (!option("max-messages").empty()) config->max_messages = std::stoul(option("max-messages"));
  if (!option("max-annotation").empty()) {
    config->max_annotation = std::stoul(option("max-annotation"));
  }
  if (!option("max-annotations").empty()) {
    config->max_annotations = std::stoul(option("max-annotations"));
  }
  config->alert = option("alert");
  config->remarks_client_bugs = option("remarks").find("CLIENTBUG") != std::string::npos;
  config->remarks_broken_headers = option("remarks").find("PARSE") != std::string::npos;
  config->trouble = troubles(option("trouble"));
  return std::make_unique<ImapUnderTest>(ImapServer(config));
}

}  // namespace mailscope::test
