// Every command: its forms with the extensions they use, cut anywhere, and wrong in every way that
// a grammar rule names, with the place and the words for it.
#include "sim/wire/imap_command.h"

#include <doctest/doctest.h>

#include <algorithm>

#include <string>

#include "sim/wire/imap_fragments.h"
#include "tests/wire/imap_commands_known.h"

using namespace mailscope;
using namespace mailscope::imap;

namespace {

std::string names_of(ExtensionSet set) {
  std::string names;
  for (const ExtensionRow& row : kExtensions) {
    if ((set & bit(row.extension)) != 0)
      names += (names.empty() ? "" : " ") + std::string(row.name);
  }
  return names;
}

/// What a command needs, and of what it needs one: "QUOTA IMAP4rev2|QUOTA".
std::string needs_of(const CommandLine& command) {
  std::string names = names_of(command.uses);
  for (const ExtensionSet any : command.uses_any) {
    std::string one = names_of(any);
    std::replace(one.begin(), one.end(), ' ', '|');
    names += (names.empty() ? "" : " ") + one;
  }
  return names;
}

std::string error_of(std::string_view line) {
  const CommandLine command = parse_command(line);
  if (!command.error) return "none";
  return std::to_string(command.error->position) + ": " + command.error->expected;
}

struct WrongCommand {
  const char* line;
  const char* error;
};

constexpr WrongCommand kWrongCommands[] = {
    {"a CAPABILITY x", "12: the end of the line"},
    {"a STARTTLS now", "10: the end of the line"},
    {"a ENABLE", "8: a space"},
    {"a ENABLE ", "9: the name of a capability"},
    {"a ENABLE (CONDSTORE)", "9: the name of a capability"},
    {"a ID", "4: a space"},
    {"a ID x", "5: NIL or a list of fields and values"},
    {"a ID (name \"x\")", "6: the name of a field, as a string"},
    {"a ID (\"name\")", "12: a space"},
    {"a ID (\"name\" x)", "13: a string or NIL"},
    {"a ID (\"name\" \"x\" \"NAME\" \"y\")", "17: each field only once"},
    {"a ID (\"0123456789012345678901234567890\" \"x\")", "6: a field of at most 30 octets"},
    {"a COMPRESS", "10: a space"},
    {"a COMPRESS \"DEFLATE\"", "11: a compression algorithm such as DEFLATE"},
    {"a NAMESPACE \"\"", "11: the end of the line"},
    {"a AUTHENTICATE PLAIN ", "21: base64"},
    {"a AUTHENTICATE PLAIN a b", "22: the end of the line"},
    {"a SELECT INBOX ()", "16: CONDSTORE or QRESYNC"},
    {"a SELECT INBOX CONDSTORE", "14: the end of the line"},
    {"a SELECT INBOX (CONDSTORE", "25: \")\""},
    {"a SELECT INBOX (FOO)", "16: CONDSTORE or QRESYNC"},
    {"a SELECT INBOX (QRESYNC)", "23: a space"},
    {"a SELECT INBOX (QRESYNC (0 1))", "25: a UIDVALIDITY"},
    {"a SELECT INBOX (QRESYNC (1 0))", "27: a mod-sequence from 1 on"},
    {"a SELECT INBOX (QRESYNC (1 9223372036854775808))", "27: a number up to 9223372036854775807"},
    {"a SELECT INBOX (QRESYNC (1))", "26: a space"},
    {"a SELECT INBOX (QRESYNC (1 2 1:*))", "29: a set of numbers, without * and $"},
    {"a SELECT INBOX (QRESYNC (1 2 $))", "29: a set of numbers, without * and $"},
    {"a SELECT INBOX (QRESYNC (1 2 3 (1)))", "33: a space"},
    {"a SELECT INBOX (QRESYNC (1 2 (1 2) 3))", "34: \")\""},
    {"a SELECT INBOX (QRESYNC (1 2) QRESYNC (1 2))", "30: QRESYNC only once"},
    {"a CREATE x (USE)", "15: a space"},
    {"a CREATE x (USE (Drafts))", "17: a special use such as \\Drafts"},
    {"a CREATE x (USE (\\*))", "17: a special use such as \\Drafts"},
    {"a CREATE x (USE (\\a) USE (\\b))", "21: USE only once"},
    {"a CREATE x (FOO)", "12: USE"},
    {"a CREATE x ()", "12: USE"},
    {"a LIST (RECURSIVEMATCH) \"\" %", "7: RECURSIVEMATCH with SUBSCRIBED"},
    {"a LIST (REMOTE RECURSIVEMATCH) \"\" %", "7: RECURSIVEMATCH with SUBSCRIBED"},
    {"a LIST (SPECIAL-USE RECURSIVEMATCH) \"\" %", "7: RECURSIVEMATCH with SUBSCRIBED"},
    {"a LIST (FOO) \"\" %", "8: a selection option such as SUBSCRIBED"},
    {"a LIST (SUBSCRIBED) \"\"", "22: a space"},
    {"a LIST \"\" ()", "11: a mailbox name, in which % and * are wildcards"},
    {"a LIST \"\" (a  b)", "13: a mailbox name, in which % and * are wildcards"},
    {"a LIST \"\" % RETURN", "18: a space"},
    {"a LIST \"\" % RETURN (FOO)", "20: a RETURN option such as SUBSCRIBED or CHILDREN"},
    {"a LIST \"\" % CHILDREN", "11: the end of the line"},
    {"a LIST \"\" % RETURN (STATUS)", "26: a space"},
    {"a LIST \"\" % RETURN (STATUS ())", "28: a status item"},
    {"a LSUB (SUBSCRIBED) \"\" %", "7: a mailbox name"},
    {"a LSUB \"\" (a)", "10: a mailbox name, in which % and * are wildcards"},
    {"a STATUS INBOX ()", "16: a status item"},
    {"a STATUS INBOX (FOO)", "16: a status item such as MESSAGES, UIDNEXT or UNSEEN"},
    {"a STATUS INBOX MESSAGES", "15: \"(\""},
    {"a APPEND INBOX", "14: a space"},
    {"a APPEND INBOX \"x\"", "15: a date-time such as \" 7-Feb-1994 22:43:04 -0800\""},
    {"a APPEND INBOX \"32-Jan-2020 00:00:00 +0000\" {1}\r\nx",
     "15: a date-time such as \" 7-Feb-1994 22:43:04 -0800\""},
    {"a APPEND INBOX (\\Recent) {1}\r\nx",
     "16: \\Seen, \\Answered, \\Flagged, \\Deleted, \\Draft or a keyword"},
    {"a APPEND INBOX \"7-Feb-1994 22:43:04 -0800\" {1}\r\nx",
     "15: a date-time such as \" 7-Feb-1994 22:43:04 -0800\""},
    {"a APPEND INBOX {1}\r\nx x", "22: a literal"},
    {"a APPEND INBOX {1}\r\nx {2}\r\nx",
     "22: a literal of the announced size at the end of a line"},
    {"a APPEND INBOX {5000000000}\r\nx",
     "15: a literal of the announced size at the end of a line"},
    {"a APPEND INBOX CATENATE ()", "25: TEXT with a literal, or URL"},
    {"a APPEND INBOX CATENATE (x)", "25: TEXT with a literal, or URL"},
    {"a APPEND INBOX CATENATE (TEXT \"x\")", "30: a literal"},
    {"a APPEND INBOX UTF8 ({1}\r\nx)", "21: a literal8 such as ~{310}"},
    {"a APPEND INBOX UTF8 ~{1}\r\nx", "20: \"(\""},
    {"a APPEND INBOX ~x", "15: a literal8 such as ~{310}"},
    {"a REPLACE 1:2 x {1}\r\nx", "11: a space"},
    {"a REPLACE 0 x {1}\r\nx", "10: the number of a message, or *"},
    {"a REPLACE $ x {1}\r\nx", "10: the number of a message, or *"},
    {"a REPLACE 1 x {1}\r\nx {1}\r\ny", "20: the end of the line"},
    {"a NOTIFY", "8: a space"},
    {"a NOTIFY SET", "12: a space"},
    {"a NOTIFY SET STATUS", "19: a space"},
    {"a NOTIFY NONE x", "13: the end of the line"},
    {"a NOTIFY SET (FOO NONE)", "14: which mailboxes: SELECTED, PERSONAL, MAILBOXES, ..."},
    {"a NOTIFY SET (SELECTED)", "22: a space"},
    {"a NOTIFY SET (SELECTED ())", "24: an event such as MessageNew"},
    {"a NOTIFY SET (SELECTED (MessageNew))",
     "23: both MessageNew and MessageExpunge, or no event of messages"},
    {"a NOTIFY SET (PERSONAL (FlagChange))",
     "23: both MessageNew and MessageExpunge, or no event of messages"},
    {"a NOTIFY SET (PERSONAL (MessageNew (UID) MessageExpunge))",
     "35: no FETCH items but for the selected mailbox"},
    {"a NOTIFY SET (SELECTED (MailboxName))",
     "24: events of messages alone for the selected mailbox"},
    {"a NOTIFY SET (SELECTED NONE) (SELECTED-DELAYED NONE)",
     "29: SELECTED or SELECTED-DELAYED only once"},
    {"a NOTIFY SET (SUBTREE NONE)", "26: a space"},
    {"a NOTIFY SET (MAILBOXES () NONE)", "25: a mailbox name"},
    {"a NOTIFY SET (SELECTED (MessageNew (ALL) MessageExpunge))",
     "39: a FETCH item such as FLAGS or BODY[]"},
    {"a SETQUOTA x", "12: a space"},
    {"a SETQUOTA x (STORAGE)", "21: a space"},
    {"a SETQUOTA x (STORAGE -1)", "22: a limit"},
    {"a SETQUOTA x (STORAGE 9223372036854775808)", "22: a number up to 9223372036854775807"},
    {"a SETACL INBOX fred", "19: a space"},
    {"a SETACL INBOX fred +A", "20: rights, in small letters, after + or - or neither"},
    {"a SETACL INBOX fred \"l r\"", "20: rights, in small letters, after + or - or neither"},
    {"a LISTRIGHTS INBOX", "18: a space"},
    {"a GETMETADATA INBOX", "19: a space"},
    {"a GETMETADATA INBOX ()", "21: an entry such as /shared/comment"},
    {"a GETMETADATA INBOX comment", "20: an entry such as /shared/comment"},
    {"a GETMETADATA INBOX /a/*", "20: an entry such as /shared/comment"},
    {"a GETMETADATA INBOX /a//b", "20: an entry such as /shared/comment"},
    {"a GETMETADATA INBOX /a/", "20: an entry such as /shared/comment"},
    {"a GETMETADATA INBOX /a /b", "22: the end of the line"},
    {"a GETMETADATA (DEPTH 2) INBOX /a", "21: 0, 1 or infinity"},
    {"a GETMETADATA (MAXSIZE x) INBOX /a", "23: a number of octets"},
    {"a GETMETADATA (FOO 1) INBOX /a", "15: MAXSIZE or DEPTH"},
    {"a GETMETADATA (DEPTH 1) INBOX (MAXSIZE 1) /a", "31: an entry such as /shared/comment"},
    {"a SETMETADATA INBOX ()", "21: an entry such as /shared/comment"},
    {"a SETMETADATA INBOX (/a)", "23: a space"},
    {"a SETMETADATA INBOX (/a x)", "24: a string or NIL"},
    {"a SETMETADATA INBOX /a \"x\"", "20: \"(\""},
    {"a SEARCH RETURN (FOO) ALL", "17: a RETURN option such as MIN, MAX, ALL or COUNT"},
    {"a SEARCH RETURN MIN ALL", "16: \"(\""},
    {"a SEARCH RETURN (MIN)", "21: a space"},
    {"a SEARCH CHARSET UTF-8 RETURN (MIN) ALL", "23: a search key such as UNSEEN or FROM"},
    {"a SEARCH RETURN (PARTIAL 1:5 ALL) ALL", "16: ALL or PARTIAL, not both"},
    {"a SEARCH RETURN (PARTIAL 1:5 PARTIAL 6:9) ALL", "29: PARTIAL only once"},
    {"a SEARCH RETURN (PARTIAL) ALL", "24: a space"},
    {"a SEARCH RETURN (PARTIAL 0:5) ALL", "25: a range of places such as 1:100 or -1:-100"},
    {"a SEARCH RETURN (PARTIAL 1:*) ALL", "27: a range of places such as 1:100 or -1:-100"},
    {"a SEARCH RETURN (PARTIAL -1:5) ALL", "28: \"-\""},
    {"a SEARCH RETURN (PARTIAL 5) ALL", "26: \":\""},
    {"a SEARCH RETURN (PARTIAL 1:4294967296) ALL", "27: a number up to 4294967295"},
    {"a SEARCH OLDER 0", "15: a number of seconds"},
    {"a SEARCH LARGER 9223372036854775808", "16: a number up to 9223372036854775807"},
    {"a SEARCH MODSEQ", "15: a space"},
    {"a SEARCH MODSEQ \"/flags/\\\\seen\" any 1", "32: priv, shared or all"},
    {"a SEARCH MODSEQ \"seen\" all 1", "16: an entry such as \"/flags/\\\\seen\""},
    {"a SEARCH EMAILID a.b", "18: the end of the line"},
    {"a SEARCH SAVEDON 1994", "21: a date such as 1-Feb-1994"},
    {"a SEARCH 1,$", "11: a sequence set, such as 1:4,7 or 2:*"},
    {"a SEARCH $,1", "10: the end of the line"},
    {"a SORT (SUBJECT) ALL", "20: a space"},
    {"a SORT () UTF-8 ALL", "8: a sort key such as ARRIVAL, DATE or SUBJECT"},
    {"a SORT (REVERSE) UTF-8 ALL", "15: a space"},
    {"a SORT (REVERSE REVERSE DATE) UTF-8 ALL", "16: a sort key such as ARRIVAL, DATE or SUBJECT"},
    {"a SORT SUBJECT UTF-8 ALL", "7: \"(\""},
    {"a SORT (FOO) UTF-8 ALL", "8: a sort key such as ARRIVAL, DATE or SUBJECT"},
    {"a THREAD REFERENCES UTF-8", "25: a space"},
    {"a THREAD RETURN (COUNT) REFERENCES UTF-8 ALL", "16: the name of a character set"},
    {"a CANCELUPDATE", "14: a space"},
    {"a CANCELUPDATE A0", "15: a tag in double quotes"},
    {"a FETCH 1 (FLAGS) ()", "19: a FETCH modifier such as CHANGEDSINCE"},
    {"a FETCH 1 FLAGS (CHANGEDSINCE 0)", "30: a mod-sequence from 1 on"},
    {"a FETCH 1 FLAGS (CHANGEDSINCE)", "29: a space"},
    {"a FETCH 1 FLAGS (FOO)", "17: a FETCH modifier such as CHANGEDSINCE"},
    {"a FETCH 1 FLAGS (CHANGEDSINCE 1 CHANGEDSINCE 2)", "32: each FETCH modifier only once"},
    {"a FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)", "32: VANISHED in UID FETCH alone"},
    {"a UID FETCH 1 FLAGS (VANISHED)", "20: VANISHED with CHANGEDSINCE"},
    {"a FETCH 1 FLAGS (PARTIAL 1:2)", "17: PARTIAL in UID FETCH alone"},
    {"a UID FETCH 1 FLAGS (PARTIAL 1:2 PARTIAL 1:2)", "33: each FETCH modifier only once"},
    {"a FETCH 1 BINARY", "16: \"[\""},
    {"a FETCH 1 BINARY[TEXT]", "17: a part number"},
    {"a FETCH 1 BINARY[1.]", "19: a part number"},
    {"a FETCH 1 BINARY.SIZE[1]<0.1>", "24: the end of the line"},
    {"a FETCH 1 (PREVIEW (EAGER))", "19: a FETCH item such as FLAGS or BODY[]"},
    {"a FETCH 1 PREVIEW (LAZY EAGER)", "24: LAZY"},
    {"a FETCH 1 BODY[]<0.9223372036854775808>", "19: a number up to 9223372036854775807"},
    {"a FETCH 4294967296 FLAGS", "8: a number up to 4294967295"},
    {"a STORE 1 (UNCHANGEDSINCE) FLAGS ()", "25: a space"},
    {"a STORE 1 (FOO 1) FLAGS ()", "11: UNCHANGEDSINCE"},
    {"a STORE 1 (UNCHANGEDSINCE 1 UNCHANGEDSINCE 2) FLAGS ()", "28: UNCHANGEDSINCE only once"},
    {"a STORE 1 FLAGS", "15: a space"},
    {"a MOVE 1", "8: a space"},
    {"a UID", "5: a space"},
    {"a UID MOVE 1", "12: a space"},
    {"a LOGIN \"gr\xfcn\" x", "11: 7-bit text in a quoted string (others need a literal)"},
    {"a SEARCH MODSEQ \"/flags/\\\\recent\" all 1", "16: an entry such as \"/flags/\\\\seen\""},
};

}  // namespace

