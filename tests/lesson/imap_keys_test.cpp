// The keys of [[service]], [[mailbox]] and [[device]] that are about IMAP: what they set, and the
// mistakes in them as their author reads them.
#include <doctest/doctest.h>

#include "sim/world/history.h"
#include "tests/lesson/small_lesson.h"

using namespace mailscope;
using imap::bit;
using imap::Extension;
using test::changed;

namespace {

const std::string kService = "protocol = \"pop3\"\n\n[[mail]]";
const std::string kProgram = "protocol = \"pop3\"\nuser = \"bob\"\npassword = \"secret\"\n"
                             "leave_on_server = true\n";

std::string with_service(const std::string& keys, const std::string& tables = {}) {
  return changed(kService, "protocol = \"imap\"\n" + keys + "\n\n" + tables + "[[mail]]");
}
std::string with_program(const std::string& keys) {
  return changed(kProgram, "protocol = \"imap\"\nuser = \"bob\"\npassword = \"secret\"\n" + keys +
                               "\nleave_on_server = true\n");
}

Lesson lesson(const std::string& text) {
  Result<Lesson> parsed = test::parse(text);
  REQUIRE_MESSAGE(parsed.ok(), parsed.error());
  return std::move(parsed.value());
}
ImapServerConfig service(const std::string& keys) {
  return *lesson(with_service(keys)).variants[0].scenario->services[0].imap;
}
DeviceSpec program(const std::string& keys) {
  return lesson(with_program(keys)).variants[0].scenario->devices[0];
}
std::string mistake(const std::string& text) {
  const Result<Lesson> parsed = test::parse(text);
  return parsed.ok() ? "no mistake was found" : parsed.error() + "\n";
}

}  // namespace

TEST_CASE("an IMAP service without keys is the server it always was") {
  const ImapServerConfig config = service("");
  CHECK(config.extensions == imap::usual_extensions());
  CHECK(!config.plain_needs_tls);
  CHECK(config.max_literal == 64u << 20);
  CHECK(config.quota_octets == 0);
  CHECK(config.autologout == seconds(1800));
}

TEST_CASE("what an IMAP service offers") {
  const imap::ExtensionSet base =
      bit(Extension::kRev1) | bit(Extension::kSubscriptions) | bit(Extension::kAuthPlain);
  CHECK(service("extensions = []").extensions == base);
  CHECK(service("extensions = [\"idle\", \"COMPRESS=DEFLATE\"]").extensions ==
        (base | bit(Extension::kIdle) | bit(Extension::kCompress)));
  // What an extension needs comes with it.
  CHECK((service("extensions = [\"QRESYNC\"]").extensions & bit(Extension::kCondStore)) != 0);
  // The newer protocol alone.
  CHECK((service("extensions = [\"IMAP4rev2\"]").extensions & bit(Extension::kRev1)) == 0);
  CHECK(service("extensions = [\"usual\", \"MOVE\"]").extensions ==
        (imap::usual_extensions() | bit(Extension::kMove)));
  CHECK(service("extensions = [\"all\"]").extensions == imap::all_extensions());
  // Without IDLE there is no IMAP4rev2, which includes it.
  const imap::ExtensionSet some =
      service("extensions = [\"all\"]\nwithout = [\"IDLE\", \"SUBSCRIBE\"]").extensions;
  CHECK((some & (bit(Extension::kIdle) | bit(Extension::kRev2) | bit(Extension::kSubscriptions))) ==
        0);
  CHECK((some & bit(Extension::kRev1)) != 0);
  CHECK((service("without = [\"IDLE\"]").extensions | bit(Extension::kIdle)) ==
        imap::usual_extensions());
}

