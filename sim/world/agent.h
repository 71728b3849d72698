// Agent: one end of a protocol session in the world: an engine on a host, at one side of a
// connection.
#pragma once

#include <variant>

#include "sim/imap/client.h"
#include "sim/imap/server.h"
#include "sim/pop3/client.h"
#include "sim/pop3/server.h"
#include "sim/smtp/client.h"
#include "sim/smtp/server.h"
#include "sim/world/bulk.h"

namespace mailscope {

/// monostate: a session that is over; what it was is told by the trace.
using Engine = std::variant<std::monostate, SmtpServer, SmtpClient, Pop3Server, Pop3Client,
                            ImapServer, ImapClient, BulkSender, BulkSink>;

struct Agent {
  AgentId id;
  HostId host;
  ConnId conn;
  bool is_server = false;
  Protocol protocol = Protocol::kNone;
  Engine engine;
  DeviceId device;            // clients of a mail program
  uint32_t relay_job = 0;     // SMTP clients of a relaying server: the job's id
  bool opened = false;        // open() has been called
  bool turn_scheduled = false;
  bool peer_finished = false; // the peer's FIN has come; told when all before it has been taken in
  bool settled = false;       // its outcome has been taken note of
  Instant wake_at = kNever;        // when the engine asked for timer()
  Instant wake_dispatch = kNever;  // when a dispatch for it is due: at wake_at or before
};

/// Calls `f` with the engine; `otherwise` is the result for a session that is over.
template <class Result, class EngineVariant, class F>
Result with_engine(EngineVariant& engine, Result otherwise, F f) {
  return std::visit(
      [&](auto& concrete) -> Result {
        if constexpr (std::is_same_v<std::decay_t<decltype(concrete)>, std::monostate>) {
          return otherwise;
        } else {
          return f(concrete);
        }
      },
      engine);
}

}  // namespace mailscope
