// Three sessions do random things to one mailbox. Each has a client that believes nothing but what it
// is told, and after every NOOP believes the truth: numbers, UIDs, flags (RFC 3501 §5.2, §7.4.1).
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <sstream>

#include "sim/base/ascii.h"
#include "sim/base/rng.h"
#include "sim/imap/server.h"

using namespace mailscope;

namespace {

struct Believed {
  std::optional<uint32_t> uid;
  std::optional<std::set<std::string>> flags;  // without \Recent
};

struct Client {
  ImapServer server{std::make_shared<const ImapServerConfig>()};
  std::vector<Believed> messages;
  std::string command;  // under way; empty when none is
};

std::set<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::set<std::string> words;
  for (std::string word; stream >> word;) words.insert(word);
  return words;
}

std::string between(const std::string& line, const std::string& from, char to) {
  const size_t begin = line.find(from);
  if (begin == std::string::npos) return {};
  const size_t start = begin + from.size();
  return line.substr(start, line.find(to, start) - start);
}

class Play {
 public:
  explicit Play(uint64_t seed) : rng_(seed) {
    TraceWriter trace(state_, nullptr, Instant{});
    const AccountId bob = store_.edit().add_account("bob", "secret", trace);
    inbox_ = store_->inbox(bob).id;
    for (int i = 0; i < 5; ++i) {
      store_.edit().append(inbox_, make_message("Subject: x\r\n\r\n"), {}, 0, trace);
    }
    for (Client& client : clients_) {
      run(client, [](ImapServer& server, Context& c, Outbox& o) { server.open(c, o); });
      say(client, "LOGIN bob secret");
      select(client);
    }
  }

  void step() {
    Client& client = clients_[rng_.below(3)];
    if (client.server.idling()) {
      if (rng_.below(3) == 0) say(client, "DONE");
      return;
    }
    const size_t count = client.messages.size();
    switch (rng_.below(12)) {
      case 0: return say(client, "EXPUNGE");
      case 1: return say(client, "APPEND INBOX (\\Draft) {14+}\r\nSubject: y\r\n\r\n");
      case 2: return say(client, "IDLE");
      case 3: return say(client, "SEARCH ALL");
      case 4: return select(client);
      case 5: return check(client);
      case 6: return say(client, "UID FETCH 1:* (FLAGS)");
      case 7:
        if (count > 0) say(client, fmt::format("COPY {} INBOX", 1 + rng_.below(count)));
        return;
      case 8:
        if (count > 0) say(client, fmt::format("FETCH {} (BODY[TEXT] UID)", 1 + rng_.below(count)));
        return;
      default:
        if (count > 0) store_flags(client);
        return;
    }
  }

  void check_all() {
    for (Client& client : clients_) {
      if (client.server.idling()) say(client, "DONE");
      check(client);
    }
  }

 private:
  void store_flags(Client& client) {
    constexpr const char* kFlags[] = {"\\Seen", "\\Deleted", "\\Flagged", "Work", "Home"};
    constexpr const char* kModes[] = {"FLAGS", "+FLAGS", "-FLAGS"};
    const size_t at = rng_.below(client.messages.size());
    const std::string flag = kFlags[rng_.below(5)];
    const size_t mode = rng_.below(3);
    const bool silent = rng_.below(2) == 0;
    std::optional<std::set<std::string>>& believed = client.messages[at].flags;
    if (silent && mode == 0) believed = {flag};
    if (silent && mode == 1 && believed) believed->insert(flag);
    if (silent && mode == 2 && believed) believed->erase(flag);
    say(client, fmt::format("STORE {} {}{} ({})", at + 1, kModes[mode], silent ? ".SILENT" : "",
                            flag));
  }

  void select(Client& client) {
    client.messages.clear();
    say(client, "SELECT INBOX");
    say(client, "UID FETCH 1:* (FLAGS)");
  }

