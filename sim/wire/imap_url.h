// IMAP URLs that name a message or a part of one (RFC 5092 §5, §11), as CATENATE takes pieces of
// messages by them (RFC 4469 §3): "/Drafts;UIDVALIDITY=3/;UID=20/;SECTION=1.2", the same after
// "imap://user@host:port", and ";UID=20" in the mailbox that is selected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/wire/imap_fetch_grammar.h"

namespace mailscope::imap {

struct MessageUrl {
  /// What PartialRange::count is when the URL asks for all from the origin on.
  static constexpr uint64_t kToTheEnd = INT64_MAX;

  std::string user;  // of an absolute URL, when it says one
  std::string host;  // as written; empty for a relative URL: this server
  uint16_t port = 143;
  std::string mailbox;  // UTF-8 (RFC 5092 §8), not modified UTF-7; empty: the selected one
  std::optional<uint32_t> uid_validity;
  uint32_t uid = 0;
  std::optional<BodySection> section;  // the whole message without
  std::optional<PartialRange> partial;
};

/// nullopt for what is no URL of a message: of another scheme, a mailbox, a search, or with
/// URLAUTH.
std::optional<MessageUrl> parse_message_url(std::string_view text);
std::string encode_message_url(const MessageUrl& url);

}  // namespace mailscope::imap
