// What lines and their tokens mean, in words: lines_golden.txt holds a line, what is underlined in
// it, and the meanings. MAILSCOPE_UPDATE=1 writes the file anew; read the difference.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/base/ascii.h"
#include "sim/explain/explain.h"

namespace mailscope {
namespace {

const std::string kFile = MAILSCOPE_SOURCE_DIR "/tests/explain/lines_golden.txt";

struct Case {
  std::string head;  // the lines above the line itself, as written
  Protocol protocol = Protocol::kNone;
  Direction direction = Direction::kToServer;
  std::string answers;
  bool in_data = false;
  std::string line;
};

/// Takes one line of the file in; true when it is a case's last line of input.
bool read_input(const std::string& text, Case& current) {
  for (const Protocol protocol :
       {Protocol::kSmtp, Protocol::kPop3, Protocol::kImap, Protocol::kDns}) {
    std::string name = protocol_name(protocol);
    for (char& c : name) c = ascii_lower(c);
    if (text != name + " client" && text != name + " server") continue;
    current = Case();
    current.protocol = protocol;
    if (text == name + " server") current.direction = Direction::kToClient;
  }
  if (text.rfind("answers ", 0) == 0) current.answers = text.substr(8);
  if (text == "in data") current.in_data = true;
  if (text.rfind("| ", 0) == 0) {
    current.line = text.substr(2);
    return true;
  }
  current.head += text + "\n";
  return false;
}

std::string rendered(const Case& c, const Catalog& catalog) {
  LineContext context;
  context.answers = c.answers;
  context.in_data = c.in_data;
  const LineMeaning meaning = explain_line(c.protocol, c.direction, c.line, context);
  std::string underline(c.line.size(), ' ');
  for (const TokenMeaning& token : meaning.tokens) {
    for (size_t i = 0; i < token.size; ++i) underline[token.begin + i] = i == 0 ? '^' : '~';
  }
  std::string out = c.head + "| " + c.line + "\n";
  if (!meaning.tokens.empty()) {
    out += "  " + underline.substr(0, underline.find_last_not_of(' ') + 1) + "\n";
  }
  out += "= " + catalog.text(meaning.key, meaning.arguments);
  out += meaning.section.empty() ? "\n" : " (" + meaning.section + ")\n";
  for (const TokenMeaning& token : meaning.tokens) {
    out += fmt::format("  {}  [{}]  {}\n", c.line.substr(token.begin, token.size), token.role,
                       catalog.text(token.key, token.arguments));
  }
  return out;
}

}  // namespace

TEST_CASE("lines are explained as in lines_golden.txt") {
  const Result<Catalog> catalog = Catalog::load(MAILSCOPE_SOURCE_DIR, "en");
  REQUIRE_MESSAGE(catalog.ok(), catalog.error());
  std::ifstream file(kFile);
  REQUIRE(file);
  std::stringstream golden;
  golden << file.rdbuf();
  std::string written;
  std::string text;
  Case current;
  int count = 0;
  while (std::getline(golden, text)) {
    if (!read_input(text, current)) continue;
    written += (written.empty() ? "" : "\n") + rendered(current, catalog.value());
    ++count;
  }
  CHECK(count >= 40);
  if (std::getenv("MAILSCOPE_UPDATE") != nullptr) {
    std::ofstream(kFile) << written;
  } else {
    CHECK(written == golden.str());
  }
}

}  // namespace mailscope
