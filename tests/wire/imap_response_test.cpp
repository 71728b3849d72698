// Responses as a client reads them: values, codes, and what they mean.
#include "sim/wire/imap_response.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sim/wire/imap_response_data.h"
#include "sim/wire/imap_sequence_set.h"

using namespace mailscope;
using namespace mailscope::imap;

namespace {

Response read(std::string_view unit) {
  const std::optional<Response> response = parse_response(unit);
  REQUIRE_MESSAGE(response, std::string(unit));
  return *response;
}

using Strings = std::vector<std::string>;

const char* const kResponses[] = {
    "* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited",
    "* OK [BADCHARSET (\"x]y\" UTF-8)] no",
    "a1 OK [COPYUID 38505 304,319:320 3956:3958] Done",
    "* LIST (\\HasChildren) \"/\" \"a b\" (\"CHILDINFO\" (\"SUBSCRIBED\") \"OLDNAME\" (x))",
    "* ESEARCH (TAG \"A282\") UID MIN 2 COUNT 3 ALL 2,10:11",
    "* ESEARCH (TAG \"B01\") UID PARTIAL (1:100 NIL) ADDTO (1 2733 0 5:6)",
    "* VANISHED (EARLIER) 300:310,405,411",
    "* NAMESPACE ((\"\" \"/\")) ((\"~\" NIL \"X-PARAM\" (\"a\" \"b\"))) NIL",
    "* 12 FETCH (BINARY[1] ~{3}\r\na\nb MODSEQ (123) BODY[HEADER.FIELDS (\"a]b\")] NIL)",
    "* QUOTA \"\" (STORAGE 10 512 MESSAGE 1 9223372036854775807)",
    "* METADATA INBOX (/shared/comment {2}\r\nok)",
    "* THREAD (2)(3 6 (4 23)(44 7 96))",
};

}  // namespace

TEST_CASE("a code ends at the bracket that is its own") {
  CHECK(read("* OK [BADCHARSET (\"x]y\" UTF-8)] no such").code == "BADCHARSET (\"x]y\" UTF-8)");
  CHECK(read("* OK [BADCHARSET (\"x]y\" UTF-8)] no such").text == "no such");
  CHECK(read("* NO [ALERT] he said \"no").code == "ALERT");
  CHECK(read("* NO [BADURL /x;\"y] he said no").code == "BADURL /x;\"y");
  CHECK(read("* NO [BADEVENT (MessageNew FlagChange)] no").code ==
        "BADEVENT (MessageNew FlagChange)");
  CHECK(read("* OK [INPROGRESS (\"A]1\" 454 1000)] Still on it").text == "Still on it");
  CHECK(read("* OK [never closed").text == "[never closed");
}

TEST_CASE("what a code says") {
  CHECK(code_number("UIDNEXT 5", "UIDNEXT") == 5u);
  CHECK(!code_number("UIDNEXT 4294967296", "UIDNEXT"));
  CHECK(!code_number("UIDNEXTX 5", "UIDNEXT"));
  CHECK(!code_number("UIDNEXT", "UIDNEXT"));
  CHECK(code_number64("highestmodseq 9223372036854775807", "HIGHESTMODSEQ") ==
        9223372036854775807u);
  CHECK(!code_number64("HIGHESTMODSEQ 9223372036854775808", "HIGHESTMODSEQ"));
  CHECK(code_arguments("READ-ONLY", "READ-ONLY") == std::string_view());
  CHECK(!code_arguments("READ-WRITE", "READ-ONLY"));
  const auto copied = code_copyuid("COPYUID 38505 304,319:320 3956:3958", 3);
  REQUIRE(copied);
  CHECK(copied->uid_validity == 38505);
  CHECK(copied->from == std::vector<uint32_t>{304, 319, 320});
  CHECK(copied->to == std::vector<uint32_t>{3956, 3957, 3958});
  for (const char* wrong : {"COPYUID 1 2 3:4", "COPYUID 1 2", "COPYUID 0x 2 3", "COPYUID 1 2:* 3:4",
                            "COPYUID 1 1:9 1:9", "COPYUID", "COPYUID 1 2 3 4"}) {
    CHECK_MESSAGE(!code_copyuid(wrong, 3), std::string(wrong));
  }
  const auto appended = code_appenduid("APPENDUID 7 9:10", 5);
  REQUIRE(appended);
  CHECK(appended->uid_validity == 7);
  CHECK(appended->uids == std::vector<uint32_t>{9, 10});
  CHECK(code_modified("MODIFIED 7,9") == std::string("7,9"));
  CHECK(code_permanent_flags("PERMANENTFLAGS (\\Deleted $x \\*)") ==
        Strings{"\\Deleted", "$x", "\\*"});
  CHECK(code_permanent_flags("PERMANENTFLAGS ()") == Strings{});
  CHECK(!code_permanent_flags("PERMANENTFLAGS x"));
}

