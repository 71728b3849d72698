// A day of one mailbox: a laptop by some strategy of IMAP, a phone as programs always were, and a
// program outside that says whatever a test wants said; and what the server holds in the end.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "sim/mail/flags.h"
#include "tests/world/small_world.h"

namespace mailscope::test {

/// One thing that the person at the laptop does. `text`: words of the subject.
struct Deed {
  InputKind kind;
  const char* text = "";
  const char* mailbox = "";
  MessagePtr draft = nullptr;
};

/// Of this subject, and with this Message-ID unless it is empty.
inline MessagePtr draft(const std::string& subject, const std::string& id,
                        const std::string& body = "written\r\n") {
  return make_message((id.empty() ? "" : "Message-ID: <" + id + ">\r\n") + "Subject: " + subject +
                      "\r\n\r\n" + body);
}
inline Deed save_draft(const std::string& subject, const char* instead_of = "") {
  return {InputKind::kSaveDraft, instead_of, "", draft(subject, subject + "@laptop")};
}

/// The laptop by a strategy of its own, the phone as a witness, and a host for a program outside.
inline SmallWorld world_by(const std::function<void(ImapClientConfig&)>& strategy,
                           imap::ExtensionSet offers = imap::all_extensions()) {
  SmallWorld small(Protocol::kImap);
  ImapServerConfig server;
  server.extensions = offers;
  small.scenario.services[2].imap = std::make_shared<const ImapServerConfig>(server);
  ImapClientConfig config = *small.scenario.devices[0].imap;
  strategy(config);
  small.scenario.devices[0].imap = std::make_shared<const ImapClientConfig>(config);
  small.scenario.hosts.push_back({"outside", "localhost", HostKind::kLaptop, {}});
  LinkConfig link;
  link.delay = milliseconds(5);
  small.set_links(link);
  return small;
}

class Day {
 public:
  explicit Day(const std::function<void(ImapClientConfig&)>& strategy,
               imap::ExtensionSet offers = imap::all_extensions())
      : Day(world_by(strategy, offers)) {}
  explicit Day(SmallWorld small) : small_(std::move(small)), history_(small_.share(), {}) {
    act(InputKind::kCheckMail, small_.phone);
    act(InputKind::kCheckMail, small_.laptop);
  }

  void act(InputKind kind, HostId host, const Deed& deed) {
    Input input;
    input.kind = kind;
    input.host = host;
    input.at = now_;
    input.text = deed.text;
    input.mailbox = deed.mailbox;
    input.message = deed.draft;
    history_.add_input(std::move(input));
    run(2);
  }
  void act(InputKind kind, HostId host) { act(kind, host, Deed{kind}); }
  void act(InputKind kind) { act(kind, small_.laptop); }
  void act_all(const std::vector<Deed>& deeds) {
    for (const Deed& deed : deeds) act(deed.kind, small_.laptop, deed);
  }
  /// A session of another program, as lines apart by "|"; each must be answered OK.
  void say_elsewhere(std::string_view lines) {
    std::string bytes = "LOGIN bob secret\r\n";
    for (size_t at = 0; at <= lines.size();) {
      const size_t end = std::min(lines.find('|', at), lines.size());
      bytes += std::string(lines.substr(at, end - at)) + "\r\n";
      at = end + 1;
    }
    live(InputKind::kLiveConnect, {}, {}, 143);
    const ConnId conn = ConnId::from_index(history_.head().connection_count() - 1);
    live(InputKind::kLiveBytes, conn, tagged(bytes));
    live(InputKind::kLiveClose, conn, {});
    const Trace& trace = history_.trace();
    for (uint32_t i = 1; i <= trace.size(); ++i) {
      const std::string_view line = trace.text(trace[i]);
      const bool refused = line.substr(0, 4) == "z NO" || line.substr(0, 5) == "z BAD";
      if (trace[i].conn == conn && trace[i].kind == EventKind::kLineSent && refused) {
        throw std::runtime_error(std::string(line));
      }
    }
  }
  /// The laptop goes online, and its connection is cut when so many octets have been delivered;
  /// false when there were not so many.
  bool go_online_and_be_cut(Direction direction, uint64_t octets) {
    const ConnId conn = ConnId::from_index(history_.head().connection_count());
    Input online;
    online.kind = InputKind::kGoOnline;
    online.host = small_.laptop;
    online.at = now_;
    Input cut;
    cut.kind = InputKind::kCutAfterByte;
    cut.at = online.at + milliseconds(20);  // it has been dialled, and nothing said
    cut.conn = conn;
    cut.direction = direction;
    cut.number = octets;
    history_.add_input(std::move(online));
    history_.add_input(std::move(cut));
    run(100);
    return history_.head().connection(conn).cut;
  }
  void run(int64_t seconds_more) {
    now_ = now_ + seconds(seconds_more);  // also where nothing happens meanwhile
    history_.run_until(now_);
  }

  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] const SmallWorld& small() const { return small_; }

