// The POP3 client engine: one session of a mail program that collects mail into its LocalStore, as
// its config says. It never says DELE for a message whose every octet it does not hold, unless the
// person deleted it. client.cpp: responses; client_login.cpp: AUTHORIZATION; client_collect.cpp:
// what to fetch and what to delete.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/agent/session_outcome.h"
#include "sim/pop3/client_config.h"
#include "sim/pop3/protocol.h"
#include "sim/sasl/exchange.h"
#include "sim/wire/dot_stuffing.h"
#include "sim/wire/line_buffer.h"
#include "sim/wire/pop3_grammar.h"

namespace mailscope {

class Pop3Client {
 public:
  /// `delete_ids`: mail the person deleted here that a leave-on-server program removes there, too.
  Pop3Client(std::shared_ptr<const Pop3ClientConfig> config, std::vector<std::string> delete_ids);

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes) { lines_.append(bytes); }
  [[nodiscard]] bool ready() const;
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  void secured(Context& context, Outbox& out);
  [[nodiscard]] bool finished() const { return outcome_.kind != SessionOutcome::Kind::kRunning; }
  [[nodiscard]] uint64_t digest() const;

  [[nodiscard]] pop3::State state() const { return state_; }
  [[nodiscard]] const SessionOutcome& outcome() const { return outcome_; }

 private:
  /// What a response answers.
  enum class Step : uint8_t {
    kGreeting,
    kCapa,
    kStls,
    kUtf8,
    kUser,
    kPass,
    kApop,
    kAuth,
    kStat,
    kUidl,
    kList,
    kTop,
    kRetr,
    kDele,
    kQuit
  };
  struct Sent {
    Step step;
    uint32_t item;  // index into items_, of kTop, kRetr and kDele
  };
  enum class Reading : uint8_t { kStatus, kListing, kText };
  struct Item {
    uint32_t number = 0;  // in this session
    std::string unique_id;
    uint64_t size = 0;  // as LIST said
    bool remove = false;
  };

  void set_state(Context& context, pop3::State state);
  void say(Outbox& out, std::string_view line, Step step, uint8_t flags = 0, uint32_t item = 0);
  static const char* step_name(Step step);

  void take_response(Context& context, Outbox& out, std::string_view line);
  void take_yes(Context& context, Outbox& out, Step step, const pop3::Response& response);
  void take_no(Context& context, Outbox& out, Sent sent, const pop3::Response& response,
               std::string_view line);
  void take_listing(Context& context, Outbox& out, std::string_view line);
  /// The whole answer to the first command sent has been taken in.
  void answered();

  // AUTHORIZATION.
  [[nodiscard]] bool wants_capabilities(const Context& context) const;
  [[nodiscard]] bool offered(std::string_view capability) const;
  [[nodiscard]] uint32_t offered_mechanisms() const;
  void ask_or_log_in(Context& context, Outbox& out);
  void after_capabilities(Context& context, Outbox& out);
  void log_in(Context& context, Outbox& out);
  void begin_auth(Context& context, Outbox& out);
  void take_challenge(Outbox& out, std::string_view base64);
  void logged_in(Context& context, Outbox& out);

  // TRANSACTION.
  void take_count(std::string_view text);
  /// Says what is next to be said, as far as may be sent before the answers come.
  void go_on(Context& context, Outbox& out);
  void plan(Context& context);
  void plan_item(const LocalStore& local, Instant now, uint32_t index);
  void take_message(Context& context, Outbox& out);
  void keep_message(Context& context, Item& item, MessagePtr message);
  void keep_header(Context& context, const Item& item, const MessagePtr& header);

  void say_quit(Outbox& out) { say(out, "QUIT", Step::kQuit); }
  /// Ends the session politely; the person is told why.
  void give_up(Outbox& out, std::string_view why, bool ask_again);
  void end(Context& context, Outbox& out, SessionOutcome::Kind kind, std::string_view text);

  std::shared_ptr<const Pop3ClientConfig> config_;
  std::vector<std::string> delete_ids_;
  LineBuffer lines_;
  DotReader reader_;
  pop3::State state_ = pop3::State::kConnecting;
  std::deque<Sent> sent_{{Step::kGreeting, 0}};  // whose answers have not come, in order
  Reading reading_ = Reading::kStatus;
  bool awaiting_tls_ = false;
  bool utf8_asked_ = false;
  std::string timestamp_;  // of the greeting
  std::vector<pop3::Capability> capabilities_;
  std::optional<sasl::ClientExchange> exchange_;
  std::deque<Step> listings_;  // still to be asked for before there can be a plan
  bool planned_ = false;
  std::vector<Item> items_;
  std::deque<Sent> work_;  // the plan: what is still to be said
  SessionOutcome outcome_;
};

}  // namespace mailscope
