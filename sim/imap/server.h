// The IMAP server engine: one session of IMAP4rev1 (RFC 3501) or IMAP4rev2 (RFC 9051) with whatever
// extensions its configuration offers. What the session believes about its mailbox is a
// MailboxView; the truth is in the MailStore, and the session learns of it in tell_news() alone, at
// the moments that the command table allows. One turn handles one command, one request for a
// literal, one continuation line, or one push of IDLE. Each command lives in a cmd_*.cpp of its
// own; this file's body has the turn and the dispatch.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/imap/access.h"
#include "sim/imap/listing.h"
#include "sim/imap/notify_state.h"
#include "sim/imap/numbered_message.h"
#include "sim/imap/protocol.h"
#include "sim/imap/search_context.h"
#include "sim/imap/trouble.h"
#include "sim/mail/mailbox_view.h"
#include "sim/sasl/exchange.h"
#include "sim/wire/imap_command.h"
#include "sim/wire/imap_fragments.h"

namespace mailscope {

struct ImapServerConfig {
  /// What is offered. What is off is unknown to the server. IMAP4rev2 brings what it includes.
  imap::ExtensionSet extensions = imap::usual_extensions();
  /// RFC 3501 §5.4: an autologout timer must be of at least 30 minutes.
  Duration autologout = seconds(1800);
  /// Consecutive commands not understood after which the server gives up on a peer.
  uint32_t max_bad_commands = 10;
  size_t max_line = 65536;        // octets of a command outside its literals
  size_t max_literal = 64u << 20;  // octets of all literals of a command; told by APPENDLIMIT
  size_t max_messages = 1000000;   // in one mailbox, by APPEND, COPY and the like
  uint64_t quota_octets = 0;       // QUOTA: STORAGE of an account that has no own; 0: no limit
  uint64_t quota_messages = 0;     // QUOTA: MESSAGE of such an account; 0: no limit
  /// LOGIN, AUTH=PLAIN and AUTH=LOGIN only under TLS: LOGINDISABLED and [PRIVACYREQUIRED].
  bool plain_needs_tls = false;
  uint32_t max_search_contexts = 8;  // CONTEXT=SEARCH: UPDATE searches kept a session
  size_t max_saved_result = 1000000;  // SEARCHRES: messages that "$" can hold
  /// What one SEARCH, SORT, THREAD or FETCH may cost, in octets looked at (see WorkLimit).
  uint64_t max_work = 4'000'000'000;
  /// The same of all searches that are kept up to date (RFC 5267 §4.3), each time something
  /// changes.
  uint64_t max_update_work = 50'000'000;
  /// INPROGRESS: a response after this many messages that a search has looked at; 0: none.
  uint32_t progress_every = 100000;
  size_t max_notify_news = 1000;     // NOTIFY: responses of one moment, more is an overflow
  size_t max_annotation = 65536;     // METADATA: octets of one value
  size_t max_annotations = 1000;     // METADATA: entries of one mailbox, or of the server
  /// "* OK [ALERT] ..." to everybody who logs in: one line of ASCII (RFC 3501 §7.1). Empty:
  /// nothing.
  std::string alert{};
  /// [CLIENTBUG] (RFC 5530 §3) with each BAD, and with the OK of what a client should not ask.
  bool remarks_client_bugs = false;
  /// [PARSE] (RFC 3501 §7.1) beside ENVELOPE, BODY and BODYSTRUCTURE of mail that is malformed.
  bool remarks_broken_headers = false;
  std::vector<imap::Trouble> trouble{};

