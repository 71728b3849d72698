#include "sim/wire/imap_url.h"

#include <doctest/doctest.h>

#include <string>

using namespace mailscope;
using imap::parse_imap_url;

TEST_CASE("a URL names a message, a section of it, a part of that") {
  // RFC 4469 §5, the first example.
  const auto url =
      parse_imap_url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=1.MIME");
  REQUIRE(url);
  CHECK(url->host.empty());
  CHECK(url->from_root);
  CHECK(url->mailbox == "Drafts");
  CHECK(*url->uid_validity == 385759045);
  CHECK(url->uid == 20);
  CHECK(url->section.part == std::vector<uint32_t>{1});
  CHECK(url->section.text == imap::BodySection::Text::kMime);
  const auto whole = parse_imap_url("imap://Ann%40home;AUTH=*@Mail.example:1430/a/b%20c/;uid=7");
  REQUIRE(whole);
  CHECK(whole->user == "Ann@home");
  CHECK(whole->host == "Mail.example");
  CHECK(whole->mailbox == "a/b c");
  CHECK(!whole->uid_validity);
  CHECK(whole->section.part.empty());
  const auto part = parse_imap_url("//h/m/;UID=1/;SECTION=HEADER.FIELDS%20(To%20Cc)/;PARTIAL=3.10");
  REQUIRE(part);
  CHECK(part->section.fields == std::vector<std::string>{"To", "Cc"});
  CHECK(part->origin == 3);
  CHECK(*part->count == 10);
  CHECK(!parse_imap_url("/m/;UID=1/;PARTIAL=3")->count);
}

TEST_CASE("relative to the mailbox that is selected") {
  const auto here = parse_imap_url(";UID=20/;SECTION=TEXT");
  REQUIRE(here);
  CHECK(!here->from_root);
  CHECK(here->mailbox.empty());
  CHECK(parse_imap_url("Sent/;UID=3")->mailbox == "Sent");
}

TEST_CASE("what is no URL of a message") {
  for (const char* text :
       {"", "/", "imap://", "imap://h", "imap://h/", "imap://h/m", "/m", "/;UID=3", "/m/;UID=0",
        "/m/;UID=x", "/m/;UID=", "/m/;UID=4294967296", "/m;UIDVALIDITY=/;UID=1", "/m;X=1/;UID=1",
        "/m/;UID=1/;SECTION=1.x", "/m/;UID=1/;SECTION=1]", "/m/;UID=1/;PARTIAL=",
        "/m/;UID=1/;PARTIAL=1.0", "/m/;UID=1/", "/m/;UID=1;EXPIRE=2", "/m%0/;UID=1",
        "/m%00/;UID=1", "/m%/;UID=1", "/m m/;UID=1", "http://h/m/;UID=1", "imap:///m/;UID=1",
        "/m/;UID=1/;URLAUTH=anonymous", "/\xC3\xA9/;UID=1"}) {
    CHECK_MESSAGE(!parse_imap_url(text), std::string(text));
  }
}
