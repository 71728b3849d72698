#include "sim/imap/message_thread.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>

#include "sim/base/rng.h"

using namespace mailscope;

namespace {

/// Messages numbered from 1 in the order in which they are added, each sent a minute after the one
/// before.
class Mailful {
 public:
  Mailful& add(const std::string& header) {
    MailboxEntry entry;
    entry.uid = Uid{static_cast<uint32_t>(101 + entries_.size())};
    entry.internal_date = static_cast<int64_t>(entries_.size()) * 60;
    entry.message = make_message(header + "\r\n");
    entries_.push_back(entry);
    return *this;
  }
  /// With that id, references and subject.
  Mailful& add(const std::string& id, const std::string& references, const std::string& subject) {
    return add((id.empty() ? "" : "Message-ID: <" + id + "@t>\r\n") +
               (references.empty() ? "" : "References: " + references + "\r\n") +
               "Subject: " + subject + "\r\n");
  }

  [[nodiscard]] std::vector<NumberedMessage> list() const {
    std::vector<NumberedMessage> list;
    for (const MailboxEntry& entry : entries_) {
      list.push_back({SeqNum{static_cast<uint32_t>(list.size() + 1)}, &entry});
    }
    return list;
  }
  [[nodiscard]] std::string by_references(bool uids = false) const {
    return encode_threads(thread_by_references(list()), list(), uids);
  }
  [[nodiscard]] std::string by_subject() const {
    return encode_threads(thread_by_subject(list()), list(), false);
  }

 private:
  std::deque<MailboxEntry> entries_;
};

}  // namespace

TEST_CASE("thread by subject: poor man's threading (RFC 5256 §3, ORDEREDSUBJECT)") {
  Mailful mail;
  CHECK_EQ(mail.by_subject(), "");
  mail.add("Subject: lunch\r\nDate: 5 Jan 2001 00:00:00 +0000\r\n")
      .add("Subject: dinner\r\nDate: 4 Jan 2001 00:00:00 +0000\r\n")
      .add("Subject: Re: Lunch\r\nDate: 3 Jan 2001 00:00:00 +0000\r\n")
      .add("Subject: [x] LUNCH (fwd)\r\nDate: 6 Jan 2001 00:00:00 +0000\r\n")
      .add("Subject: Re: dinner\r\nDate: 4 Jan 2001 00:00:00 +0000\r\n");
  CHECK_EQ(mail.by_subject(), "(3 (1)(4))(2 5)");
}

TEST_CASE("thread by references: answers, and answers to them") {
  Mailful mail;
  CHECK_EQ(mail.by_references(), "");
  mail.add("a", "", "one").add("b", "<a@t>", "Re: one").add("c", "<a@t> <b@t>", "Re: one");
  CHECK_EQ(mail.by_references(), "(1 2 3)");
  mail.add("d", "<a@t>", "Re: one").add("e", "", "two");
  CHECK_EQ(mail.by_references(), "(1 (2 3)(4))(5)");
  CHECK_EQ(mail.by_references(true), "(101 (102 103)(104))(105)");
}

TEST_CASE("thread by references: In-Reply-To stands in where References name nothing") {
  Mailful mail;
  mail.add("a", "", "one")
      .add("Message-ID: <b@t>\r\nIn-Reply-To: <a@t> <x@t>\r\nSubject: two\r\n")
      .add("References: nothing here\r\nIn-Reply-To: Ann's of Monday <b@t>\r\nSubject: three\r\n")
      // References win.
      .add("References: <a@t>\r\nIn-Reply-To: <b@t>\r\nSubject: four\r\n");
  CHECK_EQ(mail.by_references(), "(1 (2 3)(4))");
}

TEST_CASE("thread by references: what is not there joins its answers") {
  Mailful two;
  two.add("b", "<a@t>", "one").add("c", "<a@t>", "two");
  CHECK_EQ(two.by_references(), "((1)(2))");
  // Of a dummy with one answer nothing is left.
  Mailful one;
  one.add("b", "<x@t> <a@t>", "one").add("e", "", "two");
  CHECK_EQ(one.by_references(), "(1)(2)");
  // Dummies inside vanish, however many: their answers move up.
  Mailful inside;
  inside.add("a", "", "one")
      .add("d", "<a@t> <b@t> <c@t>", "one")
      .add("e", "<a@t> <b@t> <x@t>", "one");
  CHECK_EQ(inside.by_references(), "(1 (2)(3))");
  // A row of dummies leaves its topmost, which gathers the answers of all.
  Mailful row;
  row.add("d", "<a@t> <b@t> <c@t>", "one")
      .add("e", "<a@t> <b@t>", "two")
      .add("f", "<a@t>", "three");
  CHECK_EQ(row.by_references(), "((1)(2)(3))");
}

