#include "sim/mail/report.h"

#include <doctest/doctest.h>

#include "sim/wire/header.h"

using namespace mailscope;

namespace {

const char* const kOriginal =
    "From: Alice <alice@example.org>\r\nTo: nobody@example.net\r\nSubject: Lunch\r\n"
    "Message-ID: <1@example.org>\r\nReferences: <a@example.org> <b@example.org>\r\n\r\nAt "
    "noon?\r\n";

DeliveryReport failure() {
  DeliveryReport report;
  report.reporter = "mail.example.org";
  report.number = 7;
  report.arrived = 1767607200;
  report.last_attempt = 1767607260;
  report.now = 1767607261;
  report.retry_until = 1768039200;
  report.mail.reverse_path = "alice@example.org";
  report.mail.message = make_message(kOriginal);
  report.recipients = {{"nobody@example.net",
                        {},
                        {"5.1.1", "mx.example.net", "550 5.1.1 No such user\nTry another", {}}}};
  return report;
}

std::string part_of(const Message& message, uint32_t number) {
  const MimePart* part = find_part(message.mime(), {number});
  REQUIRE(part != nullptr);
  return std::string(message.text().substr(part->body.begin, part->body.end - part->body.begin));
}

std::string type_of(const Message& message, uint32_t number) {
  const MimePart* part = find_part(message.mime(), {number});
  REQUIRE(part != nullptr);
  return part->media.type + "/" + part->media.subtype;
}

std::string field(const Message& message, const char* name) {
  return field_value(message.text(), name).value_or("(none)");
}

}  // namespace

TEST_CASE("a failure is a multipart/report of three parts, from nobody, as an answer") {
  const MessagePtr report = make_report(failure());
  INFO(report->text());
  // RFC 6522 §3
  CHECK(report->mime().kind == MimePart::Kind::kMultipart);
  CHECK(type_of(*report, 1) == "text/plain");
  CHECK(type_of(*report, 2) == "message/delivery-status");
  CHECK(type_of(*report, 3) == "message/rfc822");
  CHECK(report->mime().parts.size() == 3);
  CHECK(field(*report, "Content-Type").find("report-type=delivery-status") != std::string::npos);
  // RFC 3834 §5, RFC 5322 §3.6.4
  CHECK(field(*report, "Auto-Submitted") == "auto-replied");
  CHECK(field(*report, "In-Reply-To") == "<1@example.org>");
  CHECK(field(*report, "References") == "<a@example.org>\t<b@example.org>\t<1@example.org>");
  CHECK(field(*report, "From") == "Mail Delivery System <MAILER-DAEMON@mail.example.org>");
  CHECK(field(*report, "To") == "<alice@example.org>");
  CHECK(report->message_id() == "<report-1767607261-7@mail.example.org>");
  // RFC 3464 §2.2, §2.3
  CHECK(part_of(*report, 2) ==
        "Reporting-MTA: dns; mail.example.org\r\n"
        "Arrival-Date: Mon, 5 Jan 2026 10:00:00 +0000\r\n\r\n"
        "Final-Recipient: rfc822; nobody@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Remote-MTA: dns; mx.example.net\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n    Try another\r\n"
        "Last-Attempt-Date: Mon, 5 Jan 2026 10:01:00 +0000\r\n");
  CHECK(part_of(*report, 3) == kOriginal);
  CHECK(part_of(*report, 1).find("mx.example.net said: 550 5.1.1 No such user") !=
        std::string::npos);
}

TEST_CASE("a report says what it was asked: ENVID, ORCPT, RET") {
  DeliveryReport report = failure();
  report.mail.envelope_id = "QQ314159";
  report.mail.headers_only = true;
  report.recipients[0].original = "rfc822;no+body@example.net";
  const MessagePtr message = make_report(report);
  CHECK(part_of(*message, 2).rfind("Original-Envelope-Id: QQ314159\r\n", 0) == 0);
  CHECK(part_of(*message, 2).find("\r\nOriginal-Recipient: rfc822; no+body@example.net\r\n") !=
        std::string::npos);
  CHECK(type_of(*message, 3) == "text/rfc822-headers");
  CHECK(part_of(*message, 3).find("At noon?") == std::string::npos);
  CHECK(part_of(*message, 3).find("Subject: Lunch") != std::string::npos);
}

