// The keys of an SMTP service in a lesson file: what they set, and how their mistakes are shown.
#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/lesson/small_lesson.h"

namespace mailscope {
namespace {

using test::changed;
using test::parse;

/// The small lesson with an SMTP service of these keys.
std::string with_smtp(const std::string& keys) {
  return changed("[[mail]]",
                 "[[service]]\nhost = \"server\"\nprotocol = \"smtp\"\n" + keys + "\n[[mail]]");
}

const ServiceSpec& smtp_service(const Lesson& lesson) {
  for (const ServiceSpec& service : lesson.variants.front().scenario->services) {
    if (service.smtp) return service;
  }
  throw std::runtime_error("no SMTP service");
}

/// The first mistake, from "error:" on, without the excerpt.
std::string mistake(const std::string& keys) {
  const Result<Lesson> lesson = parse(with_smtp(keys));
  REQUIRE_FALSE(lesson.ok());
  const std::string text = lesson.error();
  const size_t begin = text.find("error: ");
  const size_t expected = text.find("expected ");
  return text.substr(begin, text.find('\n', begin) - begin) + "; " +
         text.substr(expected, text.find('\n', expected) - expected);
}

}  // namespace

TEST_CASE("an SMTP service without keys is as it always was") {
  const Result<Lesson> lesson = parse(with_smtp(""));
  REQUIRE_MESSAGE(lesson.ok(), lesson.error());
  const ServiceSpec& service = smtp_service(lesson.value());
  CHECK(service.port == 25);
  CHECK(service.smtp->extensions == SmtpServerConfig().extensions);
  CHECK(service.smtp->max_message == SmtpServerConfig().max_message);
}

TEST_CASE("the keys of an SMTP service") {
  const Result<Lesson> lesson = parse(with_smtp(R"(domains = ["example.net"]
extensions = ["PIPELINING", "8BITMIME", "smtputf8"]
auth = ["SCRAM-SHA-256", "PLAIN"]
submission = true
aliases = { "Team" = ["bob", "carol@example.org"] }
lists = { cats = ["team", "bob"] }
moved = { erin = "erin@example.com" }
expn = true
quota = 5000
quota_temporary = true
greylist = "5m"
max_size = 1000)"));
  REQUIRE_MESSAGE(lesson.ok(), lesson.error());
  const ServiceSpec& service = smtp_service(lesson.value());
  const SmtpServerConfig& config = *service.smtp;
  CHECK(service.port == 587);
  CHECK(config.has(smtp::Extension::kPipelining));
  CHECK(config.has(smtp::Extension::kSmtpUtf8));
  CHECK(config.has(smtp::Extension::kAuth));
  CHECK_FALSE(config.has(smtp::Extension::kSize));
  CHECK(config.auth_mechanisms ==
        (sasl::bit(sasl::Mechanism::kPlain) | sasl::bit(sasl::Mechanism::kScramSha256)));
  CHECK(config.submission);
  CHECK(config.aliases.at("team") == std::vector<std::string>{"bob", "carol@example.org"});
  CHECK(config.lists.at("cats") == std::vector<std::string>{"team", "bob"});
  CHECK(config.moved.at("erin") == "erin@example.com");
  CHECK(config.expand);
  CHECK(config.quota == 5000);
  CHECK(config.quota_temporary);
  CHECK(config.greylist == seconds(300));
  CHECK(config.max_message == 1000);
}

TEST_CASE("mistakes in an SMTP service") {
  CHECK(mistake("extensions = [\"PIPELINIG\"]") ==
        "error: unknown extension \"PIPELINIG\"; expected PIPELINING, SIZE, 8BITMIME, SMTPUTF8, "
        "CHUNKING, BINARYMIME, DSN, ENHANCEDSTATUSCODES, AUTH or STARTTLS; did you mean "
        "\"PIPELINING\"?");
  CHECK(mistake("extensions = [\"BINARYMIME\"]") ==
        "error: BINARYMIME means nothing without CHUNKING; expected \"CHUNKING\" in the list, too");
  CHECK(mistake("auth = [\"PLAN\"]") ==
        "error: unknown mechanism \"PLAN\"; expected PLAIN, LOGIN, CRAM-MD5 or SCRAM-SHA-256; did "
        "you mean \"PLAIN\"?");
  CHECK(mistake("aliases = { team = [\"bod\"] }") ==
        "error: \"bod\" in \"team\" is nobody here; expected an account of this host, or an "
        "address with @; did you mean \"bob\"?");
  CHECK(mistake("lists = \"cats\"") ==
        "error: \"lists\" is a text; expected a table such as lists = { \"team\" = [\"bob\", "
        "\"ann@example.org\"] }");
  CHECK(mistake("moved = { erin = \"nowhere\" }") ==
        "error: \"nowhere\" is no mail address; expected an address such as \"bob@example.org\"");
  CHECK(mistake("aliases = { \"a b\" = [\"bob\"] }") ==
        "error: \"a b\" is no name; expected what may stand before the @ of a mail address");
  CHECK(mistake("greylist = \"5 minutes\"").find("a time such as") != std::string::npos);
  CHECK(mistake("quota = 0").find("error: ") == 0);
}

}  // namespace mailscope
