#include "sim/wire/imap_command.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/imap_arguments.h"

namespace mailscope::imap {
namespace {

bool is_name_char(char c) { return ascii_alpha(c) || ascii_digit(c); }

/// How a command's arguments are read; without a function it has none.
struct ParserRow {
  std::string_view name;
  Arguments (*parse)(Reader&);
};

constexpr ParserRow kParsers[] = {
    {"CAPABILITY", nullptr},
    {"NOOP", nullptr},
    {"LOGOUT", nullptr},
    {"STARTTLS", nullptr},
    {"AUTHENTICATE", parse_authenticate},
    {"LOGIN", parse_login},
    {"ID", parse_id},
    {"ENABLE", parse_enable},
    {"COMPRESS", parse_compress},
    {"NAMESPACE", nullptr},
    {"SELECT", parse_select},
    {"EXAMINE", parse_select},
    {"CREATE", parse_create},
    {"DELETE", parse_mailbox},
    {"RENAME", parse_rename},
    {"SUBSCRIBE", parse_mailbox},
    {"UNSUBSCRIBE", parse_mailbox},
    {"LIST", parse_list},
    {"LSUB", parse_lsub},
    {"STATUS", parse_status},
    {"APPEND", parse_append},
    {"IDLE", nullptr},
    {"NOTIFY", parse_notify},
    {"GETQUOTA", parse_quota_root},
    {"GETQUOTAROOT", parse_mailbox},
    {"SETQUOTA", parse_set_quota},
    {"SETACL", parse_set_acl},
    {"DELETEACL", parse_acl_identifier},
    {"GETACL", parse_mailbox},
    {"LISTRIGHTS", parse_acl_identifier},
    {"MYRIGHTS", parse_mailbox},
    {"GETMETADATA", parse_get_metadata},
    {"SETMETADATA", parse_set_metadata},
    {"CHECK", nullptr},
    {"CLOSE", nullptr},
    {"UNSELECT", nullptr},
    {"EXPUNGE", nullptr},
    {"SEARCH", parse_search},
    {"SORT", parse_sort},
    {"THREAD", parse_thread},
    {"CANCELUPDATE", parse_cancel_update},
    {"FETCH", parse_fetch},
    {"STORE", parse_store},
    {"COPY", parse_copy},
    {"MOVE", parse_copy},
    {"REPLACE", parse_replace},
    {"UID EXPUNGE", parse_set},
    {"UID SEARCH", parse_search},
    {"UID SORT", parse_sort},
    {"UID THREAD", parse_thread},
    {"UID FETCH", parse_uid_fetch},
    {"UID STORE", parse_store},
    {"UID COPY", parse_copy},
    {"UID MOVE", parse_copy},
    {"UID REPLACE", parse_replace},
};

/// Reads tag and name; false when the command cannot be named.
bool parse_head(Reader& reader, CommandLine& command) {
  command.tag = std::string(reader.word_of(is_tag_char, "a tag", TokenKind::kTag));
  if (!reader.failed() && reader.peek() != ' ') {
    command.tag.clear();
    reader.fail("a tag, a space and a command");
    return false;
  }
  reader.space();
  command.name =
      ascii_upper(reader.word_of(is_name_char, "the name of a command", TokenKind::kName));
  if (command.name == "UID") {
    reader.space();
    const std::string form =
        ascii_upper(reader.word_of(is_name_char, "FETCH, STORE, SEARCH or COPY", TokenKind::kName));
    if (!form.empty()) command.name += ' ' + form;
  }
  return !reader.failed();
}

}  // namespace

CommandLine parse_command_head(std::string_view begin_of_unit) {
  CommandLine command;
  Reader reader(begin_of_unit);
  parse_head(reader, command);
  command.error = reader.error();
  return command;
}

CommandLine parse_command(std::string_view unit) {
  CommandLine command;
  Reader reader(unit);
  if (parse_head(reader, command)) {
    const auto* row =
        std::find_if(std::begin(kParsers), std::end(kParsers),
                     [&command](const ParserRow& known) { return command.name == known.name; });
    if (row != std::end(kParsers)) {
      if (row->parse != nullptr) {
        reader.space();
        command.arguments = row->parse(reader);
      }
      reader.end();
    }
  }
  command.uses = reader.uses();
  command.uses_any = reader.uses_any();
  command.tokens = reader.tokens();
  command.error = reader.error();
  return command;
}

}  // namespace mailscope::imap
