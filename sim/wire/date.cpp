#include "sim/wire/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/base/ascii.h"
#include "sim/wire/lexical.h"

namespace mailscope {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
constexpr int64_t kDaySeconds = 86400;
// What four digits of a year can say.
constexpr int64_t kFirstSecond = -62135596800;  // 0001-01-01 00:00:00
constexpr int64_t kLastSecond = 253402300799;   // 9999-12-31 23:59:59
constexpr int32_t kMaxZone = 99 * 60 + 59;

struct TimeOfDay {
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
};

struct NamedZone {
  std::string_view name;
  int32_t minutes;
};

/// RFC 5322 §4.3. Every other name, the military letters included, counts as "-0000".
constexpr std::array<NamedZone, 10> kNamedZones = {{{"UT", 0},
                                                    {"GMT", 0},
                                                    {"EST", -300},
                                                    {"EDT", -240},
                                                    {"CST", -360},
                                                    {"CDT", -300},
                                                    {"MST", -420},
                                                    {"MDT", -360},
                                                    {"PST", -480},
                                                    {"PDT", -420}}};

/// Two and three digits of a year (RFC 5322 §4.3).
int32_t full_year(int32_t year, size_t digits) {
  if (digits == 2) return year < 50 ? year + 2000 : year + 1900;
  return digits == 3 ? year + 1900 : year;
}

/// Reads the pieces of a date one after the other; each read_ says whether its piece was there.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text) {}