 private:
  /// Tags before commands, but for the octets of a literal.
  static std::string tagged(const std::string& lines) {
    std::string out;
    size_t literal = 0;
    for (size_t at = 0; at < lines.size();) {
      const size_t end = lines.find("\r\n", at) + 2;
      const std::string line = lines.substr(at, end - at);
      if (literal == 0) out += "z ";
      out += line;
      const size_t size = line.size();
      if (literal > 0) {
        literal = literal > size ? literal - size : 0;
        if (literal == 0 && lines.compare(end, 2, "\r\n") == 0) {
          out += "\r\n";
          at = end + 2;
          continue;
        }
      } else if (line.find("}\r\n") != std::string::npos) {
        literal = std::stoul(line.substr(line.find('{') + 1));
      }
      at = end;
    }
    return out;
  }
  void live(InputKind kind, ConnId conn, std::string text, uint64_t number = 0) {
    Input input;
    input.at = now_;
    input.kind = kind;
    input.host = HostId{4};
    input.peer = small_.server;
    input.conn = conn;
    input.text = std::move(text);
    input.number = number;
    history_.add_input(std::move(input));
    run(1);
  }

  SmallWorld small_;
  History history_;
  Instant now_;
};

/// "mailbox: subject \Flag, ..." a line each of bob's mailboxes with mail in them, in order.
inline std::string mailboxes(const World& world, HostId server) {
  const MailStore& store = world.store(server);
  std::vector<std::string> lines;
  for (const Mailbox* box : store.mailboxes_of(store.find_account("bob")->id)) {
    std::vector<std::string> messages;
    for (const MailboxEntry& entry : box->entries) {
      std::vector<std::string> words = {entry.message->subject()};
      constexpr std::pair<FlagBits, const char*> kFlags[] = {{Flag::kAnswered, "\\Answered"},
                                                             {Flag::kDeleted, "\\Deleted"},
                                                             {Flag::kDraft, "\\Draft"},
                                                             {Flag::kFlagged, "\\Flagged"},
                                                             {Flag::kSeen, "\\Seen"}};
      for (const auto& [bit, name] : kFlags) {
        if ((entry.flags & bit) != 0) words.emplace_back(name);
      }
      messages.push_back(fmt::format("{}", fmt::join(words, " ")));
    }
    std::sort(messages.begin(), messages.end());
    if (!messages.empty()) {
      lines.push_back(fmt::format("{}: {}\n", box->name, fmt::join(messages, ", ")));
    }
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, ""));
}

inline std::vector<Note> notes_at(const Trace& trace, HostId host) {
  std::vector<Note> notes;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.kind == EventKind::kNote && event.host == host) {
      notes.push_back(static_cast<Note>(event.code));
    }
  }
  return notes;
}

}  // namespace mailscope::test
