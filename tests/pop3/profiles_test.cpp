// Every profile of the POP3 client against the POP3 server, the connection cut after every byte of
// either direction, and then a second session that runs to its end: nothing is lost, nothing comes
// twice where unique-ids allow it, and the lock is always given back.
#include <doctest/doctest.h>

#include "sim/pop3/client.h"
#include "sim/pop3/server.h"

using namespace mailscope;

namespace {

constexpr size_t kUncut = SIZE_MAX;

/// A server's store and a device's, over several sessions.
class Pair {
 public:
  Pair(const Pop3ServerConfig& server, const Pop3ClientConfig& client)
      : server_(std::make_shared<const Pop3ServerConfig>(server)),
        client_(std::make_shared<const Pop3ClientConfig>(client)) {
    TraceWriter trace(state_, nullptr, now_);
    const AccountId id = store_.edit().add_account("bob", "secret", trace);
    for (const char* subject : {"one", "two", "three"}) {
      const std::string text = std::string("Subject: ") + subject + "\r\n\r\n.dot\r\nend\r\n";
      store_.edit().append(store_->inbox(id).id, make_message(text), {}, 1700000000, trace);
    }
  }

  struct Sizes {
    size_t to_server = 0;
    size_t to_client = 0;
  };

  /// One session, cut when so many bytes have gone one way.
  Sizes session(Sizes cut = {kUncut, kUncut}, std::vector<std::string> delete_ids = {}) {
    Ends ends{Pop3Server(server_), Pop3Client(client_, std::move(delete_ids))};
    run_server(ends, [](Pop3Server& e, Context& c, Outbox& o) { e.open(c, o); });
    run_client(ends, [](Pop3Client& e, Context& c, Outbox& o) { e.open(c, o); });
    for (bool busy = true; busy;) {
      busy = false;
      busy |= deliver(ends.to_client, ends.sent.to_client, cut.to_client, ends.client);
      while (!ends.client_closed && ends.client.ready()) {
        run_client(ends, [](Pop3Client& e, Context& c, Outbox& o) { e.turn(c, o); });
        busy = true;
      }
      busy |= deliver(ends.to_server, ends.sent.to_server, cut.to_server, ends.server);
      while (!ends.server_closed && ends.server.ready()) {
        run_server(ends, [](Pop3Server& e, Context& c, Outbox& o) { e.turn(c, o); });
        busy = true;
      }
      busy |= shake_hands(ends);
    }
    run_server(ends,
               [](Pop3Server& e, Context& c, Outbox& o) { e.closed(c, o, CloseReason::kReset); });
    run_client(ends,
               [](Pop3Client& e, Context& c, Outbox& o) { e.closed(c, o, CloseReason::kReset); });
    outcome_ = ends.client.outcome();
    now_ = now_ + seconds(3600);
    return ends.sent;
  }

  [[nodiscard]] const SessionOutcome& outcome() const { return outcome_; }
  [[nodiscard]] size_t on_server() const { return store_->mailbox(MailboxId{1}).entries.size(); }
  [[nodiscard]] bool locked() const { return store_->accounts()[0].maildrop_lock.valid(); }
  /// Copies on the device of the mail with this subject: whole ones, or headers alone.
  [[nodiscard]] size_t copies(std::string_view subject, bool whole) const {
    size_t count = 0;
    for (const LocalFolder& folder : local_->folders()) {
      for (const LocalEntry& entry : folder.entries) {
        if (entry.subject == subject && (entry.message != nullptr) == whole) ++count;
      }
    }
    return count;
  }
  [[nodiscard]] bool on_server(std::string_view subject) const {
    const Mailbox& box = store_->mailbox(MailboxId{1});
    for (size_t i = 0; i < box.entries.size(); ++i) {
      if (box.entries[i].message->subject() == subject) return true;
    }
    return false;
  }
  /// Every whole copy is octet by octet what was sent.
  [[nodiscard]] bool sound() const {
    for (const LocalFolder& folder : local_->folders()) {
      for (const LocalEntry& entry : folder.entries) {
        const std::string text = "Subject: " + entry.subject + "\r\n\r\n.dot\r\nend\r\n";
        if (entry.message != nullptr && entry.message->text() != text) return false;
      }
    }
    return true;
  }
  LocalStore& local() { return local_.edit(); }

