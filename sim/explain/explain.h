// What a line, a token, a state means, in words. Pure: facts come from the protocols' tables and
// grammars, words from the Catalog, so every explanation exists in every language.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/protocol.h"
#include "sim/explain/catalog.h"

namespace mailscope {

/// A stretch of a line and what it means.
struct TokenMeaning {
  size_t begin = 0;  // in the line
  size_t size = 0;
  std::string
      role;  // stable: "tag", "command", "argument", "status", "code", "literal", "data", "text"
  std::string key;  // of the catalog
  std::vector<std::string> arguments;
};

struct LineMeaning {
  std::string key;  // one sentence about the whole line
  std::vector<std::string> arguments;
  std::string section;  // "RFC 1939 §5"; empty when none
  std::vector<TokenMeaning>
      tokens;  // in order, not overlapping; stretches between them mean nothing
};

/// What the receiver knows when the line comes: SMTP replies and POP3 responses are understood by
/// the command they answer.
struct LineContext {
  std::string_view answers;  // the command line this answers, or empty
  bool in_data = false;  // message text (SMTP DATA, a POP3 multi-line response, an IMAP literal)
  bool in_body = false;  // of in_data: after the blank line that ends the message's header
  bool handshake = false;  // a flight of the TLS handshake, by its name in the trace
};

/// Total: any bytes give a meaning, be it "not understood". Every key is in every catalog; the time
/// is linear in the line, and the tokens and their arguments are bounded.
LineMeaning explain_line(Protocol protocol, Direction direction, std::string_view line,
                         const LineContext& context = {});

/// A broken rule as the trace names it, "RFC 1939 §3: wrong number of arguments", in the catalog's
/// language; as it is when the catalog does not know the sentence.
std::string violation_text(std::string_view violation, const Catalog& words);
/// The catalog's key of such a sentence.
std::string violation_key(std::string_view violation);

/// Commands that may be said in this state (the code of kProtocolState), with the catalog key of
/// each.
struct AllowedCommand {
  std::string name;
  std::string arguments;  // as the RFC writes them
  std::string key;
  std::string section;
};
std::vector<AllowedCommand> allowed_commands(Protocol protocol, uint8_t state);
/// Catalog key of a state: "pop3.state.TRANSACTION".
std::string state_key(Protocol protocol, uint8_t state);
const char* state_name_of(Protocol protocol, uint8_t state);

}  // namespace mailscope
