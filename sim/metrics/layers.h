// Layers: the three places in which one message says whom it is from and for: the envelope that
// SMTP was given, the header that people read, and what a server stored. They need not agree, which
// is what Bcc, mailing lists and forgeries live on. RFC 5321 §2.3.1, RFC 5322 §3.6.
#pragma once

#include <string>
#include <vector>

#include "sim/trace/trace.h"
#include "sim/world/world.h"

namespace mailscope {

struct MessageLayers {
  EventId message;  // the kMessageHead event: SMTP carried it here
  HostId from;
  HostId to;
  // The envelope.
  std::string reverse_path;
  std::vector<std::string> forward_paths;  // those that the server accepted
  // The header, as sent: "From: Alice <alice@example.org>".
  std::vector<std::string> header;
  // What was stored of it here, where it lies now if its mailbox was given a new UIDVALIDITY since;
  // empty when it was passed on or refused.
  struct Stored {
    HostId host;
    MailboxId mailbox;
    Uid uid;
    std::string return_path;  // of the stored text, with its brackets; empty: removed since
  };
  std::vector<Stored> stored;
};

/// Every message that SMTP has carried by the first `events` events; `world` is the world then.
std::vector<MessageLayers> layers_of(const Trace& trace, const World& world, uint32_t events);

}  // namespace mailscope
