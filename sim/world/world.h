// World: everything that is true at one instant of a simulation, as one value. step() handles
// exactly the earliest pending event. Copying a World is a fork: nothing in it points anywhere or
// calls back, things name each other by id, and what is large is shared until changed.
//
// The bodies are in world.cpp (scheduler, digest), world_net.cpp (segments, TCP, links),
// world_dns.cpp, world_tls.cpp (the model of TLS, and an attacker on the way), world_agents.cpp
// (sessions), world_compression.cpp (between an engine and its stream), world_devices.cpp (mail
// programs), world_actions.cpp (what persons do with them), world_relay.cpp (mail between servers),
// world_route.cpp (finding the next one), world_reports.cpp (what senders are told),
// world_inputs.cpp (persons and faults) and world_live.cpp (programs outside).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/cow.h"
#include "sim/base/time.h"
#include "sim/mail/mail_store.h"
#include "sim/net/link.h"
#include "sim/net/segment.h"
#include "sim/trace/trace.h"
#include "sim/trace/writer.h"
#include "sim/world/agent.h"
#include "sim/world/connection.h"
#include "sim/world/device.h"
#include "sim/world/dns.h"
#include "sim/world/input.h"
#include "sim/world/relay.h"
#include "sim/world/scenario.h"
#include "sim/world/topology.h"

namespace mailscope {

/// What the scheduler holds; ordered by time, then by the order in which it was asked for.
struct Dispatch {
  enum class Kind : uint8_t {
    kSegment,      // a: slot in flight
    kTcpTimer,     // a: connection, b: side
    kTurn,         // a: agent
    kAgentWake,    // a: agent
    kInput,        // a: index of the input
    kDnsTimer,     // a: question
    kRelay,        // a: host
    kDeviceWake,   // a: device
  };
  Instant at;
  uint64_t order = 0;
  Kind kind = Kind::kTurn;
  uint32_t a = 0;
  uint32_t b = 0;
  EventId cause;
};

struct Host {
  bool up = true;
  Cow<MailStore> store;
  Cow<Relay> relay;
  std::vector<AgentId> listeners;  // IMAP sessions that want to hear of changes now
};

/// The links of a world, by LinkId::index(); each shared between copies of the world until it is
/// used.
class LinkList {
 public:
  class Iterator {
   public:
    explicit Iterator(const Cow<Link>* at) : at_(at) {}
    const Link& operator*() const { return **at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator!=(Iterator a, Iterator b) { return a.at_ != b.at_; }

   private:
    const Cow<Link>* at_;
  };

  explicit LinkList(const std::vector<Cow<Link>>& links) : links_(&links) {}
  [[nodiscard]] size_t size() const { return links_->size(); }
  const Link& operator[](size_t i) const { return *(*links_)[i]; }
  [[nodiscard]] Iterator begin() const { return Iterator(links_->data()); }
  [[nodiscard]] Iterator end() const { return Iterator(links_->data() + links_->size()); }

 private:
  const std::vector<Cow<Link>>* links_;
};

class World {
 public:
  /// The world at the scenario's start. Everything recorded on the way goes to `sink`, if any.
  World(ScenarioPtr scenario, Trace* sink);

  /// Adds an influence; it takes effect at its time, which must not be in the past.
  void add_input(Input input);
  /// Inputs that have not yet taken effect never will: what happens without them.
  void forget_inputs();

  [[nodiscard]] bool has_next() const { return !queue_.empty(); }
  /// Time of the earliest pending event. Only when has_next().
  [[nodiscard]] Instant next_time() const { return queue_.front().at; }
  /// True when all that is pending is time-outs that ordinarily never fire: the protocols are at
  /// rest.
  [[nodiscard]] bool at_rest() const { return busy_ == 0; }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] uint32_t dispatches() const { return dispatches_; }
  [[nodiscard]] const TraceState& trace_state() const { return trace_state_; }

  /// Handles exactly the earliest event. `sink` may be null: replay without recording.
  void step(Trace* sink);

  /// Some engine holds a large part of a command whose end has not come.
  [[nodiscard]] bool gathers_much() const;
  /// Octets that a copy of this world may come to hold for itself, of what is not shared for long.
  [[nodiscard]] size_t unshared_octets() const;
  /// Of the whole state; equal for worlds that will behave and look the same.
  [[nodiscard]] uint64_t digest() const;

