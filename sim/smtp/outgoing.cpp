#include "sim/smtp/outgoing.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/dot_stuffing.h"
#include "sim/wire/header.h"
#include "sim/wire/smtp_grammar.h"
#include "sim/wire/smtp_parameters.h"

namespace mailscope::smtp {
namespace {

bool is_bcc(std::string_view name) {
  return equals_ignoring_case(name, "Bcc") || equals_ignoring_case(name, "Resent-Bcc");
}

std::string notify_words(uint8_t notify) {
  if ((notify & RecipientDsn::kNever) != 0) return "NEVER";
  std::string words;
  const auto add = [&](uint8_t bit, const char* word) {
    if ((notify & bit) != 0) words += (words.empty() ? "" : ",") + std::string(word);
  };
  add(RecipientDsn::kSuccess, "SUCCESS");
  add(RecipientDsn::kFailure, "FAILURE");
  add(RecipientDsn::kDelay, "DELAY");
  return words;
}

}  // namespace

std::string without_bcc(std::string_view text) {
  std::string kept;
  size_t at = 0;
  while (const std::optional<HeaderField> field = next_field(text, at)) {
    if (!is_bcc(field->name.of(text))) kept.append(field->whole.of(text));
  }
  kept.append(text.substr(at));
  return kept;
}

std::shared_ptr<const std::string> text_to_send(const MailTransaction& mail,
                                                const SmtpClientConfig& config) {
  const std::string_view text = mail.message->text();
  const bool has_bcc = find_field(text, "Bcc") || find_field(text, "Resent-Bcc");
  if (!config.strip_bcc || !has_bcc) return shared_text(mail.message);
  return std::make_shared<const std::string>(without_bcc(text));
}

Needs needs_of(const MailTransaction& mail, std::string_view text) {
  Needs needs;
  needs.eight_bit = is_eight_bit(text);
  needs.binary = has_bare_newline(text);
  needs.utf8 = mail.needs_utf8 || is_eight_bit(mail.reverse_path) ||
               std::any_of(mail.forward_paths.begin(), mail.forward_paths.end(), is_eight_bit);
  const size_t header_end = std::min(text.find("\r\n\r\n"), text.size());
  needs.utf8_header = is_eight_bit(text.substr(0, header_end));
  return needs;
}

bool is_safe_path(std::string_view address) {
  const bool control = std::any_of(address.begin(), address.end(),
                                   [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
  return !control && parse_mailbox(address, true).has_value();
}

std::string why_not(const MailTransaction& mail, std::string_view text, const Needs& needs,
                    const SmtpClientConfig& config, const Offer& offer) {
  if (!mail.reverse_path.empty() && !is_safe_path(mail.reverse_path)) {
    return "553 5.1.7 not sent: the reverse-path is no address";
  }
  if (needs.utf8 && !offer.has(Extension::kSmtpUtf8)) {
    return "550 5.6.7 not sent: the server does not offer SMTPUTF8";
  }
  // A CR or LF alone would end a line for some servers and not for others: that is how messages
  // are smuggled (RFC 5321 §2.3.8).
  if (needs.binary && !(offer.has(Extension::kBinaryMime) && offer.has(Extension::kChunking))) {
    return "554 5.6.1 not sent: CR or LF alone, and the server does not offer BINARYMIME";
  }
  if (needs.eight_bit && !offer.has(Extension::kEightBitMime)) {
    return "554 5.6.3 not sent: octets above 127, and the server does not offer 8BITMIME";
  }
  if (config.size && offer.max_size != 0 && text.size() > offer.max_size) {
    return fmt::format("552 5.3.4 not sent: {} octets, and the server takes {}", text.size(),
                       offer.max_size);
  }
  return {};
}

bool uses_bdat(const Needs& needs, const SmtpClientConfig& config, const Offer& offer) {
  return offer.has(Extension::kChunking) && (config.chunking || needs.binary);
}

std::string mail_line(const MailTransaction& mail, std::string_view text, const Needs& needs,
                      const SmtpClientConfig& config, const Offer& offer) {
  std::string line = fmt::format("MAIL FROM:<{}>", mail.reverse_path);
  if (config.size && offer.has(Extension::kSize)) line += fmt::format(" SIZE={}", text.size());
  if (needs.binary) {
    line += " BODY=BINARYMIME";
  } else if (needs.eight_bit) {
    line += " BODY=8BITMIME";
  }
  if (needs.utf8 || (needs.utf8_header && offer.has(Extension::kSmtpUtf8))) line += " SMTPUTF8";
  if (!offer.has(Extension::kDsn)) return line;
  if (mail.headers_only || (config.headers_only && mail.dsn.empty())) line += " RET=HDRS";
  if (!mail.envelope_id.empty()) line += " ENVID=" + encode_xtext(mail.envelope_id);
  return line;
}

std::string rcpt_line(const MailTransaction& mail, size_t recipient, const SmtpClientConfig& config,
                      const Offer& offer) {
  std::string line = fmt::format("RCPT TO:<{}>", mail.forward_paths[recipient]);
  if (!offer.has(Extension::kDsn)) return line;
  RecipientDsn dsn;
  dsn.notify = config.notify;
  if (recipient < mail.dsn.size()) dsn = mail.dsn[recipient];
  if (dsn.notify != 0) line += " NOTIFY=" + notify_words(dsn.notify);
  if (!dsn.original_recipient.empty()) line += " ORCPT=" + encode_orcpt(dsn.original_recipient);
  return line;
}

}  // namespace mailscope::smtp
