// The SMTP server engine: one session. RFC 5321, and each extension of smtp::kExtensions where its
// configuration switches it on. It delivers into the mail store of its host, and hands mail for
// other domains to its host's relay; the 250 after the final dot (or BDAT LAST) is the moment it
// takes responsibility (RFC 5321 §6.1), so both happen before that line is said.
//
// server.cpp is the session: lines, dispatch, ends. server_mail.cpp: MAIL and RCPT.
// server_data.cpp: DATA and BDAT. server_delivery.cpp: what becomes of the message.
// server_auth.cpp: AUTH and STARTTLS. server_info.cpp: EHLO, VRFY, EXPN, HELP.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/smtp/address_book.h"
#include "sim/smtp/protocol.h"
#include "sim/smtp/server_config.h"
#include "sim/wire/dot_stuffing.h"
#include "sim/wire/line_buffer.h"
#include "sim/wire/smtp_grammar.h"
#include "sim/wire/smtp_parameters.h"

namespace mailscope {

class SmtpServer {
 public:
  explicit SmtpServer(std::shared_ptr<const SmtpServerConfig> config);

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes);
  [[nodiscard]] bool ready() const;
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  void secured(Context& context, Outbox& out);
  /// The server's host goes down in good order: says 421 and closes (RFC 5321 §3.8). A message that
  /// has not been answered with 250 has not been taken.
  void shut_down(Context& context, Outbox& out);
  [[nodiscard]] bool finished() const { return state_ == smtp::State::kClosed; }
  [[nodiscard]] uint64_t digest() const;

  [[nodiscard]] smtp::State state() const { return state_; }
  [[nodiscard]] const std::string& reverse_path() const { return envelope_.reverse_path; }
  [[nodiscard]] size_t recipient_count() const { return envelope_.recipients.size(); }
  /// Who has authenticated; empty: nobody.
  [[nodiscard]] const std::string& user() const { return user_; }

 private:
  struct Recipient {
    std::string address;
    RecipientDsn dsn;
    smtp::Destination to;
  };
  struct Envelope {
    std::string reverse_path;
    std::string envelope_id;
    bool headers_only = false;
    bool needs_utf8 = false;
    bool binary = false;          // BODY=BINARYMIME
    bool uses_dsn = false;        // some parameter of DSN has been given
    uint64_t declared_size = 0;   // SIZE, or 0
    size_t parameter_octets = 0;  // of ENVID and ORCPT
    std::vector<Recipient> recipients;
  };
  /// One reply. `detail` is the enhanced status without its class, "1.5"; null: it has none (RFC
  /// 2034 §4: greetings, replies to EHLO and HELO, 3yz).
  struct Reply {
    int code = 0;
    const char* detail = nullptr;
    std::string text;  // its lines divided by '\n'
    /// The rule that the client broke, beginning with its RFC section; null: it broke none.
    const char* violation = nullptr;
  };
  /// A chunk of BDAT that is still coming.
  struct ComingChunk {
    bool active = false;
    uint64_t size = 0;
    uint64_t left = 0;
    bool last = false;
    Reply refusal;  // code 0: the chunk is kept
  };
  /// A message that has come whole.
  struct Arrived {
    std::string text;
    bool too_large = false;
    bool bare_newline = false;
  };

  // server.cpp
  void set_state(Context& context, smtp::State state);
  void dispatch(Context& context, Outbox& out, const smtp::CommandLine& command);
  void run(Context& context, Outbox& out, const smtp::CommandRow& row,
           const smtp::CommandLine& command);
  [[nodiscard]] Reply out_of_order(const smtp::CommandRow& row) const;
  [[nodiscard]] size_t max_line(std::string_view verb) const;
  void note_early(Context& context, const smtp::CommandRow& row);
  void say(Outbox& out, int code, const char* detail, std::string_view text) const;
  /// Says the reply; one with a violation counts towards the errors after which the server hangs
  /// up.
  void answer(Context& context, Outbox& out, const Reply& reply);
  void close(Context& context, Outbox& out);
  void reset_transaction(Context& context);
  /// SMTPUTF8 is offered, and the client has asked what is.
  [[nodiscard]] bool utf8() const;

