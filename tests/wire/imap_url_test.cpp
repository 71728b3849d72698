#include "sim/wire/imap_url.h"

#include <doctest/doctest.h>

#include <string>

using namespace mailscope::imap;

namespace {

std::string again(std::string_view text) {
  const std::optional<MessageUrl> url = parse_message_url(text);
  return url ? encode_message_url(*url) : "none";
}

}  // namespace

TEST_CASE("the URL of a message, or of a part of one") {
  const auto url = parse_message_url(
      "/Dra%66ts/a%20b;UIDVALIDITY=385759045/;UID=20/;section=1.2.HEADER.FIELDS%20(To)/"
      ";partial=0.1024");
  REQUIRE(url);
  CHECK(url->host.empty());
  CHECK(url->mailbox == "Drafts/a b");
  CHECK(url->uid_validity == 385759045u);
  CHECK(url->uid == 20);
  REQUIRE(url->section);
  CHECK(encode_section(*url->section) == "[1.2.HEADER.FIELDS (To)]");
  REQUIRE(url->partial);
  CHECK(url->partial->origin == 0);
  CHECK(url->partial->count == 1024);
  const auto whole = parse_message_url("/INBOX/;UID=1");
  REQUIRE(whole);
  CHECK(whole->mailbox == "INBOX");
  CHECK(!whole->uid_validity);
  CHECK(!whole->section);
  CHECK(!whole->partial);
  const auto selected = parse_message_url(";UID=7/;PARTIAL=100");
  REQUIRE(selected);
  CHECK(selected->mailbox.empty());
  CHECK(selected->partial->origin == 100);
  CHECK(selected->partial->count == MessageUrl::kToTheEnd);
}

TEST_CASE("absolute URLs name their server") {
  const auto url = parse_message_url("IMAP://b%C3%B6b;AUTH=PLAIN@mail.example:1143/INBOX/;UID=3");
  REQUIRE(url);
  CHECK(url->user ==
        "b\xc3\xb6"
        "b");
  CHECK(url->host == "mail.example");
  CHECK(url->port == 1143);
  CHECK(url->mailbox == "INBOX");
  CHECK(parse_message_url("imap://[::1]/INBOX/;UID=3")->host == "[::1]");
  CHECK(parse_message_url("imap://[::1]:99/INBOX/;UID=3")->port == 99);
  CHECK(parse_message_url("//other/INBOX/;UID=3")->host == "other");
}

TEST_CASE("URLs are written as they are read") {
  for (const char* text :
       {"/INBOX/;UID=1", "/a%20b;UIDVALIDITY=1/;UID=4294967295/;SECTION=TEXT/;PARTIAL=5.6",
        ";UID=2/;SECTION=1.MIME", "imap://mail.example/x/;UID=3/;PARTIAL=9",
        "imap://b%40c@mail.example:144/%C3%BC/;UID=3", "/%2Fabsolute/;UID=1", "/a//;UID=1"}) {
    CHECK(again(text) == text);
  }
}

TEST_CASE("what names no message is no URL here") {
  for (const char* wrong : {"",
                            "/",
                            "INBOX",
                            "/INBOX",
                            "/INBOX;UID=1",
                            "/INBOX/;UID=",
                            "/INBOX/;UID=0",
                            "/INBOX/;UID=x",
                            "/INBOX/;UID=4294967296",
                            "/;UID=1",
                            "//;UID=1",
                            "imap:/INBOX/;UID=1",
                            "http://x/INBOX/;UID=1",
                            "imap://x",
                            "imap://x/;UID=1",
                            "imap://:1/a/;UID=1",
                            "imap://x:y/a/;UID=1",
                            "imap://x y/a/;UID=1",
                            "/IN BOX/;UID=1",
                            "/IN%2BOX/;UID=",
                            "/a%/;UID=1",
                            "/a%4/;UID=1",
                            "/a%zz/;UID=1",
                            "/a%00/;UID=1",
                            "/a%ff/;UID=1",
                            "/a;UIDVALIDITY=0/;UID=1",
                            "/a;UIDVALIDITY=1;UID=1",
                            ";UIDVALIDITY=1/;UID=1",
                            "/a/;UID=1/",
                            "/a/;UID=1/;SECTION=",
                            "/a/;UID=1/;SECTION=FOO",
                            "/a/;UID=1/;SECTION=TEXT]",
                            "/a/;UID=1/;PARTIAL=",
                            "/a/;UID=1/;PARTIAL=1.0",
                            "/a/;UID=1/;PARTIAL=1./;SECTION=1",
                            "/a/;UID=1/;PARTIAL=1.2/;SECTION=1",
                            "/a/;UID=1?SEEN",
                            "/a/;UID=1;EXPIRE=x",
                            "/a/;UID=1/;URLAUTH=anonymous"}) {
    CHECK_MESSAGE(again(wrong) == "none", std::string(wrong));
  }
}

TEST_CASE("a URL cut anywhere is another or none") {
  const std::string text = "imap://u@h:1/m;UIDVALIDITY=1/;UID=22/;SECTION=1.TEXT/;PARTIAL=0.9";
  for (size_t size = 0; size < text.size(); ++size) again(text.substr(0, size));
  CHECK(again(text) == text);
}
