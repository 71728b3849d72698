// COMPRESS: RFC 4978 §3. The layer itself stands outside the engine, which sees plain lines before
// and after: Outbox::start_compression.
#include <fmt/format.h>

#include "sim/imap/server.h"

namespace mailscope {

void ImapServer::cmd_compress(Turn& turn, const imap::CompressArguments& arguments) {
  if (arguments.mechanism != "DEFLATE") {
    return bad(turn, fmt::format("{} is not offered", arguments.mechanism),
               "RFC 4978 §3: an unknown compression mechanism");
  }
  if (compressed_) {
    return bad(turn, "[COMPRESSIONACTIVE] this connection is compressed already",
               "RFC 4978 §3: COMPRESS when it is active already");
  }
  if (fragments_.pending() > 0) {
    // Nobody could tell whether it was meant compressed or not. It is read as it stands.
    return bad(turn, "nothing may follow COMPRESS before its answer",
               "RFC 4978 §3: a command before the result of COMPRESS");
  }
  ok(turn, "DEFLATE active");
  compressed_ = true;
  turn.out.start_compression = true;
}

}  // namespace mailscope
