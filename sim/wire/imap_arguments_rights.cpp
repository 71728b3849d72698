// Arguments of the commands about what a mailbox may be and who may use it: quotas (RFC 9208),
// access control lists (RFC 4314), annotations (RFC 5464).
#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/imap_arguments.h"

namespace mailscope::imap {
namespace {

bool is_right(char c) { return (c >= 'a' && c <= 'z') || ascii_digit(c); }

/// A mailbox name, or the empty one for the server's own annotations, which METADATA-SERVER offers
/// as well (RFC 5464 §1).
std::string parse_annotated(Reader& reader) {
  std::string mailbox = parse_mailbox_name(reader);
  if (!mailbox.empty()) reader.use(Extension::kMetadata);
  return mailbox;
}

/// entry = astring: slash-separated, no "*", no "%" (RFC 5464 §3.2, §5).
std::string parse_entry(Reader& reader) {
  const size_t begin = reader.position();
  std::string entry = reader.astring("an entry such as /shared/comment");
  const bool wrong_char = std::any_of(entry.begin(), entry.end(), [](char c) {
    return c == '*' || c == '%' || static_cast<unsigned char>(c) < 0x20 ||
           static_cast<unsigned char>(c) >= 0x7f;
  });
  const bool well_formed = !wrong_char && entry.size() > 1 && entry.front() == '/' &&
                           entry.back() != '/' && entry.find("//") == std::string::npos;
  if (!well_formed) reader.fail_at(begin, "an entry such as /shared/comment", "RFC 5464 §3.2");
  return entry;
}

void parse_metadata_option(Reader& reader, GetMetadataArguments& arguments) {
  const size_t begin = reader.position();
  const std::string name = ascii_upper(reader.atom("MAXSIZE or DEPTH", TokenKind::kItem));
  reader.space();
  if (name == "MAXSIZE") {
    arguments.max_size = reader.number("a number of octets");
  } else if (name == "DEPTH") {
    const size_t depth_begin = reader.position();
    const std::string depth = ascii_lower(reader.atom("0, 1 or infinity", TokenKind::kItem));
    arguments.depth = depth == "infinity" ? UINT32_MAX : depth == "1" ? 1 : 0;
    if (depth != "0" && depth != "1" && depth != "infinity") {
      reader.fail_at(depth_begin, "0, 1 or infinity", "RFC 5464 §4.2.2");
    }
  } else {
    reader.fail_at(begin, "MAXSIZE or DEPTH", "RFC 5464 §4.2");
  }
}

/// True when the list that is next holds entries: they begin with a slash, options with a letter.
bool entries_follow(const Reader& reader) {
  const std::string_view rest = reader.text().substr(reader.position());
  return rest.size() < 2 || !ascii_alpha(rest[1]);
}

/// value = nstring / literal8.
std::optional<std::string> parse_value(Reader& reader) {
  if (reader.peek() == '~') return reader.literal8();
  return reader.nstring();
}

}  // namespace

Arguments parse_quota_root(Reader& reader) {
  return QuotaRootArguments{reader.astring("the name of a quota root")};
}

Arguments parse_set_quota(Reader& reader) {
  SetQuotaArguments arguments;
  arguments.root = reader.astring("the name of a quota root");
  reader.space();
  reader.list_or_empty([&] {
    std::string resource = ascii_upper(reader.atom("a resource such as STORAGE", TokenKind::kItem));
    reader.space();
    arguments.limits.emplace_back(std::move(resource), reader.number64("a limit"));
  });
  return arguments;
}

Arguments parse_acl_identifier(Reader& reader) {
  AclArguments arguments;
  arguments.mailbox = parse_mailbox_name(reader);
  reader.space();
  const size_t begin = reader.position();
  constexpr std::string_view kExpected = "an identifier, such as a user name";
  arguments.identifier = reader.astring(kExpected);
  if (arguments.identifier.empty()) reader.fail_at(begin, kExpected, "RFC 4314 §3");
  return arguments;
}

Arguments parse_set_acl(Reader& reader) {
  auto arguments = std::get<AclArguments>(parse_acl_identifier(reader));
  reader.space();
  const size_t begin = reader.position();
  constexpr std::string_view kExpected = "rights, in small letters, after + or - or neither";
  arguments.rights = reader.astring(kExpected);
  std::string_view rights = arguments.rights;
  if (!rights.empty() && (rights[0] == '+' || rights[0] == '-')) rights.remove_prefix(1);
  if (!std::all_of(rights.begin(), rights.end(), is_right)) {
    reader.fail_at(begin, kExpected, "RFC 4314 §3.1");
  }
  return arguments;
}

/// RFC 5464 §5 has the options before the mailbox (as errata 2785 and 2786 confirm); its examples,
/// and the clients that were written by them, have them after it. Both are read.
Arguments parse_get_metadata(Reader& reader) {
  GetMetadataArguments arguments;
  const auto options = [&] {
    reader.list([&] { parse_metadata_option(reader, arguments); });
    reader.space();
  };
  const bool first = reader.peek() == '(';
  if (first) options();
  arguments.mailbox = parse_annotated(reader);
  reader.space();
  if (!first && reader.peek() == '(' && !entries_follow(reader)) options();
  if (reader.peek() == '(') {
    reader.list([&] { arguments.entries.push_back(parse_entry(reader)); });
  } else {
    arguments.entries.push_back(parse_entry(reader));
  }
  return arguments;
}

Arguments parse_set_metadata(Reader& reader) {
  SetMetadataArguments arguments;
  arguments.mailbox = parse_annotated(reader);
  reader.space();
  reader.list([&] {
    std::string entry = parse_entry(reader);
    reader.space();
    arguments.values.emplace_back(std::move(entry), parse_value(reader));
  });
  return arguments;
}

}  // namespace mailscope::imap
