// What IMAP says about a message: ENVELOPE, BODY, BODYSTRUCTURE (RFC 3501 §7.4.2) as wire text, and
// the bytes of BODY[section] (§6.4.5). Pure functions of the message. Strings are quoted where they
// can be and literals ("{5}\r\n" and the bytes, inside the returned text) where they must be. Where
// the RFC leaves a choice, or the mail is malformed, the answer is the one Dovecot gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/message.h"
#include "sim/wire/address.h"
#include "sim/wire/byte_span.h"
#include "sim/wire/mime.h"

namespace mailscope {

/// What stands between the brackets of BODY[...].
struct Section {
  enum What {
    kAll,              // BODY[], BODY[1.2]
    kHeader,           // HEADER
    kHeaderFields,     // HEADER.FIELDS (names)
    kHeaderFieldsNot,  // HEADER.FIELDS.NOT (names)
    kText,             // TEXT
    kMime,             // 1.2.MIME; needs a part number
  };

  std::vector<uint32_t> part;  // 1-based; empty is the message itself
  What what = kAll;
  std::vector<std::string> fields;  // in any case
};

/// addr-mailbox of an address, or the name of a group; and addr-host of an address. NIL for a host
/// says "group", and for a mailbox its end, so what is missing has a word (RFC 3501 §7.4.2).
std::string_view envelope_mailbox(const Address& address);
std::string_view envelope_host(const Address& address);
/// "(date subject from sender reply-to to cc bcc in-reply-to message-id)". Kept with the message:
/// clients ask for it whenever they open a mailbox.
const std::string& encode_envelope(const Message& message);
/// The same from a header alone; `text` may go on after the header.
std::string encode_envelope(std::string_view text);

/// The value of BODYSTRUCTURE when `extensible`, else of BODY. `text` is the message `part` is of.
/// A client that knows no IMAP4rev2 expects an envelope after MESSAGE RFC822 alone; one that does,
/// when `global`, also after MESSAGE GLOBAL (RFC 9051 §7.5.2, §9 media-message).
std::string encode_body_structure(const MimePart& part, std::string_view text, bool extensible,
                                  bool global = false);

/// Where the section stands in the message. nullopt when there is no such part, when HEADER or TEXT
/// is asked of a part that is no message/rfc822, and for the HEADER.FIELDS forms, which are not one
/// span.
std::optional<ByteSpan> section_span(const Message& message, const Section& section);
/// The bytes of any section; nullopt when there is no such part. The HEADER.FIELDS forms always end
/// with an empty line. NULs are left as they are, though a literal cannot carry them (RFC 3501 §9).
std::optional<std::string> section_bytes(const Message& message, const Section& section);

/// RFC822.HEADER and RFC822.TEXT, equal to BODY[HEADER] and BODY[TEXT].
std::string_view rfc822_header(const Message& message);
std::string_view rfc822_text(const Message& message);

}  // namespace mailscope
