// The texts: both languages have the same keys and placeholders, every row of every table has its
// texts, and the Chinese ones are Chinese.
#include "sim/explain/catalog.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "sim/explain/explain.h"
#include "sim/imap/protocol.h"
#include "sim/net/tcp.h"
#include "sim/pop3/protocol.h"
#include "sim/smtp/protocol.h"
#include "sim/trace/event.h"
#include "sim/wire/charset.h"
#include "sim/world/input.h"

namespace mailscope {
namespace {

Catalog load(const std::string& language) {
  Result<Catalog> catalog = Catalog::load(MAILSCOPE_SOURCE_DIR, language);
  REQUIRE_MESSAGE(catalog.ok(), catalog.error());
  return catalog.value();
}

/// "{0}", "{1}": which there are.
std::set<std::string> placeholders(const std::string& text) {
  std::set<std::string> found;
  for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const size_t close = text.find('}', open);
    if (close == open + 2 && text[open + 1] >= '0' && text[open + 1] <= '9') {
      found.insert(text.substr(open, 3));
    }
  }
  return found;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// CJK Unified Ideographs, U+4E00 to U+9FFF: three octets, the first from E4 to E9.
bool has_han(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet >= 0xE4 && octet <= 0xE9;
  });
}

/// The most words in small Latin letters in a row: English prose has many, protocol words few.
int prose_words(const std::string& text) {
  int longest = 0;
  int row = 0;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
    const bool word = end > at + 1;
    row = word ? row + 1 : 0;
    longest = std::max(longest, row);
    at = std::max(end, at + 1);
    if (word && at < text.size() && text[at] == ' ') ++at;
  }
  return longest;
}

template <class Rows>
void check_commands(const std::string& prefix, const Rows& rows,
                    const std::set<std::string>& keys) {
  for (const auto& row : rows) {
    const std::string key = prefix + ".command." + row.name;
    CAPTURE(key);
    CHECK(keys.count(key) == 1);
    CHECK(keys.count(key + ".short") == 1);
    CHECK(keys.count(key + ".long") == 1);
    CHECK(keys.count(prefix + ".line." + row.name) == 1);
  }
}

}  // namespace

TEST_CASE("the languages have the same keys and the same placeholders") {
  const Catalog en = load("en");
  const Catalog zh = load("zh");
  CHECK(en.keys() == zh.keys());
  for (const auto& entry : en.all()) {
    const auto& key = entry.first;
    const auto& text = entry.second;
    CAPTURE(key);
    CHECK(!text.empty());
    CHECK(zh.has(key));
    CHECK(placeholders(text) == placeholders(zh.all().find(key)->second));
  }
}

TEST_CASE("Chinese texts are in Chinese") {
  const Catalog zh = load("zh");
  for (const auto& entry : zh.all()) {
    const auto& key = entry.first;
    const auto& text = entry.second;
    CAPTURE(key);
    CAPTURE(text);
    CHECK(valid_utf8(text));
    CHECK((has_han(text) || std::none_of(text.begin(), text.end(), is_letter)));
    CHECK(prose_words(text) <= 1);
  }
  const Catalog en = load("en");
  for (const auto& entry : en.all()) {
    CAPTURE(entry.first);
    CHECK(!has_han(entry.second));
  }
}

TEST_CASE("every row of the protocols' tables has its texts") {
  const std::vector<std::string> all = load("en").keys();
  const std::set<std::string> keys(all.begin(), all.end());
  const auto check = [&](const std::string& key) {
    CAPTURE(key);
    CHECK(keys.count(key) == 1);
  };
  check_commands("smtp", smtp::kCommands, keys);
  check_commands("pop3", pop3::kCommands, keys);
  check_commands("imap", imap::kCommands, keys);
  for (const Protocol protocol : {Protocol::kSmtp, Protocol::kPop3, Protocol::kImap}) {
    for (uint8_t state = 0; state_name_of(protocol, state)[0] != '\0'; ++state) {
      check(state_key(protocol, state));
      for (const AllowedCommand& command : allowed_commands(protocol, state)) check(command.key);
    }
  }
  for (const auto& row : smtp::kReplies) check("smtp.reply." + std::to_string(row.code));
  for (const auto& row : smtp::kExtensions) check(std::string("smtp.extension.") + row.keyword);
  for (const auto& row : smtp::kParameters) check(std::string("smtp.parameter.") + row.keyword);
  for (const auto& row : smtp::kStatuses) check(std::string("smtp.status.") + row.detail);
  for (const char* digit : {"2", "4", "5"}) check(std::string("smtp.class.") + digit);
  for (const auto& row : pop3::kResponseCodes) check(std::string("pop3.code.") + row.code);
  for (const auto& row : pop3::kCommands) check(std::string("pop3.answer.") + row.name);
  for (const auto& row : pop3::kExtensions) {
    if (row.listed) check(std::string("pop3.capability.") + row.name);
  }
  for (const auto& row : imap::kResponseCodes) check(std::string("imap.code.") + row.code);
}

