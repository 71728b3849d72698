// Commands that are being built: each answer here is replaced by a file of its own.
#include "sim/imap/server.h"

namespace mailscope {

void ImapServer::cmd_compress(Turn& turn, const imap::CompressArguments&) {
  no(turn, "[CANNOT] not yet");
}

}  // namespace mailscope
