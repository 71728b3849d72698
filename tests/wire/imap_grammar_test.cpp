#include "sim/wire/imap_grammar.h"

#include <doctest/doctest.h>

#include "sim/wire/imap_command.h"
#include "sim/wire/imap_utf7.h"

using namespace mailscope;
using namespace mailscope::imap;

namespace {

std::string set_of(std::string_view text, uint32_t largest) {
  Reader reader(text);
  const SequenceSet set = parse_sequence_set(reader);
  reader.end();
  if (reader.failed()) return "error";
  std::string out;
  for (const SequenceSet::Range range : set.resolved(largest)) {
    out += std::to_string(range.first) + '-' + std::to_string(range.last) + ' ';
  }
  return out;
}

std::string error_of(std::string_view line) {
  const CommandLine command = parse_command(line);
  if (!command.error) return {};
  return std::to_string(command.error->position) + ": " + command.error->expected;
}

std::string search_again(std::string_view keys) {
  Reader reader(keys);
  const SearchKey key = parse_search_keys(reader);
  reader.end();
  return reader.failed() ? "error" : encode_search_key(key);
}

std::string fetch_again(std::string_view items) {
  Reader reader(items);
  std::string out;
  for (const FetchItem& item : parse_fetch_items(reader)) out += encode_fetch_item(item) + ' ';
  reader.end();
  return reader.failed() ? "error" : out;
}

}  // namespace

TEST_CASE("sequence sets, '*' in either order") {
  CHECK(set_of("2,4:7,9,12:*", 15) == "2-2 4-7 9-9 12-15 ");
  CHECK(set_of("*:4,5:7", 10) == "4-10 ");
  CHECK(set_of("*", 3) == "3-3 ");
  CHECK(set_of("9:*", 3) == "3-9 ");
  CHECK(set_of("5:3,4", 9) == "3-5 ");
  CHECK(set_of("4294967295", 1) == "4294967295-4294967295 ");
  for (const char* wrong : {"", "0", "1,", ",1", "1:", "1:2:3", "01", "4294967296", "1 2", "-1"}) {
    CHECK_MESSAGE(set_of(wrong, 9) == "error", std::string(wrong));
  }
  CHECK(encode_numbers({1, 2, 3, 7, 9, 10}) == "1:3,7,9:10");
  CHECK(numbers_in("7,3:4", 3) == std::vector<uint32_t>{7, 3, 4});
  CHECK(numbers_in("4:2", 9) == std::vector<uint32_t>{2, 3, 4});
  CHECK(numbers_in("4294967295", 1) == std::vector<uint32_t>{4294967295});
  for (const char* wrong : {"", "1:*", "$", "1:4294967295", "1:5", "1:3,9:10", "1 2", "x"}) {
    CHECK_MESSAGE(numbers_in(wrong, 4).empty(), std::string(wrong));
  }
  CHECK(in_ranges({{2, 4}, {7, 7}}, 4));
  CHECK(!in_ranges({{2, 4}, {7, 7}}, 5));
  CHECK(!in_ranges({}, 1));
}

TEST_CASE("$ stands alone for the saved result") {
  Reader reader("$ x");
  const SequenceSet set = parse_sequence_set(reader);
  CHECK(set.is_saved_result());
  CHECK(set.ranges().empty());
  CHECK(encode_sequence_set(set) == "$");
  CHECK(reader.uses() == bit(Extension::kSearchRes));
  REQUIRE(reader.tokens().size() == 1);
  CHECK(reader.tokens()[0].kind == TokenKind::kSequenceSet);
  Reader known("3:*");
  parse_number_set(known);
  REQUIRE(known.failed());
  CHECK(known.error()->expected == "a set of numbers, without * and $");
}

TEST_CASE("a flag is one token, the one that stands for all others too") {
  // Found by the fuzzer: the star of "\\*" was a token of its own, before the flag that it is in.
  Reader reader("(\\Seen \\* work)");
  CHECK(reader.flag_list(true) == std::vector<std::string>{"\\Seen", "\\*", "work"});
  std::vector<size_t> begins;
  for (const Token& token : reader.tokens()) begins.push_back(token.span.begin);
  CHECK(begins == std::vector<size_t>{0, 1, 7, 10, 14});
  Reader client("(\\*)");
  client.flag_list(false);
  CHECK(client.failed());
}

TEST_CASE("numbers are as large as the grammar lets them be, and say so") {
  Reader reader("9223372036854775807 9223372036854775808");
  CHECK(reader.number64() == 9223372036854775807u);
  CHECK(reader.uses() == 0);
  reader.space();
  CHECK(reader.number64() == 0);
  CHECK(reader.error()->expected == "a number up to 9223372036854775807");
  CHECK(reader.error()->position == 20);
  Reader small("4294967295");
  CHECK(small.number_by_revision() == 4294967295u);
  CHECK(small.uses() == 0);
  Reader large("4294967296");
  CHECK(large.number_by_revision() == 4294967296u);
  CHECK(large.uses() == bit(Extension::kRev2));
}

