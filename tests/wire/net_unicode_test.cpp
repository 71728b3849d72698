#include "sim/wire/net_unicode.h"

#include <doctest/doctest.h>

using namespace mailscope;

TEST_CASE("Net-Unicode is UTF-8, composed, without controls (RFC 5198 §2)") {
  CHECK(net_unicode("plain & simple") == "plain & simple");
  CHECK(net_unicode("") == "");
  CHECK(net_unicode("cafe\u0301") == "caf\u00E9");
  CHECK(net_unicode("caf\u00E9") == "caf\u00E9");
  // Compatibility forms stay: NFC, not NFKC.
  CHECK(net_unicode("\uFB01\u00A0") == "\uFB01\u00A0");
  CHECK(net_unicode("\U0001F4EC") == "\U0001F4EC");
  CHECK_FALSE(net_unicode("a\tb"));
  CHECK_FALSE(net_unicode(std::string_view("a\0b", 3)));
  CHECK_FALSE(net_unicode("a\x7f"));
  CHECK_FALSE(net_unicode("a\u0085"));
  CHECK_FALSE(net_unicode("a\u2028"));
  CHECK_FALSE(net_unicode("a\u2029"));
  CHECK(net_unicode("a\u2027").has_value());
  CHECK_FALSE(net_unicode("caf\xe9"));
  CHECK_FALSE(net_unicode("\xed\xa0\x80"));
}
