#include "tests/support/transcript.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "sim/base/ascii.h"

namespace mailscope::test {
namespace {

std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char kind = text[++i];
    if (kind == 'r') out += '\r';
    else if (kind == 'n') out += '\n';
    else if (kind == '0') out += '\0';
    else if (kind == 'x') {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else out += kind;
  }
  return out;
}

/// Where the name after the "$" at `dollar` ends; right behind the "$" when no name follows.
size_t name_end(std::string_view text, size_t dollar) {
  size_t end = dollar + 1;
  if (end == text.size() || !ascii_alpha(text[end])) return end;
  while (end < text.size() && (ascii_alpha(text[end]) || ascii_digit(text[end]))) ++end;
  return end;
}

/// Matches with "..." and "$name"; captures are added only when the whole line matches.
bool matches(std::string_view pattern, std::string_view text,
             std::map<std::string, std::string>& captures) {
  if (pattern.empty()) return text.empty();
  if (starts_with_ignoring_case(pattern, "...")) {
    for (size_t skip = 0; skip <= text.size(); ++skip) {
      if (matches(pattern.substr(3), text.substr(skip), captures)) return true;
    }
    return false;
  }
  if (pattern[0] == '$' && pattern.size() > 1 && pattern[1] == '$') {
    return !text.empty() && text[0] == '$' && matches(pattern.substr(2), text.substr(1), captures);
  }
  if (pattern[0] == '$' && name_end(pattern, 0) > 1) {
    const size_t end = name_end(pattern, 0);
    const std::string name(pattern.substr(1, end - 1));
    const auto known = captures.find(name);
    if (known != captures.end()) {
      return text.substr(0, known->second.size()) == known->second &&
             matches(pattern.substr(end), text.substr(known->second.size()), captures);
    }
    for (size_t take = text.size(); take > 0; --take) {
      std::map<std::string, std::string> tried = captures;
      tried[name] = std::string(text.substr(0, take));
      if (matches(pattern.substr(end), text.substr(take), tried)) {
        captures = tried;
        return true;
      }
    }
    return false;
  }
  return !text.empty() && pattern[0] == text[0] &&
         matches(pattern.substr(1), text.substr(1), captures);
}

/// Each name that has been captured by its value, once: what a value holds is said as it is.
std::string with_captures(std::string_view text,
                          const std::map<std::string, std::string>& captures) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text[at] == '$' ? name_end(text, at) : at + 1;
    const auto known = captures.find(std::string(text.substr(at + 1, end - at - 1)));
    out += known != captures.end() ? std::string_view(known->second) : text.substr(at, end - at);
    at = end;
  }
  return out;
}

/// It is made where it is not there yet.
MailboxId mailbox_of(MailStore& store, const std::string& account, const std::string& mailbox,
                     TraceWriter& trace) {
  const Account* owner = store.find_account(account);
  if (owner == nullptr) throw std::runtime_error("a mailbox of an unknown account");
  const AccountId id = owner->id;
  const Mailbox* box = store.find_mailbox(id, mailbox);
  return box != nullptr ? box->id : store.create_mailbox(id, mailbox, trace);
}

enum class Mode { kWhole, kBytes, kPipelined };
constexpr const char* kModeNames[] = {"whole", "byte by byte", "pipelined"};

class Player {
 public:
  Player(const Transcript& transcript, EngineFactory make_engine, Mode mode)
      : transcript_(transcript), make_engine_(make_engine), mode_(mode) {
    TraceWriter trace(state_, nullptr, now_);
    MailStore& store = store_.edit();
    for (const auto& [name, password] : transcript.accounts) {
      store.add_account(name, password, trace);
    }
    for (const Transcript::Mail& mail : transcript.mail) {
      store.append(mailbox_of(store, mail.account, mail.mailbox, trace),
                   make_message(crlf_normalised(mail.text)), {}, 1700000000, trace);
    }
    for (const Transcript::Storage& storage : transcript.storage) {
      store.set_keeps(mailbox_of(store, storage.account, storage.mailbox, trace),
                      storage.keeps_modseqs, storage.keeps_uids);
    }
  }

