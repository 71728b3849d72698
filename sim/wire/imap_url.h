// IMAP URLs that name a message or a section of one, as CATENATE takes them (RFC 4469 §3):
// absolute, "imap://host/mailbox/;UID=20/;SECTION=1.2", or relative to what a session has selected,
// "/mailbox;UIDVALIDITY=7/;UID=20" and ";UID=20" (RFC 5092 §5, §7, grammar in §11).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/wire/imap_fetch_grammar.h"

namespace mailscope::imap {

struct ImapUrl {
  std::string user;  // of "//user@host"; empty when not said
  std::string host;  // as written, without the port; empty when the URL is relative
  uint16_t port = 143;
  bool from_root = false;  // `mailbox` is the whole name; else it is relative to a selected mailbox
  std::string mailbox;     // percent-decoded: UTF-8; empty for the mailbox that is selected
  std::optional<uint32_t> uid_validity;
  uint32_t uid = 0;
  BodySection section;            // all of the message when none was given
  uint64_t origin = 0;            // of ;PARTIAL=origin.count
  std::optional<uint64_t> count;  // up to the end when not given
};

/// nullopt for everything else: URLs of other schemes, of lists of messages, of searches, with
/// URLAUTH, and for what is malformed.
std::optional<ImapUrl> parse_imap_url(std::string_view text);
std::string encode_imap_url(const ImapUrl& url);

}  // namespace mailscope::imap
