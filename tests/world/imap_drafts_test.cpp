// Drafts whose APPEND may have been lost: two that have one Message-ID, as programs give a draft
// that is written on; one without; one that another program has written on meanwhile under the same
// Message-ID. Wherever the connection is cut, each is stored, and once (RFC 4549 §4.2.2.2; RFC 4315
// tells the UIDs, where the server offers it).
#include <doctest/doctest.h>

#include "sim/sweep/caches.h"
#include "tests/world/scripted_day.h"

using namespace mailscope;
using test::Day;
using test::draft;
using Kind = InputKind;

namespace {

struct Setting {
  std::string name;
  std::function<void(ImapClientConfig&)> set;
  imap::ExtensionSet offers;
};

constexpr imap::ExtensionSet kLittle =
    imap::bit(imap::Extension::kRev1) | imap::bit(imap::Extension::kSubscriptions);

const std::vector<Setting> kSettings = {
    {"everything offered", [](ImapClientConfig&) {}, imap::all_extensions()},
    {"no UIDPLUS", [](ImapClientConfig&) {},
     imap::without(imap::all_extensions(), imap::bit(imap::Extension::kUidPlus))},
    {"next to nothing offered", [](ImapClientConfig&) {}, kLittle},
    {"all folders", [](ImapClientConfig& c) { c.folders = {"*"}; }, imap::usual_extensions()},
    {"all folders, next to nothing offered", [](ImapClientConfig& c) { c.folders = {"*"}; },
     kLittle},
    {"all folders, qresync, pipelined",
     [](ImapClientConfig& c) {
       c.folders = {"*"};
       c.resync = ImapResync::kQresync;
       c.pipeline = true;
     },
     imap::all_extensions()},
};

using Texts = std::vector<std::string>;

/// What the drafts on the server end in, sorted.
Texts bodies(const World& world, HostId server) {
  const MailStore& store = world.store(server);
  const Mailbox* box = store.find_mailbox(store.find_account("bob")->id, "Drafts");
  Texts texts;
  for (size_t i = 0; box != nullptr && i < box->entries.size(); ++i) {
    const std::string text(box->entries[i].message->text());
    texts.push_back(text.substr(text.find("\r\n\r\n") + 4));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

/// Every cut of every setting, a few octets apart: the bodies of the drafts that there have to be.
void cut_everywhere(const std::function<void(Day&)>& prepare, const Texts& wanted) {
  for (const Setting& setting : kSettings) {
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      bool was_cut = true;
      for (uint64_t byte = 1; was_cut; byte += 17) {
        Day day(setting.set, setting.offers);
        prepare(day);
        was_cut = day.go_online_and_be_cut(direction, byte);
        CAPTURE(setting.name);
        CAPTURE(byte);
        CAPTURE(static_cast<int>(direction));
        const World settled = sweep::with_caches_settled(day.history().head());
        const Texts there = bodies(settled, day.small().server);
        std::string complaint = sweep::check_caches(settled, sweep::Caches::kAll);
        if (complaint.empty()) complaint = sweep::check_caches_settled(settled);
        const bool good = complaint.empty() && there == wanted;
        const std::string said = good ? "" : test::conversation(day.history().trace());
        CAPTURE(said);
        REQUIRE(complaint == "");
        REQUIRE(there == wanted);
      }
    }
  }
}

void save(Day& day, MessagePtr message, const char* instead_of = "") {
  day.act(Kind::kSaveDraft, day.small().laptop,
          {Kind::kSaveDraft, instead_of, "", std::move(message)});
}

}  // namespace

TEST_CASE("two drafts of one Message-ID, of one size or not, are two drafts") {
  for (const char* second : {"b\r\n", "longer\r\n"}) {
    cut_everywhere(
        [second](Day& day) {
          day.act(Kind::kGoOffline);
          save(day, draft("first", "one@laptop", "a\r\n"));
          save(day, draft("other", "one@laptop", second));
        },
        {"a\r\n", second});
  }
}

TEST_CASE("drafts without a Message-ID are given one each") {
  cut_everywhere(
      [](Day& day) {
        day.act(Kind::kGoOffline);
        save(day, draft("same", "", "a\r\n"));
        save(day, draft("same", "", "a\r\n"));
      },
      {"a\r\n", "a\r\n"});
}

TEST_CASE("a draft that was written on here and there under one Message-ID: both are kept") {
  cut_everywhere(
      [](Day& day) {
        save(day, draft("early", "one@laptop", "a\r\n"));
        day.act(Kind::kCheckMail);  // a program that has logged out says it now
        day.act(Kind::kGoOffline);
        save(day, draft("early", "one@laptop", "a and b\r\n"), "early");
        day.say_elsewhere(
            "SELECT Drafts|APPEND Drafts (\\Draft) {58}|Message-ID: <one@laptop>|Subject: early|"
            "|a and much c||UID STORE 1 +FLAGS (\\Deleted)|EXPUNGE");
      },
      {"a and b\r\n", "a and much c\r\n"});
}