  /// With what the members need and what IMAP4rev2 includes.
  [[nodiscard]] imap::ExtensionSet offered() const {
    imap::ExtensionSet all = imap::completed(extensions);
    if ((all & imap::bit(imap::Extension::kRev2)) != 0) all |= imap::kRev2Includes;
    // RFC 7888 §5: never both of them; LITERAL+ allows all that LITERAL- does.
    const bool any_literal = (all & imap::bit(imap::Extension::kLiteralPlus)) != 0;
    return any_literal ? all & ~imap::bit(imap::Extension::kLiteralMinus) : all;
  }
};

class FlagsText;
class ResponseWriter;
class WorkLimit;
struct FetchLimit;
namespace imap {
struct ImapUrl;
}

class ImapServer {
 public:
  explicit ImapServer(std::shared_ptr<const ImapServerConfig> config);

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes) { fragments_.append(bytes); }
  [[nodiscard]] bool ready() const;
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  void shut_down(Context& context, Outbox& out);
  void secured(Context& context, Outbox& out);
  [[nodiscard]] bool finished() const { return state_ == imap::State::kLogout; }
  [[nodiscard]] size_t pending_octets() const { return fragments_.pending(); }
  [[nodiscard]] uint64_t digest() const;

  /// True in IDLE, and after NOTIFY between commands: news may be pushed now.
  [[nodiscard]] bool wants_news() const;
  /// True when the store holds something that this session was not told, about the selected mailbox
  /// or what NOTIFY watches.
  [[nodiscard]] bool has_news(const MailStore& store) const;
  /// The untagged responses that the next command of the session would bring, if it allowed all
  /// news (as NOOP does) and came now; of a session that wants news, what it is about to be told
  /// first. In order; of a response with literals the first line.
  [[nodiscard]] std::vector<std::string> untold(const MailStore& store) const;
  /// The store changed: the next turn pushes the news, if the session wants any.
  void notify() { notified_ = wants_news(); }

  [[nodiscard]] imap::State state() const { return state_; }
  /// The selected mailbox as this session knows it; no mailbox() outside SELECTED.
  [[nodiscard]] const MailboxView& view() const { return view_; }
  /// Who is logged in, or none.
  [[nodiscard]] AccountId account() const { return account_; }
  [[nodiscard]] bool idling() const { return awaiting_ == Awaiting::kDone; }
  [[nodiscard]] const ImapServerConfig& config() const { return *config_; }

 private:
  /// What the next line from the client is.
  enum class Awaiting : uint8_t { kCommand, kSaslResponse, kDone };
  /// A response that nobody asked for, and what the news is about; see ViewChange.
  struct ToldUnasked {
    ViewChange change;
    uint32_t about;
    size_t unit;  // of the Outbox: where the response begins
  };
  /// What a turn works with; lives no longer than the turn.
  struct Turn {
    Context& context;
    Outbox& out;
    std::string tag;
    const imap::CommandRow* row = nullptr;
    // What the command itself did to the selected mailbox: news of it is solicited.
    std::vector<Uid> expunged{};  // ascending
    Uid added_from{};             // what it added has this UID or a greater one; 0: nothing
    // The client waits for an answer in which message numbers matter: none may shift.
    bool numbers_in_use = false;
    bool unasked = false;  // what is fetched now is news, not the command's answer
    std::vector<ToldUnasked> told{};  // that has not been recorded yet
    [[nodiscard]] bool added() const { return added_from.value != 0; }
  };
  struct Target {
    SeqNum seq;
    Uid uid;
    size_t index;  // into the mailbox's entries
  };
  /// The messages that a set names in this session; see targets_of().
  struct Targets {
    std::vector<Target> found;
    bool bad_number = false;      // a sequence number outside 1..EXISTS
    bool some_expunged = false;   // still numbered here, but gone from the store
  };

