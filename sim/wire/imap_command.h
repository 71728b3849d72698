// IMAP commands: tag, name and arguments (RFC 3501 §9, command; RFC 2177, 3691, 4315 for the
// others). One parse serves the server, which acts on it, and the explanations, which point at its
// tokens. Which command may be said when is not here: sim/imap/protocol.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/wire/date.h"
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
/// SELECT, EXAMINE, CREATE, DELETE, SUBSCRIBE, UNSUBSCRIBE.
struct MailboxArguments {
  std::string mailbox;
};
struct RenameArguments {
  std::string from;
  std::string to;
};
/// LIST, LSUB.
struct ListArguments {
  std::string reference;
  std::string pattern;
};
enum class StatusItem : uint8_t { kMessages, kRecent, kUidNext, kUidValidity, kUnseen };
struct StatusArguments {
  std::string mailbox;
  std::vector<StatusItem> items;
};
struct AppendArguments {
  std::string mailbox;
  std::vector<std::string> flags;
  std::optional<DateTime> date;
  std::string message;
};
/// UID EXPUNGE.
struct SetArguments {
  SequenceSet set;
};
struct SearchArguments {
  std::string charset;  // empty when not given
  SearchKey key;
};
struct FetchArguments {
  SequenceSet set;
  std::vector<FetchItem> items;
};
enum class StoreMode : uint8_t { kReplace, kAdd, kRemove };
struct StoreArguments {
  SequenceSet set;
  StoreMode mode = StoreMode::kReplace;
  bool silent = false;
  std::vector<std::string> flags;
};
struct CopyArguments {
  SequenceSet set;
  std::string mailbox;
};

using Arguments = std::variant<std::monostate, LoginArguments, AuthenticateArguments,
                               MailboxArguments, RenameArguments, ListArguments, StatusArguments,
                               AppendArguments, SetArguments, SearchArguments, FetchArguments,
                               StoreArguments, CopyArguments>;

struct CommandLine {
  std::string tag;    // empty when there is none
  std::string name;   // in capitals, "FETCH" or "UID FETCH"; empty when there is none
  Arguments arguments;  // those of the command; monostate when it takes none, or is unknown
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

}  // namespace mailscope::imap
