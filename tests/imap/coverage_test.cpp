// What the IMAP conversations must show between them: every extension doing what only it permits,
// every command done, every response code given, and what one session does as another sees it.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "sim/base/ascii.h"
#include "sim/imap/server.h"
#include "tests/imap/transcript_server.h"

using namespace mailscope;
using imap::Extension;

namespace {

/// A command of a transcript with all that was said to it.
struct Exchange {
  const test::Transcript* transcript = nullptr;
  bool among_others = false;  // in a conversation of several connections
  bool after_others = false;  // another connection had said a command before
  int connection = 0;
  std::string tag;
  std::string name;    // as in the table of commands
  std::string text;    // all that the client said, literals included
  std::string heard;   // the server's lines up to the tagged one
  std::string status;  // "OK", "NO", "BAD"; empty when there was no answer
  int last_line = 0;
};

void hear(std::vector<Exchange>& all, size_t from, const test::Transcript::Step& step) {
  for (size_t i = from; i < all.size(); ++i) {
    if (all[i].connection != step.connection || !all[i].status.empty()) continue;
    all[i].heard += step.text + "\n";
    if (step.text.rfind(all[i].tag + " ", 0) == 0) {
      std::istringstream(step.text.substr(all[i].tag.size())) >> all[i].status;
      all[i].last_line = step.line_number;
    }
    return;  // the oldest command of the connection is the one answered
  }
}

void add_exchanges(const test::Transcript& transcript, std::vector<Exchange>& all) {
  const size_t from = all.size();
  std::set<int> connections;
  std::set<int> spoken;
  for (const test::Transcript::Step& step : transcript.steps) {
    connections.insert(step.connection);
    if (step.verb == "S:") hear(all, from, step);
    if (step.verb != "C:" && step.verb != "C<") continue;
    const imap::CommandLine head = imap::parse_command_head(step.text);
    if (imap::find_command(head.name) != nullptr) {
      const bool after_others = spoken.size() > spoken.count(step.connection);
      spoken.insert(step.connection);
      all.push_back({&transcript, false, after_others, step.connection, head.tag, head.name,
                     step.text, "", "", 0});
      continue;
    }
    for (size_t i = all.size(); i-- > from;) {
      if (all[i].connection != step.connection) continue;
      all[i].text += step.text;
      break;
    }
  }
  for (size_t i = from; i < all.size(); ++i) all[i].among_others = connections.size() > 1;
}

const std::vector<test::Transcript>& transcripts() {
  static const std::vector<test::Transcript> kAll = test::read_transcripts("imap");
  return kAll;
}

const std::vector<Exchange>& exchanges() {
  static const std::vector<Exchange> kAll = [] {
    std::vector<Exchange> all;
    for (const test::Transcript& transcript : transcripts()) add_exchanges(transcript, all);
    return all;
  }();
  return kAll;
}

/// What only a server with the extension answers so: a part of the command, a part of the answer.
struct Shown {
  Extension extension;
  const char* said;
  const char* heard;
  // Others must have been there before. How a session comes in is nothing to another.
  bool in_company = true;
};

constexpr Shown kShown[] = {
    {Extension::kRev1, "SELECT", " RECENT"},
    {Extension::kRev2, "ENABLE IMAP4rev2", "ENABLED IMAP4rev2"},
    {Extension::kLiteralPlus, "+}", ""},
    {Extension::kLiteralMinus, "+}", ""},
    {Extension::kSaslIr, "AUTHENTICATE PLAIN AG", "", false},
    {Extension::kStartTls, "STARTTLS", "", false},
    {Extension::kLoginDisabled, "LOGIN", "NO [PRIVACYREQUIRED]", false},
    {Extension::kId, "ID (", "* ID (", false},
    {Extension::kEnable, "ENABLE", "* ENABLED"},
    {Extension::kIdle, "IDLE", "+ "},
    {Extension::kUnselect, "UNSELECT", ""},
    {Extension::kUidPlus, "UID EXPUNGE", ""},
    {Extension::kUidPlus, "APPEND", "[APPENDUID"},
    {Extension::kUidPlus, "COPY", "[COPYUID"},
    {Extension::kMove, " MOVE", "EXPUNGE"},
    {Extension::kMove, "UID MOVE", ""},
    {Extension::kNamespace, "NAMESPACE", "* NAMESPACE"},
    {Extension::kChildren, "LIST", "\\HasNoChildren"},
    {Extension::kListExtended, "LIST (SUBSCRIBED", "\\Subscribed"},
    {Extension::kListExtended, "RECURSIVEMATCH", "CHILDINFO"},
    {Extension::kListStatus, "RETURN (STATUS", "* STATUS"},
    {Extension::kSpecialUse, "LIST (SPECIAL-USE)", "\\Sent"},
    {Extension::kCreateSpecialUse, "CREATE Sent (USE (", ""},
    {Extension::kSubscriptions, "LSUB", "* LSUB"},
    {Extension::kStatusSize, "STATUS", "(SIZE"},
    {Extension::kCondStore, "FETCH", "MODSEQ ("},
    {Extension::kCondStore, "UNCHANGEDSINCE", "[MODIFIED"},
    {Extension::kQresync, "(QRESYNC (", "VANISHED (EARLIER)"},
    {Extension::kQresync, "CHANGEDSINCE 5 VANISHED", "VANISHED (EARLIER)"},
    {Extension::kUidOnly, "UID FETCH", "UIDFETCH"},
    {Extension::kEsearch, "SEARCH RETURN (", "* ESEARCH"},
    {Extension::kSearchRes, "RETURN (SAVE", ""},
    {Extension::kWithin, "OLDER", "* SEARCH 1"},
    {Extension::kWithin, "YOUNGER", "* SEARCH 1"},
    {Extension::kSort, " SORT (", "* SORT"},
    {Extension::kSortDisplay, "(DISPLAYFROM)", "* SORT"},
    {Extension::kSortDisplay, "(DISPLAYTO)", "* SORT"},
    {Extension::kEsort, "SORT RETURN (MIN", "* ESEARCH"},
    {Extension::kThreadSubject, "THREAD ORDEREDSUBJECT", "* THREAD ("},
    {Extension::kThreadReferences, "THREAD REFERENCES", "* THREAD ("},
    {Extension::kContextSearch, "SEARCH RETURN (UPDATE", "* ESEARCH"},
    {Extension::kContextSearch, "CANCELUPDATE", ""},
    {Extension::kContextSort, "SORT RETURN (UPDATE", "* ESEARCH"},
    {Extension::kContextSort, "SORT RETURN (PARTIAL", "PARTIAL ("},
    {Extension::kPartial, "PARTIAL -1:", "PARTIAL (-1:"},
    {Extension::kBinary, "BINARY.SIZE[", "BINARY.SIZE["},
    {Extension::kBinary, "APPEND INBOX ~{", ""},
    {Extension::kMultiAppend, "APPEND", ":3]"},
    {Extension::kCatenate, "CATENATE (", ""},
    {Extension::kReplace, " REPLACE", "EXPUNGE"},
    {Extension::kReplace, "UID REPLACE", "EXPUNGE"},
    {Extension::kAppendLimit, "STATUS", "APPENDLIMIT 5000"},
    {Extension::kQuota, "GETQUOTAROOT", "* QUOTAROOT"},
    {Extension::kQuotaSet, "SETQUOTA", "* QUOTA"},
    {Extension::kAcl, "SETACL", ""},
    {Extension::kMetadata, "GETMETADATA", "* METADATA"},
    {Extension::kMetadataServer, "GETMETADATA \"\"", "* METADATA"},
    {Extension::kNotify, "NOTIFY SET", ""},
    {Extension::kObjectId, "FETCH", "EMAILID ("},
    {Extension::kObjectId, "SELECT", "[MAILBOXID ("},
    {Extension::kSaveDate, "FETCH", "SAVEDATE \""},
    {Extension::kSaveDate, "SAVEDBEFORE", "* SEARCH 1"},
    {Extension::kSaveDate, "SAVEDON", "* SEARCH 1"},
    {Extension::kSaveDate, "SAVEDSINCE", "* SEARCH"},
    {Extension::kPreview, "FETCH", "PREVIEW \""},
    {Extension::kUtf8Accept, "UTF8 (~{", ""},
    {Extension::kInProgress, "SEARCH", "[INPROGRESS ("},
    {Extension::kCompress, "COMPRESS DEFLATE", ""},
    {Extension::kAuthPlain, "AUTHENTICATE PLAIN", "", false},
    {Extension::kAuthLogin, "AUTHENTICATE LOGIN", "", false},
    {Extension::kAuthCramMd5, "AUTHENTICATE CRAM-MD5", "", false},
    {Extension::kAuthScramSha256, "AUTHENTICATE SCRAM-SHA-256", "", false},
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}
bool said_in(const Exchange& exchange, std::string_view part) {
  return holds(ascii_upper(exchange.text), ascii_upper(part));
}

bool shows(const Exchange& exchange, const Shown& row) {
  const bool refusal = row.extension == Extension::kLoginDisabled;
  return exchange.status == (refusal ? "NO" : "OK") && said_in(exchange, row.said) &&
         holds(exchange.heard, row.heard);
}

/// The line at which the conversation is another one when the server lacks the extension, whatever
/// CAPABILITY says; 0: it is the same.
int differs_at(const test::Transcript& transcript, const char* off) {
  test::Transcript changed = transcript;
  changed.options["off"] = off;
  std::set<int> greeted;
  for (test::Transcript::Step& step : changed.steps) {
    if (step.verb != "S:") continue;
    if (greeted.insert(step.connection).second || holds(step.text, "CAPABILITY")) step.text = "...";
  }
  const std::string problem = test::play_transcript(changed, test::make_server);
  if (problem.empty()) return 0;
  return std::stoi(problem.substr(transcript.path.size() + 1));
}

bool done_in_company(const char* name) {
  return std::any_of(exchanges().begin(), exchanges().end(), [name](const Exchange& exchange) {
    return exchange.among_others && exchange.status == "OK" && exchange.name == name;
  });
}

}  // namespace