TEST_CASE("how one logs in to an IMAP service, and its limits") {
  const ImapServerConfig config = service(
      "extensions = [\"QUOTA\", \"STARTTLS\"]\nauth = [\"cram-md5\", \"SCRAM-SHA-256\"]\n"
      "plain_needs_tls = true\nappend_limit = 1000\nquota = 5000\nquota_messages = 7\n"
      "autologout = \"45m\"");
  CHECK((config.extensions & bit(Extension::kAuthPlain)) == 0);
  CHECK((config.extensions & bit(Extension::kAuthCramMd5)) != 0);
  CHECK((config.extensions & bit(Extension::kAuthScramSha256)) != 0);
  CHECK(config.plain_needs_tls);
  CHECK(config.max_literal == 1000);
  CHECK(config.quota_octets == 5000);
  CHECK(config.quota_messages == 7);
  CHECK(config.autologout == seconds(2700));
}

TEST_CASE("a service that is another in one of the variants") {
  const Lesson with = lesson(with_service(
      "extensions = [\"MOVE\", \"IDLE\"]\nautologout = \"45m\"\n[service.variant.take]\n"
      "extensions = [\"IDLE\"]\ntls = \"implicit\""));
  REQUIRE(with.variants.size() == 2);
  const ServiceSpec& keep = with.variants[0].scenario->services[0];
  const ServiceSpec& take = with.variants[1].scenario->services[0];
  CHECK((keep.imap->extensions & bit(Extension::kMove)) != 0);
  CHECK((take.imap->extensions & bit(Extension::kMove)) == 0);
  CHECK((take.imap->extensions & bit(Extension::kIdle)) != 0);
  CHECK(keep.port == imap::kPort);
  CHECK(take.port == imap::kTlsPort);
  // What the variant does not name is as in all of them.
  CHECK(take.imap->autologout == seconds(2700));
  CHECK(take.host == keep.host);
}

TEST_CASE("mistakes in what a variant changes of a service") {
  CHECK(mistake(with_service("[service.variant.tke]\nwithout = [\"IDLE\"]")) ==
        R"~(lessons/small/lesson.toml:39:18: error: unknown variant "tke"
[service.variant.tke]
                 ^
expected the name of a [[variant]]; did you mean "take"?
)~");
  CHECK(mistake(with_service("[service.variant.take]\nprotocol = \"pop3\"")) ==
        R"~(lessons/small/lesson.toml:40:12: error: "protocol" in [service.variant.take]
protocol = "pop3"
           ^
expected how the service behaves there; which one it is stands in [[service]]
)~");
  CHECK(mistake(with_service("[service.variant.take]\nextension = [\"IDLE\"]")) ==
        R"~(lessons/small/lesson.toml:40:1: error: unknown key "extension" in [service.variant.take]
extension = ["IDLE"]
^
expected host, protocol, without, plain_needs_tls, append_limit, quota, quota_messages, autologout, alert, remarks, trouble, tls or port
)~");
  // A quota that only stands beside QUOTA in the other variant.
  CHECK(mistake(with_service("extensions = [\"QUOTA\"]\nquota = 100\n[service.variant.take]\n"
                             "extensions = []"))
            .find("error: \"quota\" without the extension QUOTA\n") != std::string::npos);
  CHECK(mistake(with_service("variant = \"take\"")) ==
        R"~(lessons/small/lesson.toml:39:11: error: "variant" is a text
variant = "take"
          ^
expected a table for each variant that differs: [service.variant.NAME]
)~");
}

TEST_CASE("implicit TLS has a port of its own") {
  const Lesson with = lesson(with_service("tls = \"implicit\""));
  CHECK(with.variants[0].scenario->services[0].port == imap::kTlsPort);
  CHECK(program("tls = \"implicit\"").port == imap::kTlsPort);
}

TEST_CASE("an extension that IMAP does not have") {
  const std::string text = mistake(with_service("extensions = [\"IDLEE\"]"));
  CHECK(text.find("lessons/small/lesson.toml:39:15: error: unknown IMAP extension \"IDLEE\"\n"
                  "extensions = [\"IDLEE\"]\n"
                  "              ^\n"
                  "expected all, usual, IMAP4rev1, ") == 0);
  CHECK(text.find("; did you mean \"IDLE\"?\n") != std::string::npos);
  CHECK(mistake(with_service("without = [\"CONDSTOR\"]")).find("did you mean \"CONDSTORE\"?") !=
        std::string::npos);
}

