#include "sim/wire/mime_fields.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

/// "type/subtype;name=value;..." or "-".
std::string shown(std::string_view value) {
  const auto media = parse_content_type(value);
  if (!media) return "-";
  std::string out = media->type + '/' + media->subtype;
  for (const MimeParam& param : media->params) out += ';' + param.name + '=' + param.value;
  return out;
}

}  // namespace

TEST_CASE("content type: the forms of RFC 2045 §5.1") {
  CHECK_EQ(shown(" text/plain; charset=us-ascii (Plain text)"), "text/plain;charset=us-ascii");
  CHECK_EQ(shown("text/plain; charset=\"us-ascii\""), "text/plain;charset=us-ascii");
  CHECK_EQ(shown("Multipart/Mixed;\r\n\tboundary=\"a \\\"b\\\"; c\""),
           "Multipart/Mixed;boundary=a \"b\"; c");
  CHECK_EQ(shown("text(a) / (b) html (c) ; (d) x (e) = (f) y"), "text/html;x=y");
}

TEST_CASE("content type: what can be read of malformed ones") {
  CHECK_EQ(shown(""), "-");
  CHECK_EQ(shown("text"), "-");
  CHECK_EQ(shown("text/"), "-");
  CHECK_EQ(shown("/plain"), "-");
  CHECK_EQ(shown("text/plain charset=x; a=b"), "text/plain;a=b");
  CHECK_EQ(shown("text/plain;; =x; noequals; a=b;"), "text/plain;a=b");
  CHECK_EQ(shown("a/b; name=My report.pdf; x=\"open"), "a/b;name=My report.pdf;x=open");
  CHECK_EQ(shown("a/b; boundary=----=_Part(1); x=y"), "a/b;boundary=----=_Part(1);x=y");
}

TEST_CASE("content type: continuations of RFC 2231 §3 and §4") {
  CHECK_EQ(shown("message/external-body; access-type=URL;\r\n URL*0=\"ftp://\";\r\n"
                 " URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\""),
           "message/external-body;access-type=URL;"
           "URL=ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar");
  const auto media = parse_content_type(
      "application/x-stuff;\r\n title*2=\"isn't it!\";\r\n"
      " title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n title*1*=%2A%2A%2Afun%2A%2A%2A%20");
  REQUIRE(media.has_value());
  REQUIRE_EQ(media->params.size(), 1);
  CHECK_EQ(media->params[0].name, "title*");
  CHECK_EQ(param_text(media->params, "Title"),
           std::string("This is even more ***fun*** isn't it!"));
  CHECK_EQ(shown("a/b; x*0=a; x*2=c"), "a/b;x=a");  // the piece after a gap is lost
  CHECK_EQ(shown("a/b; x*1=a"), "a/b");
  CHECK_EQ(shown("a/b; x*00=a; *=b; **=c; x*y=d"), "a/b;x*00=a;*=b;**=c;x*y=d");
}

TEST_CASE("parameters for people") {
  const auto name = [](std::string_view value) {
    return param_text(parse_content_disposition(value)->params, "filename").value_or("-");
  };
  CHECK_EQ(name("attachment; filename*=iso-8859-1'en'na%EFve.txt; filename=naive.txt"),
           "na\u00EFve.txt");
  CHECK_EQ(name("attachment; filename=\"=?utf-8?Q?na=C3=AFve?=.txt\""), "na\u00EFve.txt");
  CHECK_EQ(name("attachment; filename*=no%20quotes%2"), "no quotes%2");
  CHECK_EQ(name("attachment; filename=\"na\xEFve\""), "na\u00EFve");
  CHECK_EQ(name("attachment"), "-");
  CHECK_FALSE(parse_content_disposition(" ; filename=x").has_value());
}

TEST_CASE("tokens and languages") {
  CHECK_EQ(parse_mime_token(" 8bit (eight)"), std::string("8bit"));
  CHECK_FALSE(parse_mime_token("?invalid").has_value());
  CHECK_FALSE(parse_mime_token("7bit;").has_value());
  CHECK_FALSE(parse_mime_token("").has_value());
  CHECK_EQ(parse_languages("en, (x) de ,, fr"), std::vector<std::string>{"en", "de", "fr"});
}
