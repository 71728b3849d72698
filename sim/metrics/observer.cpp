#include "sim/metrics/observer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/base/ascii.h"
#include "sim/wire/base64.h"

namespace mailscope {
namespace {

using Kind = Sighting::Kind;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (size_t at = 0; at < line.size();) {
    const size_t end = std::min(line.find(' ', at), line.size());
    if (end > at) words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string unquoted(std::string_view word) {
  if (word.size() < 2 || word.front() != '"' || word.back() != '"') return std::string(word);
  std::string text;
  for (size_t i = 1; i + 1 < word.size(); ++i) {
    if (word[i] == '\\' && i + 2 < word.size()) ++i;
    text += word[i];
  }
  return text;
}

/// "<bob@example.net>" of "RCPT TO:<bob@example.net> NOTIFY=NEVER", without the brackets.
std::string path_of(std::string_view line) {
  const size_t open = line.find('<');
  const size_t close = line.find('>', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  return std::string(line.substr(open + 1, close - open - 1));
}

/// One session as the listener follows it.
class Listener {
 public:
  Listener(const Trace& trace, Observation& seen) : trace_(trace), seen_(seen) {}

  void hear(uint32_t id) {
    const Event& event = trace_[id];
    id_ = id;
    const std::string_view text = trace_.text(event);
    if (event.kind == EventKind::kMessageHead) return hear_head(text);
    if ((event.code & LineFlags::kBlock) != 0) {
      return note(Kind::kBody, std::to_string(event.y - event.x));
    }
    if (event.direction == Direction::kToClient) return hear_answer(text);
    if (!mechanism_.empty()) return hear_response(text);
    switch (event.protocol) {
      case Protocol::kSmtp:
        return hear_smtp(text);
      case Protocol::kPop3:
        return hear_pop3(text);
      case Protocol::kImap:
        return hear_imap(text);
      default:
        return;
    }
  }

 private:
  void note(Kind kind, std::string text) {
    if (text.empty()) return;
    const Event& event = trace_[id_];
    // Said again, a name or an address is no news; two bodies of one size are two bodies.
    const bool known =
        kind != Kind::kBody &&
        std::any_of(seen_.sightings.begin(), seen_.sightings.end(),
                    [&](const Sighting& each) { return each.kind == kind && each.text == text; });
    if (!known) {
      seen_.sightings.push_back({kind, std::move(text), EventId{id_}, event.conn, event.protocol});
    }
  }

  void hear_head(std::string_view text) {
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      note(Kind::kHeader, std::string(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  /// An exchange of SASL goes on as long as the server asks for more: 334 in SMTP, "+ " elsewhere.
  void hear_answer(std::string_view text) {
    const bool more = text.substr(0, 3) == "334" || text == "+" || text.substr(0, 2) == "+ ";
    if (!more) mechanism_.clear();
  }

  void begin_sasl(std::string_view mechanism, std::string_view initial) {
    mechanism_ = ascii_upper(mechanism);
    responses_ = 0;
    if (!initial.empty()) hear_response(initial);
  }

  void hear_response(std::string_view text) {
    const std::optional<std::string> raw = parse_base64(text);
    ++responses_;
    if (!raw) return;
    if (mechanism_ == "PLAIN") {
      const size_t first = raw->find('\0');
      const size_t second = first == std::string::npos ? first : raw->find('\0', first + 1);
      if (second == std::string::npos) return;
      note(Kind::kUser, raw->substr(first + 1, second - first - 1));
      note(Kind::kPassword, raw->substr(second + 1));
    } else if (mechanism_ == "LOGIN") {
      note(responses_ == 1 ? Kind::kUser : Kind::kPassword, *raw);
    } else if (mechanism_ == "CRAM-MD5") {
      const size_t space = std::min(raw->rfind(' '), raw->size());
      note(Kind::kUser, raw->substr(0, space));
      note(Kind::kProof, raw->substr(std::min(space + 1, raw->size())));
    } else {
      hear_scram(*raw);
    }
  }

  void hear_scram(const std::string& message) {
    const size_t user = message.find("n=");
    if (responses_ == 1 && user != std::string::npos) {
      note(Kind::kUser, message.substr(user + 2, message.find(',', user) - user - 2));
    }
    const size_t proof = message.find(",p=");
    if (proof != std::string::npos) note(Kind::kProof, message.substr(proof + 3));
  }

  void hear_smtp(std::string_view text) {
    const std::vector<std::string_view> words = words_of(text);
    if (starts_with_ignoring_case(text, "MAIL FROM:")) note(Kind::kEnvelopeFrom, path_of(text));
    if (starts_with_ignoring_case(text, "RCPT TO:")) note(Kind::kEnvelopeTo, path_of(text));
    if (words.size() >= 2 && equals_ignoring_case(words[0], "AUTH")) {
      begin_sasl(words[1], words.size() > 2 ? words[2] : std::string_view());
    }
  }

  void hear_pop3(std::string_view text) {
    const std::vector<std::string_view> words = words_of(text);
    if (words.size() < 2) return;
    const std::string_view rest = text.substr(text.find(' ') + 1);
    if (equals_ignoring_case(words[0], "USER")) note(Kind::kUser, std::string(rest));
    if (equals_ignoring_case(words[0], "PASS")) note(Kind::kPassword, std::string(rest));
    if (equals_ignoring_case(words[0], "APOP") && words.size() > 2) {
      note(Kind::kUser, std::string(words[1]));
      note(Kind::kProof, std::string(words[2]));
    }
    if (equals_ignoring_case(words[0], "AUTH")) {
      begin_sasl(words[1], words.size() > 2 ? words[2] : std::string_view());
    }
  }

  void hear_imap(std::string_view text) {
    const std::vector<std::string_view> words = words_of(text);
    if (words.size() < 3) return;
    if (equals_ignoring_case(words[1], "LOGIN") && words.size() > 3) {
      note(Kind::kUser, unquoted(words[2]));
      note(Kind::kPassword, unquoted(words[3]));
    }
    if (equals_ignoring_case(words[1], "AUTHENTICATE")) {
      begin_sasl(words[2], words.size() > 3 ? words[3] : std::string_view());
    }
  }

  const Trace& trace_;
  Observation& seen_;
  uint32_t id_ = 0;
  std::string mechanism_;  // of the exchange under way
  int responses_ = 0;
};

using Stream = std::pair<uint32_t, Direction>;

/// How much of each stream has crossed the link.
std::map<Stream, int64_t> crossed(const Trace& trace, LinkId link, uint32_t events) {
  std::map<Stream, int64_t> ends;
  for (uint32_t id = 1; id <= std::min(events, trace.size()); ++id) {
    const Event& event = trace[id];
    if (event.kind != EventKind::kSegmentSent || event.link != link || event.b == 0) continue;
    int64_t& end = ends[{event.conn.value, event.direction}];
    end = std::max(end, event.x + event.b);
  }
  return ends;
}

}  // namespace

const char* sighting_name(Sighting::Kind kind) {
  constexpr const char* kNames[] = {"user",        "password", "proof", "envelope-from",
                                    "envelope-to", "header",   "body"};
  return kNames[static_cast<int>(kind)];
}

bool Observation::has(Sighting::Kind kind) const {
  return std::any_of(sightings.begin(), sightings.end(),
                     [kind](const Sighting& each) { return each.kind == kind; });
}

Observation observe(const Trace& trace, LinkId link, uint32_t events) {
  const std::map<Stream, int64_t> ends = crossed(trace, link, events);
  Observation seen;
  std::map<uint32_t, Listener> listeners;
  bool heard = false;  // the line before: what stands in its head may be read when it was
  for (uint32_t id = 1; id <= std::min(events, trace.size()); ++id) {
    const Event& event = trace[id];
    if (event.kind == EventKind::kLineSent) {
      const auto end = ends.find({event.conn.value, event.direction});
      heard = end != ends.end() && event.y <= end->second;
      if (!heard) continue;
      constexpr uint8_t kTls = LineFlags::kEncrypted | LineFlags::kHandshake;
      const auto octets = static_cast<uint64_t>(event.y - event.x);
      ((event.code & kTls) != 0 ? seen.opaque_octets : seen.clear_octets) += octets;
      heard = (event.code & kTls) == 0;
    }
    const bool telling =
        event.kind == EventKind::kLineSent || event.kind == EventKind::kMessageHead;
    if (!telling || !heard) continue;
    listeners.try_emplace(event.conn.value, trace, seen).first->second.hear(id);
  }
  return seen;
}

}  // namespace mailscope
