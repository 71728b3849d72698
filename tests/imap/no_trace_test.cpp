// An extension that is off leaves no trace: in a long conversation that tries everything, the
// server with everything but one says none of the words that the one brings.
#include <doctest/doctest.h>

#include <sstream>

#include "tests/imap/server_session.h"

using namespace mailscope;
using imap::Extension;
using imap::ExtensionRow;
using imap::ExtensionSet;

namespace {

/// Words of an extension, apart by "|", as the server says them outside CAPABILITY.
struct Words {
  Extension extension;
  const char* words;
  ExtensionSet brought_by = 0;  // others that bring the words, too
};

constexpr Words kWords[] = {
    {Extension::kRev2, "ENABLED IMAP4rev2|(\"OLDNAME\" ("},
    {Extension::kStartTls, "Begin TLS"},
    {Extension::kId, "* ID "},
    {Extension::kEnable, "* ENABLED"},
    {Extension::kIdle, "+ idling"},
    {Extension::kUnselect, "UNSELECT completed"},
    {Extension::kUidPlus, "[APPENDUID|[COPYUID|UID EXPUNGE completed"},
    {Extension::kMove, "MOVE completed"},
    {Extension::kNamespace, "* NAMESPACE"},
    // RFC 5258 §3.1: RETURN (CHILDREN).
    {Extension::kChildren, "\\HasChildren|\\HasNoChildren", imap::bit(Extension::kListExtended)},
    {Extension::kListExtended, "CHILDINFO|\\Subscribed"},
    {Extension::kSpecialUse, "\\Sent"},
    {Extension::kCreateSpecialUse, "\\Sent"},
    {Extension::kSubscriptions, "* LSUB|SUBSCRIBE completed"},
    {Extension::kStatusSize, "(SIZE "},
    {Extension::kCondStore, "HIGHESTMODSEQ|MODSEQ|[MODIFIED"},
    {Extension::kQresync, "VANISHED (EARLIER)|ENABLED QRESYNC"},
    {Extension::kUidOnly, "UIDFETCH|ENABLED UIDONLY"},
    {Extension::kEsearch, "* ESEARCH"},
    {Extension::kSearchRes, "* 1 FETCH (UID 1 BODY[]<0> {3}"},
    {Extension::kSort, "* SORT|SORT completed"},
    {Extension::kContextSearch, "ADDTO|CANCELUPDATE completed"},
    {Extension::kPartial, "PARTIAL (-1"},
    {Extension::kBinary, "BINARY"},
    {Extension::kCatenate, "BADURL"},
    {Extension::kReplace, "REPLACE completed"},
    {Extension::kAppendLimit, "(APPENDLIMIT "},
    {Extension::kQuota, "* QUOTA|QUOTAROOT|OVERQUOTA"},
    {Extension::kQuotaSet, "SETQUOTA completed"},
    {Extension::kAcl, "* ACL|MYRIGHTS|LISTRIGHTS|SETACL completed"},
    {Extension::kMetadata, "* METADATA INBOX"},
    // RFC 5464 §1: METADATA is both.
    {Extension::kMetadataServer, "* METADATA \"\"", imap::bit(Extension::kMetadata)},
    {Extension::kNotify, "NOTIFY completed"},
    {Extension::kObjectId, "MAILBOXID|EMAILID|THREADID"},
    {Extension::kSaveDate, "SAVEDATE"},
    {Extension::kPreview, "PREVIEW"},
    {Extension::kUtf8Accept, "ENABLED UTF8=ACCEPT"},
    {Extension::kInProgress, "INPROGRESS"},
    {Extension::kCompress, "DEFLATE active"},
};

constexpr const char* kConversation[] = {
    "CAPABILITY",
    "ID NIL",
    "LOGIN bob secret",
    "ENABLE ?",
    "NAMESPACE",
    "CREATE Sent (USE (\\Sent))",
    "CREATE Work/Sub",
    "CREATE Plain",
    "RENAME Plain Simple",
    "SUBSCRIBE Work/Sub",
    "LIST \"\" *",
    "LIST (SUBSCRIBED) \"\" *",
    "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %",
    "LIST \"\" * RETURN (CHILDREN SPECIAL-USE STATUS (MESSAGES))",
    "LSUB \"\" *",
    "STATUS INBOX (SIZE)",
    "STATUS INBOX (HIGHESTMODSEQ)",
    "STATUS INBOX (APPENDLIMIT)",
    "STATUS INBOX (MAILBOXID)",
    "GETQUOTAROOT INBOX",
    "GETACL INBOX",
    "MYRIGHTS INBOX",
    "LISTRIGHTS INBOX bob",
    "SETACL INBOX bob +a",
    "SETMETADATA INBOX (/shared/comment \"x\")",
    "GETMETADATA INBOX /shared/comment",
    "SETMETADATA \"\" (/shared/comment \"x\")",
    "GETMETADATA \"\" /shared/comment",
    "SELECT INBOX (QRESYNC (1 1))",
    "SELECT INBOX (CONDSTORE)",
    "SELECT INBOX",
    "SEARCH RETURN (SAVE) UID 1",
    "UID FETCH $ (BODY.PEEK[]<0.3>)",
    "UID FETCH 1 (FLAGS MODSEQ)",
    "FETCH 1 (FLAGS)",
    "UID FETCH 1 (EMAILID THREADID)",
    "UID FETCH 1 (SAVEDATE)",
    "UID FETCH 1 (PREVIEW)",
    "UID FETCH 1 (BINARY.SIZE[1])",
    "UID SEARCH ALL",
    "UID SEARCH RETURN (COUNT) ALL",
    "UID SEARCH RETURN (PARTIAL -1:-5) ALL",
    "UID SORT (SUBJECT) UTF-8 ALL",
    "UID THREAD REFERENCES UTF-8 ALL",
    "UID STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)",
    "UID STORE 1 +FLAGS (\\Flagged)",
    "UID SEARCH RETURN (UPDATE) ALL",
    "APPEND INBOX {6+}\r\na: b\r\n",
    "NOOP",
    "CANCELUPDATE \"z\"",
    "APPEND INBOX CATENATE (URL \"/Nowhere/;UID=9\")",
    "UID COPY 1 Sent",
    "UID COPY 1 Work/Sub",
    "UID MOVE 2 Work/Sub",
    "UID REPLACE 1 INBOX {6+}\r\na: b\r\n",
    "UID STORE 1:* +FLAGS.SILENT (\\Deleted)",
    "UID EXPUNGE 3",
    "EXPUNGE",
    "UID FETCH 1:9 (FLAGS) (CHANGEDSINCE 1 VANISHED)",
    "IDLE",
    "SETQUOTA \"User quota\" (MESSAGE 1)",
    "APPEND Work/Sub {6+}\r\na: b\r\n",
    "NOTIFY NONE",
    "UNSELECT",
    "SELECT INBOX",
    "EXAMINE Work/Sub",
    "CLOSE",
    "COMPRESS DEFLATE",
    "LOGOUT",
};

/// Without CAPABILITY, and without BAD, which may name what is not offered.
std::string without_noise(const std::string& said) {
  std::string kept;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("z BAD", 0) == 0 || line.find("CAPABILITY ") != std::string::npos) continue;
    kept += line + "\n";
  }
  return kept;
}

