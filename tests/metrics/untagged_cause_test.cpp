// A laptop and a phone in one mailbox: each thing that the server says without a tag was asked for,
// or has a cause that the trace can name: the change itself, not one of another's mail, nor another
// that was there as well.
#include "sim/metrics/untagged_cause.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "sim/imap/protocol.h"
#include "tests/world/small_world.h"

using namespace mailscope;
using test::SmallWorld;

namespace {

const char* word_of(UntaggedCause::Reason reason) {
  switch (reason) {
    case UntaggedCause::Reason::kCommand:
      return "asked for";
    case UntaggedCause::Reason::kChange:
      return "news";
    case UntaggedCause::Reason::kGreeting:
      return "greeting";
    case UntaggedCause::Reason::kServer:
      return "of its own accord";
    case UntaggedCause::Reason::kBadLine:
      return "a bad line";
  }
  return "";
}

/// "* 2 EXPUNGE: news, during IDLE: expunged 2"; of the untagged lines that begin like this.
std::vector<std::string> causes(const Trace& trace, std::string_view begins) {
  std::vector<std::string> found;
  for (size_t i = 0; i < trace.size(); ++i) {
    const EventId id = EventId::from_index(i);
    const std::optional<UntaggedCause> cause = untagged_cause(trace, id);
    const std::string_view line = trace.text(trace.at(id));
    if (!cause || line.substr(0, begins.size()) != begins) continue;
    std::string text = fmt::format("{}: {}", line, word_of(cause->reason));
    if (cause->command.valid()) {
      text += fmt::format(", during {}", trace.text(trace.at(cause->command)));
    }
    if (cause->change.valid()) {
      const Event& change = trace.at(cause->change);
      text += fmt::format(", of {} {}", store_change_name(static_cast<StoreChange>(change.code)),
                          change.b);
    }
    found.push_back(text);
  }
  return found;
}

/// Programs outside at the server of two accounts that have the same mailboxes. Everything happens
/// at one instant, so that only turns are told apart.
class TwoAccounts {
 public:
  explicit TwoAccounts(ImapServerConfig config = {}) : history_(scenario(config), {}) {
    ear = session("bob");
    other = session("bob");
    alice = session("alice");
  }

  ConnId connect(uint16_t port) {
    input(InputKind::kLiveConnect, {}, {}, port);
    return ConnId::from_index(history_.head().connection_count() - 1);
  }
  ConnId session(const std::string& user) {
    const ConnId conn = connect(143);
    say(conn, "a LOGIN " + user + " secret");
    return conn;
  }
  void say(ConnId conn, const std::string& line) {
    input(InputKind::kLiveBytes, conn, line + "\r\n");
  }
  /// Both are said before anything comes of the first.
  void say_together(ConnId first, const std::string& line, ConnId second,
                    const std::string& next) {
    add(InputKind::kLiveBytes, first, line + "\r\n");
    say(second, next);
  }
  /// Each by a session of bob's own, before anything comes of the first.
  void all_at_once(const std::vector<std::string>& lines) {
    std::vector<ConnId> sessions;
    for (size_t i = 0; i < lines.size(); ++i) sessions.push_back(session("bob"));
    for (size_t i = 0; i < lines.size(); ++i) {
      add(InputKind::kLiveBytes, sessions[i], lines[i] + "\r\n");
    }
    history_.run_until(history_.head().now());
  }
  void deliver(const std::string& to) {
    const ConnId conn = connect(25);
    say(conn, "EHLO x.example\r\nMAIL FROM:<ann@example.org>\r\nRCPT TO:<" + to +
                  "@example.net>\r\nDATA\r\nSubject: New\r\n\r\nHello\r\n.\r\nQUIT");
  }
  void stop() { input(InputKind::kEndSessions, {}, {}); }
  /// From here on is listened to.
  void mark() { marked_ = history_.trace().size(); }
  /// What the ear was told since, of responses that begin like this: each with its cause.
  [[nodiscard]] std::string told(std::string_view begins) const {
    const Trace& trace = history_.trace();
    std::string found;
    for (EventId id{marked_ + 1}; trace.has(id); ++id.value) {
      const Event& event = trace.at(id);
      if (event.conn != ear || trace.text(event).substr(0, begins.size()) != begins) continue;
      const std::optional<UntaggedCause> cause = untagged_cause(trace, id);
      if (cause) found += (found.empty() ? "" : ", ") + words_of(*cause);
    }
    return found;
  }
  [[nodiscard]] std::string said() const { return test::conversation(history_.trace()); }