  void set_state(Context& context, imap::State state);
  void handle_unit(Turn& turn, const imap::Unit& unit);
  void handle_literal_request(Turn& turn);
  void handle_broken_unit(Turn& turn, const imap::Unit& unit);
  void handle_command(Turn& turn, std::string_view text);
  void dispatch(Turn& turn, imap::CommandLine& command);
  void dispatch_mailbox_command(Turn& turn, imap::Arguments& arguments);
  void dispatch_message_command(Turn& turn, imap::Arguments& arguments);
  /// False after BAD, when the arguments need an extension that is not offered.
  bool may_use(Turn& turn, const imap::CommandLine& command, std::string_view text);
  /// Puts tag and row into the turn; false after BAD, when the command may not be said now.
  bool admit(Turn& turn, const imap::CommandLine& command);
  [[nodiscard]] bool offers(imap::Extension extension) const {
    return (offered_ & imap::bit(extension)) != 0;
  }
  [[nodiscard]] bool enabled(imap::Extension extension) const {
    return (enabled_ & imap::bit(extension)) != 0;
  }
  /// RFC 9051 rules hold: it was enabled, or nothing else is offered.
  [[nodiscard]] bool is_rev2() const {
    return enabled(imap::Extension::kRev2) || !offers(imap::Extension::kRev1);
  }
  /// A command that speaks of mod-sequences makes the server tell them from now on (RFC 7162 §3.1).
  void enable_condstore(Turn& turn);
  /// Ends a wait for a continuation line; the turn gets the tag of the command that waited.
  void end_wait(Turn& turn);
  void end_session(Context& context);

  // Answers. Each is the end of its command. ok() and no() tell the news that the row allows first.
  void ok(Turn& turn, std::string_view text);
  void no(Turn& turn, std::string_view text);
  void bad(Turn& turn, std::string_view text, std::string_view violation);
  /// With the code HIGHESTMODSEQ, where expunges are held back or were until now.
  std::string with_mark(Turn& turn, std::string_view text);
  void bye(Turn& turn, std::string_view text);

  // The selected mailbox.
  void tell_news(Turn& turn, NewsAllowed allowed);
  /// What tell_news() may take from the view: what the command did itself, and of the rest what
  /// NOTIFY did not leave out.
  [[nodiscard]] std::vector<ViewNews> take_news(const Turn& turn, NewsAllowed allowed);
  void tell(Turn& turn, const std::vector<ViewNews>& news);
  /// The selected mailbox has been deleted under the session, and that has not been told.
  [[nodiscard]] bool is_gone_untold(const Mailbox& mailbox) const {
    return (mailbox.deleted || mailbox.no_select) && !gone_told_;
  }
  /// The flags of the selected mailbox that this user may change are others than those told (RFC
  /// 4314 §5.1.1).
  [[nodiscard]] bool has_other_rights(const MailStore& store) const;
  /// EXPUNGE responses, or one VANISHED for those who asked for that.
  void tell_expunges(Turn& turn, const std::vector<ViewNews>& news);
  /// VANISHED in place of EXPUNGE (RFC 7162 §3.2.10, RFC 9586 §3.3).
  [[nodiscard]] bool tells_vanished() const {
    return enabled(imap::Extension::kQresync) || enabled(imap::Extension::kUidOnly);
  }
  /// What the row of the turn's command allows.
  void tell_allowed_news(Turn& turn);
  /// RFC 7162 §3.2: while EXPUNGE or VANISHED is held back, a HIGHESTMODSEQ from before it, so that
  /// nothing is lost when the connection is; and the true one when all has been told. Nothing when
  /// the client's own reckoning is right.
  [[nodiscard]] std::optional<uint64_t> mark_to_tell(const Turn& turn);
  /// The same as an untagged response, where no tagged OK can carry it.
  void tell_mark(Turn& turn);
  /// FLAGS and PERMANENTFLAGS.
  void tell_keywords(Turn& turn, const Mailbox& mailbox);
  /// Before a FETCH response names a keyword that was never in a FLAGS response (RFC 3501 §7.2.6).
  void tell_new_keywords(Turn& turn);
  void record_view(Context& context, ViewChange change, SeqNum seq, Uid uid, bool solicited,
                   std::string_view text) const;
  /// The response that comes next is news of other mailboxes.
  static void note_told(Turn& turn, ViewChange change, uint32_t about) {
    turn.told.push_back({change, about, turn.out.units.size()});
  }
  /// All of turn.told, now that it will be said.
  void record_told(Turn& turn) const;
  void deselect(Context& context);
  [[nodiscard]] const Mailbox& selected(const Turn& turn) const;
  /// The key with UIDs for message numbers and "$": they mean what they meant when it came.
  [[nodiscard]] imap::SearchKey with_uids(const imap::SearchKey& key) const;
  [[nodiscard]] Targets targets_of(const Turn& turn, const imap::SequenceSet& set) const;
  /// `* n FETCH (FLAGS (...))`, with UID in a UID command, and no news about it any more.
  void tell_flags(Turn& turn, ResponseWriter& writer, FlagsText& flags, SeqNum seq,
                  const MailboxEntry& entry, bool solicited);
  /// BAD for a sequence number past EXISTS.
  void bad_number(Turn& turn);

