// STORE and UID STORE: RFC 3501 §6.4.6, §6.4.8; UNCHANGEDSINCE of RFC 7162 §3.1.3.
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/flag_names.h"
#include "sim/imap/flags_text.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {
namespace {

FlagChange flag_change(imap::StoreMode mode) {
  switch (mode) {
    case imap::StoreMode::kReplace: return FlagChange::kReplace;
    case imap::StoreMode::kAdd: return FlagChange::kAdd;
    case imap::StoreMode::kRemove: return FlagChange::kRemove;
  }
  return FlagChange::kReplace;
}

bool knows(const Mailbox& mailbox, const std::string& keyword) {
  return std::any_of(
      mailbox.keywords.begin(), mailbox.keywords.end(),
      [&keyword](const std::string& known) { return equals_ignoring_case(known, keyword); });
}

/// Removing a keyword that the mailbox does not know must not make it known.
void drop_unknown(std::vector<std::string>& keywords, const Mailbox& mailbox) {
  const auto unknown = [&mailbox](const std::string& keyword) { return !knows(mailbox, keyword); };
  keywords.erase(std::remove_if(keywords.begin(), keywords.end(), unknown), keywords.end());
}

/// Each once, in any case.
void drop_repeated(std::vector<std::string>& keywords) {
  std::vector<std::string> once;
  for (std::string& keyword : keywords) {
    const bool seen = std::any_of(once.begin(), once.end(), [&keyword](const std::string& other) {
      return equals_ignoring_case(other, keyword);
    });
    if (!seen && once.size() <= Flag::kMaxKeywords) once.push_back(std::move(keyword));
  }
  keywords = std::move(once);
}

bool has_keyword_room(const Mailbox& mailbox, const std::vector<std::string>& keywords) {
  const auto added = std::count_if(
      keywords.begin(), keywords.end(),
      [&mailbox](const std::string& keyword) { return !knows(mailbox, keyword); });
  return mailbox.keywords.size() + static_cast<size_t>(added) <= Flag::kMaxKeywords;
}

/// Of those that the mailbox knows.
FlagBits known_bits(const Mailbox& mailbox, const FlagNames& names) {
  FlagBits bits = names.system;
  for (size_t i = 0; i < mailbox.keywords.size(); ++i) {
    for (const std::string& keyword : names.keywords) {
      if (!equals_ignoring_case(mailbox.keywords[i], keyword)) continue;
      bits |= FlagBits{1} << (static_cast<size_t>(Flag::kFirstKeyword) + i);
    }
  }
  return bits;
}

/// RFC 4314 §4: the right to one of them is enough.
bool may_change_any(const FlagNames& names, FlagBits allowed) {
  const bool none = names.system == 0 && names.keywords.empty();
  const bool keywords = !names.keywords.empty() && (allowed & ~Flag::kSystem) != 0;
  return none ? allowed != 0 : (names.system & allowed) != 0 || keywords;
}

}  // namespace

std::vector<uint32_t> ImapServer::take_modified(Turn& turn, Targets& targets, FlagBits flags,
                                                uint64_t unchanged_since) const {
  const Mailbox& mailbox = selected(turn);
  std::vector<uint32_t> modified;
  const auto changed = [&](const Target& target) {
    const MailboxEntry& entry = mailbox.entries[target.index];
    if ((mailbox.changed_since(entry, unchanged_since) & flags) == 0) return false;
    modified.push_back(turn.row->uid_form ? target.uid.value : target.seq.value);
    return true;
  };
  targets.found.erase(std::remove_if(targets.found.begin(), targets.found.end(), changed),
                      targets.found.end());
  return modified;
}

