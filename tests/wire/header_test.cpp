#include "sim/wire/header.h"

#include <doctest/doctest.h>

#include "sim/base/ascii.h"

using namespace mailscope;

TEST_CASE("header: fields with their spans") {
  const std::string text = "From: a@b.example\r\nSubject: one\r\n two\r\n\r\nBody: no field\r\n";
  const Header header = parse_header(text);
  REQUIRE_EQ(header.fields.size(), 2);
  CHECK(header.complete);
  CHECK_EQ(text.substr(header.span.end), "Body: no field\r\n");
  const HeaderField& subject = header.fields[1];
  CHECK_EQ(subject.name.of(text), "Subject");
  CHECK_EQ(subject.value.of(text), " one\r\n two");
  CHECK_EQ(subject.whole.of(text), "Subject: one\r\n two\r\n");
  CHECK_EQ(field_value(text, "SUBJECT"), std::string("one two"));
  CHECK_FALSE(find_field(text, "Body").has_value());
}

TEST_CASE("header: the folded example of RFC 5322 §2.2.3") {
  CHECK_EQ(unfolded(" This\r\n is a test"), " This is a test");
  CHECK_EQ(unfolded("a\n\tb"), "a\tb");
}

TEST_CASE("header: bare LF, no blank line, no body") {
  const std::string lf = "A: 1\nB: 2\n\nbody";
  CHECK_EQ(parse_header(lf).span.end, lf.size() - 4);
  const std::string open = "A: 1\r\nB: 2";
  const Header header = parse_header(open);
  CHECK_FALSE(header.complete);
  CHECK_EQ(header.fields.size(), 2);
  CHECK_EQ(header.fields[1].value.of(open), " 2");
  CHECK(parse_header("").fields.empty());
  CHECK_EQ(parse_header("\r\nbody").span.end, 2);
}

TEST_CASE("header: lines that are no fields are kept without a name") {
  const std::string text =
      " stray continuation\r\nno colon here\r\nFrom me@x Mon 10:00:00\r\n: empty\r\nOld : "
      "value\r\n\r\n";
  const Header header = parse_header(text);
  REQUIRE_EQ(header.fields.size(), 5);
  for (size_t i = 0; i < 4; ++i) CHECK(header.fields[i].name.empty());
  CHECK_EQ(header.fields[1].value.of(text), "no colon here");
  CHECK_EQ(header.fields[4].name.of(text), "Old");
  size_t at = 0;
  for (const HeaderField& field : header.fields) {
    CHECK_EQ(field.whole.begin, at);
    at = field.whole.end;
  }
  CHECK_EQ(at + 2, text.size());
}

TEST_CASE("header: a million fields are bounded, the span is not") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "a:\n";
  const Header header = parse_header(text);
  CHECK_EQ(header.fields.size(), kMaxHeaderFields);
  CHECK_EQ(header.span.end, text.size());
}

TEST_CASE("header: fields of one name, as asking each field for its name finds them") {
  const std::string text =
      " odd: first line\r\nSubject: one\r\nSubject : two\r\n Subject: folded\r\nSubject-x: 3\r\n"
      "no field\r\nSUBJECT\t:\r\nSubject\r\nsubject:4\r\n\r\nSubject: body\r\n";
  for (const std::string_view name : {"subject", "Subject-X", "odd", "no field", "Subject:", "",
                                      "body", " odd", "Subject : two"}) {
    CAPTURE(name);
    std::string wanted;
    std::string found;
    size_t at = 0;
    while (const auto field = next_field(text, at)) {
      const std::string_view its = field->name.of(text);
      if (!its.empty() && equals_ignoring_case(its, name)) wanted += field->whole.of(text);
    }
    at = 0;
    while (const auto field = next_field(text, name, at)) found += field->whole.of(text);
    CHECK_EQ(found, wanted);
  }
  CHECK_EQ(find_field(text, "SUBJECT")->value.of(text), " one");
}

TEST_CASE("header: where it ends") {
  for (const std::string_view text :
       {"", "\r\n", "\n", "A: b", "A: b\r\n", "A: b\r\n\r\nbody", "A: b\n\nbody\r\n\r\n",
        " x\r\n\r\n", "A: b\r\n \r\n\r\nbody", "\r\nbody"}) {
    CAPTURE(text);
    CHECK_EQ(header_end(text), parse_header(text).span.end);
  }
}
