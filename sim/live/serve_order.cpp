#include "sim/live/serve_order.h"

#include <fmt/format.h>

#include <string>

#include "sim/base/ascii.h"
#include "sim/mail/mail_store.h"

namespace mailscope {
namespace {

/// The first word, which is taken off `line`.
std::string take_word(std::string_view& line) {
  const size_t end = std::min(line.find(' '), line.size());
  const std::string word(line.substr(0, end));
  line = trimmed(line.substr(end));
  return word;
}

}  // namespace

Result<Input> read_serve_order(std::string_view line, const World& world) {
  std::string_view rest = trimmed(line);
  const std::string name = take_word(rest);
  if (name != "renew-uids") {
    return Error{fmt::format("no order \"{}\": expected renew-uids ACCOUNT MAILBOX", name)};
  }
  const std::string account_name = take_word(rest);
  const std::string mailbox(rest);
  if (mailbox.empty()) return Error{"renew-uids: expected ACCOUNT MAILBOX, such as bob INBOX"};
  bool known = false;
  for (size_t i = 0; i < world.scenario().hosts.size(); ++i) {
    const HostId host = HostId::from_index(i);
    const MailStore& store = world.store(host);
    const Account* account = store.find_account(account_name);
    if (account == nullptr) continue;
    known = true;
    const Mailbox* box = store.find_mailbox(account->id, mailbox);
    if (box == nullptr || box->no_select) continue;
    Input input;
    input.kind = InputKind::kRenewUids;
    input.host = host;
    input.text = account_name;
    input.mailbox = mailbox;
    return input;
  }
  if (!known) return Error{fmt::format("renew-uids: no account \"{}\"", account_name)};
  return Error{fmt::format("renew-uids: {} has no mailbox \"{}\"", account_name, mailbox)};
}

}  // namespace mailscope
