// What the arguments and parameters of SMTP's extensions mean: xtext, NOTIFY, RET and ORCPT (RFC
// 3461 §4), the size of a chunk (RFC 3030 §2), initial responses (RFC 4954 §4). Pure functions;
// nullopt is a syntax error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailscope::smtp {

/// xtext: printable ASCII in which "+2B" stands for "+" (RFC 3461 §4). Only what decodes to
/// printable ASCII or spaces is read, so that nothing can be slipped into a header line later.
std::optional<std::string> decode_xtext(std::string_view text);
std::string encode_xtext(std::string_view text);

/// The words of NOTIFY.
struct Notify {
  bool never = false;
  bool success = false;
  bool failure = false;
  bool delay = false;
};
std::optional<Notify> parse_notify(std::string_view value);
/// True for HDRS, false for FULL.
std::optional<bool> parse_ret(std::string_view value);
/// ENVID, decoded; at most 100 characters on the wire.
std::optional<std::string> parse_envid(std::string_view value);
/// ORCPT, its address decoded: "rfc822;bob@example.net"; at most 500 characters on the wire.
std::optional<std::string> parse_orcpt(std::string_view value);
/// The value of ORCPT for what parse_orcpt() gave.
std::string encode_orcpt(std::string_view original_recipient);
/// The mailbox of MAIL's AUTH, decoded; empty for <>.
std::optional<std::string> parse_auth_mailbox(std::string_view value);

/// BDAT's argument.
struct Chunk {
  uint64_t size = 0;
  bool last = false;
};
std::optional<Chunk> parse_chunk(std::string_view argument);

/// AUTH's argument: a mechanism, and perhaps an initial response.
struct AuthArgument {
  std::string mechanism;
  bool has_response = false;
  std::string response;    // decoded; "=" stands for an empty one
  bool malformed = false;  // the initial response is no base64
};
AuthArgument parse_auth(std::string_view argument);

}  // namespace mailscope::smtp
