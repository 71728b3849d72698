#include "sim/mail/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/date.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

struct ActionRow {
  const char* name;  // RFC 3464 §2.3.3
  const char* subject;
  const char* what;  // for people
};

// By ReportAction.
constexpr ActionRow kActions[] = {
    {"failed", "Your message could not be delivered",
     "Your message could not be delivered to the recipients named below. The server\r\n"
     "has given up and will not try again.\r\n"},
    {"delayed", "Your message is delayed",
     "Your message has not been delivered yet to the recipients named below. You need\r\n"
     "not send it again: the server keeps it and goes on trying.\r\n"},
    {"delivered", "Your message was delivered",
     "As you asked to be told: your message is now in the mailboxes named below.\r\n"
     "Nobody need have read it yet.\r\n"},
    {"relayed", "Your message was passed on",
     "As you asked to be told: your message was passed on for the recipients named\r\n"
     "below, to a server that sends no reports. You may hear nothing more of it.\r\n"},
};

const ActionRow& row_of(ReportAction action) { return kActions[static_cast<int>(action)]; }

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<signed char>(c) < 0; });
}

/// What CHUNKING alone can carry (RFC 3030 §2) does not fit into a report that goes by DATA.
bool is_binary(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const bool bare_cr = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    const bool bare_lf = text[i] == '\n' && (i == 0 || text[i - 1] != '\r');
    if (text[i] == '\0' || bare_cr || bare_lf) return true;
  }
  return false;
}

/// Fit for a line of a header field: no line end, no control.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 32 || c == 127;
    line += control ? ' ' : c;
  }
  return std::string(trimmed(line));
}

std::string date_text(int64_t unix_seconds) { return encode_rfc5322_date({unix_seconds, 0}); }

/// "rfc822; bob@example.net", and "utf-8; ..." where ASCII does not do (RFC 6533 §3).
std::string typed_address(const std::string& address) {
  return fmt::format("{}; {}", is_ascii(address) ? "rfc822" : "utf-8", on_one_line(address));
}

/// "rfc822;bob@example.net" of ORCPT (RFC 3464 §2.3.1).
std::string original_recipient(const std::string& orcpt) {
  const size_t semicolon = orcpt.find(';');
  if (semicolon == std::string::npos) return typed_address(orcpt);
  return fmt::format("{}; {}", on_one_line(orcpt.substr(0, semicolon)),
                     on_one_line(orcpt.substr(semicolon + 1)));
}

/// A reply of several lines, folded (RFC 3464 §2.3.6, RFC 5322 §2.2.3); also where a line would
/// outgrow the 998 octets of RFC 5322 §2.1.1.
std::string folded_reply(std::string_view reply) {
  constexpr size_t kWidth = 800;
  std::string text;
  while (!reply.empty()) {
    const size_t end = std::min(reply.find('\n'), reply.size());
    const std::string_view piece = reply.substr(0, std::min(end, kWidth));
    const std::string line = on_one_line(piece);
    if (!text.empty() && !line.empty()) text += "\r\n    ";
    text += line;
    reply.remove_prefix(piece.size() < end ? piece.size() : std::min(end + 1, reply.size()));
  }
  return text;
}

std::string words_for_people(const DeliveryReport& report, bool whole) {
  std::string text = fmt::format("This is the mail server {}.\r\n\r\n{}", report.reporter,
                                 row_of(report.action).what);
  if (report.action == ReportAction::kDelayed && report.retry_until != 0) {
    text += fmt::format("It will give up at {}.\r\n", date_text(report.retry_until));
  }
  for (const ReportedRecipient& recipient : report.recipients) {
    text += fmt::format("\r\n<{}>\r\n", on_one_line(recipient.address));
    const DeliveryProblem& problem = recipient.problem;
    if (!problem.reply.empty()) {
      text += problem.remote.empty() ? std::string("    ")
                                     : fmt::format("    {} said: ", problem.remote);
      text += folded_reply(problem.reply) + "\r\n";
    } else if (!problem.reason.empty()) {
      text += fmt::format("    {}{}\r\n", problem.remote.empty() ? "" : problem.remote + ": ",
                          on_one_line(problem.reason));
    }
  }
  text += whole ? "\r\nThe message comes back with this report.\r\n"
                : "\r\nThe header of the message comes back with this report.\r\n";
  return text;
}

std::string fields_for_programs(const DeliveryReport& report) {
  std::string text;  // RFC 3464 §2.2: of the message
  if (!report.mail.envelope_id.empty()) {
    text += fmt::format("Original-Envelope-Id: {}\r\n", on_one_line(report.mail.envelope_id));
  }
  text += fmt::format("Reporting-MTA: dns; {}\r\n", report.reporter);
  text += fmt::format("Arrival-Date: {}\r\n", date_text(report.arrived));
  for (const ReportedRecipient& recipient : report.recipients) {  // §2.3: of each recipient
    const DeliveryProblem& problem = recipient.problem;
    text += "\r\n";
    if (!recipient.original.empty()) {
      text += fmt::format("Original-Recipient: {}\r\n", original_recipient(recipient.original));
    }
    text += fmt::format("Final-Recipient: {}\r\n", typed_address(recipient.address));
    text += fmt::format("Action: {}\r\n", row_of(report.action).name);
    text += fmt::format("Status: {}\r\n", problem.status);
    if (!problem.reply.empty()) {  // §2.3.5, §2.3.6: of a server that has said something
      if (!problem.remote.empty()) text += fmt::format("Remote-MTA: dns; {}\r\n", problem.remote);
      text += fmt::format("Diagnostic-Code: smtp; {}\r\n", folded_reply(problem.reply));
    }
    if (report.last_attempt != 0) {
      text += fmt::format("Last-Attempt-Date: {}\r\n", date_text(report.last_attempt));
    }
    // §2.3.9: of a delayed message alone.
    if (report.action == ReportAction::kDelayed && report.retry_until != 0) {
      text += fmt::format("Will-Retry-Until: {}\r\n", date_text(report.retry_until));
    }
  }
  return text;
}

