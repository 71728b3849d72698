// The mail of one server: accounts and their mailboxes. The only place where server mail changes,
// and every change is recorded with what was before and after, so that folding the trace's
// kStoreChange events gives this store again. Sources: RFC 3501 §2.3, §6.3 (mailboxes, UIDs,
// flags), RFC 1939 §4 (the exclusive maildrop lock).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/ids.h"
#include "sim/mail/mailbox.h"
#include "sim/trace/writer.h"

namespace mailscope {

struct Account {
  AccountId id;
  std::string name;  // the login name and the local part of the address
  std::string password;
  AgentId maildrop_lock;                // the POP3 session that holds the maildrop, or none
  std::optional<Instant> last_login{};  // over POP3, where the server limits how often
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
  [[nodiscard]] const std::vector<Account>& accounts() const { return accounts_; }

  // Mailboxes. Names are validated by the caller; "inbox" in any case means INBOX (RFC 3501 §5.1).
  [[nodiscard]] const Mailbox* find_mailbox(AccountId account, std::string_view name) const;
  [[nodiscard]] const Mailbox& mailbox(MailboxId id) const { return mailboxes_[id.index()]; }
  [[nodiscard]] const Mailbox& inbox(AccountId account) const;
  /// Live mailboxes of the account, in order of creation.
  [[nodiscard]] std::vector<const Mailbox*> mailboxes_of(AccountId account) const;
  [[nodiscard]] const std::vector<Mailbox>& mailboxes() const { return mailboxes_; }
  /// Creates the mailbox and any missing parents. The name must be free.
  MailboxId create_mailbox(AccountId account, std::string_view name, TraceWriter& trace);
  /// Deletes it with its messages; with inferior names it stays as \Noselect (RFC 3501 §6.3.4).
  void delete_mailbox(MailboxId id, TraceWriter& trace);
  /// Renames it and its inferiors. For INBOX use rename_inbox.
  void rename_mailbox(MailboxId id, std::string_view new_name, TraceWriter& trace);
  /// RENAME of INBOX moves its messages to a new mailbox and leaves INBOX empty (RFC 3501 §6.3.5).
  void rename_inbox(AccountId account, std::string_view new_name, TraceWriter& trace);
  void set_subscribed(MailboxId id, bool subscribed);

  // Messages.
  Uid append(MailboxId id, MessagePtr message, const FlagNames& flags, int64_t internal_date,
             TraceWriter& trace);
  /// The bits that these names have in the mailbox; keywords not yet known there are added to its
  /// list while there is room, and silently left out after that.
  FlagBits flag_bits(MailboxId id, const FlagNames& names);
  /// Returns true when the flags changed; the entry's modseq goes up only then.
  bool change_flags(MailboxId id, Uid uid, FlagChange how, FlagBits flags, TraceWriter& trace);
  /// Removes the given messages (ascending uids; absent ones are passed over). O(mailbox), once.
  void expunge(MailboxId id, const std::vector<Uid>& uids, TraceWriter& trace);
  /// Copies with flags and internal date (RFC 3501 §6.4.7); returns the new uid.
  Uid copy(MailboxId from, Uid uid, MailboxId to, TraceWriter& trace);
  /// Tells that messages up to uid_next have been announced as \Recent to a session.
  void claim_recent(MailboxId id);

  // POP3's exclusive lock (RFC 1939 §4).
  /// False when another session holds it.
  bool lock_maildrop(AccountId account, AgentId session, TraceWriter& trace);
  void unlock_maildrop(AccountId account, AgentId session, TraceWriter& trace);
  /// For LOGIN-DELAY (RFC 2449 §6.5).
  void note_login(AccountId account, Instant now);

  /// Goes up with every change: a cheap way to see that something happened.
  [[nodiscard]] uint64_t version() const { return version_; }
  [[nodiscard]] uint64_t digest() const;

 private:
  Mailbox& edit(MailboxId id) { return mailboxes_[id.index()]; }
  MailboxId new_mailbox(AccountId account, std::string_view name, TraceWriter& trace);
  [[nodiscard]] bool has_inferiors(const Mailbox& mailbox) const;

  std::vector<Account> accounts_;
  std::vector<Mailbox> mailboxes_;
  uint32_t next_uid_validity_ = 1;
  uint64_t version_ = 0;
};

/// "INBOX" when `name` is it in any letter case, else the name unchanged.
std::string_view canonical_mailbox_name(std::string_view name);

}  // namespace mailscope