TEST_CASE("quoted strings may hold UTF-8 where it is accepted, and never anything else") {
  Reader reader("\"gr\xc3\xbcn \\\" \xf0\x9d\x84\x9e\"");
  CHECK(reader.quoted() == "gr\xc3\xbcn \" \xf0\x9d\x84\x9e");
  CHECK(reader.uses() == bit(Extension::kUtf8Accept));
  for (const char* wrong : {"\"\xfc\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\x80\""}) {
    Reader broken(wrong);
    broken.quoted();
    REQUIRE(broken.failed());
    CHECK(broken.error()->position == 1);
  }
}

TEST_CASE("a literal8 carries NUL, a literal does not") {
  const std::string nul("a\0b", 3);
  const std::string with_nul = "~{3}\r\n" + nul + "~{1+}\r\nx";
  Reader reader(with_nul);
  CHECK(reader.literal8() == nul);
  CHECK(reader.uses() == 0);
  CHECK(reader.literal8() == "x");
  CHECK(reader.uses() == bit(Extension::kLiteralPlus));
  reader.end();
  CHECK(!reader.failed());
  const std::string plain = "{3}\r\n" + nul;
  Reader literal(plain);
  literal.literal();
  REQUIRE(literal.failed());
  CHECK(literal.error()->expected == "a literal without NUL (CHAR8)");
  for (const char* wrong : {"", "~", "~{", "~{3", "~{3}", "~{3}\r\nab", "~{+}\r\n", "~ {1}\r\na"}) {
    Reader broken(wrong);
    broken.literal8();
    CHECK_MESSAGE(broken.failed(), std::string(wrong));
  }
}

TEST_CASE("strings are written so that they can be read again") {
  CHECK(encode_astring("INBOX") == "INBOX");
  CHECK(encode_astring("") == "\"\"");
  CHECK(encode_astring("nil") == "\"nil\"");
  CHECK(encode_astring("a b") == "\"a b\"");
  CHECK(encode_astring("say \"hi\" \\o/") == "\"say \\\"hi\\\" \\\\o/\"");
  CHECK(encode_astring("a\r\nb") == "{4}\r\na\r\nb");
  CHECK(encode_astring("\xc3\xbc", true) == "{2+}\r\n\xc3\xbc");
  CHECK(encode_nstring(std::nullopt) == "NIL");
  for (const char* text : {"", "x", "a\"b", "a\\", "{3}", "\xff", "a\nb", "NIL", "*", "(", "]"}) {
    const std::string encoded = encode_astring(text);
    Reader reader(encoded);
    CHECK(reader.astring("it") == text);
    reader.end();
    CHECK(!reader.failed());
  }
}

TEST_CASE("a command keeps where its tokens stand") {
  const std::string_view line = "a1 LOGIN bob {6+}\r\nsecret";
  const CommandLine command = parse_command(line);
  REQUIRE(!command.error);
  CHECK(command.tag == "a1");
  CHECK(command.name == "LOGIN");
  CHECK(std::get<LoginArguments>(command.arguments).password == "secret");
  REQUIRE(command.tokens.size() == 4);
  CHECK(command.tokens[0].kind == TokenKind::kTag);
  CHECK(command.tokens[2].span.of(line) == "bob");
  CHECK(command.tokens[3].kind == TokenKind::kSecret);
  CHECK(command.tokens[3].span.of(line) == "{6+}\r\nsecret");
}

TEST_CASE("what is wrong is said with its place") {
  CHECK(error_of("a1 FETCH 1 FLAGS") == "");
  CHECK(error_of("") == "0: a tag");
  CHECK(error_of("a1") == "2: a tag, a space and a command");
  CHECK(error_of("a1 ") == "3: the name of a command");
  CHECK(error_of("a1 UID") == "6: a space");
  CHECK(error_of("a1 FETCH 1 (FLAGS") == "17: \")\"");
  CHECK(error_of("a1 FETCH 1 (FLAGS  UID)") == "18: a FETCH item such as FLAGS or BODY[]");
  CHECK(error_of("a1 FETCH 1 BODY[MIME]") ==
        "20: a part number, HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT, TEXT or MIME");
  CHECK(error_of("a1 FETCH 1 BODY[]<0.0>") == "20: how many octets, as in <0.1024>");
  CHECK(error_of("a1 SELECT") == "9: a space");
  CHECK(error_of("a1 SELECT a b") == "11: the end of the line");
  CHECK(error_of("a1 LOGIN {4}\r\nabc x") == "18: a space");
  CHECK(error_of("a1 STATUS x (SIZES)") == "13: a status item such as MESSAGES, UIDNEXT or UNSEEN");
  CHECK(error_of("a1 WHATEVER \x01 goes") == "");
}