TEST_CASE("thread by references: ids are compared as they are meant") {
  Mailful mail;
  mail.add("Message-ID: <\"a\"@t>\r\nSubject: one\r\n")
      .add("b", "<a@t>", "two")
      .add("c", "<A@t>", "three");
  CHECK_EQ(mail.by_references(), "(1 2)(3)");
}

TEST_CASE("thread by references: an id used twice belongs to the first message") {
  Mailful mail;
  mail.add("a", "", "one").add("a", "", "two").add("b", "<a@t>", "three");
  CHECK_EQ(mail.by_references(), "(1 3)(2)");
  // Also when the answer stands before both.
  Mailful early;
  early.add("b", "<a@t>", "three").add("a", "", "one").add("a", "", "two");
  CHECK_EQ(early.by_references(), "(2 1)(3)");
}

TEST_CASE("thread by references: a message's own References count more than others' (step 1.B)") {
  Mailful mail;
  mail.add("a", "", "one")
      .add("x", "", "two")
      // Says that c answers x; c says it answers a.
      .add("d", "<x@t> <c@t>", "three")
      .add("c", "<a@t>", "four");
  CHECK_EQ(mail.by_references(), "(1 4 3)(2)");
  // Nor is there a parent for a message that names none.
  Mailful none;
  none.add("x", "", "two").add("d", "<x@t> <c@t>", "three").add("c", "", "four");
  CHECK_EQ(none.by_references(), "(1)(3 2)");
}

TEST_CASE("thread by references: loops are not made") {
  Mailful mail;
  mail.add("a", "<b@t>", "one").add("b", "<a@t>", "two").add("c", "<c@t>", "three");
  // The first link stands: 1 answers 2.
  CHECK_EQ(mail.by_references(), "(2 1)(3)");
  Mailful ring;
  ring.add("a", "<a@t> <b@t> <c@t> <a@t>", "one").add("b", "<c@t> <b@t> <a@t>", "two");
  ring.add("c", "<b@t> <a@t> <c@t>", "three");
  // 2 says last that it answers 1; 3 that it answers itself, which leaves it alone.
  CHECK_EQ(ring.by_references(), "(1 2)(3)");
}

TEST_CASE("thread by references: siblings by sent date, threads by that of their head") {
  Mailful mail;
  mail.add("Message-ID: <a@t>\r\nSubject: one\r\nDate: 9 Jan 2001 00:00:00 +0000\r\n")
      .add("References: <a@t>\r\nSubject: Re: one\r\nDate: 12 Jan 2001 00:00:00 +0000\r\n")
      .add("References: <a@t>\r\nSubject: Re: one\r\nDate: 11 Jan 2001 00:00:00 +0000\r\n")
      .add("Subject: two\r\nDate: 8 Jan 2001 00:00:00 +0000\r\n")
      // A dummy stands where its first answer does: before both others.
      .add("References: <x@t>\r\nSubject: three\r\nDate: 13 Jan 2001 00:00:00 +0000\r\n")
      .add("References: <x@t>\r\nSubject: four\r\nDate: 7 Jan 2001 00:00:00 +0000\r\n");
  CHECK_EQ(mail.by_references(), "((6)(5))(4)(1 (3)(2))");
}