  std::string play() {
    for (size_t at = 0; at < transcript_.steps.size(); ++at) {
      const Transcript::Step& step = transcript_.steps[at];
      const std::string problem = play_step(at);
      if (!problem.empty()) {
        return fmt::format("{}:{}: ({}) {}", transcript_.path, step.line_number,
                           kModeNames[static_cast<int>(mode_)], problem);
      }
    }
    return left_over();
  }

 private:
  struct Connection {
    std::unique_ptr<EngineUnderTest> engine;
    std::deque<std::string> lines;  // said and not yet asked for
    std::string partial;
    bool closed = false;
    bool wants_tls = false;
    bool secured = false;
    bool compressed = false;
    Instant wake_at = kNever;
  };

  /// What was said and never asked for, on any connection: a line that nobody may have been told
  /// yet would pass otherwise whenever its connection says nothing more.
  std::string left_over() const {
    for (const auto& [number, on] : connections_) {
      if (on.lines.empty() && on.partial.empty()) continue;
      return fmt::format("{}: ({}) at the end the server also said to connection {}: {}",
                         transcript_.path, kModeNames[static_cast<int>(mode_)], number,
                         on.lines.empty() ? on.partial : on.lines.front());
    }
    return {};
  }

  Context context(TraceWriter& trace, int connection) {
    return Context{now_,  1700000000 + now_.ns / 1000000000, AgentId{static_cast<uint32_t>(connection)},
                   "mail.example.net", "client.example.org", trace, &store_, nullptr,
                   connections_[connection].secured, static_cast<uint64_t>(connection)};
  }

  Connection& connection(int number) {
    Connection& found = connections_[number];
    if (!found.engine) {
      found.engine = make_engine_(transcript_);
      found.secured = transcript_.options.count("implicit-tls") != 0;
      run(number, [](EngineUnderTest& engine, Context& c, Outbox& out) { engine.open(c, out); });
    }
    return found;
  }

  template <class Action>
  void run(int number, Action action) {
    Connection& on = connections_[number];
    TraceWriter trace(state_, nullptr, now_);
    Context c = context(trace, number);
    Outbox out;
    const uint64_t version = store_->version();
    action(*on.engine, c, out);
    for (const OutUnit& unit : out.units) take_bytes(on, unit.bytes());
    if (out.close) on.closed = true;
    if (out.start_tls) on.wants_tls = true;
    if (out.start_compression) on.compressed = true;
    if (out.wake_at) on.wake_at = *out.wake_at;
    if (out.cancel_wake) on.wake_at = kNever;
    if (store_->version() != version) {
      for (auto& [other_number, other] : connections_) {
        if (other_number == number || !other.engine || other.closed) continue;
        other.engine->store_changed(*store_);
      }
    }
  }

  static void take_bytes(Connection& on, std::string_view bytes) {
    on.partial.append(bytes);
    for (size_t end = on.partial.find("\r\n"); end != std::string::npos;
         end = on.partial.find("\r\n")) {
      on.lines.push_back(on.partial.substr(0, end));
      on.partial.erase(0, end + 2);
    }
  }

  /// Turns until no engine has anything to do.
  void settle() {
    bool busy = true;
    for (int guard = 0; busy && guard < 100000; ++guard) {
      busy = false;
      for (auto& [number, on] : connections_) {
        if (!on.engine || on.closed || !on.engine->ready()) continue;
        busy = true;
        run(number, [](EngineUnderTest& engine, Context& c, Outbox& out) { engine.turn(c, out); });
      }
    }
  }

  void say(int number, std::string_view bytes) {
    Connection& to = connection(number);
    if (mode_ == Mode::kBytes) {
      for (const char c : bytes) {
        if (to.closed) return;
        to.engine->receive(std::string_view(&c, 1));
        settle();
      }
    } else if (!to.closed) {
      to.engine->receive(bytes);
    }
    settle();
  }

  /// What the client says in this step; nothing when it only hears.
  std::string bytes_of(const Transcript::Step& step) const {
    if (step.verb == "C:") return with_captures(step.text, captures_) + "\r\n";
    return step.verb == "C<" ? unescaped(step.text) : std::string();
  }