/// References and In-Reply-To of an answer to `original` (RFC 5322 §3.6.4).
std::string thread_fields(const Message& original) {
  const std::string& id = original.message_id();
  if (id.empty()) return {};
  const std::string older = field_value(original.text(), "References").value_or(std::string());
  // Folded at each name: a chain of them outgrows a line.
  std::string references;
  for (size_t at = older.find('<'); at != std::string::npos; at = older.find('<', at + 1)) {
    const size_t end = older.find('>', at);
    if (end == std::string::npos) break;
    references += on_one_line(older.substr(at, end + 1 - at)) + "\r\n\t";
  }
  return fmt::format("In-Reply-To: {}\r\nReferences: {}{}\r\n", id, references, id);
}

std::string header_of(const DeliveryReport& report, const std::string& boundary, bool eight_bit) {
  const std::string date = date_text(report.now);
  const std::string id = fmt::format("report-{}-{}", report.now, report.number);
  std::string text = fmt::format("Received: by {} id {};\r\n\t{}\r\n", report.reporter, id, date);
  text += fmt::format("Date: {}\r\n", date);
  text += fmt::format("From: Mail Delivery System <MAILER-DAEMON@{}>\r\n", report.reporter);
  text += fmt::format("To: <{}>\r\n", report.mail.reverse_path);
  text += fmt::format("Subject: {}\r\n", row_of(report.action).subject);
  text += fmt::format("Message-ID: <{}@{}>\r\n", id, report.reporter);
  text += thread_fields(*report.mail.message);
  text += "Auto-Submitted: auto-replied\r\n";  // RFC 3834 §5
  text += "MIME-Version: 1.0\r\n";
  text += "Content-Type: multipart/report; report-type=delivery-status;\r\n";
  text += fmt::format("\tboundary=\"{}\"\r\n", boundary);
  if (eight_bit) text += "Content-Transfer-Encoding: 8bit\r\n";
  return text;
}

/// A part with its delimiter before it.
std::string part(const std::string& boundary, std::string_view type, std::string_view body) {
  return fmt::format("--{}\r\nContent-Type: {}\r\n{}\r\n{}\r\n", boundary, type,
                     is_ascii(body) ? "" : "Content-Transfer-Encoding: 8bit\r\n", body);
}

}  // namespace

const char* report_action_name(ReportAction action) { return row_of(action).name; }

const char* report_subject(ReportAction action) { return row_of(action).subject; }

std::string status_of_reply(std::string_view reply) {
  const char basic = reply.empty() ? '4' : reply[0];
  const size_t space = std::min(reply.find(' '), reply.size());
  const std::string_view word = reply.substr(std::min(space + 1, reply.size()));
  const std::string_view code = word.substr(0, word.find_first_of(" \n"));
  const size_t first = code.find('.');
  const size_t second = first == std::string_view::npos ? first : code.find('.', first + 1);
  if (first == 1 && second != std::string_view::npos && code[0] == basic &&
      parse_number(code.substr(2, second - 2), 999) && parse_number(code.substr(second + 1), 999)) {
    return std::string(code);
  }
  return fmt::format("{}.0.0", basic == '5' || basic == '2' ? basic : '4');
}

MessagePtr make_report(const DeliveryReport& report) {
  const Message& original = *report.mail.message;
  // RFC 3461 §4.3: RET is about failures; other reports bring the header alone.
  const bool whole = report.action == ReportAction::kFailed && !report.headers_only &&
                     !report.mail.headers_only && !is_binary(original.text());
  const std::string_view returned =
      whole ? original.text() : original.text().substr(0, original.header_size());
  const std::string words = words_for_people(report, whole);
  const std::string fields = fields_for_programs(report);
  // RFC 6533 §4, §5: what is not ASCII has media types of its own.
  const bool global = !is_ascii(fields);
  const bool header_global = !is_ascii(original.text().substr(0, original.header_size()));
  std::string boundary;
  for (int i = 0; boundary.empty() || returned.find(boundary) != std::string_view::npos; ++i) {
    boundary = fmt::format("=_report-{}-{}-{}", report.now, report.number, i);
  }
  const bool eight_bit = !is_ascii(words) || global || !is_ascii(returned);
  std::string text = header_of(report, boundary, eight_bit) + "\r\n";
  text +=
      part(boundary, is_ascii(words) ? "text/plain; charset=us-ascii" : "text/plain; charset=utf-8",
           words);
  text +=
      part(boundary, global ? "message/global-delivery-status" : "message/delivery-status", fields);
  text += part(boundary,
               whole ? (header_global ? "message/global" : "message/rfc822")
                     : (header_global ? "message/global-headers" : "text/rfc822-headers"),
               returned);
  text += fmt::format("--{}--\r\n", boundary);
  return make_message(std::move(text));
}

}  // namespace mailscope