  void skip() { at_ = skip_cfws(text_, at_); }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }

  bool read_char(char c) {
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }

  std::string_view read_letters() {
    const size_t begin = at_;
    while (!at_end() && ascii_alpha(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  /// A number of `min` to `max` digits, no further digit behind it.
  bool read_digits(size_t min, size_t max, int32_t& value) {
    const size_t begin = at_;
    while (!at_end() && ascii_digit(text_[at_])) ++at_;
    digits_ = at_ - begin;
    if (digits_ < min || digits_ > max) return false;
    value = 0;
    for (const char c : text_.substr(begin, digits_)) value = value * 10 + (c - '0');
    return true;
  }
  /// hh ":" mm [":" ss]; `seconds_needed` for the forms that always have them.
  bool read_time(bool seconds_needed, TimeOfDay& time) {
    if (!read_digits(1, 2, time.hour)) return false;
    skip();
    if (!read_char(':')) return false;
    skip();
    if (!read_digits(2, 2, time.minute)) return false;
    skip();
    if (read_char(':')) {
      skip();
      if (!read_digits(2, 2, time.second)) return false;
    } else if (seconds_needed) {
      return false;
    }
    return time.hour < 24 && time.minute < 60 && time.second <= 60;  // 60: a leap second
  }

  /// The day of a Date field, up to its time of day.
  bool read_day(CivilDate& date) {
    skip();
    if (ascii_alpha(peek())) {
      // The day of the week is not checked: mail that names the wrong one still has a date.
      read_letters();
      skip();
      read_char(',');
      skip();
    }
    if (!read_digits(1, 2, date.day)) return false;
    skip();
    read_char('-');  // "21-Nov-97", which some software writes
    skip();
    date.month = month_from_name(read_letters().substr(0, 3));
    skip();
    read_char('-');
    skip();
    if (!read_digits(2, 4, date.year)) return false;
    date.year = full_year(date.year, digits_);
    skip();
    return true;
  }

  /// The zone of a Date field: a number, a name, or nothing at all.
  bool read_zone(int32_t& minutes) {
    skip();
    if (!ascii_alpha(peek())) return at_end() || read_numeric_zone(minutes);
    const std::string_view name = read_letters();
    for (const NamedZone& known : kNamedZones) {
      if (equals_ignoring_case(name, known.name)) minutes = known.minutes;
    }
    return true;
  }

  /// "+hhmm" or "-hhmm".
  bool read_numeric_zone(int32_t& minutes) {
    const bool west = peek() == '-';
    if (!read_char('+') && !read_char('-')) return false;
    int32_t digits = 0;
    if (!read_digits(4, 4, digits) || digits % 100 > 59) return false;
    minutes = digits / 100 * 60 + digits % 100;
    if (west) minutes = -minutes;
    return true;
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
  size_t digits_ = 0;
};

std::optional<DateTime> date_time_from(CivilDate date, TimeOfDay time, int32_t zone_minutes) {
  if (!valid_civil(date)) return std::nullopt;
  DateTime when;
  when.unix_seconds = days_from_civil(date) * kDaySeconds + time.hour * 3600 + time.minute * 60 +
                      time.second - int64_t{zone_minutes} * 60;
  when.zone_minutes = zone_minutes;
  return when;
}

/// The fields of `when` on its writer's clock; years out of four digits are cut to the nearest one.
struct Broken {
  CivilDate date;
  TimeOfDay time;
  int32_t weekday = 0;
  int32_t zone_minutes = 0;
  char zone_sign = '+';
};

Broken broken_from(DateTime when) {
  Broken out;
  const int32_t zone = std::clamp(when.zone_minutes, -kMaxZone, kMaxZone);
  const int64_t utc = std::clamp(when.unix_seconds, kFirstSecond, kLastSecond);
  const int64_t local = std::clamp(utc + int64_t{zone} * 60, kFirstSecond, kLastSecond);
  int64_t days = local / kDaySeconds;
  if (local % kDaySeconds < 0) --days;
  const auto second = static_cast<int32_t>(local - days * kDaySeconds);
  out.date = civil_from_days(days);
  out.weekday = weekday_from_days(days);
  out.time = {second / 3600, second / 60 % 60, second % 60};
  out.zone_sign = zone < 0 ? '-' : '+';
  out.zone_minutes = zone < 0 ? -zone : zone;
  return out;
}

std::string_view month_name(int32_t month) { return kMonths[static_cast<size_t>(month - 1)]; }

}  // namespace

// After Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March, so
// that the leap day is the last of its year.
int64_t days_from_civil(CivilDate date) {
  const int64_t year = int64_t{date.year} - (date.month <= 2 ? 1 : 0);
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year =
      (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate civil_from_days(int64_t days) {
  const int64_t shifted = days + 719468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int32_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  date.month =
      static_cast<int32_t>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  date.year = static_cast<int32_t>(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
  return date;
}

int32_t weekday_from_days(int64_t days) {
  return static_cast<int32_t>(((days % 7) + 11) % 7);  // 1970-01-01 was a Thursday
}

bool valid_civil(CivilDate date) {
  constexpr std::array<int32_t, 12> kLengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12) return false;
  const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  const int32_t length =
      kLengths[static_cast<size_t>(date.month - 1)] + (leap && date.month == 2 ? 1 : 0);
  return date.day >= 1 && date.day <= length;
}

int32_t month_from_name(std::string_view name) {
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (equals_ignoring_case(name, kMonths[i])) return static_cast<int32_t>(i + 1);
  }
  return 0;
}

CivilDate local_date(DateTime when) { return broken_from(when).date; }

std::optional<DateTime> parse_rfc5322_date(std::string_view text) {
  DateReader in(text);
  CivilDate date;
  TimeOfDay time;
  int32_t zone = 0;
  if (!in.read_day(date) || !in.read_time(false, time) || !in.read_zone(zone)) return std::nullopt;
  return date_time_from(date, time, zone);
}

std::optional<DateTime> parse_sent_date(std::string_view text) {
  DateReader in(text);
  CivilDate date;
  TimeOfDay time;
  int32_t zone = 0;
  if (!in.read_day(date)) return std::nullopt;
  if (!in.read_time(false, time)) return date_time_from(date, {}, 0);
  if (!in.read_zone(zone)) zone = 0;
  return date_time_from(date, time, zone);
}

std::string encode_rfc5322_date(DateTime when) {
  const Broken b = broken_from(when);
  return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}",
                     kWeekdays[static_cast<size_t>(b.weekday)], b.date.day,
                     month_name(b.date.month), b.date.year, b.time.hour, b.time.minute,
                     b.time.second, b.zone_sign, b.zone_minutes / 60, b.zone_minutes % 60);
}

std::optional<DateTime> parse_internal_date(std::string_view text) {
  DateReader in(text);
  CivilDate date;
  TimeOfDay time;
  int32_t zone = 0;
  const size_t digits = in.read_char(' ') ? 1 : 2;  // RFC 3501 §9, date-day-fixed
  if (!in.read_digits(digits, digits, date.day) || !in.read_char('-')) return std::nullopt;
  date.month = month_from_name(in.read_letters());
  if (!in.read_char('-') || !in.read_digits(4, 4, date.year) || !in.read_char(' ') ||
      !in.read_time(true, time) || !in.read_char(' ') || !in.read_numeric_zone(zone) ||
      !in.at_end()) {
    return std::nullopt;
  }
  return date_time_from(date, time, zone);
}

std::string encode_internal_date(DateTime when) {
  const Broken b = broken_from(when);
  return fmt::format("{:02}-{}-{:04} {:02}:{:02}:{:02} {}{:02}{:02}", b.date.day,
                     month_name(b.date.month), b.date.year, b.time.hour, b.time.minute,
                     b.time.second, b.zone_sign, b.zone_minutes / 60, b.zone_minutes % 60);
}

std::optional<DateTime> parse_asctime_date(std::string_view text) {
  DateReader in(text);
  CivilDate date;
  TimeOfDay time;
  in.skip();
  if (in.read_letters().size() != 3) return std::nullopt;
  in.skip();
  date.month = month_from_name(in.read_letters());
  in.skip();
  if (!in.read_digits(1, 2, date.day)) return std::nullopt;
  in.skip();
  if (!in.read_time(false, time)) return std::nullopt;
  in.skip();
  // Some programs put a zone before the year; it counts when it is a number.
  int32_t zone = 0;
  if (in.peek() == '+' || in.peek() == '-') {
    if (!in.read_numeric_zone(zone)) return std::nullopt;
  } else {
    in.read_letters();
  }
  in.skip();
  if (!in.read_digits(4, 4, date.year)) return std::nullopt;
  return date_time_from(date, time, zone);
}

}  // namespace mailscope
