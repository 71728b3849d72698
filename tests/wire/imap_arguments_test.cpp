// What the arguments of commands come to.
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "sim/wire/imap_command.h"

using namespace mailscope;
using namespace mailscope::imap;

namespace {

template <typename T>
T arguments_of(std::string_view line) {
  const CommandLine command = parse_command(line);
  REQUIRE_MESSAGE(!command.error, std::string(line));
  REQUIRE(std::holds_alternative<T>(command.arguments));
  return std::get<T>(command.arguments);
}

using Strings = std::vector<std::string>;

std::string items_of(const std::vector<StatusItem>& items) {
  std::string names;
  for (const StatusItem item : items) names += std::string(status_item_name(item)) + ' ';
  return names;
}

std::string events_of(const NotifyGroup& group) {
  std::string names;
  for (const NotifyEvent event : group.events) names += std::string(notify_event_name(event)) + ' ';
  return names;
}

}  // namespace

TEST_CASE("the session's own: AUTHENTICATE, ENABLE, ID, COMPRESS, CANCELUPDATE") {
  const auto plain = arguments_of<AuthenticateArguments>("a AUTHENTICATE scram-sha-256 =");
  CHECK(plain.mechanism == "SCRAM-SHA-256");
  CHECK(plain.initial_response == std::string("="));
  CHECK(!arguments_of<AuthenticateArguments>("a AUTHENTICATE PLAIN").initial_response);
  CHECK(arguments_of<WordsArguments>("a ENABLE CondStore x").words == Strings{"CondStore", "x"});
  CHECK(arguments_of<WordsArguments>("a CANCELUPDATE \"a\\\"b\" \"c d\"").words ==
        Strings{"a\"b", "c d"});
  CHECK(arguments_of<CompressArguments>("a COMPRESS deflate").mechanism == "DEFLATE");
  CHECK(arguments_of<IdArguments>("a ID nil").fields.empty());
  const auto id = arguments_of<IdArguments>("a ID (\"name\" {1}\r\nx \"version\" NIL)");
  REQUIRE(id.fields.size() == 2);
  CHECK(id.fields[0].first == "name");
  CHECK(id.fields[0].second == std::string("x"));
  CHECK(!id.fields[1].second);
}

TEST_CASE("SELECT says what it knows of the mailbox") {
  const auto select = arguments_of<SelectArguments>(
      "a SELECT x (QRESYNC (67890007 9223372036854775807 41:211 (1,5 41,214)) CONDSTORE)");
  CHECK(select.condstore);
  REQUIRE(select.qresync);
  CHECK(select.qresync->uid_validity == 67890007);
  CHECK(select.qresync->modseq == 9223372036854775807u);
  REQUIRE(select.qresync->known_uids);
  CHECK(encode_sequence_set(*select.qresync->known_uids) == "41:211");
  REQUIRE(select.qresync->known_numbers);
  CHECK(encode_sequence_set(select.qresync->known_numbers->first) == "1,5");
  CHECK(encode_sequence_set(select.qresync->known_numbers->second) == "41,214");
  const auto numbers = arguments_of<SelectArguments>("a EXAMINE x (QRESYNC (1 2 (1 4)))");
  CHECK(!numbers.qresync->known_uids);
  CHECK(numbers.qresync->known_numbers);
  CHECK(!arguments_of<SelectArguments>("a SELECT x").qresync);
}

TEST_CASE("CREATE, STATUS, LIST") {
  CHECK(arguments_of<CreateArguments>("a CREATE x (USE (\\Drafts \\x-Mine))").uses ==
        Strings{"\\Drafts", "\\x-Mine"});
  CHECK(items_of(arguments_of<StatusArguments>("a STATUS x (deleted-storage Size)").items) ==
        "DELETED-STORAGE SIZE ");
  const auto plain = arguments_of<ListArguments>("a LIST \"\" a%");
  CHECK(!plain.extended);
  CHECK(plain.patterns == Strings{"a%"});
  const auto list = arguments_of<ListArguments>(
      "a LIST (subscribed remote) ref (a* \"b c\") RETURN (children special-use "
      "status (MESSAGES))");
  CHECK(list.extended);
  CHECK(list.reference == "ref");
  CHECK(list.patterns == Strings{"a*", "b c"});
  CHECK(list.subscribed);
  CHECK(list.remote);
  CHECK(!list.recursive_match);
  CHECK(!list.special_use);
  CHECK(!list.return_subscribed);
  CHECK(list.return_children);
  CHECK(list.return_special_use);
  CHECK(items_of(list.return_status) == "MESSAGES ");
  CHECK(arguments_of<ListArguments>("a LIST \"\" % RETURN ()").extended);
}

