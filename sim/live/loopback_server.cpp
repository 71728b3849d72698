#include "sim/live/loopback_server.h"

#include <fmt/format.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio.hpp>
#include <csignal>
#include <map>
#include <set>
#include <utility>

#include "sim/base/ascii.h"
#include "sim/live/serve_order.h"

namespace mailscope {
namespace {

using asio::ip::tcp;
using SocketError = asio::error_code;

constexpr size_t kReadBytes = 65536;
constexpr size_t kWritePieces = 64;  // as many as Asio gives to one system call
constexpr uint32_t kEventsAtOnce = 100000;
constexpr size_t kLongestOrder = 4096;
/// Programs beyond the limit that are being turned away at one time; more are closed unheard.
constexpr size_t kTurnedAway = 64;

/// The protocol's own words for "not now". RFC 5321 §3.8 (421), RFC 3206 §4 ([SYS/TEMP]),
/// RFC 3501 §7.1.5 (BYE as a greeting).
std::string refusal(Protocol protocol, std::string_view domain) {
  switch (protocol) {
    case Protocol::kSmtp:
      return fmt::format("421 {} too many sessions, try again later", domain);
    case Protocol::kPop3:
      return "-ERR [SYS/TEMP] too many sessions, try again later";
    default:
      return "* BYE too many sessions, try again later";
  }
}

/// A thousand sockets are more than many systems allow a program that has not asked for them.
void allow_many_sockets() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// As much text is made ready for a TLS socket at a time.
constexpr size_t kProtectAtOnce = 65536;

struct Session {
  explicit Session(tcp::socket connected) : socket(std::move(connected)) {}

  tcp::socket socket;
  ConnId conn;
  uint64_t sent = 1;     // stream offset up to which the program has been given the answers
  bool reading = false;  // a wait is under way
  bool writing = false;
  bool heard_all = false;  // its last octet has been read
  bool said_all = false;   // ours has been written, and the end of it told
  bool refused = false;
  bool lingers = false;
  Instant patience = kNever;        // when its farewell, or its handshake, has taken too long
  std::unique_ptr<TlsSession> tls;  // from when the server has agreed to it
  bool goodbye = false;             // its end has been made ready
  bool secured = false;             // the world knows that the handshake is over
};
using SessionPtr = std::shared_ptr<Session>;

}  // namespace

class LoopbackServer::Impl {
 public:
  Impl(LiveScenario scenario, TlsIdentity identity, const WallClock& clock,
       const LiveLimits& limits)
      : live_(std::move(scenario)),
        identity_(std::move(identity)),
        clock_(clock),
        limits_(limits),
        record_(live_.scenario, limits.record_bytes, limits.watched),
        timer_(io_),
        patience_(io_),
        signals_(io_),
        orders_(io_) {}

  std::string listen();
  void take_orders(int descriptor, std::function<void(const std::string&)> complain);
  void run(const Observer& observer, const std::function<void()>& past_lost);

  LiveScenario live_;
  TlsIdentity identity_;
  uint32_t sessions_served_ = 0;

 private:
  void accept(size_t index);
  void accepted(size_t index, tcp::socket socket);
  void read(const SessionPtr& session);
  void can_read(const SessionPtr& session);
  void heard(const SessionPtr& session, std::string_view octets);
  void heard_end(const SessionPtr& session);
  /// Writes what it can; true when some of it was taken.
  bool write(const SessionPtr& session);
  bool write_protected(const SessionPtr& session);
  /// While a program leaves its answers unread, its further words stay in its own machine; those of
  /// TLS, too.
  [[nodiscard]] bool may_hear(const SessionPtr& session) const {
    const bool full = session->tls && session->tls->pending().size() > kProtectAtOnce;
    return !full && !connection(session).congested();
  }
  /// Octets that the socket takes; none when it has been lost.
  template <class Buffers>
  size_t send(const SessionPtr& session, const Buffers& buffers);
  void write_later(const SessionPtr& session);
  void begin_tls(const SessionPtr& session);
  bool said_everything(const SessionPtr& session);
  void drop(const SessionPtr& session);
  void lost(const SessionPtr& session, std::string why = "reset");
  void input(InputKind kind, ConnId conn, std::string text, uint64_t number = 0);
  void pump();
  /// One session after the world has moved.
  bool follow(const SessionPtr& session);
  void arm_timer();
  void give_up_after(const SessionPtr& session, Duration patience);
  void keep_deadlines();
  void wait_for_order();
  void obey(std::string_view line);
  void wait_for_signal();
  void stop();