  // Mailbox names, as they are in commands, and what may be done with them: mailbox_access.cpp.
  /// Names on the wire are UTF-8, not modified UTF-7.
  [[nodiscard]] bool utf8_names() const;
  [[nodiscard]] Access access(const MailStore& store) const;
  [[nodiscard]] Access access(const Turn& turn) const { return access(**turn.context.store); }
  [[nodiscard]] bool has_right(const Turn& turn, const Mailbox& mailbox, imap::Right right) const;
  [[nodiscard]] const Mailbox* find(const Turn& turn, std::string_view name) const;
  /// A mailbox that can be selected, with the right to read it or, `to_put_in`, to put messages in;
  /// null after NO.
  const Mailbox* usable(Turn& turn, std::string_view name, bool to_put_in);
  /// A mailbox or \Noselect name to which the user has the right; null after NO.
  const Mailbox* existing(Turn& turn, std::string_view name, imap::Right right);
  /// False after NO [OVERQUOTA]: so much more does not fit in (RFC 9208 §4.3.1).
  bool room_for(Turn& turn, AccountId account, uint64_t octets, uint64_t messages);
  /// Where CREATE or RENAME may make a mailbox of this name; nullopt after NO.
  std::optional<MailboxPlace> new_place(Turn& turn, std::string_view wire);
  MailboxId make_mailbox(Turn& turn, const MailboxPlace& place);
  /// `* LIST` of one mailbox, with OLDNAME when it is given.
  void tell_listed(Turn& turn, const Mailbox& mailbox, std::string_view old_name);
  /// `* LIST` with OLDNAME for a client of IMAP4rev2 that calls the mailbox otherwise (RFC 9051
  /// §6.3.9.7).
  void tell_other_name(Turn& turn, const Mailbox& mailbox, std::string_view wire);
  /// `wire` when it is not how the server writes the mailbox's name, else nothing.
  [[nodiscard]] std::string_view other_name(const Turn& turn, std::string_view wire,
                                            const Mailbox& mailbox) const;
  /// APPENDUID and COPYUID: not to those who may put mail there but not look (RFC 4315 §3).
  [[nodiscard]] bool tells_new_uids(const Turn& turn, MailboxId to) const;
  /// The flags that the user may set and clear: \Seen by "s", \Deleted by "t", the rest by "w"
  /// (RFC 4314 §4).
  [[nodiscard]] FlagBits settable_flags(const MailStore& store, const Mailbox& mailbox) const;
  /// With any of the rights without which a mailbox is READ-ONLY (RFC 4314 §5.2).
  [[nodiscard]] bool may_change_messages(const Turn& turn, const Mailbox& mailbox) const;
  [[nodiscard]] ListingHabits listing_habits(bool extended) const;
  void say_listed(Turn& turn, std::string_view response, const ListedName& row,
                  std::string_view old_name);
  [[nodiscard]] std::vector<std::string> canonical_patterns(
      const Turn& turn, const imap::ListArguments& arguments) const;
  /// False after BAD.
  bool may_ask_status(Turn& turn, const std::vector<imap::StatusItem>& items);
  [[nodiscard]] std::string status_value(const Mailbox& mailbox, imap::StatusItem item) const;
  void say_status(Turn& turn, const Mailbox& mailbox, const std::vector<imap::StatusItem>& items);
  [[nodiscard]] MailQuota quota_of(const Turn& turn, AccountId account) const;
  [[nodiscard]] std::string quota_root_of(const Turn& turn, AccountId account) const;
  void say_quota(Turn& turn, AccountId account);
  /// What NO says; empty when all of it may be set.
  [[nodiscard]] std::string why_not_annotate(const Turn& turn, const Mailbox* mailbox,
                                             const imap::SetMetadataArguments& arguments) const;
  /// What greeting and farewell call the protocol.
  [[nodiscard]] const char* protocol_name() const { return is_rev2() ? "IMAP4rev2" : "IMAP4rev1"; }
  [[nodiscard]] std::string capabilities(const Context& context) const;
  [[nodiscard]] std::string capability_text(const imap::ExtensionRow& row) const;
  [[nodiscard]] bool offers_now(const Context& context, const imap::ExtensionRow& row) const;

