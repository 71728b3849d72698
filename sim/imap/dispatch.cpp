// From a command as it was read to the function that carries it out, past the question whether this
// server offers what the command makes use of.
#include <fmt/format.h>

#include "sim/base/check.h"
#include "sim/imap/server.h"

namespace mailscope {

using imap::Command;
using imap::CommandLine;
using imap::Extension;

namespace {

/// Commands that have a UID form, which a client that gave up message numbers must use.
bool speaks_of_numbers(Command command) {
  switch (command) {
    case Command::kSearch: case Command::kSort: case Command::kThread: case Command::kFetch:
    case Command::kStore: case Command::kCopy: case Command::kMove: case Command::kReplace:
      return true;
    default: return false;
  }
}

constexpr size_t kLiteralMinusLimit = 4096;

/// "IMAP4rev2 or QUOTA"
std::string one_of_names(imap::ExtensionSet set) {
  std::string names;
  for (const imap::ExtensionRow& row : imap::kExtensions) {
    if ((set & imap::bit(row.extension)) == 0) continue;
    names += fmt::format("{}{}", names.empty() ? "" : " or ", row.name);
  }
  return names;
}

/// A {n+} of more octets than LITERAL- allows.
bool has_long_unasked_literal(const CommandLine& command, std::string_view text) {
  for (const imap::Token& token : command.tokens) {
    const std::string_view written = token.span.of(text);
    const size_t announced = written.find("+}\r\n");
    const bool literal = !written.empty() && (written.front() == '{' || written.front() == '~');
    if (literal && announced != std::string_view::npos && announced < written.find('\r') &&
        written.size() - announced - 4 > kLiteralMinusLimit) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool ImapServer::may_use(Turn& turn, const CommandLine& command, std::string_view text) {
  imap::ExtensionSet allowed = offered_;
  if (offers(Extension::kLiteralMinus)) {
    // RFC 7888 §5: LITERAL- allows what LITERAL+ does, for short literals. APPEND must be told
    // which it was; REPLACE and all others are told as well.
    if (has_long_unasked_literal(command, text)) {
      bad(turn,
          fmt::format("[TOOBIG] a literal sent unasked has at most {} octets", kLiteralMinusLimit),
          "RFC 7888 §5: more than 4096 octets sent unasked");
      return false;
    }
    allowed |= imap::bit(Extension::kLiteralPlus);
  }
  // UTF-8 in quoted strings is for those who said that they know it (RFC 9755 §3, RFC 9051 §4.3).
  const imap::ExtensionSet utf8 = imap::bit(Extension::kUtf8Accept);
  allowed = enabled(Extension::kUtf8Accept) || is_rev2() ? allowed | utf8 : allowed & ~utf8;
  for (const imap::ExtensionRow& row : imap::kExtensions) {
    if ((command.uses & ~allowed & imap::bit(row.extension)) == 0) continue;
    if (row.extension == Extension::kUtf8Accept && offers(row.extension)) {
      bad(turn, "ENABLE UTF8=ACCEPT comes first", "RFC 9755 §3: UTF-8 before ENABLE UTF8=ACCEPT");
      return false;
    }
    bad(turn, fmt::format("{} is not offered", row.name),
        "RFC 3501 §6.1.1: something that CAPABILITY does not offer");
    return false;
  }
  for (const imap::ExtensionSet any : command.uses_any) {
    if ((any & allowed) != 0) continue;
    bad(turn, fmt::format("{} is not offered", one_of_names(any)),
        "RFC 3501 §6.1.1: something that CAPABILITY does not offer");
    return false;
  }
  return true;
}

void ImapServer::dispatch(Turn& turn, CommandLine& command) {
  imap::Arguments& arguments = command.arguments;
  switch (turn.row->command) {
    case Command::kCapability: return cmd_capability(turn);
    case Command::kNoop: return ok(turn, "NOOP completed");
    case Command::kLogout: return cmd_logout(turn);
    case Command::kStartTls: return cmd_starttls(turn);
    case Command::kAuthenticate:
      return cmd_authenticate(turn, std::get<imap::AuthenticateArguments>(arguments));
    case Command::kLogin: return cmd_login(turn, std::get<imap::LoginArguments>(arguments));
    case Command::kCompress:
      return cmd_compress(turn, std::get<imap::CompressArguments>(arguments));
    case Command::kId: return cmd_id(turn, std::get<imap::IdArguments>(arguments));
    case Command::kEnable: return cmd_enable(turn, std::get<imap::WordsArguments>(arguments));
    case Command::kIdle: return cmd_idle(turn);
    case Command::kNotify: return cmd_notify(turn, std::get<imap::NotifyArguments>(arguments));
    default: break;
  }
  if (meets_trouble(turn, arguments)) return;
  if ((turn.row->states & imap::in(imap::State::kAuthenticated)) != 0) {
    return dispatch_mailbox_command(turn, arguments);
  }
  if (!selected_has_modseqs_ && (command.uses & imap::bit(Extension::kCondStore)) != 0) {
    return bad(turn, "this mailbox keeps no mod-sequences",
               "RFC 7162 §3.1.2.2: a mod-sequence of a mailbox with NOMODSEQ");
  }
  if (enabled(Extension::kUidOnly) && speaks_of_numbers(turn.row->command)) {
    // RFC 9586 §3.1: message sequence numbers are gone for this client.
    return bad(turn, "[UIDREQUIRED] use the UID form",
               "RFC 9586 §3.1: a message number after ENABLE UIDONLY");
  }
  dispatch_message_command(turn, arguments);
}

void ImapServer::dispatch_mailbox_command(Turn& turn, imap::Arguments& arguments) {
  const auto mailbox = [&]() -> const imap::MailboxArguments& {
    return std::get<imap::MailboxArguments>(arguments);
  };
  const auto acl = [&]() -> const imap::AclArguments& {
    return std::get<imap::AclArguments>(arguments);
  };
  switch (turn.row->command) {
    case Command::kSelect:
    case Command::kExamine: return cmd_select(turn, std::get<imap::SelectArguments>(arguments));
    case Command::kCreate: return cmd_create(turn, std::get<imap::CreateArguments>(arguments));
    case Command::kDelete: return cmd_delete(turn, mailbox());
    case Command::kRename: return cmd_rename(turn, std::get<imap::RenameArguments>(arguments));
    case Command::kSubscribe:
    case Command::kUnsubscribe: return cmd_subscribe(turn, mailbox());
    case Command::kList:
    case Command::kLsub: return cmd_list(turn, std::get<imap::ListArguments>(arguments));
    case Command::kStatus: return cmd_status(turn, std::get<imap::StatusArguments>(arguments));
    case Command::kAppend: return cmd_append(turn, std::get<imap::AppendArguments>(arguments));
    case Command::kNamespace: return cmd_namespace(turn);
    case Command::kGetQuota:
      return cmd_get_quota(turn, std::get<imap::QuotaRootArguments>(arguments));
    case Command::kGetQuotaRoot: return cmd_get_quota_root(turn, mailbox());
    case Command::kSetQuota:
      return cmd_set_quota(turn, std::get<imap::SetQuotaArguments>(arguments));
    case Command::kSetAcl: return cmd_set_acl(turn, acl());
    case Command::kDeleteAcl: return cmd_delete_acl(turn, acl());
    case Command::kGetAcl: return cmd_get_acl(turn, mailbox());
    case Command::kListRights: return cmd_list_rights(turn, acl());
    case Command::kMyRights: return cmd_my_rights(turn, mailbox());
    case Command::kGetMetadata:
      return cmd_get_metadata(turn, std::get<imap::GetMetadataArguments>(arguments));
    case Command::kSetMetadata:
      return cmd_set_metadata(turn, std::get<imap::SetMetadataArguments>(arguments));
    default: CHECK(false);
  }
}

void ImapServer::dispatch_message_command(Turn& turn, imap::Arguments& arguments) {
  switch (turn.row->command) {
    // RFC 3501 §6.4.1: here nothing needs a checkpoint, so CHECK is NOOP.
    case Command::kCheck: return ok(turn, "CHECK completed");
    case Command::kClose:
    case Command::kUnselect: return cmd_close(turn);
    case Command::kExpunge: return cmd_expunge(turn, nullptr);
    case Command::kUidExpunge:
      return cmd_expunge(turn, &std::get<imap::SetArguments>(arguments).set);
    case Command::kSearch:
    case Command::kUidSearch: return cmd_search(turn, std::get<imap::SearchArguments>(arguments));
    case Command::kSort:
    case Command::kUidSort: return cmd_sort(turn, std::get<imap::SortArguments>(arguments));
    case Command::kThread:
    case Command::kUidThread: return cmd_thread(turn, std::get<imap::ThreadArguments>(arguments));
    case Command::kCancelUpdate:
      return cmd_cancel_update(turn, std::get<imap::WordsArguments>(arguments));
    case Command::kFetch:
    case Command::kUidFetch: return cmd_fetch(turn, std::get<imap::FetchArguments>(arguments));
    case Command::kStore:
    case Command::kUidStore: return cmd_store(turn, std::get<imap::StoreArguments>(arguments));
    case Command::kCopy:
    case Command::kUidCopy: return cmd_copy(turn, std::get<imap::CopyArguments>(arguments));
    case Command::kMove:
    case Command::kUidMove: return cmd_move(turn, std::get<imap::CopyArguments>(arguments));
    case Command::kReplace:
    case Command::kUidReplace:
      return cmd_replace(turn, std::get<imap::ReplaceArguments>(arguments));
    default: CHECK(false);
  }
}

}  // namespace mailscope
