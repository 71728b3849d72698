#include "sim/imap/message_sort.h"

#include <doctest/doctest.h>

#include <deque>

using namespace mailscope;

namespace {

using imap::SortCriterion;
using Key = SortCriterion::Key;

/// Messages numbered from 1 in the order in which they are added, received a second apart.
class Mailful {
 public:
  Mailful& add(const std::string& header, int64_t internal_date = -1) {
    MailboxEntry entry;
    entry.uid = Uid{static_cast<uint32_t>(100 + entries_.size())};
    entry.internal_date =
        internal_date >= 0 ? internal_date : static_cast<int64_t>(entries_.size());
    entry.message = make_message(header + "\r\n");
    entries_.push_back(entry);
    return *this;
  }

  std::string sorted(const std::vector<SortCriterion>& criteria) const {
    std::vector<NumberedMessage> list;
    for (const MailboxEntry& entry : entries_) {
      list.push_back({SeqNum{static_cast<uint32_t>(list.size() + 1)}, &entry});
    }
    sort_messages(list, criteria);
    std::string out;
    for (const NumberedMessage& message : list) {
      out += (out.empty() ? "" : " ") + std::to_string(message.seq.value);
    }
    return out;
  }

 private:
  std::deque<MailboxEntry> entries_;
};

}  // namespace

TEST_CASE("sort: by arrival, sent date and size") {
  Mailful mail;
  mail.add("Date: 3 Jan 2001 00:00:00 +0000\r\n", 30)
      .add("Date: 1 Jan 2001 00:00:00 +0000\r\nX: longer\r\n", 10)
      // Before midnight on the clock of its author, and after the one above by UTC.
      .add("Date: 31 Dec 2000 23:00:00 -0800\r\n", 20)
      // No date that can be read: when it came in counts.
      .add("Date: some day\r\n", 978400000);
  CHECK_EQ(mail.sorted({{Key::kArrival, false}}), "2 3 1 4");
  CHECK_EQ(mail.sorted({{Key::kDate, false}}), "2 3 4 1");
  CHECK_EQ(mail.sorted({{Key::kDate, true}}), "1 4 3 2");
  CHECK_EQ(mail.sorted({{Key::kSize, false}}), "4 1 3 2");
  CHECK_EQ(mail.sorted({}), "1 2 3 4");
}

TEST_CASE("sort: a date before 1970 is before one after it") {
  Mailful mail;
  mail.add("Date: 1 Jan 1971 00:00:00 +0000\r\n").add("Date: 1 Jan 1960 00:00:00 +0000\r\n");
  CHECK_EQ(mail.sorted({{Key::kDate, false}}), "2 1");
}

TEST_CASE("sort: by subject without its decoration, whatever its case") {
  Mailful mail;
  mail.add("Subject: Re: beta\r\n")
      .add("Subject: [list] ALPHA (fwd)\r\n")
      .add("Subject: Beta\r\n")
      .add("Subject: =?utf-8?Q?=C3=A9clair?=\r\n")
      .add("X: none\r\n");
  CHECK_EQ(mail.sorted({{Key::kSubject, false}}), "5 2 1 3 4");
  // REVERSE turns one criterion round, not the sequence numbers (RFC 5256 §3).
  CHECK_EQ(mail.sorted({{Key::kSubject, true}}), "4 1 3 2 5");
  CHECK_EQ(mail.sorted({{Key::kSubject, false}, {Key::kArrival, true}}), "5 2 3 1 4");
}

TEST_CASE("sort: by the mailbox of the first address, not by its name or host") {
  Mailful mail;
  mail.add("From: Zoe <bob@z.test>\r\nTo: Team: x@y, a@b;\r\nCc: c@d\r\n")
      .add("From: Ann <Carl@a.test>, aaa@b\r\nTo: second@b\r\nCc: \r\nCc: b@d\r\n")
      .add("From: <alf@z.test>\r\n");
  CHECK_EQ(mail.sorted({{Key::kFrom, false}}), "3 1 2");
  // A group stands in its first place with its name as ENVELOPE's mailbox.
  CHECK_EQ(mail.sorted({{Key::kTo, false}}), "3 2 1");
  CHECK_EQ(mail.sorted({{Key::kCc, false}}), "3 2 1");
}

TEST_CASE("sort: by what is displayed of an address (RFC 5957 §3)") {
  Mailful mail;
  mail.add("From: Zoe <aaa@z.test>\r\nTo: b@b\r\n")
      .add("From: =?utf-8?Q?=C3=89mile?= <zzz@a.test>\r\nTo: b@a\r\n")
      .add("From: <bob@z.test>\r\nTo: \"\" <c@c>\r\n")
      .add("To: \r\n");
  CHECK_EQ(mail.sorted({{Key::kDisplayFrom, false}}), "4 3 2 1");
  CHECK_EQ(mail.sorted({{Key::kDisplayTo, false}}), "4 2 1 3");
}

TEST_CASE("sort: texts that begin alike, and one that is the beginning of another") {
  Mailful mail;
  mail.add("Subject: The same beginning and a long end, b\r\n")
      .add("Subject: The same beginning and a long end, a\r\n")
      .add("Subject: The same beginning\r\n")
      .add("Subject: The same beginning and a long end, a\r\n")
      .add("Subject: THE SAME BEGINNING!\r\n")
      .add("Subject: The same beginning\r\n");
  CHECK_EQ(mail.sorted({{Key::kSubject, false}}), "3 6 2 4 1 5");
  CHECK_EQ(mail.sorted({{Key::kSubject, true}}), "5 1 2 4 3 6");
  CHECK_EQ(mail.sorted({{Key::kSubject, false}, {Key::kArrival, true}}), "6 3 4 2 1 5");
  // All alike, and of one octet more than the number that stands for them.
  Mailful alike;
  alike.add("Subject: abcdefghi\r\n").add("Subject: abcdefghi\r\n").add("Subject: a\r\n");
  CHECK_EQ(alike.sorted({{Key::kSubject, false}}), "3 1 2");
  Mailful none;
  none.add("").add("Subject: x\r\n").add("");
  CHECK_EQ(none.sorted({{Key::kSubject, false}}), "1 3 2");
}
