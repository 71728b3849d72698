#include "sim/imap/response_writer.h"

#include <algorithm>
#include <charconv>

#include "sim/base/ascii.h"

namespace mailscope {
namespace {

/// A literal of so many octets is copied sooner than it is sent by itself.
constexpr size_t kCopied = 8192;

/// Past the closing quote of the quoted string that begins at `begin`.
size_t quoted_end(std::string_view text, size_t begin) {
  size_t at = begin + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

}  // namespace

void ResponseWriter::add_number(uint64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  line_.append(digits, end);
}

void ResponseWriter::add_encoded(std::string_view text) {
  size_t done = 0;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = quoted_end(text, at);
      continue;
    }
    const size_t close = text[at] == '{' ? text.find("}\r\n", at) : std::string_view::npos;
    if (close == std::string_view::npos) {
      ++at;
      continue;
    }
    const std::string_view digits = text.substr(at + 1, close - at - 1);
    const size_t begin = close + 3;
    const size_t size = parse_number(digits, text.size() - begin).value_or(0);
    add(text.substr(done, at - done));
    add_literal(std::string(text.substr(begin, size)));
    at = done = begin + size;
  }
  add(text.substr(done));
}

void ResponseWriter::announce(size_t octets) {
  add("{");
  add_number(octets);
  add("}");
  made_ += line_.size();
  out_.line(line_, LineFlags::kContinued);
  line_.clear();
}

void ResponseWriter::add_block(std::string bytes) {
  announce(bytes.size());
  made_ += bytes.size();
  if (bytes.size() <= kCopied) return out_.copied_block(bytes);
  out_.block(std::move(bytes));
}

void ResponseWriter::add_literal(std::shared_ptr<const std::string> bytes) {
  if (bytes->empty() || bytes->find('\0') != std::string::npos) return add_literal(*bytes);
  announce(bytes->size());
  out_.block(std::move(bytes));
}

void ResponseWriter::add_literal(std::shared_ptr<const std::string> text, size_t begin,
                                 size_t size) {
  const std::string_view bytes = std::string_view(*text).substr(begin, size);
  if (bytes.size() <= kCopied || bytes.find('\0') != std::string_view::npos) {
    return add_literal(std::string(bytes));
  }
  announce(bytes.size());
  out_.block(std::move(text), begin, bytes.size());
}

void ResponseWriter::add_literal(std::string bytes) {
  if (bytes.empty()) return add("\"\"");
  std::replace(bytes.begin(), bytes.end(), '\0', '\x80');
  add_block(std::move(bytes));
}

void ResponseWriter::add_binary(std::string bytes) {
  if (bytes.find('\0') == std::string::npos) return add_literal(std::move(bytes));
  add("~");
  add_block(std::move(bytes));
}

void ResponseWriter::finish() {
  made_ += line_.size();
  out_.line(line_);
  line_.clear();
}

}  // namespace mailscope