test::ImapServerSession begun(ExtensionSet extensions) {
  ImapServerConfig config;
  config.extensions = extensions;
  config.progress_every = 1;
  test::ImapServerSession session(config);
  session.add_mail("Subject: one\r\n\r\n1\r\n");
  session.add_mail("Subject: two\r\n\r\n2\r\n");
  return session;
}

std::string talk(ExtensionSet extensions, const std::string& enable) {
  test::ImapServerSession session = begun(extensions);
  std::string all;
  for (std::string line : kConversation) {
    if (line == "ENABLE ?") line = enable;
    if (!line.empty()) all += without_noise(session.say(line));
    if (session.server().idling()) all += without_noise(session.hear("DONE\r\n"));
  }
  return all;
}

/// The conversation by everybody who may have enabled something.
std::string all_said(ExtensionSet extensions) {
  std::string all = without_noise(begun(extensions).say("STARTTLS"));
  for (const char* enable : {"", "ENABLE CONDSTORE", "ENABLE QRESYNC", "ENABLE UIDONLY",
                             "ENABLE UTF8=ACCEPT", "ENABLE IMAP4rev2"}) {
    all += talk(extensions, enable);
  }
  return all;
}

}  // namespace

TEST_CASE("an extension that is off leaves no trace in what the server says") {
  const std::string everything = all_said(imap::all_extensions());
  for (const Words& row : kWords) {
    const ExtensionSet set =
        imap::without(imap::all_extensions(), imap::bit(row.extension) | row.brought_by);
    REQUIRE((set & imap::bit(Extension::kRev1)) != 0);
    const std::string said = all_said(set);
    CHECK(said.find("LOGOUT completed") != std::string::npos);
    std::istringstream words(row.words);
    for (std::string word; std::getline(words, word, '|');) {
      const std::string what = std::string(imap::extension_row(row.extension).name) + ": " + word;
      CHECK_MESSAGE(everything.find(word) != std::string::npos, "never said: " << what);
      const size_t at = said.find(word);
      const size_t begin = at == std::string::npos ? 0 : said.rfind('\n', at) + 1;
      const std::string line =
          at == std::string::npos ? std::string() : said.substr(begin, said.find('\n', at) - begin);
      CHECK_MESSAGE(at == std::string::npos, what << " in " << line);
    }
  }
}