  // Logging in: cmd_login.cpp, cmd_authenticate.cpp, cmd_starttls.cpp, cmd_compress.cpp.
  void cmd_capability(Turn& turn);
  void cmd_logout(Turn& turn);
  void cmd_login(Turn& turn, const imap::LoginArguments& arguments);
  void cmd_authenticate(Turn& turn, const imap::AuthenticateArguments& arguments);
  void sasl_response(Turn& turn, std::string_view line);
  void sasl_step(Turn& turn, std::string_view response);
  void logged_in(Turn& turn, const Account& account);
  /// What NO says to the turn's command by this user about this mailbox (as the user calls it),
  /// when the scenario has trouble for it now; else nothing: trouble.cpp.
  [[nodiscard]] std::string trouble_with(const Turn& turn, AccountId account,
                                         std::string_view mailbox) const;
  [[nodiscard]] std::string trouble_with(const Turn& turn, const Mailbox& mailbox) const;
  /// True after the NO of a command that is in trouble before it is carried out.
  bool meets_trouble(Turn& turn, const imap::Arguments& arguments);
  void cmd_starttls(Turn& turn);
  void cmd_compress(Turn& turn, const imap::CompressArguments& arguments);
  void cmd_id(Turn& turn, const imap::IdArguments& arguments);
  void cmd_enable(Turn& turn, const imap::WordsArguments& arguments);

  // Mailboxes: cmd_select.cpp, cmd_mailboxes.cpp, cmd_list.cpp, cmd_status.cpp, cmd_namespace.cpp,
  // cmd_quota.cpp, cmd_acl.cpp, cmd_metadata.cpp.
  void cmd_select(Turn& turn, const imap::SelectArguments& arguments);
  void tell_selected(Turn& turn, const imap::SelectArguments& arguments);
  void tell_resync(Turn& turn, const imap::QresyncParameters& known);
  /// The last of the UIDs that the client names and that still has the number it names, or 0.
  [[nodiscard]] uint32_t last_uid_in_common(const imap::QresyncParameters& known) const;
  void cmd_close(Turn& turn);
  void cmd_create(Turn& turn, const imap::CreateArguments& arguments);
  void cmd_delete(Turn& turn, const imap::MailboxArguments& arguments);
  void cmd_rename(Turn& turn, const imap::RenameArguments& arguments);
  void cmd_subscribe(Turn& turn, const imap::MailboxArguments& arguments);
  void cmd_list(Turn& turn, const imap::ListArguments& arguments);
  void cmd_status(Turn& turn, const imap::StatusArguments& arguments);
  void cmd_namespace(Turn& turn);
  void cmd_get_quota(Turn& turn, const imap::QuotaRootArguments& arguments);
  void cmd_get_quota_root(Turn& turn, const imap::MailboxArguments& arguments);
  void cmd_set_quota(Turn& turn, const imap::SetQuotaArguments& arguments);
  void cmd_set_acl(Turn& turn, const imap::AclArguments& arguments);
  void cmd_delete_acl(Turn& turn, const imap::AclArguments& arguments);
  void cmd_get_acl(Turn& turn, const imap::MailboxArguments& arguments);
  void cmd_list_rights(Turn& turn, const imap::AclArguments& arguments);
  void cmd_my_rights(Turn& turn, const imap::MailboxArguments& arguments);
  void cmd_get_metadata(Turn& turn, const imap::GetMetadataArguments& arguments);
  void cmd_set_metadata(Turn& turn, const imap::SetMetadataArguments& arguments);