  // Looking at it.
  [[nodiscard]] const Scenario& scenario() const { return *scenario_; }
  [[nodiscard]] ScenarioPtr scenario_ptr() const { return scenario_; }
  [[nodiscard]] size_t host_count() const { return hosts_.size(); }
  [[nodiscard]] const Host& host(HostId id) const { return *hosts_[id.index()]; }
  [[nodiscard]] const MailStore& store(HostId id) const { return *hosts_[id.index()]->store; }
  /// Valid as long as the world; for indexing and range-for.
  [[nodiscard]] LinkList links() const { return LinkList(links_); }
  [[nodiscard]] size_t connection_count() const { return connections_.size(); }
  [[nodiscard]] const Connection& connection(ConnId id) const { return *connections_[id.index()]; }
  [[nodiscard]] size_t agent_count() const { return agents_.size(); }
  [[nodiscard]] const Agent& agent(AgentId id) const { return *agents_[id.index()]; }
  [[nodiscard]] size_t device_count() const { return devices_.size(); }
  [[nodiscard]] const Device& device(DeviceId id) const { return *devices_[id.index()]; }
  /// The device on this host, or none.
  [[nodiscard]] DeviceId device_on(HostId host) const;
  /// What the DNS knows now.
  [[nodiscard]] const std::vector<DnsRecord>& zone() const { return *zone_; }
  /// Segments now on a link, in the order of their numbers.
  [[nodiscard]] std::vector<Segment> in_flight() const;
  [[nodiscard]] const DnsQuestion& dns_question(uint32_t index) const { return questions_[index]; }
  [[nodiscard]] uint32_t segments_sent() const { return next_segment_ - 1; }

 private:
  friend struct WorldTestAccess;

  // world.cpp
  void schedule(Instant at, Dispatch::Kind kind, uint32_t a, uint32_t b = 0, EventId cause = {});
  static bool keeps_busy(Dispatch::Kind kind);
  void handle(const Dispatch& dispatch, TraceWriter& trace);
  [[nodiscard]] int64_t unix_at(Instant at) const { return scenario_->epoch + at.ns / 1000000000; }
  [[nodiscard]] int64_t unix_now() const { return unix_at(now_); }

  // world_net.cpp
  void send_segments(Connection& connection, Side side, TraceWriter& trace);
  void send_hop(Segment segment, TraceWriter& trace);
  void on_segment(uint32_t slot, TraceWriter& trace);
  void on_tcp_timer(ConnId id, Side side, TraceWriter& trace);
  /// Carries out what the endpoint asked for in tcp_: segments, news for the agent, timers.
  void after_tcp(ConnId id, Side side, TcpState before, TraceWriter& trace);
  static void record_tcp_state(const Connection& connection, Side side, TcpState before,
                               TcpState after, const char* why, TraceWriter& trace);
  void arm_timer(Connection& connection, Side side);
  void deliver(ConnId id, Side receiver, uint64_t until, TraceWriter& trace);
  /// Records the arrival of the lines that end before `until`; returns the last one's event.
  static EventId record_arrivals(Connection& connection, Side receiver, uint64_t until,
                                 TraceWriter& trace);
  /// Gives the receiver's engine what lies before `until`; returns the offset up to which it could.
  uint64_t hand_over(ConnId id, Side receiver, uint64_t until, TraceWriter& trace);
  ConnId dial(HostId from, HostId to, uint16_t port, Protocol protocol, Agent agent,
              TraceWriter& trace, bool implicit_tls = false);
  [[nodiscard]] const ServiceSpec* find_service(HostId host, uint16_t port) const;
  void cut(ConnId id, TraceWriter& trace);
  void drop_in_flight(ConnId id);

  // world_dns.cpp
  void ask_dns(DnsQuestion question, TraceWriter& trace);
  void send_question(uint32_t index, TraceWriter& trace);
  void on_datagram(const Segment& segment, TraceWriter& trace);
  void on_dns_timer(uint32_t index, TraceWriter& trace);
  [[nodiscard]] DnsAnswer zone_answer(const DnsQuestion& question) const;
  void on_resolved(uint32_t index, TraceWriter& trace);
  void send_datagram(HostId from, HostId to, uint32_t question, bool answer, TraceWriter& trace);
  void set_dns(const Input& input);

