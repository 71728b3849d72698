#include "sim/wire/date.h"

#include <doctest/doctest.h>

using namespace mailscope;

TEST_CASE("date: the examples of RFC 5322, appendix A") {
  const struct {
    const char* text;
    int64_t unix_seconds;
    int32_t zone_minutes;
  } examples[] = {
      {"Fri, 21 Nov 1997 09:55:06 -0600", 880127706, -360},
      {"Tue, 1 Jul 2003 10:52:37 +0200", 1057049557, 120},
      {"Thu, 13 Feb 1969 23:32:54 -0330", -27723426, -210},
      {"Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 "
       "(Newfoundland Time)",
       -27723480, -210},
      {"21 Nov 97 09:55:06 GMT", 880106106, 0},
      {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880127706, -360},
  };
  for (const auto& example : examples) {
    CAPTURE(example.text);
    const auto date = parse_rfc5322_date(example.text);
    REQUIRE(date.has_value());
    CHECK_EQ(date->unix_seconds, example.unix_seconds);
    CHECK_EQ(date->zone_minutes, example.zone_minutes);
  }
}

TEST_CASE("date: obsolete years and zones of RFC 5322 §4.3") {
  CHECK_EQ(local_date(*parse_rfc5322_date("1 Jan 49 0:00 GMT")), CivilDate{2049, 1, 1});
  CHECK_EQ(local_date(*parse_rfc5322_date("1 Jan 50 00:00 GMT")), CivilDate{1950, 1, 1});
  CHECK_EQ(local_date(*parse_rfc5322_date("1 Jan 103 00:00 UT")), CivilDate{2003, 1, 1});
  CHECK_EQ(parse_rfc5322_date("1 Jan 2000 00:00 EDT")->zone_minutes, -240);
  CHECK_EQ(parse_rfc5322_date("1 Jan 2000 00:00 pst")->zone_minutes, -480);
  CHECK_EQ(parse_rfc5322_date("1 Jan 2000 00:00 Z")->zone_minutes, 0);
  CHECK_EQ(parse_rfc5322_date("1 Jan 2000 00:00 CEST")->zone_minutes, 0);
  CHECK_EQ(parse_rfc5322_date("1 Jan 2000 00:00")->zone_minutes, 0);
  CHECK(parse_rfc5322_date("Wed 29-Feb-2012 00:00:60 +0000").has_value());
}

TEST_CASE("date: malformed dates are no dates") {
  for (const char* wrong :
       {"", "<HR>", "yesterday", "Fri, 21 Nov", "31 Feb 2000 00:00 GMT", "0 Jan 2000 00:00 GMT",
        "1 Foo 2000 00:00 GMT", "1 Jan 2000 24:00 GMT", "1 Jan 2000 00:60 GMT", "1 Jan 2000 GMT",
        "1 Jan 20000 00:00 GMT", "1 Jan 2000 00:00 +0260", "1 Jan 2000 00:00 +100",
        "1 Jan 2000 00:00:00 *", "29 Feb 1900 00:00 GMT", "99999999999 Jan 2000 00:00 GMT"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_rfc5322_date(wrong).has_value());
  }
}

TEST_CASE("date: written as RFC 5322 and as INTERNALDATE") {
  const DateTime when{880127706, -360};
  CHECK_EQ(encode_rfc5322_date(when), "Fri, 21 Nov 1997 09:55:06 -0600");
  CHECK_EQ(encode_internal_date(when), "21-Nov-1997 09:55:06 -0600");
  CHECK_EQ(encode_rfc5322_date({0, 0}), "Thu, 1 Jan 1970 00:00:00 +0000");
  CHECK_EQ(encode_internal_date({-1, 330}), "01-Jan-1970 05:29:59 +0530");
  CHECK_EQ(encode_internal_date({INT64_MAX, INT32_MAX}), "31-Dec-9999 23:59:59 +9959");
  CHECK_EQ(encode_internal_date({INT64_MIN, INT32_MIN}), "01-Jan-0001 00:00:00 -9959");
}

TEST_CASE("date: INTERNALDATE as RFC 3501 writes it, and nothing else") {
  CHECK_EQ(parse_internal_date("17-Jul-1996 02:44:25 -0700"), DateTime{837596665, -420});
  CHECK_EQ(parse_internal_date(" 7-Feb-1994 22:43:04 -0800"), DateTime{760689784, -480});
  for (const char* wrong :
       {"", "7-Feb-94 22:43:04 -0800", "07-Feb-1994 22:43:04", "07-Feb-1994 22:43 -0800",
        "07 Feb 1994 22:43:04 -0800", "07-Feb-1994 22:43:04 -0800 ", "07-Feb-1994 22:43:04 PST",
        "30-Feb-1994 22:43:04 -0800", "7-Feb-1994 22:43:04 -0800", " 07-Feb-1994 22:43:04 -0800"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_internal_date(wrong).has_value());
  }
}

TEST_CASE("date: mbox separators") {
  CHECK_EQ(parse_asctime_date("Sat Jan  3 01:05:34 1996"), DateTime{820631134, 0});
  CHECK_EQ(parse_asctime_date("Sat Jan 03 01:05:34 +0100 1996"), DateTime{820627534, 60});
  CHECK_EQ(parse_asctime_date("Sat Jan  3 01:05 PST 1996"), DateTime{820631100, 0});
  CHECK_FALSE(parse_asctime_date("here on it gets better").has_value());
}

TEST_CASE("date: the calendar round trips over a long time") {
  for (int64_t days = -800000; days < 3000000; days += 97) {
    const CivilDate date = civil_from_days(days);
    REQUIRE_EQ(days_from_civil(date), days);
    const CivilDate next = civil_from_days(days + 1);
    REQUIRE((next.day == date.day + 1 || next.day == 1));
  }
  CHECK_EQ(civil_from_days(11016), CivilDate{2000, 2, 29});
  CHECK_EQ(weekday_from_days(0), 4);
  CHECK_EQ(weekday_from_days(-5), 6);
  CHECK_EQ(weekday_from_days(-1), 3);
}

TEST_CASE("date: the sent date of RFC 5256 §2.2 makes do with a day") {
  // The example of the RFC.
  CHECK_EQ(parse_sent_date("31 Dec 2000 16:01:33 -0800"),
           parse_rfc5322_date("31 Dec 2000 16:01:33 -0800"));
  CHECK_EQ(parse_sent_date("31 Dec 2000 16:01:33 -8"), DateTime{978278493, 0});
  CHECK_EQ(parse_sent_date("31 Dec 2000 16:01:33 +9960"), DateTime{978278493, 0});
  CHECK_EQ(parse_sent_date("31 Dec 2000 25:00:00 -0800"), DateTime{978220800, 0});
  CHECK_EQ(parse_sent_date("Sun, 31 Dec 2000"), DateTime{978220800, 0});
  CHECK_EQ(parse_sent_date("31 Foo 2000 16:01:33 -0800"), std::nullopt);
  CHECK_EQ(parse_sent_date("31 Feb 2000 16:01:33 -0800"), std::nullopt);
  CHECK_EQ(parse_sent_date("yesterday"), std::nullopt);
}
