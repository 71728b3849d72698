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
