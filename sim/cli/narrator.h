// Narrator: what happened, told in sentences of the chosen language, for the terminal and for
// screen readers. Lines on the wire stay as they were said. Reads a run's trace only; words come
// from the Catalog.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/explain/catalog.h"
#include "sim/lesson/runner.h"
#include "sim/metrics/imap_sessions.h"

namespace mailscope::cli {

enum class Beat : uint8_t { kSegment, kLine, kExchange };

class Narrator {
 public:
  /// All three outlive the narrator. `with_sessions`: how each IMAP session counts its mailbox is
  /// told whenever that, or what it is still to be told, has changed.
  Narrator(const LessonRun& run, const Catalog& catalog, Beat beat, bool with_sessions = false);

  /// Tells the events after the last one told, up to and with event number `last`: a sentence a
  /// line. An empty line ends an exchange.
  std::vector<std::string> tell(uint32_t last);
  /// Who holds what after n dispatches: a sentence for each server account and each device.
  [[nodiscard]] std::vector<std::string> tell_holdings(uint32_t n) const;
  /// What each mail program's connections cost, by the first `events` events.
  [[nodiscard]] std::vector<std::string> tell_costs(uint32_t events) const;

  /// What an observer of each link has read, by the first `events` events.
  [[nodiscard]] std::vector<std::string> tell_observers(uint32_t events) const;
  /// Envelope, header and stored copy of each message that SMTP has carried, after n dispatches.
  [[nodiscard]] std::vector<std::string> tell_layers(uint32_t n) const;
  /// What each IMAP session has been told beside what its server holds, after n dispatches.
  [[nodiscard]] std::vector<std::string> tell_sessions(uint32_t n) const;

  /// A host's title.
  [[nodiscard]] std::string host(HostId id) const;

 private:
  /// What belongs to one command and its answer, while it is under way.
  struct Exchange {
    std::vector<std::string> said;
    std::vector<std::string> changes;
    bool answered = false;
  };

  void take(uint32_t id);
  void take_line(EventId id);
  void take_change(EventId id);
  /// Of the exchange that is under way on the connection, or by itself.
  void tell_change(ConnId conn, std::string line);
  /// After the last event of a dispatch: the IMAP sessions that are not as they were told.
  void take_sessions();
  /// "1=1 2=2†; EXISTS 2 of 1; still to be told: * 2 EXPUNGE"
  [[nodiscard]] std::string session_state(const ImapSession& session) const;
  /// The sentence for any other event; empty when nothing is to be told.
  std::string sentence(const Event& event);
  std::string network_sentence(const Event& event) const;
  [[nodiscard]] std::string local_sentence(const Event& event) const;
  [[nodiscard]] std::string timed(const Event& event, const std::string& text) const;
  void flush(uint32_t conn);
  void flush_all();

  const LessonRun& run_;
  const Trace& trace_;
  const Catalog& catalog_;
  Beat beat_;
  bool with_sessions_;
  std::map<uint32_t, std::string> sessions_told_;  // by agent
  bool sessions_moved_ = false;                    // by what has been told of this dispatch
  uint32_t told_ = 0;
  uint32_t last_datagram_ = 0;
  std::vector<std::string> out_;
  std::map<uint32_t, Exchange> exchanges_;  // by connection
};

}  // namespace mailscope::cli
