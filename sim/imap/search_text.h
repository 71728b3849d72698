// Where SEARCH looks for text: fields and bodies as people read them, after encoded words (RFC
// 2047), transfer encodings and character sets have been undone (RFC 3501 §6.4.4).
#pragma once

#include <string_view>

#include "sim/mail/message.h"
#include "sim/wire/casemap.h"

namespace mailscope {

/// Some field of that name (any case) in the header of `text` has it in its value. An empty needle
/// is in every value, so it asks whether there is such a field (RFC 3501 §6.4.4, HEADER). No memory
/// is needed for fields of plain ASCII on one line.
bool field_contains(std::string_view text, std::string_view name, const CasemapNeedle& needle);

/// The same of an address list as ENVELOPE has it: without comments, quotes and the blanks around
/// dots (RFC 3501 §6.4.4, FROM and the like: "in the envelope structure's FROM field").
bool addresses_contain(std::string_view text, std::string_view name, const CasemapNeedle& needle);

/// The body of the message has it, in a part that is text; no header field counts, neither of a
/// part nor of a message inside (RFC 9051 §6.4.4, BODY).
bool body_contains(const Message& message, const CasemapNeedle& needle);

/// The body has it, or a header: the message's, the names of its fields included, that of a part or
/// that of a message inside (RFC 9051 §6.4.4, TEXT).
bool text_contains(const Message& message, const CasemapNeedle& needle);

}  // namespace mailscope
