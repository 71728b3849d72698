// Dates of mail: the Date field (RFC 5322 §3.3, obsolete forms §4.3), IMAP's INTERNALDATE (RFC 3501
// §9, date-time), the C asctime form of mbox separators, and the civil calendar under them. Real
// time here is a date that somebody wrote; simulated time is sim/base/time.h and never meets it in
// this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

/// An instant and the zone in which it was written down.
struct DateTime {
  int64_t unix_seconds = 0;
  int32_t zone_minutes = 0;  // east of UTC

  friend bool operator==(DateTime a, DateTime b) {
    return a.unix_seconds == b.unix_seconds && a.zone_minutes == b.zone_minutes;
  }
  friend bool operator!=(DateTime a, DateTime b) { return !(a == b); }
};

/// A day of the proleptic Gregorian calendar.
struct CivilDate {
  int32_t year = 1970;
  int32_t month = 1;  // 1..12
  int32_t day = 1;    // 1..31

  friend bool operator==(CivilDate a, CivilDate b) {
    return a.year == b.year && a.month == b.month && a.day == b.day;
  }
};

/// Days since 1970-01-01, negative before; and back.
int64_t days_from_civil(CivilDate date);
CivilDate civil_from_days(int64_t days);
/// 0 = Sunday.
int32_t weekday_from_days(int64_t days);
bool valid_civil(CivilDate date);
/// 1..12 from "Jan".."Dec" in any case; 0 for anything else.
int32_t month_from_name(std::string_view name);
/// The day as its writer's calendar showed it (RFC 3501 §6.4.4, SENTON compares this).
CivilDate local_date(DateTime when);

/// "Fri, 21 Nov 1997 09:55:06 -0600" and what RFC 5322 §4.3 still allows; nullopt when malformed.
std::optional<DateTime> parse_rfc5322_date(std::string_view text);
/// The same, but read as the sent date of RFC 5256 §2.2: a zone that is wrong counts as UTC, a time
/// that is wrong as 00:00:00; nullopt when there is no day.
std::optional<DateTime> parse_sent_date(std::string_view text);
std::string encode_rfc5322_date(DateTime when);
/// " 7-Feb-1994 22:43:04 -0800" as INTERNALDATE and APPEND carry it, without the quotes.
std::optional<DateTime> parse_internal_date(std::string_view text);
std::string encode_internal_date(DateTime when);
/// "Sat Jan  3 01:05:34 1996", as UTC unless it has a numeric zone before the year; trailing text
/// is ignored.
std::optional<DateTime> parse_asctime_date(std::string_view text);

}  // namespace mailscope