 private:
  struct Ends {
    Pop3Server server;
    Pop3Client client;
    std::string to_server{};
    std::string to_client{};
    Sizes sent{};
    bool server_closed = false;
    bool client_closed = false;
    int tls_asked = 0;
    bool secured = false;
  };

  template <class Engine>
  static bool deliver(std::string& bytes, size_t& sent, size_t cut, Engine& engine) {
    const size_t n = std::min(bytes.size(), cut - sent);
    if (n == 0) return false;
    engine.receive(std::string_view(bytes).substr(0, n));
    bytes.erase(0, n);
    sent += n;
    return true;
  }

  bool shake_hands(Ends& ends) {
    if (ends.tls_asked != 2 || ends.secured) return false;
    ends.secured = true;
    run_server(ends, [](Pop3Server& e, Context& c, Outbox& o) { e.secured(c, o); });
    run_client(ends, [](Pop3Client& e, Context& c, Outbox& o) { e.secured(c, o); });
    return true;
  }

  template <class Action>
  void run_server(Ends& ends, Action action) {
    TraceWriter trace(state_, nullptr, now_);
    Context context{now_,  1700000000, AgentId{1}, "mail.example.net", "client.example.org",
                    trace, &store_,    nullptr,    ends.secured,       11};
    Outbox out;
    action(ends.server, context, out);
    for (const OutUnit& unit : out.units) ends.to_client += unit.bytes();
    ends.server_closed |= out.close;
    ends.tls_asked += out.start_tls ? 1 : 0;
  }

  template <class Action>
  void run_client(Ends& ends, Action action) {
    TraceWriter trace(state_, nullptr, now_);
    Context context{now_,  1700000000, AgentId{2}, "client.example.org", "mail.example.net",
                    trace, nullptr,    &local_,    ends.secured,         22};
    Outbox out;
    action(ends.client, context, out);
    for (const OutUnit& unit : out.units) ends.to_server += unit.bytes();
    ends.client_closed |= out.close;
    ends.tls_asked += out.start_tls ? 1 : 0;
  }

  std::shared_ptr<const Pop3ServerConfig> server_;
  std::shared_ptr<const Pop3ClientConfig> client_;
  TraceState state_;
  Instant now_;
  Cow<MailStore> store_;
  Cow<LocalStore> local_;
  SessionOutcome outcome_;
};

constexpr const char* kSubjects[] = {"one", "two", "three"};

Pop3ClientConfig bob() {
  Pop3ClientConfig config;
  config.user = "bob";
  config.password = "secret";
  return config;
}

Pop3ServerConfig server_with_everything() {
  Pop3ServerConfig config = pop3_server_with_everything();
  config.clear_login_needs_tls = true;
  return config;
}

/// Cuts the first session after each byte each way; `check` looks at the pair after it and again
/// after a second, whole session.
template <class Check>
void sweep(const Pop3ServerConfig& server, const Pop3ClientConfig& client, Check check) {
  const Pair::Sizes whole = Pair(server, client).session();
  REQUIRE(whole.to_server > 20);
  REQUIRE(whole.to_client > 50);
  for (const bool up : {true, false}) {
    const size_t size = up ? whole.to_server : whole.to_client;
    for (size_t cut = 0; cut <= size; ++cut) {
      CAPTURE(up);
      CAPTURE(cut);
      Pair pair(server, client);
      pair.session(up ? Pair::Sizes{cut, kUncut} : Pair::Sizes{kUncut, cut});
      REQUIRE(pair.sound());
      REQUIRE(!pair.locked());
      for (const char* subject : kSubjects) {
        REQUIRE((pair.on_server(subject) || pair.copies(subject, true) > 0));
      }
      pair.session();
      REQUIRE(pair.outcome().kind == SessionOutcome::Kind::kDone);
      REQUIRE(pair.sound());
      REQUIRE(!pair.locked());
      check(pair);
    }
  }
}

void all_here_once(const Pair& pair) {
  for (const char* subject : kSubjects) REQUIRE(pair.copies(subject, true) == 1);
}

}  // namespace

