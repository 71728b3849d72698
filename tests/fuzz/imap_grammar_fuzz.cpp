// Any bytes as one IMAP command. Tokens stand in order inside the text; what was understood is
// written and read again and must come out the same; modified UTF-7 has one spelling.
#include <string>

#include "sim/base/check.h"
#include "sim/imap/response_writer.h"
#include "sim/wire/imap_command.h"
#include "sim/wire/imap_fragments.h"
#include "sim/wire/imap_utf7.h"

namespace {

using namespace mailscope;
using namespace mailscope::imap;

void check_tokens(const CommandLine& command, std::string_view text) {
  size_t at = 0;
  for (const Token& token : command.tokens) {
    CHECK(token.span.begin >= at);
    CHECK(token.span.begin < token.span.end);
    at = token.span.end;
  }
  CHECK(at <= text.size());
  if (command.error) CHECK(command.error->position <= text.size());
}

void check_again(const CommandLine& command) {
  if (command.error) return;
  if (const auto* search = std::get_if<SearchArguments>(&command.arguments)) {
    const std::string encoded = encode_search_key(search->key);
    Reader reader(encoded);
    CHECK(encode_search_key(parse_search_keys(reader)) == encoded);
    CHECK(!reader.failed());
  }
  if (const auto* fetch = std::get_if<FetchArguments>(&command.arguments)) {
    for (const FetchItem& item : fetch->items) {
      const std::string encoded = encode_fetch_item(item);
      Reader reader(encoded);
      const std::vector<FetchItem> again = parse_fetch_items(reader);
      CHECK(!reader.failed());
      CHECK(again.size() == 1);
      CHECK(encode_fetch_item(again[0]) == encoded);
    }
    const std::string encoded = encode_sequence_set(fetch->set);
    Reader reader(encoded);
    CHECK(encode_sequence_set(parse_sequence_set(reader)) == encoded);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 70000) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const CommandLine command = parse_command(bytes);
  check_tokens(command, bytes);
  check_again(command);
  if (const auto name = parse_mailbox_utf7(bytes)) CHECK(encode_mailbox_utf7(*name) == bytes);
  if (const auto name = encode_mailbox_utf7(bytes)) CHECK(parse_mailbox_utf7(*name) == bytes);
  Outbox out;
  ResponseWriter writer(out);
  writer.add_encoded(bytes);
  writer.finish();
  Fragments fragments(Sender::kClient, {100, 100});
  fragments.append(bytes);
  while (fragments.has_unit() || fragments.wants_literal()) {
    if (fragments.wants_literal()) {
      fragments.continue_literal();
    } else {
      CHECK(fragments.take_unit().text.size() <= 300);
    }
  }
  return 0;
}
