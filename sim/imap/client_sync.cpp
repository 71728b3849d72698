// The IMAP client's part that decides what to ask: which folders, in which order, and how each is
// brought up to date.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/base/ascii.h"
#include "sim/imap/client.h"
#include "sim/imap/client_names.h"

namespace mailscope {

using imap::State;

namespace {

constexpr size_t kMaxPipelined = 32;
/// Messages whose bodies are asked for by one command.
constexpr size_t kBodiesAtOnce = 50;
constexpr uint8_t kMaxRepairs = 3;

uint32_t highest_uid(const LocalStore& local, std::string_view folder) {
  const LocalFolder* found = local.find_folder(folder);
  uint32_t highest = 0;
  if (found == nullptr) return 0;
  for (const LocalEntry& entry : found->entries) highest = std::max(highest, entry.uid.value);
  return highest;
}

}  // namespace

void ImapClient::go_on(Context& context, Outbox& out) {
  while (!finished() && may_say_more() && say_next(context, out)) {
  }
}

bool ImapClient::may_say_more() const {
  if (leaving_ || resting_) return false;
  const bool ahead = awaits(Doing::kEntry);
  if (!entry_.entered() && !(ahead && may_run_ahead_of_login())) return false;
  if (sent_.empty()) return true;
  if (!config_->pipeline || sent_.size() >= kMaxPipelined) return false;
  for (const Command& command : sent_) {
    switch (command.doing) {
      case Doing::kEntry:
      case Doing::kEnable:
      case Doing::kSelect:
      case Doing::kStatus:
      case Doing::kFetchFlags:
      case Doing::kFetchNew:
      case Doing::kFetchBody:
      case Doing::kFetchBodies:
      case Doing::kStore:
      case Doing::kMarkDeleted:
      case Doing::kExpunge:
      case Doing::kMove: break;
      default: return false;
    }
  }
  return true;
}

bool ImapClient::may_run_ahead_of_login() const {
  // COMPRESS has to be alone on the wire.
  if (!config_->pipeline || !entry_.may_run_ahead() || config_->entry.compress) return false;
  // What a stranger is offered may be less than what comes after the login.
  return config_->resync == ImapResync::kUidWindow || entry_.offers("CONDSTORE");
}

bool ImapClient::say_next(Context& context, Outbox& out) {
  if (leaving_ || resting_) return false;
  if (set_up_ != SetUp::kDone) return say_set_up(context, out);
  if (folder_.empty()) {
    const bool elsewhere = !visits_.empty();
    return say_select(context, out, elsewhere ? visits_.front() : config_->folder);
  }
  if (stage_ != Stage::kSynced) {
    if (say_sync(context, out)) return true;
    if (stage_ != Stage::kSynced) return false;
  }
  switch (say_order(context, out)) {
    case Said::kSomething: return true;
    case Said::kWait: return false;
    case Said::kAgain: return say_next(context, out);
    case Said::kNothing: break;
  }
  if (say_bodies(context, out)) return true;
  if (!sent_.empty()) return false;
  if (!visits_.empty()) return say_select(context, out, visits_.front());
  if (folder_ != config_->folder) return say_select(context, out, config_->folder);
  return say_rest(context, out);
}

// ---- before a folder is selected

bool ImapClient::uses(ImapResync resync) const {
  if (static_cast<int>(config_->resync) < static_cast<int>(resync)) return false;
  const bool qresync = entry_.offers("QRESYNC");
  return resync == ImapResync::kQresync ? qresync : qresync || entry_.offers("CONDSTORE");
}

bool ImapClient::say_set_up(Context& context, Outbox& out) {
  const bool several = !config_->folders.empty();
  switch (set_up_) {
    case SetUp::kEnable:
      set_up_ = several ? SetUp::kList : SetUp::kDone;
      if (!uses(ImapResync::kQresync) || qresync_enabled_) return say_next(context, out);
      // RFC 7162 §3.2.3: before a SELECT with the QRESYNC parameter.
      say(out, "ENABLE QRESYNC", Doing::kEnable);
      qresync_enabled_ = true;
      return true;
    case SetUp::kList: {
      if (awaits(Doing::kList)) return false;
      listed_.clear();
      status_asked_ = 0;
      std::string options;
      // RETURN is of LIST-EXTENDED (RFC 5258 §3), which IMAP4rev2 includes.
      const bool extended =
          !plain_list_ && (entry_.offers("LIST-EXTENDED") || entry_.offers("IMAP4rev2"));
      if (extended && entry_.offers("SPECIAL-USE")) options = "SPECIAL-USE";
      if (extended && entry_.offers("LIST-STATUS")) {
        if (!options.empty()) options += ' ';
        options += fmt::format("STATUS (MESSAGES UIDNEXT UIDVALIDITY{})",
                               uses(ImapResync::kCondStore) ? " HIGHESTMODSEQ" : "");
      }
      say(out, options.empty() ? "LIST \"\" *" : fmt::format("LIST \"\" * RETURN ({})", options),
          Doing::kList);
      return true;
    }
    case SetUp::kStatus: return say_status(context, out);
    case SetUp::kDone: break;
  }
  return false;
}

bool ImapClient::say_status(Context& context, Outbox& out) {
  while (status_asked_ < listed_.size()) {
    const Listed& listed = listed_[status_asked_++];
    const LocalFolder* known = (*context.local)->find_folder(listed.name);
    // Only what can tell that nothing has changed is worth asking.
    if (!listed.selectable || !config_->keeps(listed.name) || listed.name == config_->folder ||
        known == nullptr || known->modseq == 0) {
      continue;
    }
    say(out,
        fmt::format("STATUS {} (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)",
                    imap::wire_name(listed.name)),
        Doing::kStatus);
    return true;
  }
  if (awaits(Doing::kStatus)) return false;
  set_up_ = SetUp::kDone;
  for (const Listed& listed : listed_) {
    if (listed.name != config_->folder && listed.selectable && config_->keeps(listed.name) &&
        !is_unchanged(context, listed)) {
      revisit(listed.name);
    }
  }
  listed_.clear();
  // The folder to stay in is told of its news while it is selected.
  if (folder_ == config_->folder) {
    if (stage_ == Stage::kSynced) stage_ = Stage::kNew;
  } else {
    revisit(config_->folder);
  }
  return say_next(context, out);
}

void ImapClient::sift_listed(Context& context) {
  std::set<std::string> names;
  std::vector<std::string> left_out;
  const auto goes = [&](const Listed& listed) {
    if (!listed.usable) left_out.push_back(listed.name);
    return !listed.usable || !names.insert(listed.name).second;
  };
  listed_.erase(std::remove_if(listed_.begin(), listed_.end(), goes), listed_.end());
  if (left_out.empty() || left_out_told_) return;
  left_out_told_ = true;
  constexpr size_t kNamed = 5;
  const bool more = left_out.size() > kNamed;
  if (more) left_out.resize(kNamed);
  note(context, Note::kFoldersLeftOut,
       fmt::format("{}{}", fmt::join(left_out, ", "), more ? ", ..." : ""));
}

void ImapClient::plan_visits(Context& context) {
  sift_listed(context);
  for (const Listed& listed : listed_) {
    if (!listed.use.empty() && listed.selectable) {
      context.local->edit().set_use(listed.name, listed.use);
    }
  }
  std::vector<std::string> gone;
  for (const LocalFolder& folder : (*context.local)->folders()) {
    const bool there = std::any_of(listed_.begin(), listed_.end(), [&](const Listed& listed) {
      return listed.name == folder.name && listed.selectable;
    });
    if (!there && folder.uid_validity != 0 && config_->keeps(folder.name) &&
        folder.name != config_->folder) {
      gone.push_back(folder.name);
    }
  }
  for (const std::string& folder : gone) {
    context.local->edit().forget_folder(folder, context.trace);
    for (size_t i = orders_.size(); i-- > 0;) {
      if (orders_[i].has_source() && source_of(orders_[i]) == folder) {
        drop_order(context, i, Note::kFolderGone);
      }
    }
  }
  const bool told = std::any_of(listed_.begin(), listed_.end(),
                                [](const Listed& listed) { return listed.messages.has_value(); });
  const bool ask = uses(ImapResync::kCondStore) && !told;
  status_asked_ = ask ? 0 : listed_.size();
  set_up_ = SetUp::kStatus;
}

bool ImapClient::is_unchanged(Context& context, const Listed& listed) const {
  const LocalFolder* known = (*context.local)->find_folder(listed.name);
  if (listed.messages == 0u && (known == nullptr || known->entries.empty())) return true;
  if (known == nullptr || !listed.messages || !listed.uid_next) return false;
  const auto pending = std::any_of(known->entries.begin(), known->entries.end(),
                                   [](const LocalEntry& entry) { return entry.uid.value == 0; });
  // HIGHESTMODSEQ says that no flags have changed; with the number of messages and UIDNEXT also
  // that none has come and none has gone.
  return !pending && known->modseq != 0 && listed.modseq == known->modseq &&
         listed.uid_validity == known->uid_validity && listed.messages == known->entries.size();
}

void ImapClient::revisit(const std::string& folder) {
  if (std::find(visits_.begin(), visits_.end(), folder) == visits_.end()) {
    visits_.push_back(folder);
  }
}

// ---- one folder

bool ImapClient::say_select(Context& context, Outbox& out, std::string folder) {
  if (state_ == State::kSelected) {
    record_view(context, ViewChange::kClosed, exists_, {}, folder_);
    set_state(context, State::kAuthenticated);
    // RFC 7162 §3.2.11: CLOSED tells where news of the old mailbox end.
    awaiting_closed_ = qresync_enabled_ && !folder_.empty();
  }
  folder_ = std::move(folder);
  kept_ = config_->keeps(folder_);
  visits_.erase(std::remove(visits_.begin(), visits_.end(), folder_), visits_.end());
  uids_.clear();
  exists_ = synced_exists_ = uid_next_ = 0;
  modseq_ = fetched_modseq_ = 0;
  missing_.clear();
  unsure_ = searched_ = look_ = asked_ = renumbered_ = mark_told_ = mark_lost_ = false;
  repairs_ = 0;
  stage_ = kept_ ? Stage::kFlags : Stage::kSynced;
  const LocalFolder* known = (*context.local)->find_folder(folder_);
  const uint32_t last = highest_uid(**context.local, folder_);
  by_qresync_ = kept_ && qresync_enabled_ && known != nullptr && known->modseq != 0 && last != 0;
  all_flags_ = !(known != nullptr && known->modseq != 0 && uses(ImapResync::kCondStore));
  std::string parameter;
  if (by_qresync_) {
    parameter =
        fmt::format(" (QRESYNC ({} {} 1:{}))", known->uid_validity, known->modseq, last);
  } else if (kept_ && uses(ImapResync::kCondStore)) {
    parameter = " (CONDSTORE)";
  }
  say(out, "SELECT " + imap::wire_name(folder_) + parameter, Doing::kSelect);
  return true;
}

void ImapClient::selected_now(Context& context, const Command& command) {
  if (command.folder != folder_) return;
  awaiting_closed_ = false;
  // Said before SELECT was answered, and carried out after it.
  if (awaits(Doing::kFetchNew)) synced_exists_ = exists_;
  if (modseq_ == 0) {
    all_flags_ = true;  // RFC 7162 §3.1.2.2, NOMODSEQ: this mailbox does not count its changes
    by_qresync_ = false;
  }
  set_state(context, State::kSelected);
  record_view(context, ViewChange::kSelected, exists_, {}, folder_);
}

bool ImapClient::say_sync(Context& context, Outbox& out) {
  while (true) {
    switch (stage_) {
      case Stage::kFlags:
        stage_ = Stage::kNew;
        if (say_fetch_flags(context, out)) return true;
        break;
      case Stage::kNew:
        stage_ = Stage::kAwait;
        if (say_fetch_new(context, out)) return true;
        break;
      case Stage::kAwait:
        if (!sent_.empty()) return false;
        settle_sync(context);
        break;
      case Stage::kMissing: {
        stage_ = Stage::kAwait;
        // A long list of numbers makes a long line, and servers have a limit.
        constexpr size_t kAtOnce = 1000;
        const size_t count = std::min(missing_.size(), kAtOnce);
        const std::vector<uint32_t> some(missing_.begin(),
                                         missing_.begin() + static_cast<std::ptrdiff_t>(count));
        say(out, fmt::format("UID FETCH {} ({})", imap::encode_numbers(some), new_items()),
            Doing::kFetchMissing);
        return true;
      }
      case Stage::kSearch:
        stage_ = Stage::kAwait;
        found_.clear();
        say(out, entry_.offers("ESEARCH") ? "UID SEARCH RETURN (ALL) ALL" : "UID SEARCH ALL",
            Doing::kSearchAll);
        return true;
      case Stage::kSynced: return false;
    }
  }
}

bool ImapClient::say_fetch_flags(Context& context, Outbox& out) {
  const uint32_t last = highest_uid(**context.local, folder_);
  if (last == 0) return false;
  if (all_flags_) {
    // What became of the messages already known: their flags, and which are gone.
    uids_.clear();
    say(out, fmt::format("UID FETCH 1:{} (FLAGS)", last), Doing::kFetchFlags);
    return true;
  }
  if (by_qresync_) return false;
  const uint64_t since = (*context.local)->find_folder(folder_)->modseq;
  // Nothing has changed: that can be known when SELECT has been answered.
  if (!awaits(Doing::kSelect) && modseq_ == since) return false;
  say(out, fmt::format("UID FETCH 1:{} (FLAGS) (CHANGEDSINCE {})", last, since),
      Doing::kFetchFlags);
  return true;
}

std::string ImapClient::new_items() const {
  std::string items = "FLAGS RFC822.SIZE ENVELOPE";
  if (config_->previews && entry_.offers("PREVIEW")) items += " PREVIEW";
  return items;
}

uint32_t ImapClient::first_new_uid(Context& context) const {
  const uint32_t after_last = highest_uid(**context.local, folder_) + 1;
  const LocalFolder* known = (*context.local)->find_folder(folder_);
  // The newest may be gone; that UIDs beyond it were given is known all the same. The oldest way
  // does not keep it, as many programs.
  if (known == nullptr || !uses(ImapResync::kCondStore)) return after_last;
  return std::max(after_last, known->uid_next);
}

bool ImapClient::say_fetch_new(Context& context, Outbox& out) {
  const bool asked = asked_;
  look_ = asked_ = false;
  synced_exists_ = exists_;
  if (!awaits(Doing::kSelect) && exists_ == 0) {
    // There is no message to ask about; NOOP lets the server tell what has come (RFC 3501 §6.1.2).
    if (asked) say(out, "NOOP", Doing::kNoop);
    return asked;
  }
  const uint32_t first = first_new_uid(context);
  // UIDNEXT says that there is nothing new, whatever has gone.
  if (uses(ImapResync::kCondStore) && !awaits(Doing::kSelect) && uid_next_ == first) return false;
  say(out, fmt::format("UID FETCH {}:* ({})", first, new_items()), Doing::kFetchNew);
  return true;
}

void ImapClient::settle_sync(Context& context) {
  if (renumbered_) {
    // What was asked ahead meant the UIDs of before.
    renumbered_ = false;
    all_flags_ = true;
    stage_ = Stage::kFlags;
    return;
  }
  const LocalFolder* known = (*context.local)->find_folder(folder_);
  const auto is_known = [&](uint32_t uid) {
    return (*context.local)->find_uid(folder_, Uid{uid}) != nullptr;
  };
  missing_.erase(std::remove_if(missing_.begin(), missing_.end(), is_known), missing_.end());
  if (!missing_.empty() && repairs_ < kMaxRepairs) {
    ++repairs_;
    stage_ = Stage::kMissing;
    return;
  }
  const bool by_count = uses(ImapResync::kCondStore) || unsure_;
  if (by_count && exists_ > synced_exists_) {
    stage_ = Stage::kNew;
    return;
  }
  if (by_count && known != nullptr && known_count(context) != exists_ && repairs_ < kMaxRepairs) {
    ++repairs_;
    unsure_ = false;
    if (!searched_) {
      searched_ = true;
      stage_ = Stage::kSearch;
    } else if (!all_flags_) {
      // A copy that holds too little has holes: the flags of all tell where.
      all_flags_ = true;
      stage_ = Stage::kFlags;
    } else {
      stage_ = Stage::kNew;
    }
    return;
  }
  stage_ = Stage::kSynced;
  finish_sync(context);
}

void ImapClient::finish_sync(Context& context) {
  unsure_ = false;
  missing_.clear();
  if (uses(ImapResync::kCondStore) || uids_.size() < exists_) number_by_cache(context);
  keep_mark(context);
  settle_orders(context);
}

void ImapClient::move_mark(Context& context) {
  if (awaits(Doing::kSelect) || awaiting_closed_ || folder_.empty()) return;
  // RFC 7162 §6: what the server says counts; else the highest MODSEQ it has told. That is safe
  // only where the server owes it to the client to lose nothing (§3.2).
  if (!mark_told_ && qresync_enabled_ && modseq_ != 0) {
    modseq_ = std::max(modseq_, fetched_modseq_);
  }
  mark_told_ = false;
  fetched_modseq_ = 0;
  if (stage_ == Stage::kSynced && kept_) keep_mark(context);
}

void ImapClient::keep_mark(Context& context) {
  const LocalFolder* known = (*context.local)->find_folder(folder_);
  // Only a copy without holes may be said to be of that moment.
  if (known == nullptr || known_count(context) != exists_ || !uses(ImapResync::kCondStore)) return;
  const uint32_t next = std::max(uid_next_, first_new_uid(context));
  if (known->uid_next != next) context.local->edit().set_uid_next(folder_, next);
  if (modseq_ == 0 || mark_lost_ || !missing_.empty() || known->modseq == modseq_) return;
  context.local->edit().set_modseq(folder_, modseq_);
}

bool ImapClient::say_bodies(Context& context, Outbox& out) {
  if (config_->headers_first || !kept_) return false;
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  if (folder == nullptr) return false;
  std::vector<uint32_t> wanted;
  for (const LocalEntry& entry : folder->entries) {
    const bool too_big = config_->body_limit != 0 && entry.size > config_->body_limit;
    const auto asked = std::lower_bound(asked_bodies_.begin(), asked_bodies_.end(), entry.key);
    if (entry.message != nullptr || entry.uid.value == 0 || too_big ||
        (asked != asked_bodies_.end() && *asked == entry.key)) {
      continue;
    }
    // Asked for once in a session: it may be refused.
    asked_bodies_.insert(asked, entry.key);
    wanted.push_back(entry.uid.value);
    if (!config_->pipeline || wanted.size() == kBodiesAtOnce) break;
  }
  if (wanted.empty()) return false;
  std::sort(wanted.begin(), wanted.end());
  say(out, fmt::format("UID FETCH {} (BODY.PEEK[])", imap::encode_numbers(wanted)),
      Doing::kFetchBodies);
  return true;
}

// ---- nothing more to do

bool ImapClient::say_rest(Context& context, Outbox& out) {
  // News that came while something else was asked.
  const bool news = look_ || exists_ > synced_exists_ || unsure_ || !missing_.empty();
  if (news && repairs_ < kMaxRepairs) {
    if (exists_ <= synced_exists_) ++repairs_;
    stage_ = Stage::kNew;
    return say_next(context, out);
  }
  look_ = false;
  synced_exists_ = exists_;
  repairs_ = 0;
  if (config_->use_notify && entry_.offers("NOTIFY") && !notifying_) {
    notifying_ = true;
    std::string groups = fmt::format(
        "(selected-delayed (MessageNew (UID {}) MessageExpunge FlagChange))", new_items());
    if (!config_->folders.empty()) {
      groups += " (personal (MessageNew MessageExpunge FlagChange))";
    }
    say(out, "NOTIFY SET " + groups, Doing::kNotify);
    return true;
  }
  if (config_->use_idle && entry_.offers("IDLE")) {
    idle_since_ = context.now;
    say(out, "IDLE", Doing::kIdleWait);
    return true;
  }
  if (config_->noop_every.ns > 0) {
    resting_ = true;
    return false;
  }
  leave(out);
  return true;
}

}  // namespace mailscope