  [[nodiscard]] const Connection& connection(const SessionPtr& session) const {
    return record_.world().connection(session->conn);
  }

  const WallClock& clock_;
  LiveLimits limits_;
  LiveRecord record_;
  Observer observer_;
  std::function<void()> past_lost_;
  asio::io_context io_{1};
  std::vector<tcp::acceptor> acceptors_;
  asio::steady_timer timer_;     // the world's next event, or the end of a patience
  asio::steady_timer patience_;  // with the farewells, when all is stopped
  asio::signal_set signals_;
  asio::posix::stream_descriptor orders_;
  std::string order_text_;  // heard and not yet carried out
  std::function<void(const std::string&)> complain_;
  std::map<uint32_t, SessionPtr> sessions_;  // by connection
  size_t refused_ = 0;
  std::set<std::pair<Instant, uint32_t>> deadlines_;  // Session::patience, connection
  uint32_t events_seen_ = 0;
  Instant timer_at_ = kNever;  // when timer_ is to go off
  bool pumping_ = false;
  bool stopping_ = false;
  std::array<char, kReadBytes> buffer_{};
};

std::string LoopbackServer::Impl::listen() {
  allow_many_sockets();
  for (LivePort& port : live_.ports) {
    tcp::acceptor acceptor(io_);
    SocketError error;
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error == asio::error::address_in_use) {
      return fmt::format("port {} ({}) is taken: another program listens there", port.port,
                         port.name);
    }
    if (error) {
      return fmt::format("port {} ({}) cannot be opened: {}", port.port, port.name,
                         error.message());
    }
    port.port = acceptor.local_endpoint().port();
    acceptors_.push_back(std::move(acceptor));
  }
  return {};
}

void LoopbackServer::Impl::run(const Observer& observer, const std::function<void()>& past_lost) {
  observer_ = observer;
  past_lost_ = past_lost;
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  wait_for_signal();
  for (size_t i = 0; i < acceptors_.size(); ++i) accept(i);
  pump();
  io_.run();
}

// --- Sockets -----------------------------------------------------------------------------------

void LoopbackServer::Impl::accept(size_t index) {
  acceptors_[index].async_accept([this, index](SocketError error, tcp::socket socket) {
    if (stopping_) return;
    if (!error) {
      accepted(index, std::move(socket));
      return accept(index);
    }
    // No descriptor is free, most likely: when some sessions have ended there will be one.
    const auto pause =
        std::make_shared<asio::steady_timer>(io_, std::chrono::milliseconds(100));
    pause->async_wait([this, index, pause](SocketError) {
      if (!stopping_) accept(index);
    });
  });
}

void LoopbackServer::Impl::accepted(size_t index, tcp::socket socket) {
  const bool full = sessions_.size() - refused_ >= limits_.sessions;
  if (full && refused_ >= kTurnedAway) return;
  SocketError ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  const LivePort& port = live_.ports[index];
  const size_t before = record_.world().connection_count();
  Input connect;
  connect.kind = InputKind::kLiveConnect;
  connect.at = std::max(clock_.now(), record_.world().now());
  connect.host = live_.outside;
  connect.peer = port.host;
  connect.number = port.service;
  if (full) connect.text = refusal(port.protocol, host_domain(*live_.scenario, port.host));
  record_.add_input(std::move(connect));
  ++sessions_served_;
  record_.run_until(std::max(clock_.now(), record_.world().now()));
  const auto session = std::make_shared<Session>(std::move(socket));
  // Mail on its way between simulated servers may have opened connections at the same time.
  for (size_t i = before; i < record_.world().connection_count(); ++i) {
    if (record_.world().connection(ConnId::from_index(i)).live) {
      session->conn = ConnId::from_index(i);
    }
  }
  session->refused = full;
  if (full) ++refused_;
  sessions_[session->conn.value] = session;
  if (port.implicit_tls) begin_tls(session);
  pump();
  if (session->socket.is_open()) read(session);
}

void LoopbackServer::Impl::read(const SessionPtr& session) {
  if (session->reading || session->heard_all || !session->socket.is_open()) return;
  session->reading = true;
  session->socket.async_wait(tcp::socket::wait_read, [this, session](SocketError error) {
    session->reading = false;
    if (!error && session->socket.is_open()) can_read(session);
  });
}

