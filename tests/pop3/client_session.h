// A POP3 client engine on its own: the test says the server's lines and reads what the client says.
#pragma once

#include <string>

#include "sim/pop3/client.h"

namespace mailscope::test {

class ClientSession {
 public:
  ClientSession(const Pop3ClientConfig& config, Cow<LocalStore>& local,
                std::vector<std::string> delete_ids = {}, Instant now = Instant{})
      : client_(std::make_shared<const Pop3ClientConfig>(config), std::move(delete_ids)),
        local_(local),
        now_(now) {
    run([](Pop3Client& c, Context& context, Outbox& out) { c.open(context, out); });
  }

  /// Gives the client these bytes; what it then says, lines joined and without CR.
  std::string hear(std::string_view bytes) {
    client_.receive(bytes);
    settle();
    return take_said();
  }
  /// The same, a byte at a time.
  std::string hear_slowly(std::string_view bytes) {
    for (const char c : bytes) {
      client_.receive(std::string_view(&c, 1));
      settle();
    }
    return take_said();
  }
  std::string handshake() {
    secured_ = true;
    run([](Pop3Client& c, Context& context, Outbox& out) { c.secured(context, out); });
    settle();
    return take_said();
  }
  void close(CloseReason reason) {
    run([reason](Pop3Client& c, Context& context, Outbox& out) { c.closed(context, out, reason); });
  }
  std::string timer() {
    run([](Pop3Client& c, Context& context, Outbox& out) { c.timer(context, out); });
    return take_said();
  }

  [[nodiscard]] const Pop3Client& client() const { return client_; }
  [[nodiscard]] const SessionOutcome& outcome() const { return client_.outcome(); }
  [[nodiscard]] bool wants_tls() const { return wants_tls_; }
  [[nodiscard]] bool closed() const { return closed_; }
  /// Lines marked as carrying a password, so far.
  [[nodiscard]] int secrets() const { return secrets_; }
  [[nodiscard]] uint64_t violations() const { return violations_; }

 private:
  void settle() {
    while (!closed_ && client_.ready()) {
      Pop3Client copy = client_;  // engines are values: a copy goes on as the original would
      client_ = copy;
      run([](Pop3Client& c, Context& context, Outbox& out) { c.turn(context, out); });
    }
  }

  template <class Action>
  void run(Action action) {
    Trace trace;
    TraceState state;
    TraceWriter writer(state, &trace, now_);
    Context context{
        now_,    1700000000, AgentId{7}, "client.example.org", "mail.example.net", writer, nullptr,
        &local_, secured_,   42};
    Outbox out;
    action(client_, context, out);
    for (const OutUnit& unit : out.units) {
      said_ += unit.bytes();
      secrets_ += (unit.flags & LineFlags::kSecret) != 0 ? 1 : 0;
    }
    if (out.close) closed_ = true;
    if (out.start_tls) wants_tls_ = true;
    for (uint32_t i = 1; i <= trace.size(); ++i) {
      violations_ += trace[i].kind == EventKind::kViolation ? 1 : 0;
    }
  }

  std::string take_said() {
    std::string text;
    for (const char c : said_) {
      if (c != '\r') text += c;
    }
    said_.clear();
    return text;
  }

  Pop3Client client_;
  Cow<LocalStore>& local_;
  Instant now_;
  std::string said_;
  bool secured_ = false;
  bool wants_tls_ = false;
  bool closed_ = false;
  int secrets_ = 0;
  uint64_t violations_ = 0;
};

}  // namespace mailscope::test
