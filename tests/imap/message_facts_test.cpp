#include "sim/imap/message_facts.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "sim/mail/import.h"

using namespace mailscope;

namespace {

std::string envelope(const std::string& text) { return encode_envelope(*make_message(text)); }

std::string structure(const std::string& text, bool extensible = true) {
  const MessagePtr message = make_message(text);
  return encode_body_structure(message->mime(), message->text(), extensible);
}

std::string section(const std::string& text, std::vector<uint32_t> part, Section::What what,
                    std::vector<std::string> fields = {}) {
  const MessagePtr message = make_message(text);
  return section_bytes(*message, {std::move(part), what, std::move(fields)}).value_or("(none)");
}

/// True when `text` is one parenthesized list: strings and literals whole, parentheses matched.
bool is_one_list(std::string_view text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
    } else if (text[i] == '{') {
      size_t length = 0;
      for (++i; i < text.size() && text[i] != '}'; ++i) {
        length = length * 10 + static_cast<size_t>(text[i] - '0');
      }
      if (text.substr(i, 3) != "}\r\n") return false;
      i += 2 + length;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')') {
      if (--depth == 0) return i + 1 == text.size();
    }
  }
  return false;
}

}  // namespace

TEST_CASE("envelope: the example of RFC 3501 §8") {
  CHECK_EQ(
      envelope("Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n"
               "From: Terry Gray <gray@cac.washington.edu>\r\n"
               "Subject: IMAP4rev1 WG mtg summary and minutes\r\n"
               "To: imap@cac.washington.edu\r\n"
               "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
               "Message-Id: <B27397-0100000@cac.washington.edu>\r\n"
               "MIME-Version: 1.0\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n"),
      "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" "
      "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
      "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
      "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
      "((NIL NIL \"imap\" \"cac.washington.edu\")) "
      "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) "
      "NIL NIL \"<B27397-0100000@cac.washington.edu>\")");
}