  // Messages: cmd_append.cpp, cmd_copy.cpp, cmd_replace.cpp, cmd_expunge.cpp, cmd_search.cpp,
  // cmd_sort.cpp, cmd_fetch.cpp, cmd_store.cpp, update_contexts.cpp.
  /// Adds the message that APPEND or REPLACE describes to `made`; false after NO.
  bool compose(Turn& turn, imap::AppendMessage& appended, WorkLimit& work,
               std::vector<MessagePtr>& made);
  /// The mailbox that a URL means; null when there is none.
  [[nodiscard]] const Mailbox* mailbox_at(const Turn& turn, const imap::ImapUrl& url) const;
  /// False after NO [NOPERM]: the selected mailbox gives the user fewer rights.
  bool may_here(Turn& turn, imap::Rights needed);
  /// What a URL of CATENATE names; nullopt when this user can read no such thing here.
  [[nodiscard]] std::optional<std::string> section_at(const Turn& turn, std::string_view url,
                                                      WorkLimit& work) const;
  /// False after NO [LIMIT]: no room for so many messages more.
  bool has_room_for(Turn& turn, const Mailbox& mailbox, size_t messages);
  /// Puts a composed message there.
  Uid put(Turn& turn, MailboxId to, const imap::AppendMessage& appended, MessagePtr message);
  void cmd_append(Turn& turn, imap::AppendArguments& arguments);
  void cmd_replace(Turn& turn, imap::ReplaceArguments& arguments);
  /// Where COPY and MOVE put all of these; null after NO.
  const Mailbox* copy_target(Turn& turn, const imap::CopyArguments& arguments,
                             const Targets& targets);
  /// "EXPUNGE completed", with [HIGHESTMODSEQ n] where that is due.
  [[nodiscard]] std::string expunged_text(const Turn& turn) const;
  /// The new UIDs of the copies.
  std::vector<uint32_t> copy_all(Turn& turn, const std::vector<Target>& targets, MailboxId to);
  void cmd_copy(Turn& turn, const imap::CopyArguments& arguments);
  void cmd_move(Turn& turn, const imap::CopyArguments& arguments);
  /// `uids` of UID EXPUNGE, or null.
  void cmd_expunge(Turn& turn, const imap::SequenceSet* uids);
  void cmd_search(Turn& turn, const imap::SearchArguments& arguments);
  /// What matches, in mailbox order; nullopt after NO or BAD.
  std::optional<std::vector<Target>> found_by(Turn& turn, const imap::SearchArguments& arguments);
  /// Everything that SEARCH and SORT do with what was found, to the tagged response.
  void answer_search(Turn& turn, const imap::SortArguments& arguments,
                     const std::vector<Target>& found);
  /// NO to a search: "$" is empty then (RFC 5182 §2.1).
  void search_failed(Turn& turn, const imap::SearchArguments& arguments, std::string_view text);
  /// "* OK [INPROGRESS ...]" (RFC 9585) after so many messages.
  void tell_progress(Turn& turn, uint32_t looked_at);
  [[nodiscard]] std::vector<NumberedMessage> numbered(const Turn& turn,
                                                      const std::vector<Target>& targets) const;
  void sort_targets(const Turn& turn, const std::vector<imap::SortCriterion>& criteria,
                    std::vector<Target>& targets) const;

