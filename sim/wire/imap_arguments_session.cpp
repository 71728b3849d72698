// Arguments of the commands about the session itself: LOGIN, AUTHENTICATE, ENABLE, ID, COMPRESS,
// CANCELUPDATE.
#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/imap_arguments.h"

namespace mailscope::imap {
namespace {

// RFC 2971 §3.3.
constexpr size_t kMaxIdFields = 30;
constexpr size_t kMaxIdField = 30;
constexpr size_t kMaxIdValue = 1024;

bool is_base64_char(char c) {
  return ascii_alpha(c) || ascii_digit(c) || c == '+' || c == '/' || c == '=';
}

void parse_id_field(Reader& reader, IdArguments& arguments) {
  constexpr const char* kSection = "RFC 2971 §3.3";
  size_t begin = reader.position();
  std::string field = reader.string("the name of a field, as a string");
  if (field.size() > kMaxIdField) reader.fail_at(begin, "a field of at most 30 octets", kSection);
  const bool again =
      std::any_of(arguments.fields.begin(), arguments.fields.end(),
                  [&field](const auto& known) { return equals_ignoring_case(known.first, field); });
  if (again) reader.fail_at(begin, "each field only once", kSection);
  reader.space();
  begin = reader.position();
  std::optional<std::string> value = reader.nstring();
  if (value && value->size() > kMaxIdValue) {
    reader.fail_at(begin, "a value of at most 1024 octets", kSection);
  }
  arguments.fields.emplace_back(std::move(field), std::move(value));
}

}  // namespace

Arguments parse_login(Reader& reader) {
  LoginArguments arguments;
  arguments.user = reader.astring("a user name");
  reader.space();
  arguments.password = reader.astring("a password", TokenKind::kSecret);
  return arguments;
}

Arguments parse_authenticate(Reader& reader) {
  AuthenticateArguments arguments;
  arguments.mechanism = ascii_upper(reader.atom("a SASL mechanism such as PLAIN"));
  if (reader.take(' ')) {
    reader.use(Extension::kSaslIr);
    arguments.initial_response =
        std::string(reader.word_of(is_base64_char, "base64", TokenKind::kSecret));
  }
  return arguments;
}

Arguments parse_enable(Reader& reader) {
  WordsArguments arguments;
  reader.items([&] { arguments.words.emplace_back(reader.atom("the name of a capability")); });
  return arguments;
}

Arguments parse_id(Reader& reader) {
  IdArguments arguments;
  if (reader.take_word("NIL", TokenKind::kNil)) return arguments;
  if (reader.peek() != '(') {
    reader.fail("NIL or a list of fields and values", "RFC 2971 §4");
    return arguments;
  }
  reader.list_or_empty([&] { parse_id_field(reader, arguments); }, kMaxIdFields);
  return arguments;
}

Arguments parse_compress(Reader& reader) {
  return CompressArguments{ascii_upper(reader.atom("a compression algorithm such as DEFLATE"))};
}

/// RFC 5267 §5: "CANCELUPDATE" 1*(SP quoted).
Arguments parse_cancel_update(Reader& reader) {
  WordsArguments arguments;
  reader.items([&] {
    if (reader.peek() != '"') reader.fail("a tag in double quotes", "RFC 5267 §5");
    arguments.words.push_back(reader.quoted());
  });
  return arguments;
}

}  // namespace mailscope::imap