TEST_CASE("APPEND takes messages of text, of octets and of pieces") {
  const auto append = arguments_of<AppendArguments>(
      "a APPEND x (\\Seen k) \" 7-Feb-1994 22:43:04 -0800\" {1}\r\na CATENATE (URL u TEXT "
      "~{1}\r\nb) UTF8 (~{2}\r\ncd)");
  REQUIRE(append.messages.size() == 3);
  CHECK(append.messages[0].flags == Strings{"\\Seen", "k"});
  REQUIRE(append.messages[0].date);
  CHECK(encode_internal_date(*append.messages[0].date) == "07-Feb-1994 22:43:04 -0800");
  CHECK(append.messages[0].pieces[0].text == "a");
  CHECK(!append.messages[0].binary);
  CHECK(append.messages[1].flags.empty());
  CHECK(!append.messages[1].date);
  REQUIRE(append.messages[1].pieces.size() == 2);
  CHECK(append.messages[1].pieces[0].is_url);
  CHECK(append.messages[1].pieces[0].text == "u");
  CHECK(!append.messages[1].pieces[1].is_url);
  CHECK(append.messages[1].pieces[1].text == "b");
  CHECK(append.messages[1].binary);
  CHECK(append.messages[2].utf8);
  CHECK(!append.messages[2].binary);
  CHECK(append.messages[2].pieces[0].text == "cd");
  const auto replace = arguments_of<ReplaceArguments>("a UID REPLACE 7 Drafts (\\Draft) {1}\r\nx");
  CHECK(replace.number == 7);
  CHECK(replace.mailbox == "Drafts");
  CHECK(replace.message.flags == Strings{"\\Draft"});
  CHECK(replace.message.pieces[0].text == "x");
  CHECK(arguments_of<ReplaceArguments>("a REPLACE * x {1}\r\nx").number == 0);
}

TEST_CASE("SEARCH, SORT and THREAD") {
  const auto plain = arguments_of<SearchArguments>("a SEARCH CHARSET utf-8 ALL");
  CHECK(plain.charset == "utf-8");
  CHECK(!plain.result.given);
  const auto empty = arguments_of<SearchArguments>("a SEARCH RETURN () ALL");
  CHECK(empty.result.given);
  CHECK(!empty.result.all);
  const auto search =
      arguments_of<SearchArguments>("a SEARCH RETURN (MIN COUNT SAVE CONTEXT PARTIAL -1:-100) ALL");
  CHECK(search.result.min);
  CHECK(!search.result.max);
  CHECK(search.result.count);
  CHECK(search.result.save);
  CHECK(search.result.context);
  CHECK(!search.result.update);
  REQUIRE(search.result.partial);
  CHECK(search.result.partial->first == -1);
  CHECK(search.result.partial->last == -100);
  const auto sort =
      arguments_of<SortArguments>("a SORT RETURN (UPDATE) (REVERSE DATE SUBJECT) UTF-8 TO x 1:2");
  CHECK(sort.search.result.update);
  CHECK(sort.search.charset == "UTF-8");
  CHECK(encode_search_key(sort.search.key) == "TO x 1:2");
  REQUIRE(sort.criteria.size() == 2);
  CHECK(sort.criteria[0].key == SortCriterion::Key::kDate);
  CHECK(sort.criteria[0].reverse);
  CHECK(sort.criteria[1].key == SortCriterion::Key::kSubject);
  CHECK(!sort.criteria[1].reverse);
  const auto thread = arguments_of<ThreadArguments>("a THREAD orderedsubject \"utf-8\" UNSEEN");
  CHECK(thread.algorithm == "ORDEREDSUBJECT");
  CHECK(thread.search.charset == "utf-8");
}

TEST_CASE("FETCH and STORE by what has changed") {
  const auto fetch = arguments_of<FetchArguments>(
      "a UID FETCH 1:* (FLAGS PREVIEW (LAZY)) (PARTIAL 1:30 CHANGEDSINCE 12345 VANISHED)");
  CHECK(fetch.changed_since == 12345u);
  CHECK(fetch.vanished);
  REQUIRE(fetch.partial);
  CHECK(fetch.partial->last == 30);
  REQUIRE(fetch.items.size() == 2);
  CHECK(fetch.items[1].lazy);
  const auto one = arguments_of<FetchArguments>("a FETCH 1 PREVIEW (CHANGEDSINCE 5)");
  REQUIRE(one.items.size() == 1);
  CHECK(!one.items[0].lazy);
  CHECK(one.changed_since == 5u);
  const auto lazy = arguments_of<FetchArguments>("a FETCH 1 PREVIEW (LAZY) (CHANGEDSINCE 5)");
  CHECK(lazy.items[0].lazy);
  CHECK(lazy.changed_since == 5u);
  const auto store =
      arguments_of<StoreArguments>("a STORE $ (UNCHANGEDSINCE 0) -FLAGS.SILENT \\Seen x");
  CHECK(store.set.is_saved_result());
  CHECK(store.unchanged_since == 0u);
  CHECK(store.mode == StoreMode::kRemove);
  CHECK(store.silent);
  CHECK(store.flags == Strings{"\\Seen", "x"});
}

