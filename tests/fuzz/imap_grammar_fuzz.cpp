// Any bytes as one IMAP command, as a response and as a URL. Tokens stand in order inside the text;
// what was understood is written and read again and must come out the same; lists stay within their
// bounds; modified UTF-7 has one spelling.
#include <optional>
#include <string>
#include <variant>

#include "sim/base/check.h"
#include "sim/imap/response_writer.h"
#include "sim/wire/imap_command.h"
#include "sim/wire/imap_fragments.h"
#include "sim/wire/imap_response_data.h"
#include "sim/wire/imap_sequence_set.h"
#include "sim/wire/imap_url.h"
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

void check_search_again(const SearchArguments& search) {
  const std::string encoded = encode_search_key(search.key);
  Reader reader(encoded);
  CHECK(encode_search_key(parse_search_keys(reader)) == encoded);
  CHECK(!reader.failed());
}

void check_set_again(const SequenceSet& set) {
  const std::string encoded = encode_sequence_set(set);
  Reader reader(encoded);
  CHECK(encode_sequence_set(parse_sequence_set(reader)) == encoded);
  CHECK(!reader.failed());
}

void check_again(const CommandLine& command) {
  if (command.error) return;
  if (const auto* search = std::get_if<SearchArguments>(&command.arguments)) {
    check_search_again(*search);
  }
  if (const auto* sort = std::get_if<SortArguments>(&command.arguments)) {
    check_search_again(sort->search);
  }
  if (const auto* fetch = std::get_if<FetchArguments>(&command.arguments)) {
    for (const FetchItem& item : fetch->items) {
      const std::string encoded = encode_fetch_item(item);
      Reader reader(encoded);
      const std::vector<FetchItem> again = parse_fetch_items(reader);
      CHECK(!reader.failed());
      CHECK(again.size() == 1);
      CHECK(encode_fetch_item(again[0]) == encoded);
      CHECK(encode_response_item(again[0]) == encode_response_item(item));
    }
    check_set_again(fetch->set);
  }
  if (const auto* append = std::get_if<AppendArguments>(&command.arguments)) {
    CHECK(!append->messages.empty());
    CHECK(append->messages.size() <= kMaxListItems);
    for (const AppendMessage& message : append->messages) CHECK(!message.pieces.empty());
  }
}

void check_response(std::string_view bytes) {
  const std::optional<Response> response = parse_response(bytes);
  if (!response) return;
  list_data(*response);
  esearch_data(*response);
  namespace_data(*response);
  quota_data(*response);
  if (const auto gone = vanished_data(*response)) {
    CHECK(numbers_in(gone->uids, 1000).size() <= 1000);
  }
  if (const auto copied = code_copyuid(response->code, 1000)) {
    CHECK(copied->from.size() == copied->to.size());
  }
  code_appenduid(response->code, 1000);
  code_modified(response->code);
  code_permanent_flags(response->code);
}

void check_url(std::string_view bytes) {
  const std::optional<ImapUrl> url = parse_imap_url(bytes);
  if (!url) return;
  const std::string encoded = encode_imap_url(*url);
  const std::optional<ImapUrl> again = parse_imap_url(encoded);
  CHECK(again.has_value());
  CHECK(encode_imap_url(*again) == encoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 70000) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const CommandLine command = parse_command(bytes);
  check_tokens(command, bytes);
  check_again(command);
  check_response(bytes);
  check_url(bytes);
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
