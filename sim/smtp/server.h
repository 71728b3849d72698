// The SMTP server engine: one session. RFC 5321 with 8BITMIME and SIZE. It delivers into the mail
// store of its host, and hands mail for other domains to its host's relay; the 250 after the final
// dot is the moment it takes responsibility (RFC 5321 §6.1), so both happen before that line is
// said.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/smtp/protocol.h"
#include "sim/wire/dot_stuffing.h"
#include "sim/wire/line_buffer.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {

struct SmtpServerConfig {
  std::vector<std::string> local_domains;  // delivered here
  std::vector<std::string> relay_for;      // host names of clients that may send to other domains
  size_t max_message = 64u << 20;          // octets
  Duration patience = seconds(300);        // RFC 5321 §4.5.3.2.7
  uint32_t max_bad_commands = 20;
};

class SmtpServer {
 public:
  explicit SmtpServer(std::shared_ptr<const SmtpServerConfig> config)
      : config_(std::move(config)),
        lines_(smtp::kMaxCommandLine - 2),
        reader_(config_->max_message) {}

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes) { lines_.append(bytes); }
  [[nodiscard]] bool ready() const;
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  [[nodiscard]] bool finished() const { return state_ == smtp::State::kClosed; }
  [[nodiscard]] uint64_t digest() const;

  [[nodiscard]] smtp::State state() const { return state_; }
  [[nodiscard]] const std::string& reverse_path() const { return reverse_path_; }
  [[nodiscard]] size_t recipient_count() const { return local_.size() + remote_.size(); }

 private:
  struct LocalRecipient {
    AccountId account;
    std::string address;
  };

  void set_state(Context& context, smtp::State state);
  void dispatch(Context& context, Outbox& out, const smtp::CommandLine& command);
  void bad(Context& context, Outbox& out, std::string_view reply, std::string_view violation);
  void reset_transaction(Context& context);
  void end_of_data(Context& context, Outbox& out);
  void deliver(Context& context, Outbox& out, const std::string& text);
  [[nodiscard]] bool is_local_domain(std::string_view domain) const;

  void cmd_hello(Context& context, Outbox& out, const smtp::CommandLine& command, bool extended);
  void cmd_mail(Context& context, Outbox& out, const smtp::CommandLine& command);
  void cmd_rcpt(Context& context, Outbox& out, const smtp::CommandLine& command);
  void cmd_vrfy(Context& context, Outbox& out, const smtp::CommandLine& command);

  std::shared_ptr<const SmtpServerConfig> config_;
  LineBuffer lines_;
  DotReader reader_;
  smtp::State state_ = smtp::State::kConnecting;
  std::string client_name_;   // as EHLO or HELO gave it
  bool extended_ = false;     // EHLO rather than HELO
  std::string reverse_path_;
  std::vector<LocalRecipient> local_;
  std::vector<std::string> remote_;
  uint32_t transactions_ = 0;
  uint32_t bad_commands_ = 0;
};

}  // namespace mailscope