  // world_tls.cpp
  void begin_tls(ConnId id, Side side, TraceWriter& trace);
  void say_flight(ConnId id, Side side, const TlsFlight& flight, TraceWriter& trace);
  void on_flight(ConnId id, Side receiver, TraceWriter& trace);
  static void write_protected(Connection& connection, Side side, const OutUnit& unit);
  void not_tls(ConnId id, Side receiver, TraceWriter& trace);
  void strip_starttls(HostId here, const SegmentContent& content, TraceWriter& trace);

  // world_compression.cpp
  void begin_compression(ConnId id, Side side, std::string_view unread);
  /// All that an engine said in a turn, as one piece on the wire.
  static void say_compressed(Connection& connection, Side side, const std::vector<OutUnit>& units,
                             TraceWriter& trace);
  /// Gives an engine that has nothing to do more of what it has been sent, if that is compressed.
  void inflate(AgentId id, TraceWriter& trace);
  /// What a program outside has said, with the octets that it took.
  static void record_compressed_speech(Connection& connection, const LiveSpeech::Unit& unit,
                                       TraceWriter& trace);

  // world_agents.cpp
  AgentId add_agent(Agent agent);
  void begin_server_session(ConnId id);
  void schedule_turn(AgentId id, EventId cause);
  void schedule_turn_if_ready(AgentId id, EventId cause);
  void on_turn(AgentId id, EventId cause, TraceWriter& trace);
  void on_agent_wake(AgentId id, TraceWriter& trace);
  void peer_finished(AgentId id, TraceWriter& trace);
  void session_closed(AgentId id, CloseReason reason, TraceWriter& trace);
  template <class Action>
  void run_engine(AgentId id, TraceWriter& trace, Action action);
  void secured(ConnId id, Side side, TraceWriter& trace);
  void apply_outbox(AgentId id, Outbox& out, TraceWriter& trace);
  static void say(Connection& connection, Side side, const OutUnit& unit, TraceWriter& trace);
  /// Gives TCP what this side has written.
  void transmit(ConnId id, Side side, bool close, TraceWriter& trace);
  /// Records a unit of so many octets after the last one this side has said. `plain_octets` if it
  /// is compressed: how many it was before.
  static void record_said(Connection& connection, Side side, std::string_view text, uint8_t flags,
                   uint64_t octets, TraceWriter& trace, uint64_t plain_octets = 0);
  void tell_listeners(HostId host, AgentId except, EventId cause);
  void update_listener(const Agent& agent);
  void settle_if_finished(AgentId id, TraceWriter& trace);

  // world_devices.cpp
  void check_mail(DeviceId id, TraceWriter& trace);
  void hand_in(DeviceId id, TraceWriter& trace);
  void begin_session(DeviceId id, HostId server, TraceWriter& trace);
  void begin_hand_in(DeviceId id, HostId server, TraceWriter& trace);
  void session_over(const Agent& agent, TraceWriter& trace);
  void hand_in_over(const Agent& agent, TraceWriter& trace);
  void on_device_wake(DeviceId id, TraceWriter& trace);
  void keep_sent_copy(DeviceId id, const MessagePtr& message, TraceWriter& trace);

  // world_actions.cpp
  void user_action(const Input& input, TraceWriter& trace);
  void set_offline(DeviceId id, bool offline, TraceWriter& trace);
  void act_on_message(DeviceId id, const Input& input, const std::string& folder, uint32_t key,
                      TraceWriter& trace);
  void act_over_imap(DeviceId id, const Input& input, const std::string& folder,
                     const LocalEntry& entry, TraceWriter& trace);
  void save_draft(DeviceId id, const Input& input, TraceWriter& trace);
  void give_order(DeviceId id, ImapOrder order, TraceWriter& trace);
  void wake_device(DeviceId id, Instant at);
  void retry_later(DeviceId id);
  [[nodiscard]] const DeviceSpec& spec(DeviceId id) const {
    return scenario_->devices[id.index()];
  }

  // world_relay.cpp
  /// Takes responsibility for mail: into the queue, or into mailboxes when they are here.
  void take_for_relay(HostId host, const MailTransaction& mail, TraceWriter& trace);
  void on_relay(HostId host, TraceWriter& trace);
  /// Sees to it that what is due is tried.
  void relay_kick(HostId host, TraceWriter& trace);
  void relay_over(const Agent& agent, TraceWriter& trace);
  AfterSession relay_settle(const Agent& agent, uint32_t id, TraceWriter& trace);
  /// What else waits for the domain need not find out for itself that nobody answers there
  /// (RFC 5321 §4.5.4.1).
  void relay_share_failure(HostId host, uint32_t first, TraceWriter& trace);
  void relay_wait_now(HostId host, uint32_t id);
  void relay_put_off(HostId host, uint32_t id, TraceWriter& trace);
  void relay_give_up(HostId host, uint32_t id, TraceWriter& trace);
  [[nodiscard]] RelayConfig relay_config(HostId host) const;
  [[nodiscard]] bool is_local_domain(HostId host, std::string_view domain) const;
  void record_queue(HostId host, QueueChange change, const RelayJob& job, std::string_view text,
                    TraceWriter& trace);

