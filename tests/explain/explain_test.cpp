// Whatever the bytes, explain_line() keeps its promises: tokens in order, inside the line, not too
// many, and every key and argument it gives fits a text of both languages.
#include "sim/explain/explain.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sim/base/rng.h"
#include "sim/imap/protocol.h"
#include "sim/pop3/protocol.h"
#include "sim/smtp/protocol.h"
#include "sim/wire/charset.h"

namespace mailscope {
namespace {

constexpr Protocol kProtocols[] = {Protocol::kNone, Protocol::kTcp,  Protocol::kDns,
                                   Protocol::kSmtp, Protocol::kPop3, Protocol::kImap};

/// True when the text is there and none of its placeholders stays open.
bool fits(const Catalog& catalog, const std::string& key,
          const std::vector<std::string>& arguments) {
  if (!catalog.has(key)) return false;
  const std::string& pattern = catalog.all().find(key)->second;
  for (char digit = static_cast<char>('0' + arguments.size()); digit <= '9'; ++digit) {
    if (pattern.find(std::string("{") + digit + "}") != std::string::npos) return false;
  }
  for (const std::string& argument : arguments) {
    if (!valid_utf8(argument) || argument.size() > 300) return false;
  }
  return true;
}

class Explainer {
 public:
  Explainer() {
    Result<Catalog> catalog = Catalog::load(MAILSCOPE_SOURCE_DIR, "en");
    REQUIRE_MESSAGE(catalog.ok(), catalog.error());
    catalog_ = catalog.value();
  }

  /// Explains and checks; the checks are few because they are many times repeated.
  LineMeaning check(Protocol protocol, Direction direction, std::string_view line,
                    const LineContext& context = {}) {
    LineMeaning meaning = explain_line(protocol, direction, line, context);
    bool good = fits(catalog_, meaning.key, meaning.arguments) && meaning.tokens.size() <= 201;
    size_t at = 0;
    for (const TokenMeaning& token : meaning.tokens) {
      good = good && token.begin >= at && token.size > 0 && token.begin + token.size <= line.size();
      good = good && !token.role.empty() && fits(catalog_, token.key, token.arguments);
      at = token.begin + token.size;
      if (!good) CAPTURE(token.key);
    }
    CAPTURE(std::string(protocol_name(protocol)));
    CAPTURE(std::string(line.substr(0, 200)));
    CAPTURE(std::string(context.answers));
    CAPTURE(meaning.key);
    REQUIRE(good);
    return meaning;
  }