TEST_CASE("a delay tells until when it is tried, and brings the header alone") {
  DeliveryReport report = failure();
  report.action = ReportAction::kDelayed;
  report.recipients[0].problem = {"4.4.1", "mx.example.net", {}, "connection refused"};
  const MessagePtr message = make_report(report);
  const std::string fields = part_of(*message, 2);
  CHECK(fields.find("Action: delayed\r\nStatus: 4.4.1\r\n") != std::string::npos);
  CHECK(fields.find("Will-Retry-Until: Sat, 10 Jan 2026 10:00:00 +0000\r\n") != std::string::npos);
  // RFC 3464 §2.3.5, §2.3.6: of servers that have said something.
  CHECK(fields.find("Remote-MTA") == std::string::npos);
  CHECK(fields.find("Diagnostic-Code") == std::string::npos);
  CHECK(type_of(*message, 3) == "text/rfc822-headers");
  CHECK(part_of(*message, 1).find("mx.example.net: connection refused") != std::string::npos);
  report.action = ReportAction::kDelivered;
  report.recipients[0].problem = {"2.0.0", {}, {}, {}};
  const MessagePtr delivered = make_report(report);
  CHECK(part_of(*delivered, 2).find("Action: delivered\r\nStatus: 2.0.0\r\n") != std::string::npos);
  CHECK(part_of(*delivered, 2).find("Will-Retry-Until") == std::string::npos);
  report.action = ReportAction::kRelayed;
  CHECK(part_of(*make_report(report), 2).find("Action: relayed\r\n") != std::string::npos);
}

TEST_CASE("the boundary is not in what it bounds, not even in a report about a report") {
  DeliveryReport report = failure();
  const MessagePtr first = make_report(report);
  report.mail.message = first;  // the same number at the same second
  const MessagePtr second = make_report(report);
  CHECK(second->mime().parts.size() == 3);
  CHECK(part_of(*second, 3) == first->text());
}

TEST_CASE("what is not ASCII travels as RFC 6533 has it") {
  DeliveryReport report = failure();
  report.mail.message = make_message("Subject: Essen\r\n\r\nGr\xc3\xbc\xc3\x9f\x65\r\n");
  MessagePtr message = make_report(report);
  CHECK(field(*message, "Content-Transfer-Encoding") == "8bit");
  CHECK(type_of(*message, 2) == "message/delivery-status");
  CHECK(type_of(*message, 3) == "message/rfc822");
  report.recipients[0].address = "j\xc3\xb6rg@example.net";
  report.mail.message = make_message("Subject: Gr\xc3\xbc\xc3\x9f\x65\r\n\r\nHello\r\n");
  message = make_report(report);
  CHECK(type_of(*message, 2) == "message/global-delivery-status");
  CHECK(type_of(*message, 3) == "message/global");
  CHECK(part_of(*message, 2).find("Final-Recipient: utf-8; j\xc3\xb6rg@example.net") !=
        std::string::npos);
}

TEST_CASE("a server's words cannot forge a field or outgrow a line") {
  DeliveryReport report = failure();
  report.recipients[0].problem.reply = "550 no\r\rAction: delivered\x01 " + std::string(3000, 'x');
  report.recipients[0].address = "nobody\r\nAction: delivered@example.net";
  const MessagePtr message = make_report(report);
  CHECK(part_of(*message, 2).find("\nAction: delivered") == std::string::npos);
  const std::string_view text = message->text();
  for (size_t at = 0; at < text.size();) {
    const size_t end = line_end_after(text, at);
    CHECK(end - at <= 1000);  // RFC 5322 §2.1.1, CRLF counted
    at = end;
  }
}

TEST_CASE("what only CHUNKING can carry comes back as its header") {
  DeliveryReport report = failure();
  report.mail.message = make_message(std::string("Subject: x\r\n\r\na\0b\r\n", 18));
  CHECK(type_of(*make_report(report), 3) == "text/rfc822-headers");
}

TEST_CASE("the status of a reply is its enhanced code when the two agree") {
  CHECK(status_of_reply("550 5.1.1 No such user") == "5.1.1");
  CHECK(status_of_reply("452 4.2.2 Full\nmore") == "4.2.2");
  CHECK(status_of_reply("550 No such user") == "5.0.0");
  CHECK(status_of_reply("451 5.1.1 Confused") == "4.0.0");
  CHECK(status_of_reply("550 5.1 short") == "5.0.0");
  CHECK(status_of_reply("550 5.1000.1 long") == "5.0.0");
  CHECK(status_of_reply("550") == "5.0.0");
  CHECK(status_of_reply("+OK POP3 here") == "4.0.0");
}
