// LocalStore: what one device holds of a person's mail. For POP3 the downloaded messages and the
// unique ids it has seen; for IMAP a cache of each folder and the actions it still has to tell the
// server. The only place where a device's copy changes; every change is recorded as kLocalChange.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/flags.h"
#include "sim/mail/mailbox.h"
#include "sim/mail/message.h"
#include "sim/trace/writer.h"

namespace mailscope {

struct LocalEntry {
  uint32_t key = 0;       // this device's own name for it, from 1, never reused
  Uid uid;                // IMAP: the server's uid; 0 for POP3
  std::string unique_id;  // POP3: the server's UIDL; empty when the server gave none
  FlagBits flags = 0;     // as far as this device knows; POP3's \Seen lives only here
  FlagBits told_flags = 0;  // IMAP: as the server last told, without what it has not been told yet
  uint64_t size = 0;      // octets, as the server said
  std::string subject;    // for the list
  std::string from;
  std::string message_id;  // IMAP: with its angle brackets; empty when missing or not known
  std::string preview;     // IMAP: its first words, where they were asked for (RFC 8970)
  MessagePtr message;   // the whole message, or null while only its header is known
  bool wanted = false;  // POP3: the person wants to read what is not here yet
};

struct LocalFolder {
  std::string name;
  uint32_t uid_validity = 0;
  std::vector<LocalEntry> entries;  // in order of arrival at the device
  // IMAP.
  uint64_t modseq = 0;     // everything up to here is in the copy (RFC 7162 §3.1); 0: not known
  uint32_t uid_next = 0;   // every message below it was in the copy at some time; 0: not known
  std::string use;         // what it is for, such as "\Drafts" (RFC 6154)
  std::vector<std::string> keywords;  // by flag bit, as in Mailbox
  std::vector<LocalEntry> former;     // whole messages from before UIDVALIDITY changed
  bool in_uid_order = true;           // the entries' UIDs ascend
};

/// An entry and where it lies; null when there is none. Good until the store changes.
struct LocalPlace {
  std::string_view folder;
  const LocalEntry* entry = nullptr;
};

class LocalStore {
 public:
  [[nodiscard]] const std::vector<LocalFolder>& folders() const { return folders_; }
  [[nodiscard]] const LocalFolder* find_folder(std::string_view name) const;
  /// Null when there is no such folder or entry.
  [[nodiscard]] const LocalEntry* find(std::string_view folder, uint32_t key) const;
  [[nodiscard]] const LocalEntry* find_uid(std::string_view folder, Uid uid) const;
  /// The first entry whose subject contains `words` (letter case ignored), or null.
  [[nodiscard]] const LocalEntry* find_subject(std::string_view folder,
                                               std::string_view words) const;
  /// The same, in that folder or else in any other.
  [[nodiscard]] LocalPlace find_anywhere(std::string_view first_folder,
                                         std::string_view words) const;
  /// The folder for this use ("\Drafts"), if some server has said which; else `name_or_use` itself,
  /// without its backslash.
  [[nodiscard]] std::string folder_named(std::string_view name_or_use) const;

  /// POP3: has this unique id been downloaded before? It is remembered after the mail is deleted.
  [[nodiscard]] bool has_seen(std::string_view unique_id) const;
  /// The first time that is given counts.
  void remember(std::string_view unique_id, std::optional<Instant> at = std::nullopt);
  /// When it came here, if that was noted.
  [[nodiscard]] std::optional<Instant> seen_at(std::string_view unique_id) const;
  /// POP3: the entry with this unique-id, in whatever folder it lies now; none for an empty id.
  [[nodiscard]] LocalPlace find_unique_id(std::string_view unique_id) const;
  /// POP3: what the person wants to read and is not here yet.
  [[nodiscard]] std::vector<LocalPlace> wanted() const;
  void set_wanted(std::string_view folder, uint32_t key, bool wanted);
  /// POP3: forget ids that the server no longer lists, as mail programs do.
  void keep_only_seen(const std::vector<std::string>& listed);

  /// The folder, made when absent.
  LocalFolder& ensure_folder(std::string_view name);
  /// A changed UIDVALIDITY throws the folder's cache away (RFC 3501 §2.3.1.1); what the server has
  /// not got yet stays. With `keep_bodies` whole messages are put by, to be known again.
  void set_uid_validity(std::string_view folder, uint32_t uid_validity, TraceWriter& trace,
                        bool keep_bodies = false);
  void set_modseq(std::string_view folder, uint64_t modseq) {
    ensure_folder(folder).modseq = modseq;
  }
  void set_uid_next(std::string_view folder, uint32_t uid_next) {
    ensure_folder(folder).uid_next = uid_next;
  }
  void set_use(std::string_view folder, std::string_view use) {
    ensure_folder(folder).use = std::string(use);
  }
  void drop_former(std::string_view folder) { ensure_folder(folder).former.clear(); }
  /// The bit of this keyword in the folder, added to its list while there is room; else 0.
  FlagBits keyword_bit(std::string_view folder, std::string_view keyword);
  /// The folder is no longer on the server: all its messages go.
  void forget_folder(std::string_view folder, TraceWriter& trace);
  /// Adds and returns its key.
  uint32_t add(std::string_view folder, LocalEntry entry, TraceWriter& trace);
  void set_flags(std::string_view folder, uint32_t key, FlagBits flags, TraceWriter& trace);
  void set_told_flags(std::string_view folder, uint32_t key, FlagBits told);
  /// What stood here for it is now a message of the server.
  void set_uid(std::string_view folder, uint32_t key, Uid uid);
  void set_preview(std::string_view folder, uint32_t key, std::string preview);
  void set_message(std::string_view folder, uint32_t key, MessagePtr message, TraceWriter& trace);
  void remove(std::string_view folder, uint32_t key, TraceWriter& trace);

  [[nodiscard]] uint64_t digest() const;

 private:
  struct Place {
    uint32_t folder;
    size_t entry;
  };
  struct Seen {
    std::string unique_id;
    std::optional<Instant> at;
  };
  [[nodiscard]] bool locate(std::string_view folder, uint32_t key, Place& place) const;
  LocalEntry* find_to_change(std::string_view folder, uint32_t key);

  std::vector<LocalFolder> folders_;
  [[nodiscard]] std::vector<Seen>::const_iterator lower_bound(std::string_view unique_id) const;
  std::vector<Seen> seen_;  // sorted
  uint32_t next_key_ = 1;
};

}  // namespace mailscope