  ConnId ear;
  ConnId other;
  ConnId alice;

 private:
  static ScenarioPtr scenario(const ImapServerConfig& config) {
    Scenario scenario = SmallWorld(Protocol::kImap).scenario;
    for (HostSpec& host : scenario.hosts) host.think = {};
    scenario.hosts.push_back({"outside", "localhost", HostKind::kLaptop, {}});
    scenario.accounts.push_back({HostId{3}, "alice", "secret"});
    scenario.services[2].imap = std::make_shared<const ImapServerConfig>(config);
    const std::vector<StoredMail> mail = scenario.mail;
    for (StoredMail one : mail) {
      one.account = "alice";
      scenario.mail.push_back(one);
    }
    for (const char* user : {"bob", "alice"}) {
      scenario.mailboxes.push_back({HostId{3}, user, "Archive", {}, false});
    }
    return std::make_shared<const Scenario>(scenario);
  }
  void input(InputKind kind, ConnId conn, std::string text, uint64_t number = 0) {
    add(kind, conn, std::move(text), number);
    history_.run_until(history_.head().now());
  }
  void add(InputKind kind, ConnId conn, std::string text, uint64_t number = 0) {
    Input input;
    input.at = history_.head().now();
    input.kind = kind;
    input.host = kind == InputKind::kEndSessions ? HostId{3} : HostId{4};
    input.peer = HostId{3};
    input.conn = conn;
    input.text = std::move(text);
    input.number = number;
    history_.add_input(std::move(input));
  }
  /// "news in NOOP: flags bob/INBOX 2"
  [[nodiscard]] std::string words_of(const UntaggedCause& cause) const {
    const Trace& trace = history_.trace();
    std::string text = word_of(cause.reason);
    if (cause.command.valid()) {
      text += " in " + std::string(trace.text(trace.at(cause.command)));
    }
    if (!cause.change.valid()) return text;
    const Event& change = trace.at(cause.change);
    const auto kind = static_cast<StoreChange>(change.code);
    const MailStore& store = history_.head().store(change.host);
    const Mailbox& mailbox = store.mailbox(MailboxId{change.a});
    text += fmt::format(": {} {}/{}", store_change_name(kind), store.account(mailbox.account).name,
                        mailbox.name);
    if (change.b != 0) return text + fmt::format(" {}", change.b);
    if (kind >= StoreChange::kAnnotated) text += fmt::format(" {}", trace.text(change));
    return text;
  }

