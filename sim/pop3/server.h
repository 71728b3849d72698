// The POP3 server engine: one session. RFC 1939 with UIDL, TOP, USER/PASS, and CAPA of RFC 2449.
// It takes the exclusive maildrop lock when PASS succeeds and gives it back when the session ends;
// messages leave the store only in the UPDATE state, which only QUIT leads to.
#pragma once

#include <memory>
#include <string>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/mail/maildrop.h"
#include "sim/pop3/protocol.h"
#include "sim/wire/line_buffer.h"
#include "sim/wire/pop3_grammar.h"

namespace mailscope {

struct Pop3ServerConfig {
  /// RFC 1939 §3: an autologout timer must be of at least 10 minutes. It enters no UPDATE state.
  Duration autologout = seconds(600);
  /// Consecutive lines not understood after which the server gives up on a peer.
  uint32_t max_bad_commands = 10;
};

class Pop3Server {
 public:
  explicit Pop3Server(std::shared_ptr<const Pop3ServerConfig> config)
      : config_(std::move(config)), lines_(pop3::kMaxCommandLine - 2) {}

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes) { lines_.append(bytes); }
  [[nodiscard]] bool ready() const { return state_ != pop3::State::kClosed && lines_.has_line(); }
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  [[nodiscard]] bool finished() const { return state_ == pop3::State::kClosed; }
  [[nodiscard]] uint64_t digest() const;

  [[nodiscard]] pop3::State state() const { return state_; }
  /// The session's snapshot and its marks; empty before TRANSACTION.
  [[nodiscard]] const Maildrop& maildrop() const { return maildrop_; }
  /// Who is logged in, or none.
  [[nodiscard]] AccountId account() const { return account_; }

 private:
  void set_state(Context& context, pop3::State state);
  void dispatch(Context& context, Outbox& out, const pop3::CommandLine& command);
  void bad(Context& context, Outbox& out, std::string_view text, std::string_view violation);
  void end_session(Context& context);
  /// The live entry that an argument names, or null after saying -ERR.
  const MaildropEntry* message_named(Outbox& out, const std::string& argument, uint64_t& number);
  [[nodiscard]] MessagePtr message_of(const Context& context, const MaildropEntry& entry) const;

  void cmd_user(Outbox& out, const pop3::CommandLine& command);
  void cmd_pass(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_stat(Outbox& out);
  void cmd_list(Outbox& out, const pop3::CommandLine& command);
  void cmd_uidl(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_retr(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_top(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_dele(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_rset(Context& context, Outbox& out);
  void cmd_quit(Context& context, Outbox& out);
  void cmd_capa(Outbox& out);

  std::shared_ptr<const Pop3ServerConfig> config_;
  LineBuffer lines_;
  pop3::State state_ = pop3::State::kConnecting;
  std::string user_;      // from USER, before PASS
  AccountId account_;
  Maildrop maildrop_;
  uint32_t bad_in_a_row_ = 0;
};

}  // namespace mailscope