TEST_CASE("LIST with what LIST-EXTENDED tells") {
  const auto list = list_data(read(
      "* LIST (\\HasChildren \\Subscribed) \"/\" \"a b\" (\"CHILDINFO\" (\"SUBSCRIBED\") OLDNAME "
      "(\"old\"))"));
  REQUIRE(list);
  CHECK(list->attributes == Strings{"\\HasChildren", "\\Subscribed"});
  CHECK(list->delimiter == "/");
  CHECK(list->mailbox == "a b");
  CHECK(list->old_name == std::string("old"));
  CHECK(list->child_info == Strings{"SUBSCRIBED"});
  const auto flat = list_data(read("* LSUB () NIL nil"));
  REQUIRE(flat);
  CHECK(flat->delimiter.empty());
  CHECK(flat->mailbox == "nil");
  CHECK(!flat->old_name);
  CHECK(!list_data(read("* LIST () \"/\"")));
  CHECK(!list_data(read("* STATUS x ()")));
}

TEST_CASE("ESEARCH, with its tag, its UIDs and its changes") {
  const auto search =
      esearch_data(read("* ESEARCH (TAG \"A282\") UID MIN 2 MAX 47 COUNT 25 ALL 1:3 MODSEQ 917"));
  REQUIRE(search);
  CHECK(search->tag == "A282");
  CHECK(search->uid);
  CHECK(search->min == 2u);
  CHECK(search->max == 47u);
  CHECK(search->count == 25u);
  CHECK(search->all == "1:3");
  CHECK(search->modseq == 917u);
  const auto empty = esearch_data(read("* ESEARCH"));
  REQUIRE(empty);
  CHECK(empty->tag.empty());
  CHECK(!empty->uid);
  CHECK(empty->all.empty());
  const auto partial = esearch_data(read("* ESEARCH (TAG \"x\") PARTIAL (-1:-100 250,252:300)"));
  REQUIRE(partial);
  CHECK(partial->window == "-1:-100");
  CHECK(partial->partial == "250,252:300");
  const auto update = esearch_data(
      read("* ESEARCH (TAG \"x\") UID X-NEW (1 2) REMOVEFROM (0 32768) ADDTO (1 5:6 3 9)"));
  REQUIRE(update);
  REQUIRE(update->changes.size() == 3);
  CHECK(!update->changes[0].added);
  CHECK(update->changes[0].numbers == "32768");
  CHECK(update->changes[1].added);
  CHECK(update->changes[1].position == 1);
  CHECK(update->changes[2].position == 3);
  for (const char* wrong : {"* ESEARCH MIN", "* ESEARCH MIN x", "* ESEARCH ADDTO (1)",
                            "* ESEARCH ADDTO 1", "* ESEARCH PARTIAL 1:2", "* SEARCH 1"}) {
    CHECK_MESSAGE(!esearch_data(read(wrong)), std::string(wrong));
  }
}

