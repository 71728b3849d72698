#include "sim/wire/address.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

/// "name|route|mailbox|host" of each, "[name" and "]" around groups.
std::string shown(std::string_view value) {
  std::string out;
  for (const Address& a : parse_addresses(value)) {
    if (!out.empty()) out += "; ";
    if (a.kind == Address::Kind::kGroupStart) out += '[' + a.name;
    if (a.kind == Address::Kind::kGroupEnd) out += ']';
    if (a.kind == Address::Kind::kMailbox) {
      out += a.name + '|' + a.route + '|' + a.mailbox + '|' + a.host;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("address: the examples of RFC 5322, appendix A.1") {
  CHECK_EQ(shown("John Doe <jdoe@machine.example>"), "John Doe||jdoe|machine.example");
  CHECK_EQ(shown("\"Joe Q. Public\" <john.q.public@example.com>"),
           "Joe Q. Public||john.q.public|example.com");
  CHECK_EQ(shown("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>"),
           "Mary Smith||mary|x.test; ||jdoe|example.org; Who?||one|y.test");
  CHECK_EQ(shown("<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>"),
           "||boss|nil.test; Giant; \"Big\" Box||sysservices|example.net");
  CHECK_EQ(shown("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;"),
           "[A Group; Ed Jones||c|a.test; ||joe|where.test; John||jdoe|one.test; ]");
  CHECK_EQ(shown("Undisclosed recipients:;"), "[Undisclosed recipients; ]");
}

TEST_CASE("address: comments, folding and obsolete forms of RFC 5322, appendices A.5 and A.6") {
  CHECK_EQ(shown("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>"),
           "Pete||pete|silly.test");
  CHECK_EQ(shown("A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n"
                 "         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end)"),
           "[A Group; Chris Jones||c|public.example; ||joe|example.org; John||jdoe|one.test; ]");
  CHECK_EQ(shown("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;"),
           "[Hidden recipients; ]");
  CHECK_EQ(shown("Joe Q. Public <john.q.public@example.com>"),
           "Joe Q. Public||john.q.public|example.com");
  CHECK_EQ(shown("Mary Smith <@node.test,@b.test:mary@example.net>, , jdoe@test  . example"),
           "Mary Smith|@node.test,@b.test|mary|example.net; ||jdoe|test.example");
}

TEST_CASE("address: a comment after a bare address names it") {
  CHECK_EQ(shown("eric@example.com (Eric (the second) Author)"),
           "Eric (the second) Author||eric|example.com");
  CHECK_EQ(shown("<eric@example.com> (Eric)"), "Eric||eric|example.com");
}

TEST_CASE("address: literals and quoted local parts") {
  CHECK_EQ(shown("a@[192.0.2.1], \"john doe\"@example.com"),
           "||a|[192.0.2.1]; ||john doe|example.com");
  CHECK_EQ(address_spec(parse_addresses("\"john doe\"@example.com")[0]),
           "\"john doe\"@example.com");
  CHECK_EQ(address_spec(parse_addresses("A <a.b@c>")[0]), "a.b@c");
}

TEST_CASE("address: malformed lists still give something") {
  CHECK_EQ(shown(""), "");
  CHECK_EQ(shown(" , ,"), "");
  CHECK_EQ(shown("root"), "||root|");
  CHECK_EQ(shown("a@b <a@b>"), "a@b||a|b");
  CHECK_EQ(shown("a@b@c"), "||a@b|c");
  CHECK_EQ(shown("Joe <joe@x"), "Joe||joe|x");
  CHECK_EQ(shown("Joe <>"), "Joe|||");
  CHECK_EQ(shown("Joe <@host>"), "Joe|||host");
  CHECK_EQ(shown("\"never closed <a@b>"), "||never closed <a@b>|");
  CHECK_EQ(shown("a@b (never closed"), "never closed||a|b");
  CHECK_EQ(shown("A <a@b> <c@d>, e@f"), "A||a|b; ||c|d; ||e|f");
  CHECK_EQ(shown("Group: a@b"), "[Group; ||a|b; ]");
  CHECK_EQ(shown(");>]:@"), "|||");
}

TEST_CASE("address: bounded in depth and number") {
  CHECK_EQ(shown(std::string(100000, '(') + "x"), "");
  std::string many;
  for (int i = 0; i < 30000; ++i) many += "a,";
  CHECK_LE(parse_addresses(many).size(), kMaxAddresses + 2);
}

TEST_CASE("addresses: no more are read than are wanted") {
  CHECK_EQ(parse_addresses("a@b, c@d, e@f", 1).size(), 1);
  CHECK_EQ(parse_addresses("a@b, c@d, e@f", 1)[0].mailbox, "a");
  CHECK_EQ(parse_addresses("Team: a@b, c@d;", 1).at(0).name, "Team");
  CHECK_EQ(parse_addresses("a@b", 1).size(), 1);
}

TEST_CASE("addresses: words that only blanks part are not glued together") {
  // The story: "Ann a@b", whose angle brackets were forgotten, became the address Anna@b, which is
  // somebody else's.
  const std::vector<Address> ann = parse_addresses("Ann Lee a@b.test");
  REQUIRE_EQ(ann.size(), 1);
  CHECK_EQ(ann[0].name, "Ann Lee");
  CHECK_EQ(ann[0].mailbox, "a");
  CHECK_EQ(ann[0].host, "b.test");
  const std::vector<Address> two = parse_addresses("a@b.test c@d.test e");
  REQUIRE_EQ(two.size(), 2);
  CHECK_EQ(two[0].host, "b.test");
  CHECK_EQ(two[1].mailbox, "c");
  CHECK_EQ(two[1].host, "d.test");
  const std::vector<Address> name = parse_addresses("Big Bug");
  REQUIRE_EQ(name.size(), 1);
  CHECK_EQ(name[0].name, "Big Bug");
  CHECK_EQ(name[0].mailbox, "");
  // Around dots and "@" blanks mean nothing (RFC 5322 §4.4).
  const std::vector<Address> spaced = parse_addresses("a . b @ c (x) . d");
  REQUIRE_EQ(spaced.size(), 1);
  CHECK_EQ(spaced[0].mailbox, "a.b");
  CHECK_EQ(spaced[0].host, "c.d");
  // An address in a name is part of the name.
  const std::vector<Address> via = parse_addresses("ann@a.test via List <list@b.test>");
  REQUIRE_EQ(via.size(), 1);
  CHECK_EQ(via[0].name, "ann@a.test via List");
  CHECK_EQ(via[0].mailbox, "list");
}

TEST_CASE("addresses: a group in a group") {
  const std::vector<Address> list = parse_addresses("A: B: a@b;;");
  REQUIRE_EQ(list.size(), 3);
  CHECK_EQ(list[0].name, "A");
  CHECK_EQ(list[1].mailbox, "a");
  CHECK_EQ(list[2].kind, Address::Kind::kGroupEnd);
}