  /// What the client believes after NOOP is the truth.
  void check(Client& client) {
    say(client, "NOOP");
    const Mailbox& mailbox = store_->mailbox(inbox_);
    REQUIRE(client.messages.size() == mailbox.entries.size());
    for (size_t i = 0; i < client.messages.size(); ++i) {
      const MailboxEntry& entry = mailbox.entries[i];
      const Believed& believed = client.messages[i];
      if (believed.uid) CHECK(*believed.uid == entry.uid.value);
      if (believed.flags) {
        const bool same = *believed.flags == words_of(flags_text(entry.flags, mailbox.keywords));
        CHECK(same);
      }
    }
  }

  template <class Action>
  void run(Client& client, Action action) {
    TraceWriter trace(state_, nullptr, Instant{});
    Context context{Instant{}, 0, AgentId{1}, "host", "peer", trace, &store_, nullptr};
    Outbox out;
    action(client.server, context, out);
    std::string said;
    for (const OutUnit& unit : out.units) said += unit.bytes();
    for (size_t end = said.find("\r\n"); end != std::string::npos; end = said.find("\r\n")) {
      hear(client, said.substr(0, end));
      said.erase(0, end + 2);
    }
  }

  void say(Client& client, const std::string& command) {
    client.command = command == "DONE" ? "IDLE" : command.substr(0, command.find(' '));
    client.server.receive((command == "DONE" ? "" : "t ") + command + "\r\n");
    turns(client);
    if (!client.server.idling()) client.command.clear();
    for (Client& other : clients_) {
      if (!other.server.wants_news() || !other.server.has_news(*store_)) continue;
      other.server.notify();
      turns(other);
    }
  }

  void turns(Client& client) {
    while (client.server.ready()) {
      run(client, [](ImapServer& server, Context& c, Outbox& o) { server.turn(c, o); });
    }
  }

  void hear(Client& client, const std::string& line) {
    if (line.rfind("t BAD", 0) == 0) FAIL(line);
    if (line.rfind("* ", 0) != 0) return;
    std::istringstream words(line.substr(2));
    uint32_t number = 0;
    std::string name;
    if (!(words >> number >> name)) return;
    if (name == "EXISTS") {
      CHECK(number >= client.messages.size());
      client.messages.resize(number);
    } else if (name == "EXPUNGE") {
      CHECK(!client.command.empty());
      CHECK(client.command != "FETCH");
      CHECK(client.command != "STORE");
      CHECK(client.command != "SEARCH");
      REQUIRE(number >= 1);
      REQUIRE(number <= client.messages.size());
      client.messages.erase(client.messages.begin() + (number - 1));
    } else if (name == "FETCH") {
      REQUIRE(number >= 1);
      REQUIRE(number <= client.messages.size());
      hear_fetch(client, client.messages[number - 1], line);
    }
  }

  void hear_fetch(Client& client, Believed& message, const std::string& line) {
    if (const auto uid = parse_number(words_first(between(line, "UID ", ')')), UINT32_MAX)) {
      if (message.uid) CHECK(*message.uid == *uid);
      message.uid = static_cast<uint32_t>(*uid);
    }
    if (line.find("FLAGS (") == std::string::npos) return;
    message.flags = words_of(between(line, "FLAGS (", ')'));
    const bool recent = message.flags->erase("\\Recent") == 1;
    if (recent && message.uid) note_recent(client, *message.uid);
  }

  static std::string words_first(const std::string& text) { return text.substr(0, text.find(' ')); }

  /// RFC 3501 §2.3.2: to one session a message is \Recent, if to any.
  void note_recent(const Client& client, uint32_t uid) {
    const auto [known, is_new] = recent_.try_emplace(uid, &client);
    CHECK((is_new || known->second == &client));
  }

  Rng rng_;
  TraceState state_;
  Cow<MailStore> store_;
  MailboxId inbox_;
  Client clients_[3];
  std::map<uint32_t, const Client*> recent_;
};

}  // namespace

TEST_CASE("clients that believe what they are told believe the truth") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Play play(seed);
    for (int i = 0; i < 150; ++i) play.step();
    play.check_all();
  }
}