  /// All that the client says from here on before it must know something: what another connection
  /// does, what an answer held, that TLS is there.
  std::string bytes_of_run(size_t from) {
    const int number = transcript_.steps[from].connection;
    std::string bytes;
    for (said_until_ = from; said_until_ < transcript_.steps.size(); ++said_until_) {
      const Transcript::Step& step = transcript_.steps[said_until_];
      const bool speech = step.verb == "C:" || step.verb == "C<" || step.verb == "S:";
      if (step.connection != number || !speech) break;
      if (said_until_ != from && step.verb == "C:" && needs_capture(step.text)) break;
      bytes += bytes_of(step);
    }
    return bytes;
  }
  /// Whether it says what an answer to come has to tell first.
  bool needs_capture(const std::string& text) const {
    for (size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at + 1)) {
      const size_t end = name_end(text, at);
      if (end > at + 1 && captures_.count(text.substr(at + 1, end - at - 1)) == 0) return true;
    }
    return false;
  }

  std::string play_step(size_t at) {
    const Transcript::Step& step = transcript_.steps[at];
    Connection& on = connection(step.connection);
    if (step.verb == "open") return {};
    if (step.verb == "C:" || step.verb == "C<") {
      if (at < said_until_) return {};
      if (!on.lines.empty()) return "the server also said: " + on.lines.front();
      if (on.closed) return "the server has already closed this connection";
      say(step.connection, mode_ == Mode::kPipelined ? bytes_of_run(at) : bytes_of(step));
      return {};
    }
    if (step.verb == "S:") {
      if (on.lines.empty()) return fmt::format("expected \"{}\", but nothing was said", step.text);
      const std::string line = on.lines.front();
      on.lines.pop_front();
      if (matches(step.text, line, captures_)) return {};
      return fmt::format("\n  expected: {}\n  got:      {}", step.text, line);
    }
    if (step.verb == "S!") {
      for (const std::string& line : on.lines) {
        if (line.find(step.text) != std::string::npos) return "must not be said: " + line;
      }
      return {};
    }
    if (step.verb == "closed") {
      if (!on.lines.empty()) return "the server also said: " + on.lines.front();
      return on.closed ? "" : "the server has not closed the connection";
    }
    if (step.verb == "cut") {
      if (!on.lines.empty()) return "the server also said: " + on.lines.front();
      run(step.connection, [](EngineUnderTest& engine, Context& c, Outbox& out) {
        engine.closed(c, out, CloseReason::kReset);
      });
      on.closed = true;
      settle();
      return {};
    }
    if (step.verb == "tls") {
      if (!on.wants_tls || on.secured) return "the server has not agreed to TLS";
      on.secured = true;
      run(step.connection,
          [](EngineUnderTest& engine, Context& c, Outbox& out) { engine.secured(c, out); });
      settle();
      return {};
    }
    if (step.verb == "compressed") {
      return on.compressed ? "" : "the server has not switched compression on";
    }
    if (step.verb == "shutdown") {
      run(step.connection,
          [](EngineUnderTest& engine, Context& c, Outbox& out) { engine.shut_down(c, out); });
      return {};
    }
    if (step.verb == "wait") return wait(step.text);
    if (step.verb == "renew-uids") return renew_uids(step.text);
    return "not a step: " + step.verb;
  }

  std::string wait(std::string_view text) {
    const std::optional<uint64_t> count = parse_number(text.substr(0, text.size() - 1), 1000000);
    if (!count || text.back() != 's') return "expected a number of seconds such as 600s";
    now_ = now_ + seconds(static_cast<int64_t>(*count));
    for (auto& [number, on] : connections_) {
      if (!on.engine || on.closed || now_ < on.wake_at) continue;
      on.wake_at = kNever;
      run(number, [](EngineUnderTest& engine, Context& c, Outbox& out) { engine.timer(c, out); });
    }
    settle();
    return {};
  }

  /// What InputKind::kRenewUids does to a world.
  std::string renew_uids(const std::string& text) {
    std::istringstream words(text);
    std::string user, name;
    words >> user >> name;
    const Account* account = store_->find_account(user);
    const Mailbox* box = account != nullptr ? store_->find_mailbox(account->id, name) : nullptr;
    if (box == nullptr) return "no mailbox " + text;
    TraceWriter trace(state_, nullptr, now_);
    store_.edit().renew_uid_validity(box->id, trace);
    for (auto& [number, on] : connections_) {
      if (on.engine && !on.closed) on.engine->store_changed(*store_);
    }
    settle();
    return {};
  }

  const Transcript& transcript_;
  EngineFactory make_engine_;
  Mode mode_;
  Instant now_;
  TraceState state_;
  Cow<MailStore> store_;
  std::map<int, Connection> connections_;
  std::map<std::string, std::string> captures_;
  size_t said_until_ = 0;  // the steps before it have been said, pipelined
};

}  // namespace