  History history_;
  uint32_t marked_ = 0;
};

using Lines = std::vector<std::string>;

/// One piece of news. `prepares`: what the ear has said before. Then it happens, and right after it
/// the same kind of thing to another's mail; then the ear says `asks`, if anything.
struct Row {
  const char* about;
  Lines prepares;
  Lines decoys;   // said by alice; "@bob " before a line: by bob's other session; "@mail": SMTP
  Lines happens;  // said by bob's other session; "@alice " before a line: by alice
  const char* asks;
  const char* begins;
  const char* why;
};

const Lines kInbox = {"b SELECT INBOX"};
const Lines kAppend = {"c APPEND INBOX (\\Seen) {6+}\r\nx: y\r\n"};
const Lines kAppendArchive = {"c APPEND Archive {6+}\r\nx: y\r\n"};
const Lines kStar = {"c SELECT INBOX", "c STORE 2 +FLAGS (\\Flagged)"};
const Lines kRemove = {"c SELECT INBOX", "c STORE 2 +FLAGS (\\Deleted)", "c EXPUNGE"};
const Lines kNotify = {
    "b NOTIFY SET (PERSONAL (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange "
    "MailboxMetadataChange ServerMetadataChange))"};
const Lines kNotifyOthers = {
    "b NOTIFY SET (SUBTREE (\"Other Users\") (MessageNew MessageExpunge FlagChange MailboxName))"};
const Lines kNotifyItems = {
    "b SELECT INBOX", "b NOTIFY SET (SELECTED (MessageNew (UID RFC822.SIZE) MessageExpunge))"};
const Lines kSearch = {"b SELECT INBOX", "up UID SEARCH RETURN (UPDATE) FLAGGED"};
const Lines kQresync = {"b ENABLE QRESYNC", "b SELECT INBOX"};
const Lines kShared = {"@alice s SETACL INBOX bob lrswit", "b SELECT \"Other Users/alice/INBOX\""};

const std::vector<Row> kRows = {
    // Nothing but RFC 3501.
    {"mail comes", kInbox, {"@mail"}, {"@mail bob"}, "d NOOP", "* 4 EXISTS",
     "news in NOOP: added bob/INBOX 4"},
    {"and is recent", kInbox, {"@mail"}, {"@mail bob"}, "d NOOP", "* 4 RECENT",
     "news in NOOP: added bob/INBOX 4"},
    {"APPEND", kInbox, kAppend, kAppend, "d FETCH 1 UID", "* 4 EXISTS",
     "news in FETCH: added bob/INBOX 4"},
    {"COPY", kInbox, {"c SELECT INBOX", "c COPY 1 INBOX"}, {"c SELECT INBOX", "c COPY 1 INBOX"},
     "d NOOP", "* 4 EXISTS", "news in NOOP: added bob/INBOX 4"},
    {"MOVE", kInbox, {"c SELECT INBOX", "c MOVE 1 Archive"}, {"c SELECT INBOX", "c MOVE 1 Archive"},
     "d NOOP", "* 1 EXPUNGE", "news in NOOP: expunged bob/INBOX 1"},
    {"STORE", kInbox, kStar, kStar, "d NOOP", "* 2 FETCH", "news in NOOP: flags bob/INBOX 2"},
    {"STORE, while fetching", kInbox, kStar, kStar, "d FETCH 1 UID", "* 2 FETCH",
     "news in FETCH: flags bob/INBOX 2"},
    {"STORE of two", kInbox, kStar,
     {"c SELECT INBOX", "c STORE 2 +FLAGS (\\Flagged)", "c STORE 3 +FLAGS (\\Flagged)"}, "d NOOP",
     "* 2 FETCH", "news in NOOP: flags bob/INBOX 2"},
    {"MOVE of two", kInbox, kStar, {"c SELECT INBOX", "c MOVE 2 Archive", "c MOVE 1 Archive"},
     "d NOOP", "* 2 EXPUNGE", "news in NOOP: expunged bob/INBOX 2"},
    {"EXPUNGE, in IDLE", {"b SELECT INBOX", "b IDLE"}, kRemove, kRemove, "", "* 2 EXPUNGE",
     "news in IDLE: expunged bob/INBOX 2"},
    {"a keyword that is new", kInbox, {"c SELECT INBOX", "c STORE 1 +FLAGS ($Work)"},
     {"c SELECT INBOX", "c STORE 1 +FLAGS ($Work)", "c STORE 3 +FLAGS (\\Seen)"}, "d NOOP",
     "* FLAGS", "news in NOOP: flags bob/INBOX 1"},
    {"and can be kept", kInbox, {"c SELECT INBOX", "c STORE 1 +FLAGS ($Work)"},
     {"c SELECT INBOX", "c STORE 1 +FLAGS ($Work)", "c STORE 3 +FLAGS (\\Seen)"}, "d NOOP",
     "* OK [PERMANENTFLAGS", "news in NOOP: flags bob/INBOX 1"},
    {"DELETE of what is selected", {"b SELECT Archive"}, {"c DELETE Archive"}, {"c DELETE Archive"},
     "d NOOP", "* NO [NONEXISTENT]", "news in NOOP: mailbox-deleted bob/Archive"},
    {"and another takes its name", {"b SELECT Archive"}, {"c DELETE Archive"},
     {"c DELETE Archive", "c CREATE Archive"}, "d NOOP", "* BYE",
     "news in NOOP: mailbox-deleted bob/Archive"},
    // RFC 4314.
    {"rights", kShared, {"@bob c SETACL INBOX alice lr"}, {"@alice c SETACL INBOX bob lrs"},
     "d NOOP", "* OK [PERMANENTFLAGS", "news in NOOP: rights alice/INBOX bob lrs"},
    {"rights, said by FLAGS", kShared, {"@bob c SETACL INBOX alice lr"},
     {"@alice c SETACL INBOX bob lrs"}, "d NOOP", "* FLAGS",
     "news in NOOP: rights alice/INBOX bob lrs"},
    // RFC 7162.
    {"VANISHED", kQresync, kRemove, kRemove, "d NOOP", "* VANISHED",
     "news in NOOP: expunged bob/INBOX 2"},
    {"what is held back", kQresync, kRemove, kRemove, "d FETCH 2 FLAGS", "* OK [HIGHESTMODSEQ",
     "news in FETCH: expunged bob/INBOX 2"},
    // RFC 5465.
    {"NOTIFY: mail elsewhere", kNotify, kAppendArchive, kAppendArchive, "", "* STATUS Archive",
     "news: added bob/Archive 1"},
    {"NOTIFY: mail elsewhere, and then its flags", kNotify, kAppendArchive,
     {kAppendArchive[0], "c SELECT Archive", "c STORE 1 +FLAGS (\\Flagged)"}, "",
     "* STATUS Archive", "news: added bob/Archive 1, news: flags bob/Archive 1"},
    {"NOTIFY: flags of what the ear has put there", {kNotify[0], kAppendArchive[0]}, kAppendArchive,
     {"c SELECT Archive", "c STORE 1 +FLAGS (\\Flagged)"}, "", "* STATUS Archive",
     "news: flags bob/Archive 1"},
    {"NOTIFY: flags elsewhere", kNotify, kStar, kStar, "", "* STATUS INBOX",
     "news: flags bob/INBOX 2"},
    {"NOTIFY: CREATE", kNotify, {"c CREATE New"}, {"c CREATE New"}, "", "* LIST (",
     "news: mailbox-created bob/New"},
    {"NOTIFY: CREATE below", kNotify, {"c CREATE Archive/New"}, {"c CREATE Archive/New"}, "",
     "* LIST (\\HasChildren) \"/\" Archive", "news: mailbox-created bob/Archive/New"},
    {"NOTIFY: RENAME", kNotify, {"c RENAME Archive Old"}, {"c RENAME Archive Old"}, "", "* LIST (",
     "news: mailbox-renamed bob/Old"},
    {"NOTIFY: DELETE", kNotify, {"c DELETE Archive"}, {"c DELETE Archive"}, "", "* LIST (",
     "news: mailbox-deleted bob/Archive"},
    {"NOTIFY: SUBSCRIBE", kNotify, {"c SUBSCRIBE Archive"},
     {"c SUBSCRIBE Archive", "@alice c SETACL Archive bob l"}, "", "* LIST (",
     "news: subscribed bob/INBOX Archive"},
    {"NOTIFY: SETMETADATA", kNotify, {"c SETMETADATA Archive (/private/comment \"x\")"},
     {"c SETMETADATA Archive (/private/comment \"x\")"}, "", "* METADATA Archive",
     "news: annotated bob/Archive /private/comment"},
    {"NOTIFY: a special use", kNotify, {"c SETMETADATA Archive (/private/specialuse \"\\\\Junk\")"},
     {"c SETMETADATA Archive (/private/specialuse \"\\\\Junk\")"}, "", "* METADATA Archive",
     "news: annotated bob/Archive /private/specialuse"},
    {"NOTIFY: annotations of the server", kNotify, {"c SETMETADATA \"\" (/private/comment \"x\")"},
     {"c SETMETADATA \"\" (/private/comment \"x\")"}, "", "* METADATA \"\"",
     "news: server-annotated bob/INBOX /private/comment"},
    {"NOTIFY: SETACL", kNotifyOthers, {"@bob c SETACL Archive alice lr"},
     {"@alice c SETACL Archive bob lr"}, "",
     "* LIST (\\HasNoChildren)", "news: rights alice/Archive bob lr"},
    {"NOTIFY: and the level above", kNotifyOthers, {"@bob c SETACL Archive alice lr"},
     {"@alice c SETACL Archive bob lr"}, "", "* LIST (\\NonExistent",
     "news: rights alice/Archive bob lr"},
    {"NOTIFY: what it wants of new messages", kNotifyItems, {"@mail"}, {"@mail bob"}, "",
     "* 4 FETCH", "news: added bob/INBOX 4"},
    // RFC 5267.
    {"ADDTO", kSearch, kStar, kStar, "d NOOP", "* ESEARCH (TAG \"up\") UID ADDTO",
     "news in NOOP: flags bob/INBOX 2"},
    {"ADDTO, while searching", kSearch, kStar, kStar, "d UID SEARCH RETURN (ALL) ALL",
     "* ESEARCH (TAG \"up\") UID ADDTO", "news in UID SEARCH: flags bob/INBOX 2"},
    {"REMOVEFROM", {"b SELECT INBOX", "b STORE 2 +FLAGS (\\Flagged)",
                    "up UID SEARCH RETURN (UPDATE) FLAGGED"},
     kRemove, kRemove, "d NOOP", "* ESEARCH (TAG \"up\") UID REMOVEFROM",
     "news in NOOP: expunged bob/INBOX 2"},
    // What the ear itself does.
    {"own STORE", kInbox, kStar, {}, "d STORE 2 +FLAGS ($Work)", "* 2 FETCH",
     "asked for in STORE: flags bob/INBOX 2"},
    {"own keyword", kInbox, kStar, {}, "d STORE 2 +FLAGS ($Work)", "* FLAGS",
     "asked for in STORE: flags bob/INBOX 2"},
    {"own FETCH", kInbox, kStar, {}, "d FETCH 2 FLAGS", "* 2 FETCH", "asked for in FETCH"},
    {"own SEARCH", kInbox, kStar, {}, "d SEARCH RETURN (ALL) ALL", "* ESEARCH",
     "asked for in SEARCH"},
    {"own LIST, with NOTIFY", kNotify, {}, {}, "d LIST \"\" Archive", "* LIST",
     "asked for in LIST"},
    {"own mark", kQresync, {}, {}, "d SELECT Archive", "* OK [HIGHESTMODSEQ",
     "asked for in SELECT"},
    {"no command at all", kInbox, {}, {}, " ", "* BAD", "a bad line"},
};

/// Who says it, and what.
std::pair<ConnId, std::string> said_by(const TwoAccounts& mail, ConnId by_default,
                                       const std::string& line) {
  if (line.substr(0, 7) == "@alice ") return {mail.alice, line.substr(7)};
  if (line.substr(0, 5) == "@bob ") return {mail.other, line.substr(5)};
  return {by_default, line};
}

void say(TwoAccounts& mail, ConnId by_default, const std::string& line) {
  if (line.substr(0, 5) == "@mail") return mail.deliver(line == "@mail" ? "alice" : line.substr(6));
  const auto [conn, text] = said_by(mail, by_default, line);
  mail.say(conn, text);
}

void say_but_last(TwoAccounts& mail, ConnId by_default, const Lines& lines) {
  for (size_t i = 0; i + 1 < lines.size(); ++i) say(mail, by_default, lines[i]);
}

/// What happens, and right after it, before anybody has been told, the same to another's mail.
void happen(TwoAccounts& mail, const Row& row) {
  say_but_last(mail, mail.alice, row.decoys);
  say_but_last(mail, mail.other, row.happens);
  if (row.happens.empty()) return;
  const std::string& line = row.happens.back();
  if (line.substr(0, 5) == "@mail") {
    say(mail, mail.other, line);
    return say(mail, mail.alice, row.decoys.back());
  }
  const auto [conn, text] = said_by(mail, mail.other, line);
  const auto [next_conn, next] = said_by(mail, mail.alice, row.decoys.back());
  mail.say_together(conn, text, next_conn, next);
}

}  // namespace

