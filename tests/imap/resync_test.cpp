// Four people look at one mailbox over connections that break at any moment, also in the middle of
// an answer. Each keeps what RFC 7162 §6 lets a client keep: the flags of each UID, and a mark,
// which moves with a tagged response only: to the HIGHESTMODSEQ that was told, else to the highest
// MODSEQ of a FETCH. Brought up to date from that mark, each has what the store has. An expunge
// that was held back while newer MODSEQs were told once was lost for ever when the connection broke
// (§3.2); no conversation that was thought out had shown it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <sstream>

#include "sim/base/ascii.h"
#include "sim/base/rng.h"
#include "sim/imap/server.h"
#include "sim/wire/imap_sequence_set.h"

using namespace mailscope;

namespace {

using FlagWords = std::set<std::string>;

FlagWords words_of(const std::string& text) {
  std::istringstream stream(text);
  FlagWords words;
  for (std::string word; stream >> word;) words.insert(word);
  return words;
}

/// What stands between `from` and the next `to`; nullopt without `from`.
std::optional<std::string> between(const std::string& line, const std::string& from, char to) {
  const size_t begin = line.find(from);
  if (begin == std::string::npos) return std::nullopt;
  const size_t start = begin + from.size();
  return line.substr(start, line.find(to, start) - start);
}

std::optional<uint64_t> number_between(const std::string& line, const std::string& from, char to) {
  const auto text = between(line, from, to);
  return text ? parse_number(*text) : std::nullopt;
}

std::set<uint32_t> uids_of(const std::string& set) {
  imap::Reader reader(set);
  std::set<uint32_t> uids;
  for (const auto range : imap::parse_number_set(reader).resolved(UINT32_MAX)) {
    for (uint32_t uid = range.first; uid <= range.last; ++uid) uids.insert(uid);
  }
  return uids;
}

ImapServer new_server() {
  ImapServerConfig config;
  config.extensions = imap::all_extensions() & ~imap::bit(imap::Extension::kRev2);
  return ImapServer(std::make_shared<const ImapServerConfig>(config));
}

struct Client {
  // What stays when the connection breaks.
  uint32_t uid_validity = 0;
  uint64_t mark = 0;
  uint32_t filled_up_to = 0;  // all messages up to this UID have been asked for
  std::map<uint32_t, FlagWords> cache;

  // The connection.
  ImapServer server = new_server();
  bool qresync = false;
  std::vector<std::optional<uint32_t>> numbers;  // UIDs, where known

  // The command under way.
  std::string command;
  std::optional<uint64_t> told_mark;
  uint64_t highest = 0;  // MODSEQ of a FETCH
  bool fetched = false;  // a FETCH response has come
  std::set<uint32_t> earlier;
  std::vector<std::string> log;

  [[nodiscard]] std::string verb() const { return command.substr(0, command.find(' ')); }
  [[nodiscard]] uint32_t last_known() const {
    return std::max(filled_up_to, cache.empty() ? 0 : cache.rbegin()->first);
  }
};

class Play {
 public:
  Play(uint64_t seed, bool by_number) : rng_(seed), by_number_(by_number) {
    TraceWriter trace(state_, nullptr, Instant{});
    const AccountId bob = store_.edit().add_account("bob", "secret", trace);
    inbox_ = store_->inbox(bob).id;
    for (int i = 0; i < 12; ++i) {
      store_.edit().append(inbox_, make_message("Subject: x\r\n\r\n"), {}, 0, trace);
    }
    for (Client& client : clients_) connect(client);
  }

  void step() {
    Client& client = clients_[rng_.below(4)];
    // A connection breaks between commands, or with the answer to one half read.
    if (rng_.below(14) == 0) return connect(client);
    const size_t heard = any_break();
    if (client.server.idling()) {
      if (rng_.below(3) == 0 && !say(client, "DONE", heard)) connect(client);
      return;
    }
    if (!say(client, any_command(client), heard)) connect(client);
  }

  void check_one() {
    Client& client = clients_[rng_.below(4)];
    if (client.server.idling()) say(client, "DONE");
    say(client, "NOOP");
    fill(client);
    const Mailbox& mailbox = store_->mailbox(inbox_);
    std::map<uint32_t, FlagWords> truth;
    std::vector<std::optional<uint32_t>> numbers;
    for (const MailboxEntry& entry : mailbox.entries) {
      truth[entry.uid.value] = words_of(flags_text(entry.flags, mailbox.keywords));
      numbers.emplace_back(entry.uid.value);
    }
    CAPTURE(tail(client));
    const bool same_flags = client.cache == truth;
    const bool same_numbers = client.numbers == numbers;
    REQUIRE(same_flags);
    REQUIRE(same_numbers);
  }