Transcript read_transcript(const std::string& path) {
  std::ifstream file(path);
  Transcript transcript;
  transcript.path = std::filesystem::path(path).filename().string();
  std::string line;
  int number = 0;
  bool in_steps = false;
  while (std::getline(file, line)) {
    ++number;
    const auto fail = [&](const char* what) {
      throw std::runtime_error(fmt::format("{}:{}: {}: {}", path, number, what, line));
    };
    if (!in_steps && line.rfind("  ", 0) == 0 && !transcript.mail.empty()) {
      transcript.mail.back().text += line.substr(2) + "\n";
      continue;
    }
    if (line.empty()) {
      if (!in_steps && !transcript.mail.empty()) transcript.mail.back().text += "\n";
      continue;
    }
    if (line[0] == '#') continue;
    if (line == "---") {
      in_steps = true;
      continue;
    }
    std::istringstream words(line);
    if (!in_steps) {
      std::string word, rest;
      words >> word;
      std::getline(words >> std::ws, rest);
      std::istringstream arguments(rest);
      std::string first, second;
      arguments >> first >> second;
      if (word == "protocol") transcript.protocol = rest;
      else if (word == "account") transcript.accounts.emplace_back(first, second);
      else if (word == "mail")
        transcript.mail.push_back({first, second, ""});
      else if (word == "keeps") {
        std::string kept;
        std::getline(arguments, kept);
        transcript.storage.push_back({first, second, kept.find("modseqs") != std::string::npos,
                                      kept.find("uids") != std::string::npos});
      } else
        transcript.options[word] = rest;
      continue;
    }
    Transcript::Step step;
    step.line_number = number;
    if (!(words >> step.connection >> step.verb)) fail("expected a connection number and a verb");
    const size_t verb_at = line.find(step.verb);
    const size_t text_at = verb_at + step.verb.size();
    if (text_at < line.size()) step.text = line.substr(text_at + 1);
    transcript.steps.push_back(step);
  }
  if (transcript.steps.empty()) throw std::runtime_error(path + ": no steps after ---");
  // The blank line that separates a message from what follows in the header is not part of it.
  for (Transcript::Mail& mail : transcript.mail) {
    while (mail.text.size() > 1 && mail.text.substr(mail.text.size() - 2) == "\n\n") {
      mail.text.pop_back();
    }
  }
  return transcript;
}

std::vector<Transcript> read_transcripts(const std::string& protocol) {
  std::vector<std::string> paths;
  const std::string folder = std::string(MAILSCOPE_SOURCE_DIR) + "/tests/transcripts/" + protocol;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Transcript> transcripts;
  for (const std::string& path : paths) transcripts.push_back(read_transcript(path));
  return transcripts;
}

std::string play_transcript(const Transcript& transcript, EngineFactory make_engine) {
  for (const Mode mode : {Mode::kWhole, Mode::kBytes, Mode::kPipelined}) {
    std::string problem = Player(transcript, make_engine, mode).play();
    if (!problem.empty()) return problem;
  }
  return {};
}

std::vector<std::string> commands_said(const std::vector<Transcript>& transcripts,
                                       size_t word_index) {
  std::set<std::string> said;
  for (const Transcript& transcript : transcripts) {
    for (const Transcript::Step& step : transcript.steps) {
      if (step.verb != "C:") continue;
      std::istringstream words(step.text);
      std::string word;
      for (size_t i = 0; i <= word_index; ++i) {
        if (!(words >> word)) word.clear();
      }
      if (!word.empty()) said.insert(ascii_upper(word));
    }
  }
  return {said.begin(), said.end()};
}

}  // namespace mailscope::test
