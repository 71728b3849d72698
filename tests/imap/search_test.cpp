#include "sim/imap/search.h"

#include <doctest/doctest.h>

#include "sim/imap/object_id.h"
#include "sim/wire/charset.h"

using namespace mailscope;

namespace {

using imap::SearchKey;
using Kind = SearchKey::Kind;

/// A mailbox of messages, and what a search of it finds, as sequence numbers.
class Searched {
 public:
  Searched& add(std::string text, int64_t internal_date = 0) {
    MailboxEntry entry;
    entry.uid = Uid{static_cast<uint32_t>(mailbox_.entries.size() + 11)};
    entry.internal_date = internal_date;
    entry.modseq = mailbox_.entries.size() + 1;
    entry.message = make_message(std::move(text));
    mailbox_.entries.push_back(entry);
    mailbox_.uids.push_back(entry.uid);
    mailbox_.uid_next = Uid{entry.uid.value + 1};
    return *this;
  }

  [[nodiscard]] std::string found(const SearchKey& key, const SearchSetting& setting = {}) const {
    const MailboxView view(mailbox_, true);
    const Search search(key, mailbox_, view, setting);
    std::string out;
    for (uint32_t i = 0; i < mailbox_.entries.size(); ++i) {
      if (!search.matches(SeqNum{i + 1}, mailbox_.entries[i])) continue;
      out += (out.empty() ? "" : " ") + std::to_string(i + 1);
    }
    return out;
  }
  [[nodiscard]] std::string found(std::string_view keys, std::string_view charset = {}) const {
    imap::Reader reader(keys);
    const SearchKey key = imap::parse_search_keys(reader);
    REQUIRE_FALSE(reader.failed());
    SearchSetting setting;
    setting.charset = charset;
    return found(key, setting);
  }
  [[nodiscard]] const MailboxEntry& entry(size_t i) const { return mailbox_.entries[i]; }

 private:
  Mailbox mailbox_;
};

SearchKey number_key(Kind kind, uint64_t number) {
  SearchKey key;
  key.kind = kind;
  key.number = number;
  return key;
}

SearchKey text_key(Kind kind, std::string text) {
  SearchKey key;
  key.kind = kind;
  key.text = std::move(text);
  return key;
}

}  // namespace

TEST_CASE("search: fields as people read them") {
  Searched mail;
  mail.add("Subject: Lunch on Friday\r\nFrom: Ann <ann@a.test>\r\n\r\nbody")
      .add("Subject: =?utf-8?Q?D=C3=A9jeuner?= on\r\n\tFriday\r\nFROM: bob@b.test\r\n\r\nLunch")
      .add("Subject: lunch\r\nSubject: DINNER\r\n\r\n")
      .add("Subject: caf\xE9 cr\xC3\xA8me\r\n\r\n");
  CHECK_EQ(mail.found("SUBJECT LUNCH"), "1 3");
  CHECK_EQ(mail.found("SUBJECT \"on friday\""), "1");
  // Unfolding takes away the line end alone: the tab stays (RFC 5322 §2.2.3).
  CHECK_EQ(mail.found("SUBJECT \"on\tfriday\""), "2");
  CHECK_EQ(mail.found("SUBJECT dinner"), "3");
  CHECK_EQ(mail.found("FROM ANN"), "1");
  CHECK_EQ(mail.found("FROM test"), "1 2");
  CHECK_EQ(mail.found("SUBJECT \"ann\""), "");
  // The story: what was searched was the encoding too, so that "utf-8" found every such subject.
  CHECK_EQ(mail.found("SUBJECT utf-8"), "");
  CHECK_EQ(mail.found("NOT SUBJECT lunch"), "2 4");
}

