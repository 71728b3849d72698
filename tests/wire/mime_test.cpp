#include "sim/wire/mime.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

/// The tree on one line: "text/plain" or "multipart/mixed(...)" or "message/rfc822<...>".
std::string shown(const MimePart& part) {
  std::string out = part.media.type + '/' + part.media.subtype;
  if (part.kind == MimePart::Kind::kLeaf) return out;
  const bool multipart = part.kind == MimePart::Kind::kMultipart;
  out += multipart ? '(' : '<';
  for (size_t i = 0; i < part.parts.size(); ++i) out += (i > 0 ? " " : "") + shown(part.parts[i]);
  return out + (multipart ? ')' : '>');
}

std::string shown(std::string_view message) { return shown(parse_mime(message)); }

std::string body(std::string_view message, const std::vector<uint32_t>& number) {
  const MimePart root = parse_mime(message);
  const MimePart* part = find_part(root, number);
  return part == nullptr ? "(none)" : std::string(part->body.of(message));
}

// RFC 2046 §5.1.1, with the blank line after the preamble's boundary that shows an empty header.
constexpr std::string_view kRfc2046 =
    "From: Nathaniel Borenstein <nsb@bellcore.com>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-type: multipart/mixed; boundary=\"simple boundary\"\r\n"
    "\r\n"
    "This is the preamble.  It is to be ignored, though it\r\n"
    "is a handy place for composition agents.\r\n"
    "\r\n"
    "--simple boundary\r\n"
    "\r\n"
    "This is implicitly typed plain US-ASCII text.\r\n"
    "It does NOT end with a linebreak.\r\n"
    "--simple boundary\r\n"
    "Content-type: text/plain; charset=us-ascii\r\n"
    "\r\n"
    "This is explicitly typed plain US-ASCII text.\r\n"
    "It DOES end with a linebreak.\r\n"
    "\r\n"
    "--simple boundary--\r\n"
    "\r\n"
    "This is the epilogue.  It is also to be ignored.\r\n";

}  // namespace

TEST_CASE("mime: the multipart of RFC 2046 §5.1.1") {
  CHECK_EQ(shown(kRfc2046), "multipart/mixed(text/plain text/plain)");
  CHECK_EQ(body(kRfc2046, {1}),
           "This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.");
  CHECK_EQ(body(kRfc2046, {2}),
           "This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n");
  CHECK_EQ(body(kRfc2046, {3}), "(none)");
  CHECK_EQ(body(kRfc2046, {1, 1}), "(none)");
  CHECK_EQ(body(kRfc2046, {0}), "(none)");
  const MimePart root = parse_mime(kRfc2046);
  CHECK_FALSE(root.parts[0].media.given);
  CHECK(root.parts[1].media.given);
  CHECK_EQ(root.parts[0].header.of(kRfc2046), "\r\n");
  CHECK_EQ(root.parts[0].body_lines, 1);
  CHECK_EQ(root.parts[1].body_lines, 2);
  CHECK_EQ(root.body.end, kRfc2046.size());
}

TEST_CASE("mime: defaults of RFC 2045 §5.2 and of multipart/digest") {
  CHECK_EQ(shown("Subject: hi\r\n\r\nbody"), "text/plain");
  CHECK_EQ(shown("Content-Type: nonsense\r\n\r\nbody"), "text/plain");
  CHECK_EQ(shown(""), "text/plain");
  CHECK_EQ(shown("Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: x\n\nhi\n--b\n"
                 "Content-Type: text/html\n\nhi\n--b--\n"),
           "multipart/digest(message/rfc822<text/plain> text/html)");
}

TEST_CASE("mime: of a field that stands twice the first counts") {
  CHECK_EQ(shown("Content-Type: text/html\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"),
           "text/html");
}

TEST_CASE("mime: multiparts without a usable boundary are leaves, without a part are empty") {
  CHECK_EQ(shown("Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n--b--"), "multipart/mixed");
  CHECK_EQ(parse_mime("Content-Type: multipart/mixed\r\n\r\n").kind, MimePart::Kind::kLeaf);
  CHECK_EQ(shown("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\n"),
           "multipart/mixed");
  CHECK_EQ(shown("Content-Type: multipart/mixed; boundary=b\r\n\r\nno boundary line\r\n"),
           "multipart/mixed()");
  CHECK_EQ(shown("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n--b\r\n\r\nx"),
           "multipart/mixed()");
  CHECK_EQ(shown("Content-Type: multipart/mixed; boundary=b\r\n"), "multipart/mixed()");
}