TEST_CASE("what the server says without a tag was asked for, or something caused it") {
  SmallWorld small(Protocol::kImap);
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                   SmallWorld::action(InputKind::kCheckMail, small.phone, 200),
                   SmallWorld::action(InputKind::kDelete, small.phone, 4000, "Lunch")});
  history.run_until(Instant{} + seconds(10));
  const Trace& trace = history.trace();
  using Lines = std::vector<std::string>;
  // The phone, which deletes, and the laptop, which hears of it.
  CHECK(causes(trace, "* 1 EXPUNGE") ==
        Lines{"* 1 EXPUNGE: asked for, during UID EXPUNGE, of expunged 1",
              "* 1 EXPUNGE: news, during IDLE, of expunged 1"});
  CHECK(causes(trace, "* 1 FETCH (UID 1 FLAGS (\\Deleted") ==
        Lines{"* 1 FETCH (UID 1 FLAGS (\\Deleted)): asked for, during UID STORE, of flags 1"});
  CHECK(causes(trace, "* 1 FETCH (FLAGS (\\Deleted") ==
        Lines{"* 1 FETCH (FLAGS (\\Deleted \\Recent)): news, during IDLE, of flags 1"});
  for (const std::string& line : causes(trace, "* FLAGS")) {
    CHECK(line.find(": asked for, during SELECT") != std::string::npos);
  }
  // The number of \Recent messages goes with the removal, and has its cause.
  CHECK(causes(trace, "* 2 RECENT") == Lines{"* 2 RECENT: news, during IDLE, of expunged 1"});
  const Lines greetings = causes(trace, "* OK [CAPABILITY");
  REQUIRE(greetings.size() == 2);
  for (const std::string& line : greetings) {
    CHECK(line.substr(line.size() - 8) == "greeting");
  }
}

