#include "sim/wire/imap_fragments.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope::imap {
namespace {

constexpr size_t kCompactAt = 4096;
// Of a line over the limit the end is kept as well, so that an announced literal is not missed.
constexpr size_t kTail = 32;

struct Announcement {
  uint64_t size = 0;
  bool plus = false;
  bool insane = false;  // not a number of RFC 3501 §9
};

/// The {n} or {n+} that a line ends in. Any count of digits: it does not overflow.
bool find_announcement(std::string_view line, Announcement& found) {
  if (line.size() < 3 || line.back() != '}') return false;
  size_t end = line.size() - 1;
  if (line[end - 1] == '+') {
    found.plus = true;
    --end;
  }
  size_t begin = end;
  while (begin > 0 && ascii_digit(line[begin - 1])) --begin;
  if (begin == end || begin == 0 || line[begin - 1] != '{') return false;
  const std::string_view digits = line.substr(begin, end - begin);
  for (const char c : digits) {
    found.size = found.size * 10 + static_cast<uint64_t>(c - '0');
    if (found.size > UINT32_MAX) {
      found.insane = true;
      break;
    }
  }
  return true;
}

}  // namespace

size_t longest_plus_literal(const Unit& unit) {
  constexpr std::string_view kPlus = "+}\r\n";
  size_t longest = 0;
  for (const ByteSpan literal : unit.literals) {
    const std::string_view before = std::string_view(unit.text).substr(0, literal.begin);
    const bool plus =
        before.size() >= kPlus.size() && before.substr(before.size() - kPlus.size()) == kPlus;
    if (plus) longest = std::max(longest, literal.size());
  }
  return longest;
}

void Fragments::append(std::string_view bytes) {
  input_.append(bytes);
  scan();
}

void Fragments::scan() {
  while (stop_ == Stop::kNone && begin_ < input_.size()) {
    if (literal_left_ > 0) {
      scan_literal();
    } else {
      scan_line();
    }
  }
  compact();
}

void Fragments::compact() {
  if (begin_ == input_.size()) {
    input_.clear();
    begin_ = 0;
  } else if (begin_ > kCompactAt && begin_ * 2 > input_.size()) {
    input_.erase(0, begin_);
    begin_ = 0;
  }
}

void Fragments::scan_literal() {
  const auto size = static_cast<size_t>(
      std::min<uint64_t>(literal_left_, static_cast<uint64_t>(input_.size() - begin_)));
  if (!discard_) {
    unit_.text.append(input_, begin_, size);
    unit_.literals.back().end = unit_.text.size();
  }
  begin_ += size;
  literal_left_ -= size;
  if (literal_left_ == 0) line_begin_ = unit_.text.size();
}

void Fragments::scan_line() {
  const size_t lf = input_.find('\n', begin_);
  const size_t end = lf == std::string::npos ? input_.size() : lf + 1;
  add_to_line(std::string_view(input_).substr(begin_, end - begin_));
  begin_ = end;
  if (lf != std::string::npos) end_line();
}

void Fragments::add_to_line(std::string_view piece) {
  unit_.text.append(piece);
  line_octets_ += piece.size();
  // The CRLF itself does not count towards the limit.
  if (line_octets_ <= limits_.line + 2) return;
  unit_.problem = UnitProblem::kLineTooLong;
  const size_t keep = limits_.line + literal_octets_;
  if (unit_.text.size() <= keep + kTail) return;
  unit_.text.erase(keep, unit_.text.size() - kTail - keep);
  line_begin_ = std::min(line_begin_, keep);
}

void Fragments::end_line() {
  std::string& text = unit_.text;
  const bool crlf = text.size() >= line_begin_ + 2 && text[text.size() - 2] == '\r';
  if (!crlf && unit_.problem == UnitProblem::kNone) unit_.problem = UnitProblem::kBareLf;
  const size_t ending = crlf ? 2 : 1;
  Announcement found;
  const std::string_view line =
      std::string_view(text).substr(line_begin_, text.size() - line_begin_ - ending);
  const bool announced = find_announcement(line, found);
  const bool waits = sender_ == Sender::kClient && !found.plus;
  // A sender that waits learns from the answer that its command is broken and sends no literal; any
  // other goes on with the literal, which is passed over.
  if (announced && !(waits && unit_.problem != UnitProblem::kNone)) {
    return begin_literal(found.size, waits, found.insane);
  }
  text.resize(text.size() - ending);
  finish(unit_.problem);
}

void Fragments::begin_literal(uint64_t size, bool waits, bool insane) {
  if (insane) {
    return finish(waits ? UnitProblem::kLiteralInsane : UnitProblem::kLiteralInsanePlus);
  }
  const bool fits = size <= limits_.literal && literal_octets_ <= limits_.literal - size;
  if (!fits && unit_.problem == UnitProblem::kNone) unit_.problem = UnitProblem::kLiteralTooBig;
  if (!fits && waits) return finish(UnitProblem::kLiteralTooBig);
  discard_ = unit_.problem != UnitProblem::kNone;
  literal_left_ = size;
  if (!discard_) {
    literal_octets_ += static_cast<size_t>(size);
    unit_.literals.push_back({unit_.text.size(), unit_.text.size()});
  }
  line_begin_ = unit_.text.size();
  if (waits) stop_ = Stop::kLiteral;
}

void Fragments::finish(UnitProblem problem) {
  unit_.problem = problem;
  stop_ = Stop::kUnit;
}

Unit Fragments::take_unit() {
  Unit taken = take_unit_alone();
  scan();
  return taken;
}

Unit Fragments::take_unit_alone() {
  CHECK(has_unit());
  Unit taken = std::move(unit_);
  begin_unit();
  return taken;
}

std::string Fragments::take_rest() {
  CHECK(stop_ == Stop::kNone && unit_.text.empty());
  std::string rest = input_.substr(begin_);
  input_.clear();
  begin_ = 0;
  return rest;
}

void Fragments::continue_literal() {
  CHECK(wants_literal());
  stop_ = Stop::kNone;
  scan();
}

void Fragments::refuse_literal() {
  begin_unit();
  scan();
}

void Fragments::begin_unit() {
  unit_ = Unit();
  line_octets_ = 0;
  line_begin_ = 0;
  literal_left_ = 0;
  literal_octets_ = 0;
  discard_ = false;
  stop_ = Stop::kNone;
}

uint64_t Fragments::digest() const {
  Digest digest;
  digest.add(std::string_view(input_).substr(begin_));
  digest.add(unit_.text);
  digest.add(line_octets_);
  digest.add(literal_left_);
  digest.add(static_cast<int>(stop_));
  digest.add(static_cast<int>(unit_.problem));
  return digest.value();
}

}  // namespace mailscope::imap