TEST_CASE("download and delete, cut at every byte: each message comes once and is then gone") {
  Pop3ClientConfig config = bob();
  const auto check = [](const Pair& pair) {
    all_here_once(pair);
    REQUIRE(pair.on_server() == 0);
  };
  sweep({}, config, check);
  config.pipeline = true;
  config.tls = Pop3Tls::kRequired;
  config.login = Pop3Login::kAuth;
  sweep(server_with_everything(), config, check);
}

TEST_CASE("keep on server, cut at every byte: each message comes once and stays") {
  Pop3ClientConfig config = bob();
  config.leave_on_server = true;
  const auto check = [](const Pair& pair) {
    all_here_once(pair);
    REQUIRE(pair.on_server() == 3);
  };
  sweep({}, config, check);
  config.login = Pop3Login::kApop;
  config.pipeline = true;
  Pop3ServerConfig server = pop3_server_with_everything();
  sweep(server, config, check);
}

TEST_CASE("keep for some days, cut at every byte: gone when the time is over, not before") {
  Pop3ClientConfig config = bob();
  config.leave_on_server = true;
  config.keep_for = seconds(3600 * 3);  // a session takes an hour here
  sweep({}, config, [](Pair& pair) {
    all_here_once(pair);
    REQUIRE(pair.on_server() == 3);
    pair.session();
    pair.session();
    pair.session();
    REQUIRE(pair.on_server() == 0);
    all_here_once(pair);
  });
}

TEST_CASE("headers first, cut at every byte: one header each, and what is opened comes whole") {
  Pop3ClientConfig config = bob();
  config.leave_on_server = true;
  config.headers_first = true;
  sweep({}, config, [](Pair& pair) {
    for (const char* subject : kSubjects) REQUIRE(pair.copies(subject, false) == 1);
    const LocalEntry* two = pair.local().find_subject("INBOX", "two");
    REQUIRE(two != nullptr);
    pair.local().set_wanted("INBOX", two->key, true);
    pair.session();
    REQUIRE(pair.copies("two", true) == 1);
    REQUIRE(pair.copies("two", false) == 0);
    REQUIRE(pair.copies("one", false) == 1);
    REQUIRE(pair.on_server() == 3);
  });
}

TEST_CASE("without unique-ids, cut at every byte: nothing is lost, and everything comes again") {
  Pop3ClientConfig config = bob();
  config.leave_on_server = true;
  config.use_uidl = false;
  sweep({}, config, [](Pair& pair) {
    for (const char* subject : kSubjects) REQUIRE(pair.copies(subject, true) >= 1);
    const size_t before = pair.copies("one", true);
    pair.session();
    REQUIRE(pair.copies("one", true) == before + 1);
    REQUIRE(pair.on_server() == 3);
  });
}

TEST_CASE("an UPDATE that fails half-way is made good by the sessions after it") {
  Pop3ServerConfig server;
  server.update_fails_after = 1;
  Pair pair(server, bob());
  pair.session();
  CHECK(pair.outcome().kind == SessionOutcome::Kind::kRefused);
  CHECK(pair.outcome().text == "some deleted messages not removed");
  CHECK(pair.on_server() == 2);
  pair.session();
  CHECK(pair.on_server() == 1);
  pair.session();
  CHECK(pair.outcome().kind == SessionOutcome::Kind::kDone);
  CHECK(pair.on_server() == 0);
  all_here_once(pair);
}

TEST_CASE("every way to log in works with every server that offers it, with and without TLS") {
  for (const Pop3Tls tls : {Pop3Tls::kNever, Pop3Tls::kIfOffered, Pop3Tls::kRequired}) {
    const auto collect = [tls](Pop3Login login, std::optional<sasl::Mechanism> mechanism) {
      Pop3ClientConfig config = bob();
      config.tls = tls;
      config.login = login;
      config.mechanism = mechanism;
      config.utf8 = tls == Pop3Tls::kNever;
      Pair pair(pop3_server_with_everything(), config);
      pair.session();
      CHECK(pair.outcome().kind == SessionOutcome::Kind::kDone);
      all_here_once(pair);
    };
    collect(Pop3Login::kUser, {});
    collect(Pop3Login::kApop, {});
    collect(Pop3Login::kAuth, {});
    for (const sasl::MechanismRow& row : sasl::kMechanisms) {
      collect(Pop3Login::kAuth, row.mechanism);
    }
  }
}