TEST_CASE("envelope: absent is NIL, empty is empty, sender falls back to from") {
  CHECK_EQ(envelope(""), "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
  CHECK_EQ(envelope("Subject:\r\nTo:\r\nIn-Reply-To: \r\n\r\n"),
           "(NIL \"\" NIL NIL NIL NIL NIL NIL \"\" NIL)");
  CHECK_EQ(envelope("From: a@b\r\nSender:\r\nReply-To: c@d\r\n\r\n"),
           "(NIL NIL ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"c\" \"d\")) "
           "NIL NIL NIL NIL NIL)");
}

TEST_CASE("envelope: groups, routes, missing pieces, several fields") {
  CHECK_EQ(
      envelope("To: A Group:Ed <c@a.test>,joe;\r\nCc: <@r,@s:x@y>\r\nBcc: p@q\r\nBcc: r@s\r\n\r\n"),
      "(NIL NIL NIL NIL NIL ((NIL NIL \"A Group\" NIL)(\"Ed\" NIL \"c\" \"a.test\")"
      "(NIL NIL \"joe\" \"MISSING_DOMAIN\")(NIL NIL NIL NIL)) ((NIL \"@r,@s\" \"x\" \"y\")) "
      "((NIL NIL \"p\" \"q\")(NIL NIL \"r\" \"s\")) NIL NIL)");
}

TEST_CASE("envelope: quoted where it can be, a literal where it must be") {
  CHECK_EQ(envelope("Subject: say \"a\\b\"\r\n\r\n"),
           "(NIL \"say \\\"a\\\\b\\\"\" NIL NIL NIL NIL NIL NIL NIL NIL)");
  CHECK_EQ(envelope("Subject: caf\xC3\xA9\r\n\r\n"),
           "(NIL {5}\r\ncaf\xC3\xA9 NIL NIL NIL NIL NIL NIL NIL NIL)");
  CHECK_EQ(envelope(std::string("Subject: a\0b\r\n\r\n", 16)),
           "(NIL {5}\r\na\uFFFDb NIL NIL NIL NIL NIL NIL NIL NIL)");
  CHECK(is_one_list(envelope("Subject: " + std::string(5000, 'x') + "\r\n\r\n")));
}

TEST_CASE("body structure: single parts, BODY and BODYSTRUCTURE") {
  CHECK_EQ(structure("Subject: x\r\n\r\none\r\ntwo\r\n", false),
           "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 10 2)");
  CHECK_EQ(structure("Subject: x\r\n\r\none\r\ntwo\r\n"),
           "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 10 2 NIL NIL NIL NIL)");
  CHECK_EQ(structure("Content-Type: image/png\r\nContent-Disposition: inline\r\n\r\nxyz"),
           "(\"image\" \"png\" NIL NIL NIL \"7bit\" 3 NIL (\"inline\" NIL) NIL NIL)");
}

TEST_CASE("body structure: what Dovecot says of its own test message") {
  // After Dovecot's test-imap-bodystructure.c, from memory and shortened; lines end with CRLF.
  const std::string inner =
      "From: sub@domain.org\r\nTo: sub-to@domain.org\r\nDate: Sun, 12 Aug 2012 12:34:56 +0300\r\n"
      "Subject: submsg\r\nContent-Type: multipart/alternative; boundary=\"sub1\"\r\n\r\n"
      "Sub MIME prologue\r\n--sub1\r\nContent-Type: text/html\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\n<p>Hello world</p>\r\n\r\n--sub1\r\n"
      "Content-Type: text/plain\r\nContent-Transfer-Encoding: ?invalid\r\n\r\n"
      "Hello another world\r\n\r\n--sub1--\r\nSub MIME epilogue\r\n";
  const std::string text =
      "From: user@domain.org\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=\"foo\r\n bar\"\r\n\r\nRoot MIME prologue\r\n\r\n"
      "--foo bar\r\nContent-Type: text/x-myown; charset=us-ascii; foo=\"quoted\\\"string\"\r\n"
      "Content-ID: <foo@example.com>\r\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n"
      "Content-Disposition: inline; foo=bar\r\nContent-Description: hellodescription\r\n"
      "Content-Language: en, de\r\nContent-Location: http://example.com/test.txt\r\n\r\n"
      "hello\r\n\r\n--foo bar\r\nContent-Type: message/rfc822\r\n\r\n" +
      inner + "\r\n--foo bar--\r\nRoot MIME epilogue\r\n";
  CHECK_EQ(
      structure(text),
      "((\"text\" \"x-myown\" (\"charset\" \"us-ascii\" \"foo\" \"quoted\\\"string\") "
      "\"<foo@example.com>\" \"hellodescription\" \"7bit\" 7 1 \"Q2hlY2sgSW50ZWdyaXR5IQ==\" "
      "(\"inline\" (\"foo\" \"bar\")) (\"en\" \"de\") \"http://example.com/test.txt\")"
      "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" " +
          std::to_string(inner.size()) +
          " (\"Sun, 12 Aug 2012 12:34:56 +0300\" \"submsg\" ((NIL NIL \"sub\" \"domain.org\")) "
          "((NIL NIL \"sub\" \"domain.org\")) ((NIL NIL \"sub\" \"domain.org\")) "
          "((NIL NIL \"sub-to\" \"domain.org\")) NIL NIL NIL NIL) "
          "((\"text\" \"html\" (\"charset\" \"us-ascii\") NIL NIL \"8bit\" 20 1 NIL NIL NIL NIL)"
          "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 21 1 NIL NIL NIL NIL) "
          "\"alternative\" (\"boundary\" \"sub1\") NIL NIL NIL) 21 NIL NIL NIL NIL) "
          "\"mixed\" (\"boundary\" \"foo bar\") NIL NIL NIL)");
}

TEST_CASE("body structure: multiparts without parts or boundary, messages too deep") {
  CHECK_EQ(structure("Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing\r\n", false),
           "((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0) \"mixed\")");
  // A multipart without its boundary is none (RFC 2046 §5.1.1), and what is no valid Content-Type
  // is text/plain (RFC 2045 §5.2).
  CHECK_EQ(structure("Content-Type: multipart/mixed\r\n\r\nnothing\r\n", false),
           "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 9 1)");
  std::string deep;
  for (int i = 0; i < 50; ++i) deep += "Content-Type: message/rfc822\r\n\r\n";
  CHECK(is_one_list(structure(deep)));
  CHECK_NE(structure(deep).find("\"application\" \"octet-stream\""), std::string::npos);
}

TEST_CASE("body structure: message/global is a message to those who know IMAP4rev2") {
  const MessagePtr message =
      make_message("Content-Type: message/global\r\n\r\nSubject: in\r\n\r\nbody\r\n");
  CHECK_EQ(encode_body_structure(message->mime(), message->text(), false),
           "(\"message\" \"global\" NIL NIL NIL \"7bit\" 21)");
  CHECK_EQ(encode_body_structure(message->mime(), message->text(), false, true),
           "(\"message\" \"global\" NIL NIL NIL \"7bit\" 21 "
           "(NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) "
           "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 6 1) 3)");
}

TEST_CASE("body structure: parts that boundaries make out of nothing") {
  const std::string head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  const auto sizes = [](const std::string& text) {
    std::string out;
    const MessagePtr message = make_message(text);
    for (const MimePart& part : message->mime().parts) {
      out += std::to_string(part.header.size()) + '+' + std::to_string(part.body.size()) + ' ';
    }
    return out;
  };
  CHECK_EQ(sizes(head + "--b\r\n--b\r\n--b--\r\n"), "0+0 0+0 ");
  CHECK_EQ(sizes(head + "--b--\r\n"), "");
  CHECK_EQ(sizes(head + "--b\r\n\r\none\r\n--b\r\n"), "2+3 0+0 ");
  // The story: a boundary without its line end, as the last thing of a message that was cut off,
  // made an empty part.
  CHECK_EQ(sizes(head + "--b\r\n\r\none\r\n--b"), "2+3 ");
  // A header that a boundary cuts off keeps its lines, but for the last line end (RFC 2046 §5.1.1).
  CHECK_EQ(sizes(head + "--b\r\nX: y\r\n--b\r\nno header\r\n--b--\r\n"), "4+0 9+0 ");
}

TEST_CASE("body structure: boundaries that begin alike, and one that is used twice") {
  const auto shape = [](const std::string& text) {
    std::string out;
    const auto add = [&out](const MimePart& part, const auto& self) -> void {
      out += '(';
      for (const MimePart& child : part.parts) self(child, self);
      out += ')';
    };
    add(make_message(text)->mime(), add);
    return out;
  };
  const std::string two = "\r\n\r\none\r\n";
  for (const auto& [outer, inner] : {std::pair{"ab", "abc"}, std::pair{"abc", "ab"}}) {
    CAPTURE(outer);
    const std::string o = std::string("--") + outer;
    const std::string i = std::string("--") + inner;
    CHECK_EQ(shape(std::string("Content-Type: multipart/mixed; boundary=") + outer + "\r\n\r\n" +
                   o + "\r\nContent-Type: multipart/alternative; boundary=" + inner + "\r\n\r\n" +
                   i + two + i + two + i + "--\r\n" + o + two + o + "--\r\n"),
             "((()())())");
  }
  CHECK_EQ(shape("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                 "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nin\r\n--b--\r\n"
                 "--b\r\n\r\nout\r\n--b--\r\n"),
           "((())())");
}

TEST_CASE("body structure: in a digest a part is a message until it says otherwise") {
  const std::string text =
      "Content-Type: multipart/digest; boundary=b\r\n\r\n"
      "--b\r\n\r\nSubject: one\r\n\r\nbody\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\ntext\r\n"
      "--b\r\nContent-Type: garbage\r\n\r\nSubject: two\r\n\r\nbody\r\n--b--\r\n";
  CHECK_EQ(structure(text, false),
           "((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 20 "
           "(NIL \"one\" NIL NIL NIL NIL NIL NIL NIL NIL) "
           "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 4 0) 2)"
           "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 4 0)"
           "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 20 2) \"digest\")");
}

TEST_CASE("sections of a plain message") {
  const std::string text = "A: 1\r\nB: 2\r\n b\r\na: 3\r\nno field\r\n\r\nbody\r\n";
  CHECK_EQ(section(text, {}, Section::kAll), text);
  CHECK_EQ(section(text, {}, Section::kHeader), text.substr(0, text.size() - 6));
  CHECK_EQ(section(text, {}, Section::kText), "body\r\n");
  CHECK_EQ(section(text, {1}, Section::kAll), "body\r\n");
  CHECK_EQ(section(text, {1}, Section::kMime), text.substr(0, text.size() - 6));
  CHECK_EQ(section(text, {1}, Section::kText), "(none)");
  CHECK_EQ(section(text, {2}, Section::kAll), "(none)");
  CHECK_EQ(section(text, {}, Section::kMime), "(none)");
  CHECK_EQ(section(text, {}, Section::kHeaderFields, {"a"}), "A: 1\r\na: 3\r\n\r\n");
  CHECK_EQ(section(text, {}, Section::kHeaderFieldsNot, {"A"}), "B: 2\r\n b\r\nno field\r\n\r\n");
  CHECK_EQ(section(text, {}, Section::kHeaderFields, {"missing"}), "\r\n");
  const MessagePtr message = make_message(text);
  CHECK_EQ(rfc822_text(*message), "body\r\n");
  CHECK_EQ(std::string(rfc822_header(*message)) + std::string(rfc822_text(*message)), text);
}

TEST_CASE("sections of a nested message") {
  const std::string text =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: y\r\n\r\none\r\n"
      "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\nTo: t\r\n\r\ninside\r\n--b--\r\n";
  CHECK_EQ(section(text, {1}, Section::kMime), "X: y\r\n\r\n");
  CHECK_EQ(section(text, {2}, Section::kAll), "Subject: in\r\nTo: t\r\n\r\ninside");
  CHECK_EQ(section(text, {2}, Section::kMime), "Content-Type: message/rfc822\r\n\r\n");
  CHECK_EQ(section(text, {2}, Section::kHeader), "Subject: in\r\nTo: t\r\n\r\n");
  CHECK_EQ(section(text, {2}, Section::kHeaderFields, {"SUBJECT"}), "Subject: in\r\n\r\n");
  CHECK_EQ(section(text, {2}, Section::kText), "inside");
  CHECK_EQ(section(text, {2, 1}, Section::kAll), "inside");
  CHECK_EQ(section(text, {1}, Section::kHeader), "(none)");
}

TEST_CASE("corpus: the facts of every real message are well formed") {
  const std::string path = std::string(MAILSCOPE_SOURCE_DIR) + "/../shared/data/eml";
  if (!std::filesystem::exists(path)) {
    MESSAGE("no corpus at " << path);
    return;
  }
  const auto result = import_mail(path);
  REQUIRE(result.ok());
  for (const ImportedMessage& mail : result.value()) {
    CAPTURE(mail.source);
    const Message& message = *mail.message;
    CHECK(is_one_list(encode_envelope(message)));
    for (const bool extensible : {false, true}) {
      CHECK(is_one_list(encode_body_structure(message.mime(), message.text(), extensible)));
    }
    CHECK_EQ(section_bytes(message, {{}, Section::kHeader, {}}).value() +
                 section_bytes(message, {{}, Section::kText, {}}).value(),
             message.text());
  }
}
