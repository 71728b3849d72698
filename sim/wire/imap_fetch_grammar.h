// What a FETCH asks for: items, body sections and partial ranges (RFC 3501 §6.4.5, §9 fetch-att;
// RFC 3516 BINARY, RFC 7162 MODSEQ, RFC 8474 EMAILID and THREADID, RFC 8514 SAVEDATE, RFC 8970
// PREVIEW), in commands and, named again, in responses. Macros (ALL, FAST, FULL) are given as the
// items they stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/wire/imap_grammar.h"

namespace mailscope::imap {

/// What stands between [ and ].
struct BodySection {
  enum class Text : uint8_t { kAll, kHeader, kHeaderFields, kHeaderFieldsNot, kText, kMime };
  std::vector<uint32_t> part;       // part number; {} is the message
  Text text = Text::kAll;
  std::vector<std::string> fields;  // of kHeaderFields and kHeaderFieldsNot, as written
};

/// <origin.count>
struct PartialRange {
  uint64_t origin = 0;  // beyond 32 bits in IMAP4rev2 alone
  uint64_t count = 0;   // at least 1
};

struct FetchItem {
  enum class Kind : uint8_t {
    kEnvelope, kFlags, kInternalDate, kRfc822, kRfc822Header, kRfc822Size, kRfc822Text,
    kBodyStructure,
    kBody,         // the structure without extension data
    kBodySection,  // BODY[...] and BODY.PEEK[...]
    kUid,
    kBinary,      // BINARY[part] and BINARY.PEEK[part]: section.part alone
    kBinarySize,  // BINARY.SIZE[part]
    kModSeq, kEmailId, kThreadId, kSaveDate, kPreview
  };
  Kind kind = Kind::kFlags;
  bool peek = false;  // BODY.PEEK, BINARY.PEEK: does not set \Seen
  bool lazy = false;  // PREVIEW (LAZY): only where it costs nothing (RFC 8970 §3.1)
  BodySection section;
  std::optional<PartialRange> partial;
};

/// The items of a FETCH command: a macro, one item, or a list in parentheses.
std::vector<FetchItem> parse_fetch_items(Reader& reader);
/// "[" ... "]"
BodySection parse_section(Reader& reader);
/// True for the items that set \Seen.
bool sets_seen(const FetchItem& item);

/// "[1.2.HEADER.FIELDS (Subject From)]"
std::string encode_section(const BodySection& section);
/// As a command names it: "BODY.PEEK[TEXT]<0.100>". In responses: encode_response_item().
std::string encode_fetch_item(const FetchItem& item);
/// As a response names it: "BODY[TEXT]<0>".
std::string encode_response_item(const FetchItem& item);

}  // namespace mailscope::imap
