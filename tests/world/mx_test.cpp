// Finding the next server: RFC 5321 §5.1, RFC 7505.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/support/checkers.h"
#include "tests/world/relay_world.h"

using namespace mailscope;
using test::at_s;
using test::alices_inbox;
using test::queue_account;
using test::RelayWorld;
using test::run_checked;
using test::SmallWorld;
using test::status_part;

namespace {

struct Run {
  std::vector<std::string> account;  // of the queues
  std::string report;                // the machine's part of the only report, or empty
  int copies = 0;                    // in Bob's mailboxes
};

/// Alice writes to one recipient; what came of it within so many seconds.
Run run_to(const RelayWorld& small, const std::string& recipient = "bob@example.net",
           int64_t until_s = 60, std::vector<Input> more = {}) {
  const MessagePtr message = test::small_message("Lunch on Friday?");
  more.push_back(small.send(100, message, {recipient}));
  History history(small.share(), std::move(more));
  CHECK(run_checked(history, at_s(until_s)) == "");
  INFO(test::conversation(history.trace()));
  CHECK(test::check_responsibility(history.head(), history.trace(), message->message_id(),
                                   {recipient}) == "");
  Run run;
  run.account = queue_account(history.trace());
  run.copies = test::copies_for(history.head(), message->message_id(), recipient);
  const Mailbox& inbox = alices_inbox(history.head(), small);
  CHECK(inbox.entries.size() <= 1);
  if (!inbox.entries.empty()) run.report = status_part(*inbox.entries[0].message);
  return run;
}

bool went_to(const Run& run, const std::string& server) {
  return std::find(run.account.begin(), run.account.end(), "tried " + server) != run.account.end();
}

}  // namespace

TEST_CASE("among equal exchangers chance decides, the same chance for the same seed") {
  RelayWorld small;
  small.add_server("net-two", "mx2.example.net");
  small.add_server("net-three", "mx3.example.net");
  small.set_mx("example.net",
               {{10, "mx.example.net"}, {10, "mx2.example.net"}, {10, "mx3.example.net"}});
  std::map<std::string, int> first;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    small.scenario.seed = seed;
    const Run run = run_to(small);
    REQUIRE(run.account.size() == 3);
    ++first[run.account[1]];
    if (seed <= 5) CHECK(run_to(small).account == run.account);
  }
  CHECK(first.size() == 3);
  for (const auto& [server, times] : first) {
    CAPTURE(server);
    CHECK(times >= 10);  // of 60, a third each
  }
}

TEST_CASE("the preference decides before chance does") {
  RelayWorld small;
  small.add_server("net-two", "mx2.example.net");
  small.set_mx("example.net", {{20, "mx2.example.net"}, {10, "mx.example.net"}});
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    small.scenario.seed = seed;
    const Run run = run_to(small);
    CHECK(run.account == std::vector<std::string>{"taken example.net", "tried mx.example.net",
                                                  "sent bob@example.net"});
  }
}

TEST_CASE("each exchanger in turn while they cannot be reached, in one attempt") {
  RelayWorld small;
  small.add_server("net-two", "mx2.example.net");
  const HostId third = small.add_server("net-three", "mx3.example.net");
  small.set_mx("example.net",
               {{10, "mx.example.net"}, {20, "mx2.example.net"}, {30, "mx3.example.net"}});
  const Run run = run_to(small, "bob@example.net", 1000,
                         {SmallWorld::action(InputKind::kStopHost, small.bobs_server, 50),
                          SmallWorld::action(InputKind::kStopHost, HostId{7}, 50)});
  CHECK(third == HostId{8});
  CHECK(run.account == std::vector<std::string>{"taken example.net", "tried mx.example.net",
                                                "tried mx2.example.net", "tried mx3.example.net",
                                                "sent bob@example.net"});
}

TEST_CASE("a host that talks no SMTP is followed by the next one") {
  // A POP3 server on port 25: it greets with +OK, which is no reply (RFC 5321 §4.2).
  RelayWorld small;
  const HostId odd = small.add_server("net-odd", "odd.example.net");
  small.scenario.services.back() = {
      odd, Protocol::kPop3, 25, {}, std::make_shared<const Pop3ServerConfig>(), {}};
  small.set_mx("example.net", {{5, "odd.example.net"}, {10, "mx.example.net"}});
  const Run run = run_to(small);
  CHECK(went_to(run, "odd.example.net"));
  CHECK(run.copies == 1);
}

TEST_CASE("each address of an exchanger is tried") {
  RelayWorld small;
  small.add_server("net-two", "mx2.example.net");
  small.set_mx("example.net", {{10, "both.example.net"}});
  small.scenario.dns.push_back({"both.example.net", DnsRecord::Type::kA, 0, "net-server"});
  small.scenario.dns.push_back({"both.example.net", DnsRecord::Type::kA, 0, "net-two"});
  const Run run = run_to(small, "bob@example.net", 1000,
                         {SmallWorld::action(InputKind::kStopHost, small.bobs_server, 50)});
  CHECK(run.account == std::vector<std::string>{"taken example.net", "tried mx.example.net",
                                                "tried mx2.example.net", "sent bob@example.net"});
}

