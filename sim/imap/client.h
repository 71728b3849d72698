// The IMAP client engine: one session of a mail program that keeps a copy of one or more folders in
// its LocalStore. It brings each up to date by the strategy of its config, carries out the person's
// orders, and then stays and listens, or leaves. It keeps its own numbering: sequence numbers shift
// with every EXPUNGE it is told of (RFC 3501 §7.4.1). What a person has done here and the server
// does not know yet is never undone by what the server says (RFC 4549 §4.2).
//
// client_entry.h: up to the login; client.cpp: turns, and what each answer means; client_sync.cpp:
// what to ask; client_cache.cpp: taking in what is told; client_orders.cpp: the person's orders;
// client_store.cpp: those that put a message somewhere.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/agent/session_outcome.h"
#include "sim/imap/client_config.h"
#include "sim/imap/client_entry.h"
#include "sim/imap/protocol.h"
#include "sim/wire/imap_fragments.h"
#include "sim/wire/imap_response.h"
#include "sim/wire/imap_sequence_set.h"

namespace mailscope {

class ImapClient {
 public:
  explicit ImapClient(std::shared_ptr<const ImapClientConfig> config)
      : config_(std::move(config)),
        fragments_(imap::Sender::kServer, kLimits) {}

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes) { fragments_.append(bytes); }
  [[nodiscard]] bool ready() const;
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  void secured(Context& context, Outbox& out);
  [[nodiscard]] size_t pending_octets() const { return fragments_.pending(); }
  [[nodiscard]] bool finished() const { return outcome_.kind != SessionOutcome::Kind::kRunning; }
  [[nodiscard]] uint64_t digest() const;

  /// Adds an order; it is carried out in a coming turn.
  void give(ImapOrder order);

  [[nodiscard]] imap::State state() const { return state_; }
  [[nodiscard]] const SessionOutcome& outcome() const { return outcome_; }
  [[nodiscard]] bool idling() const { return doing() == Doing::kIdle; }
  /// It listens or waits: everything it knew how to do is done.
  [[nodiscard]] bool at_rest() const { return (idling() || resting_) && orders_.empty() && !look_; }
  /// The folder that is selected; empty when none is.
  [[nodiscard]] const std::string& selected() const { return folder_; }
  /// What this session believes: the UIDs by sequence number; 0 where it has not been told.
  [[nodiscard]] const std::vector<Uid>& numbering() const { return uids_; }
  /// How many messages it believes to be in the selected folder.
  [[nodiscard]] uint32_t exists() const { return exists_; }
  /// Orders not yet carried out.
  [[nodiscard]] const std::vector<ImapOrder>& orders() const { return orders_; }
  /// Orders refused in this session that are worth another try in the next.
  [[nodiscard]] const std::vector<ImapOrder>& put_off() const { return put_off_; }

 private:
  enum class Doing : uint8_t {
    kGreeting, kEntry, kEnable, kList, kStatus, kSelect, kFetchFlags, kFetchNew,
    kFetchMissing, kSearchAll, kFetchBody, kFetchBodies, kStore, kMarkDeleted, kSearchDeleted,
    kExpunge, kCopy, kMove, kCreate, kFind, kAppend, kReplace, kNotify, kNoop, kIdleWait, kIdle,
    kIdleDone, kLogout, kNothing
  };
  /// A command whose answer has not come.
  struct Command {
    uint32_t tag = 0;
    Doing doing = Doing::kGreeting;
    uint32_t order = 0;       // ImapOrder::id; 0: of none
    bool flags_told = false;  // kStore: the message's flags have been told since
    std::string folder = {};  // kStatus, kSelect
  };
  /// What is asked before any folder is selected.
  enum class SetUp : uint8_t { kEnable, kList, kStatus, kDone };
  /// How far the selected folder has been brought up to date.
  enum class Stage : uint8_t { kFlags, kNew, kAwait, kMissing, kSearch, kSynced };
  /// A folder as LIST and STATUS tell of it.
  struct Listed {
    std::string name;
    std::string use;  // "\Drafts"
    bool selectable = true;
    bool usable = true;  // else `name` is only what people are told of it
    std::optional<uint32_t> messages;
    std::optional<uint32_t> uid_next;
    std::optional<uint32_t> uid_validity;
    std::optional<uint64_t> modseq;
  };

  /// Octets of a response, outside its literals and in them.
  static constexpr imap::FragmentLimits kLimits{8u << 20, 256u << 20};

  // client.cpp
  void set_state(Context& context, imap::State state);
  static const char* command_name(Doing doing);
  [[nodiscard]] Doing doing() const {
    return sent_.empty() ? Doing::kNothing : sent_.front().doing;
  }
  [[nodiscard]] bool awaits(Doing doing) const;
  /// Says a command under the next tag.
  void say(Outbox& out, const std::string& command, Doing doing, uint32_t order = 0,
           uint8_t flags = 0);
  void take(Context& context, Outbox& out, const imap::Response& response);
  /// Says what the entry wants said, or goes on when it is over.
  void go_in(Context& context, Outbox& out, std::optional<ImapClientEntry::Command> command);
  void take_tagged(Context& context, Outbox& out, const Command& command);
  void take_failure(Context& context, Outbox& out, const Command& command,
                    const imap::Response& response);
  void leave(Outbox& out);
  void end(Context& context, Outbox& out, SessionOutcome::Kind kind, std::string_view text);
  void record_view(Context& context, ViewChange change, uint32_t number, Uid uid,
                   std::string_view text) const;

