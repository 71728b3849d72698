// How fast the IMAP server is by itself, without the network: one mailbox of a million messages (or
// of as many as MAILSCOPE_BENCH_MESSAGES says). The aims: SELECT under 1 ms, FETCH of all FLAGS over
// 2,000,000 messages/s, ENVELOPE from the cached parse over 500,000/s, SEARCH by header over
// 1,000,000/s, resynchronising after 1,000 changes under 5 ms, under 150 bytes a message besides its
// text.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <cstdlib>

#include "sim/base/memory.h"
#include "sim/imap/server.h"

using namespace mailscope;

namespace {

size_t message_count() {
  const char* asked = std::getenv("MAILSCOPE_BENCH_MESSAGES");
  return asked != nullptr ? std::strtoul(asked, nullptr, 10) : 1000000;
}

std::string message_text(size_t i) {
  return fmt::format(
      "From: Friend {0} <friend{0}@example.org>\r\nTo: Bob <bob@example.net>\r\n"
      "Subject: Letter {1} about the garden\r\nDate: Mon, 7 Feb 1994 21:52:25 -0800\r\n"
      "Message-ID: <{1}@example.org>\r\n\r\nDear Bob,\r\nthe roses bloom.\r\n",
      i % 1000, i);
}

/// A store with one big INBOX, copied for each benchmark that changes it.
struct BigMailbox {
  BigMailbox() {
    keep_freed_memory();  // as mailsim serve does
    TraceWriter writer(state, nullptr, Instant{});
    const AccountId bob = store.edit().add_account("bob", "secret", writer);
    const MailboxId inbox = store->inbox(bob).id;
    std::vector<MessagePtr> messages;
    uint64_t text = 0;
    for (size_t i = 0; i < message_count(); ++i) {
      const std::string made = message_text(i);
      text += made.size() + 1;
      messages.push_back(make_message(made));
    }
    FlagNames seen;
    seen.system = Flag::kSeen;
    for (const MessagePtr& message : messages) {
      store.edit().append(inbox, message, seen, 0, writer);
    }
    text_octets = text;
  }

  TraceState state;
  Cow<MailStore> store;
  uint64_t text_octets = 0;
};

const BigMailbox& big() {
  static const BigMailbox mailbox;
  return mailbox;
}

/// A session of its own on a copy of the big mailbox.
class Session {
 public:
  explicit Session(bool select = true) : store_(big().store), server_(config()) {
    TraceWriter writer(state_, nullptr, Instant{});
    Context context{Instant{}, 0, AgentId{1}, "host", "peer", writer, &store_, nullptr};
    Outbox out;
    server_.open(context, out);
    say("a LOGIN bob secret\r\n");
    say("b ENABLE QRESYNC\r\n");
    if (select) say("c SELECT INBOX\r\n");
  }
  /// How many octets were said in answer.
  size_t say(std::string_view bytes) {
    TraceWriter writer(state_, nullptr, Instant{});
    Context context{Instant{}, 0, AgentId{1}, "host", "peer", writer, &store_, nullptr};
    server_.receive(bytes);
    size_t octets = 0;
    while (server_.ready()) {
      Outbox out;
      server_.turn(context, out);
      for (const OutUnit& unit : out.units) octets += unit.size;
    }
    return octets;
  }

 private:
  static std::shared_ptr<const ImapServerConfig> config() {
    ImapServerConfig made;
    made.extensions = imap::all_extensions();
    made.max_work = UINT64_MAX;
    made.progress_every = UINT32_MAX;
    return std::make_shared<const ImapServerConfig>(made);
  }

  TraceState state_;
  Cow<MailStore> store_;
  ImapServer server_;
};

void per_message(benchmark::State& state, size_t messages) {
  state.counters["messages/s"] =
      benchmark::Counter(static_cast<double>(messages), benchmark::Counter::kIsRate);
}

void whole_command(benchmark::State& state, const char* command) {
  Session session;
  session.say(std::string("w ") + command + "\r\n");  // what can be cached is
  size_t messages = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(session.say(std::string("x ") + command + "\r\n"));
    messages += message_count();
  }
  per_message(state, messages);
}