TEST_CASE("mime: an outer boundary ends unfinished inner parts") {
  const std::string text =
      "Content-Type: multipart/mixed; boundary=out\r\n\r\n"
      "--out\r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n"
      "--in\r\n\r\ninner\r\n"
      "--out\r\nContent-Type: message/rfc822\r\n\r\nSubject: cut\r\n"
      "--out\r\nContent-Type: text/html\r\n\r\nlast\r\n--out--\r\n";
  CHECK_EQ(
      shown(text),
      "multipart/mixed(multipart/alternative(text/plain) message/rfc822<text/plain> text/html)");
  CHECK_EQ(body(text, {1, 1}), "inner");
  CHECK_EQ(body(text, {2}), "Subject: cut");
  CHECK_EQ(body(text, {2, 1}), "");
  CHECK_EQ(body(text, {3}), "last");
}

TEST_CASE("mime: the line end before a delimiter is none of a header that it cuts off") {
  // RFC 2046 §5.1.1 gives it to the delimiter, also where nothing but a header stands before it. It
  // was counted as the header's, and with it as the body of the part around that message.
  const std::string text =
      "Content-Type: multipart/mixed; boundary=d\r\n\r\n"
      "--d\r\nContent-Type: message/rfc822\r\n\r\nSubject: a\r\nTo: b\r\n"
      "--d\r\nContent-Type: text/plain\r\n"
      "--d\r\nContent-Type: message/rfc822\r\n"
      "--d\r\n--d--\r\n";
  const MimePart root = parse_mime(text);
  REQUIRE(root.parts.size() == 4);
  const MimePart& inside = root.parts[0].parts.front();
  CHECK(inside.header.of(text) == "Subject: a\r\nTo: b");
  CHECK(inside.header_lines == 1);
  CHECK(inside.body.of(text).empty());
  CHECK(root.parts[0].body.of(text) == "Subject: a\r\nTo: b");
  CHECK(root.parts[1].header.of(text) == "Content-Type: text/plain");
  CHECK(root.parts[1].body.of(text).empty());
  CHECK(root.parts[2].body.of(text).empty());
  CHECK(root.parts[2].parts.front().header.of(text).empty());
  // The line end that begins it is of the delimiter before, and nothing is left for a header.
  CHECK(root.parts[3].header.of(text).empty());

  // As it mostly is: an empty line, which is the delimiter's, too.
  const std::string empty =
      "Content-Type: multipart/mixed; boundary=d\r\n\r\n"
      "--d\r\nContent-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\n"
      "--d\r\nContent-Type: multipart/mixed; boundary=e\r\n\r\n"
      "--e\r\n\r\n--e\r\nContent-Type: text/plain\r\n\r\n--e--\r\n"
      "--d\r\nContent-Type: message/rfc822\r\n\r\n--d--\r\n";
  const MimePart all = parse_mime(empty);
  REQUIRE(all.parts.size() == 3);
  CHECK(all.parts[0].parts.front().header.of(empty) == "Subject: a\r\n");
  CHECK(all.parts[0].body.of(empty) == "Subject: a\r\n");
  // A delimiter of its own ends no header.
  CHECK(all.parts[1].header.of(empty) == "Content-Type: multipart/mixed; boundary=e\r\n\r\n");
  REQUIRE(all.parts[1].parts.size() == 2);
  CHECK(all.parts[1].parts[0].header.of(empty).empty());
  CHECK(all.parts[1].parts[1].header.of(empty) == "Content-Type: text/plain\r\n");
  CHECK(all.parts[2].header.of(empty) == "Content-Type: message/rfc822\r\n");
  CHECK(all.parts[2].body.of(empty).empty());
}

TEST_CASE("mime: a boundary line need only begin with the boundary; of two the longest wins") {
  const std::string text =
      "Content-Type: multipart/mixed; boundary=b\n\n"
      "--b trailing words\nContent-Type: multipart/mixed; boundary=b_alt\n\n"
      "--b_alt\n\none\n--b_alt--\n"
      "--b\n\ntwo\n--b--\n";
  CHECK_EQ(shown(text), "multipart/mixed(multipart/mixed(text/plain) text/plain)");
  CHECK_EQ(body(text, {1, 1}), "one");
  CHECK_EQ(body(text, {2}), "two");
}

