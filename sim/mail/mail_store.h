// The mail of one server: accounts and their mailboxes. The only place where server mail changes,
// and every change is recorded with what was before and after, so that folding the trace's
// kStoreChange events gives this store again. Sources: RFC 3501 §2.3, §6.3 (mailboxes, UIDs,
// flags), RFC 1939 §4 (the exclusive maildrop lock).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/ids.h"
#include "sim/mail/greylist.h"
#include "sim/mail/mailbox.h"
#include "sim/trace/writer.h"

namespace mailscope {

/// How much an account's mailboxes may hold together (RFC 9208 §5.1, §5.2).
struct MailQuota {
  static constexpr uint64_t kNone = UINT64_MAX;  // no limit
  uint64_t octets = kNone;
  uint64_t messages = kNone;
};

struct Account {
  AccountId id;
  std::string name;  // the login name and the local part of the address
  std::string password;
  AgentId maildrop_lock;                // the POP3 session that holds the maildrop, or none
  std::optional<Instant> last_login{};  // over POP3, where the server limits how often
  /// Mailbox names that the person subscribed to, ascending; a name stays when its mailbox goes
  /// (RFC 3501 §6.3.6).
  std::vector<std::string> subscriptions{};
  std::optional<MailQuota> quota{};  // none was set: the server's own holds
  std::vector<MetadataEntry> metadata{};  // /private entries of the server, ascending by name

  [[nodiscard]] bool subscribes_to(std::string_view mailbox) const;
};

/// How STORE changes flags (RFC 3501 §6.4.6).
enum class FlagChange : uint8_t { kReplace, kAdd, kRemove };

/// A set of flags by name, as a client gives them; keywords are created in a mailbox when first
/// used.
struct FlagNames {
  FlagBits system = 0;
  std::vector<std::string> keywords;
};

class MailStore {
 public:
  /// The hierarchy separator in mailbox names.
  static constexpr char kSeparator = '/';
  static constexpr size_t kMaxMailboxes = 20000;

  // Accounts. A new account has an INBOX.
  AccountId add_account(std::string name, std::string password, TraceWriter& trace);
  /// By name, letter case ignored; null when unknown.
  [[nodiscard]] const Account* find_account(std::string_view name) const;
  [[nodiscard]] const Account& account(AccountId id) const { return accounts_[id.index()]; }
  [[nodiscard]] const CowTable<Account>& accounts() const { return accounts_; }
  void set_quota(AccountId account, MailQuota quota);
  /// What the account's mailboxes hold together.
  [[nodiscard]] uint64_t octets_of(AccountId account) const;
  [[nodiscard]] uint64_t messages_of(AccountId account) const;
  /// A private annotation of the server; no value removes it (RFC 5464 §4.3).
  void set_metadata(AccountId account, std::string_view name, std::optional<std::string> value,
                    TraceWriter& trace);
  /// A shared annotation of the server.
  void set_metadata(std::string_view name, std::optional<std::string> value);
  [[nodiscard]] const std::vector<MetadataEntry>& metadata() const { return metadata_; }

  // Mailboxes. Names are validated by the caller; "inbox" in any case means INBOX (RFC 3501 §5.1).
  [[nodiscard]] const Mailbox* find_mailbox(AccountId account, std::string_view name) const;
  [[nodiscard]] const Mailbox& mailbox(MailboxId id) const { return mailboxes_[id.index()]; }
  [[nodiscard]] const Mailbox& inbox(AccountId account) const;
  /// Live mailboxes of the account, in order of creation.
  [[nodiscard]] std::vector<const Mailbox*> mailboxes_of(AccountId account) const;
  [[nodiscard]] const CowTable<Mailbox>& mailboxes() const { return mailboxes_; }
  /// Has the mailbox names below it?
  [[nodiscard]] bool has_inferiors(const Mailbox& mailbox) const;
  /// Creates the mailbox and any missing parents. The name must be free.
  MailboxId create_mailbox(AccountId account, std::string_view name, TraceWriter& trace);
  /// Deletes it with its messages and its access control list (RFC 4314 §4); with inferior names it
  /// stays as \Noselect (RFC 3501 §6.3.4).
  void delete_mailbox(MailboxId id, TraceWriter& trace);
  /// Renames it and its inferiors. For INBOX use rename_inbox. Where a name had another mailbox
  /// before, with a greater UIDVALIDITY, the mailbox gets a new one (RFC 3501 §2.3.1.1).
  void rename_mailbox(MailboxId id, std::string_view new_name, TraceWriter& trace);
  /// RENAME of INBOX moves its messages to a new mailbox and leaves INBOX empty (RFC 3501 §6.3.5).
  /// Annotations go along, and stay (RFC 5464 §4.1). `save_date` as in copy().
  void rename_inbox(AccountId account, std::string_view new_name, TraceWriter& trace,
                    std::optional<int64_t> save_date = std::nullopt);
  /// Subscribes to a name, or no longer; there need be no such mailbox (RFC 3501 §6.3.6).
  void set_subscribed(AccountId account, std::string_view name, bool subscribed,
                      TraceWriter& trace);
  /// A new mailbox takes a \Noselect name over (RFC 3501 §6.3.3), and what access control list that
  /// name has been given.
  MailboxId make_selectable(MailboxId id, TraceWriter& trace);
  void set_special_use(MailboxId id, std::vector<std::string> uses);
  /// No rights: the identifier's entry goes (RFC 4314 §3.2).
  void set_acl(MailboxId id, std::string_view identifier, std::string_view rights,
               TraceWriter& trace);
  /// The list that a mailbox is made with.
  void inherit_acl(MailboxId id, const std::vector<AclEntry>& acl);
  void set_metadata(MailboxId id, std::string_view name, std::optional<std::string> value,
                    TraceWriter& trace);
  /// An annotation of the mailbox has another value; none of its messages has changed, but its
  /// mod-sequence goes up (RFC 7162 §3.2).
  void note_annotation(MailboxId id, std::string_view name, TraceWriter& trace);
  /// What the storage of the mailbox does not keep from one session to the next, as of formats that
  /// have no room for it.
  void set_keeps(MailboxId id, bool modseqs, bool uids);
  /// Another UIDVALIDITY alone: who comes now must not rely on what was heard of UIDs before, and
  /// sessions that are there go on (RFC 4315 §3, UIDNOTSTICKY).
  void change_uid_validity(MailboxId id);
  /// Gives the mailbox another UIDVALIDITY and its messages new UIDs from 1 on, as a server does
  /// that was restored from a copy (RFC 3501 §2.3.1.1). Sessions that have it selected find it
  /// gone: it is a new mailbox under the same name.
  MailboxId renew_uid_validity(MailboxId id, TraceWriter& trace);

