#include "sim/lesson/units.h"

#include <doctest/doctest.h>

#include "sim/lesson/diagnostics.h"

using namespace mailscope;

TEST_CASE("durations, rates and shares are exact") {
  CHECK(parse_duration("250us") == microseconds(250));
  CHECK(parse_duration("20ms") == milliseconds(20));
  CHECK(parse_duration("1.5s") == milliseconds(1500));
  CHECK(parse_duration("10m") == seconds(600));
  CHECK(parse_duration("0.5h") == seconds(1800));
  CHECK(parse_duration("0s") == Duration{});
  CHECK(parse_duration("1000h") == seconds(3600000));
  CHECK(parse_rate("5mbit") == 5000000u);
  CHECK(parse_rate("1.5kbit") == 1500u);
  CHECK(parse_rate("1000gbit") == 1000000000000u);
  CHECK(parse_share("0.5%") == 5000u);
  CHECK(parse_share("100%") == 1000000u);
  CHECK(parse_share("0%") == 0u);
}

TEST_CASE("what is no quantity is refused") {
  for (const char* bad : {"", "20", "ms", "20 ms", "-1s", "1e3s", "1..5s", ".s", "1.s", "0.0000000001s",
                          "1001h", "99999999999999999999s", "20MS"}) {
    CAPTURE(bad);
    CHECK(!parse_duration(bad));
  }
  for (const char* bad : {"5mb", "0kbit", "999bit", "1001gbit", "5"}) CHECK(!parse_rate(bad));
  for (const char* bad : {"101%", "0.00001%", "50", "%"}) CHECK(!parse_share(bad));
}

TEST_CASE("the nearest name is suggested when it is near") {
  const std::vector<std::string> names = {"pop3-vs-imap", "first-mail", "laptop"};
  CHECK(nearest_name("laptp", names) == "laptop");
  CHECK(nearest_name("Laptop", names) == "laptop");
  CHECK(nearest_name("pop3", names) == "pop3-vs-imap");
  CHECK(nearest_name("frist-mail", names) == "first-mail");
  CHECK(nearest_name("zebra", names).empty());
  CHECK(nearest_name("", names).empty());
  CHECK(one_of({"a", "b", "c"}) == "a, b or c");
}
