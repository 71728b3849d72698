#include "sim/wire/pop3_grammar.h"

#include <doctest/doctest.h>

using namespace mailscope;
using pop3::Charset;

TEST_CASE("a command line: keyword in any case, arguments, the rest as it stands") {
  const auto command = pop3::parse_command("pass two  words ");
  REQUIRE(command);
  CHECK(command->keyword == "PASS");
  CHECK(command->rest == "two  words ");
  CHECK(command->arguments == std::vector<std::string>{"two", "words"});
  REQUIRE(command->tokens.size() == 3);
  CHECK(command->tokens[2].begin == 10);
  CHECK(!pop3::parse_command(""));
  CHECK(!pop3::parse_command(" USER bob"));
  CHECK(!pop3::parse_command("USER b\x7fob"));
  CHECK(!pop3::parse_command("USER\tbob"));
}

TEST_CASE("8-bit octets are for UTF-8 mode alone, and must be UTF-8 there") {
  CHECK(!pop3::parse_command("USER j\xC3\xBCrgen"));
  const auto command = pop3::parse_command("USER j\xC3\xBCrgen", Charset::kUtf8);
  REQUIRE(command);
  CHECK(command->rest == "j\xC3\xBCrgen");
  CHECK(!pop3::parse_command("USER j\xFCrgen", Charset::kUtf8));
  CHECK(!pop3::parse_command("USER j\xC3", Charset::kUtf8));
  CHECK(!pop3::parse_command(std::string_view("US\0ER", 5), Charset::kUtf8));
}

TEST_CASE("responses, their codes and challenges") {
  const auto error = pop3::parse_response("-ERR [SYS/TEMP] later");
  REQUIRE(error);
  CHECK(!error->ok);
  CHECK(error->code == "SYS/TEMP");
  CHECK(error->text == "later");
  CHECK(!pop3::parse_response("+ Zm9v"));
  CHECK(pop3::parse_challenge("+ Zm9v") == std::string_view("Zm9v"));
  CHECK(pop3::parse_challenge("+ ") == std::string_view());
  CHECK(pop3::parse_challenge("+") == std::string_view());
  CHECK(!pop3::parse_challenge("+OK"));
  CHECK(!pop3::parse_challenge("-ERR"));
  CHECK(!pop3::parse_challenge(""));
}

TEST_CASE("the timestamp of a greeting is a msg-id, or there is none") {
  CHECK(pop3::parse_timestamp("+OK ready <1896.697170952@dbc.mtview.ca.us>") ==
        "<1896.697170952@dbc.mtview.ca.us>");
  CHECK(pop3::parse_timestamp("+OK <a@b> and more") == "<a@b>");
  for (const char* none : {"+OK ready", "+OK <", "+OK >a@b<", "+OK <nothing>", "+OK <a @b>",
                           "+OK <a@b\x80>", ""}) {
    CAPTURE(none);
    CHECK(pop3::parse_timestamp(none).empty());
  }
}

TEST_CASE("capabilities and listings") {
  const auto sasl = pop3::parse_capability("sasl PLAIN CRAM-MD5");
  REQUIRE(sasl);
  CHECK(sasl->name == "SASL");
  CHECK(sasl->arguments == std::vector<std::string>{"PLAIN", "CRAM-MD5"});
  CHECK(!pop3::parse_capability(""));
  const auto listing = pop3::parse_listing("2 1.17 more");
  REQUIRE(listing);
  CHECK(listing->number == 2);
  CHECK(listing->value == "1.17");
  for (const char* wrong : {"", "2", "2 ", "x 1", "-1 1", "99999999999 1"}) {
    CAPTURE(wrong);
    CHECK(!pop3::parse_listing(wrong));
  }
}
