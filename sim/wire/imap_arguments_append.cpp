// Arguments of APPEND and REPLACE: one message or several, of text, binary, UTF-8 or pieces. RFC
// 3501 §6.3.11, RFC 3502 (MULTIAPPEND), RFC 3516 (BINARY), RFC 4469 (CATENATE), RFC 8508 (REPLACE),
// RFC 9755 §4 (UTF8).
#include "sim/wire/imap_arguments.h"

namespace mailscope::imap {
namespace {

/// "UTF8" SP "(" literal8 ")", after the word.
std::string parse_utf8_literal(Reader& reader, AppendMessage& message) {
  reader.use(Extension::kUtf8Accept);
  message.utf8 = true;
  reader.space();
  reader.expect('(');
  std::string text = reader.literal8();
  reader.expect(')');
  return text;
}

/// literal / literal8.
std::string parse_text(Reader& reader, AppendMessage& message) {
  if (reader.peek() != '~') return reader.literal();
  reader.use(Extension::kBinary);
  message.binary = true;
  return reader.literal8();
}

/// cat-part of RFC 4469 §5, to which RFC 9755 §4 adds UTF8.
AppendPiece parse_piece(Reader& reader, AppendMessage& message) {
  AppendPiece piece;
  if (reader.take_word("TEXT", TokenKind::kItem)) {
    reader.space();
    piece.text = parse_text(reader, message);
  } else if (reader.take_word("URL", TokenKind::kItem)) {
    reader.space();
    piece.is_url = true;
    piece.text = reader.astring("an IMAP URL");
  } else if (reader.take_word("UTF8", TokenKind::kItem)) {
    piece.text = parse_utf8_literal(reader, message);
  } else {
    reader.fail("TEXT with a literal, or URL", "RFC 4469 §5");
  }
  return piece;
}

}  // namespace

AppendMessage parse_append_message(Reader& reader) {
  AppendMessage message;
  if (reader.peek() == '(') {
    message.flags = reader.flag_list();
    reader.space();
  }
  if (reader.peek() == '"') {
    const size_t begin = reader.position();
    message.date = parse_internal_date(reader.quoted(TokenKind::kDate));
    if (!message.date) {
      reader.fail_at(begin, "a date-time such as \" 7-Feb-1994 22:43:04 -0800\"");
    }
    reader.space();
  }
  if (reader.take_word("CATENATE", TokenKind::kItem)) {
    reader.use(Extension::kCatenate);
    reader.space();
    reader.list([&] { message.pieces.push_back(parse_piece(reader, message)); });
  } else if (reader.take_word("UTF8", TokenKind::kItem)) {
    message.pieces.push_back({false, parse_utf8_literal(reader, message)});
  } else {
    message.pieces.push_back({false, parse_text(reader, message)});
  }
  return message;
}

Arguments parse_append(Reader& reader) {
  AppendArguments arguments;
  arguments.mailbox = parse_mailbox_name(reader);
  reader.space();
  reader.items([&] { arguments.messages.push_back(parse_append_message(reader)); });
  if (arguments.messages.size() > 1) reader.use(Extension::kMultiAppend);
  return arguments;
}

/// RFC 8508 §4: seq-number SP mailbox append-message.
Arguments parse_replace(Reader& reader) {
  ReplaceArguments arguments;
  const size_t begin = reader.position();
  Reader inner(reader.text(), begin);
  if (!inner.take('*')) arguments.number = inner.nz_number("the number of a message, or *");
  reader.advance_past(inner, TokenKind::kSequenceSet);
  reader.space();
  arguments.mailbox = parse_mailbox_name(reader);
  reader.space();
  arguments.message = parse_append_message(reader);
  return arguments;
}

}  // namespace mailscope::imap
