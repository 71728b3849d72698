// What a POP3 program remembers: unique-ids, when they came, and what the person wants to read.
#include "sim/mail/local_store.h"

#include <doctest/doctest.h>

using namespace mailscope;

TEST_CASE("unique-ids are remembered, with the first time that was given") {
  LocalStore store;
  CHECK(!store.has_seen("b"));
  for (const char* id : {"b", "a", "c", "b"}) store.remember(id);
  for (const char* id : {"a", "b", "c"}) CHECK(store.has_seen(id));
  CHECK(!store.has_seen("bb"));
  CHECK(!store.seen_at("b"));
  const uint64_t before = store.digest();
  store.remember("b", Instant{5});
  store.remember("b", Instant{9});
  CHECK(store.seen_at("b") == Instant{5});
  CHECK(!store.seen_at("a"));
  CHECK(!store.seen_at("z"));
  CHECK(store.digest() != before);
  store.keep_only_seen({"c", "b"});
  CHECK(!store.has_seen("a"));
  CHECK(store.seen_at("b") == Instant{5});
}

TEST_CASE("what is wanted is found in any folder until it is here or given up") {
  TraceState state;
  TraceWriter trace(state, nullptr, Instant{});
  LocalStore store;
  LocalEntry entry;
  entry.unique_id = "1.1";
  store.add("INBOX", LocalEntry{}, trace);
  const uint32_t key = store.add("Paid", entry, trace);
  CHECK(store.find_unique_id("").entry == nullptr);
  CHECK(store.find_unique_id("1.2").entry == nullptr);
  const LocalPlace place = store.find_unique_id("1.1");
  REQUIRE(place.entry != nullptr);
  CHECK(place.folder == "Paid");
  CHECK(place.entry->key == key);
  CHECK(store.wanted().empty());
  const uint64_t before = store.digest();
  store.set_wanted("Paid", key, true);
  CHECK(store.wanted().size() == 1);
  CHECK(store.digest() != before);
  store.set_message("Paid", key, make_message("Subject: one\r\n\r\n"), trace);
  CHECK(store.wanted().empty());
}

TEST_CASE("entries are found by UID in whatever order they came; those without one stay") {
  TraceState state;
  TraceWriter trace(state, nullptr, Instant{});
  LocalStore store;
  std::vector<uint32_t> keys;
  for (const uint32_t uid : {5u, 7u, 0u, 6u}) {
    LocalEntry entry;
    entry.uid = Uid{uid};
    entry.subject = "number " + std::to_string(uid);
    if (uid != 6) entry.message = make_message("Subject: x\r\n\r\n");
    keys.push_back(store.add("INBOX", std::move(entry), trace));
  }
  for (const uint32_t uid : {5u, 6u, 7u}) {
    REQUIRE(store.find_uid("INBOX", Uid{uid}) != nullptr);
    CHECK(store.find_uid("INBOX", Uid{uid})->uid.value == uid);
  }
  CHECK(store.find_uid("INBOX", Uid{8}) == nullptr);
  store.set_uid("INBOX", keys[2], Uid{8});
  CHECK(store.find_uid("INBOX", Uid{8})->key == keys[2]);
  store.remove("INBOX", keys[3], trace);
  CHECK(store.find_folder("INBOX")->in_uid_order);
  store.set_uid("INBOX", keys[0], Uid{});
  store.set_modseq("INBOX", 9);
  // Another UIDVALIDITY: what the server has never had stays, and whole messages are put by.
  store.set_uid_validity("INBOX", 2, trace, true);
  REQUIRE(store.find_folder("INBOX")->entries.size() == 1);
  CHECK(store.find_folder("INBOX")->entries[0].key == keys[0]);
  CHECK(store.find_folder("INBOX")->former.size() == 2);
  CHECK(store.find_folder("INBOX")->modseq == 0);
}

TEST_CASE("a folder is found by what it is for, and a message in whatever folder it lies") {
  TraceState state;
  TraceWriter trace(state, nullptr, Instant{});
  LocalStore store;
  CHECK(store.folder_named("\\Drafts") == "Drafts");
  store.set_use("Unfinished", "\\Drafts");
  CHECK(store.folder_named("\\drafts") == "Unfinished");
  CHECK(store.folder_named("Sent") == "Sent");
  LocalEntry entry;
  entry.subject = "Lunch on Friday";
  store.add("Paid", entry, trace);
  CHECK(store.find_anywhere("INBOX", "friday").folder == "Paid");
  CHECK(store.find_anywhere("INBOX", "monday").entry == nullptr);
  store.add("INBOX", entry, trace);
  CHECK(store.find_anywhere("INBOX", "friday").folder == "INBOX");
}

TEST_CASE("keywords have a bit each, in any case, while there is room") {
  LocalStore store;
  const FlagBits first = store.keyword_bit("INBOX", "$Junk");
  CHECK(first == FlagBits{1} << Flag::kFirstKeyword);
  CHECK(store.keyword_bit("INBOX", "$junk") == first);
  for (size_t i = 1; i < Flag::kMaxKeywords; ++i) {
    CHECK(store.keyword_bit("INBOX", "k" + std::to_string(i)) != 0);
  }
  CHECK(store.keyword_bit("INBOX", "one more") == 0);
}