void ImapServer::tell_stored(Turn& turn, const std::vector<Target>& stored, bool silent) {
  tell_new_keywords(turn);
  CowList<MailboxEntry, EntrySummary>::Cursor entries(selected(turn).entries);
  FlagsText flags_text;
  ResponseWriter writer(turn.out);
  for (const Target& target : stored) {
    const MailboxEntry& entry = entries[target.index];
    if (!silent) {
      tell_flags(turn, writer, flags_text, target.seq, entry, true);
      continue;
    }
    view_.flags_told(target.uid, entry.modseq);
    if (!tells_modseq()) continue;
    // RFC 7162 §3.1.3: .SILENT keeps the flags back, never the mod-sequence.
    begin_fetch(writer, target.seq, target.uid);
    if (tells_uid(turn.row->uid_form)) {
      writer.add("UID ");
      writer.add_number(target.uid.value);
      writer.add(" ");
    }
    writer.add_modseq(entry.modseq);
    writer.add(")");
    writer.finish();
  }
}

void ImapServer::cmd_store(Turn& turn, const imap::StoreArguments& arguments) {
  Targets targets = targets_of(turn, arguments.set);
  if (targets.bad_number) return bad_number(turn);
  if (view_.read_only()) return no(turn, "[CANNOT] the mailbox was opened with EXAMINE");
  const FlagBits allowed = settable_flags(**turn.context.store, selected(turn));
  FlagNames names = flag_names(arguments.flags);
  if (!may_change_any(names, allowed)) {
    return no(turn, "[NOPERM] you may change none of these flags here");
  }
  if (arguments.unchanged_since) enable_condstore(turn);
  if (arguments.mode == imap::StoreMode::kRemove) drop_unknown(names.keywords, selected(turn));
  drop_repeated(names.keywords);
  if (!has_keyword_room(selected(turn), names.keywords)) {
    return no(turn, fmt::format("[LIMIT] at most {} keywords in a mailbox", Flag::kMaxKeywords));
  }
  // What others changed before is told even with .SILENT (RFC 3501 §6.4.6), but after this change,
  // so that the last thing the client hears is true.
  std::vector<ViewNews> earlier;
  if (arguments.silent) {
    earlier = take_news(turn, NewsAllowed::kWithoutExpunge);
  }
  std::vector<uint32_t> modified;
  if (arguments.unchanged_since) {
    // RFC 7162 §3.1.3: what others did to flags that this command leaves alone does not stop it.
    const bool replaces = arguments.mode == imap::StoreMode::kReplace;
    modified = take_modified(turn, targets,
                             replaces ? ~FlagBits{0} : known_bits(selected(turn), names),
                             *arguments.unchanged_since);
  }
  const MailboxId id = view_.mailbox();
  if (!targets.found.empty()) {
    MailStore& store = turn.context.store->edit();
    const FlagBits flags = store.flag_bits(id, names);
    // RFC 4314 §4: flags to which one has no right stay as they are.
    const bool replaces = arguments.mode == imap::StoreMode::kReplace && ~allowed != 0;
    for (const Target& target : targets.found) {
      const FlagBits kept =
          replaces ? store.mailbox(id).entries[target.index].flags & ~allowed : 0;
      store.change_flags_at(id, target.index, flag_change(arguments.mode), (flags & allowed) | kept,
                            turn.context.trace);
    }
  }
  tell_stored(turn, targets.found, arguments.silent);
  tell(turn, earlier);
  std::string code;
  if (!modified.empty()) code = fmt::format("[MODIFIED {}] ", imap::encode_numbers(modified));
  // RFC 2180 §4.2.1 and §4.2.3: NO only where the missing FETCH responses would puzzle the client;
  // RFC 7162 §3.1.3: and where a conditional STORE names messages that are gone.
  if (targets.some_expunged && (!arguments.silent || arguments.unchanged_since)) {
    if (code.empty()) code = "[EXPUNGEISSUED] ";
    return no(turn, code + "some of these messages are gone, the others were changed");
  }
  ok(turn, code + (modified.empty() ? fmt::format("{} completed", turn.row->name)
                                    : std::string("Conditional STORE failed for some")));
}

}  // namespace mailscope
