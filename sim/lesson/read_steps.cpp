// The part of a lesson file that says what happens: steps, and what persons and faults do in them.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/base/ascii.h"
#include "sim/imap/mailbox_names.h"
#include "sim/lesson/lesson_draft.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {
namespace {

/// What an action needs beside its host.
struct ActionForm {
  InputKind kind;
  bool message = false;  // picks a message by words of its subject
  bool mailbox = false;
  bool mail = false;  // to, and file or text
  bool peer = false;
  bool records = false;   // name and records: of the DNS
  bool draft = false;     // file or text, and perhaps the draft whose place it takes
  bool account = false;   // whose mailbox it is
};

constexpr ActionForm kActions[] = {
    {InputKind::kCheckMail},
    {InputKind::kRead, true},
    {InputKind::kUnread, true},
    {InputKind::kFlag, true},
    {InputKind::kDelete, true},
    {InputKind::kMove, true, true},
    {InputKind::kSend, false, false, true},
    {InputKind::kDisconnect},
    {InputKind::kCopy, true, true},
    {InputKind::kSaveDraft, false, false, false, false, false, true},
    {InputKind::kGoOffline},
    {InputKind::kGoOnline},
    {InputKind::kRenewUids, false, true, false, false, false, false, true},
    {InputKind::kCutConnection, false, false, false, true},
    {InputKind::kStopHost},
    {InputKind::kStartHost},
    {InputKind::kSetLink, false, false, false, true},
    {InputKind::kLinkDown, false, false, false, true},
    {InputKind::kLinkUp, false, false, false, true},
    {InputKind::kSetDns, false, false, false, false, true},
};

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  for (const ActionForm& form : kActions) names.push_back(input_kind_name(form.kind));
  return names;
}

void read_peer(LessonDraft& draft, TableReader& reader, Input& input) {
  const bool cut = input.kind == InputKind::kCutConnection;
  input.peer = draft.host(reader, "peer", cut ? Need::kOptional : Need::kRequired);
  if (cut || !input.host.valid() || !input.peer.valid()) return;
  const LinkId link = draft.scenario.find_link(input.host, input.peer);
  if (!link.valid()) {
    reader.error(reader.at("peer"), "there is no link between these hosts",
                 "two hosts that a [[link]] joins");
  } else if (input.kind == InputKind::kSetLink) {
    input.link = draft.link(reader, draft.scenario.links[link.index()].a_to_b);
  }
}

void read_recipients(TableReader& reader, Input& input) {
  const std::vector<Word> to = reader.words("to", 100);
  if (to.empty()) {
    reader.error(reader.at("to"), "\"send\" has no recipient", "to = [\"bob@example.net\"]");
  }
  for (const Word& address : to) {
    if (!smtp::parse_mailbox(address.text)) {
      reader.error(address.at, fmt::format("\"{}\" is no mail address", address.text.substr(0, 60)),
                   "an address such as \"bob@example.net\"");
    }
    input.recipients.push_back(address.text);
  }
}

/// "MX 10 mx.example.net" or "A mail-net", as the trace shows them; nullopt when it is neither.
std::optional<DnsRecord> parse_record(const LessonDraft& draft, const std::string& name,
                                      std::string_view text) {
  const auto next = [&text] {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    return word;
  };
  DnsRecord record;
  record.name = name;
  const std::string_view type = next();
  if (type == "MX") {
    const std::optional<uint64_t> preference = parse_number(next(), UINT16_MAX);
    if (!preference) return std::nullopt;
    record.type = DnsRecord::Type::kMx;
    record.preference = static_cast<uint16_t>(*preference);
  }
  record.value = std::string(next());
  const bool null_mx = record.value == "." && record.preference == 0;
  const bool good = type == "MX" ? null_mx || smtp::is_domain(record.value)
                                 : type == "A" && draft.scenario.find_host(record.value).valid();
  if (!good || !text.empty()) return std::nullopt;
  return record;
}

void read_records(LessonDraft& draft, TableReader& reader, Input& input) {
  if (input.host.valid() && draft.scenario.hosts[input.host.index()].kind != HostKind::kDns) {
    reader.error(reader.at("host"), "this host is no DNS", "a [[host]] of kind \"dns\"");
  }
  const Word name = reader.word("name", Need::kRequired);
  if (!name.text.empty() && !smtp::is_domain(name.text)) {
    reader.error(name.at, "this is no domain name", "a domain name such as \"example.net\"");
  }
  input.text = name.text;
  for (const Word& word : reader.words("records", 100)) {
    const std::optional<DnsRecord> record = parse_record(draft, name.text, word.text);
    if (!record) {
      reader.error(word.at, fmt::format("\"{}\" is no record", word.text.substr(0, 60)),
                   "\"MX 10 mail.example.net\", or \"A\" and the name of a [[host]]");
      continue;
    }
    input.records.push_back(*record);
  }
}