TEST_CASE("every extension does in a transcript what only it permits") {
  std::set<Extension> rows;
  for (const Shown& row : kShown) {
    const char* name = imap::extension_row(row.extension).name;
    rows.insert(row.extension);
    bool shown = false;
    for (const Exchange& exchange : exchanges()) {
      if (shown || !shows(exchange, row)) continue;
      if (row.in_company && !exchange.after_others) continue;
      const int line = differs_at(*exchange.transcript, name);
      shown = line != 0 && line <= exchange.last_line;
    }
    const std::string what = std::string(name) + ": " + row.said + " ... " + row.heard;
    CHECK_MESSAGE(shown, what);
  }
  rows.insert(Extension::kI18nLevel1);  // a word of CAPABILITY, and nothing else
  CHECK(rows.size() == imap::kExtensionCount);
}

TEST_CASE("every IMAP command of the table is done in a transcript") {
  std::set<std::string> done;
  for (const Exchange& exchange : exchanges()) {
    if (exchange.status == "OK") done.insert(exchange.name);
  }
  for (const imap::CommandRow& row : imap::kCommands) {
    CHECK_MESSAGE(done.count(row.name) == 1, std::string(row.name));
  }
}

TEST_CASE("every command is done with others there, but for what is a session's own business") {
  // How a session comes in, and what it asks about itself or the server, is nothing to another.
  const std::set<std::string> alone = {"AUTHENTICATE", "STARTTLS", "ID", "GETACL", "LISTRIGHTS"};
  for (const imap::CommandRow& row : imap::kCommands) {
    if (alone.count(row.name) != 0) continue;
    CHECK_MESSAGE(done_in_company(row.name), std::string(row.name));
  }
}

