// The part of a lesson file that describes variants, hosts, links, accounts and names.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/lesson/lesson_draft.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {
namespace {

constexpr const char* kNameForm = "small letters, digits and hyphens, at most 40";
constexpr const char* kDomainForm = "a domain name such as \"mail.example.net\"";

bool is_short_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return c == '-' || ascii_digit(c) || (c >= 'a' && c <= 'z');
         });
}

/// A required name that no earlier one is equal to.
std::string unique_name(TableReader& reader, const std::vector<std::string>& taken) {
  const Word name = reader.word("name", Need::kRequired);
  if (name.text.empty()) return name.text;
  if (!is_short_name(name.text)) {
    reader.error(name.at, fmt::format("\"{}\" is no good name", name.text.substr(0, 60)),
                 kNameForm);
  } else if (std::find(taken.begin(), taken.end(), name.text) != taken.end()) {
    reader.error(name.at, fmt::format("the name \"{}\" is taken", name.text),
                 fmt::format("another name: each {} has its own", reader.what()));
  }
  return name.text;
}

void read_variants(LessonDraft& draft, TableReader& root) {
  for (const TomlValue* value : root.tables("variant", LessonLimits::kVariants)) {
    TableReader reader(*value, "[[variant]]", draft.errors);
    LessonVariant variant;
    variant.name = unique_name(reader, draft.variant_names());
    variant.title = reader.translated("title", Need::kRequired);
    reader.finish();
    draft.lesson.variants.push_back(std::move(variant));
  }
  if (draft.lesson.variants.empty()) {
    draft.lesson.variants.push_back({"default", draft.lesson.title, nullptr});
  }
}

void read_hosts(LessonDraft& draft, TableReader& root) {
  const std::vector<std::string> kinds = {"laptop", "phone", "server", "router", "dns"};
  const std::vector<const TomlValue*> values = root.tables("host", LessonLimits::kHosts);
  for (const TomlValue* value : values) {
    TableReader reader(*value, "[[host]]", draft.errors);
    HostSpec host;
    host.name = unique_name(reader, draft.host_names());
    const Word domain = reader.word("domain", Need::kOptional, host.name);
    host.domain = domain.text;
    const bool taken = std::any_of(
        draft.scenario.hosts.begin(), draft.scenario.hosts.end(),
        [&](const HostSpec& other) { return equals_ignoring_case(other.domain, host.domain); });
    if (!host.domain.empty() && !smtp::is_domain(host.domain)) {
      reader.error(domain.at, "this is no domain name", kDomainForm);
    } else if (taken && reader.has("domain")) {
      reader.error(domain.at, fmt::format("the domain \"{}\" is another host's", host.domain),
                   "a domain of its own for each [[host]]");
    }
    host.kind = static_cast<HostKind>(reader.choice("kind", kinds, Need::kRequired, 2));
    host.think = reader.duration("think", host.think);
    if (host.think > seconds(3600)) {
      reader.error(reader.at("think"), "\"think\" is over an hour", "at most \"1h\"");
    }
    host.strips_starttls = reader.flag("strips_starttls", false);
    HostTitle title{reader.translated("title", Need::kOptional)};
    if (title.title.empty()) {
      for (const std::string& language : lesson_languages()) title.title[language] = host.name;
    }
    reader.finish();
    draft.scenario.hosts.push_back(std::move(host));
    draft.lesson.host_titles.push_back(std::move(title));
  }
  if (values.empty()) root.error({}, "no [[host]]", "at least one [[host]] with a name and a kind");
}

