// How a mail program uses IMAP, and what a person wants done: plain data for the client engine. The
// strategies are those of real programs; what each costs is measured by sim/metrics/cost.h. RFC
// 4549 (disconnected use), RFC 7162 (CONDSTORE, QRESYNC), RFC 2177 (IDLE), RFC 5465 (NOTIFY).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/time.h"
#include "sim/imap/client_entry.h"
#include "sim/mail/flags.h"
#include "sim/mail/mailbox.h"
#include "sim/mail/message.h"

namespace mailscope {

/// How a program finds out what has become of the messages it holds a copy of. Where the server
/// does not offer it, the one before it is used.
enum class ImapResync : uint8_t {
  kUidWindow,  // the flags of all of them, every time (RFC 4549 §4.3.1)
  kCondStore,  // what has changed since the last time; a count or a SEARCH tells what has gone
               // (RFC 7162 §3.1.4, §6)
  kQresync,    // both in the answer to SELECT (RFC 7162 §3.2.5)
};

struct ImapClientConfig {
  std::string user;
  std::string password;
  std::string folder = "INBOX";  // where it stays when there is nothing to do
  /// Other folders of which it keeps a copy, brought up to date one after the other; "*" is every
  /// folder there is.
  std::vector<std::string> folders = {};
  bool headers_first = true;   // bodies when a person opens them; else everything at once
  uint64_t body_limit = 0;     // everything at once: but for messages over so many octets; 0: none
  bool previews = false;       // the first words of each message (RFC 8970)
  ImapResync resync = ImapResync::kUidWindow;
  bool use_idle = true;        // stay and listen; else log out when there is nothing more to do
  bool use_notify = false;     // hear of all folders at once (RFC 5465)
  /// Where IDLE is not used: stay, and ask so often by NOOP; 0: log out.
  Duration noop_every = {};
  bool pipeline = false;       // says what needs no answer without waiting (RFC 3501 §5.5)
  bool use_move = true;        // MOVE where offered (RFC 6851); else COPY and EXPUNGE
  /// With a new UIDVALIDITY, what is known to be the same message is not fetched again.
  bool keep_bodies = true;
  // Folders by name, or by what they are for ("\Drafts", RFC 6154), which LIST tells.
  std::string drafts = "Drafts";
  std::string sent = {};       // copies of what was sent; empty: none are kept
  std::string trash = {};      // where deleted mail goes; empty: away for good
  Duration patience = seconds(120);
  /// RFC 2177 §3: IDLE is begun anew before the server's 30 minutes are over.
  Duration idle_renewal = seconds(29 * 60);
  ImapEntryConfig entry = {};

  /// Whether it keeps a copy of this folder.
  [[nodiscard]] bool keeps(std::string_view name) const {
    return name == folder || std::any_of(folders.begin(), folders.end(), [&](const auto& one) {
             return one == "*" || one == name;
           });
  }
};

/// Something a person wants done. It is carried out in a session, now or when there is one again,
/// in the order in which it was given (RFC 4549 §3); what became of it so far goes with it from
/// session to session.
struct ImapOrder {
  enum class Kind : uint8_t {
    kSync, kFetchBody, kAddFlags, kRemoveFlags, kDelete, kMove, kLogout, kCopy,
    kAppend,   // puts `message` into `folder`
    kReplace,  // the same, and takes the message `key` away: a draft written on
  };
  Kind kind = Kind::kSync;
  uint32_t key = 0;       // LocalEntry::key of the message it is about
  Uid uid;                // of that message, as known when the order was given
  FlagBits flags = 0;     // kAddFlags, kRemoveFlags; kAppend, kReplace: what the message gets
  std::string folder;     // kMove, kCopy, kAppend, kReplace: where to
  std::string in;         // where that message lies; empty: ImapClientConfig::folder
  uint32_t uid_validity = 0;  // of that folder when the order was given
  std::string message_id;     // of that message; kAppend, kReplace: of the new one
  std::string subject;        // the same, for notes
  MessagePtr message = nullptr;
  /// The device's entry in `folder` that stands for what will be there; 0: none.
  uint32_t placed_key = 0;
  /// It was said, and no answer has come: it may have been done.
  bool tried = false;
  /// What was to be put into `folder` is there; what is left is to take the old one away.
  bool stored = false;
  // In this session.
  uint32_t id = 0;
  bool begun = false;     // a command of it awaits its answer
  bool create = false;    // its folder has to be made first
  bool created = false;   // CREATE has been said
  bool unsearchable = false;  // whether it was done cannot be found out

  [[nodiscard]] uint64_t digest() const;
  /// Puts a message somewhere: done twice, it would be there twice.
  [[nodiscard]] bool stores() const {
    return kind == Kind::kMove || kind == Kind::kCopy || appends();
  }
  [[nodiscard]] bool appends() const { return kind == Kind::kAppend || kind == Kind::kReplace; }
  /// Is about a message that lies in a folder.
  [[nodiscard]] bool has_source() const {
    return kind != Kind::kSync && kind != Kind::kLogout && kind != Kind::kAppend;
  }
};

}  // namespace mailscope