TEST_CASE("search: every script's case, and every charset (RFC 5255 §4.1, RFC 3501 §6.4.4)") {
  Searched mail;
  mail.add("Subject: =?iso-8859-1?Q?D=C9JEUNER?=\r\n\r\n")
      .add("Subject: =?koi8-r?B?88/CwcvB?=\r\n\r\n")
      .add("Subject: d\u00E9jeuner\r\n\r\n");
  CHECK_EQ(mail.found("SUBJECT {9}\r\nd\u00E9jeuner", "UTF-8"), "1 3");
  CHECK_EQ(mail.found("SUBJECT {8}\r\nd\xE9jeuner", "ISO-8859-1"), "1 3");
  CHECK_EQ(mail.found("SUBJECT {12}\r\n\u0441\u043E\u0431\u0430\u043A\u0430", "UTF-8"), "2");
  CHECK_EQ(mail.found("SUBJECT {6}\r\n\xD3\xCF\xC2\xC1\xCB\xC1", "KOI8-R"), "2");
  CHECK(is_known_charset("utf-8"));
  CHECK(is_known_charset("US-ASCII"));
  CHECK(is_known_charset("ISO-8859-15"));
  CHECK(is_known_charset("iso-2022-jp"));
  CHECK_FALSE(is_known_charset("ISO-8859-99"));
  CHECK_FALSE(is_known_charset("x-unknown"));
  CHECK_FALSE(is_known_charset("UTF-8//IGNORE"));
  CHECK_FALSE(is_known_charset(""));
}

TEST_CASE("search: HEADER asks any field, and with no text whether it is there") {
  Searched mail;
  mail.add("X-Odd: one\r\n\r\n").add("x-odd :\r\n\r\n").add("Subject: X-Odd\r\n\r\nX-Odd: one\r\n");
  CHECK_EQ(mail.found("HEADER X-Odd one"), "1");
  CHECK_EQ(mail.found("HEADER x-ODD \"\""), "1 2");
  CHECK_EQ(mail.found("HEADER X-None \"\""), "");
  CHECK_EQ(mail.found("HEADER \"X-Odd:\" one"), "");
  CHECK_EQ(mail.found("HEADER \"\" one"), "");
}

TEST_CASE("search: TEXT and BODY after MIME decoding") {
  const std::string mixed =
      "Subject: outside\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
      "--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\nun d=E9jeu=\r\nner\r\n"
      "--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename=menu.txt\r\n\r\nc291cA==\r\n"
      "--b\r\nContent-Type: image/png\r\n\r\npixels\r\n"
      "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?Q?r=C3=A9ponse?=\r\n\r\n"
      "inner\r\n--b--\r\n";
  Searched mail;
  mail.add(mixed).add("Subject: plain\r\n\r\nD\u00C9JEUNER\r\n");
  CHECK_EQ(mail.found("BODY {9}\r\nd\u00E9jeuner"), "1 2");
  CHECK_EQ(mail.found("BODY soup"), "1");
  CHECK_EQ(mail.found("BODY c291cA"), "");
  // The story: BODY looked through the headers of parts, which RFC 9051 §6.4.4 leaves to TEXT.
  CHECK_EQ(mail.found("BODY menu.txt"), "");
  CHECK_EQ(mail.found("TEXT menu.txt"), "1");
  CHECK_EQ(mail.found("BODY pixels"), "");
  CHECK_EQ(mail.found("BODY {8}\r\nr\u00E9ponse"), "");
  CHECK_EQ(mail.found("TEXT {8}\r\nr\u00E9ponse"), "1");
  CHECK_EQ(mail.found("BODY inner"), "1");
  CHECK_EQ(mail.found("BODY outside"), "");
  CHECK_EQ(mail.found("TEXT outside"), "1");
  CHECK_EQ(mail.found("TEXT \"subject: plain\""), "2");
  CHECK_EQ(mail.found("TEXT inner"), "1");
  CHECK_EQ(mail.found("BODY \"\""), "1 2");
  CHECK_EQ(mail.found("TEXT \"\""), "1 2");
}

TEST_CASE("search: reports about messages are read too") {
  Searched mail;
  mail.add("Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n")
      .add("Content-Type: message/global\r\n\r\nSubject: inner\r\n\r\nwords\r\n");
  CHECK_EQ(mail.found("BODY mx.test"), "1");
  CHECK_EQ(mail.found("BODY words"), "2");
  CHECK_EQ(mail.found("TEXT inner"), "2");
}

TEST_CASE("search: a body of seven bits that is not ASCII") {
  // ISO-2022-JP writes its characters with ASCII's octets: a search must not see "F|".
  Searched mail;
  mail.add("Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1B$BF|K\\\x1B(B\r\n");
  CHECK_EQ(mail.found("BODY F|K"), "");
  CHECK_EQ(mail.found("BODY {6}\r\n\u65E5\u672C"), "1");
}