TEST_CASE("the table of what commands ask for knows every command by its name") {
  for (const imap::SolicitedRow& row : imap::kSolicited) {
    CAPTURE(row.response);
    std::istringstream commands{std::string(row.commands)};
    for (std::string name; commands >> name;) {
      CHECK_MESSAGE(imap::find_command(name) != nullptr, name);
      CHECK(imap::solicits(name, row.response));
      CHECK(imap::solicits("UID " + name, row.response));
      CHECK_FALSE(imap::solicits(name.substr(1), row.response));  // a part of a name is none
    }
    CHECK_FALSE(imap::solicits("NOOP", row.response));
  }
  CHECK(imap::solicits("NOOP", "OK"));
}

TEST_CASE("each response that nobody asked for has the change that it tells of, and no other's") {
  for (const Row& row : kRows) {
    CAPTURE(row.about);
    ImapServerConfig config;
    config.extensions = imap::all_extensions();
    TwoAccounts mail(config);
    for (const std::string& line : row.prepares) say(mail, mail.ear, line);
    mail.mark();
    happen(mail, row);
    if (*row.asks != 0) mail.say(mail.ear, row.asks);
    INFO(mail.said());
    CHECK(mail.told(row.begins) == row.why);
  }
}

TEST_CASE("news that no single change is behind names none") {
  ImapServerConfig config;
  config.extensions = imap::all_extensions();
  config.max_notify_news = 1;
  config.max_search_contexts = 1;
  TwoAccounts mail(config);
  mail.say(mail.ear, kNotify[0]);
  mail.mark();
  mail.say(mail.other, "c CREATE a/b/c/d");
  CHECK(mail.told("* OK [NOTIFICATIONOVERFLOW]") == "news");
  // A search that cannot be kept up to date is told so in its own answer.
  mail.say(mail.ear, "b SELECT INBOX");
  mail.say(mail.ear, "u1 SEARCH RETURN (UPDATE) FLAGGED");
  mail.say(mail.ear, "u2 SEARCH RETURN (UPDATE) SEEN");
  CHECK(mail.told("* NO [NOUPDATE \"u2\"]") == "asked for in SEARCH");
  mail.stop();
  CHECK(mail.told("* BYE") == "of its own accord");
  INFO(mail.said());
}