  // UPDATE of RFC 5267 §4.3: update_contexts.cpp.
  /// False after BAD; NOUPDATE is not the end of the search.
  bool begin_context(Turn& turn, const imap::SortArguments& arguments,
                     const std::vector<Target>& found);
  /// What the mailbox no longer holds, in the numbers before EXPUNGE.
  void tell_removals(Turn& turn, NewsAllowed allowed);
  /// What joined and left the results since, in the numbers after the news.
  void tell_updates(Turn& turn);
  void end_context(const std::string& tag);
  void tell_changes(Turn& turn, const SearchContext& context, std::string_view item,
                    const std::vector<ContextChange>& changes);
  void put_in_order(const Turn& turn, const SearchContext& context, std::vector<Uid>& uids) const;
  void cmd_sort(Turn& turn, const imap::SortArguments& arguments);
  void cmd_thread(Turn& turn, const imap::ThreadArguments& arguments);
  void cmd_cancel_update(Turn& turn, const imap::WordsArguments& arguments);
  void cmd_fetch(Turn& turn, const imap::FetchArguments& arguments);
  std::vector<bool> set_seen(Turn& turn, const Targets& targets);
  /// What is asked for, and what goes with it.
  [[nodiscard]] std::vector<imap::FetchItem> told_items(
      const Turn& turn, const imap::FetchArguments& arguments) const;
  /// Leaves the targets that the modifiers want.
  void narrow_targets(Turn& turn, const imap::FetchArguments& arguments, Targets& targets);
  struct FetchOutcome {
    bool too_much_work = false;
    bool unknown_encoding = false;
  };
  FetchOutcome tell_items(Turn& turn, const std::vector<Target>& targets,
                          const std::vector<imap::FetchItem>& items,
                          const std::vector<bool>& newly_seen, FetchLimit& limit);
  /// VANISHED (EARLIER): which of these UIDs were expunged since (RFC 7162 §3.2.6), but for those
  /// that the client still counts: VANISHED tells of them.
  /// UIDs up to `all_there_up_to` are known to be there still.
  void tell_vanished_earlier(Turn& turn, const imap::SequenceSet& uids, uint64_t since,
                             uint32_t all_there_up_to = 0);
  /// "* 4 FETCH (" or, for a client that has given up numbers, "* 17 UIDFETCH (" (RFC 9586 §3.3).
  void begin_fetch(ResponseWriter& writer, SeqNum seq, Uid uid) const;
  /// The client keeps mod-sequences (RFC 7162 §3.1).
  [[nodiscard]] bool knows_modseqs() const {
    return enabled(imap::Extension::kCondStore) || enabled(imap::Extension::kQresync);
  }
  /// MODSEQ goes with every FLAGS of the selected mailbox, which has mod-sequences.
  [[nodiscard]] bool tells_modseq() const { return knows_modseqs() && selected_has_modseqs_; }
  /// FETCH responses that tell a change name the UID: the command has the UID form, or the client
  /// keeps mod-sequences (RFC 7162 §3.2.4, and §3.1.4.2 without QRESYNC), or hears of flags by
  /// NOTIFY (RFC 5465 §5.1), or speaks IMAP4rev2 (RFC 9051 §7.5.2). A UIDFETCH response says it
  /// already.
  [[nodiscard]] bool tells_uid(bool uid_form) const {
    return (uid_form || knows_modseqs() || notify_.tells_flags() || is_rev2()) &&
           !enabled(imap::Extension::kUidOnly);
  }
  [[nodiscard]] bool tells_recent(Uid uid) const { return !is_rev2() && view_.is_recent(uid); }
  void cmd_store(Turn& turn, const imap::StoreArguments& arguments);
  /// Takes out of the targets those of which any of these flags changed, or may have, after
  /// `unchanged_since`; their numbers.
  std::vector<uint32_t> take_modified(Turn& turn, Targets& targets, FlagBits flags,
                                      uint64_t unchanged_since) const;
  void tell_stored(Turn& turn, const std::vector<Target>& stored, bool silent);