 private:
  Catalog catalog_;
};

/// What lines are made of, so that random ones get deep into the grammars.
const std::vector<std::string> kPieces = {
    " ", " ", " ", " ", "*", "+", "a1", "OK", "NO", "BAD", "BYE", "[", "]", "(", ")", "{5}",
    "{7+}", "\"", "\\", "\"x\"", "\\Seen", "\\*", "NIL", "1", "2:*", "4294967296", "UID", "FETCH",
    "STORE", "SEARCH", "COPY", "LIST", "STATUS", "SELECT", "APPEND", "LOGIN", "BODY[",
    "BODY.PEEK[", "HEADER.FIELDS", "TEXT]", "<0.5>", "<0>", "ENVELOPE", "FLAGS", "+FLAGS",
    "RFC822.SIZE", "INTERNALDATE", "BODYSTRUCTURE", "UIDVALIDITY", "COPYUID", "APPENDUID",
    "CAPABILITY", "EXISTS", "EXPUNGE", "RECENT", "PERMANENTFLAGS", "OR", "NOT", "FROM", "HEADER",
    "CHARSET", "1-Feb-1994", "LARGER", "KEYWORD", "DONE", "+OK", "-ERR", "[IN-USE]", "RETR",
    "LIST", "UIDL", "TOP", "PASS", "USER", "STAT", "250", "250-", "354", "550", "5.1.1", "MAIL",
    "RCPT", "EHLO", "FROM:<a@b>", "TO:<a@b>", "FROM:<>", "SIZE=9", "BODY=8BITMIME", "SIZE", "DATA",
    ".", "..", "Subject:", "\t", "=?utf-8?q?=C3?=", "\r\n", std::string(1, '\0'), "\x80", "\xFF",
    "\xE9\x82\xAE", "MX", "A", "example.net", "example.net:", "no such record", "?", "MESSAGES",
    "UNSEEN", "ALL", "FULL", "-", "$Junk", "STARTTLS", "AUTHENTICATE", "PLAIN", "AGJvYgBzZWNyZXQ="};

std::string random_line(Rng& rng) {
  std::string line;
  const uint64_t parts = rng.below(24);
  const bool words = rng.below(4) != 0;
  for (uint64_t i = 0; i < parts; ++i) {
    if (words) {
      line += kPieces[rng.below(kPieces.size())];
      if (rng.below(3) == 0) line += ' ';
    } else {
      line += static_cast<char>(rng.below(256));
    }
  }
  return line;
}

}  // namespace

TEST_CASE("any bytes are explained") {
  Explainer explainer;
  Rng rng(20260401);
  for (int i = 0; i < 30000; ++i) {
    const std::string line = random_line(rng);
    const std::string answers = rng.below(3) == 0 ? random_line(rng) : std::string();
    LineContext context;
    context.answers = answers;
    context.in_data = rng.below(5) == 0;
    context.in_body = rng.below(2) == 0;
    const Protocol protocol = kProtocols[rng.below(6)];
    const Direction direction = rng.below(2) == 0 ? Direction::kToServer : Direction::kToClient;
    explainer.check(protocol, direction, line, context);
  }
}

TEST_CASE("every command with every response is explained") {
  Explainer explainer;
  std::vector<std::string> commands;
  for (const auto& row : smtp::kCommands) commands.push_back(row.name);
  for (const auto& row : pop3::kCommands) commands.push_back(row.name);
  for (const auto& row : imap::kCommands) commands.push_back(std::string("a1 ") + row.name);
  std::vector<std::string> replies = {"+OK",
                                      "+OK 1 2",
                                      "-ERR x",
                                      "-ERR [AUTH] x",
                                      "1 2",
                                      "1 abc",
                                      ".",
                                      "* OK x",
                                      "* BYE",
                                      "* 3 EXISTS",
                                      "* 3 EXPUNGE",
                                      "+ go on",
                                      "* 1 FETCH (FLAGS ())",
                                      "a1 OK done",
                                      "a1 NO x",
                                      "a1 BAD x",
                                      "a1 PREAUTH x",
                                      "a1 BYE x",
                                      "* SEARCH",
                                      "* SEARCH 1"};
  for (const auto& row : smtp::kReplies) replies.push_back(std::to_string(row.code) + " x");
  for (const auto& row : imap::kResponseCodes) {
    replies.push_back(std::string("* OK [") + row.code + " 1 2 3] x");
  }
  for (const std::string& command : commands) {
    for (const char* arguments : {"", " 1", " 1 2", " FROM:<a@b>", " TO:<a@b>", " x y"}) {
      const std::string line = command + arguments;
      for (const Protocol protocol : kProtocols) {
        explainer.check(protocol, Direction::kToServer, line);
        LineContext context;
        context.answers = line;
        for (const std::string& reply : replies) {
          explainer.check(protocol, Direction::kToClient, reply, context);
        }
      }
    }
  }
}

TEST_CASE("a long line gives a bounded meaning") {
  Explainer explainer;
  std::string numbers = "* SEARCH";
  for (int i = 0; i < 20000; ++i) numbers += " 7";
  const LineMeaning found = explainer.check(Protocol::kImap, Direction::kToClient, numbers);
  REQUIRE(found.tokens.size() == 201);
  CHECK(found.tokens.back().begin + found.tokens.back().size == numbers.size());
  std::string nested = "a1 SEARCH ";
  nested += std::string(100000, '(');
  explainer.check(Protocol::kImap, Direction::kToServer, nested);
  std::string lists = "* 1 FETCH (ENVELOPE " + std::string(100000, '(');
  explainer.check(Protocol::kImap, Direction::kToClient, lists);
  std::string bodies = "a1 FETCH 1 (";
  for (int i = 0; i < 20000; ++i) bodies += "BODY[HEADER.FIELDS (a b ";
  explainer.check(Protocol::kImap, Direction::kToServer, bodies);
  explainer.check(Protocol::kImap, Direction::kToClient, "* 1 FETCH " + bodies.substr(11));
  explainer.check(Protocol::kSmtp, Direction::kToServer, std::string(1000000, 'x'));
}

TEST_CASE("a password is never an argument of a text") {
  Explainer explainer;
  for (const char* line : {"PASS geheim", "a1 LOGIN bob geheim", "a1 LOGIN bob \"geheim\""}) {
    const Protocol protocol = line[0] == 'P' ? Protocol::kPop3 : Protocol::kImap;
    const LineMeaning meaning = explainer.check(protocol, Direction::kToServer, line);
    std::string all;
    for (const std::string& argument : meaning.arguments) all += argument + "\n";
    for (const TokenMeaning& token : meaning.tokens) {
      for (const std::string& argument : token.arguments) all += argument + "\n";
    }
    CHECK(all.find("geheim") == std::string::npos);
  }
}

TEST_CASE("what may be said follows the tables") {
  const std::vector<AllowedCommand> now =
      allowed_commands(Protocol::kPop3, static_cast<uint8_t>(pop3::State::kAuthorization));
  std::string names;
  for (const AllowedCommand& command : now) names += command.name + " ";
  CHECK(names == "USER PASS QUIT CAPA APOP AUTH STLS UTF8 LANG ");
  CHECK(now[0].key == "pop3.command.USER");
  CHECK(now[0].section == "RFC 1939 §7");
  CHECK(state_key(Protocol::kImap, 1) == "imap.state.NOT AUTHENTICATED");
  CHECK(std::string(state_name_of(Protocol::kSmtp, 2)) == "READY");
  CHECK(std::string(state_name_of(Protocol::kSmtp, 200)).empty());
  CHECK(allowed_commands(Protocol::kSmtp, 200).empty());
  CHECK(allowed_commands(Protocol::kTcp, 1).empty());
  CHECK(state_key(Protocol::kTcp, 1).empty());
}

}  // namespace mailscope