TEST_CASE("news of one mailbox is not the answer to a command about another") {
  ImapServerConfig config;
  config.extensions = imap::all_extensions();
  TwoAccounts mail(config);
  mail.say(mail.ear, kNotify[0]);
  mail.mark();
  mail.say_together(mail.other, kAppendArchive[0], mail.ear, "d STATUS INBOX (MESSAGES)");
  mail.say_together(mail.other, "c CREATE New", mail.ear, "d LIST \"\" INBOX");
  mail.say_together(mail.other, "c SETMETADATA Archive (/private/comment \"x\")", mail.ear,
                    "d GETMETADATA New /private/comment");
  INFO(mail.said());
  CHECK(mail.told("* STATUS Archive") == "news in STATUS: added bob/Archive 1");
  CHECK(mail.told("* STATUS INBOX") == "asked for in STATUS");
  CHECK(mail.told("* LIST (\\HasNoChildren) \"/\" New") ==
        "news in LIST: mailbox-created bob/New");
  CHECK(mail.told("* LIST (\\HasNoChildren) \"/\" INBOX") == "asked for in LIST");
  CHECK(mail.told("* METADATA Archive") ==
        "news in GETMETADATA: annotated bob/Archive /private/comment");
  CHECK(mail.told("* METADATA New") == "asked for in GETMETADATA");
}