TEST_CASE("without MX records the domain itself is the exchanger") {
  RelayWorld small;
  small.set_mx("example.net", {});
  small.scenario.dns.push_back({"example.net", DnsRecord::Type::kA, 0, "net-server"});
  const Run run = run_to(small);
  CHECK(run.copies == 1);
  CHECK(run.report.empty());
}

TEST_CASE("a domain with a null MX takes no mail: the sender hears of it at once") {
  RelayWorld small;
  small.set_mx("example.net", {{0, "."}});
  small.scenario.dns.push_back({"example.net", DnsRecord::Type::kA, 0, "net-server"});
  const Run run = run_to(small);
  CHECK(run.account == std::vector<std::string>{
                           "taken example.net",
                           "bounced bob@example.net: 556 5.1.10 Recipient address has null MX",
                           "reported failed alice@example.org", "delivered alice@example.org"});
  CHECK(run.report.find("Action: failed\r\nStatus: 5.1.10\r\n"
                        "Diagnostic-Code: smtp; 556 5.1.10 Recipient address has null MX\r\n") !=
        std::string::npos);
}

TEST_CASE("a dot beside other MX records names no host, and stops nothing") {
  RelayWorld small;
  small.set_mx("example.net", {{0, "."}, {10, "mx.example.net"}});
  CHECK(run_to(small).copies == 1);
}

TEST_CASE("a domain that does not exist, and one that has no mail server") {
  RelayWorld small;
  const Run nowhere = run_to(small, "bob@example.nt");
  CHECK(nowhere.report.find("Final-Recipient: rfc822; bob@example.nt\r\nAction: failed\r\n"
                            "Status: 5.1.2\r\n") != std::string::npos);
  // The name exists, as others stand under it (RFC 2308 §2.2), but has neither MX nor A.
  small.scenario.dns.push_back({"www.nothing.test", DnsRecord::Type::kA, 0, "net-server"});
  const Run nothing = run_to(small, "bob@nothing.test");
  CHECK(nothing.report.find("Action: failed\r\nStatus: 5.4.4\r\n") != std::string::npos);
}

TEST_CASE("an exchanger without an address is passed over; when there is no other it is an error") {
  RelayWorld small;
  small.set_mx("example.net", {{5, "gone.example.net"}, {10, "mx.example.net"}});
  CHECK(run_to(small).copies == 1);
  small.set_mx("example.net", {{5, "gone.example.net"}});
  CHECK(run_to(small).report.find("Status: 5.4.4\r\n") != std::string::npos);
}

TEST_CASE("a backup server passes mail only to those that are better than itself") {
  // RFC 5321 §5.1: or two backups would send a message to each other for ever.
  RelayWorld small;
  small.add_server("net-two", "mx2.example.net");
  const std::string own = "mail.example.org";
  SUBCASE("by its name") {
    small.set_mx("example.net", {{10, "mx.example.net"}, {20, own}, {20, "mx2.example.net"}});
  }
  SUBCASE("by its address") {
    small.set_mx("example.net",
                 {{10, "mx.example.net"}, {20, "backup.example.net"}, {30, "mx2.example.net"}});
    small.scenario.dns.push_back({"backup.example.net", DnsRecord::Type::kA, 0, "org-server"});
  }
  const Run run = run_to(small, "bob@example.net", 1000,
                         {SmallWorld::action(InputKind::kStopHost, small.bobs_server, 50)});
  CHECK(went_to(run, "mx.example.net"));
  CHECK_FALSE(went_to(run, "mx2.example.net"));
  REQUIRE(run.account.size() == 3);
  CHECK(run.account[2].rfind("put-off ", 0) == 0);
}

TEST_CASE("mail that leads back to the server itself is an error") {
  RelayWorld small;
  SUBCASE("by its name") { small.set_mx("example.net", {{10, "MAIL.example.org"}}); }
  SUBCASE("by its address") {
    small.set_mx("example.net", {{10, "me.example.net"}});
    small.scenario.dns.push_back({"me.example.net", DnsRecord::Type::kA, 0, "org-server"});
  }
  SUBCASE("with worse ones behind it") {
    small.set_mx("example.net", {{10, "mail.example.org"}, {20, "mx.example.net"}});
  }
  SUBCASE("without MX, by the A record of the domain") {
    small.set_mx("example.net", {});
    small.scenario.dns.push_back({"example.net", DnsRecord::Type::kA, 0, "org-server"});
  }
  const Run run = run_to(small);
  CHECK(run.copies == 0);
  CHECK(run.report.find("Status: 5.4.6\r\n") != std::string::npos);
}

TEST_CASE("a network without a DNS host: names are known, and the rules are the same") {
  RelayWorld small;
  small.scenario.hosts[small.dns.index()].kind = HostKind::kServer;
  CHECK(run_to(small).copies == 1);
  CHECK(run_to(small, "bob@example.nt").report.find("Status: 5.1.2\r\n") != std::string::npos);
  small.add_server("net-two", "mx2.example.net");
  small.set_mx("example.net", {{10, "mx.example.net"}, {20, "mx2.example.net"}});
  const Run run = run_to(small, "bob@example.net", 1000,
                         {SmallWorld::action(InputKind::kStopHost, small.bobs_server, 50)});
  CHECK(went_to(run, "mx2.example.net"));
  CHECK(run.copies == 1);
}