TEST_CASE("fetch items") {
  CHECK(fetch_again("fast") == "FLAGS INTERNALDATE RFC822.SIZE ");
  CHECK(fetch_again("ALL") == "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE ");
  CHECK(fetch_again("Full") == "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY ");
  CHECK(fetch_again("(ALL)") == "error");
  CHECK(fetch_again("(body body.peek[] bodystructure)") == "BODY BODY.PEEK[] BODYSTRUCTURE ");
  CHECK(fetch_again("BODY[1.2.header.fields (Subject \"a b\")]<7.9>") ==
        "BODY[1.2.HEADER.FIELDS (Subject \"a b\")]<7.9> ");
  CHECK(fetch_again("BODY[3.MIME]") == "BODY[3.MIME] ");
  CHECK(fetch_again("(binary[1.2]<3.4> binary.peek[] binary.size[1])") ==
        "BINARY[1.2]<3.4> BINARY.PEEK[] BINARY.SIZE[1] ");
  CHECK(fetch_again("(modseq emailid threadid savedate preview preview (lazy lazy) uid)") ==
        "MODSEQ EMAILID THREADID SAVEDATE PREVIEW PREVIEW (LAZY) UID ");
  for (const char* wrong : {"BODY.PEEK", "BODY[0]", "BODY[1.]", "BODY[.1]",
                            "BODY[HEADER.FIELDS ()]",
                            "BODY[TEXT.1]", "BODY[]<1>", "()", "RFC822.PEEK", "BINARY[0]", "BINARY[1.TEXT]",
                            "BINARY[1", "PREVIEW (LAZY", "PREVIEW ()", "MODSEQ[1]"}) {
    CHECK_MESSAGE(fetch_again(wrong) == "error", std::string(wrong));
  }
}

TEST_CASE("as a response names them, items have no end and no PEEK") {
  Reader reader("(BODY.PEEK[TEXT]<5.10> BINARY.PEEK[1]<0.9> BINARY.SIZE[2] PREVIEW (LAZY))");
  std::string out;
  std::string seen;
  for (const FetchItem& item : parse_fetch_items(reader)) {
    out += encode_response_item(item) + ' ';
    seen += sets_seen(item) ? '1' : '0';
  }
  CHECK(out == "BODY[TEXT]<5> BINARY[1]<0> BINARY.SIZE[2] PREVIEW ");
  CHECK(seen == "0000");
  Reader reading("(BODY[] BINARY[1] RFC822.TEXT BODY BINARY.SIZE[])");
  seen.clear();
  for (const FetchItem& item : parse_fetch_items(reading)) seen += sets_seen(item) ? '1' : '0';
  CHECK(seen == "11100");
}

TEST_CASE("search keys") {
  CHECK(search_again("all unseen") == "ALL UNSEEN");
  CHECK(search_again("or (from a to b) not 1:3") == "OR (FROM a TO b) NOT 1:3");
  CHECK(search_again("SINCE 1-feb-1994 UID 4:*") == "SINCE 1-Feb-1994 UID 4:*");
  CHECK(search_again("older 1 not younger 4294967295") == "OLDER 1 NOT YOUNGER 4294967295");
  CHECK(search_again("modseq 0") == "MODSEQ 0");
  CHECK(search_again("modseq \"/flags/\\\\Seen\" ALL 9") == "MODSEQ \"/flags/\\\\Seen\" all 9");
  CHECK(search_again("modseq \"/flags/$MDNSent\" priv 9") == "MODSEQ \"/flags/$MDNSent\" priv 9");
  CHECK(search_again("emailid a-1 threadid b_2") == "EMAILID a-1 THREADID b_2");
  CHECK(search_again("savedon \"1-feb-1994\" savedatesupported") ==
        "SAVEDON 1-Feb-1994 SAVEDATESUPPORTED");
  CHECK(search_again("or $ uid $ larger 9223372036854775807") ==
        "OR $ UID $ LARGER 9223372036854775807");
  CHECK(search_again("header x \"\" keyword $x larger 9") == "HEADER x \"\" KEYWORD $x LARGER 9");
  for (const char* wrong : {"", "OR ALL", "NOT", "()", "FROM", "SINCE 1994", "ALL  ALL",
                            "LARGER x", "LARGER -1", "OLDER 0", "MODSEQ -1", "EMAILID \"a\"",
                            "SAVEDON", "$1"}) {
    CHECK_MESSAGE(search_again(wrong) == "error", std::string(wrong));
  }
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "NOT ";
  CHECK(search_again(deep + "ALL") == "error");
}

TEST_CASE("modified UTF-7 has one spelling for every name") {
  // RFC 3501 §5.1.3 gives this one.
  CHECK(encode_mailbox_utf7("~peter/mail/台北/日本語") == "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  for (const char* name : {"", "INBOX", "A & B", "Entwürfe", "日本語", "a\tb", "𝄞 clef", "&", "ü&ü"}) {
    const auto encoded = encode_mailbox_utf7(name);
    REQUIRE(encoded);
    CHECK(parse_mailbox_utf7(*encoded) == std::string(name));
  }
  CHECK(!encode_mailbox_utf7("\xff"));
  for (const char* wrong : {"&", "&ZeVnLIqe", "&AGE-", "&ZeU-&ZyyKng-", "&2DQ-", "&3R4-", "&ZeX-",
                            "&!-", "\xc3\xbc", "&A-"}) {
    CHECK_MESSAGE(!parse_mailbox_utf7(wrong), std::string(wrong));
  }
}