TEST_CASE("thread by references: threads of one subject become one (step 5)") {
  // A reply whose References are lost goes under what it answers, even when it came first.
  Mailful reply;
  reply.add("a", "", "Re: lunch").add("b", "", "Lunch").add("c", "", "fwd: lunch");
  CHECK_EQ(reply.by_references(), "(2 (1)(3))");
  // Two that are no replies become siblings of nobody's child.
  Mailful equals;
  equals.add("a", "", "lunch").add("b", "", "lunch");
  CHECK_EQ(equals.by_references(), "((1)(2))");
  // A third joins them.
  equals.add("c", "", "Re: Lunch");
  CHECK_EQ(equals.by_references(), "((1)(2)(3))");
  // Two replies to nothing that is there.
  Mailful replies;
  replies.add("a", "", "Re: lunch").add("b", "", "Re: lunch");
  CHECK_EQ(replies.by_references(), "((1)(2))");
  // A message goes under a dummy.
  Mailful dummy;
  dummy.add("b", "<a@t>", "lunch").add("c", "<a@t>", "other").add("d", "", "lunch");
  CHECK_EQ(dummy.by_references(), "((1)(2)(3))");
  // Also when it comes before it.
  Mailful before;
  before.add("d", "", "lunch").add("b", "<a@t>", "lunch").add("c", "<a@t>", "other");
  CHECK_EQ(before.by_references(), "((1)(2)(3))");
  // Two dummies become one.
  Mailful dummies;
  dummies.add("b", "<a@t>", "lunch").add("c", "<a@t>", "x").add("d", "", "z");
  dummies.add("f", "<e@t>", "lunch").add("g", "<e@t>", "y");
  CHECK_EQ(dummies.by_references(), "((1)(2)(4)(5))(3)");
  // Nothing is gathered under no subject.
  Mailful empty;
  empty.add("a", "", "").add("b", "", "Re:").add("c", "", "");
  CHECK_EQ(empty.by_references(), "(1)(2)(3)");
}

TEST_CASE("thread by references: answers stay with a head that moves") {
  Mailful mail;
  mail.add("a", "", "Re: lunch").add("b", "<a@t>", "Re: lunch").add("c", "", "lunch");
  CHECK_EQ(mail.by_references(), "(3 1 2)");
}

TEST_CASE("thread: a hundred thousand answers, each to the one before") {
  // A list of nested lists once went as deep on the stack as the thread was long.
  Mailful mail;
  std::string wanted = "(1";
  mail.add("0", "", "one");
  for (int i = 1; i < 100000; ++i) {
    mail.add(std::to_string(i), "<" + std::to_string(i - 1) + "@t>", "Re: one");
    wanted += ' ' + std::to_string(i + 1);
  }
  CHECK(mail.by_references() == wanted + ')');
  // The same with the newest first, so that every parent is a dummy when it is linked, and with two
  // answers to each, which nests the parentheses.
  Mailful down;
  for (int i = 50000; i > 0; --i) {
    down.add(std::to_string(i), "<" + std::to_string(i - 1) + "@t>", "Re: one");
    down.add("x" + std::to_string(i), "<" + std::to_string(i - 1) + "@t>", "Re: one");
  }
  const std::string threads = down.by_references();
  CHECK_EQ(threads.substr(0, 2), "((");
  CHECK_EQ(std::count(threads.begin(), threads.end(), '('),
           std::count(threads.begin(), threads.end(), ')'));
}

TEST_CASE("thread: every message is in the answer once, whatever its References say") {
  Rng rng(11);
  for (int turn = 0; turn < 300; ++turn) {
    Mailful mail;
    const uint64_t count = 1 + rng.below(20);
    for (uint64_t i = 0; i < count; ++i) {
      std::string references;
      for (uint64_t k = rng.below(5); k > 0; --k) {
        references += "<" + std::to_string(rng.below(25)) + "@t>";
      }
      const std::string subject = (rng.below(2) == 0 ? "" : "Re: ") + std::to_string(rng.below(4));
      mail.add(rng.below(8) == 0 ? "" : std::to_string(rng.below(25)), references, subject);
    }
    for (const std::string& threads : {mail.by_references(), mail.by_subject()}) {
      CAPTURE(threads);
      std::vector<bool> seen(count + 1, false);
      for (size_t i = 0; i < threads.size(); ++i) {
        if (!(threads[i] >= '0' && threads[i] <= '9')) continue;
        size_t length = 0;
        const auto number = static_cast<size_t>(std::stoul(threads.substr(i), &length));
        i += length - 1;
        REQUIRE_LE(number, count);
        REQUIRE_FALSE(seen[number]);
        seen[number] = true;
      }
      CHECK_EQ(std::count(seen.begin(), seen.end(), true), static_cast<int64_t>(count));
      CHECK_EQ(threads.find("()"), std::string::npos);
      CHECK_EQ(threads.find("( "), std::string::npos);
      CHECK_EQ(threads.find(" )"), std::string::npos);
    }
  }
}
