// The keys of a lesson file that are about POP3: how a server behaves, how a mail program collects.
#pragma once

#include "sim/lesson/table_reader.h"
#include "sim/pop3/client_config.h"
#include "sim/pop3/server_config.h"

namespace mailscope {

/// Of [[service]] with protocol pop3: extensions, auth, capa, login_delay, expire_days,
/// login_needs_tls, trouble, update_fails_after.
Pop3ServerConfig read_pop3_service(TableReader& reader);

/// Of [[device]]: profile, leave_on_server, keep_days, login, mechanism, tls, pipeline, utf8.
/// `config` is what holds where nothing is said.
Pop3ClientConfig read_pop3_program(TableReader& reader, Pop3ClientConfig config);

}  // namespace mailscope