TEST_CASE("search: days, sent and received, without time and zone") {
  Searched mail;
  mail.add("Date: Sun, 31 Dec 2000 23:30:00 -0800\r\n\r\n", 978307200)  // received 1 Jan 2001
      .add("Date: 1 Jan 2001 00:10:00 +0900\r\n\r\n", 978307199)
      .add("Date: 1 Jan 2001 99:99 nowhere\r\n\r\n", 978393600)
      .add("Subject: none\r\n\r\n", -1);
  CHECK_EQ(mail.found("SENTON 31-Dec-2000"), "1");
  CHECK_EQ(mail.found("SENTON 1-Jan-2001"), "2 3");
  CHECK_EQ(mail.found("SENTSINCE 1-Jan-2001"), "2 3");
  CHECK_EQ(mail.found("SENTBEFORE 1-Jan-2001"), "1");
  CHECK_EQ(mail.found("ON 1-Jan-2001"), "1");
  CHECK_EQ(mail.found("BEFORE 1-Jan-2001"), "2 4");
  CHECK_EQ(mail.found("SINCE 1-Jan-2001"), "1 3");
  CHECK_EQ(mail.found("ON 31-Dec-1969"), "4");
}

TEST_CASE("search: seconds ago (RFC 5032 §3)") {
  Searched mail;
  mail.add("\r\n", 1000).add("\r\n", 1900).add("\r\n", 2000);
  SearchSetting setting;
  setting.unix_now = 2000;
  CHECK_EQ(mail.found(number_key(Kind::kYounger, 100), setting), "2 3");
  CHECK_EQ(mail.found(number_key(Kind::kOlder, 100), setting), "1 2");
  CHECK_EQ(mail.found(number_key(Kind::kOlder, 5000), setting), "");
  CHECK_EQ(mail.found(number_key(Kind::kYounger, UINT64_MAX), setting), "1 2 3");
}

TEST_CASE("search: modification sequence, object ids") {
  Searched mail;
  mail.add("Message-ID: <a@t>\r\n\r\n").add("References: <a@t>\r\n\r\n").add("A: b\r\n\r\n");
  CHECK_EQ(mail.found(number_key(Kind::kModSeq, 2)), "2 3");
  const std::string email = email_object_id(*mail.entry(2).message);
  CHECK_EQ(mail.found(text_key(Kind::kEmailId, email)), "3");
  CHECK_EQ(mail.found(text_key(Kind::kEmailId, "M")), "");
  const std::string thread = thread_object_id(*mail.entry(0).message);
  CHECK_EQ(mail.found(text_key(Kind::kThreadId, thread)), "1 2");
}

TEST_CASE("search: numbers, sets and $") {
  Searched mail;
  for (int i = 0; i < 5; ++i) mail.add("\r\n");
  CHECK_EQ(mail.found("*:4,1"), "1 4 5");
  CHECK_EQ(mail.found("UID 12:13"), "2 3");
  CHECK_EQ(mail.found("UID 99:*"), "5");
  CHECK_EQ(mail.found("NOT 2:4 ALL"), "1 5");
  CHECK_EQ(mail.found("LARGER 1"), "1 2 3 4 5");
  CHECK_EQ(mail.found("SMALLER 2"), "");
  SearchKey saved;
  saved.kind = Kind::kSequenceSet;
  saved.set.set_saved_result();
  CHECK_EQ(mail.found(saved), "");
  const std::vector<Uid> uids = {Uid{12}, Uid{15}, Uid{40}};
  SearchSetting setting;
  setting.saved_result = &uids;
  CHECK_EQ(mail.found(saved, setting), "2 5");
  saved.kind = Kind::kUid;
  CHECK_EQ(mail.found(saved, setting), "2 5");
}

TEST_CASE("search: the order of keys is not the order of asking, and changes nothing") {
  Searched mail;
  mail.add("Subject: a\r\n\r\nword").add("Subject: b\r\n\r\nword").add("Subject: a\r\n\r\nnone");
  CHECK_EQ(mail.found("BODY word SUBJECT a 1:2"), "1");
  CHECK_EQ(mail.found("OR BODY word 3"), "1 2 3");
  CHECK_EQ(mail.found("OR (BODY none SUBJECT a) (NOT SUBJECT a)"), "2 3");
}
