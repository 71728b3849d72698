// The part of a lesson file that describes the mail that is already there, and the mail programs.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/mailbox_names.h"
#include "sim/lesson/lesson_draft.h"
#include "sim/lesson/read_imap.h"
#include "sim/lesson/read_imap_program.h"
#include "sim/lesson/read_pop3.h"
#include "sim/wire/imap_grammar.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {
namespace {

/// What a mail program is set up for; a variant changes some of it.
struct DeviceFields {
  size_t protocol = 1;   // of kProtocols
  std::string server;
  std::string smtp;
  std::string user;
  std::string password;
  std::string address;
  Pop3ClientConfig pop3;  // all but user and password
  ImapClientConfig imap;  // the same, and all but the way in
  SmtpClientConfig sender;  // the same
  size_t tls = 0;         // a DeviceTls
  int64_t smtp_port = 0;
  bool smtp_login = false;
  bool compress = false;
  Duration poll;
  Duration retry = seconds(30);
};

/// How a mail program uses TLS, with all its servers alike.
enum DeviceTls : size_t { kNever, kOffered, kRequired, kImplicit };
const std::vector<std::string>& tls_names() {
  static const std::vector<std::string> names = {"never", "offered", "required", "implicit"};
  return names;
}

constexpr Protocol kProtocols[] = {Protocol::kPop3, Protocol::kImap, Protocol::kNone};

/// A name that DNS or the hosts of the scenario know; else an error.
std::string server_name(LessonDraft& draft, TableReader& reader, std::string_view key,
                        const std::string& otherwise) {
  if (!reader.has(key)) return reader.text(key, Need::kOptional, otherwise);
  const Word name = reader.word(key);
  std::vector<std::string> known;
  for (const HostSpec& host : draft.scenario.hosts) known.push_back(host.domain);
  for (const DnsRecord& record : draft.scenario.dns) {
    if (record.type == DnsRecord::Type::kA) known.push_back(record.name);
  }
  if (!name.text.empty() && std::find(known.begin(), known.end(), name.text) == known.end()) {
    reader.error(name.at, fmt::format("no host has the domain \"{}\"", name.text.substr(0, 60)),
                 "the domain of a [[host]] or the name of an A record" +
                     suggestion(name.text, known));
  }
  return name.text;
}

/// A time of at least a second, or 0 for never.
Duration pause_of(TableReader& reader, std::string_view key, Duration otherwise) {
  const Duration pause = reader.duration(key, otherwise);
  if (pause.ns != 0 && pause < seconds(1)) {
    reader.error(reader.at(key), fmt::format("\"{}\" is under a second", key),
                 "at least \"1s\", or \"0s\" for never");
  }
  return pause;
}

DeviceFields read_fields(LessonDraft& draft, TableReader& reader, DeviceFields fields) {
  fields.protocol = reader.choice("protocol", {"pop3", "imap", "none"}, Need::kOptional,
                                  fields.protocol);
  fields.server = server_name(draft, reader, "server", fields.server);
  fields.smtp = server_name(draft, reader, "smtp", fields.smtp);
  fields.user = reader.text("user", Need::kOptional, fields.user);
  fields.password = reader.text("password", Need::kOptional, fields.password);
  const Word address = reader.word("address", Need::kOptional, fields.address);
  if (reader.has("address") && !smtp::parse_mailbox(address.text)) {
    reader.error(address.at, fmt::format("\"{}\" is no mail address", address.text.substr(0, 60)),
                 "an address such as \"bob@example.net\"");
  }
  fields.address = address.text;
  fields.pop3 = read_pop3_program(reader, std::move(fields.pop3));
  fields.tls = reader.choice("tls", tls_names(), Need::kOptional, fields.tls);
  fields.smtp_login = reader.flag("smtp_login", fields.smtp_login);
  fields.smtp_port = reader.number("smtp_port", 1, 65535, fields.smtp_port);
  fields.sender.pipelining = reader.flag("pipeline", fields.sender.pipelining);
  fields.imap = read_imap_program(reader, std::move(fields.imap));
  fields.compress = reader.flag("compress", fields.compress);
  fields.poll = pause_of(reader, "poll", fields.poll);
  fields.retry = pause_of(reader, "retry", fields.retry);
  const bool imap = kProtocols[fields.protocol] == Protocol::kImap;
  if (imap && reader.has("login") && fields.pop3.login == Pop3Login::kApop) {
    reader.error(reader.at("login"), "\"apop\" is a login of POP3", "login = \"user\" or \"auth\"");
  }
  if (!imap && reader.has("compress")) {
    reader.error(reader.at("compress"), "\"compress\" with another protocol",
                 "protocol = \"imap\"");
  }
  return fields;
}

/// Handing in mail: without any of these keys the program is as plain as RFC 5321 alone.
void set_sender(const DeviceFields& fields, DeviceSpec& device) {
  SmtpClientConfig sender = fields.sender;
  if (fields.smtp_login) {
    sender.user = fields.user;
    sender.password = fields.password;
  }
  sender.tls = fields.tls == kRequired   ? SmtpClientConfig::Tls::kRequired
               : fields.tls == kOffered ? SmtpClientConfig::Tls::kIfOffered
                                        : SmtpClientConfig::Tls::kNever;
  // Whoever does not insist on TLS shows the password without it, as programs did for decades.
  sender.clear_password = fields.tls != kRequired;
  device.smtp_implicit_tls = fields.tls == kImplicit;
  device.smtp_port = static_cast<uint16_t>(fields.smtp_port);
  if (device.smtp_port == 0 && device.smtp_implicit_tls) {
    device.smtp_port = implicit_tls_port(Protocol::kSmtp);
  }
  device.smtp = std::make_shared<const SmtpClientConfig>(std::move(sender));
}

/// IMAP's way in. The keys are those of POP3, which has the same three questions to answer.
ImapEntryConfig imap_entry(const DeviceFields& fields) {
  ImapEntryConfig entry;
  entry.tls = fields.tls == kRequired   ? ImapTls::kRequired
              : fields.tls == kOffered ? ImapTls::kIfOffered
                                       : ImapTls::kNever;
  entry.login = fields.pop3.login == Pop3Login::kAuth ? ImapLogin::kAuthenticate
                                                      : ImapLogin::kLogin;
  entry.mechanism = fields.pop3.mechanism;
  entry.compress = fields.compress;
  return entry;
}

DeviceSpec device_from(HostId host, const DeviceFields& fields) {
  DeviceSpec device;
  device.host = host;
  device.protocol = kProtocols[fields.protocol];
  device.server = fields.server;
  device.smtp_server = fields.smtp;
  device.address = fields.address;
  Pop3ClientConfig pop3 = fields.pop3;
  pop3.user = fields.user;
  pop3.password = fields.password;
  pop3.tls = fields.tls == kRequired   ? Pop3Tls::kRequired
             : fields.tls == kOffered ? Pop3Tls::kIfOffered
                                      : Pop3Tls::kNever;
  device.pop3 = std::make_shared<const Pop3ClientConfig>(std::move(pop3));
  set_sender(fields, device);
  device.implicit_tls = fields.tls == kImplicit;
  if (device.implicit_tls) device.port = implicit_tls_port(device.protocol);
  ImapClientConfig imap = fields.imap;
  imap.user = fields.user;
  imap.password = fields.password;
  imap.entry = imap_entry(fields);
  device.imap = std::make_shared<const ImapClientConfig>(std::move(imap));
  device.poll = fields.poll;
  device.retry = fields.retry;
  return device;
}

/// What is missing for the program to work at all; empty when nothing is.
std::string missing_field(const DeviceFields& fields) {
  if (kProtocols[fields.protocol] != Protocol::kNone) {
    if (fields.server.empty()) return "server";
    if (fields.user.empty()) return "user";
    if (fields.password.empty()) return "password";
  } else if (fields.smtp.empty()) {
    return "smtp";
  }
  if (!fields.smtp.empty() && fields.address.empty()) return "address";
  return {};
}

void read_device(LessonDraft& draft, const TomlValue& value) {
  TableReader reader(value, "[[device]]", draft.errors);
  const HostId host = draft.host(reader, "host");
  const DeviceFields base = read_fields(draft, reader, {});
  const std::vector<const TomlEntry*> overrides = draft.overrides(reader, "device");
  reader.finish();
  for (const DeviceSpec& other : draft.devices[0]) {
    if (other.host == host && host.valid()) {
      reader.error(reader.at("host"), "a second [[device]] on this host", "one for each host");
    }
  }
  std::vector<DeviceFields> fields(draft.lesson.variants.size(), base);
  for (const TomlEntry* entry : overrides) {
    TableReader other(entry->value, fmt::format("[device.variant.{}]", entry->key.substr(0, 60)),
                      draft.errors);
    const DeviceFields changed = read_fields(draft, other, base);
    other.finish();
    for (size_t v = 0; v < fields.size(); ++v) {
      if (draft.lesson.variants[v].name == entry->key) fields[v] = changed;
    }
  }
  for (size_t v = 0; v < fields.size(); ++v) {
    const std::string missing = missing_field(fields[v]);
    if (!missing.empty()) {
      reader.error(reader.at(), fmt::format("[[device]] has no \"{}\"", missing),
                   fmt::format("{} = \"...\"", missing));
      return;
    }
    draft.devices[v].push_back(device_from(host, fields[v]));
  }
}

FlagNames read_flags(TableReader& reader) {
  FlagNames flags;
  for (const Word& word : reader.words("flags", 32)) {
    const FlagBits system = system_flag(word.text);
    const bool atom = !word.text.empty() && word.text.size() <= 60 &&
                      std::all_of(word.text.begin(), word.text.end(), imap::is_atom_char);
    if (system != 0) {
      flags.system |= system;
    } else if (atom) {
      flags.keywords.push_back(word.text);
    } else {
      const std::vector<std::string> names = {"\\Seen", "\\Answered", "\\Flagged", "\\Deleted",
                                              "\\Draft"};
      reader.error(word.at, fmt::format("\"{}\" is no flag", word.text.substr(0, 60)),
                   one_of(names) + " (write the backslash twice), or a keyword" +
                       suggestion(word.text, names));
    }
  }
  return flags;
}

void read_mail(LessonDraft& draft, const TomlValue& value) {
  TableReader reader(value, "[[mail]]", draft.errors);
  StoredMail mail;
  mail.host = draft.host(reader, "host");
  const Word account = reader.word("account", Need::kRequired);
  mail.account = account.text;
  const Word mailbox = reader.word("mailbox", Need::kOptional, "INBOX");
  mail.mailbox = mailbox.text;
  const std::string_view why = why_not_a_new_name(mail.mailbox);
  if (canonical_mailbox_name(mail.mailbox) != "INBOX" && !why.empty()) {
    reader.error(mailbox.at, fmt::format("\"mailbox\": {}", why), "a mailbox such as \"INBOX\"");
  }
  mail.message = draft.message(reader);
  mail.flags = read_flags(reader);
  reader.finish();
  const bool found = draft.check_account(mail.host, account);
  // It came when it says it was written, if that was before the lesson.
  if (mail.message != nullptr && mail.message->date() &&
      mail.message->date()->unix_seconds < draft.scenario.epoch) {
    mail.internal_date = mail.message->date()->unix_seconds;
  }
  if (found && mail.message != nullptr) {
    draft.scenario.mail.push_back(std::move(mail));
  }
}

}  // namespace

void read_mailboxes(LessonDraft& draft, TableReader& root) {
  for (const TomlValue* value : root.tables("mailbox", LessonLimits::kMany)) {
    read_mailbox(draft, *value);
  }
  for (const TomlValue* value : root.tables("mail", LessonLimits::kMail)) read_mail(draft, *value);
  draft.devices.resize(draft.lesson.variants.size());
  for (const TomlValue* value : root.tables("device", LessonLimits::kHosts)) {
    read_device(draft, *value);
  }
}

}  // namespace mailscope