void read_link(LessonDraft& draft, TableReader& reader) {
  const std::vector<Word> between = reader.words("between");
  LinkSpec link;
  if (between.size() == 2) {
    link.a = draft.host(between[0]);
    link.b = draft.host(between[1]);
  } else {
    reader.error(reader.at("between"), "[[link]] does not name two hosts",
                 "between = [\"host\", \"host\"]");
  }
  link.a_to_b = draft.link(reader, LinkConfig{});
  link.b_to_a = link.a_to_b;
  if (const TomlValue* back = reader.value("back")) {
    TableReader other(*back, "[link.back]", draft.errors);
    link.b_to_a = draft.link(other, link.a_to_b);
    other.finish();
  }
  if (!link.a.valid() || !link.b.valid()) return;
  if (link.a == link.b) {
    reader.error(between[1].at, fmt::format("a link from \"{}\" to itself", between[1].text),
                 "two different hosts");
  }
  for (const LinkSpec& other : draft.scenario.links) {
    if ((other.a == link.a && other.b == link.b) || (other.a == link.b && other.b == link.a)) {
      reader.error(between[0].at,
                   fmt::format("a second link between \"{}\" and \"{}\"", between[0].text,
                               between[1].text),
                   "one [[link]] for two hosts; [link.back] describes its other direction");
    }
  }
  draft.scenario.links.push_back(link);
}

void read_accounts(LessonDraft& draft, TableReader& root) {
  for (const TomlValue* value : root.tables("account", LessonLimits::kMany)) {
    TableReader reader(*value, "[[account]]", draft.errors);
    AccountSpec account;
    account.host = draft.host(reader, "host");
    const Word user = reader.word("user", Need::kRequired);
    account.user = user.text;
    account.password = reader.text("password", Need::kRequired);
    reader.finish();
    if (!account.user.empty() && !smtp::parse_mailbox(account.user + "@example.org")) {
      reader.error(user.at, fmt::format("\"{}\" is no user name", account.user.substr(0, 60)),
                   "what may stand before the @ of a mail address");
    }
    for (const AccountSpec& other : draft.scenario.accounts) {
      if (other.host == account.host && equals_ignoring_case(other.user, account.user)) {
        reader.error(user.at, fmt::format("a second account \"{}\" on this host", account.user),
                     "another user");
      }
    }
    if (account.host.valid()) draft.scenario.accounts.push_back(std::move(account));
  }
}

void read_dns(LessonDraft& draft, TableReader& root) {
  const std::vector<std::string> types = {"A", "MX"};
  for (const TomlValue* value : root.tables("dns", LessonLimits::kMany)) {
    TableReader reader(*value, "[[dns]]", draft.errors);
    DnsRecord record;
    const Word name = reader.word("name", Need::kRequired);
    record.name = name.text;
    if (!record.name.empty() && !smtp::is_domain(record.name)) {
      reader.error(name.at, "this is no domain name", kDomainForm);
    }
    record.type = static_cast<DnsRecord::Type>(reader.choice("type", types, Need::kRequired, 0));
    if (record.type == DnsRecord::Type::kMx) {
      record.preference = static_cast<uint16_t>(reader.number("preference", 0, 65535, 10));
      const Word exchanger = reader.word("value", Need::kRequired);
      const bool null_mx = exchanger.text == ".";  // RFC 7505 §3
      if (null_mx && record.preference != 0) {
        reader.error(exchanger.at, "\".\" with a preference", "preference = 0 beside \".\"");
      } else if (!null_mx && !exchanger.text.empty() && !smtp::is_domain(exchanger.text)) {
        reader.error(exchanger.at, "the value of an MX record is no domain name", kDomainForm);
      }
      record.value = exchanger.text;
    } else {
      // Hosts have no numeric addresses here: an A record names the host.
      const HostId host = draft.host(reader, "value");
      if (host.valid()) record.value = draft.scenario.hosts[host.index()].name;
    }
    reader.finish();
    draft.scenario.dns.push_back(std::move(record));
  }
}

}  // namespace

void read_network(LessonDraft& draft, TableReader& root) {
  read_variants(draft, root);
  read_hosts(draft, root);
  for (const TomlValue* value : root.tables("link", LessonLimits::kLinks)) {
    TableReader reader(*value, "[[link]]", draft.errors);
    read_link(draft, reader);
    reader.finish();
  }
  read_accounts(draft, root);
  draft.services.resize(draft.lesson.variants.size());
  for (const TomlValue* value : root.tables("service", LessonLimits::kMany)) {
    read_service(draft, *value);
  }
  read_dns(draft, root);
}

}  // namespace mailscope
