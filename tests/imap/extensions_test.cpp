// Each extension is a switch: on, CAPABILITY names it; off, the server knows nothing of it. One
// line of a conversation for each shows both: the server that has everything understands it, and
// the server that has everything else answers BAD.
#include <doctest/doctest.h>

#include <sstream>

#include "sim/wire/imap_extension.h"
#include "tests/imap/server_session.h"

using namespace mailscope;
using imap::Extension;
using imap::ExtensionRow;
using imap::ExtensionSet;

namespace {

enum class At : uint8_t { kBeforeLogin, kLoggedIn, kSelected };

/// Something that only a server with this extension understands.
struct Example {
  Extension extension;
  At at;
  const char* line;
};

constexpr Example kExamples[] = {
    {Extension::kStartTls, At::kBeforeLogin, "STARTTLS"},
    {Extension::kId, At::kBeforeLogin, "ID NIL"},
    {Extension::kEnable, At::kLoggedIn, "ENABLE CONDSTORE"},
    {Extension::kIdle, At::kLoggedIn, "IDLE"},
    {Extension::kUnselect, At::kSelected, "UNSELECT"},
    {Extension::kUidPlus, At::kSelected, "UID EXPUNGE 1"},
    {Extension::kMove, At::kSelected, "MOVE 1 INBOX"},
    {Extension::kNamespace, At::kLoggedIn, "NAMESPACE"},
    {Extension::kListExtended, At::kLoggedIn, "LIST (SUBSCRIBED) \"\" *"},
    {Extension::kListStatus, At::kLoggedIn, "LIST \"\" * RETURN (STATUS (MESSAGES))"},
    {Extension::kSpecialUse, At::kLoggedIn, "LIST (SPECIAL-USE) \"\" *"},
    {Extension::kCreateSpecialUse, At::kLoggedIn, "CREATE Sent (USE (\\Sent))"},
    {Extension::kSubscriptions, At::kLoggedIn, "LSUB \"\" *"},
    {Extension::kStatusSize, At::kLoggedIn, "STATUS INBOX (SIZE)"},
    {Extension::kCondStore, At::kSelected, "FETCH 1 (MODSEQ)"},
    {Extension::kQresync, At::kLoggedIn, "SELECT INBOX (QRESYNC (1 1))"},
    {Extension::kEsearch, At::kSelected, "SEARCH RETURN (COUNT) ALL"},
    {Extension::kSearchRes, At::kSelected, "SEARCH RETURN (SAVE) ALL"},
    {Extension::kWithin, At::kSelected, "SEARCH YOUNGER 60"},
    {Extension::kSort, At::kSelected, "SORT (SUBJECT) UTF-8 ALL"},
    {Extension::kSortDisplay, At::kSelected, "SORT (DISPLAYFROM) UTF-8 ALL"},
    {Extension::kEsort, At::kSelected, "SORT RETURN (COUNT) (SUBJECT) UTF-8 ALL"},
    {Extension::kContextSearch, At::kSelected, "SEARCH RETURN (UPDATE) ALL"},
    {Extension::kContextSort, At::kSelected, "SORT RETURN (UPDATE) (SUBJECT) UTF-8 ALL"},
    {Extension::kPartial, At::kSelected, "SEARCH RETURN (PARTIAL -1:-10) ALL"},
    {Extension::kBinary, At::kSelected, "FETCH 1 (BINARY.SIZE[1])"},
    {Extension::kMultiAppend, At::kLoggedIn, "APPEND INBOX {6+}\r\na: b\r\n {6+}\r\na: b\r\n"},
    {Extension::kCatenate, At::kLoggedIn, "APPEND INBOX CATENATE (TEXT {6+}\r\na: b\r\n)"},
    {Extension::kReplace, At::kSelected, "REPLACE 1 INBOX {6+}\r\na: b\r\n"},
    {Extension::kAppendLimit, At::kLoggedIn, "STATUS INBOX (APPENDLIMIT)"},
    {Extension::kQuota, At::kLoggedIn, "GETQUOTAROOT INBOX"},
    {Extension::kQuotaSet, At::kLoggedIn, "SETQUOTA \"\" (STORAGE 10)"},
    {Extension::kAcl, At::kLoggedIn, "MYRIGHTS INBOX"},
    {Extension::kMetadata, At::kLoggedIn, "GETMETADATA INBOX /shared/comment"},
    {Extension::kNotify, At::kLoggedIn, "NOTIFY NONE"},
    {Extension::kObjectId, At::kSelected, "FETCH 1 (EMAILID)"},
    {Extension::kSaveDate, At::kSelected, "FETCH 1 (SAVEDATE)"},
    {Extension::kPreview, At::kSelected, "FETCH 1 (PREVIEW)"},
    {Extension::kUtf8Accept, At::kLoggedIn, "APPEND INBOX UTF8 (~{6+}\r\na: b\r\n)"},
    {Extension::kCompress, At::kLoggedIn, "COMPRESS DEFLATE"},
    {Extension::kLiteralPlus, At::kBeforeLogin, "LOGIN bob {6+}\r\nsecret"},
};

/// Extensions whose words are all there is to show, or that need a story of their own: the
/// transcript that tells it.
struct Elsewhere {
  Extension extension;
  const char* transcript;
};

constexpr Elsewhere kElsewhere[] = {
    {Extension::kRev1, "rev2.txt"},
    {Extension::kRev2, "enable-rev2.txt"},
    {Extension::kLiteralMinus, "literal-minus.txt"},
    {Extension::kSaslIr, "initial-response.txt"},
    {Extension::kLoginDisabled, "logindisabled.txt"},
    {Extension::kChildren, "list-children.txt"},
    {Extension::kUidOnly, "uidonly.txt"},
    {Extension::kThreadSubject, "thread-one-algorithm.txt"},
    {Extension::kThreadReferences, "thread-one-algorithm.txt"},
    {Extension::kI18nLevel1, "i18n-level.txt"},
    {Extension::kMetadataServer, "metadata-server.txt"},
    {Extension::kInProgress, "search-progress.txt"},
    {Extension::kAuthPlain, "authenticate-plain.txt"},
    {Extension::kAuthLogin, "auth-login.txt"},
    {Extension::kAuthCramMd5, "auth-cram-md5.txt"},
    {Extension::kAuthScramSha256, "auth-scram.txt"},
};

/// Everything but this one and what needs it, without what IMAP4rev2 would bring back.
ExtensionSet all_but(Extension extension) {
  ExtensionSet set = imap::all_extensions() & ~imap::bit(Extension::kRev2);
  set &= ~imap::bit(extension);
  for (const ExtensionRow& row : imap::kExtensions) {
    if ((row.needs & imap::bit(extension)) != 0) set &= ~imap::bit(row.extension);
  }
  return set;
}

/// A session with one message in its INBOX, so far.
test::ImapServerSession session_at(At at, ExtensionSet extensions) {
  ImapServerConfig config;
  config.extensions = extensions;
  test::ImapServerSession session(config);
  session.add_mail("Subject: one\r\n\r\n1\r\n");
  if (at != At::kBeforeLogin) session.log_in();
  if (at == At::kSelected) session.say("SELECT INBOX");
  return session;
}

bool names(const std::string& capabilities, std::string_view word) {
  std::istringstream in(capabilities.substr(0, capabilities.find(']')));
  for (std::string each; in >> each;) {
    if (each == word || each.substr(0, each.find('=')) == word) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every extension is understood where it is offered, and unknown where it is not") {
  for (const Example& example : kExamples) {
    CAPTURE(example.line);
    test::ImapServerSession with = session_at(example.at, imap::all_extensions());
    const bool needs_enable =
        example.extension == Extension::kQresync || example.extension == Extension::kUtf8Accept;
    if (needs_enable) with.say("ENABLE QRESYNC UTF8=ACCEPT");
    const std::string yes = with.say(example.line);
    CHECK_MESSAGE(yes.find("z BAD") == std::string::npos, yes);
    test::ImapServerSession without = session_at(example.at, all_but(example.extension));
    if (needs_enable) without.say("ENABLE QRESYNC UTF8=ACCEPT");
    const std::string no = without.say(example.line);
    CHECK_MESSAGE(no.find("z BAD") != std::string::npos, no);
  }
}

TEST_CASE("what two extensions have brings either of them, and nothing brings it but they") {
  // RFC 9208 §4.1.4 has DELETED by QUOTA=RES-MESSAGE, as IMAP4rev2 has it; the PARTIAL of RFC 5267
  // §4.4 comes with CONTEXT, and counts from the front alone.
  constexpr ExtensionSet kQuota = imap::bit(Extension::kQuota);
  constexpr ExtensionSet kRev2 = imap::bit(Extension::kRev2);
  constexpr ExtensionSet kPartial = imap::bit(Extension::kPartial);
  constexpr ExtensionSet kSearch = imap::bit(Extension::kContextSearch);
  constexpr ExtensionSet kSort = imap::bit(Extension::kContextSort);
  constexpr ExtensionSet kAny = kQuota | kRev2 | kPartial | kSearch | kSort;
  constexpr struct {
    const char* line;
    ExtensionSet by;  // each alone
  } kRows[] = {
      {"STATUS INBOX (DELETED)", kQuota | kRev2},
      {"STATUS INBOX (DELETED-STORAGE)", kQuota},
      {"SEARCH RETURN (PARTIAL 1:10) ALL", kPartial | kSearch | kSort},
      {"SEARCH RETURN (PARTIAL -1:-10) ALL", kPartial},
      {"SORT RETURN (PARTIAL 1:10) (SUBJECT) UTF-8 ALL", kPartial | kSort},
      {"SORT RETURN (PARTIAL -1:-10) (SUBJECT) UTF-8 ALL", kPartial},
      {"UID FETCH 1:* (FLAGS) (PARTIAL 1:10)", kPartial},
  };
  for (const auto& row : kRows) {
    for (uint32_t i = 0; i <= imap::kExtensionCount; ++i) {
      const ExtensionSet one = i < imap::kExtensionCount ? (ExtensionSet{1} << i) & kAny : 0;
      test::ImapServerSession session =
          session_at(At::kSelected, imap::without(imap::all_extensions(), kAny) | one);
      const std::string said = session.say(row.line);
      CAPTURE(row.line);
      CAPTURE(i);
      CHECK_MESSAGE((said.find("z OK") != std::string::npos) == ((one & row.by) != 0), said);
    }
  }
}

TEST_CASE("CAPABILITY names what is offered and nothing else") {
  for (const ExtensionRow& row : imap::kExtensions) {
    if (row.offered == imap::Offered::kNever) continue;
    CAPTURE(row.name);
    ExtensionSet all = imap::all_extensions() | imap::bit(row.extension);
    // RFC 7888 §5: never both.
    if (row.extension == Extension::kLiteralMinus) all &= ~imap::bit(Extension::kLiteralPlus);
    const test::ImapServerSession with = session_at(At::kBeforeLogin, all);
    const test::ImapServerSession without =
        session_at(At::kBeforeLogin, all_but(row.extension) & ~imap::bit(row.extension));
    const std::string word(row.name);
    const bool offered = with.greeting().find(word) != std::string::npos;
    CHECK_MESSAGE(offered, with.greeting());
    CHECK_MESSAGE(!names(without.greeting(), word), without.greeting());
  }
}

TEST_CASE("every extension of the table has its example or its transcript") {
  for (const ExtensionRow& row : imap::kExtensions) {
    bool shown = false;
    for (const Example& example : kExamples) shown |= example.extension == row.extension;
    for (const Elsewhere& elsewhere : kElsewhere) {
      if (elsewhere.extension != row.extension) continue;
      const std::string path =
          std::string(MAILSCOPE_SOURCE_DIR) + "/tests/transcripts/imap/" + elsewhere.transcript;
      std::FILE* file = std::fopen(path.c_str(), "r");
      CHECK_MESSAGE(file != nullptr, path);
      if (file != nullptr) std::fclose(file);
      shown = true;
    }
    CHECK_MESSAGE(shown, std::string(row.name));
  }
}