TEST_CASE("several changes that are told together are told apart by what they are about") {
  ImapServerConfig config;
  config.extensions = imap::all_extensions();
  TwoAccounts mail(config);
  mail.say(mail.other, "c CREATE Other");
  mail.say(mail.other, "c APPEND Other {6+}\r\nx: y\r\n");
  mail.say(mail.ear, kNotify[0]);
  mail.mark();
  mail.all_at_once({"c SUBSCRIBE Other", "c SUBSCRIBE Archive",
                    "c SETMETADATA \"\" (/private/comment \"x\")",
                    "c SETMETADATA Archive (/private/comment \"x\")",
                    "c APPEND Archive {6+}\r\nx: y\r\n", "c CREATE New", "c CREATE Newer",
                    "c SETACL New alice lr"});
  mail.say(mail.other, "c SELECT Archive");
  mail.say(mail.other, "c STORE 1 +FLAGS (\\Flagged)");
  INFO(mail.said());
  CHECK(mail.told("* LIST (\\HasNoChildren \\Subscribed) \"/\" Archive") ==
        "news: subscribed bob/INBOX Archive");
  CHECK(mail.told("* LIST (\\HasNoChildren \\Subscribed) \"/\" Other") ==
        "news: subscribed bob/INBOX Other");
  // Made, and then shared.
  CHECK(mail.told("* LIST (\\HasNoChildren) \"/\" New") ==
        "news: mailbox-created bob/New, news: mailbox-created bob/Newer");
  CHECK(mail.told("* METADATA Archive") == "news: annotated bob/Archive /private/comment");
  CHECK(mail.told("* METADATA \"\"") == "news: server-annotated bob/INBOX /private/comment");
  CHECK(mail.told("* STATUS Archive") == "news: added bob/Archive 1, news: flags bob/Archive 1");
}
