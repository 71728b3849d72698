// IMAP responses as a client reads them: tagged and untagged, status and data. RFC 3501 §7, §9. The
// data is a tree of values (atoms, strings, lists, NIL); what FETCH, LIST and the others mean by it
// is for the client engine to say. Total: any text gives a response or nothing, with bounded depth.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::imap {

struct Value {
  enum class Kind : uint8_t { kAtom, kString, kList, kNil };
  Kind kind = Kind::kNil;
  std::string text;           // kAtom, kString
  std::vector<Value> items;   // kList

  /// The value after the atom `name` in this list (letter case ignored), as in FETCH data; or null.
  [[nodiscard]] const Value* after(std::string_view name) const;
};

enum class Status : uint8_t { kNone, kOk, kNo, kBad, kPreauth, kBye };

struct Response {
  std::string tag;                     // "*" untagged, "+" continuation, else the command's
  Status status = Status::kNone;       // of OK, NO, BAD, PREAUTH, BYE
  std::string code;                    // inside [ ], such as "UIDVALIDITY 3"
  std::string text;                    // the words for people after status and code
  std::optional<uint32_t> number;      // "* 3 EXISTS"
  std::string name;                    // in capitals: EXISTS, FETCH, SEARCH, LIST, ...
  std::vector<Value> values;           // after the name
};

/// `unit` is one whole response without its last CRLF, literals included (see imap_fragments.h).
std::optional<Response> parse_response(std::string_view unit);

/// The number after `name` in a response code: code_number("UIDNEXT 5", "UIDNEXT") is 5.
std::optional<uint32_t> code_number(std::string_view code, std::string_view name);

}  // namespace mailscope::imap