void LoopbackServer::Impl::can_read(const SessionPtr& session) {
  SocketError error;
  const size_t octets = session->socket.read_some(asio::buffer(buffer_), error);
  if (error == asio::error::would_block) return read(session);
  if (error == asio::error::eof) {
    heard_end(session);
  } else if (error) {
    return lost(session);
  } else {
    heard(session, {buffer_.data(), octets});
  }
  pump();
  if (session->socket.is_open() && may_hear(session)) read(session);
}

void LoopbackServer::Impl::heard(const SessionPtr& session, std::string_view octets) {
  if (!session->tls) return input(InputKind::kLiveBytes, session->conn, std::string(octets));
  TlsSession& tls = *session->tls;
  std::string text;
  const bool well = tls.take(octets, text);
  if (tls.established() && !session->secured) {
    session->secured = true;
    session->patience = kNever;
    input(InputKind::kLiveSecured, session->conn, tls.agreed());
  }
  if (!text.empty()) input(InputKind::kLiveBytes, session->conn, std::move(text));
  if (tls.ended()) heard_end(session);
  write_protected(session);  // a part of the handshake, or the alert that says what is wrong
  if (well || !session->socket.is_open()) return;
  session->heard_all = session->said_all = true;  // a reset could overtake the alert
  lost(session, "TLS: " + tls.problem());
}

void LoopbackServer::Impl::heard_end(const SessionPtr& session) {
  if (session->heard_all) return;
  session->heard_all = true;
  // Without a close_notify before it, too: who cuts in on the way is no concern on one machine.
  input(InputKind::kLiveClose, session->conn, {});
}

bool LoopbackServer::Impl::write(const SessionPtr& session) {
  if (session->tls) return write_protected(session);
  const ByteStream& written = connection(session).server.written;
  std::array<asio::const_buffer, kWritePieces> pieces;
  size_t count = 0;
  uint64_t end = session->sent;
  while (count < kWritePieces && end < written.end()) {
    const std::string_view piece = written.piece_at(end, written.end());
    if (piece.empty()) break;  // a reset has cleared it
    pieces[count++] = asio::buffer(piece.data(), piece.size());
    end += piece.size();
  }
  if (count == 0 || session->writing) return false;
  const size_t octets = send(session, pieces);
  if (!session->socket.is_open()) return true;
  if (session->sent + octets < written.end()) write_later(session);
  if (octets == 0) return false;
  session->sent += octets;
  input(InputKind::kLiveTaken, session->conn, {}, octets);
  return true;
}

bool LoopbackServer::Impl::write_protected(const SessionPtr& session) {
  TlsSession& tls = *session->tls;
  bool taken = false;
  while (session->socket.is_open() && !session->writing) {
    if (!tls.pending().empty()) {
      tls.sent(send(session, asio::buffer(tls.pending())));
      if (!tls.pending().empty()) write_later(session);
      continue;
    }
    const ByteStream& written = connection(session).server.written;
    if (!session->secured || session->sent >= written.end()) break;
    const uint64_t end = std::min<uint64_t>(written.end(), session->sent + kProtectAtOnce);
    const std::string_view piece = written.piece_at(session->sent, end);
    // A reset has cleared it; or TLS waits for more from the program, and take() comes back here.
    if (piece.empty() || !tls.say(piece)) break;
    session->sent += piece.size();
    input(InputKind::kLiveTaken, session->conn, {}, piece.size());
    taken = true;
  }
  return taken;
}

template <class Buffers>
size_t LoopbackServer::Impl::send(const SessionPtr& session, const Buffers& buffers) {
  SocketError error;
  const size_t octets = session->socket.write_some(buffers, error);
  if (!error || error == asio::error::would_block) return octets;
  lost(session);
  return 0;
}

void LoopbackServer::Impl::write_later(const SessionPtr& session) {
  if (session->writing || !session->socket.is_open()) return;
  session->writing = true;
  session->socket.async_wait(tcp::socket::wait_write, [this, session](SocketError failed) {
    session->writing = false;
    if (failed || !session->socket.is_open()) return;
    follow(session);
    pump();
  });
}

void LoopbackServer::Impl::begin_tls(const SessionPtr& session) {
  session->tls = std::make_unique<TlsSession>(identity_);
  give_up_after(session, limits_.handshake);
}