 private:
  /// After how many lines of the answer the connection breaks; mostly it does not.
  size_t any_break() { return rng_.below(20) == 0 ? rng_.below(12) : SIZE_MAX; }

  std::string any_uids(const Client& client) {
    std::string set;
    for (uint64_t i = 0; i <= rng_.below(3); ++i) {
      uint32_t known = 1;
      if (!client.numbers.empty()) {
        known = client.numbers[rng_.below(client.numbers.size())].value_or(1);
      }
      if (!set.empty()) set += ',';
      set += rng_.below(10) < 7 ? std::to_string(known)
                                : fmt::format("{}:{}", 1 + rng_.below(40), 1 + rng_.below(40));
    }
    return set;
  }

  std::string any_change() {
    constexpr const char* kModes[] = {"+", "-", ""};
    std::string change =
        fmt::format("{}FLAGS{} (", kModes[rng_.below(3)], rng_.below(2) == 0 ? ".SILENT" : "");
    for (uint64_t i = rng_.below(3); i > 0; --i) change += any_flag() + (i > 1 ? " " : "");
    return change + ')';
  }

  std::string any_flag() {
    constexpr const char* kFlags[] = {"\\Seen",    "\\Flagged", "\\Answered", "\\Draft",
                                      "\\Deleted", "Work",      "Home"};
    return kFlags[rng_.below(7)];
  }

  std::string any_command(const Client& client) {
    const std::string uids = any_uids(client);
    if (by_number_ && !client.numbers.empty() && rng_.below(5) == 0) return any_by_number(client);
    switch (rng_.below(16)) {
      case 0:
        return "EXPUNGE";
      case 1:
        return "UID EXPUNGE " + uids;
      case 2:
      case 3:
        return "APPEND INBOX {14+}\r\nSubject: y\r\n\r\n";
      case 4:
        return fmt::format("UID COPY {} INBOX", uids);
      case 5:
        return fmt::format("UID MOVE {} INBOX", uids);
      case 6:
        return fmt::format("UID FETCH {} (BODY[TEXT])", uids);
      case 7:
        return fmt::format("UID FETCH {} (FLAGS)", uids);
      case 8:
        return "NOOP";
      case 9:
        return "IDLE";
      case 10:
        if (!client.qresync) return "UID FETCH 1:* (MODSEQ)";
        return fmt::format("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {} VANISHED)",
                           1 + rng_.below(client.mark));
      case 11:
      case 12:
        return fmt::format("UID STORE {} (UNCHANGEDSINCE {}) {}", uids, rng_.below(client.mark + 3),
                           any_change());
      default:
        return fmt::format("UID STORE {} {}", uids, any_change());
    }
  }

  std::string any_by_number(const Client& client) {
    const uint64_t number = 1 + rng_.below(client.numbers.size());
    switch (rng_.below(8)) {
      case 0:
        // Flags without a UID are of use to whoever knows the UID.
        return fmt::format("FETCH {} ({})", number, client.numbers[number - 1] ? "FLAGS" : "UID");
      case 1:
        return fmt::format("FETCH {} (UID)", number);
      case 2:
        return fmt::format("FETCH {} (BODY[TEXT])", number);
      case 3:
        return fmt::format("SEARCH {}", number);
      case 4:
        return fmt::format("UID SEARCH {}:*", number);
      case 5:
        return fmt::format("MOVE {} INBOX", number);
      default:
        return fmt::format("STORE {} {}", number, any_change());
    }
  }

  void connect(Client& client) {
    client.server = new_server();
    client.numbers.clear();
    client.log.push_back(fmt::format("-- connects, with mark {}", client.mark));
    run(
        client, [](ImapServer& server, Context& c, Outbox& o) { server.open(c, o); }, SIZE_MAX);
    say(client, "LOGIN bob secret");
    client.qresync = rng_.below(4) != 0;
    if (!client.qresync) return look_at_all(client);
    say(client, "ENABLE QRESYNC");
    const std::string known = rng_.below(3) == 0 && client.last_known() != 0
                                  ? fmt::format(" 1:{}", client.last_known())
                                  : "";
    const std::string resync =
        client.mark == 0
            ? ""
            : fmt::format(" (QRESYNC ({} {}{}))", client.uid_validity, client.mark, known);
    if (!say(client, "SELECT INBOX" + resync, any_break())) return connect(client);
    fill(client);
  }

