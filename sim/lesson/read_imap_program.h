// The keys of a lesson file that are about a mail program using IMAP.
#pragma once

#include "sim/imap/client_config.h"
#include "sim/lesson/table_reader.h"

namespace mailscope {

/// Of [[device]]: headers_first, body_limit, previews, resync, idle, notify, noop, pipeline,
/// folders, move, drafts, sent, trash. `config` is what holds where nothing is said.
ImapClientConfig read_imap_program(TableReader& reader, ImapClientConfig config);

}  // namespace mailscope
