// Delivery reports: the mail that a server writes to a sender about what became of a message, as
// multipart/report with a part for people, a part for programs, and the message or its header.
// Sources: RFC 6522 (multipart/report), RFC 3464 (message/delivery-status), RFC 3461 §6 (what goes
// in), RFC 3463 (status codes), RFC 3834 §5 (Auto-Submitted), RFC 6533 (addresses in UTF-8).
// Who is told of what, and on which road a report travels, is not decided here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/envelope.h"

namespace mailscope {

/// What stands between a message and one of its recipients.
struct DeliveryProblem {
  std::string status;  // RFC 3463: "5.1.1"
  std::string remote;  // the server that said so; empty: it was found out here
  std::string reply;   // its SMTP reply, "550 No such user", lines separated by LF; or empty
  std::string reason;  // when there is no reply: "connection refused"
};

/// The status of a problem that an SMTP reply tells of: its enhanced code (RFC 2034 §4) when that
/// agrees with the basic one, else "4.0.0" or "5.0.0", which RFC 3463 §3.1 has for what is unknown.
std::string status_of_reply(std::string_view reply);

/// RFC 3464 §2.3.3.
enum class ReportAction : uint8_t {
  kFailed,
  kDelayed,
  kDelivered,
  kRelayed,  // to a server that does not report
};

/// Every action, for those who go through them.
inline constexpr ReportAction kReportActions[] = {ReportAction::kFailed, ReportAction::kDelayed,
                                           ReportAction::kDelivered, ReportAction::kRelayed};

/// As the Action field has it, such as "failed".
const char* report_action_name(ReportAction action);
/// The Subject of such a report.
const char* report_subject(ReportAction action);

struct ReportedRecipient {
  std::string address;
  std::string original;     // ORCPT, as given; empty: none
  DeliveryProblem problem;  // of what was delivered: the status alone
};

struct DeliveryReport {
  ReportAction action = ReportAction::kFailed;
  std::string reporter;      // domain name of the server that writes it
  uint64_t number = 0;       // differs in every report of this server
  int64_t now = 0;           // seconds since 1970, like all that follow
  int64_t arrived = 0;       // when the message came here
  int64_t last_attempt = 0;  // 0: none was made
  int64_t retry_until = 0;   // of what is delayed
  MailTransaction mail;      // what is reported on; its recipients are not read
  std::vector<ReportedRecipient> recipients;
  bool headers_only = false;  // returns no body, whatever the sender asked for
};

/// The report as a message to the reverse-path of `mail`, with one Received line: it was born here.
MessagePtr make_report(const DeliveryReport& report);

}  // namespace mailscope
