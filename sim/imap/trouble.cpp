// Trouble that the scenario asks for: trouble.h. LOGIN meets it in logged_in(), when who it is has
// been proved; SELECT when the mailbox selected before has been left; all others before anything is
// done.
#include "sim/imap/trouble.h"

#include <fmt/format.h>

#include "sim/base/ascii.h"
#include "sim/imap/server.h"

namespace mailscope {

using imap::Command;

namespace {

/// The name that the command gives its mailbox; nullopt: it is about the selected one.
std::optional<std::string> mailbox_named(const imap::Arguments& arguments) {
  if (const auto* status = std::get_if<imap::StatusArguments>(&arguments)) return status->mailbox;
  if (const auto* create = std::get_if<imap::CreateArguments>(&arguments)) return create->mailbox;
  if (const auto* one = std::get_if<imap::MailboxArguments>(&arguments)) return one->mailbox;
  if (const auto* rename = std::get_if<imap::RenameArguments>(&arguments)) return rename->from;
  if (const auto* append = std::get_if<imap::AppendArguments>(&arguments)) return append->mailbox;
  if (const auto* copy = std::get_if<imap::CopyArguments>(&arguments)) return copy->mailbox;
  return std::nullopt;
}

}  // namespace

std::string ImapServer::trouble_with(const Turn& turn, AccountId account,
                                     std::string_view mailbox) const {
  const Command command = imap::troubled_as(turn.row->command);
  const std::string& user = (*turn.context.store)->account(account).name;
  for (const imap::Trouble& trouble : config_->trouble) {
    if (trouble.command != command) continue;
    if (turn.context.now < trouble.from || turn.context.now >= trouble.until) continue;
    if (!trouble.account.empty() && !equals_ignoring_case(trouble.account, user)) continue;
    if (!trouble.mailbox.empty() && canonical_mailbox_name(trouble.mailbox) != mailbox) continue;
    const imap::TroubleRow& row = imap::kTroubles[trouble.row];
    return fmt::format("[{}] {}", row.code, row.text);
  }
  return {};
}

std::string ImapServer::trouble_with(const Turn& turn, const Mailbox& mailbox) const {
  return config_->trouble.empty() ? std::string()
                                  : trouble_with(turn, account_, access(turn).name_of(mailbox));
}

bool ImapServer::meets_trouble(Turn& turn, const imap::Arguments& arguments) {
  if (config_->trouble.empty()) return false;
  std::string why;
  if (const std::optional<std::string> wire = mailbox_named(arguments)) {
    const std::optional<std::string> name = access(turn).name_from_wire(*wire);
    // What is not there is in no trouble; what is to be made can be.
    const bool there = find(turn, *wire) != nullptr;
    if (!name || there == (turn.row->command == Command::kCreate)) return false;
    why = trouble_with(turn, account_, *name);
  } else if (state_ == imap::State::kSelected && turn.row->states == imap::kSel) {
    why = trouble_with(turn, selected(turn));
  }
  if (why.empty()) return false;
  if (const auto* search = std::get_if<imap::SearchArguments>(&arguments)) {
    search_failed(turn, *search, why);
  } else {
    no(turn, why);
  }
  return true;
}

}  // namespace mailscope