TEST_CASE("a mechanism that is not there") {
  CHECK(mistake(with_service("auth = [\"CRAM-MD4\"]")) ==
        R"~(lessons/small/lesson.toml:39:9: error: unknown mechanism "CRAM-MD4"
auth = ["CRAM-MD4"]
        ^
expected PLAIN, LOGIN, CRAM-MD5 or SCRAM-SHA-256; did you mean "CRAM-MD5"?
)~");
}

TEST_CASE("a server that is none, a quota that nobody is told of, and a time the RFC forbids") {
  CHECK(mistake(with_service("without = [\"IMAP4rev1\"]")) ==
        R"~(lessons/small/lesson.toml:39:11: error: neither IMAP4rev1 nor IMAP4rev2 is left
without = ["IMAP4rev1"]
          ^
expected one of them: they are the protocol itself
)~");
  CHECK(mistake(with_service("quota = 100")) ==
        R"~(lessons/small/lesson.toml:39:9: error: "quota" without the extension QUOTA
quota = 100
        ^
expected extensions = [..., "QUOTA"]
)~");
  CHECK(mistake(with_service("autologout = \"5m\"")) ==
        R"~(lessons/small/lesson.toml:39:14: error: "autologout" is under 30 minutes
autologout = "5m"
             ^
expected at least "30m" (RFC 3501 §5.4)
)~");
}

TEST_CASE("what an IMAP service says beside the matter, and what goes wrong there") {
  const ImapServerConfig usual = service("");
  CHECK(usual.alert.empty());
  CHECK(!usual.remarks_client_bugs);
  CHECK(!usual.remarks_broken_headers);
  CHECK(usual.trouble.empty());
  const ImapServerConfig config = service(
      "alert = \"closed at noon\"\nremarks = [\"PARSE\", \"CLIENTBUG\"]\n"
      "trouble = [{ command = \"LOGIN\", code = \"EXPIRED\", account = \"bob\" },\n"
      "  { command = \"DELETE\", code = \"INUSE\", mailbox = \"Work\", from = \"10s\", "
      "until = \"90s\" }]");
  CHECK(config.alert == "closed at noon");
  CHECK(config.remarks_client_bugs);
  CHECK(config.remarks_broken_headers);
  REQUIRE(config.trouble.size() == 2);
  CHECK(config.trouble[0].command == imap::Command::kLogin);
  CHECK(std::string(imap::kTroubles[config.trouble[0].row].code) == "EXPIRED");
  CHECK(config.trouble[0].account == "bob");
  CHECK(config.trouble[0].from == Instant{});
  CHECK(config.trouble[0].until == kNever);
  CHECK(config.trouble[1].command == imap::Command::kDelete);
  CHECK(config.trouble[1].mailbox == "Work");
  CHECK(config.trouble[1].from == Instant{} + seconds(10));
  CHECK(config.trouble[1].until == Instant{} + seconds(90));
  // One row as a table of its own.
  CHECK(service("[[service.trouble]]\ncommand = \"FETCH\"\ncode = \"SERVERBUG\"").trouble.size() ==
        1);
}

TEST_CASE("mistakes in what an IMAP service says and in what goes wrong there") {
  const auto said = [](const std::string& keys, const char* what) {
    const std::string text = mistake(with_service(keys));
    const bool found = text.find(what) != std::string::npos;
    CHECK_MESSAGE(found, text);
  };
  said("alert = \"Grüße\"", "error: \"alert\" is not ASCII\n");
  said("alert = \"" + std::string(401, 'x') + "\"", "error: \"alert\" is too long\n");
  said("remarks = [\"ALERT\"]", "error: no remark \"ALERT\"\n");
  said("trouble = [{ command = \"LOGIN\" }]", "error: trouble has no \"code\"\n");
  said("trouble = [{ command = \"LOGIN\", code = \"CORRUPTION\" }]",
       "error: CORRUPTION is nothing that LOGIN meets\n");
  said("trouble = [{ command = \"SELECT\", code = \"EXPIRED\" }]",
       "error: EXPIRED is nothing that the use of a mailbox meets\n");
  said("trouble = [{ command = \"LOGIN\", code = \"INUSE\", mailbox = \"Work\" }]",
       "error: \"mailbox\" with LOGIN, which is about none\n");
  said("trouble = [{ command = \"SELECT\", code = \"INUSE\", from = \"9s\", until = \"9s\" }]",
       "error: \"until\" is not after \"from\"\n");
}

