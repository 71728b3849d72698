// Transcripts: conversations as plain text that a person can read, played against a server engine.
//
//   # What this shows, in a sentence or two.
//   protocol pop3
//   account bob secret
//   mail bob INBOX
//     Subject: Lunch
//
//     Friday?
//   ---
//   1 S: +OK ... ready
//   1 C: USER bob
//   1 S: +OK ...
//   1 S: +OK $count messages
//   2 cut
//
// "C:" is said to the server, "S:" must be its next line ("..." matches any text, "$name" captures
// on first use, must be the same later, and in "C:" stands for what was captured; "$$" is a
// dollar), "S! text" must not be said before the next client line, "C< bytes" is sent without
// adding CRLF (\r \n \0 \\ \xHH are escapes), "open" and "cut" begin and break a connection (a
// number opens by itself when first used), "closed" asks that the server has closed it, "wait 600s"
// lets time pass, "tls" plays the handshake that the server must have asked for (with the header
// line "implicit-tls" it comes before the greeting), "compressed" asks that the server has switched
// compression on (the player goes on in plain text: the layer is not the engine's), "shutdown" lets
// the server's host go down in good order, "renew-uids bob INBOX" gives that mailbox another
// UIDVALIDITY and its messages other UIDs. The header line "keeps bob Old uids" is a mailbox that
// keeps no mod-sequences, "keeps bob Old modseqs" one without lasting UIDs. What no "S:" asks for
// must not be said: a line is left over when its connection says something again, and at the end,
// when it says nothing more. Every transcript is played whole, one byte at a time, and pipelined:
// what one connection says before another does something, or before it must know an answer
// ("$name", "tls" and the like), is said at once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"

namespace mailscope::test {

/// Any engine behind one face, so that the player knows no protocol.
class EngineUnderTest {
 public:
  virtual ~EngineUnderTest() = default;
  virtual void open(Context& context, Outbox& out) = 0;
  virtual void receive(std::string_view bytes) = 0;
  [[nodiscard]] virtual bool ready() const = 0;
  virtual void turn(Context& context, Outbox& out) = 0;
  virtual void timer(Context& context, Outbox& out) = 0;
  virtual void closed(Context& context, Outbox& out, CloseReason reason) = 0;
  /// The TLS handshake that the engine asked for is over.
  virtual void secured(Context& context, Outbox& out) = 0;
  /// The server's host goes down in good order; most engines have nothing to say then.
  virtual void shut_down(Context&, Outbox&) {}
  /// Told after another session's turn changed the store; most protocols do not care.
  virtual void store_changed(const MailStore&) {}
};

template <class Engine>
class Wrapped : public EngineUnderTest {
 public:
  explicit Wrapped(Engine engine) : engine_(std::move(engine)) {}
  void open(Context& context, Outbox& out) override { engine_.open(context, out); }
  void receive(std::string_view bytes) override { engine_.receive(bytes); }
  [[nodiscard]] bool ready() const override { return engine_.ready(); }
  void turn(Context& context, Outbox& out) override {
    Engine copy = engine_;  // engines are values: a copy goes on as the original would
    engine_ = copy;
    engine_.turn(context, out);
  }
  void timer(Context& context, Outbox& out) override { engine_.timer(context, out); }
  void closed(Context& context, Outbox& out, CloseReason reason) override {
    engine_.closed(context, out, reason);
  }

  void shut_down(Context& context, Outbox& out) override {
    if constexpr (requires { engine_.shut_down(context, out); }) engine_.shut_down(context, out);
  }
  void secured(Context& context, Outbox& out) override {
    if constexpr (requires { engine_.secured(context, out); }) engine_.secured(context, out);
  }

 protected:
  Engine engine_;
};

struct Transcript {
  struct Step {
    int line_number = 0;
    int connection = 1;
    std::string verb;  // "C:", "C<", "S:", "S!", "open", "cut", "closed", "wait"
    std::string text;
  };
  std::string path;
  std::string protocol;
  std::map<std::string, std::string> options;   // other header lines, "word rest"
  std::vector<std::pair<std::string, std::string>> accounts;
  struct Mail {
    std::string account, mailbox, text;
  };
  std::vector<Mail> mail;
  struct Storage {
    std::string account, mailbox;
    bool keeps_modseqs = true;
    bool keeps_uids = true;
  };
  std::vector<Storage> storage;
  std::vector<Step> steps;
};

/// Reads one file; throws std::runtime_error with file and line when it is not a transcript.
Transcript read_transcript(const std::string& path);
/// All *.txt of tests/transcripts/<protocol>, sorted.
std::vector<Transcript> read_transcripts(const std::string& protocol);

using EngineFactory = std::unique_ptr<EngineUnderTest> (*)(const Transcript&);

/// Plays it in every mode; returns an empty text, or what differed and where.
std::string play_transcript(const Transcript& transcript, EngineFactory make_engine);

/// The commands (first word, or the word after the tag for IMAP) that any of these transcripts says.
std::vector<std::string> commands_said(const std::vector<Transcript>& transcripts,
                                       size_t word_index);

}  // namespace mailscope::test