TEST_CASE("what is inside a message is fetched in every way") {
  for (const char* item : {"FETCH 1 BODYSTRUCTURE", "FETCH 1 BODY", "FETCH 1 FAST", "FETCH 1 ALL",
                           "FETCH 1 FULL", "RFC822.HEADER", "RFC822.TEXT", "RFC822.SIZE",
                           "[HEADER.FIELDS.NOT (", "[2.HEADER]", "[2.TEXT]", "[2.1.MIME]", "[2.1]",
                           "[2.HEADER.FIELDS (", "]<0.", "ENVELOPE", "INTERNALDATE"}) {
    const bool said =
        std::any_of(exchanges().begin(), exchanges().end(), [item](const Exchange& exchange) {
          return exchange.status == "OK" && said_in(exchange, item);
        });
    CHECK_MESSAGE(said, std::string(item));
  }
}

TEST_CASE("every response code of the table is given in a transcript, every other has a reason") {
  std::string heard;
  std::string in_company;  // heard where several connections are
  for (const test::Transcript& transcript : transcripts()) {
    std::set<int> connections;
    std::string here;
    for (const test::Transcript::Step& step : transcript.steps) {
      connections.insert(step.connection);
      if (step.verb == "S:") here += step.text + "\n";
    }
    heard += here;
    if (connections.size() > 1) in_company += here;
  }
  std::set<std::string> given;
  for (const imap::ResponseCodeRow& row : imap::kResponseCodes) {
    given.insert(row.code);
    // What TLS is needed for is known before anybody else could matter.
    const std::string& said = row.code == std::string("PRIVACYREQUIRED") ? heard : in_company;
    const bool found = holds(said, std::string("[") + row.code + " ") ||
                       holds(said, std::string("[") + row.code + "]");
    CHECK_MESSAGE(found, std::string(row.code));
  }
  for (const char* form : {"LONGENTRIES", "MAXSIZE", "TOOMANY", "NOPRIVATE"}) {
    CHECK_MESSAGE(holds(heard, std::string("[METADATA ") + form), std::string(form));
  }
  // RFC 3501 §7.1 and RFC 9051 §7.1, which has those of RFC 5530, RFC 4315 and RFC 5182.
  for (const char* code : {"ALERT",
                           "ALREADYEXISTS",
                           "APPENDUID",
                           "AUTHENTICATIONFAILED",
                           "AUTHORIZATIONFAILED",
                           "BADCHARSET",
                           "CANNOT",
                           "CAPABILITY",
                           "CLIENTBUG",
                           "CLOSED",
                           "CONTACTADMIN",
                           "COPYUID",
                           "CORRUPTION",
                           "EXPIRED",
                           "EXPUNGEISSUED",
                           "HASCHILDREN",
                           "INUSE",
                           "LIMIT",
                           "NONEXISTENT",
                           "NOPERM",
                           "NOTSAVED",
                           "OVERQUOTA",
                           "PARSE",
                           "PERMANENTFLAGS",
                           "PRIVACYREQUIRED",
                           "READ-ONLY",
                           "READ-WRITE",
                           "SERVERBUG",
                           "TRYCREATE",
                           "UIDNEXT",
                           "UIDNOTSTICKY",
                           "UIDVALIDITY",
                           "UNAVAILABLE",
                           "UNKNOWN-CTE",
                           "UNSEEN"}) {
    CHECK_MESSAGE(given.count(code) == 1, std::string(code));
  }
}

TEST_CASE("every response code that stands in the server's sources is in the table") {
  std::set<std::string> table;
  for (const imap::ResponseCodeRow& row : imap::kResponseCodes) table.insert(row.code);
  size_t found = 0;
  const std::string folder = std::string(MAILSCOPE_SOURCE_DIR) + "/sim/imap";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp") continue;
    if (entry.path().filename().string().rfind("client", 0) == 0) continue;  // it hears them
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      for (size_t at = line.find('['); at != std::string::npos; at = line.find('[', at + 1)) {
        size_t end = at + 1;
        while (end < line.size() && ((line[end] >= 'A' && line[end] <= 'Z') || line[end] == '-'))
          ++end;
        const bool code = at > 0 && (line[at - 1] == '"' || line[at - 1] == ' ') && end > at + 2 &&
                          (line[end] == ' ' || line[end] == ']');
        if (!code) continue;
        ++found;
        CHECK_MESSAGE(table.count(line.substr(at + 1, end - at - 1)) == 1, line);
      }
    }
  }
  CHECK(found > 50);
}