bool LoopbackServer::Impl::said_everything(const SessionPtr& session) {
  const ConnectionEnd& server = connection(session).server;
  if (!server.finished) return false;
  // What a server says before its handshake is over reaches nobody.
  if (session->tls && !session->secured) return true;
  return std::max(session->sent, server.written.begin()) >= server.written.end();
}

void LoopbackServer::Impl::drop(const SessionPtr& session) {
  if (sessions_.erase(session->conn.value) == 0) return;
  if (session->refused) --refused_;
  SocketError ignored;
  // An end that the other side has not agreed to is a reset on the wire, too.
  if (!session->heard_all || !session->said_all) {
    session->socket.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  session->socket.close(ignored);
}

void LoopbackServer::Impl::lost(const SessionPtr& session, std::string why) {
  input(InputKind::kLiveClose, session->conn, std::move(why));
  drop(session);
  pump();
}

// --- The world ---------------------------------------------------------------------------------

void LoopbackServer::Impl::input(InputKind kind, ConnId conn, std::string text, uint64_t number) {
  Input input;
  input.kind = kind;
  input.at = std::max(clock_.now(), record_.world().now());
  input.conn = conn;
  input.text = std::move(text);
  input.number = number;
  record_.add_input(std::move(input));
}

void LoopbackServer::Impl::pump() {
  if (pumping_) return;
  pumping_ = true;
  const uint32_t first = events_seen_ + 1;
  std::vector<uint32_t> moved;
  do {
    record_.run_until(std::max(clock_.now(), record_.world().now()));
    moved = record_.take_moved();
    events_seen_ = record_.trace().size();
    bool more = false;
    for (const uint32_t conn : moved) {
      const auto session = sessions_.find(conn);
      if (session != sessions_.end()) more = follow(SessionPtr(session->second)) || more;
    }
    if (!more) moved.clear();
    // A few octets of compressed data can be thousands of commands: other sockets have their turn
    // in between, and whoever prints the trace.
    if (!moved.empty() && events_seen_ - first > kEventsAtOnce) {
      asio::post(io_, [this] { pump(); });
      break;
    }
  } while (!moved.empty());
  if (observer_ && first <= events_seen_) observer_(record_.trace(), first, events_seen_);
  if (record_.events_seen()) past_lost_();
  pumping_ = false;
  arm_timer();
  if (stopping_ && sessions_.empty()) io_.stop();
}

bool LoopbackServer::Impl::follow(const SessionPtr& session) {
  const bool moved = write(session);
  if (!session->socket.is_open()) return true;
  const ConnectionEnd& server = connection(session).server;
  // The line that agrees goes out in the clear, and the program says nothing before it has come.
  const bool agreed = server.tls == TlsState::kAwaitingHello;
  if (agreed && !session->tls && session->sent >= server.written.end()) begin_tls(session);
  if (may_hear(session)) read(session);
  if (server.finished && !session->lingers) {
    session->lingers = true;
    give_up_after(session, limits_.linger);
  }
  if (said_everything(session) && !session->said_all) {
    if (session->tls && !session->goodbye) {
      session->goodbye = true;
      session->tls->end();
      write_protected(session);
    }
    if (!session->socket.is_open()) return true;
    if (session->tls && !session->tls->pending().empty()) return moved;  // comes back here
    session->said_all = true;
    SocketError ignored;
    session->socket.shutdown(tcp::socket::shutdown_send, ignored);
  }
  if (connection(session).over() && session->said_all) drop(session);
  return moved;
}

void LoopbackServer::Impl::give_up_after(const SessionPtr& session, Duration patience) {
  session->patience = clock_.now() + patience;
  deadlines_.emplace(session->patience, session->conn.value);
}

void LoopbackServer::Impl::keep_deadlines() {
  while (!deadlines_.empty() && deadlines_.begin()->first <= clock_.now()) {
    const auto found = sessions_.find(deadlines_.begin()->second);
    deadlines_.erase(deadlines_.begin());
    if (found == sessions_.end()) continue;
    const SessionPtr session = found->second;
    if (session->patience > clock_.now()) continue;  // it is another's since
    const bool no_handshake = session->tls && !session->secured;
    lost(session, no_handshake ? "TLS: no handshake" : "reset");
  }
}

void LoopbackServer::Impl::arm_timer() {
  Instant next = kNever;
  if (record_.world().has_next()) next = record_.world().next_time();
  if (!deadlines_.empty()) next = std::min(next, deadlines_.begin()->first);
  // Time-outs are put off again and again: that it goes off too early now and then costs less.
  if (timer_at_ <= next) return;
  timer_at_ = next;
  timer_.expires_at(clock_.when(next));
  timer_.async_wait([this](SocketError cancelled) {
    if (cancelled) return;
    timer_at_ = kNever;
    keep_deadlines();
    pump();
  });
}

// --- Orders ------------------------------------------------------------------------------------

void LoopbackServer::Impl::take_orders(int descriptor,
                                       std::function<void(const std::string&)> complain) {
  complain_ = std::move(complain);
  // In the background of a terminal that is somebody else's to read: an error is enough of an end.
  std::signal(SIGTTIN, SIG_IGN);
  // Asio makes it non-blocking. Of a terminal that would be its output, too, unless it is opened
  // anew; and the terminal would stay so after the end.
  const char* terminal = isatty(descriptor) != 0 ? ttyname(descriptor) : nullptr;
  const int own = terminal != nullptr ? ::open(terminal, O_RDONLY | O_NOCTTY | O_CLOEXEC)
                                      : dup(descriptor);
  SocketError error;
  if (own >= 0) orders_.assign(own, error);
  if (own >= 0 && !error) wait_for_order();
}

void LoopbackServer::Impl::wait_for_order() {
  asio::async_read_until(orders_, asio::dynamic_buffer(order_text_, kLongestOrder), '\n',
                         [this](SocketError error, size_t octets) {
                           if (stopping_) return;
                           if (error == asio::error::not_found) {
                             complain_("an order is too long");
                             order_text_.clear();
                             return wait_for_order();
                           }
                           // The last line may have no end.
                           if (error) octets = order_text_.size();
                           const std::string line = order_text_.substr(0, octets);
                           order_text_.erase(0, octets);
                           obey(line);
                           if (!error) wait_for_order();
                         });
}

void LoopbackServer::Impl::obey(std::string_view line) {
  if (trimmed(line).empty()) return;
  Result<Input> order = read_serve_order(line, record_.world());
  if (!order.ok()) return complain_(order.error());
  order.value().at = std::max(clock_.now(), record_.world().now());
  record_.add_input(std::move(order.value()));
  pump();
}

// --- The end -----------------------------------------------------------------------------------

void LoopbackServer::Impl::wait_for_signal() {
  signals_.async_wait([this](SocketError error, int) {
    if (error) return;
    if (stopping_) return io_.stop();  // asked for twice
    wait_for_signal();
    stop();
  });
}

void LoopbackServer::Impl::stop() {
  stopping_ = true;
  acceptors_.clear();
  std::vector<HostId> told;
  for (const LivePort& port : live_.ports) {
    if (std::find(told.begin(), told.end(), port.host) != told.end()) continue;
    told.push_back(port.host);
    Input end;
    end.kind = InputKind::kEndSessions;
    end.at = std::max(clock_.now(), record_.world().now());
    end.host = port.host;
    record_.add_input(std::move(end));
  }
  patience_.expires_after(std::chrono::nanoseconds(limits_.farewell.ns));
  patience_.async_wait([this](SocketError cancelled) {
    if (!cancelled) io_.stop();
  });
  pump();
}

LoopbackServer::LoopbackServer(LiveScenario scenario, TlsIdentity identity, const WallClock& clock,
                               const LiveLimits& limits)
    : impl_(std::make_unique<Impl>(std::move(scenario), std::move(identity), clock, limits)) {}

LoopbackServer::~LoopbackServer() = default;

std::string LoopbackServer::listen() { return impl_->listen(); }

const std::vector<LivePort>& LoopbackServer::ports() const { return impl_->live_.ports; }

const Scenario& LoopbackServer::scenario() const { return *impl_->live_.scenario; }

void LoopbackServer::take_orders(int descriptor,
                                 std::function<void(const std::string&)> complain) {
  impl_->take_orders(descriptor, std::move(complain));
}

uint32_t LoopbackServer::sessions_served() const { return impl_->sessions_served_; }

void LoopbackServer::run(const Observer& observer, const std::function<void()>& past_lost) {
  impl_->run(observer, past_lost);
}

}  // namespace mailscope