  // client_sync.cpp
  /// Says what is to be said now.
  void go_on(Context& context, Outbox& out);
  [[nodiscard]] bool may_say_more() const;
  /// What comes after the login may be said before its answer is here.
  [[nodiscard]] bool may_run_ahead_of_login() const;
  /// One command more, if there is one to be said now.
  bool say_next(Context& context, Outbox& out);
  bool say_set_up(Context& context, Outbox& out);
  bool say_status(Context& context, Outbox& out);
  void plan_visits(Context& context);
  /// Takes out of `listed_` what stands there twice or cannot be used, which people are told.
  void sift_listed(Context& context);
  [[nodiscard]] bool is_unchanged(Context& context, const Listed& listed) const;
  bool say_select(Context& context, Outbox& out, std::string folder);
  void selected_now(Context& context, const Command& command);
  /// A command has been answered: how far the copy is known to be whole now (RFC 7162 §6).
  void move_mark(Context& context);
  void keep_mark(Context& context);
  bool say_sync(Context& context, Outbox& out);
  bool say_fetch_flags(Context& context, Outbox& out);
  bool say_fetch_new(Context& context, Outbox& out);
  void settle_sync(Context& context);
  void finish_sync(Context& context);
  bool say_bodies(Context& context, Outbox& out);
  bool say_rest(Context& context, Outbox& out);
  [[nodiscard]] bool uses(ImapResync resync) const;
  [[nodiscard]] std::string new_items() const;
  /// From this UID on messages are new to the copy.
  [[nodiscard]] uint32_t first_new_uid(Context& context) const;
  void revisit(const std::string& folder);

  // client_cache.cpp
  void take_untagged(Context& context, const imap::Response& response);
  void take_code(Context& context, const std::string& code);
  void take_exists(Context& context, uint32_t count);
  void take_expunge(Context& context, uint32_t number);
  void take_vanished(Context& context, const imap::Response& response);
  void take_vanished_now(Context& context, const std::vector<imap::SequenceSet::Range>& uids);
  void take_fetch(Context& context, const imap::Response& response);
  void take_new(Context& context, Uid uid, uint32_t number, const imap::Value& data);
  /// This device's own entry for a message that had no UID yet; 0: none.
  [[nodiscard]] uint32_t own_entry(Context& context, const LocalEntry& told) const;
  /// The body of the same message under its UID of before.
  [[nodiscard]] MessagePtr former_message(Context& context, const LocalEntry& entry) const;
  Uid take_number(uint32_t number, const imap::Value* uid_value);
  void take_body(Context& context, uint32_t key, const imap::Value& data);
  void take_listed(const imap::Response& response);
  void take_status(Context& context, const imap::Response& response);
  void take_found(const imap::Response& response);
  void take_uid_validity(Context& context, uint32_t uid_validity);
  FlagBits bits_of(Context& context, const imap::Value& list) const;
  /// Drops cached messages that the server has not: known once all flags were fetched.
  void drop_untold(Context& context);
  /// The same, by the answer to a SEARCH.
  void drop_unfound(Context& context);
  void remove_entry(Context& context, Uid uid);
  void remove_entries(Context& context, const std::vector<imap::SequenceSet::Range>& uids);
  void number_by_cache(Context& context);
  [[nodiscard]] size_t known_count(Context& context) const;

