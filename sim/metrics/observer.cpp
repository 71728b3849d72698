#include "sim/metrics/observer.h"

#include <algorithm>
#include <map>

#include "sim/base/ascii.h"
#include "sim/sasl/scram.h"
#include "sim/wire/base64.h"
#include "sim/wire/imap_command.h"
#include "sim/wire/pop3_grammar.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {
namespace {

using Kind = Sighting::Kind;

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
      const bool compressed = (event.code & LineFlags::kCompressed) != 0;
      return note(Kind::kBody, std::to_string(compressed ? event.b : event.y - event.x));
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
    // RFC 3501 §5.2: IMAP tells news at any time.
    const bool untagged = trace_[id_].protocol == Protocol::kImap && text.substr(0, 1) == "*";
    if (untagged) return;
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
    if (const auto first = sasl::parse_client_first(message)) note(Kind::kUser, first->user);
    if (const auto last = sasl::parse_client_final(message)) {
      note(Kind::kProof, encode_base64(last->proof));
    }
  }

  void hear_smtp(std::string_view text) {
    const std::optional<smtp::CommandLine> command = smtp::parse_command(text, true);
    if (!command) return;
    if (command->verb == "MAIL") note_path(Kind::kEnvelopeFrom, command->argument, "FROM");
    if (command->verb == "RCPT") note_path(Kind::kEnvelopeTo, command->argument, "TO");
    if (command->verb != "AUTH") return;
    const std::string_view argument = command->argument;
    const size_t space = std::min(argument.find(' '), argument.size());
    begin_sasl(argument.substr(0, space), trimmed(argument.substr(space)));
  }

  void note_path(Kind kind, std::string_view argument, std::string_view keyword) {
    const smtp::PathResult parsed = smtp::parse_path_argument(argument, keyword, true);
    if (parsed.path) note(kind, parsed.path->address());
  }

  void hear_pop3(std::string_view text) {
    const std::optional<pop3::CommandLine> command =
        pop3::parse_command(text, pop3::Charset::kUtf8);
    if (!command || command->arguments.empty()) return;
    const std::vector<std::string>& words = command->arguments;
    if (command->keyword == "USER") note(Kind::kUser, command->rest);
    if (command->keyword == "PASS") note(Kind::kPassword, command->rest);
    if (command->keyword == "APOP" && words.size() > 1) {
      note(Kind::kUser, words[0]);
      note(Kind::kProof, words[1]);
    }
    if (command->keyword == "AUTH") {
      begin_sasl(words[0], words.size() > 1 ? words[1] : std::string_view());
    }
  }

  void hear_imap(std::string_view text) {
    const imap::CommandLine command = imap::parse_command(text);
    if (command.error) return;
    if (const auto* login = std::get_if<imap::LoginArguments>(&command.arguments)) {
      note(Kind::kUser, login->user);
      note(Kind::kPassword, login->password);
    }
    if (const auto* sasl = std::get_if<imap::AuthenticateArguments>(&command.arguments)) {
      begin_sasl(sasl->mechanism, sasl->initial_response.value_or(""));
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
