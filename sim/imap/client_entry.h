// ImapClientEntry: a mail program's way in, from the greeting to the point where mailboxes can be
// spoken of: what the server offers, TLS, the login, compression. A part of ImapClient's state,
// which says what this wants said and tells it the answers. RFC 3501 §6.1.1 (CAPABILITY), §6.2.1
// (STARTTLS), §6.2.2 (AUTHENTICATE), §6.2.3 (LOGIN); RFC 4959 (SASL-IR); RFC 4978 (COMPRESS); RFC
// 5530 (what a refusal means).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/sasl/exchange.h"
#include "sim/wire/imap_response.h"

namespace mailscope {

struct ImapClientConfig;

enum class ImapTls : uint8_t { kNever, kIfOffered, kRequired };  // by STARTTLS
enum class ImapLogin : uint8_t { kLogin, kAuthenticate };        // the commands of these names

struct ImapEntryConfig {
  ImapTls tls = ImapTls::kNever;
  ImapLogin login = ImapLogin::kLogin;
  /// For AUTHENTICATE; none: the offered one that gives least away.
  std::optional<sasl::Mechanism> mechanism = std::nullopt;
  bool compress = false;  // COMPRESS=DEFLATE where it is offered
};

class ImapClientEntry {
 public:
  /// A command to be said, without its tag.
  struct Command {
    std::string text;
    uint8_t flags = 0;  // LineFlags
  };

  /// The server has greeted: the first command.
  std::optional<Command> greeted(Context& context, const ImapClientConfig& config);
  /// The answer to the command said last: the next one, or none. Then either all is done, or the
  /// server refused, or the handshake of TLS is awaited.
  std::optional<Command> answered(Context& context, Outbox& out, const ImapClientConfig& config,
                                  const imap::Response& response);
  /// The server wants to hear more ("+"): the line that it gets.
  Command challenged(std::string_view text);
  /// TLS protects the connection: the first command after it, if the entry asked for it.
  std::optional<Command> secured();

  /// From a CAPABILITY response or code, the word itself in front.
  void take_capabilities(std::string_view text) { capabilities_ = std::string(text); }
  [[nodiscard]] const std::string& capabilities() const { return capabilities_; }
  [[nodiscard]] bool offers(std::string_view name) const;

  /// Names of the command under way, as the trace has them: "LOGIN".
  [[nodiscard]] const char* command_name() const;
  [[nodiscard]] bool logged_in() const { return logged_in_; }
  /// Mailboxes can be spoken of.
  [[nodiscard]] bool entered() const { return doing_ == Doing::kEntered; }
  /// Why it was of no use; empty otherwise.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  /// False: the same would be refused again.
  [[nodiscard]] bool ask_again() const { return ask_again_; }
  /// An answer that may be the last thing in plain text: what follows must not be looked at yet.
  [[nodiscard]] bool may_switch() const { return doing_ == Doing::kCompress; }
  /// A login of one line is under way, to a server of which it is known what it offers: what comes
  /// after it can be said before its answer is here (RFC 3501 §5.5).
  [[nodiscard]] bool may_run_ahead() const {
    return (doing_ == Doing::kLogin || (doing_ == Doing::kAuthenticate && in_one_line_)) &&
           !capabilities_.empty();
  }
  [[nodiscard]] bool awaits_tls() const { return doing_ == Doing::kHandshake; }
  void add_to(Digest& digest) const;

 private:
  enum class Doing : uint8_t {
    kGreeting,
    kCapability,
    kStartTls,
    kHandshake,
    kLogin,
    kAuthenticate,
    kCapabilityInside,
    kCompress,
    kEntered,
    kRefused
  };

  Command ask(Doing doing, std::string text, uint8_t flags = 0);
  std::optional<Command> refuse(std::string_view why, bool ask_again);
  /// What is to be done now that it is known what the server offers.
  std::optional<Command> log_in(Context& context, const ImapClientConfig& config);
  std::optional<Command> authenticate(Context& context, const ImapClientConfig& config);
  std::optional<Command> logged_in_now(const ImapClientConfig& config, bool told);
  std::optional<Command> enter(const ImapClientConfig& config);
  [[nodiscard]] bool needs_capabilities(const Context& context,
                                        const ImapClientConfig& config) const;
  [[nodiscard]] uint32_t offered_mechanisms() const;

  Doing doing_ = Doing::kGreeting;
  std::string capabilities_;
  std::optional<sasl::ClientExchange> exchange_;
  std::string late_response_;  // the initial response, where SASL-IR is not offered
  bool has_late_response_ = false;
  bool in_one_line_ = false;  // AUTHENTICATE took all there is to say with it
  bool logged_in_ = false;
  bool tls_refused_ = false;
  std::string refusal_;
  bool ask_again_ = true;
};

}  // namespace mailscope