TEST_CASE("every form of every command is read, and what it needs the server to offer is noted") {
  for (const KnownCommand& known : kKnownCommands) {
    CAPTURE(known.line);
    const CommandLine command = parse_command(known.line);
    CHECK(error_of(known.line) == "none");
    CHECK(needs_of(command) == known.uses);
    CHECK(command.tag == "a");
  }
}

TEST_CASE("no command may be longer than it is, and none breaks the reader when it is cut") {
  for (const KnownCommand& known : kKnownCommands) {
    const std::string line = known.line;
    CAPTURE(line);
    CHECK(error_of(line + ' ') != "none");
    CHECK(error_of(line + ')') != "none");
    for (size_t size = 0; size < line.size(); ++size) {
      const CommandLine command = parse_command(line.substr(0, size));
      size_t at = 0;
      bool ordered = true;
      for (const Token& token : command.tokens) {
        ordered = ordered && token.span.begin >= at && token.span.end > token.span.begin;
        at = token.span.end;
      }
      CHECK(ordered);
      CHECK(at <= size);
      if (command.error) CHECK(command.error->position <= size);
    }
  }
}

TEST_CASE("every command arrives whole through the fragments, literals of each kind included") {
  for (const KnownCommand& known : kKnownCommands) {
    CAPTURE(known.line);
    Fragments fragments(Sender::kClient);
    fragments.append(std::string(known.line) + "\r\n");
    while (fragments.wants_literal()) fragments.continue_literal();
    REQUIRE(fragments.has_unit());
    CHECK(fragments.take_unit().text == known.line);
    CHECK(fragments.pending() == 0);
  }
}

TEST_CASE("what is wrong with a command is said in words and with its place") {
  for (const WrongCommand& wrong : kWrongCommands) {
    CAPTURE(wrong.line);
    CHECK(error_of(wrong.line) == wrong.error);
  }
}

TEST_CASE("lists have an end, however long a line may be") {
  std::string flags = "a STORE 1 FLAGS (";
  std::string names = "a FETCH 1 BODY[HEADER.FIELDS (";
  std::string deep = "a SEARCH ";
  for (int i = 0; i < 20000; ++i) {
    flags += "x ";
    names += "x ";
    deep += "NOT ";
  }
  CHECK(error_of(flags + "x)") == "20017: fewer items in the list");
  CHECK(error_of(names + "x)]") == "2030: fewer items in the list");
  CHECK(error_of(deep + "ALL") == "137: less nesting");
  CHECK(error_of("a FETCH " + std::string(70000, '1') + " FLAGS") ==
        "8: a number up to 4294967295");
}