  /// Without QRESYNC nobody says what is gone; so the mark is kept until all has been seen.
  void look_at_all(Client& client) {
    const uint64_t before = client.mark;
    say(client, "SELECT INBOX (CONDSTORE)");
    const uint64_t selected = client.mark;
    client.mark = before;
    if (!say(client, "UID FETCH 1:* (FLAGS)", any_break())) return connect(client);
    std::set<uint32_t> there;
    for (const auto uid : client.numbers) there.insert(uid.value_or(0));
    for (auto at = client.cache.begin(); at != client.cache.end();) {
      at = there.count(at->first) == 0 ? client.cache.erase(at) : std::next(at);
    }
    client.filled_up_to = client.last_known();
    client.mark = std::max(client.mark, selected);
  }

  void fill(Client& client) {
    say(client, fmt::format("UID FETCH {}:* (FLAGS)", client.filled_up_to + 1));
    say(client, "UID FETCH 1:* (UID)");
    for (const auto uid : client.numbers) {
      client.filled_up_to = std::max(client.filled_up_to, uid.value_or(0));
    }
  }

  /// False when the connection broke after so many lines of the answer.
  bool say(Client& client, const std::string& command, size_t lines = SIZE_MAX) {
    if (command != "DONE") {
      client.command = command;
      client.told_mark.reset();
      client.highest = 0;
      client.fetched = false;
      client.earlier.clear();
    }
    client.log.push_back("C: " + command);
    client.server.receive((command == "DONE" ? "" : "t ") + command + "\r\n");
    const bool whole = turns(client, lines);
    for (Client& other : clients_) {
      if (!other.server.wants_news() || !other.server.has_news(*store_)) continue;
      other.server.notify();
      turns(other, SIZE_MAX);
    }
    return whole;
  }

  bool turns(Client& client, size_t lines) {
    bool whole = true;
    while (client.server.ready()) {
      whole &= run(
          client, [](ImapServer& server, Context& c, Outbox& o) { server.turn(c, o); },
          whole ? lines : 0);
    }
    return whole;
  }

  template <class Action>
  bool run(Client& client, Action action, size_t lines) {
    TraceWriter trace(state_, nullptr, Instant{});
    Context context{Instant{}, 0, AgentId{1}, "host", "peer", trace, &store_, nullptr};
    Outbox out;
    action(client.server, context, out);
    std::string said;
    for (const OutUnit& unit : out.units) said += unit.bytes();
    std::istringstream stream(said);
    for (std::string line; std::getline(stream, line);) {
      if (lines-- == 0) return false;
      line.pop_back();
      client.log.push_back("S: " + line);
      CAPTURE(tail(client));
      hear(client, line);
    }
    return true;
  }

  static std::string tail(const Client& client) {
    std::string text;
    const size_t count = std::min<size_t>(client.log.size(), 40);
    for (size_t i = client.log.size() - count; i < client.log.size(); ++i) {
      text += client.log[i] + '\n';
    }
    return text;
  }

  void hear(Client& client, const std::string& line) {
    REQUIRE(line.rfind("t BAD", 0) != 0);
    if (const auto mark = number_between(line, " OK [HIGHESTMODSEQ ", ']')) {
      REQUIRE(*mark <= store_->mailbox(inbox_).highest_modseq);
      client.told_mark = mark;
    }
    if (line.rfind("t ", 0) == 0) return hear_end(client);
    if (const auto uid_validity = number_between(line, "[UIDVALIDITY ", ']')) {
      client.uid_validity = static_cast<uint32_t>(*uid_validity);
    }
    std::istringstream words(line.substr(std::min<size_t>(line.size(), 2)));
    std::string first;
    std::string second;
    words >> first >> second;
    if (first == "VANISHED") return hear_vanished(client, second, line);
    const auto number = parse_number(first, UINT32_MAX);
    if (!number) return;
    if (second == "EXISTS") {
      REQUIRE((client.verb() == "SELECT" || *number >= client.numbers.size()));
      client.numbers.resize(*number);
    } else if (second == "EXPUNGE") {
      REQUIRE_FALSE(client.qresync);
      REQUIRE(*number <= client.numbers.size());
      may_shift_numbers(client);
      const auto gone = client.numbers.begin() + static_cast<std::ptrdiff_t>(*number - 1);
      if (*gone) client.cache.erase(**gone);
      client.numbers.erase(gone);
    } else if (second == "FETCH") {
      REQUIRE(*number <= client.numbers.size());
      hear_fetch(client, client.numbers[*number - 1], line);
    }
  }

