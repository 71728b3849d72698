// IMAP responses as a client reads them: tagged and untagged, status and data. RFC 3501 §7, §9; RFC
// 9051 §7, §9. The data is a tree of values (atoms, strings, lists, NIL); what LIST, ESEARCH and
// the others mean by it is in imap_response_data.h. Total: any text gives a response or nothing,
// with bounded depth.
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
  /// The number that this atom is (up to 63 bits); or nothing.
  [[nodiscard]] std::optional<uint64_t> number() const;
  /// The number in this list of one, as of MODSEQ (12345); or nothing.
  [[nodiscard]] std::optional<uint64_t> number_in_list() const;
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

/// Values one after the other: the data of a response, or the arguments of its code.
std::optional<std::vector<Value>> parse_values(std::string_view text);

/// What follows `name` in a response code, and nothing else begins with: code_arguments("COPYUID 1
/// 2 3", "COPYUID") is "1 2 3". Empty for a code without arguments; nullopt for another code.
std::optional<std::string_view> code_arguments(std::string_view code, std::string_view name);
/// The number after `name` in a response code: code_number("UIDNEXT 5", "UIDNEXT") is 5.
std::optional<uint32_t> code_number(std::string_view code, std::string_view name);
/// The same for numbers up to 63 bits: HIGHESTMODSEQ, APPENDLIMIT.
std::optional<uint64_t> code_number64(std::string_view code, std::string_view name);

}  // namespace mailscope::imap