TEST_CASE("what the network and the world do has its texts") {
  const std::vector<std::string> all = load("zh").keys();
  const std::set<std::string> keys(all.begin(), all.end());
  const auto check = [&](const std::string& key) {
    CAPTURE(key);
    CHECK(keys.count(key) == 1);
  };
  for (int i = 0; i <= static_cast<int>(TcpState::kTimeWait); ++i) {
    check(std::string("tcp.state.") + tcp_state_name(static_cast<TcpState>(i)));
  }
  for (const char* flag : {"SYN", "ACK", "FIN", "RST", "RETRANSMIT", "DATAGRAM"}) {
    check(std::string("tcp.flag.") + flag);
  }
  for (const char* reason : {"loss", "queue", "down", "host", "fault"}) {
    check(std::string("tcp.drop.") + reason);
  }
  for (int i = 0; i <= static_cast<int>(StoreChange::kUnsubscribed); ++i) {
    check(std::string("changes.store.") + store_change_name(static_cast<StoreChange>(i)));
  }
  for (int i = 0; i <= static_cast<int>(LocalChange::kForgotten); ++i) {
    check(std::string("changes.local.") + local_change_name(static_cast<LocalChange>(i)));
  }
  for (int i = 0; i <= static_cast<int>(ViewChange::kSubscription); ++i) {
    check(std::string("changes.view.") + view_change_name(static_cast<ViewChange>(i)));
  }
  for (int i = 0; i < kNoteCount; ++i) {
    check(std::string("changes.note.") + note_name(static_cast<Note>(i)));
  }
  for (int i = 0; i <= static_cast<int>(QueueChange::kDropped); ++i) {
    check(std::string("changes.queue.") + queue_change_name(static_cast<QueueChange>(i)));
  }
  for (int i = 0; i <= static_cast<int>(EventKind::kMessageHead); ++i) {
    check(std::string("changes.event.") + event_kind_name(static_cast<EventKind>(i)));
  }
  for (int i = 0; i < kInputKindCount; ++i) {
    const auto kind = static_cast<InputKind>(i);
    if (is_live(kind)) continue;
    check(std::string(is_fault(kind) ? "changes.fault." : "changes.action.") +
          input_kind_name(kind));
  }
  check("changes.fault.strip-starttls");
  check("changes.violation");
}

TEST_CASE("every broken rule that an engine can name is named in every language") {
  namespace fs = std::filesystem;
  const std::regex rule(R"rule("(RFC [0-9]+ §[^"]*: [^"]*)")rule");
  const Catalog en = load("en");
  const Catalog zh = load("zh");
  int rules = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(MAILSCOPE_SOURCE_DIR) / "sim")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    for (std::sregex_iterator at(source.begin(), source.end(), rule), end; at != end; ++at) {
      const std::string violation = (*at)[1];
      CAPTURE(violation);
      CHECK(violation_text(violation, en) == violation);
      CHECK(violation_text(violation, zh) != violation);
      ++rules;
    }
  }
  CHECK(rules > 50);
}

TEST_CASE("a blank stands between Chinese and Latin words, not between Chinese words") {
  // "{0} 发送：{1}" used to give "电脑 发送：QUIT" for a host with a Chinese name.
  const Catalog zh = load("zh");
  CHECK(zh.text("changes.event.line-sent", {"laptop", "QUIT"}) == "laptop 发送：QUIT");
  CHECK(zh.text("changes.event.line-sent", {"电脑", "QUIT"}) == "电脑发送：QUIT");
  CHECK(zh.text("changes.event.dial", {"电脑", "服务器"}) == "电脑向服务器请求建立连接。");
  CHECK(zh.text("ui.sent-by", {"Bob 的服务器"}) == "由 Bob 的服务器发出");
  CHECK(zh.text("ui.sent-by", {"laptop"}) == "由 laptop 发出");
  CHECK(zh.text("changes.event.dial", {"Bob 的电脑", "mail.example.net"}) ==
        "Bob 的电脑向 mail.example.net 请求建立连接。");
}

TEST_CASE("arguments are put in, and holes stay visible") {
  const Catalog en = load("en");
  CHECK(en.text("pop3.line.DELE", {"7"}) ==
        "Marks message 7 as deleted. It stays in the maildrop until QUIT.");
  CHECK(en.text("pop3.line.DELE") ==
        "Marks message {0} as deleted. It stays in the maildrop until QUIT.");
  CHECK(en.text("pop3.line.DELE", {"{0}"}) ==
        "Marks message {0} as deleted. It stays in the maildrop until QUIT.");
  CHECK(en.text("no.such.key") == "⟨no.such.key⟩");
  CHECK(!en.has("pop3.line"));
}

TEST_CASE("a mistake in a file of texts is shown with its place") {
  namespace fs = std::filesystem;
  const fs::path home = fs::temp_directory_path() / "mailscope-catalog-test";
  const fs::path folder = home / "assets" / "text" / "xx";
  fs::remove_all(home);
  CHECK(!Catalog::load(home.string(), "xx").ok());
  fs::create_directories(folder);
  CHECK(!Catalog::load(home.string(), "xx").ok());
  std::ofstream(folder / "a.toml") << "[a]\nb = \"B\"\n\"b.c\" = \"C\"\n";
  const Result<Catalog> good = Catalog::load(home.string(), "xx");
  REQUIRE(good.ok());
  CHECK(good.value().keys() == std::vector<std::string>{"a.b", "a.b.c"});
  CHECK(good.value().language() == "xx");
  std::ofstream(folder / "b.toml") << "[a]\nd = 3\n";
  const std::string path = (folder / "b.toml").generic_string();
  CHECK(Catalog::load(home.string(), "xx").error() ==
        path + ":2: expected a text in quotes for a.d\n  d = 3\n      ^");
  std::ofstream(folder / "b.toml") << "[a]\nb = \"again\"\n";
  CHECK(Catalog::load(home.string(), "xx").error() ==
        path + ":2: expected a new key: a.b was given before\n  b = \"again\"\n  ^");
  fs::remove_all(home);
}

}  // namespace mailscope