TEST_CASE("quotas and access rights") {
  CHECK(arguments_of<QuotaRootArguments>("a GETQUOTA \"\"").root.empty());
  const auto quota = arguments_of<SetQuotaArguments>("a SETQUOTA r (storage 5 MESSAGE 6)");
  CHECK(quota.root == "r");
  REQUIRE(quota.limits.size() == 2);
  CHECK(quota.limits[0] == std::pair<std::string, uint64_t>("STORAGE", 5));
  CHECK(quota.limits[1] == std::pair<std::string, uint64_t>("MESSAGE", 6));
  const auto acl = arguments_of<AclArguments>("a SETACL INBOX -fred +lrs");
  CHECK(acl.mailbox == "INBOX");
  CHECK(acl.identifier == "-fred");
  CHECK(acl.rights == "+lrs");
  CHECK(arguments_of<AclArguments>("a DELETEACL INBOX anyone").rights.empty());
}

TEST_CASE("annotations: options before the mailbox, and after it as the RFC's examples have them") {
  for (const char* line :
       {"a GETMETADATA (MAXSIZE 1024 DEPTH infinity) INBOX (/shared/comment /private/x)",
        "a GETMETADATA INBOX (MAXSIZE 1024 DEPTH infinity) (/shared/comment /private/x)"}) {
    const auto get = arguments_of<GetMetadataArguments>(line);
    CHECK(get.mailbox == "INBOX");
    CHECK(get.max_size == 1024u);
    CHECK(get.depth == UINT32_MAX);
    CHECK(get.entries == Strings{"/shared/comment", "/private/x"});
  }
  const auto one = arguments_of<GetMetadataArguments>("a GETMETADATA \"\" /shared/admin");
  CHECK(one.mailbox.empty());
  CHECK(!one.max_size);
  CHECK(one.depth == 0);
  const std::string octets("a\0b", 3);
  const std::string line =
      "a SETMETADATA x (/private/a NIL /private/b \"\" /private/c ~{3}\r\n" + octets + ")";
  const auto set = arguments_of<SetMetadataArguments>(line);
  REQUIRE(set.values.size() == 3);
  CHECK(!set.values[0].second);
  CHECK(set.values[1].second == std::string());
  CHECK(set.values[2].second == octets);
}

TEST_CASE("NOTIFY: which mailboxes, which events, and what to fetch of a new message") {
  CHECK(!arguments_of<NotifyArguments>("a NOTIFY NONE").set);
  const auto notify = arguments_of<NotifyArguments>(
      "a NOTIFY SET STATUS (selected-delayed (messagenew (uid flags) MessageExpunge)) "
      "(mailboxes (a \"b c\") (MailboxName Frobnicate)) (subtree x NONE)");
  CHECK(notify.set);
  CHECK(notify.status);
  REQUIRE(notify.groups.size() == 3);
  CHECK(notify.groups[0].where == NotifyGroup::Where::kSelectedDelayed);
  CHECK(events_of(notify.groups[0]) == "MessageNew MessageExpunge ");
  CHECK(notify.groups[0].new_items.size() == 2);
  CHECK(notify.groups[1].mailboxes == Strings{"a", "b c"});
  CHECK(notify.groups[1].events ==
        std::vector<NotifyEvent>{NotifyEvent::kMailboxName, NotifyEvent::kUnknown});
  CHECK(notify.groups[2].where == NotifyGroup::Where::kSubtree);
  CHECK(notify.groups[2].mailboxes == Strings{"x"});
  CHECK(notify.groups[2].events.empty());
}

TEST_CASE("tokens say what stands where, for those who explain a line") {
  const std::string_view line = "a LIST (SUBSCRIBED) \"\" (x \"y\") RETURN (STATUS (MESSAGES))";
  std::string out;
  for (const Token& token : parse_command(line).tokens) {
    if (token.kind == TokenKind::kPunctuation) continue;
    out +=
        std::to_string(static_cast<int>(token.kind)) + ':' + std::string(token.span.of(line)) + ' ';
  }
  const auto kind = [](TokenKind of) { return std::to_string(static_cast<int>(of)) + ':'; };
  const std::string item = kind(TokenKind::kItem);
  const std::string mailbox = kind(TokenKind::kMailbox);
  CHECK(out == kind(TokenKind::kTag) + "a " + kind(TokenKind::kName) + "LIST " + item +
                   "SUBSCRIBED " + mailbox + "\"\" " + mailbox + "x " + mailbox + "\"y\" " + item +
                   "RETURN " + item + "STATUS " + item + "MESSAGES ");
}
