// The POP3 client engine: one session of a mail program that collects mail into its LocalStore.
// Two policies, as real programs have them: download and delete, and leave on server (RFC 1939 §8),
// which tells old mail from new by unique-id. One command at a time; it never says DELE for a
// message whose every octet it does not hold.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/agent/session_outcome.h"
#include "sim/pop3/protocol.h"
#include "sim/wire/dot_stuffing.h"
#include "sim/wire/line_buffer.h"

namespace mailscope {

struct Pop3ClientConfig {
  std::string user;
  std::string password;
  bool leave_on_server = false;
  std::string folder = "INBOX";      // of the LocalStore
  Duration patience = seconds(120);  // without an answer for so long the session is given up
};

class Pop3Client {
 public:
  /// `delete_ids`: mail the person deleted here that a leave-on-server program removes there, too.
  Pop3Client(std::shared_ptr<const Pop3ClientConfig> config, std::vector<std::string> delete_ids)
      : config_(std::move(config)), delete_ids_(std::move(delete_ids)), lines_(512) {}

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes) { lines_.append(bytes); }
  [[nodiscard]] bool ready() const;
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  [[nodiscard]] bool finished() const { return outcome_.kind != SessionOutcome::Kind::kRunning; }
  [[nodiscard]] uint64_t digest() const;

  [[nodiscard]] pop3::State state() const { return state_; }
  [[nodiscard]] const SessionOutcome& outcome() const { return outcome_; }

 private:
  enum class Waiting : uint8_t {
    kGreeting,
    kUser,
    kPass,
    kStat,
    kUidl,
    kUidlList,
    kRetr,
    kRetrText,
    kDele,
    kQuit,
    kNothing
  };
  struct Item {
    uint32_t number;  // in this session
    std::string unique_id;
    bool download;
    bool remove;
  };

  void set_state(Context& context, pop3::State state);
  void say(Outbox& out, std::string_view line, Waiting waiting, uint8_t flags = 0);
  void take_response(Context& context, Outbox& out, std::string_view line);
  void take_listing(Context& context, Outbox& out, std::string_view line);
  void take_message(Context& context, Outbox& out);
  void plan(const LocalStore& local);
  /// The next command of the plan, or QUIT.
  void next(Outbox& out);
  void say_quit(Outbox& out);
  void end(Context& context, Outbox& out, SessionOutcome::Kind kind, std::string_view text);

  std::shared_ptr<const Pop3ClientConfig> config_;
  std::vector<std::string> delete_ids_;
  LineBuffer lines_;
  DotReader reader_;
  pop3::State state_ = pop3::State::kConnecting;
  Waiting waiting_ = Waiting::kGreeting;
  std::vector<Item> items_;
  size_t at_ = 0;  // the item being worked on
  SessionOutcome outcome_;
};

}  // namespace mailscope
