// Arguments of the commands about one mailbox: SELECT, CREATE, RENAME, STATUS and their kind.
#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/imap_arguments.h"

namespace mailscope::imap {
namespace {

struct StatusRow {
  StatusItem item;
  std::string_view name;
  ExtensionSet uses_any = 0;  // one of these has to be offered
};

constexpr StatusRow kStatusItems[] = {
    {StatusItem::kMessages, "MESSAGES"},
    {StatusItem::kRecent, "RECENT"},
    {StatusItem::kUidNext, "UIDNEXT"},
    {StatusItem::kUidValidity, "UIDVALIDITY"},
    {StatusItem::kUnseen, "UNSEEN"},
    {StatusItem::kHighestModseq, "HIGHESTMODSEQ", bit(Extension::kCondStore)},
    {StatusItem::kSize, "SIZE", bit(Extension::kStatusSize)},
    // RFC 9051 §6.3.11; RFC 9208 §4.1.4, by QUOTA=RES-MESSAGE.
    {StatusItem::kDeleted, "DELETED", bit(Extension::kRev2) | bit(Extension::kQuota)},
    // RFC 9208 §4.1.4, by QUOTA=RES-STORAGE.
    {StatusItem::kDeletedStorage, "DELETED-STORAGE", bit(Extension::kQuota)},
    {StatusItem::kAppendLimit, "APPENDLIMIT", bit(Extension::kAppendLimit)},
    {StatusItem::kMailboxId, "MAILBOXID", bit(Extension::kObjectId)},
};

constexpr bool in_order() {
  for (size_t i = 0; i < std::size(kStatusItems); ++i) {
    if (kStatusItems[i].item != static_cast<StatusItem>(i)) return false;
  }
  return true;
}
static_assert(in_order(), "status_item_name() counts on it");

/// "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")",
/// after the word.
QresyncParameters parse_qresync(Reader& reader) {
  QresyncParameters parameters;
  reader.expect('(');
  parameters.uid_validity = reader.nz_number("a UIDVALIDITY");
  reader.space();
  parameters.modseq = parse_positive_modseq(reader);
  bool more = reader.take(' ');
  if (more && reader.peek() != '(') {
    parameters.known_uids = parse_number_set(reader);
    more = reader.take(' ');
  }
  if (more) {
    reader.expect('(');
    SequenceSet numbers = parse_number_set(reader);
    reader.space();
    parameters.known_numbers = {std::move(numbers), parse_number_set(reader)};
    reader.expect(')');
  }
  reader.expect(')');
  return parameters;
}

void parse_select_parameter(Reader& reader, SelectArguments& arguments) {
  const size_t begin = reader.position();
  const std::string name = ascii_upper(reader.atom("CONDSTORE or QRESYNC", TokenKind::kItem));
  if (name == "CONDSTORE") {
    reader.use(Extension::kCondStore);
    arguments.condstore = true;
  } else if (name == "QRESYNC" && !arguments.qresync) {
    reader.use(Extension::kQresync);
    reader.space();
    arguments.qresync = parse_qresync(reader);
  } else {
    reader.fail_at(begin, name == "QRESYNC" ? "QRESYNC only once" : "CONDSTORE or QRESYNC",
                   "RFC 7162 §7");
  }
}

/// use-attr: "\Drafts" and its like; the server knows which there are (RFC 6154 §3).
std::string parse_use(Reader& reader) {
  const size_t begin = reader.position();
  std::string use = reader.flag(true);
  if (!reader.failed() && (use[0] != '\\' || use == "\\*")) {
    reader.fail_at(begin, "a special use such as \\Drafts", "RFC 6154 §6");
  }
  return use;
}

}  // namespace

std::string parse_mailbox_name(Reader& reader) {
  return reader.astring("a mailbox name", TokenKind::kMailbox);
}

uint64_t parse_positive_modseq(Reader& reader) {
  const size_t begin = reader.position();
  const uint64_t modseq = reader.number64("a mod-sequence");
  if (!reader.failed() && modseq == 0) {
    reader.fail_at(begin, "a mod-sequence from 1 on", "RFC 7162 §7");
  }
  return modseq;
}

Arguments parse_mailbox(Reader& reader) { return MailboxArguments{parse_mailbox_name(reader)}; }

Arguments parse_create(Reader& reader) {
  CreateArguments arguments;
  arguments.mailbox = parse_mailbox_name(reader);
  if (!reader.follows(" (")) return arguments;
  reader.space();
  bool given = false;
  reader.list([&] {
    if (given || !reader.take_word("USE", TokenKind::kItem)) {
      return reader.fail(given ? "USE only once" : "USE", "RFC 6154 §6");
    }
    given = true;
    reader.use(Extension::kCreateSpecialUse);
    reader.space();
    reader.list_or_empty([&] { arguments.uses.push_back(parse_use(reader)); });
  });
  return arguments;
}

Arguments parse_select(Reader& reader) {
  SelectArguments arguments;
  arguments.mailbox = parse_mailbox_name(reader);
  if (!reader.follows(" (")) return arguments;
  reader.space();
  reader.list([&] { parse_select_parameter(reader, arguments); });
  return arguments;
}

Arguments parse_rename(Reader& reader) {
  RenameArguments arguments;
  arguments.from = parse_mailbox_name(reader);
  reader.space();
  arguments.to = parse_mailbox_name(reader);
  return arguments;
}

std::vector<StatusItem> parse_status_items(Reader& reader) {
  std::vector<StatusItem> items;
  reader.list([&] {
    const size_t begin = reader.position();
    const std::string name = ascii_upper(reader.atom("a status item", TokenKind::kItem));
    const auto* found =
        std::find_if(std::begin(kStatusItems), std::end(kStatusItems),
                     [&name](const StatusRow& known) { return name == known.name; });
    if (found == std::end(kStatusItems)) {
      return reader.fail_at(begin, "a status item such as MESSAGES, UIDNEXT or UNSEEN",
                            "RFC 3501 §6.3.10");
    }
    items.push_back(found->item);
    reader.use_any(found->uses_any);
  });
  return items;
}

Arguments parse_status(Reader& reader) {
  StatusArguments arguments;
  arguments.mailbox = parse_mailbox_name(reader);
  reader.space();
  arguments.items = parse_status_items(reader);
  return arguments;
}

std::string_view status_item_name(StatusItem item) {
  return kStatusItems[static_cast<size_t>(item)].name;
}

}  // namespace mailscope::imap