TEST_CASE("VANISHED, NAMESPACE, QUOTA") {
  const auto earlier = vanished_data(read("* VANISHED (EARLIER) 300:310,405"));
  REQUIRE(earlier);
  CHECK(earlier->earlier);
  CHECK(numbers_in(earlier->uids, 100).size() == 12);
  const auto now = vanished_data(read("* VANISHED 405"));
  REQUIRE(now);
  CHECK(!now->earlier);
  CHECK(now->uids == "405");
  CHECK(!vanished_data(read("* VANISHED")));
  CHECK(!vanished_data(read("* VANISHED (LATER) 1")));
  CHECK(!vanished_data(read("* VANISHED (EARLIER)")));
  const auto names = namespace_data(
      read("* NAMESPACE ((\"\" \"/\")(\"#m/\" NIL)) ((\"~\" \"/\" \"X\" (\"y\"))) NIL"));
  REQUIRE(names);
  REQUIRE(names->personal.size() == 2);
  CHECK(names->personal[0].delimiter == "/");
  CHECK(names->personal[1].prefix == "#m/");
  CHECK(names->personal[1].delimiter.empty());
  CHECK(names->other_users[0].prefix == "~");
  CHECK(names->shared.empty());
  CHECK(!namespace_data(read("* NAMESPACE NIL NIL")));
  CHECK(!namespace_data(read("* NAMESPACE x NIL NIL")));
  const auto quota = quota_data(read("* QUOTA \"r\" (storage 10 512)"));
  REQUIRE(quota);
  CHECK(quota->root == "r");
  CHECK(quota->resources[0].name == "STORAGE");
  CHECK(quota->resources[0].usage == 10);
  CHECK(quota->resources[0].limit == 512);
  CHECK(!quota_data(read("* QUOTA r (STORAGE 10)")));
}

TEST_CASE("values: literals of both kinds, numbers, sections") {
  const std::string octets("a\0b", 3);
  const Response fetch = read("* 12 FETCH (BINARY[1] ~{3}\r\n" + octets + " MODSEQ (123) UID 7)");
  CHECK(fetch.number == 12u);
  REQUIRE(fetch.values.size() == 1);
  CHECK(fetch.values[0].after("binary[1]")->text == octets);
  CHECK(fetch.values[0].after("MODSEQ")->number_in_list() == 123u);
  CHECK(fetch.values[0].after("UID")->number() == 7u);
  CHECK(!fetch.values[0].after("MODSEQ")->number());
  CHECK(!fetch.values[0].after("UID")->number_in_list());
  const Response section =
      read("* 1 FETCH (BODY[HEADER.FIELDS (\"a]b\" c)]<0> \"x\" BODY[1.MIME] NIL)");
  CHECK(section.values[0].after("BODY[HEADER.FIELDS (\"a]b\" c)]<0>")->text == "x");
  CHECK(section.values[0].after("BODY[1.MIME]")->kind == Value::Kind::kNil);
  const Response uid_fetch = read("* 25996 UIDFETCH (FLAGS (\\Seen))");
  CHECK(uid_fetch.name == "UIDFETCH");
  CHECK(uid_fetch.number == 25996u);
  CHECK(read("* ENABLED CONDSTORE QRESYNC").values.size() == 2);
  CHECK(read("* ID (\"name\" \"x\" \"os\" NIL)").values[0].after("name")->text == "x");
  const Response thread = read("* THREAD (2)(3 6 (4 23)(44 7 96))");
  REQUIRE(thread.values.size() == 2);
  CHECK(thread.values[1].items[2].items[1].text == "23");
}

TEST_CASE("responses cut anywhere give a response or nothing") {
  for (const char* whole : kResponses) {
    const std::string text = whole;
    CHECK(parse_response(text));
    for (size_t size = 0; size < text.size(); ++size) {
      const auto response = parse_response(text.substr(0, size));
      if (!response) continue;
      list_data(*response);
      esearch_data(*response);
      vanished_data(*response);
      namespace_data(*response);
      quota_data(*response);
      code_copyuid(response->code, 10);
      code_permanent_flags(response->code);
    }
  }
  CHECK(!parse_response("* X " + std::string(100, '(')));
}