  // Messages.
  /// `save_date` is when it came here; the internal date when not given.
  Uid append(MailboxId id, MessagePtr message, const FlagNames& flags, int64_t internal_date,
             TraceWriter& trace, std::optional<int64_t> save_date = std::nullopt);
  /// The bits that these names have in the mailbox; keywords not yet known there are added to its
  /// list while there is room, and silently left out after that.
  FlagBits flag_bits(MailboxId id, const FlagNames& names);
  /// Returns true when the flags changed; the entry's modseq goes up only then.
  bool change_flags(MailboxId id, Uid uid, FlagChange how, FlagBits flags, TraceWriter& trace);
  /// The same for the entry at this place.
  bool change_flags_at(MailboxId id, size_t index, FlagChange how, FlagBits flags,
                       TraceWriter& trace);
  /// Removes the given messages (ascending uids; absent ones are passed over). O(mailbox), once.
  void expunge(MailboxId id, const std::vector<Uid>& uids, TraceWriter& trace);
  /// Copies with flags, those in `kept`, and internal date (RFC 3501 §6.4.7); returns the new uid.
  Uid copy(MailboxId from, Uid uid, MailboxId to, TraceWriter& trace,
           std::optional<int64_t> save_date = std::nullopt, FlagBits kept = ~FlagBits{0});
  /// Tells that messages up to uid_next have been announced as \Recent to a session.
  void claim_recent(MailboxId id);

  // POP3's exclusive lock (RFC 1939 §4).
  /// False when another session holds it.
  bool lock_maildrop(AccountId account, AgentId session, TraceWriter& trace);
  void unlock_maildrop(AccountId account, AgentId session, TraceWriter& trace);
  /// For LOGIN-DELAY (RFC 2449 §6.5).
  void note_login(AccountId account, Instant now);

  /// When an SMTP server here first saw this triplet (see Greylist): now, when it is new.
  Instant first_seen(std::string_view client, std::string_view reverse_path,
                     std::string_view forward_path, Instant now);
  [[nodiscard]] const Greylist& greylist() const { return greylist_; }

  /// Goes up with every change: a cheap way to see that something happened.
  [[nodiscard]] uint64_t version() const { return version_; }
  [[nodiscard]] uint64_t digest() const;

 private:
  Mailbox& edit(MailboxId id) { return mailboxes_.edit(id.index()); }
  Account& edit(AccountId id) { return accounts_.edit(id.index()); }
  MailboxId new_mailbox(AccountId account, std::string_view name, TraceWriter& trace);
  /// With a UID and a mod-sequence of its own.
  Uid add_entry(MailboxId id, MailboxEntry entry, TraceWriter& trace);
  static void forget_expunged(Mailbox& box);
  static void forget_changes(Mailbox& box);
  /// The mailbox gives its name up.
  void leave_name(const Mailbox& box);

  /// Live mailboxes by owner and name.
  struct Name {
    AccountId account;
    std::string name;
  };
  struct NameBefore {
    using is_transparent = void;
    using View = std::pair<AccountId, std::string_view>;
    static View view(const Name& name) { return {name.account, name.name}; }
    static View view(const View& view) { return view; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      const View x = view(a);
      const View y = view(b);
      return x.first != y.first ? x.first.value < y.first.value : x.second < y.second;
    }
  };
  using Names = std::map<Name, MailboxId, NameBefore>;

  CowTable<Account> accounts_;
  CowTable<Mailbox> mailboxes_;
  Cow<Names> names_;
  // The greatest UIDVALIDITY of the mailboxes that once had the name, for names that lost theirs;
  // of all other names no mailbox had a greater one than this.
  Cow<std::map<Name, uint32_t, NameBefore>> validity_left_;
  uint32_t validity_forgotten_ = 0;
  std::vector<MetadataEntry> metadata_;
  Greylist greylist_;
  uint32_t next_uid_validity_ = 1;
  uint64_t version_ = 0;
};

/// "INBOX" when `name` is it in any letter case, else the name unchanged.
std::string_view canonical_mailbox_name(std::string_view name);

}  // namespace mailscope
