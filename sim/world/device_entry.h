// A device's own entry for a message that the server has not got yet.
#pragma once

#include "sim/mail/local_store.h"

namespace mailscope {

inline LocalEntry own_entry(const MessagePtr& message, FlagBits flags) {
  LocalEntry entry;
  entry.flags = entry.told_flags = flags;
  entry.size = message->size();
  entry.subject = message->subject();
  entry.from = message->from();
  entry.message_id = message->message_id();
  entry.message = message;
  return entry;
}

}  // namespace mailscope
