// An IMAP server engine on its own with one account, bob: the test says the client's lines and
// reads what the server says.
#pragma once

#include <string>
#include <string_view>

#include "sim/imap/server.h"

namespace mailscope::test {

class ImapServerSession {
 public:
  explicit ImapServerSession(const ImapServerConfig& config)
      : server_(std::make_shared<const ImapServerConfig>(config)) {
    TraceWriter writer(state_, &trace_, Instant{});
    bob_ = store_.edit().add_account("bob", "secret", writer);
    greeting_ = run([&](Context& c, Outbox& o) { server_.open(c, o); });
  }

  void add_mail(std::string text) {
    TraceWriter writer(state_, &trace_, Instant{});
    store_.edit().append(store_->inbox(bob_).id, make_message(std::move(text)), {}, 0, writer);
  }
  void add_mailbox(const std::string& name) {
    TraceWriter writer(state_, &trace_, Instant{});
    store_.edit().create_mailbox(bob_, name, writer);
  }
  /// All that the server says to it.
  std::string hear(std::string_view bytes) {
    server_.receive(bytes);
    std::string said;
    while (server_.ready()) said += run([&](Context& c, Outbox& o) { server_.turn(c, o); });
    return said;
  }
  /// One command, tag "z".
  std::string say(const std::string& command) { return hear("z " + command + "\r\n"); }
  /// What the server wants done after one command, tag "z".
  Outbox answer(const std::string& command) {
    server_.receive("z " + command + "\r\n");
    return outbox([&](Context& c, Outbox& o) { server_.turn(c, o); });
  }
  void log_in() { say("LOGIN bob secret"); }
  [[nodiscard]] const ImapServer& server() const { return server_; }
  [[nodiscard]] const std::string& greeting() const { return greeting_; }

 private:
  template <class Action>
  std::string run(Action action) {
    std::string said;
    const Outbox out = outbox(action);
    for (const OutUnit& unit : out.units) said += unit.bytes();
    return said;
  }
  template <class Action>
  Outbox outbox(Action action) {
    TraceWriter writer(state_, &trace_, Instant{});
    Context context{Instant{}, 0, AgentId{1}, "host", "peer", writer, &store_, nullptr};
    Outbox out;
    action(context, out);
    return out;
  }

  Trace trace_;
  TraceState state_;
  Cow<MailStore> store_;
  AccountId bob_;
  ImapServer server_;
  std::string greeting_;
};

}  // namespace mailscope::test
