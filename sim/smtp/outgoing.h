// One transaction as a client sends it: what the message needs from the server, and the lines of
// its envelope. Pure functions of the transaction, the client's configuration and the server's
// offer.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sim/mail/envelope.h"
#include "sim/smtp/client_config.h"
#include "sim/smtp/offer.h"

namespace mailscope::smtp {

/// The text that is sent: without Bcc where the configuration says so (RFC 5322 §3.6.3).
std::shared_ptr<const std::string> text_to_send(const MailTransaction& mail,
                                                const SmtpClientConfig& config);
std::string without_bcc(std::string_view text);

/// What the transaction asks of the server.
struct Needs {
  bool eight_bit = false;    // 8BITMIME: octets above 127 (RFC 6152 §3)
  bool binary = false;       // BINARYMIME: CR or LF alone (RFC 3030 §3)
  bool utf8 = false;         // SMTPUTF8: an address beyond ASCII (RFC 6531 §3.2)
  bool utf8_header = false;  // the header has octets above 127; older servers let that pass
};
Needs needs_of(const MailTransaction& mail, std::string_view text);

/// Why this server cannot be given the message, as a reply of its own would say it; empty: it can.
std::string why_not(const MailTransaction& mail, std::string_view text, const Needs& needs,
                    const SmtpClientConfig& config, const Offer& offer);

bool uses_bdat(const Needs& needs, const SmtpClientConfig& config, const Offer& offer);
std::string mail_line(const MailTransaction& mail, std::string_view text, const Needs& needs,
                      const SmtpClientConfig& config, const Offer& offer);
std::string rcpt_line(const MailTransaction& mail, size_t recipient, const SmtpClientConfig& config,
                      const Offer& offer);
/// An address that can stand between < and > without breaking out of them.
bool is_safe_path(std::string_view address);

}  // namespace mailscope::smtp
