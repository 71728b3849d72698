// An IMAP client engine on its own: the test says the server's lines and reads what the client says.
#pragma once

#include <string>
#include <vector>

#include "sim/imap/client.h"

namespace mailscope::test {

/// A mail program that logs in as bob.
inline ImapClientConfig bob(ImapResync resync = ImapResync::kUidWindow) {
  ImapClientConfig config;
  config.user = "bob";
  config.password = "secret";
  config.resync = resync;
  return config;
}

class ImapClientSession {
 public:
  ImapClientSession(ImapClientConfig config, Cow<LocalStore>& local,
                    std::vector<ImapOrder> orders = {})
      : client_(std::make_shared<const ImapClientConfig>(std::move(config))), local_(local) {
    for (ImapOrder& order : orders) client_.give(std::move(order));
    run([](ImapClient& c, Context& context, Outbox& out) { c.open(context, out); });
  }

  /// Gives the client these bytes; what it then says, lines joined and without CR.
  std::string hear(std::string_view bytes) {
    client_.receive(bytes);
    settle();
    return take_said();
  }
  /// The greeting with these capabilities, and the OK to LOGIN; what it says then.
  std::string log_in(const std::string& capabilities) {
    hear("* OK [CAPABILITY IMAP4rev1 " + capabilities + "] hello\r\n");
    return hear("a1 OK [CAPABILITY IMAP4rev1 " + capabilities + "] done\r\n");
  }
  std::string give(ImapOrder order) {
    client_.give(std::move(order));
    settle();
    return take_said();
  }
  std::string timer() {
    run([](ImapClient& c, Context& context, Outbox& out) { c.timer(context, out); });
    settle();
    return take_said();
  }
  void close() {
    run([](ImapClient& c, Context& context, Outbox& out) {
      c.closed(context, out, CloseReason::kReset);
    });
  }

  /// Time passes.
  void wait(Duration time) { now_ = now_ + time; }
  /// When the client wants to be woken, counted from the beginning.
  [[nodiscard]] Duration wake() const { return wake_ - Instant{}; }
  [[nodiscard]] ImapClient& client() { return client_; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }
  /// Their words, one note after the other.
  [[nodiscard]] const std::string& words() const { return words_; }
  [[nodiscard]] int violations() const { return violations_; }

 private:
  void settle() {
    while (!closed_ && client_.ready()) {
      const ImapClient copy = client_;  // engines are values: a copy goes on as the original would
      client_ = copy;
      run([](ImapClient& c, Context& context, Outbox& out) { c.turn(context, out); });
    }
  }

  template <class Action>
  void run(Action action) {
    Trace trace;
    TraceState state;
    TraceWriter writer(state, &trace, now_);
    Context context{now_,   1700000000, AgentId{7}, "client.example.org", "mail.example.net",
                    writer, nullptr,    &local_};
    Outbox out;
    action(client_, context, out);
    for (const OutUnit& unit : out.units) said_ += unit.bytes();
    if (out.close) closed_ = true;
    if (out.wake_at) wake_ = *out.wake_at;
    for (uint32_t i = 1; i <= trace.size(); ++i) {
      violations_ += trace[i].kind == EventKind::kViolation ? 1 : 0;
      if (trace[i].kind != EventKind::kNote) continue;
      notes_.push_back(static_cast<Note>(trace[i].code));
      words_ += std::string(trace.text(trace[i])) + "\n";
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

  ImapClient client_;
  Cow<LocalStore>& local_;
  Instant now_;
  Instant wake_;
  std::string said_;
  bool closed_ = false;
  std::vector<Note> notes_;
  std::string words_;
  int violations_ = 0;
};

/// What a FETCH of a new message tells.
inline std::string new_message(uint32_t number, uint32_t uid, const std::string& subject,
                               const std::string& flags = "") {
  const std::string n = std::to_string(number);
  const std::string u = std::to_string(uid);
  return "* " + n + " FETCH (UID " + u + " FLAGS (" + flags + ") RFC822.SIZE 100 ENVELOPE (NIL \"" +
         subject + "\" ((NIL NIL \"ann\" \"example.org\")) NIL NIL NIL NIL NIL NIL \"<" + subject +
         "@example.org>\"))\r\n";
}

/// A device that has been told of these messages, subjects "m1", "m2", ...
struct KnownMail {
  Cow<LocalStore> local;
  std::vector<uint32_t> keys;

  explicit KnownMail(const std::vector<uint32_t>& uids, uint64_t modseq = 0,
                     uint32_t uid_validity = 1, const std::string& folder = "INBOX") {
    TraceState state;
    TraceWriter trace(state, nullptr, Instant{});
    local.edit().set_uid_validity(folder, uid_validity, trace);
    for (const uint32_t uid : uids) {
      LocalEntry entry;
      entry.uid = Uid{uid};
      entry.subject = "m" + std::to_string(uid);
      entry.message_id = "<" + entry.subject + "@example.org>";
      entry.size = 100;
      keys.push_back(local.edit().add(folder, std::move(entry), trace));
    }
    if (modseq != 0) local.edit().set_modseq(folder, modseq);
  }
  [[nodiscard]] std::string uids(const std::string& folder = "INBOX") const {
    std::string text;
    for (const LocalEntry& entry : local->find_folder(folder)->entries) {
      text += (text.empty() ? "" : " ") + std::to_string(entry.uid.value);
    }
    return text;
  }
  [[nodiscard]] FlagBits flags(uint32_t uid, const std::string& folder = "INBOX") const {
    return local->find_uid(folder, Uid{uid})->flags;
  }
  [[nodiscard]] ImapOrder order(ImapOrder::Kind kind, size_t index, FlagBits flags = 0) const {
    ImapOrder order;
    order.kind = kind;
    order.key = keys[index];
    order.flags = flags;
    order.in = "INBOX";
    order.uid_validity = 1;
    order.message_id = local->find("INBOX", keys[index])->message_id;
    order.subject = local->find("INBOX", keys[index])->subject;
    return order;
  }
};

}  // namespace mailscope::test
