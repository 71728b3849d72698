// APPEND: RFC 3501 §6.3.11; several messages at once (RFC 3502), pieces (RFC 4469), binary content
// (RFC 3516 §4.4), APPENDUID (RFC 4315 §3), the largest message (RFC 7889).
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/flag_names.h"
#include "sim/imap/message_facts.h"
#include "sim/imap/section_of.h"
#include "sim/imap/server.h"
#include "sim/imap/transferable.h"
#include "sim/imap/work_limit.h"
#include "sim/wire/imap_url.h"
#include "sim/wire/imap_utf7.h"

namespace mailscope {

using imap::Extension;
using imap::Right;

namespace {

constexpr FlagBits kKeywords = ~FlagBits{0xff};

/// As [BADURL ...] can carry it (RFC 4469 §4.1, url-resp-text): quoted, without what would end the
/// code.
std::string url_text(std::string_view url) {
  std::string out = "\"";
  for (const char c : url) {
    const bool plain = c > ' ' && c <= '~' && c != ']' && c != '"' && c != '\\';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out + '"';
}

std::string_view header_of(const Message& message) {
  return std::string_view(message.text()).substr(0, message.header_size());
}

bool has_8bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

const Mailbox* ImapServer::mailbox_at(const Turn& turn, const imap::ImapUrl& url) const {
  const Access as_seen = access(turn);
  const bool any_selected = state_ == imap::State::kSelected;
  if (url.mailbox.empty()) return any_selected ? &selected(turn) : nullptr;
  // RFC 4469 §3: the base is the selected mailbox, or without one the server. RFC 3986 §5.2.3: what
  // is relative stands beside the base.
  std::string base;
  if (!url.from_root && any_selected) base = as_seen.name_of(selected(turn));
  base.resize(base.rfind(MailStore::kSeparator) + 1);
  // RFC 5092 §2: names in URLs are UTF-8, whatever the session writes.
  const std::optional<std::string> encoded = imap::encode_mailbox_utf7(url.mailbox);
  const auto name = encoded ? as_seen.canonical_name(base + *encoded) : std::nullopt;
  return name ? as_seen.find(*name) : nullptr;
}

std::optional<std::string> ImapServer::section_at(const Turn& turn, std::string_view text,
                                                  WorkLimit& work) const {
  const std::optional<imap::ImapUrl> url = imap::parse_imap_url(text);
  if (!url) return std::nullopt;
  // RFC 4469 §3: this server's own messages, and of those only what this user may read.
  if (!url->host.empty() && !equals_ignoring_case(url->host, turn.context.host_name)) {
    return std::nullopt;
  }
  const MailStore& store = **turn.context.store;
  if (!url->user.empty() && !equals_ignoring_case(url->user, store.account(account_).name)) {
    return std::nullopt;
  }
  const Mailbox* mailbox = mailbox_at(turn, *url);
  if (mailbox == nullptr || mailbox->no_select || !has_right(turn, *mailbox, Right::kRead)) {
    return std::nullopt;
  }
  if (url->uid_validity && *url->uid_validity != mailbox->uid_validity) return std::nullopt;
  const std::optional<size_t> index = mailbox->find(Uid{url->uid});
  if (!index) return std::nullopt;
  const Message& message = *mailbox->entries[*index].message;
  const Section section = section_of(url->section);
  const auto cut = [&](std::string_view octets) -> std::optional<std::string> {
    if (url->origin > octets.size()) return std::nullopt;
    const std::string_view part = octets.substr(url->origin, url->count.value_or(UINT64_MAX));
    work.spend(part.size());
    return std::string(part);
  };
  if (const auto span = section_span(message, section)) return cut(span->of(message.text()));
  work.spend(message.header_size());
  const std::optional<std::string> octets = section_bytes(message, section);
  return octets ? cut(*octets) : std::nullopt;
}

bool ImapServer::compose(Turn& turn, imap::AppendMessage& appended, WorkLimit& work,
                         std::vector<MessagePtr>& made) {
  std::string text;
  for (imap::AppendPiece& piece : appended.pieces) {
    if (!piece.is_url) {
      if (text.empty()) text.swap(piece.text);
      else text += piece.text;
    } else if (const auto octets = section_at(turn, piece.text, work)) {
      text += *octets;
    } else {
      no(turn, fmt::format("[BADURL {}] nothing was appended", url_text(piece.text)));
      return false;
    }
    if (work.exceeded()) {
      no(turn, "[LIMIT] too much to put together");
      return false;
    }
    if (text.size() > config_->max_literal) {
      no(turn, fmt::format("[TOOBIG] messages of at most {} octets", config_->max_literal));
      return false;
    }
  }
  // RFC 3502 §6.3.11: an empty message is how a client gives up a MULTIAPPEND.
  if (text.empty()) {
    no(turn, "[CANNOT] a message has at least a header");
    return false;
  }
  // A message of RFC 5322 has lines that end with CRLF; others are put right.
  std::optional<std::string> clean =
      appended.binary ? transferable_message(text) : crlf_normalised(text);
  if (!clean) {
    no(turn, "[UNKNOWN-CTE] NULs can stand only in a part with Content-Transfer-Encoding: binary");
    return false;
  }
  made.push_back(make_message(std::move(*clean)));
  // RFC 6855 §4, RFC 9755 §4: the client has not said that it knows UTF-8 in headers.
  const bool knows_utf8 = enabled(Extension::kUtf8Accept) || is_rev2();
  if (offers(Extension::kUtf8Accept) && !knows_utf8 && has_8bit(header_of(*made.back()))) {
    no(turn, "[CANNOT] UTF-8 in a header takes ENABLE UTF8=ACCEPT");
    return false;
  }
  return true;
}

bool ImapServer::has_room_for(Turn& turn, const Mailbox& mailbox, size_t messages) {
  if (mailbox.entries.size() + messages <= config_->max_messages) return true;
  no(turn, "[LIMIT] there is no room in the mailbox");
  return false;
}

Uid ImapServer::put(Turn& turn, MailboxId to, const imap::AppendMessage& appended,
                    MessagePtr message) {
  const int64_t date = appended.date ? appended.date->unix_seconds : turn.context.unix_now;
  FlagNames flags = flag_names(appended.flags);
  // RFC 4314 §4: flags to which one has no right are left out, and that is no error.
  const MailStore& store = **turn.context.store;
  const FlagBits allowed = settable_flags(store, store.mailbox(to));
  flags.system &= allowed;
  if ((allowed & kKeywords) == 0) flags.keywords.clear();
  return turn.context.store->edit().append(to, std::move(message), flags, date,
                                           turn.context.trace, turn.context.unix_now);
}

void ImapServer::cmd_append(Turn& turn, imap::AppendArguments& arguments) {
  const Mailbox* mailbox = usable(turn, arguments.mailbox, true);
  if (mailbox == nullptr) return;
  // RFC 3502 §6.3.11: all or none, so nothing is put anywhere before all is known to be right.
  std::vector<MessagePtr> messages;
  WorkLimit work(config_->max_work);
  uint64_t octets = 0;
  for (imap::AppendMessage& appended : arguments.messages) {
    if (!compose(turn, appended, work, messages)) return;
    octets += messages.back()->size();
  }
  if (!has_room_for(turn, *mailbox, messages.size())) return;
  if (!room_for(turn, mailbox->account, octets, messages.size())) return;
  const MailboxId id = mailbox->id;
  std::vector<uint32_t> uids;
  for (size_t i = 0; i < messages.size(); ++i) {
    uids.push_back(put(turn, id, arguments.messages[i], std::move(messages[i])).value);
  }
  if (view_.mailbox() == id) turn.added_from = Uid{uids.front()};
  tell_other_name(turn, (*turn.context.store)->mailbox(id), arguments.mailbox);
  if (!tells_new_uids(turn, id)) return ok(turn, "APPEND completed");
  ok(turn, fmt::format("[APPENDUID {} {}] APPEND completed",
                       (*turn.context.store)->mailbox(id).uid_validity,
                       imap::encode_numbers(uids)));
}

}  // namespace mailscope
