// The SMTP envelope of a message on its way: who it is from and for, apart from what its header
// says. RFC 5321 §2.3.1.
#pragma once

#include <string>
#include <vector>

#include "sim/mail/message.h"

namespace mailscope {

/// What the sender wants to hear about one recipient (RFC 3461 §4).
struct RecipientDsn {
  static constexpr uint8_t kNever = 1;
  static constexpr uint8_t kSuccess = 2;
  static constexpr uint8_t kFailure = 4;
  static constexpr uint8_t kDelay = 8;
  uint8_t notify = 0;              // 0: nothing was said, which means failure and delay
  std::string original_recipient;  // ORCPT, decoded: "rfc822;bob@example.net"; empty: none
};

struct MailTransaction {
  std::string reverse_path;                // without <>; empty is the null reverse-path
  std::vector<std::string> forward_paths;  // without <>
  MessagePtr message;
  // RFC 3461: only where the extension was used.
  std::vector<RecipientDsn> dsn = {};      // one for each forward-path, or empty
  std::string envelope_id = {};            // ENVID, decoded
  bool headers_only = false;               // RET=HDRS: a failure report returns no body
  // RFC 6531: an address or a header needs SMTPUTF8 from every server on the way.
  bool needs_utf8 = false;
};

}  // namespace mailscope
