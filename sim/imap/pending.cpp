// Commands that are being built: each answer here is replaced by a file of its own.
#include "sim/imap/server.h"

namespace mailscope {

void ImapServer::cmd_enable(Turn& turn, const imap::WordsArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_namespace(Turn& turn) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_get_quota(Turn& turn, const imap::QuotaRootArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_get_quota_root(Turn& turn, const imap::MailboxArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_set_quota(Turn& turn, const imap::SetQuotaArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_set_acl(Turn& turn, const imap::AclArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_delete_acl(Turn& turn, const imap::AclArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_get_acl(Turn& turn, const imap::MailboxArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_list_rights(Turn& turn, const imap::AclArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_my_rights(Turn& turn, const imap::MailboxArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_get_metadata(Turn& turn, const imap::GetMetadataArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_set_metadata(Turn& turn, const imap::SetMetadataArguments&) { no(turn, "[CANNOT] not yet"); }
void ImapServer::cmd_notify(Turn& turn, const imap::NotifyArguments&) { no(turn, "[CANNOT] not yet"); }

void ImapServer::enable_condstore(Turn&) { enabled_ |= imap::bit(imap::Extension::kCondStore); }
void NotifyState::add_to(Digest& digest) const { digest.add(set); }

}  // namespace mailscope