  // client_orders.cpp
  /// What became of looking for something to say.
  enum class Said : uint8_t {
    kSomething,
    kNothing,  // there is nothing
    kWait,     // there is something, after the answers that are awaited
    kAgain,    // something else has become due
  };
  Said say_order(Context& context, Outbox& out);
  [[nodiscard]] bool uses_move(const ImapOrder& order) const;
  /// It may have been done already: its folder has to be searched.
  [[nodiscard]] bool must_look(const ImapOrder& order) const;
  /// The message that it is about is no longer there.
  void give_up_gone(Context& context, size_t index);
  /// The folder in which the order is carried out; empty: it does not matter.
  [[nodiscard]] std::string folder_for(Context& context, const ImapOrder& order) const;
  [[nodiscard]] std::string source_of(const ImapOrder& order) const {
    return order.in.empty() ? config_->folder : order.in;
  }
  [[nodiscard]] bool may_pipeline(const ImapOrder& order) const;
  bool carry_out(Context& context, Outbox& out, ImapOrder& order);
  bool say_delete(Outbox& out, const ImapOrder& order, Uid uid);
  ImapOrder* order_of(const Command& command);
  /// The UID of the message that the order is about, now; 0 when it is gone.
  [[nodiscard]] Uid uid_now(Context& context, const ImapOrder& order) const;
  void finish_order(Context& context, uint32_t id, bool done);
  void refuse_order(Context& context, const Command& command, const imap::Response& response);
  /// Orders about messages of the folder just brought up to date that are gone, or have other UIDs.
  void settle_orders(Context& context);
  void drop_order(Context& context, size_t index, Note why);
  /// What a draft was to take the place of is gone: it is put there all the same, being nowhere
  /// else.
  void lose_source(Context& context, ImapOrder& order, bool is_gone);
  /// Entries that stood for messages which no order will bring any more.
  void drop_unclaimed(Context& context);
  void note(Context& context, Note what, std::string_view text) const;
  /// Flags as the person wants them: what the server told, and what it has not been told yet.
  [[nodiscard]] FlagBits with_orders(std::string_view folder, uint32_t key, FlagBits told) const;
  void show_flags(Context& context, std::string_view folder, uint32_t key);
  /// STORE has been carried out, and the flags were not told.
  void take_flags_as_stored(Context& context, const Command& command);
  void take_marked_deleted(Context& context, Outbox& out, const Command& command);
  void take_deleted_search(Context& context, Outbox& out, const Command& command);

  // client_store.cpp
  bool say_store_somewhere(Outbox& out, ImapOrder& order, Uid uid);
  bool say_find(Outbox& out, ImapOrder& order);
  void take_find(Context& context, const Command& command);
  /// Of the UIDs that were found, the one that this order's message has got; 0: none.
  [[nodiscard]] Uid found_for(Context& context, const ImapOrder& order) const;
  bool say_append(Outbox& out, ImapOrder& order, const std::string& command, Doing doing);
  void say_literal(Outbox& out);
  void take_stored(Context& context, Outbox& out, const Command& command);
  /// COPYUID and APPENDUID (RFC 4315 §3): where it is now.
  void take_new_uid(Context& context, const std::string& code);
  void place(Context& context, const ImapOrder& order, uint32_t uid_validity, Uid uid);

  std::shared_ptr<const ImapClientConfig> config_;
  imap::Fragments fragments_;
  imap::State state_ = imap::State::kConnecting;
  std::deque<Command> sent_{Command{}};
  uint32_t tag_ = 0;
  ImapClientEntry entry_;
  bool leaving_ = false;        // LOGOUT was said
  bool resting_ = false;        // waits for the next NOOP
  bool look_ = false;           // there is news to be fetched
  bool asked_ = false;          // a person wants to know what has come, or time has passed
  Instant idle_since_;          // when IDLE was said
  SetUp set_up_ = SetUp::kEnable;
  bool qresync_enabled_ = false;
  bool notifying_ = false;      // NOTIFY was said
  bool notify_refused_ = false;
  bool plain_list_ = false;  // LIST with options was refused
  bool left_out_told_ = false;  // that there are folders of which no copy can be kept
  std::vector<Listed> listed_;
  size_t status_asked_ = 0;     // of listed_, from the front
  std::vector<std::string> visits_;  // folders to be brought up to date

  // The folder that is selected, or being selected.
  std::string folder_;
  bool kept_ = false;           // a copy of it is kept
  bool awaiting_closed_ = false;  // what is told is still about the one before (RFC 7162 §3.2.11)
  bool by_qresync_ = false;     // SELECT had the QRESYNC parameter
  std::vector<Uid> uids_;       // by sequence number - 1
  uint32_t exists_ = 0;
  uint32_t synced_exists_ = 0;  // how many had been told of when the last look for new mail began
  uint32_t uid_next_ = 0;       // as SELECT told; 0: it did not, or more mail has come since
  uint64_t modseq_ = 0;         // HIGHESTMODSEQ, as told by SELECT and moved on since; 0: none
  uint64_t fetched_modseq_ = 0;  // the highest MODSEQ of a FETCH since a command was answered
  bool mark_told_ = false;       // HIGHESTMODSEQ has been told since
  bool mark_lost_ = false;       // some change was told that could not be taken in
  Stage stage_ = Stage::kFlags;
  bool all_flags_ = false;      // the flags of all are asked for, not only what has changed
  bool unsure_ = false;         // something is gone, and it was not told what
  bool renumbered_ = false;     // UIDVALIDITY changed under what was asked before it was known
  bool searched_ = false;       // SEARCH has told what is there
  uint8_t repairs_ = 0;         // questions that a good server would have made needless
  std::vector<uint32_t> missing_;  // UIDs told of that are not in the copy, ascending
  std::vector<imap::SequenceSet::Range> found_;
  std::vector<uint32_t> asked_bodies_;  // keys

  std::vector<ImapOrder> orders_;
  std::vector<ImapOrder> put_off_;  // refused; kept for the next session
  uint32_t next_order_ = 1;
  MessagePtr literal_;          // to be said when the server is ready for it
  SessionOutcome outcome_;
};

}  // namespace mailscope
