// The selected mailbox as the session sees it: news, and which messages a set of numbers names.
// RFC 3501 §5.2, §5.5 and §7.4.1 say when a client may be told what; RFC 2180 what to do meanwhile.
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/flags_text.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {

using imap::State;

namespace {

/// A VANISHED can name a million messages: longer than this it is not quoted for each of them.
constexpr size_t kVanishedQuoted = 256;

}  // namespace

const Mailbox& ImapServer::selected(const Turn& turn) const {
  return (*turn.context.store)->mailbox(view_.mailbox());
}

bool ImapServer::has_news(const MailStore& store) const {
  if (notify_.set && notify_.told.version != store.version()) return true;
  if (state_ != State::kSelected) return false;
  const Mailbox& mailbox = store.mailbox(view_.mailbox());
  const bool hears = notify_.wanted() != NewsAllowed::kNone;
  return (hears && view_.has_news(mailbox)) || is_gone_untold(mailbox) || has_other_rights(store);
}

bool ImapServer::has_other_rights(const MailStore& store) const {
  if (!offers(imap::Extension::kAcl) || view_.read_only()) return false;
  const Mailbox& mailbox = store.mailbox(view_.mailbox());
  return !mailbox.deleted && !mailbox.no_select &&
         settable_flags(store, mailbox) != settable_told_;
}

std::vector<std::string> ImapServer::untold(const MailStore& store) const {
  // A copy of the session tells a copy of the store's news to nobody.
  ImapServer asked = *this;
  Cow<MailStore> mail(store);
  TraceState nowhere;
  TraceWriter trace(nowhere, nullptr, Instant{});
  Context context{Instant{}, 0, {}, {}, {}, trace, &mail, nullptr};
  Outbox out;
  Turn turn{context, out, {}, imap::find_command("NOOP"), {}, {}};
  if (wants_news()) asked.push(turn);
  asked.tell_other_mailboxes(turn);
  asked.tell_allowed_news(turn);
  std::vector<std::string> responses;
  bool in_response = false;  // a literal has interrupted it
  for (const OutUnit& unit : out.units) {
    const bool begins = !in_response && (unit.flags & LineFlags::kBlock) == 0;
    in_response = (unit.flags & (LineFlags::kBlock | LineFlags::kContinued)) != 0;
    if (!begins) continue;
    const std::string_view bytes = unit.bytes();
    responses.emplace_back(bytes.substr(0, bytes.find("\r\n")));
  }
  return responses;
}

void ImapServer::record_view(Context& context, ViewChange change, SeqNum seq, Uid uid,
                             bool solicited, std::string_view text) const {
  Event event;
  event.kind = EventKind::kViewChange;
  event.code = static_cast<uint8_t>(change);
  event.a = seq.value;
  event.b = change == ViewChange::kSelected ? view_.mailbox().value : uid.value;
  event.x = solicited ? 1 : 0;
  context.trace.record(event, text);
}

void ImapServer::record_told(Turn& turn) const {
  for (const ToldUnasked& told : turn.told) {
    const std::string_view bytes = turn.out.units[told.unit].bytes();
    record_view(turn.context, told.change, {}, Uid{told.about}, false,
                bytes.substr(0, bytes.find("\r\n")));
  }
  turn.told.clear();
}

void ImapServer::tell_allowed_news(Turn& turn) {
  if (turn.row == nullptr || turn.row->news == imap::News::kNone) return;
  const bool all = turn.row->news == imap::News::kAll && !turn.numbers_in_use;
  tell_news(turn, all ? NewsAllowed::kAll : NewsAllowed::kWithoutExpunge);
}

std::optional<uint64_t> ImapServer::mark_to_tell(const Turn& turn) {
  // Before QRESYNC is enabled, too: the client may come back with what it has heard now.
  if (!tells_modseq() || !offers(imap::Extension::kQresync) || state_ != State::kSelected) {
    return std::nullopt;
  }
  const uint64_t mark = view_.whole_up_to(selected(turn));
  const bool low = mark < view_.told_modseq();
  if (!low && !mark_is_low_) return std::nullopt;
  mark_is_low_ = low;
  return mark;
}

void ImapServer::tell_mark(Turn& turn) {
  const std::optional<uint64_t> mark = mark_to_tell(turn);
  if (!mark) return;
  const std::string line =
      fmt::format("* OK [HIGHESTMODSEQ {}] {}", *mark,
                  mark_is_low_ ? "What was expunged after it is told later" : "All has been told");
  turn.out.line(line);
  record_view(turn.context, ViewChange::kMark, {}, {}, false, line);
}

void ImapServer::tell_news(Turn& turn, NewsAllowed allowed) {
  if (state_ != State::kSelected) return;
  if (has_other_rights(**turn.context.store)) tell_keywords(turn, selected(turn));
  if (!view_.has_news(selected(turn)) && !is_gone_untold(selected(turn))) return;
  if (allows(allowed, NewsAllowed::kExpunges)) tell_removals(turn, allowed & notify_.wanted());
  tell(turn, take_news(turn, allowed));
  tell_updates(turn);
  const Mailbox& mailbox = selected(turn);
  if (is_gone_untold(mailbox) && allows(allowed, NewsAllowed::kExpunges)) {
    const Mailbox* again = (*turn.context.store)->find_mailbox(mailbox.account, mailbox.name);
    if (again != nullptr && again->id != mailbox.id) {
      // Another mailbox bears the name, with another UIDVALIDITY: nothing the client knows is true
      // of it, and no response says so in the middle of a session.
      constexpr std::string_view kReplaced =
          "this mailbox has been replaced by another; open it again";
      record_view(turn.context, ViewChange::kGone, {}, {}, false,
                  fmt::format("* BYE {}", kReplaced));
      return bye(turn, kReplaced);
    }
    // RFC 2180 §3 leaves the choice: this server empties the mailbox under those who have it
    // selected, and says so, rather than refuse DELETE or cut them off.
    constexpr std::string_view kDeleted =
        "* NO [NONEXISTENT] The selected mailbox has been deleted";
    turn.out.line(kDeleted);
    record_view(turn.context, ViewChange::kGone, {}, {}, false, kDeleted);
    gone_told_ = true;
  }
}

std::vector<ViewNews> ImapServer::take_news(const Turn& turn, NewsAllowed allowed) {
  const Mailbox& mailbox = selected(turn);
  NewsAllowed wanted = allowed & notify_.wanted();
  // RFC 5465 §3.1 is about what happens; what the client does itself is answered as ever.
  if (turn.added()) wanted = wanted | (allowed & NewsAllowed::kArrivals);
  const bool left_out = allows(allowed, NewsAllowed::kExpunges) &&
                        !allows(wanted, NewsAllowed::kExpunges);
  if (!left_out || turn.expunged.empty()) return view_.take_news(mailbox, wanted);
  std::vector<ViewNews> own = view_.take_expunged(turn.expunged);
  const std::vector<ViewNews> news = view_.take_news(mailbox, wanted);
  own.insert(own.end(), news.begin(), news.end());
  return own;
}

void ImapServer::tell(Turn& turn, const std::vector<ViewNews>& news) {
  const Mailbox& mailbox = selected(turn);
  FlagsText flags_text;
  ResponseWriter writer(turn.out);
  bool arrived = false;
  SeqNum first_new;
  tell_expunges(turn, news);
  for (const ViewNews& item : news) {
    switch (item.kind) {
      case ViewNews::Kind::kExpunge: break;
      case ViewNews::Kind::kExists: {
        const std::string line = fmt::format("* {} EXISTS", item.seq.value);
        turn.out.line(line);
        record_view(turn.context, ViewChange::kExists, item.seq, {}, turn.added(), line);
        first_new = SeqNum{item.seq.value - item.count + 1};
        arrived = true;
        break;
      }
      case ViewNews::Kind::kRecent:
        if (!is_rev2()) turn.out.line(fmt::format("* {} RECENT", item.seq.value));
        break;
      case ViewNews::Kind::kFlags:
        if (const std::optional<size_t> index = mailbox.find(item.uid)) {
          tell_flags(turn, writer, flags_text, item.seq, mailbox.entries[*index], false);
        }
        break;
    }
  }
  if (arrived && !view_.read_only() && mailbox.first_recent != mailbox.uid_next) {
    turn.context.store->edit().claim_recent(view_.mailbox());
  }
  if (arrived) tell_new_messages(turn, first_new);
}

void ImapServer::tell_expunges(Turn& turn, const std::vector<ViewNews>& news) {
  std::vector<uint32_t> gone;
  for (const ViewNews& item : news) {
    if (item.kind == ViewNews::Kind::kExpunge) gone.push_back(item.uid.value);
  }
  std::sort(gone.begin(), gone.end());
  const std::string vanished =
      tells_vanished() && !gone.empty() ? "* VANISHED " + imap::encode_numbers(gone) : "";
  if (!vanished.empty()) turn.out.line(vanished);
  for (const ViewNews& item : news) {
    if (item.kind != ViewNews::Kind::kExpunge) continue;
    const std::string line = vanished.empty() ? fmt::format("* {} EXPUNGE", item.seq.value)
                                              : fmt::format("* VANISHED {}", item.uid.value);
    if (vanished.empty()) turn.out.line(line);
    const bool own = std::binary_search(turn.expunged.begin(), turn.expunged.end(), item.uid);
    const bool quoted = !vanished.empty() && vanished.size() <= kVanishedQuoted;
    record_view(turn.context, ViewChange::kExpunge, item.seq, item.uid, own,
                quoted ? vanished : line);
  }
}

void ImapServer::tell_new_keywords(Turn& turn) {
  const Mailbox& mailbox = selected(turn);
  if (mailbox.keywords.size() == keywords_told_) return;
  tell_keywords(turn, mailbox);
}

void ImapServer::tell_keywords(Turn& turn, const Mailbox& mailbox) {
  std::string all = flags_text(Flag::kSystem, {});
  for (const std::string& keyword : mailbox.keywords) all += ' ' + keyword;
  turn.out.line(fmt::format("* FLAGS ({})", all));
  if (view_.read_only()) {
    turn.out.line("* OK [PERMANENTFLAGS ()] No flag can be changed");
  } else {
    // RFC 4314 §5.1: those that this user may change.
    const FlagBits settable = settable_flags(**turn.context.store, mailbox);
    const bool keywords = (settable & ~Flag::kSystem) != 0;
    std::string permanent = flags_text(settable & Flag::kSystem, {});
    if (keywords) {
      for (const std::string& keyword : mailbox.keywords) permanent += ' ' + keyword;
      if (mailbox.keywords.size() < Flag::kMaxKeywords) permanent += " \\*";
    }
    turn.out.line(fmt::format("* OK [PERMANENTFLAGS ({})] These flags can be changed", permanent));
  }
  keywords_told_ = mailbox.keywords.size();
  settable_told_ = settable_flags(**turn.context.store, mailbox);
}

void ImapServer::tell_flags(Turn& turn, ResponseWriter& writer, FlagsText& flags, SeqNum seq,
                            const MailboxEntry& entry, bool solicited) {
  tell_new_keywords(turn);
  begin_fetch(writer, seq, entry.uid);
  if (tells_uid(turn.row != nullptr && turn.row->uid_form)) {
    writer.add("UID ");
    writer.add_number(entry.uid.value);
    writer.add(" ");
  }
  writer.add(flags.of(selected(turn), entry.flags, tells_recent(entry.uid)));
  if (tells_modseq()) {
    writer.add(" ");
    writer.add_modseq(entry.modseq);
  }
  writer.add(")");
  record_view(turn.context, ViewChange::kFlags, seq, entry.uid, solicited, writer.line());
  writer.finish();
  view_.flags_told(entry.uid, entry.modseq);
}

void ImapServer::bad_number(Turn& turn) {
  bad(turn, fmt::format("there are only {} messages", view_.exists()),
      "RFC 3501 §9: a message sequence number past EXISTS");
}

void ImapServer::deselect(Context& context) {
  record_view(context, ViewChange::kClosed, {}, {}, true, {});
  view_ = MailboxView();
  // RFC 5182 §2.1, RFC 5267 §4.3: both were about the mailbox that was selected.
  saved_result_.clear();
  contexts_.clear();
  keywords_told_ = 0;
  settable_told_ = 0;
  gone_told_ = false;
  mark_is_low_ = false;
  selected_has_modseqs_ = true;
  set_state(context, State::kAuthenticated);
}

}  // namespace mailscope