TEST_CASE("mime: part numbers of RFC 3501 §6.4.5") {
  const std::string text =
      "Subject: outer\r\nContent-Type: multipart/mixed; boundary=A\r\n\r\n"
      "--A\r\n\r\none\r\n"
      "--A\r\nContent-Type: application/octet-stream\r\n\r\ntwo\r\n"
      "--A\r\nContent-Type: message/rfc822\r\n\r\n"
      "Subject: three\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
      "--B\r\n\r\nthree.one\r\n--B\r\nContent-Type: application/octet-stream\r\n\r\nthree.two\r\n"
      "--B--\r\n"
      "--A\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n"
      "--C\r\nContent-Type: image/gif\r\n\r\nfour.one\r\n"
      "--C\r\nContent-Type: message/rfc822\r\n\r\n"
      "Subject: four.two\r\nContent-Type: multipart/mixed; boundary=D\r\n\r\n"
      "--D\r\n\r\nfour.two.one\r\n"
      "--D\r\nContent-Type: multipart/alternative; boundary=E\r\n\r\n"
      "--E\r\n\r\nfour.two.two.one\r\n"
      "--E\r\nContent-Type: text/richtext\r\n\r\nfour.two.two.two\r\n--E--\r\n"
      "--D--\r\n--C--\r\n--A--\r\n";
  CHECK_EQ(shown(text),
           "multipart/mixed(text/plain application/octet-stream "
           "message/rfc822<multipart/mixed(text/plain application/octet-stream)> "
           "multipart/mixed(image/gif message/rfc822<multipart/mixed(text/plain "
           "multipart/alternative(text/plain text/richtext))>))");
  CHECK_EQ(body(text, {1}), "one");
  CHECK_EQ(body(text, {2}), "two");
  CHECK_EQ(body(text, {3, 1}), "three.one");
  CHECK_EQ(body(text, {3, 2}), "three.two");
  CHECK_EQ(body(text, {4, 1}), "four.one");
  CHECK_EQ(body(text, {4, 2, 1}), "four.two.one");
  CHECK_EQ(body(text, {4, 2, 2, 1}), "four.two.two.one");
  CHECK_EQ(body(text, {4, 2, 2, 2}), "four.two.two.two");
  CHECK_EQ(body(text, {4, 2, 2, 3}), "(none)");
  CHECK_EQ(body(text, {1, 1}), "(none)");
}

TEST_CASE("mime: part 1 of a message that is no multipart is its body") {
  CHECK_EQ(body("Subject: x\r\n\r\nbody", {1}), "body");
  CHECK_EQ(body("Subject: x\r\n\r\nbody", {2}), "(none)");
  CHECK_EQ(body("Subject: x\r\n\r\nbody", {1, 1}), "(none)");
  const std::string forwarded =
      "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n\r\ndeep";
  CHECK_EQ(body(forwarded, {1, 1, 1}), "deep");
  CHECK_EQ(body(forwarded, {1, 1}), "A: b\r\n\r\ndeep");
}

TEST_CASE("mime: the fields of a part") {
  const std::string text =
      "Content-Type: image/png; name=\"a b.png\"\r\nContent-ID:  <1@x>\r\n"
      "Content-Description: two\r\n words\r\nContent-Transfer-Encoding: BASE64\r\n"
      "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\nContent-Language: en, de\r\n"
      "Content-Location: http://example.com/x\r\n"
      "Content-Disposition: attachment; filename=x.png\r\n\r\naGk=\r\n";
  const MimePart part = parse_mime(text);
  CHECK_EQ(part.id, std::string("<1@x>"));
  CHECK_EQ(part.description, std::string("two words"));
  CHECK_EQ(part.encoding, std::string("BASE64"));
  CHECK_EQ(part.md5, std::string("Q2hlY2sgSW50ZWdyaXR5IQ=="));
  CHECK_EQ(part.languages.size(), 2);
  CHECK_EQ(part.location, std::string("http://example.com/x"));
  REQUIRE(part.disposition.has_value());
  CHECK_EQ(param_text(part.disposition->params, "FILENAME"), std::string("x.png"));
  CHECK_EQ(decoded_body(part, text), "hi");
}

TEST_CASE("mime: nesting stops at the limit") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "Content-Type: message/rfc822\r\n\r\n";
  const MimePart root = parse_mime(text + "end");
  size_t depth = 1;
  const MimePart* part = &root;
  for (; !part->parts.empty(); part = &part->parts[0]) ++depth;
  CHECK_EQ(depth, kMaxMimeDepth);
  CHECK_EQ(part->kind, MimePart::Kind::kLeaf);
  CHECK_EQ(part->body.end, text.size() + 3);
}

TEST_CASE("mime: parts stop at the limit, the rest stays in the last one") {
  std::string text = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 30000; ++i) text += "--b\n\n\n";
  const MimePart root = parse_mime(text);
  CHECK_EQ(root.parts.size(), kMaxMimeParts - 1);
  CHECK_EQ(root.parts.back().body.end, text.size());
}
