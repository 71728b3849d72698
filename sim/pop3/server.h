// The POP3 server engine: one session. RFC 1939 with its optional commands, the extensions of RFC
// 2449, AUTH (RFC 5034), STLS (RFC 2595), UTF8 and LANG (RFC 6856), each as its config says. It
// takes the exclusive maildrop lock when logging in succeeds and gives it back when the session
// ends; messages leave the store only in the UPDATE state, which only QUIT leads to. server.cpp:
// lines and dispatch; server_login.cpp: AUTHORIZATION; server_options.cpp: CAPA, STLS, UTF8, LANG;
// server_maildrop.cpp: TRANSACTION and UPDATE.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/mail/maildrop.h"
#include "sim/pop3/phrases.h"
#include "sim/pop3/protocol.h"
#include "sim/pop3/server_config.h"
#include "sim/sasl/exchange.h"
#include "sim/wire/line_buffer.h"
#include "sim/wire/pop3_grammar.h"

namespace mailscope {

class Pop3Server {
 public:
  explicit Pop3Server(std::shared_ptr<const Pop3ServerConfig> config);

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes) { lines_.append(bytes); }
  [[nodiscard]] bool ready() const {
    return state_ != pop3::State::kClosed && !awaiting_tls_ && lines_.has_line();
  }
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  void secured(Context& context, Outbox& out);
  [[nodiscard]] bool finished() const { return state_ == pop3::State::kClosed; }
  [[nodiscard]] uint64_t digest() const;

  [[nodiscard]] pop3::State state() const { return state_; }
  /// The session's snapshot and its marks; empty before TRANSACTION.
  [[nodiscard]] const Maildrop& maildrop() const { return maildrop_; }
  /// Who is logged in, or none.
  [[nodiscard]] AccountId account() const { return account_; }

 private:
  using Phrase = pop3::Phrase;
  using ResponseCode = pop3::ResponseCode;

  void set_state(Context& context, pop3::State state);
  void dispatch(Context& context, Outbox& out, const pop3::CommandLine& command);
  void carry_out(Context& context, Outbox& out, pop3::Command which,
                 const pop3::CommandLine& command);
  [[nodiscard]] bool has(pop3::Extension extension) const;
  [[nodiscard]] bool knows(const pop3::CommandRow& row) const;

  // Speaking, in the language of the session. A code is left out where its extension is off.
  template <class... Arguments>
  void say_ok(Outbox& out, Phrase phrase, const Arguments&... arguments) {
    out.line("+OK " + pop3::said(phrase, language_, arguments...));
  }
  template <class... Arguments>
  void say_error(Outbox& out, Phrase phrase, const Arguments&... arguments) {
    out.line("-ERR " + pop3::said(phrase, language_, arguments...));
  }
  template <class... Arguments>
  void say_error(Outbox& out, ResponseCode code, Phrase phrase, const Arguments&... arguments) {
    out.line("-ERR " + code_text(code) + pop3::said(phrase, language_, arguments...));
  }
  [[nodiscard]] std::string code_text(ResponseCode code) const;
  template <class... Arguments>
  void bad(Context& context, Outbox& out, std::string_view violation, Phrase phrase,
           const Arguments&... arguments) {
    bad_text(context, out, violation, pop3::said(phrase, language_, arguments...));
  }
  /// Says no, records the breach, and gives up on a peer that has made too many.
  void bad_text(Context& context, Outbox& out, std::string_view violation, std::string_view text);
  void end_session(Context& context);

  // AUTHORIZATION.
  [[nodiscard]] bool refuse_in_clear(const Context& context, Outbox& out) const;
  void wrong_login(Outbox& out);
  /// The password was right: takes the lock, if nothing speaks against it.
  void log_in(Context& context, Outbox& out, std::string_view user);
  [[nodiscard]] Pop3UserPolicy policy_of(std::string_view user) const;
  [[nodiscard]] bool offers(const Context& context, sasl::Mechanism mechanism) const;
  void take_auth_line(Context& context, Outbox& out, const Line& line);
  void take_auth_response(Context& context, Outbox& out, std::string_view base64);
  void cmd_user(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_pass(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_apop(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_auth(Context& context, Outbox& out, const pop3::CommandLine& command);

  // Any state.
  void cmd_stls(Context& context, Outbox& out);
  void cmd_utf8(Outbox& out);
  void cmd_lang(Outbox& out, const pop3::CommandLine& command);
  void cmd_capa(const Context& context, Outbox& out);
  /// What follows the name in the capability list; nothing: it is not listed now.
  [[nodiscard]] std::optional<std::string> capability_arguments(const Context& context,
                                                                pop3::Extension extension) const;

  // TRANSACTION and UPDATE.
  /// The live entry that an argument names, or null after saying -ERR.
  const MaildropEntry* message_named(Outbox& out, const std::string& argument, uint64_t& number);
  [[nodiscard]] MessagePtr message_of(const Context& context, const MaildropEntry& entry) const;
  /// The message to be sent, or null after saying -ERR.
  MessagePtr message_to_send(const Context& context, Outbox& out, const MaildropEntry& entry);
  [[nodiscard]] bool must_not_send(const Message& message) const;
  void cmd_stat(Outbox& out);
  void cmd_list(const Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_uidl(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_retr(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_top(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_dele(Context& context, Outbox& out, const pop3::CommandLine& command);
  void cmd_rset(Context& context, Outbox& out);
  void cmd_quit(Context& context, Outbox& out);
  /// The UPDATE state, from which the session goes on to its end.
  void update(Context& context, Outbox& out);

  std::shared_ptr<const Pop3ServerConfig> config_;
  LineBuffer lines_;
  pop3::State state_ = pop3::State::kConnecting;
  std::string timestamp_;                         // APOP: in the greeting
  std::string user_;                              // from USER, before PASS
  std::optional<sasl::ServerExchange> exchange_;  // AUTH under way: lines are no commands
  bool awaiting_tls_ = false;                     // STLS was agreed to, the handshake is not over
  bool utf8_ = false;                             // UTF-8 mode
  size_t language_ = 0;                           // of pop3::kLanguages
  AccountId account_;
  Maildrop maildrop_;
  uint32_t bad_in_a_row_ = 0;
};

}  // namespace mailscope
