// A scripted server for tests of the SMTP client: what it says, and what the client must say, line
// by line. Played with each line alone, byte by byte, and with everything the server says at once
// in one piece. Lines of a script:
//
//   S: 220 ready        the server says this
//   C: EHLO x           the client's next line is this
//   C| Subject: a\r\n   the client's next unit is this block of message data (\r \n \0 are escapes)
//   tls                 the client has asked for the handshake; it takes place
//   cut, wait           the connection breaks; the client's patience is over
//   end                 the client has closed the connection and has no more to say
#pragma once

#include <deque>
#include <sstream>
#include <string>
#include <vector>

#include "sim/smtp/client.h"

namespace mailscope::test {

class ClientScript {
 public:
  enum class Mode { kLines, kBytes, kTogether };

  ClientScript(SmtpClient client, Mode mode) : client_(std::move(client)), mode_(mode) {
    run([](SmtpClient& c, Context& x, Outbox& o) { c.open(x, o); });
  }

  /// Empty, or what went otherwise than written.
  std::string play(const std::string& script) {
    std::istringstream lines(script);
    std::string line;
    while (std::getline(lines, line)) {
      if (line.empty() || line[0] == '#') continue;
      const std::string problem = step(line);
      if (!problem.empty()) return problem;
    }
    feed();
    return said_.empty() ? "" : "the client also said: " + said_.front();
  }

  [[nodiscard]] const SmtpClient& client() const { return client_; }
  /// How often the client recorded that the server broke a rule.
  [[nodiscard]] size_t violations() const {
    size_t count = 0;
    for (uint32_t i = 1; i <= trace_.size(); ++i) {
      if (trace_[i].kind == EventKind::kViolation) ++count;
    }
    return count;
  }
  [[nodiscard]] bool secret_seen() const { return secret_; }

 private:
  std::string step(const std::string& line) {
    if (line.rfind("S: ", 0) == 0) {
      waiting_ += line.substr(3) + "\r\n";
      if (mode_ != Mode::kTogether) feed();
      return {};
    }
    feed();
    if (line.rfind("C: ", 0) == 0) return expect(line.substr(3) + "\r\n");
    if (line.rfind("C| ", 0) == 0) return expect(unescaped(line.substr(3)));
    if (line == "tls") {
      if (!wants_tls_ || secured_) return "the client has not asked for TLS";
      secured_ = true;
      run([](SmtpClient& c, Context& x, Outbox& o) { c.secured(x, o); });
      return {};
    }
    if (line == "cut") {
      run([](SmtpClient& c, Context& x, Outbox& o) { c.closed(x, o, CloseReason::kPeerClosed); });
      return {};
    }
    if (line == "wait") {
      run([](SmtpClient& c, Context& x, Outbox& o) { c.timer(x, o); });
      return {};
    }
    if (line == "end") return closed_ && said_.empty() ? "" : "the client has not ended";
    return "not a step: " + line;
  }

  std::string expect(const std::string& bytes) {
    if (said_.empty()) return "expected \"" + bytes + "\", but nothing was said";
    const std::string got = said_.front();
    said_.pop_front();
    return got == bytes ? "" : "expected: " + bytes + "got:      " + got;
  }

  void feed() {
    const std::string bytes = std::move(waiting_);
    waiting_.clear();
    if (bytes.empty()) return;
    if (mode_ == Mode::kBytes) {
      for (const char c : bytes) take(std::string_view(&c, 1));
    } else {
      take(bytes);
    }
  }

  void take(std::string_view bytes) {
    if (closed_) return;
    client_.receive(bytes);
    while (!closed_ && client_.ready()) {
      SmtpClient copy = client_;  // engines are values: a copy goes on as the original would
      client_ = copy;
      run([](SmtpClient& c, Context& x, Outbox& o) { c.turn(x, o); });
    }
  }

  template <class Action>
  void run(Action action) {
    TraceWriter writer(state_, &trace_, Instant{});
    Context context{Instant{},          1700000000, AgentId{1}, "client.example.org",
                    "mail.example.net", writer,     nullptr,    nullptr,
                    secured_,           7};
    Outbox out;
    action(client_, context, out);
    for (const OutUnit& unit : out.units) {
      said_.emplace_back(unit.bytes());
      secret_ = secret_ || (unit.flags & LineFlags::kSecret) != 0;
    }
    if (out.start_tls) wants_tls_ = true;
    if (out.close) closed_ = true;
  }

  static std::string unescaped(const std::string& text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        out += text[i];
        continue;
      }
      ++i;
      out += text[i] == 'r' ? '\r' : text[i] == 'n' ? '\n' : text[i] == '0' ? '\0' : text[i];
    }
    return out;
  }

  SmtpClient client_;
  Mode mode_;
  TraceState state_;
  Trace trace_;
  std::string waiting_;  // said by the server, not yet given to the client
  std::deque<std::string> said_;
  bool wants_tls_ = false;
  bool secured_ = false;
  bool closed_ = false;
  bool secret_ = false;
};

}  // namespace mailscope::test
