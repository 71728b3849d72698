// IMAP commands: tag, name and arguments (RFC 3501 §9 and RFC 9051 §9, command; the extensions in
// their own RFCs, named at each structure). One parse serves the server, which acts on it, and the
// explanations, which point at its tokens. Which command may be said when is not here:
// sim/imap/protocol.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/wire/date.h"
#include "sim/wire/imap_extension.h"
#include "sim/wire/imap_fetch_grammar.h"
#include "sim/wire/imap_grammar.h"
#include "sim/wire/imap_search_grammar.h"
#include "sim/wire/imap_sequence_set.h"

namespace mailscope::imap {

struct LoginArguments {
  std::string user;
  std::string password;
};
struct AuthenticateArguments {
  std::string mechanism;                        // in capitals
  std::optional<std::string> initial_response;  // RFC 4959; base64, or "=" for an empty one
};
/// DELETE, SUBSCRIBE, UNSUBSCRIBE, GETACL, MYRIGHTS, GETQUOTAROOT.
struct MailboxArguments {
  std::string mailbox;
};
/// CREATE; RFC 6154 §3 for the uses.
struct CreateArguments {
  std::string mailbox;
  std::vector<std::string> uses;  // "\Drafts", as written
};
/// What a client knows of a mailbox from an earlier session (RFC 7162 §3.2.5).
struct QresyncParameters {
  uint32_t uid_validity = 0;
  uint64_t modseq = 0;
  std::optional<SequenceSet> known_uids;
  // Message numbers and the UIDs they had, for a server that has forgotten what was expunged.
  std::optional<std::pair<SequenceSet, SequenceSet>> known_numbers;
};
/// SELECT, EXAMINE.
struct SelectArguments {
  std::string mailbox;
  bool condstore = false;  // RFC 7162 §3.1.8
  std::optional<QresyncParameters> qresync;
};
struct RenameArguments {
  std::string from;
  std::string to;
};

/// RFC 3501 §6.3.10; RFC 7162 §3.1.7 (HIGHESTMODSEQ), RFC 8438 and RFC 9051 §6.3.11 (SIZE,
/// DELETED), RFC 7889 §3.2 (APPENDLIMIT), RFC 8474 §4.2 (MAILBOXID), RFC 9208 §4.1.4
/// (DELETED-STORAGE).
enum class StatusItem : uint8_t {
  kMessages, kRecent, kUidNext, kUidValidity, kUnseen, kHighestModseq, kSize, kDeleted,
  kDeletedStorage, kAppendLimit, kMailboxId
};
struct StatusArguments {
  std::string mailbox;
  std::vector<StatusItem> items;
};

/// LIST and LSUB; everything after the patterns is of RFC 5258, RFC 5819 and RFC 6154.
struct ListArguments {
  std::string reference;
  std::vector<std::string> patterns;  // one, but with LIST-EXTENDED
  bool extended = false;  // in the form of RFC 5258: selection options, patterns in parentheses, or
                          // RETURN
  // Selection options: what is listed.
  bool subscribed = false;
  bool remote = false;
  bool recursive_match = false;
  bool special_use = false;
  // Return options: what is told of it.
  bool return_subscribed = false;
  bool return_children = false;
  bool return_special_use = false;
  std::vector<StatusItem> return_status;
};

/// A piece of a message of RFC 4469 CATENATE; without it a message is one piece of text.
struct AppendPiece {
  bool is_url = false;
  std::string text;  // the octets, or the URL
};
struct AppendMessage {
  std::vector<std::string> flags;
  std::optional<DateTime> date;
  std::vector<AppendPiece> pieces;
  bool binary = false;  // a literal8 (RFC 3516 §4.4)
  bool utf8 = false;    // UTF8 (~{n}...) of RFC 9755 §4
};
/// One message, or several with MULTIAPPEND (RFC 3502).
struct AppendArguments {
  std::string mailbox;
  std::vector<AppendMessage> messages;
};
/// REPLACE and UID REPLACE (RFC 8508): `message` takes the place of `number`.
struct ReplaceArguments {
  uint32_t number = 0;  // sequence number or UID; 0 for "*"
  std::string mailbox;
  AppendMessage message;
};

/// UID EXPUNGE.
struct SetArguments {
  SequenceSet set;
};
/// SEARCH; `result` says how it is answered (RFC 4731).
struct SearchArguments {
  std::string charset;  // empty when not given
  SearchKey key;
  SearchResultOptions result;
};
/// SORT (RFC 5256 §3); `result` with ESORT.
struct SortArguments {
  std::vector<SortCriterion> criteria;
  SearchArguments search;
};
/// THREAD (RFC 5256 §3).
struct ThreadArguments {
  std::string algorithm;  // in capitals
  SearchArguments search;
};
struct FetchArguments {
  SequenceSet set;
  std::vector<FetchItem> items;
  std::optional<uint64_t> changed_since;  // RFC 7162 §3.1.4.1
  bool vanished = false;                  // RFC 7162 §3.2.6
  std::optional<ResultWindow> partial;    // RFC 9394 §3.3
};
enum class StoreMode : uint8_t { kReplace, kAdd, kRemove };
struct StoreArguments {
  SequenceSet set;
  StoreMode mode = StoreMode::kReplace;
  bool silent = false;
  std::vector<std::string> flags;
  std::optional<uint64_t> unchanged_since;  // RFC 7162 §3.1.3
};
/// COPY, MOVE.
struct CopyArguments {
  SequenceSet set;
  std::string mailbox;
};

/// ENABLE (RFC 5161) and CANCELUPDATE (RFC 5267 §4.3.3, tags).
struct WordsArguments {
  std::vector<std::string> words;  // as written
};
/// ID (RFC 2971): fields with NIL or a value; no fields for NIL.
struct IdArguments {
  std::vector<std::pair<std::string, std::optional<std::string>>> fields;
};
/// COMPRESS (RFC 4978).
struct CompressArguments {
  std::string mechanism;  // in capitals
};

/// GETQUOTA.
struct QuotaRootArguments {
  std::string root;
};
/// SETQUOTA (RFC 9208 §4.1.3): resource names in capitals.
struct SetQuotaArguments {
  std::string root;
  std::vector<std::pair<std::string, uint64_t>> limits;
};
/// SETACL, DELETEACL, LISTRIGHTS (RFC 4314 §3).
struct AclArguments {
  std::string mailbox;
  std::string identifier;
  std::string rights;  // of SETACL, with its "+" or "-"
};

/// GETMETADATA (RFC 5464 §4.2); the empty mailbox name means the server.
struct GetMetadataArguments {
  std::string mailbox;
  std::vector<std::string> entries;
  std::optional<uint64_t> max_size;
  uint32_t depth = 0;  // 0, 1, or UINT32_MAX for "infinity"
};
/// SETMETADATA (RFC 5464 §4.3): no value removes the entry.
struct SetMetadataArguments {
  std::string mailbox;
  std::vector<std::pair<std::string, std::optional<std::string>>> values;
};

/// What NOTIFY can tell of (RFC 5465 §5).
enum class NotifyEvent : uint8_t {
  kMessageNew, kMessageExpunge, kFlagChange, kAnnotationChange, kMailboxName, kSubscriptionChange,
  kMailboxMetadataChange, kServerMetadataChange,
  kUnknown  // a word that is none of them: the server answers NO [BADEVENT (...)] (§5)
};
/// Which mailboxes, and what of them (RFC 5465 §5, §6).
struct NotifyGroup {
  enum class Where : uint8_t {
    kSelected, kSelectedDelayed, kInboxes, kPersonal, kSubscribed, kSubtree, kMailboxes
  };
  Where where = Where::kSelected;
  std::vector<std::string> mailboxes;  // of kSubtree and kMailboxes
  std::vector<NotifyEvent> events;     // none for NONE
  std::vector<FetchItem> new_items;    // what to FETCH of a new message
};
struct NotifyArguments {
  bool set = false;     // NOTIFY SET, else NOTIFY NONE
  bool status = false;  // STATUS responses for all of it at once
  std::vector<NotifyGroup> groups;
};

using Arguments =
    std::variant<std::monostate, LoginArguments, AuthenticateArguments, MailboxArguments,
                 CreateArguments, SelectArguments, RenameArguments, ListArguments, StatusArguments,
                 AppendArguments, ReplaceArguments, SetArguments, SearchArguments, SortArguments,
                 ThreadArguments, FetchArguments, StoreArguments, CopyArguments, WordsArguments,
                 IdArguments, CompressArguments, QuotaRootArguments, SetQuotaArguments,
                 AclArguments, GetMetadataArguments, SetMetadataArguments, NotifyArguments>;

struct CommandLine {
  std::string tag;    // empty when there is none
  std::string name;   // in capitals, "FETCH" or "UID FETCH"; empty when there is none
  Arguments arguments;  // those of the command; monostate when it takes none, or is unknown
  ExtensionSet uses = 0;  // what the arguments need the server to offer
  std::vector<ExtensionSet> uses_any;  // and of each of these at least one
  std::vector<Token> tokens;
  std::optional<GrammarError> error;  // the arguments are not to be used then
};

/// `unit` is a whole command without its last CRLF (see imap_fragments.h). The arguments of an
/// unknown command are passed over.
CommandLine parse_command(std::string_view unit);
/// Tag and name alone: of a command whose literals are not here yet.
CommandLine parse_command_head(std::string_view begin_of_unit);

/// "MESSAGES"
std::string_view status_item_name(StatusItem item);
/// "MessageNew"; nothing for kUnknown.
std::string_view notify_event_name(NotifyEvent event);

}  // namespace mailscope::imap
