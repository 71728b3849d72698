// The keys of a [[service]] with protocol = "smtp": its domains, extensions, names and limits.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/lesson/lesson_draft.h"
#include "sim/smtp/server_config.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {
namespace {

using smtp::Extension;

constexpr int64_t kMaxOctets = int64_t{1} << 40;

void read_domains(LessonDraft& draft, TableReader& reader, SmtpServerConfig& config) {
  for (const Word& domain : reader.words("domains")) {
    if (!smtp::is_domain(domain.text)) {
      reader.error(domain.at, "this is no domain name",
                   "a domain name such as \"mail.example.net\"");
    }
    config.local_domains.push_back(domain.text);
  }
  for (const Word& client : reader.words("relay_for")) {
    std::vector<std::string> domains;
    for (const HostSpec& host : draft.scenario.hosts) domains.push_back(host.domain);
    if (std::find(domains.begin(), domains.end(), client.text) == domains.end()) {
      reader.error(client.at, fmt::format("no host has the domain \"{}\"", client.text),
                   "the domain of a [[host]]" + suggestion(client.text, domains));
    }
    config.relay_for.push_back(client.text);
  }
}

void read_extensions(TableReader& reader, SmtpServerConfig& config) {
  if (!reader.has("extensions")) return;
  std::vector<std::string> names;
  for (const smtp::ExtensionRow& row : smtp::kExtensions) names.push_back(row.keyword);
  const std::vector<Word> words = reader.words("extensions");
  config.extensions = 0;
  for (const Word& word : words) {
    const auto found = std::find(names.begin(), names.end(), ascii_upper(word.text));
    if (found == names.end()) {
      reader.error(word.at, fmt::format("unknown extension \"{}\"", word.text),
                   one_of(names) + suggestion(ascii_upper(word.text), names));
      continue;
    }
    config.extensions |= 1u << static_cast<uint32_t>(found - names.begin());
  }
  for (const smtp::ExtensionRow& row : smtp::kExtensions) {
    const bool listed = (config.extensions & smtp::bit(row.extension)) != 0;
    if (!listed || config.has(row.extension)) continue;
    for (const smtp::ExtensionRow& other : smtp::kExtensions) {
      if ((row.needs & smtp::bit(other.extension)) == 0) continue;
      reader.error(reader.at("extensions"),
                   fmt::format("{} means nothing without {}", row.keyword, other.keyword),
                   fmt::format("\"{}\" in the list, too", other.keyword));
    }
  }
}

void read_auth(TableReader& reader, SmtpServerConfig& config) {
  config.submission = reader.flag("submission", false);
  // RFC 6409 §4.3: a submission server asks for authentication, so it offers it.
  if (config.submission || reader.has("auth")) config.extensions |= smtp::bit(Extension::kAuth);
  if (!reader.has("auth")) return;
  std::vector<std::string> names;
  for (const sasl::MechanismRow& row : sasl::kMechanisms) names.push_back(row.name);
  config.auth_mechanisms = 0;
  for (const Word& word : reader.words("auth")) {
    const sasl::MechanismRow* row = sasl::find_mechanism(word.text);
    if (row == nullptr) {
      reader.error(word.at, fmt::format("unknown mechanism \"{}\"", word.text),
                   one_of(names) + suggestion(ascii_upper(word.text), names));
      continue;
    }
    config.auth_mechanisms |= sasl::bit(row->mechanism);
  }
}

/// The table under `key`; null when it is absent or no table, which is reported.
const TomlValue* names_table(TableReader& reader, std::string_view key) {
  const TomlValue* value = reader.value(key);
  if (value == nullptr || value->kind == TomlValue::Kind::kTable) return value;
  reader.error(
      value->at, fmt::format("\"{}\" is {}", key, toml_kind_name(value->kind)),
      fmt::format("a table such as {} = {{ \"team\" = [\"bob\", \"ann@example.org\"] }}", key));
  return nullptr;
}

void read_names(LessonDraft& draft, TableReader& reader, std::string_view key,
                SmtpServerConfig::Names& names) {
  const TomlValue* table = names_table(reader, key);
  if (table == nullptr) return;
  TableReader entries(*table, std::string(key), draft.errors);
  for (const TomlEntry& entry : table->entries) {
    if (!smtp::parse_mailbox(entry.key + "@example.org")) {
      reader.error(entry.at, fmt::format("\"{}\" is no name", entry.key.substr(0, 60)),
                   "what may stand before the @ of a mail address");
    }
    std::vector<std::string>& targets = names[ascii_lower(entry.key)];
    for (const Word& word : entries.words(entry.key)) targets.push_back(word.text);
  }
  entries.finish();
}

void read_moved(LessonDraft& draft, TableReader& reader, SmtpServerConfig& config) {
  const TomlValue* table = names_table(reader, "moved");
  if (table == nullptr) return;
  TableReader entries(*table, "moved", draft.errors);
  for (const TomlEntry& entry : table->entries) {
    const Word address = entries.word(entry.key);
    if (!smtp::parse_mailbox(address.text)) {
      reader.error(address.at, fmt::format("\"{}\" is no mail address", address.text.substr(0, 60)),
                   "an address such as \"bob@example.org\"");
    }
    config.moved[ascii_lower(entry.key)] = address.text;
  }
  entries.finish();
}

/// Every member is an account here, another name here, or a whole address.
void check_members(LessonDraft& draft, TableReader& reader, HostId host, std::string_view key,
                   const SmtpServerConfig::Names& names, const SmtpServerConfig& config) {
  std::vector<std::string> known;
  for (const AccountSpec& account : draft.scenario.accounts) {
    if (account.host == host) known.push_back(ascii_lower(account.user));
  }
  for (const auto& [name, targets] : config.aliases) known.push_back(name);
  for (const auto& [name, targets] : config.lists) known.push_back(name);
  for (const auto& [name, targets] : names) {
    for (const std::string& target : targets) {
      const bool here = std::find(known.begin(), known.end(), ascii_lower(target)) != known.end();
      if (here || (target.find('@') != std::string::npos && smtp::parse_mailbox(target))) continue;
      reader.error(reader.at(key), fmt::format("\"{}\" in \"{}\" is nobody here", target, name),
                   "an account of this host, or an address with @" + suggestion(target, known));
    }
  }
}

}  // namespace

std::shared_ptr<const SmtpServerConfig> read_smtp_service(LessonDraft& draft, TableReader& reader,
                                                          HostId host) {
  SmtpServerConfig config;
  read_domains(draft, reader, config);
  read_extensions(reader, config);
  read_auth(reader, config);
  read_names(draft, reader, "aliases", config.aliases);
  read_names(draft, reader, "lists", config.lists);
  read_moved(draft, reader, config);
  check_members(draft, reader, host, "aliases", config.aliases, config);
  check_members(draft, reader, host, "lists", config.lists, config);
  config.expand = reader.flag("expn", false);
  config.quota = static_cast<uint64_t>(reader.number("quota", 1, kMaxOctets, 0));
  config.quota_temporary = reader.flag("quota_temporary", false);
  config.greylist = reader.duration("greylist", Duration{});
  config.max_message = static_cast<size_t>(
      reader.number("max_size", 1, kMaxOctets, static_cast<int64_t>(config.max_message)));
  return std::make_shared<const SmtpServerConfig>(std::move(config));
}

}  // namespace mailscope