  // Waiting: cmd_idle.cpp, cmd_notify.cpp.
  void cmd_idle(Turn& turn);
  void idle_line(Turn& turn, std::string_view line);
  void cmd_notify(Turn& turn, const imap::NotifyArguments& arguments);
  /// What the client asked to hear at once, while no command is in progress.
  void push(Turn& turn);
  /// The events that are refused by name (RFC 5465 §3.1, BADEVENT); empty: all of it can be
  /// watched.
  [[nodiscard]] std::string unsupported_events(const imap::NotifyArguments& arguments) const;
  /// The groups with names as they are inside; what is no name names no mailbox (RFC 5465 §3.1).
  [[nodiscard]] std::vector<imap::NotifyGroup> groups_inside(
      const Turn& turn, const imap::NotifyArguments& arguments) const;
  /// What NOTIFY watches, as it is now.
  [[nodiscard]] Watched watched_now(const Turn& turn,
                                    const std::vector<VisibleName>& visible) const;
  /// What NOTIFY asked to be told of mailboxes other than the selected one.
  void tell_other_mailboxes(Turn& turn);
  /// What the command of this turn did to them is no news to who gave it (RFC 5465 §5).
  void pass_over_own_changes(Turn& turn);
  void tell_names(Turn& turn, const std::vector<VisibleName>& visible, const NamesNews& news);
  void tell_watched(Turn& turn, const WatchedChange& change);
  /// `initial`: before the OK of NOTIFY (RFC 5465 §3.1).
  void tell_status_of(Turn& turn, const WatchedMailbox& watched, bool initial);
  /// Of a mailbox, or of the server.
  void tell_annotations(Turn& turn, const WatchedMailbox* mailbox,
                        const std::vector<MetadataEntry>& before,
                        const std::vector<MetadataEntry>& after);
  // new_messages.cpp.
  /// FETCH responses for the messages from that number on, as NOTIFY and UPDATE asked.
  void tell_new_messages(Turn& turn, SeqNum first);
  void fetch_new(Turn& turn, const std::vector<Target>& targets,
                 std::vector<imap::FetchItem> items, FetchLimit& limit);
  /// The FETCH responses for these, from that unit of the Outbox on.
  void record_arrived(Turn& turn, const std::vector<Target>& targets, size_t unit) const;

  std::shared_ptr<const ImapServerConfig> config_;
  imap::ExtensionSet offered_ = 0;  // config_->offered()
  imap::Fragments fragments_;
  imap::State state_ = imap::State::kConnecting;
  Awaiting awaiting_ = Awaiting::kCommand;
  std::string waiting_tag_;  // of the IDLE or AUTHENTICATE that is under way
  AccountId account_;
  MailboxView view_;
  size_t keywords_told_ = 0;  // keywords of the selected mailbox that the client has been told
  FlagBits settable_told_ = 0;  // flags that it was told it may change there
  bool gone_told_ = false;    // that the selected mailbox has been deleted
  bool mark_is_low_ = false;  // the last HIGHESTMODSEQ told was from before an expunge held back
  bool selected_has_modseqs_ = true;  // the selected mailbox, if any, keeps mod-sequences
  bool notified_ = false;
  uint32_t bad_in_a_row_ = 0;
  imap::ExtensionSet enabled_ = 0;    // by ENABLE, or by a command that does it
  sasl::ServerExchange sasl_;         // of the AUTHENTICATE that is under way
  bool tls_due_ = false;              // STARTTLS was agreed to, the handshake is not over
  bool compressed_ = false;           // COMPRESS is active
  std::vector<Uid> saved_result_;     // "$" (RFC 5182), ascending
  std::vector<SearchContext> contexts_;
  NotifyState notify_;
};

}  // namespace mailscope