void read_account(LessonDraft& draft, TableReader& reader, Input& input) {
  const Word account = reader.word("account", Need::kRequired);
  draft.check_account(input.host, account);
  input.text = account.text;
}

/// Persons act at hosts that have a mail program.
void check_device(LessonDraft& draft, TableReader& reader, const Input& input) {
  if (!input.host.valid() || !is_action(input.kind)) return;
  for (const DeviceSpec& device : draft.devices[0]) {
    if (device.host != input.host) continue;
    if (input.kind == InputKind::kSend && device.smtp_server.empty()) {
      reader.error(reader.at("host"), "the mail program here has no SMTP server",
                   "a [[device]] with smtp = \"...\"");
    }
    if (input.kind == InputKind::kSaveDraft && device.protocol != Protocol::kImap) {
      reader.error(reader.at("host"), "the mail program here keeps no drafts on a server",
                   "a [[device]] with protocol = \"imap\"");
    }
    return;
  }
  reader.error(reader.at("host"), "there is no mail program on this host",
               "a host with a [[device]]");
}

void read_action(LessonDraft& draft, LessonStep& step, const TomlValue& value) {
  TableReader reader(value, "an action", draft.errors);
  const size_t which = reader.choice("action", action_names(), Need::kRequired, 0);
  const ActionForm& form = kActions[which];
  Input input;
  input.kind = form.kind;
  input.host = draft.host(reader, "host");
  input.at = step.at + reader.duration("after", Duration{});
  if (form.message) {
    const Word words = reader.word("message", Need::kRequired);
    draft.named_subjects.push_back(words);
    input.text = words.text;
  }
  if (form.mailbox) {
    const Word name = reader.word("mailbox", Need::kRequired);
    const std::string_view why = why_not_a_new_name(name.text);
    const bool inbox = canonical_mailbox_name(name.text) == "INBOX";
    if (!name.text.empty() && !inbox && !why.empty()) {
      reader.error(name.at, fmt::format("\"mailbox\": {}", why), "a mailbox such as \"Paid\"");
    }
    input.mailbox = name.text;
  }
  if (form.mail) {
    read_recipients(reader, input);
    input.message = draft.message(reader);
  }
  if (form.account) read_account(draft, reader, input);
  if (form.draft) {
    input.message = draft.message(reader);
    if (reader.has("replaces")) {
      const Word words = reader.word("replaces");
      draft.named_subjects.push_back(words);
      input.text = words.text;
    }
  }
  if (form.peer) read_peer(draft, reader, input);
  if (form.records) read_records(draft, reader, input);
  std::vector<std::string> variants = draft.variants(reader);
  check_device(draft, reader, input);
  if (input.at - Instant{} >= LessonLimits::kEnd) {
    reader.error(reader.at("after"), "this is more than a day after the start", "an earlier time");
    return;
  }
  // Other keys make no sense for a kind of action that was not understood.
  if (reader.has("action")) reader.finish();
  if (!input.host.valid() || ((form.mail || form.draft) && input.message == nullptr)) return;
  step.inputs.push_back(std::move(input));
  step.input_variants.push_back(std::move(variants));
  draft.action_places.back().push_back(reader.at());
}

void read_focus(LessonDraft& draft, TableReader& reader, LessonStep& step) {
  const std::vector<std::string> views = {"stage",  "ladder",   "mailboxes", "line",    "wire",
                                          "states", "timeline", "question",  "compare", "costs"};
  std::vector<std::string> targets = views;
  for (const std::string& host : draft.host_names()) {
    targets.push_back("mailbox:" + host);
    targets.push_back("host:" + host);
  }
  for (const Word& word : reader.words("focus", 20)) {
    if (std::find(targets.begin(), targets.end(), word.text) == targets.end()) {
      reader.error(word.at, fmt::format("unknown place \"{}\"", word.text.substr(0, 60)),
                   one_of(views) + ", or \"mailbox:HOST\" or \"host:HOST\"" +
                       suggestion(word.text, targets));
    }
    step.focus.push_back(word.text);
  }
}

