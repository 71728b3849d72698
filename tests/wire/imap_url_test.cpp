#include "sim/wire/imap_url.h"

#include <doctest/doctest.h>

#include <string>

using namespace mailscope;
using imap::encode_imap_url;
using imap::ImapUrl;
using imap::parse_imap_url;

namespace {

std::string again(std::string_view text) {
  const std::optional<ImapUrl> url = parse_imap_url(text);
  return url ? encode_imap_url(*url) : "none";
}

}  // namespace

TEST_CASE("a URL names a message, a section of it, a part of that") {
  // RFC 4469 §5, the first example.
  const auto url = parse_imap_url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=1.MIME");
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
  for (const char* text : {"",
                           "/",
                           "imap://",
                           "imap://h",
                           "imap://h/",
                           "imap://h/m",
                           "/m",
                           "/;UID=3",
                           "/m/;UID=0",
                           "/m/;UID=x",
                           "/m/;UID=",
                           "/m/;UID=4294967296",
                           "/m;UIDVALIDITY=/;UID=1",
                           "/m;X=1/;UID=1",
                           "/m/;UID=1/;SECTION=1.x",
                           "/m/;UID=1/;SECTION=1]",
                           "/m/;UID=1/;PARTIAL=",
                           "/m/;UID=1/;PARTIAL=1.0",
                           "/m/;UID=1/",
                           "/m/;UID=1;EXPIRE=2",
                           "/m%0/;UID=1",
                           "/m%00/;UID=1",
                           "/m%/;UID=1",
                           "/m m/;UID=1",
                           "http://h/m/;UID=1",
                           "imap:///m/;UID=1",
                           "/m/;UID=1/;URLAUTH=anonymous",
                           "/\xC3\xA9/;UID=1",
                           "/m/;UID=1?SEEN",
                           "//;UID=1",
                           "imap:/m/;UID=1",
                           "imap://h/;UID=1",
                           "imap://:1/m/;UID=1",
                           "imap://h:y/m/;UID=1", "imap://h::143/m/;UID=1", "imap://[]/m/;UID=1",
        "imap://u;AUTH=\xC1@h/m/;UID=1",
                           "/m\"/;UID=1",
                           "/m%zz/;UID=1",
                           "/m%ff/;UID=1",
                           "/m;UIDVALIDITY=0/;UID=1",
                           "/m;UIDVALIDITY=1;UID=1",
                           ";UIDVALIDITY=1/;UID=1",
                           "/m/;UID=1/;SECTION=",
                           "/m/;UID=1/;PARTIAL=1./;SECTION=1",
                           "/m/;UID=1/;PARTIAL=1.2/;SECTION=1",
                           "/m/;UID=1/;PARTIAL=9223372036854775808"}) {
    CHECK_MESSAGE(!parse_imap_url(text), std::string(text));
  }
}

TEST_CASE("servers have ports and addresses of both kinds") {
  CHECK(parse_imap_url("imap://h/m/;UID=3")->port == 143);
  CHECK(parse_imap_url("imap://h:1143/m/;UID=3")->port == 1143);
  CHECK(parse_imap_url("imap://[::1]/m/;UID=3")->host == "[::1]");
  CHECK(parse_imap_url("imap://[::1]:99/m/;UID=3")->port == 99);
}

TEST_CASE("URLs are written as they are read") {
  for (const char* text :
       {"/INBOX/;UID=1", "/a%20b;UIDVALIDITY=1/;UID=4294967295/;SECTION=TEXT/;PARTIAL=5.6",
        ";UID=2/;SECTION=1.MIME", "imap://mail.example/x/;UID=3/;PARTIAL=9", "Sent/;UID=3",
        "imap://b%40c@mail.example:144/%C3%BC/;UID=3", "/%2Fabsolute/;UID=1", "/a//;UID=1",
        "/m/;UID=1/;PARTIAL=0.9223372036854775807"}) {
    CHECK(again(text) == text);
  }
}

TEST_CASE("a URL cut anywhere is another or none") {
  const std::string text = "imap://u@h:1/m;UIDVALIDITY=1/;UID=22/;SECTION=1.TEXT/;PARTIAL=0.9";
  CHECK(again(text) == text);
  for (size_t size = 0; size < text.size(); ++size) {
    const std::string once = again(text.substr(0, size));
    CHECK(once == (once == "none" ? "none" : again(once)));
  }
}
