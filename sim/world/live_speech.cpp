#include "sim/world/live_speech.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/digest.h"
#include "sim/trace/event.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {
namespace {

constexpr size_t kMaxKept = 4098;  // a line that a trace shows whole, and its CRLF

/// Takes the first word; `text` is left with what follows the spaces after it.
std::string next_word(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  std::string word = ascii_upper(text.substr(0, end));
  text.remove_prefix(std::min(text.find_first_not_of(' ', end), text.size()));
  return word;
}

struct Literal {
  uint64_t octets = 0;
  bool waits = true;  // {n} rather than {n+}
};

/// The literal that an IMAP line ends in (RFC 3501 §4.3, RFC 7888 §4).
std::optional<Literal> announced_literal(std::string_view line) {
  const size_t brace = line.rfind('{');
  if (brace == std::string_view::npos || line.back() != '}') return std::nullopt;
  std::string_view inside = line.substr(brace + 1, line.size() - brace - 2);
  const bool waits = inside.empty() || inside.back() != '+';
  if (!waits) inside.remove_suffix(1);
  const std::optional<uint64_t> octets = parse_number(inside, UINT32_MAX);
  if (!octets) return std::nullopt;
  return Literal{*octets, waits};
}

}  // namespace

void LiveSpeech::hear(std::string_view line) {
  const bool challenge = protocol_ == Protocol::kSmtp ? line.substr(0, 3) == "334"
                                                      : line.substr(0, 2) == "+ " || line == "+";
  const bool untagged = protocol_ == Protocol::kImap && line.substr(0, 1) == "*";
  if (untagged) return;
  challenged_ = challenge && secret_;
  if (!challenge) secret_ = false;
  if (protocol_ == Protocol::kImap) {
    if (challenge) count(offered_);
    offered_ = 0;
  }
  if (protocol_ != Protocol::kSmtp) return;
  if (line.substr(0, 3) == "354") {
    mode_ = Mode::kDotted;
    reader_ = DotReader(0);
    reader_.feed(text_);  // of a program that did not wait
  } else if (mode_ == Mode::kDotted) {
    mode_ = Mode::kLine;  // the server has its message: it had come before the 354
  }
}

void LiveSpeech::count(uint64_t octets) {
  left_ = octets;
  if (octets > 0) mode_ = Mode::kCounted;
}

std::vector<LiveSpeech::Unit> LiveSpeech::take(std::string_view bytes) {
  std::vector<Unit> units;
  while (!bytes.empty()) {
    size_t taken = bytes.size();
    bool whole = false;
    switch (mode_) {
      case Mode::kLine: {
        const size_t lf = bytes.find('\n');
        whole = lf != std::string_view::npos;
        if (whole) taken = lf + 1;
        break;
      }
      case Mode::kDotted:
        taken = reader_.feed(bytes);
        whole = reader_.done();
        break;
      case Mode::kCounted:
        if (left_ < taken) taken = static_cast<size_t>(left_);
        left_ -= taken;
        whole = left_ == 0;
        break;
    }
    octets_ += taken;
    text_.append(bytes.substr(0, std::min(taken, kMaxKept - text_.size())));
    bytes.remove_prefix(taken);
    if (whole) units.push_back(finish());
  }
  return units;
}

std::optional<LiveSpeech::Unit> LiveSpeech::rest() {
  if (octets_ == 0) return std::nullopt;
  return finish();
}

LiveSpeech::Unit LiveSpeech::finish() {
  Unit unit{std::move(text_), octets_, 0};
  text_.clear();
  octets_ = 0;
  if (mode_ != Mode::kLine) {
    mode_ = Mode::kLine;
    unit.flags = LineFlags::kBlock;
    unit.text.resize(std::min(unit.text.find_first_of("\r\n"), unit.text.size()));
    return unit;
  }
  if (!unit.text.empty() && unit.text.back() == '\n') unit.text.pop_back();
  if (!unit.text.empty() && unit.text.back() == '\r') unit.text.pop_back();
  unit.flags = read_line(unit.text);
  return unit;
}

uint8_t LiveSpeech::read_line(std::string_view line) {
  if (challenged_) {
    challenged_ = false;
    return LineFlags::kSecret;
  }
  if (protocol_ == Protocol::kImap) return read_imap_line(line);
  const std::string verb = next_word(line);
  if (verb == "AUTH") {
    const std::string mechanism = next_word(line);
    return read_auth(mechanism, !line.empty());
  }
  if (verb == "PASS" && protocol_ == Protocol::kPop3) return LineFlags::kSecret;
  // RFC 3030 §2: the octets follow whatever the server thinks of the command.
  if (verb == "BDAT" && protocol_ == Protocol::kSmtp)
    count(parse_number(next_word(line)).value_or(0));
  return 0;
}

uint8_t LiveSpeech::read_auth(std::string_view mechanism, bool initial_response) {
  // The other mechanisms prove that the password is known without saying it.
  secret_ = mechanism == "PLAIN" || mechanism == "LOGIN";
  return secret_ && initial_response ? LineFlags::kSecret : 0;
}

uint8_t LiveSpeech::read_imap_line(std::string_view line) {
  uint8_t flags = 0;
  const std::optional<Literal> literal = announced_literal(line);
  next_word(line);
  const std::string command = next_word(line);
  if (command == "LOGIN") flags |= LineFlags::kSecret;
  if (command == "AUTHENTICATE") {
    const std::string mechanism = next_word(line);
    flags |= read_auth(mechanism, !line.empty());
  }
  if (!literal) return flags;
  if (literal->waits) {
    offered_ = literal->octets;
  } else {
    count(literal->octets);
  }
  return flags | LineFlags::kContinued;
}

uint64_t LiveSpeech::digest() const {
  Digest digest;
  digest.add(static_cast<int>(mode_));
  digest.add(text_);
  digest.add(octets_);
  digest.add(left_);
  digest.add(offered_);
  digest.add(secret_);
  digest.add(challenged_);
  return digest.value();
}

}  // namespace mailscope
