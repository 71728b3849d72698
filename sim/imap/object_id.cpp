#include "sim/imap/object_id.h"

#include <fmt/format.h>

#include "sim/base/digest.h"
#include "sim/mail/thread_facts.h"
#include "sim/wire/header.h"
#include "sim/wire/message_id.h"

namespace mailscope {

// RFC 8474 §7 advises to begin with a letter, so that no id looks like a number or like NIL.
std::string mailbox_object_id(MailboxId mailbox) { return fmt::format("F{}", mailbox.value); }

std::string email_object_id(const Message& message) {
  return fmt::format("M{:016x}", message.digest());
}

std::string thread_object_id(const Message& message) {
  std::vector<std::string> ids = message_references(message.text());
  if (ids.empty()) {
    const auto own = find_field(message.text(), "Message-ID");
    if (own) ids = parse_message_ids(own->value.of(message.text()), 1);
  }
  return fmt::format("T{:016x}", ids.empty() ? message.digest() : digest_of(ids.front()));
}

}  // namespace mailscope