TEST_CASE("mailboxes whose storage keeps less than others") {
  const Lesson with = lesson(
      with_service("",
                   "[[mailbox]]\nhost = \"server\"\naccount = \"bob\"\nname = \"Old\"\n"
                   "mod_sequences = false\n\n[[mailbox]]\nhost = \"server\"\naccount = \"bob\"\n"
                   "name = \"INBOX\"\nsticky_uids = false\n\n"));
  const World world(with.variants[0].scenario, nullptr);
  const MailStore& store = world.store(HostId{2});
  const Mailbox* old = store.find_mailbox(AccountId{1}, "Old");
  REQUIRE(old != nullptr);
  CHECK(!old->keeps_modseqs);
  CHECK(old->keeps_uids);
  CHECK(store.inbox(AccountId{1}).keeps_modseqs);
  CHECK(!store.inbox(AccountId{1}).keeps_uids);
}

TEST_CASE("mailboxes that are there at the start") {
  const std::string drafts =
      "[[mailbox]]\nhost = \"server\"\naccount = \"bob\"\nname = \"Drafts\"\n";
  const Lesson with =
      lesson(with_service("", drafts + "special_use = [\"\\\\drafts\"]\nsubscribed = true\n\n"));
  const World world(with.variants[0].scenario, nullptr);
  const MailStore& store = world.store(HostId{2});
  const Mailbox* box = store.find_mailbox(AccountId{1}, "Drafts");
  REQUIRE(box != nullptr);
  CHECK(box->special_use == std::vector<std::string>{"\\Drafts"});
  CHECK(store.account(AccountId{1}).subscribes_to("Drafts"));
  CHECK(mistake(with_service("", drafts + "special_use = [\"Draft\"]\n\n"))
            .find("error: \"Draft\" is no special use\n") != std::string::npos);
  CHECK(mistake(with_service("", drafts + drafts + "\n"))
            .find("error: a second [[mailbox]] \"Drafts\"\n") != std::string::npos);
  CHECK(mistake(with_service("", "[[mailbox]]\nhost = \"server\"\naccount = \"bbo\"\n"
                                 "name = \"Drafts\"\n\n"))
            .find("error: no account \"bbo\" on this host\n") != std::string::npos);
}

TEST_CASE("how an IMAP program comes in") {
  const DeviceSpec usual = program("");
  CHECK(usual.imap->entry.tls == ImapTls::kNever);
  CHECK(usual.imap->entry.login == ImapLogin::kLogin);
  CHECK(!usual.imap->entry.mechanism);
  CHECK(!usual.imap->entry.compress);
  const DeviceSpec device = program(
      "tls = \"required\"\nlogin = \"auth\"\nmechanism = \"SCRAM-SHA-256\"\ncompress = true");
  CHECK(device.imap->entry.tls == ImapTls::kRequired);
  CHECK(device.imap->entry.login == ImapLogin::kAuthenticate);
  CHECK(device.imap->entry.mechanism == sasl::Mechanism::kScramSha256);
  CHECK(device.imap->entry.compress);
  CHECK(program("tls = \"offered\"").imap->entry.tls == ImapTls::kIfOffered);
}

TEST_CASE("mistakes in an IMAP program") {
  CHECK(mistake(with_program("login = \"apop\"")) ==
        R"~(lessons/small/lesson.toml:57:9: error: "apop" is a login of POP3
login = "apop"
        ^
expected login = "user" or "auth"
)~");
  CHECK(mistake(changed("leave_on_server = true\n", "compress = true\n")) ==
        R"~(lessons/small/lesson.toml:57:12: error: "compress" with another protocol
compress = true
           ^
expected protocol = "imap"
)~");
}
