#include "sim/lesson/read_imap.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/mailbox_names.h"
#include "sim/imap/special_use.h"

namespace mailscope {
namespace {

using imap::bit;
using imap::Extension;
using imap::ExtensionSet;

constexpr int64_t kMaxOctets = int64_t{1} << 40;
constexpr int64_t kMaxLiteral = int64_t{1} << 30;
constexpr size_t kMaxTroubles = 100;
constexpr Duration kShortestAutologout = seconds(1800);

constexpr ExtensionSet kAuth = bit(Extension::kAuthPlain) | bit(Extension::kAuthLogin) |
                               bit(Extension::kAuthCramMd5) | bit(Extension::kAuthScramSha256);
/// What a server that lists its extensions offers without naming it.
constexpr ExtensionSet kUnsaid = bit(Extension::kSubscriptions) | bit(Extension::kAuthPlain);

/// The extensions named under the key; "all" and "usual" are sets of them.
ExtensionSet named_extensions(TableReader& reader, std::string_view key) {
  std::vector<std::string> names = {"all", "usual"};
  for (const imap::ExtensionRow& row : imap::kExtensions) names.emplace_back(row.name);
  ExtensionSet set = 0;
  for (const Word& word : reader.words(key)) {
    if (word.text == "all") {
      set |= imap::all_extensions();
    } else if (word.text == "usual") {
      set |= imap::usual_extensions();
    } else if (const imap::ExtensionRow* row = imap::find_extension(word.text)) {
      set |= bit(row->extension);
    } else {
      reader.error(word.at, fmt::format("unknown IMAP extension \"{}\"", word.text.substr(0, 60)),
                   one_of(names) + suggestion(ascii_upper(word.text), names));
    }
  }
  return set;
}

ExtensionSet named_mechanisms(TableReader& reader) {
  std::vector<std::string> names;
  for (const sasl::MechanismRow& row : sasl::kMechanisms) names.emplace_back(row.name);
  ExtensionSet set = 0;
  for (const Word& word : reader.words("auth")) {
    const imap::ExtensionRow* row = imap::find_extension("AUTH=" + word.text);
    if (row == nullptr) {
      reader.error(word.at, fmt::format("unknown mechanism \"{}\"", word.text.substr(0, 60)),
                   one_of(names) + suggestion(ascii_upper(word.text), names));
    } else {
      set |= bit(row->extension);
    }
  }
  return set;
}

/// What the server offers, and what it does when real programs are served (ServiceSpec).
struct Offer {
  ExtensionSet set;
  ExtensionSet served;
};

Offer read_extensions(TableReader& reader, ExtensionSet usual) {
  ExtensionSet set = usual;
  if (reader.has("extensions")) {
    set = named_extensions(reader, "extensions");
    const bool some_version = (set & (bit(Extension::kRev1) | bit(Extension::kRev2))) != 0;
    if (!some_version) set |= bit(Extension::kRev1);
    set |= (set & kAuth) != 0 ? kUnsaid & ~kAuth : kUnsaid;
  }
  ExtensionSet served = reader.has("extensions") ? set : imap::all_extensions();
  if (reader.has("auth")) {
    const ExtensionSet mechanisms = named_mechanisms(reader);
    set = (set & ~kAuth) | mechanisms;
    served = (served & ~kAuth) | mechanisms;
  }
  const ExtensionSet without = named_extensions(reader, "without");
  set = imap::without(imap::completed(set), without);
  served = imap::without(imap::completed(served), without);
  if ((set & (bit(Extension::kRev1) | bit(Extension::kRev2))) == 0) {
    reader.error(reader.at("without"), "neither IMAP4rev1 nor IMAP4rev2 is left",
                 "one of them: they are the protocol itself");
  }
  return {set, served};
}

void read_quota(TableReader& reader, ImapServerConfig& config) {
  config.quota_octets = static_cast<uint64_t>(reader.number("quota", 1, kMaxOctets, 0));
  config.quota_messages = static_cast<uint64_t>(
      reader.number("quota_messages", 1, static_cast<int64_t>(config.max_messages), 0));
  for (const char* key : {"quota", "quota_messages"}) {
    if (!reader.has(key) || (config.offered() & bit(Extension::kQuota)) != 0) continue;
    reader.error(reader.at(key), fmt::format("\"{}\" without the extension QUOTA", key),
                 "extensions = [..., \"QUOTA\"]");
  }
}

std::vector<std::string> read_special_use(TableReader& reader) {
  const std::vector<std::string> names(std::begin(imap::kSpecialUses),
                                       std::end(imap::kSpecialUses));
  std::vector<std::string> uses;
  for (const Word& word : reader.words("special_use", 8)) {
    const std::string_view use = imap::find_special_use(word.text);
    if (use.empty()) {
      reader.error(word.at, fmt::format("\"{}\" is no special use", word.text.substr(0, 60)),
                   one_of(names) + " (write the backslash twice)" + suggestion(word.text, names));
    } else {
      uses.emplace_back(use);
    }
  }
  return uses;
}

/// One line of ASCII (RFC 3501 §9, text), of a length that a line can have.
std::string read_alert(TableReader& reader) {
  constexpr size_t kLongest = 400;
  const Word alert = reader.word("alert");
  const bool ascii = std::all_of(alert.text.begin(), alert.text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii || alert.text.size() > kLongest) {
    reader.error(alert.at, fmt::format("\"alert\" is {}", ascii ? "too long" : "not ASCII"),
                 fmt::format("at most {} characters of ASCII (RFC 3501 §9)", kLongest));
  }
  return alert.text;
}

void read_remarks(TableReader& reader, ImapServerConfig& config) {
  const std::vector<std::string> names = {"CLIENTBUG", "PARSE"};
  for (const Word& word : reader.words("remarks", names.size())) {
    if (word.text == names[0]) {
      config.remarks_client_bugs = true;
    } else if (word.text == names[1]) {
      config.remarks_broken_headers = true;
    } else {
      reader.error(word.at, fmt::format("no remark \"{}\"", word.text.substr(0, 60)),
                   one_of(names) + suggestion(word.text, names));
    }
  }
}

imap::Trouble read_trouble(const TomlValue& value, Diagnostics& errors) {
  TableReader reader(value, "trouble", errors);
  std::vector<std::string> commands;
  for (const imap::Command command : imap::kTroubledCommands) {
    commands.emplace_back(imap::kCommands[static_cast<size_t>(command)].name);
  }
  std::vector<std::string> codes;
  for (const imap::TroubleRow& row : imap::kTroubles) codes.emplace_back(row.code);
  imap::Trouble trouble;
  trouble.command = imap::kTroubledCommands[reader.choice("command", commands, Need::kRequired, 0)];
  trouble.row = reader.choice("code", codes, Need::kRequired, 0);
  trouble.account = reader.text("account");
  trouble.mailbox = reader.text("mailbox");
  trouble.from = Instant{} + reader.duration("from", Duration{});
  if (reader.has("until")) trouble.until = Instant{} + reader.duration("until", Duration{});
  reader.finish();
  const imap::TroubleRow& row = imap::kTroubles[trouble.row];
  const bool login = trouble.command == imap::Command::kLogin;
  if (login ? !row.of_account : !row.of_mailbox) {
    reader.error(
        reader.at("code"),
        fmt::format("{} is nothing that {} meets", row.code,
                    login ? "LOGIN" : "the use of a mailbox"),
        login ? "command = \"SELECT\" or another that uses a mailbox" : "command = \"LOGIN\"");
  }
  if (login && reader.has("mailbox")) {
    reader.error(reader.at("mailbox"), "\"mailbox\" with LOGIN, which is about none",
                 "\"account\"");
  }
  if (trouble.until <= trouble.from) {
    reader.error(reader.at("until"), "\"until\" is not after \"from\"", "a later time");
  }
  return trouble;
}

}  // namespace

void read_imap_service(TableReader& reader, ServiceSpec& service) {
  ImapServerConfig config;
  const Offer offer = read_extensions(reader, config.extensions);
  config.extensions = offer.set;
  service.imap_served = offer.served;
  config.plain_needs_tls = reader.flag("plain_needs_tls", config.plain_needs_tls);
  config.max_literal = static_cast<size_t>(
      reader.number("append_limit", 1, kMaxLiteral, static_cast<int64_t>(config.max_literal)));
  read_quota(reader, config);
  config.autologout = reader.duration("autologout", config.autologout);
  if (config.autologout < kShortestAutologout) {
    reader.error(reader.at("autologout"), "\"autologout\" is under 30 minutes",
                 "at least \"30m\" (RFC 3501 §5.4)");
  }
  config.alert = read_alert(reader);
  read_remarks(reader, config);
  for (const TomlValue* value : reader.tables("trouble", kMaxTroubles)) {
    config.trouble.push_back(read_trouble(*value, reader.diagnostics()));
  }
  service.imap = std::make_shared<const ImapServerConfig>(std::move(config));
}

void read_mailbox(LessonDraft& draft, const TomlValue& value) {
  TableReader reader(value, "[[mailbox]]", draft.errors);
  MailboxSpec mailbox;
  mailbox.host = draft.host(reader, "host");
  const Word account = reader.word("account", Need::kRequired);
  mailbox.account = account.text;
  const Word name = reader.word("name", Need::kRequired);
  mailbox.name = name.text;
  mailbox.special_use = read_special_use(reader);
  mailbox.subscribed = reader.flag("subscribed", false);
  mailbox.keeps_modseqs = reader.flag("mod_sequences", true);
  mailbox.keeps_uids = reader.flag("sticky_uids", true);
  reader.finish();
  const std::string_view why = why_not_a_new_name(mailbox.name);
  if (!mailbox.name.empty() && !why.empty()) {
    reader.error(name.at, fmt::format("\"name\": {}", why), "a mailbox such as \"Drafts\"");
  }
  for (const MailboxSpec& other : draft.scenario.mailboxes) {
    if (other.host == mailbox.host && other.account == mailbox.account &&
        other.name == mailbox.name) {
      reader.error(name.at, fmt::format("a second [[mailbox]] \"{}\"", name.text.substr(0, 60)),
                   "one for each name");
    }
  }
  if (!draft.check_account(mailbox.host, account)) return;
  if (why.empty()) draft.scenario.mailboxes.push_back(std::move(mailbox));
}

}  // namespace mailscope