/// when = { said = "250", from = "server" }
void read_cue(LessonDraft& draft, TableReader& reader, LessonStep& step) {
  if (reader.has("at") || reader.has("do")) {
    reader.error(reader.at("when"), "\"when\" beside \"at\" or \"do\"",
                 "one of them: a step that waits for a line has no time and no actions of its own");
  }
  const TomlValue* value = reader.value("when");
  TableReader cue(*value, "when", draft.errors);
  StepCue made;
  made.said = cue.text("said", Need::kRequired);
  const HostId host = draft.host(cue, "from");
  cue.finish();
  if (host.valid()) made.from = draft.scenario.hosts[host.index()].name;
  step.cue = std::move(made);
}

void read_step(LessonDraft& draft, TableReader& reader) {
  LessonStep step;
  draft.action_places.emplace_back();
  const Word id = reader.word("id", Need::kRequired);
  step.id = id.text;
  const std::vector<std::string> taken = draft.step_names();
  if (std::find(taken.begin(), taken.end(), step.id) != taken.end()) {
    reader.error(id.at, fmt::format("a second step \"{}\"", step.id), "another id");
  } else if (step.id.find_first_of("{}# ") != std::string::npos || step.id.size() > 60) {
    reader.error(id.at, "this is no good id", "a short word such as \"collect\"");
  }
  if (reader.has("when")) {
    read_cue(draft, reader, step);
  } else if (!reader.has("at")) {
    reader.error(reader.at(), "[[step]] has no \"at\"", "at = \"1s\": when its actions begin");
  }
  step.at = Instant{} + reader.duration("at", Duration{});
  if (step.cue) {
    if (!draft.lesson.steps.empty()) step.at = draft.lesson.steps.back().at;
  } else if (!draft.lesson.steps.empty() && reader.has("at") &&
             step.at <= draft.lesson.steps.back().at) {
    reader.error(reader.at("at"), "this step does not come after the one before it",
                 "times that ascend from step to step");
  }
  read_focus(draft, reader, step);
  const TomlValue* actions = reader.value("do");
  if (actions != nullptr && actions->kind != TomlValue::Kind::kArray) {
    reader.error(actions->at, fmt::format("\"do\" is {}", toml_kind_name(actions->kind)),
                 "an array of actions: do = [ { action = \"check-mail\", host = \"laptop\" } ]");
  } else if (actions != nullptr && actions->items.size() > LessonLimits::kActions) {
    reader.error(actions->at, fmt::format("{} actions in one step", actions->items.size()),
                 fmt::format("at most {}", LessonLimits::kActions));
  } else if (actions != nullptr) {
    for (const TomlValue& action : actions->items) read_action(draft, step, action);
  }
  draft.step_places.push_back(reader.has("id") ? id.at : reader.at());
  draft.lesson.steps.push_back(std::move(step));
}

/// Each action belongs to its own step: before the next one, and before the end.
void check_times(LessonDraft& draft) {
  const std::vector<LessonStep>& steps = draft.lesson.steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    size_t next = i + 1;
    while (next < steps.size() && steps[next].cue) ++next;  // these come when they come
    const bool last = next == steps.size();
    const Instant limit = last ? draft.lesson.end : steps[next].at;
    if (!last && limit <= steps[i].at) continue;  // steps out of order: reported already
    const char* what = last ? "the lesson's end" : "the next step";
    if (last && steps[i].at >= limit) {
      draft.errors.error(draft.step_places[i], "this step begins at or after the lesson's end",
                         "a later end, or an earlier step");
      continue;
    }
    for (size_t a = 0; a < steps[i].inputs.size(); ++a) {
      if (steps[i].inputs[a].at < limit) continue;
      draft.errors.error(draft.action_places[i][a],
                         fmt::format("an action of step \"{}\" comes after {}", steps[i].id, what),
                         "a shorter \"after\"");
    }
  }
}

}  // namespace

void read_steps(LessonDraft& draft, TableReader& root) {
  const std::vector<const TomlValue*> values = root.tables("step", LessonLimits::kSteps);
  for (const TomlValue* value : values) {
    TableReader reader(*value, "[[step]]", draft.errors);
    read_step(draft, reader);
    reader.finish();
  }
  if (values.empty()) root.error({}, "no [[step]]", "at least one [[step]]");
  check_times(draft);
}

}  // namespace mailscope