  // server_info.cpp
  void cmd_hello(Context& context, Outbox& out, const smtp::CommandLine& command, bool extended);
  [[nodiscard]] std::vector<std::string> offered(const Context& context) const;
  void cmd_vrfy(Context& context, Outbox& out, const smtp::CommandLine& command);
  [[nodiscard]] Reply verified(Context& context, const std::string& who) const;
  void cmd_expn(Context& context, Outbox& out, const smtp::CommandLine& command);
  void cmd_help(Context& context, Outbox& out, const smtp::CommandLine& command);
  [[nodiscard]] bool knows(const smtp::CommandRow& row) const;

  // server_auth.cpp
  void cmd_auth(Context& context, Outbox& out, const smtp::CommandLine& command);
  void auth_line(Context& context, Outbox& out, const Line& line);
  void auth_step(Context& context, Outbox& out, const sasl::ServerExchange::Step& step);
  void end_auth(Context& context, Outbox& out, const Reply& reply);
  void cmd_starttls(Context& context, Outbox& out);
  /// Bits of the mechanisms that may be used now.
  [[nodiscard]] uint32_t mechanisms(const Context& context) const;
  [[nodiscard]] sasl::ServerExchange::Step respond(Context& context, std::string_view response);

  // server_mail.cpp
  void cmd_mail(Context& context, Outbox& out, const smtp::CommandLine& command);
  void cmd_rcpt(Context& context, Outbox& out, const smtp::CommandLine& command);
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] Reply wrong_parameter(const Parameters& parameters, smtp::Command command) const;
  Reply take_mail_parameter(const Context& context, Envelope& envelope, const std::string& keyword,
                            const std::string& value) const;
  [[nodiscard]] Reply take_size(const Context& context, Envelope& envelope,
                                const std::string& value) const;
  Reply take_rcpt_parameters(const smtp::PathArgument& path, RecipientDsn& dsn) const;
  [[nodiscard]] Reply wrong_sender(const Context& context, const Envelope& envelope) const;
  /// Where mail for this path goes; the reply says yes or no.
  Reply find_recipient(Context& context, const smtp::PathArgument& path, smtp::Destination& to);
  Reply accept_local(Context& context, const std::string& address, const smtp::Destination& to);
  [[nodiscard]] bool trusted(const Context& context) const;
  /// The reply that a full mailbox gets; code 0 when `octets` more have room.
  [[nodiscard]] Reply full(const MailStore& store, const smtp::Destination& to,
                           uint64_t octets) const;
  [[nodiscard]] Reply no_room(const MailStore& store, uint64_t octets) const;

  // server_data.cpp
  void cmd_data(Context& context, Outbox& out);
  void cmd_bdat(Context& context, Outbox& out, const smtp::CommandLine& command);
  [[nodiscard]] Reply wrong_chunk(const smtp::CommandRow& row, const smtp::Chunk& chunk) const;
  void take_chunk(Context& context, Outbox& out);
  void end_chunk(Context& context, Outbox& out);
  void take_data(Context& context, Outbox& out);
  void end_of_message(Context& context, Outbox& out, const Arrived& arrived);
  /// Why the message cannot be taken; code 0 when it can.
  [[nodiscard]] Reply refusal_of(const Context& context, const Arrived& arrived) const;

  // server_delivery.cpp
  void deliver(Context& context, Outbox& out, const std::string& text);
  void deliver_to_list(Context& context, Outbox& out, const std::string& list,
                       const std::string& message);
  [[nodiscard]] std::string trace_line(const Context& context) const;
  [[nodiscard]] std::string list_address(const std::string& list, std::string_view suffix) const;
  [[nodiscard]] std::string home_domain(const Context& context) const;

  std::shared_ptr<const SmtpServerConfig> config_;
  LineBuffer lines_;
  DotReader reader_;
  smtp::State state_ = smtp::State::kConnecting;
  std::string client_name_;   // as EHLO or HELO gave it
  bool extended_ = false;     // EHLO rather than HELO
  bool early_noted_ = false;  // that commands came before their time has been recorded
  bool injected_ = false;     // bytes came between STARTTLS and the end of the handshake
  std::string user_;
  sasl::ServerExchange exchange_;
  Envelope envelope_;
  ComingChunk chunk_;
  std::string chunks_;  // what BDAT has brought so far
  uint32_t transactions_ = 0;
  uint32_t bad_commands_ = 0;
};

}  // namespace mailscope
