#include "sim/mail/message.h"

#include <doctest/doctest.h>

#include "sim/mail/html_text.h"

using namespace mailscope;

TEST_CASE("message: facts of a plain mail") {
  const MessagePtr message = make_message(
      "From: =?ISO-8859-1?Q?J=F8rn?= <jorn@example.com>\r\n"
      "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n aus Hamburg\r\n"
      "Date: Fri, 21 Nov 1997 09:55:06 -0600\r\nMessage-ID: <1@example.com>\r\n\r\nHi.\r\n");
  CHECK_EQ(message->from(), "J\u00F8rn");
  CHECK_EQ(message->subject(), "Gr\u00FC\u00DFe aus Hamburg");
  CHECK_EQ(message->date(), DateTime{880127706, -360});
  CHECK_EQ(message->message_id(), "<1@example.com>");
  CHECK_EQ(message->display_text(), "Hi.\n");
  CHECK_EQ(message->header_size() + 5, message->size());
}

TEST_CASE("message: missing and odd fields") {
  const MessagePtr empty = make_message("");
  CHECK_EQ(empty->from(), "");
  CHECK_EQ(empty->subject(), "");
  CHECK_EQ(empty->message_id(), "");
  CHECK_FALSE(empty->date().has_value());
  CHECK_EQ(empty->header_size(), 0);
  CHECK_EQ(empty->display_text(), "");
  const MessagePtr odd = make_message("From: team: a@b;\r\nSubject: tab\there\x01\r\n\r\n");
  CHECK_EQ(odd->from(), "a@b");
  CHECK_EQ(odd->subject(), "tab here");
}

TEST_CASE("message: the text is shared, the digest is of the bytes") {
  const MessagePtr one = make_message("A: b\r\n\r\nsame");
  const MessagePtr two = make_message("A: b\r\n\r\nsame");
  const MessagePtr other = make_message("A: b\r\n\r\nsamf");
  CHECK_EQ(one->digest(), two->digest());
  CHECK_NE(one->digest(), other->digest());
  CHECK_EQ(shared_text(one)->data(), one->text().data());
}

TEST_CASE("message: a million of them are small, and stay so while nobody looks into them") {
  // With the counters of its shared_ptr a message is one block of 64 bytes beside its text.
  CHECK_LE(sizeof(Message), 48);
  std::string roomy = "A: b\r\n\r\n";
  roomy.reserve(100000);
  CHECK_LE(shared_text(make_message(std::move(roomy)))->capacity(), 100);
}

TEST_CASE("message: what is kept with it is made once") {
  const MessagePtr message = make_message("Subject: once\r\n\r\n");
  const auto make = [](const Message& one) { return "made of " + one.subject(); };
  const std::string& kept = message->kept_text(KeptText::kImapEnvelope, make);
  CHECK_EQ(kept, "made of once");
  CHECK_EQ(&message->kept_text(KeptText::kImapEnvelope,
                               [](const Message&) { return std::string("never asked"); }),
           &kept);
  CHECK_EQ(kept, "made of once");
}

TEST_CASE("message: the size of its header, with and without the tree of its parts") {
  for (const char* text : {"", "A: b", "A: b\r\n\r\nbody", "\r\nbody", "body without\r\nheader"}) {
    CAPTURE(text);
    const MessagePtr message = make_message(text);
    const size_t before = message->header_size();
    CHECK_EQ(before, message->mime().header.end);
    CHECK_EQ(message->header_size(), before);
  }
}

TEST_CASE("message: line ends") {
  CHECK_EQ(crlf_normalised("a\nb\r\nc\rd\r\r\ne\r\r"), "a\r\nb\r\nc\r\nd\r\ne\r\n\r\n");
  CHECK_EQ(crlf_normalised(""), "");
  CHECK_EQ(crlf_normalised("\n\n"), "\r\n\r\n");
}

TEST_CASE("message: the best readable text") {
  const std::string head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  const std::string html =
      "--b\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>caf\xE9</p>\r\n";
  const std::string attached =
      "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nfile\r\n";
  const std::string nested =
      "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninside\r\n";
  const std::string plain = "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nUGxhaW4KdGV4dA==\r\n";
  CHECK_EQ(make_message(head + html + plain)->display_text(), "Plain\ntext");
  CHECK_EQ(make_message(head + attached + nested + html)->display_text(), "caf\u00E9\n");
  CHECK_EQ(make_message(head + attached + nested)->display_text(), "inside\n");
  CHECK_EQ(make_message(head + attached)->display_text(), "");
  CHECK_EQ(make_message("\r\n\u20AC\u20AC\u20AC")->display_text(7), "\u20AC\u20AC");
  CHECK_EQ(make_message("\r\na\tb\x1B[31m")->display_text(), "a\tb [31m");
}

TEST_CASE("html: words without tags") {
  CHECK_EQ(text_from_html("<html><head><title>T</title><style>p{}</style></head><body>"
                          "<p>One  &amp;\n two</p><p>a &lt; b &#8364; &#x20ac; &bogus; &nbsp;x</p>"
                          "<script>if (a<b) {}</script>end<!-- > no -->"),
           "One & two\n\na < b \u20AC \u20AC &bogus;  x\nend");
  CHECK_EQ(text_from_html("1 < 2 & 3"), "1 < 2 & 3");
  CHECK_EQ(text_from_html("a<br>b<b"), "a\nb");
  CHECK_EQ(text_from_html("<!-- never closed"), "");
  CHECK_EQ(text_from_html("&#0;&#xD800;&#x110000;"), "&#0;&#xD800;&#x110000;");
}

TEST_CASE("a subject asked for in passing is the same, whether the labels are kept or not") {
  const MessagePtr message = make_message("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n");
  const std::string passing = message->passing_subject();
  CHECK_EQ(passing, "Gr\u00FC\u00DFe");
  CHECK_EQ(message->subject(), passing);
  CHECK_EQ(message->passing_subject(), passing);
  CHECK_EQ(make_message("\r\n")->passing_subject(), "");
}