void select(benchmark::State& state) {
  Session session(false);
  for (auto _ : state) session.say("x SELECT INBOX\r\n");
}
BENCHMARK(select)->Unit(benchmark::kMillisecond);

void fetch_flags(benchmark::State& state) { whole_command(state, "UID FETCH 1:* (FLAGS)"); }
BENCHMARK(fetch_flags)->Unit(benchmark::kMillisecond);

void fetch_envelope(benchmark::State& state) { whole_command(state, "FETCH 1:* (ENVELOPE)"); }
BENCHMARK(fetch_envelope)->Unit(benchmark::kMillisecond);

void search_subject(benchmark::State& state) {
  whole_command(state, "SEARCH RETURN (COUNT) SUBJECT zebra");
}
BENCHMARK(search_subject)->Unit(benchmark::kMillisecond);

void search_header(benchmark::State& state) {
  whole_command(state, "SEARCH RETURN (COUNT) HEADER Message-ID nobody");
}
BENCHMARK(search_header)->Unit(benchmark::kMillisecond);

void store_one(benchmark::State& state) {
  Session session;
  bool on = false;
  for (auto _ : state) {
    on = !on;
    session.say(fmt::format("x UID STORE {} {}FLAGS.SILENT (\\Flagged)\r\n", message_count() / 2,
                            on ? '+' : '-'));
  }
}
BENCHMARK(store_one)->Unit(benchmark::kMicrosecond);

void store_all(benchmark::State& state) {
  Session session;
  bool on = false;
  size_t messages = 0;
  for (auto _ : state) {
    on = !on;
    session.say(fmt::format("x UID STORE 1:* {}FLAGS.SILENT (\\Flagged)\r\n", on ? '+' : '-'));
    messages += message_count();
  }
  per_message(state, messages);
}
BENCHMARK(store_all)->Unit(benchmark::kMillisecond)->Iterations(2);

/// O(n): the time a message stays the same for half as many messages.
void expunge_every_second(benchmark::State& state) {
  size_t messages = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Session session;
    // Every second message is marked by its UID: a set of half a million numbers in pieces.
    const size_t piece = 5000;
    for (size_t first = 1; first <= message_count(); first += 2 * piece) {
      std::string set;
      for (size_t uid = first; uid < first + 2 * piece && uid <= message_count(); uid += 2) {
        set += fmt::format("{}{}", set.empty() ? "" : ",", uid);
      }
      session.say(fmt::format("x UID STORE {} +FLAGS.SILENT (\\Deleted)\r\n", set));
    }
    state.ResumeTiming();
    session.say("y EXPUNGE\r\n");
    messages += message_count();
  }
  per_message(state, messages);
}
BENCHMARK(expunge_every_second)->Unit(benchmark::kMillisecond)->Iterations(1);

void resynchronise(benchmark::State& state) {
  Session session;
  const size_t step = message_count() / 1000;
  for (size_t i = 0; i < 500; ++i) {
    session.say(fmt::format("x UID STORE {} +FLAGS.SILENT (\\Flagged)\r\n", 1 + i * step));
    session.say(fmt::format("y UID STORE {} +FLAGS.SILENT (\\Deleted)\r\n", 2 + i * step));
  }
  session.say("z EXPUNGE\r\n");
  const std::string select =
      fmt::format("s SELECT INBOX (QRESYNC (1 {} 1:{}))\r\n", message_count() + 1, message_count());
  for (auto _ : state) benchmark::DoNotOptimize(session.say(select));
}
BENCHMARK(resynchronise)->Unit(benchmark::kMillisecond);

void memory(benchmark::State& state) {
  const struct mallinfo2 before = mallinfo2();
  const auto mailbox = std::make_unique<BigMailbox>();
  const struct mallinfo2 after = mallinfo2();
  for (auto _ : state) {
  }
  const auto used = static_cast<double>(after.uordblks + after.hblkhd) -
                    static_cast<double>(before.uordblks + before.hblkhd);
  state.counters["bytes/message"] = (used - static_cast<double>(mailbox->text_octets)) /
                                    static_cast<double>(message_count());
}
BENCHMARK(memory)->Iterations(1);

}  // namespace
