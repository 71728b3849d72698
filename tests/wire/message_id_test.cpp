#include "sim/wire/message_id.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

std::string ids(std::string_view value, size_t limit = kMaxMessageIds) {
  std::string out;
  for (const std::string& id : parse_message_ids(value, limit)) out += id + '|';
  return out;
}

}  // namespace

TEST_CASE("message ids: in their order, without brackets") {
  CHECK_EQ(ids("<a@b>"), "a@b|");
  CHECK_EQ(ids(" <a@b>\r\n\t<c@d><e@[1.2.3.4]>"), "a@b|c@d|e@[1.2.3.4]|");
  CHECK_EQ(ids("<a@b> <c@d>", 1), "a@b|");
  CHECK_EQ(ids(""), "");
}

TEST_CASE("message ids: one spelling (the example of RFC 5256 §3)") {
  CHECK_EQ(ids("<\"01KF8JCEOCBS0045PS\"@xxx.yyy.com>"), "01KF8JCEOCBS0045PS@xxx.yyy.com|");
  CHECK_EQ(ids("<\"a\\\"b\"@c>"), "a\"b@c|");
  CHECK_EQ(ids("< a@\r\n b (a comment) >"), "a@b|");
  CHECK_EQ(ids("<A@B>"), "A@B|");
}

TEST_CASE("message ids: what is none is passed over") {
  CHECK_EQ(ids("Your message of Monday <a@b> and <c@d"), "a@b|");
  CHECK_EQ(ids("<nothing> <@b> <a@> <> <a@b>"), "a@b|");
  CHECK_EQ(ids("<lost <a@b>"), "a@b|");
  CHECK_EQ(ids("a@b"), "");
  CHECK_EQ(ids("<\"never closed@b> <a@b>"), "");
  CHECK_EQ(ids(std::string(100000, '<') + "a@b>"), "a@b|");
}