  /// RFC 7162 §6: only now the mark moves.
  static void hear_end(Client& client) {
    if (client.told_mark) {
      client.mark = *client.told_mark;
    } else {
      client.mark = std::max(client.mark, client.highest);
    }
    client.command.clear();
  }

  /// RFC 7162 §3.2.10.2.
  static void may_shift_numbers(const Client& client) {
    const std::string verb = client.verb();
    CHECK_FALSE(verb.empty());
    CHECK(verb != "FETCH");
    CHECK(verb != "STORE");
    CHECK(verb != "SEARCH");
    CHECK(client.command.rfind("UID SEARCH", 0) != 0);
  }

  void hear_vanished(Client& client, const std::string& second, const std::string& line) {
    if (second == "(EARLIER)") {
      CHECK_FALSE(client.fetched);
      client.earlier = uids_of(line.substr(line.rfind(' ') + 1));
      for (const uint32_t uid : client.earlier) {
        client.cache.erase(uid);
        for (const auto known : client.numbers) CHECK(known != uid);
      }
      return;
    }
    REQUIRE(client.qresync);
    may_shift_numbers(client);
    for (const uint32_t uid : uids_of(second)) {
      CHECK(client.earlier.count(uid) == 0);
      client.cache.erase(uid);
      const auto known = std::find(client.numbers.begin(), client.numbers.end(), uid);
      if (known != client.numbers.end()) {
        client.numbers.erase(known);
        continue;
      }
      // One of those that came, and were not asked for their UIDs: which, the client cannot tell.
      const auto unknown = std::find(client.numbers.begin(), client.numbers.end(), std::nullopt);
      REQUIRE(unknown != client.numbers.end());
      client.numbers.pop_back();
      for (auto at = unknown; at != client.numbers.end(); ++at) at->reset();
    }
  }

  static void hear_fetch(Client& client, std::optional<uint32_t>& number, const std::string& line) {
    client.fetched = true;
    std::optional<uint32_t> uid;
    if (const size_t at = line.find("UID "); at != std::string::npos) {
      const size_t end = line.find_first_of(" )", at + 4);
      const auto told = parse_number(line.substr(at + 4, end - at - 4), UINT32_MAX);
      REQUIRE(told);
      if (number) REQUIRE(*number == *told);
      uid = number = static_cast<uint32_t>(*told);
    }
    const auto modseq = number_between(line, "MODSEQ (", ')');
    const auto flags = between(line, "FLAGS (", ')');
    client.highest = std::max(client.highest, modseq.value_or(0));
    if (flags) {
      // RFC 7162 §3.2.4; what FETCH asked for is as it was asked for.
      REQUIRE(modseq);
      const bool asked = client.command.rfind("FETCH ", 0) == 0 &&
                         client.command.find("FLAGS") != std::string::npos;
      REQUIRE((uid || asked));
    }
    if (!uid) uid = number;
    if (!uid) return;
    if (flags) {
      FlagWords words = words_of(*flags);
      words.erase("\\Recent");
      client.cache[*uid] = std::move(words);
    } else if (modseq && client.command.find("FLAGS.SILENT") != std::string::npos &&
               client.cache.count(*uid) != 0) {
      apply(client.cache[*uid], client.command);
    }
  }

  /// What was asked for with .SILENT, and done.
  static void apply(FlagWords& flags, const std::string& command) {
    const size_t at = command.find("FLAGS.SILENT");
    const FlagWords changed = words_of(between(command, "SILENT (", ')').value_or(""));
    if (command[at - 1] == '+') {
      flags.insert(changed.begin(), changed.end());
    } else if (command[at - 1] == '-') {
      for (const std::string& flag : changed) flags.erase(flag);
    } else {
      flags = changed;
    }
  }

  Rng rng_;
  bool by_number_;
  TraceState state_;
  Cow<MailStore> store_;
  MailboxId inbox_;
  Client clients_[4];
};

}  // namespace

TEST_CASE("what a client keeps of a mailbox across broken connections is whole") {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Play play(seed, seed % 2 == 0);
    for (int i = 0; i < 400; ++i) {
      play.step();
      if (i % 20 == 19) play.check_one();
    }
  }
}