  // world_route.cpp
  /// The job, when it is in this state and its host is on; else null.
  RelayJob* relay_job(HostId host, uint32_t id, RelayJob::State state);
  void relay_mx_known(HostId host, uint32_t id, const DnsAnswer& answer, TraceWriter& trace);
  void relay_address_known(HostId host, uint32_t id, const DnsAnswer& answer, TraceWriter& trace);
  void relay_next_exchanger(HostId host, uint32_t id, TraceWriter& trace);
  void relay_next_address(HostId host, uint32_t id, TraceWriter& trace);
  void relay_loops(HostId host, uint32_t id, TraceWriter& trace);
  void relay_dial(HostId host, uint32_t id, TraceWriter& trace);

  // world_reports.cpp
  /// Tells the sender, as far as it wants to know, what became of the job's recipients.
  void report(HostId host, const RelayJob& job, ReportAction action, TraceWriter& trace);
  void report_delivered(HostId host, const MailTransaction& mail, TraceWriter& trace);
  void warn_of_delays(HostId host, TraceWriter& trace);
  void deliver_here(HostId host, const MailTransaction& mail, TraceWriter& trace);
  void keep_for_postmaster(HostId host, const RelayJob& job, TraceWriter& trace);
  void put_into_mailbox(HostId host, AccountId account, std::string_view address,
                        const RelayJob& job, TraceWriter& trace);

  // world_inputs.cpp
  void on_input(uint32_t index, TraceWriter& trace);
  void apply_fault(const Input& input, TraceWriter& trace);
  void stop_host(HostId id, TraceWriter& trace);
  void stop_end(ConnId id, Side side, TraceWriter& trace);
  void start_host(HostId id, TraceWriter& trace);
  void set_link(const Input& input);
  void renew_uids(const Input& input, TraceWriter& trace);
  void end_sessions(HostId host, TraceWriter& trace);

  // world_live.cpp
  void on_live_input(const Input& input, TraceWriter& trace);
  void live_connect(const Input& input, TraceWriter& trace);
  void live_bytes(ConnId id, const std::string& bytes, TraceWriter& trace);
  void live_close(ConnId id, TraceWriter& trace);
  void live_secured(ConnId id, const std::string& how, TraceWriter& trace);
  void live_reset(ConnId id, const char* why, TraceWriter& trace);
  /// One end will write no more.
  void live_finish(Connection& connection, Side side, const char* why, TraceWriter& trace);
  [[nodiscard]] bool held_back(const Agent& agent) const {
    return agent.is_server && connections_[agent.conn.index()]->congested();
  }

  ScenarioPtr scenario_;
  std::shared_ptr<const Topology> topology_;
  Instant now_;
  uint64_t next_order_ = 0;
  uint32_t dispatches_ = 0;
  uint32_t busy_ = 0;               // pending dispatches that are work, not mere time-outs
  TraceState trace_state_;
  std::vector<Dispatch> queue_;     // a heap, earliest first
  Cow<std::vector<DnsRecord>> zone_;
  bool zone_changed_ = false;       // since the scenario began
  std::vector<Cow<Host>> hosts_;
  std::vector<Cow<Link>> links_;
  std::vector<Cow<Connection>> connections_;
  std::vector<Cow<Agent>> agents_;
  std::vector<Cow<Device>> devices_;
  CowVector<Segment> slots_;        // in flight; a slot is free when its number is 0
  std::vector<uint32_t> free_slots_;
  CowVector<DnsQuestion> questions_;
  std::vector<std::shared_ptr<const Input>> inputs_;
  uint32_t next_segment_ = 1;
  TcpOutput tcp_;                   // scratch of one call; empty between steps
};

/// "laptop", or "-" for none.
std::string_view host_name(const Scenario& scenario, HostId id);
/// The name by which it greets: its domain, or its short name.
std::string_view host_domain(const Scenario& scenario, HostId id);

}  // namespace mailscope
