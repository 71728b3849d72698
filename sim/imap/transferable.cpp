#include "sim/imap/transferable.h"

#include <vector>

#include "sim/base/ascii.h"
#include "sim/mail/message.h"
#include "sim/wire/base64.h"
#include "sim/wire/header.h"
#include "sim/wire/mime.h"

namespace mailscope {
namespace {

bool needs_encoding(std::string_view body) {
  return body.find('\0') != std::string_view::npos || crlf_normalised(body) != body;
}

void collect_binary_leaves(const MimePart& part, std::string_view text,
                           std::vector<const MimePart*>& found) {
  for (const MimePart& inner : part.parts) collect_binary_leaves(inner, text, found);
  if (part.kind != MimePart::Kind::kLeaf || !part.encoding) return;
  if (!equals_ignoring_case(trimmed(*part.encoding), "binary")) return;
  if (needs_encoding(part.body.of(text))) found.push_back(&part);
}

/// The part's header with base64 as its transfer encoding.
std::string base64_header(std::string_view header) {
  std::string out;
  size_t position = 0;
  size_t copied = 0;
  while (const auto field = next_field(header, position)) {
    if (!equals_ignoring_case(field->name.of(header), "Content-Transfer-Encoding")) continue;
    out += header.substr(copied, field->whole.begin - copied);
    out += "Content-Transfer-Encoding: base64\r\n";
    copied = field->whole.end;
  }
  return out.append(header.substr(copied));
}

}  // namespace

std::optional<std::string> transferable_message(std::string_view text) {
  const MimePart root = parse_mime(text);
  std::vector<const MimePart*> leaves;
  collect_binary_leaves(root, text, leaves);
  std::string out;
  size_t copied = 0;
  for (const MimePart* leaf : leaves) {
    out += crlf_normalised(text.substr(copied, leaf->header.begin - copied));
    out += crlf_normalised(base64_header(leaf->header.of(text)));
    out += encode_base64_lines(leaf->body.of(text));
    copied = leaf->body.end;
  }
  out += crlf_normalised(text.substr(copied));
  if (out.find('\0') != std::string::npos) return std::nullopt;
  return out;
}

}  // namespace mailscope
