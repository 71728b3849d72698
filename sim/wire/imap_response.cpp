#include "sim/wire/imap_response.h"

#include <algorithm>
#include <utility>

#include "sim/base/ascii.h"

namespace mailscope::imap {
namespace {

constexpr int kMaxDepth = 64;

/// Behind the quoted string that begins at `position`; the end of the text when nothing closes it.
size_t quoted_end(std::string_view text, size_t position) {
  for (++position; position < text.size(); ++position) {
    if (text[position] == '"') return position + 1;
    if (text[position] == '\\') ++position;
  }
  return text.size();
}

/// Where the "]" is that closes the code which begins after `position`; npos when there is none.
/// One in a quoted string closes nothing (RFC 9051 §9, resp-text-code).
size_t code_end(std::string_view text, size_t position) {
  while (position < text.size() && text[position] != ']') {
    position = text[position] == '"' ? quoted_end(text, position) : position + 1;
  }
  // A quotation mark that nobody closed was one in the words for people.
  return position < text.size() ? position : text.find(']');
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  void skip_spaces() {
    while (!done() && text_[at_] == ' ') ++at_;
  }
  std::string_view word() {
    const size_t begin = at_;
    while (!done() && text_[at_] != ' ') ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string_view rest() { return text_.substr(std::min(at_, text_.size())); }

  bool value(Value& out, int depth) {
    skip_spaces();
    if (done()) return false;
    const char c = text_[at_];
    if (c == '(') return list(out, depth);
    if (c == '"') return quoted(out);
    if (c == '{' || text_.substr(at_, 2) == "~{") return literal(out);
    return atom(out);
  }

 private:
  bool list(Value& out, int depth) {
    if (depth >= kMaxDepth) return false;
    out.kind = Value::Kind::kList;
    ++at_;
    while (true) {
      skip_spaces();
      if (done()) return false;
      if (text_[at_] == ')') {
        ++at_;
        return true;
      }
      Value item;
      if (!value(item, depth + 1)) return false;
      out.items.push_back(std::move(item));
    }
  }

  bool quoted(Value& out) {
    out.kind = Value::Kind::kString;
    for (++at_; !done(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return true;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out.text += text_[at_];
    }
    return false;
  }

  bool literal(Value& out) {
    const size_t close = text_.find("}\r\n", at_);
    if (close == std::string_view::npos) return false;
    if (text_[at_] == '~') ++at_;  // a literal8 (RFC 3516 §7): the same, but for NUL in it
    const std::optional<uint64_t> size =
        parse_number(text_.substr(at_ + 1, close - at_ - 1), UINT32_MAX);
    const size_t begin = close + 3;
    if (!size || *size > text_.size() - begin) return false;
    out.kind = Value::Kind::kString;
    out.text = std::string(text_.substr(begin, *size));
    at_ = begin + *size;
    return true;
  }

  /// An atom; BODY[HEADER.FIELDS ("Subject")]<0> counts as one, brackets, spaces and all.
  bool atom(Value& out) {
    const size_t begin = at_;
    int brackets = 0;
    while (!done()) {
      const char c = text_[at_];
      if (c == '[') ++brackets;
      if (c == ']' && brackets > 0) --brackets;
      if (brackets == 0 && (c == ' ' || c == '(' || c == ')' || c == '"')) break;
      if (c == '\r' || c == '\n') break;
      // The quoted name of a field may hold a bracket.
      at_ = c == '"' ? quoted_end(text_, at_) : at_ + 1;
    }
    if (at_ == begin) return false;
    out.text = std::string(text_.substr(begin, at_ - begin));
    out.kind = equals_ignoring_case(out.text, "NIL") ? Value::Kind::kNil : Value::Kind::kAtom;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

Status status_of(std::string_view word) {
  constexpr const char* kWords[] = {"", "OK", "NO", "BAD", "PREAUTH", "BYE"};
  for (int i = 1; i <= 5; ++i) {
    if (equals_ignoring_case(word, kWords[i])) return static_cast<Status>(i);
  }
  return Status::kNone;
}

void take_status_text(std::string_view text, Response& response) {
  if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (!text.empty() && text.front() == '[') {
    const size_t close = code_end(text, 1);
    if (close != std::string_view::npos) {
      response.code = std::string(text.substr(1, close - 1));
      text.remove_prefix(close + 1);
      if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    }
  }
  response.text = std::string(text);
}

}  // namespace

const Value* Value::after(std::string_view name) const {
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (equals_ignoring_case(items[i].text, name)) return &items[i + 1];
  }
  return nullptr;
}

std::optional<uint64_t> Value::number() const {
  return kind == Kind::kAtom ? parse_number(text, INT64_MAX) : std::nullopt;
}

std::optional<uint64_t> Value::number_in_list() const {
  return kind == Kind::kList && items.size() == 1 ? items[0].number() : std::nullopt;
}

std::optional<std::vector<Value>> parse_values(std::string_view text) {
  std::vector<Value> values;
  Reader reader(text);
  reader.skip_spaces();
  while (!reader.done()) {
    if (!reader.value(values.emplace_back(), 0)) return std::nullopt;
    reader.skip_spaces();
  }
  return values;
}

std::optional<Response> parse_response(std::string_view unit) {
  Reader reader(unit);
  Response response;
  response.tag = std::string(reader.word());
  if (response.tag.empty()) return std::nullopt;
  reader.skip_spaces();
  if (response.tag == "+") {
    response.text = std::string(reader.rest());
    return response;
  }
  std::string_view word = reader.word();
  response.status = status_of(word);
  if (response.status != Status::kNone) {
    take_status_text(reader.rest(), response);
    return response;
  }
  if (response.tag != "*") return std::nullopt;
  if (const std::optional<uint64_t> number = parse_number(word, UINT32_MAX)) {
    response.number = static_cast<uint32_t>(*number);
    reader.skip_spaces();
    word = reader.word();
  }
  if (word.empty()) return std::nullopt;
  response.name = ascii_upper(word);
  std::optional<std::vector<Value>> values = parse_values(reader.rest());
  if (!values) return std::nullopt;
  response.values = std::move(*values);
  return response;
}

std::optional<std::string_view> code_arguments(std::string_view code, std::string_view name) {
  if (!starts_with_ignoring_case(code, name)) return std::nullopt;
  code.remove_prefix(name.size());
  if (code.empty()) return code;
  if (code.front() != ' ') return std::nullopt;
  return code.substr(1);
}

std::optional<uint64_t> code_number64(std::string_view code, std::string_view name) {
  const std::optional<std::string_view> arguments = code_arguments(code, name);
  return arguments ? parse_number(*arguments, INT64_MAX) : std::nullopt;
}

std::optional<uint32_t> code_number(std::string_view code, std::string_view name) {
  const std::optional<uint64_t> number = code_number64(code, name);
  if (!number || *number > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

}  // namespace mailscope::imap
