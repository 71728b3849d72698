// POP3 lines: commands and responses. RFC 1939 §3: keywords in any case, arguments up to 40
// characters (RFC 2449 lifts that limit), each separated by a single space. Every parse keeps where
// its tokens are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::pop3 {

struct Token {
  size_t begin = 0;  // in the line
  size_t size = 0;
};

struct CommandLine {
  std::string keyword;                 // in capitals
  std::vector<std::string> arguments;  // split at single spaces
  std::vector<Token> tokens;           // keyword first
  std::string rest;  // all after the keyword and one space: PASS may contain spaces
};

/// What a command line may be made of: printable ASCII, or UTF-8, too (RFC 6856 §2.1).
enum class Charset : unsigned char { kAscii, kUtf8 };

/// nullopt when the line has no keyword or holds a control character or one not of the charset.
std::optional<CommandLine> parse_command(std::string_view line, Charset charset = Charset::kAscii);

struct Response {
  bool ok = false;
  std::string code;  // between [ and ], or empty
  std::string text;  // without status and code
};

/// nullopt when the line begins with neither +OK nor -ERR (RFC 1939 §3).
std::optional<Response> parse_response(std::string_view line);

/// The base64 of a server's challenge, "+ " base64 (RFC 5034 §4); nullopt when it is none.
std::optional<std::string_view> parse_challenge(std::string_view line);

/// The <timestamp> of a greeting that offers APOP (RFC 1939 §7), with its angle brackets; empty
/// when there is none.
std::string_view parse_timestamp(std::string_view greeting);

/// One line of the answer to CAPA (RFC 2449 §5): "SASL PLAIN CRAM-MD5".
struct Capability {
  std::string name;  // in capitals
  std::vector<std::string> arguments;
};
std::optional<Capability> parse_capability(std::string_view line);

/// One line of a multi-line listing, "1 512" or "1 whqtswO00WBw418f9t5JxYwZ".
struct Listing {
  uint64_t number = 0;
  std::string value;
};
std::optional<Listing> parse_listing(std::string_view line);

}  // namespace mailscope::pop3
