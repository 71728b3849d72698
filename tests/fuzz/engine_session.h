// One engine fed raw bytes, whole or one at a time, with a small store behind it: shared by the fuzz targets of
// SMTP and POP3. Whatever the pieces, the engine must say the same; and it must always come to an end.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"

namespace mailscope::fuzz {

template <class Engine>
class EngineSession {
 public:
  explicit EngineSession(Engine engine) : engine_(std::move(engine)) {
    TraceWriter trace(state_, nullptr, Instant{});
    MailStore& store = store_.edit();
    const AccountId bob = store.add_account("bob", "secret", trace);
    const MessagePtr message = make_message("Subject: one\r\n\r\n.dot\r\n");
    store.append(store.inbox(bob).id, message, {}, 1700000000, trace);
    store.append(store.inbox(bob).id, message, {}, 1700000000, trace);
    run([](Engine& e, Context& c, Outbox& o) { e.open(c, o); });
  }

  void feed(std::string_view bytes) {
    if (closed_) return;
    engine_.receive(bytes);
    for (int turns = 0; !closed_ && engine_.ready(); ++turns) {
      // Every turn takes at least one byte or says the session is over.
      if (turns > 1 << 20) std::abort();
      run([](Engine& e, Context& c, Outbox& o) { e.turn(c, o); });
    }
  }

  void finish() {
    run([](Engine& e, Context& c, Outbox& o) { e.closed(c, o, CloseReason::kReset); });
    if (!engine_.finished()) std::abort();
  }

  [[nodiscard]] const std::string& said() const { return said_; }
  [[nodiscard]] uint64_t store_digest() const { return store_->digest(); }

 private:
  template <class Action>
  void run(Action action) {
    TraceWriter trace(state_, nullptr, Instant{});
    Context context{Instant{}, 1700000000, AgentId{1}, "host.example", "peer.example", trace,
                    &store_, &local_};
    Outbox out;
    action(engine_, context, out);
    for (const OutUnit& unit : out.units) said_ += unit.bytes();
    if (out.close) closed_ = true;
  }

  Engine engine_;
  TraceState state_;
  Cow<MailStore> store_;
  Cow<LocalStore> local_;
  std::string said_;
  bool closed_ = false;
};

/// Feeds the same bytes whole and one by one to two engines alike, and compares; what they said.
template <class Engine>
std::string feed_both_ways(const Engine& engine, std::string_view bytes) {
  EngineSession<Engine> whole(engine);
  EngineSession<Engine> single(engine);
  whole.feed(bytes);
  for (size_t i = 0; i < bytes.size(); ++i) single.feed(bytes.substr(i, 1));
  if (whole.said() != single.said()) std::abort();
  whole.finish();
  single.finish();
  if (whole.store_digest() != single.store_digest()) std::abort();
  return whole.said();
}

}  // namespace mailscope::fuzz
