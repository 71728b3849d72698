// Logging in: any octets as responses to each mechanism's server, and as challenges to its client,
// alone and inside the engines of the three protocols. Both ends are values, stop after a few
// messages and keep no more than they have heard; the three servers let in whom the exchange lets
// in, and nobody else; a client never shows its password where the mechanism hides it, and believes
// no server that has not the password.
//
// The first octet: the mechanism, whether an initial response is given, which end is tried. Then
// messages: up to 0xef says how many octets follow; 0xf0 to 0xf7 stand for what an honest peer
// would say; above that, the same with one octet changed, where and how being in the next two.
#include <algorithm>
#include <memory>
#include <string>

#include "sim/imap/client.h"
#include "sim/imap/server.h"
#include "sim/pop3/client.h"
#include "sim/pop3/server.h"
#include "sim/sasl/exchange.h"
#include "sim/smtp/client.h"
#include "sim/smtp/server.h"
#include "sim/wire/base64.h"
#include "tests/fuzz/engine_session.h"

using namespace mailscope;
using sasl::ClientExchange;
using sasl::ServerExchange;
using Kind = ServerExchange::Step::Kind;

namespace {

constexpr const char* kUser = "bob";
constexpr const char* kPassword = "secret";
/// No mechanism has more messages from either end.
constexpr int kMostMessages = 3;

void require(bool holds) {
  if (!holds) std::abort();
}

/// The messages of one end, one after the other.
class Script {
 public:
  explicit Script(std::string_view bytes) : left_(bytes) {}
  [[nodiscard]] bool done() const { return left_.empty(); }
  std::string next(const std::string& honest) {
    const uint8_t kind = take();
    if (kind < 0xf0) {
      const size_t size = std::min<size_t>(kind % 120, left_.size());
      std::string text(left_.substr(0, size));
      left_.remove_prefix(size);
      return text;
    }
    if (kind < 0xf8 || honest.empty()) return honest;
    std::string text = honest;
    const size_t at = take() % text.size();
    text[at] = static_cast<char>(text[at] ^ take());
    return text;
  }

 private:
  uint8_t take() {
    if (left_.empty()) return 0;
    const auto octet = static_cast<uint8_t>(left_.front());
    left_.remove_prefix(1);
    return octet;
  }
  std::string_view left_;
};

uint64_t digest_of(const auto& exchange) {
  Digest digest;
  exchange.add_to(digest);
  return digest.value();
}

std::optional<sasl::KnownUser> user_of(std::string_view name) {
  if (!equals_ignoring_case(name, kUser)) return std::nullopt;
  return sasl::KnownUser{kUser, kPassword};
}

// ---- the server's end

/// A server without its connection: as the engines make one in EngineSession.
struct Attempt {
  std::vector<std::string> responses;
  bool initial = false;  // the first of them comes with the command
  bool accepted = false;
};

Attempt attempt(sasl::Mechanism mechanism, bool initial, Script script) {
  Attempt made;
  made.initial = initial && sasl::row(mechanism).client_first;
  ServerExchange server(mechanism, 0, "host.example", 1700000000);
  ClientExchange honest(mechanism, kUser, kPassword, 9);
  std::string challenge = server.first_challenge();
  bool first = made.initial;
  size_t heard = 0;
  while (!script.done()) {
    const std::optional<std::string> right =
        first ? honest.initial_response() : honest.respond(challenge);
    first = false;
    made.responses.push_back(script.next(right.value_or("")));
    const std::string& response = made.responses.back();
    heard += response.size();
    ServerExchange copy = server;
    const ServerExchange::Step step = server.respond(response, user_of);
    const ServerExchange::Step same = copy.respond(response, user_of);
    require(step.kind == same.kind && step.text == same.text && step.user == same.user);
    require(digest_of(server) == digest_of(copy));
    require(step.text.size() <= heard + 300);
    require(step.kind != Kind::kDone || equals_ignoring_case(step.user, kUser));
    made.accepted = step.kind == Kind::kDone;
    if (step.kind != Kind::kChallenge) break;
    require(made.responses.size() < kMostMessages);
    challenge = step.text;
  }
  return made;
}

std::string lines_of(const std::string& command, const Attempt& made) {
  std::string lines = command;
  for (size_t i = 0; i < made.responses.size(); ++i) {
    const std::string encoded = encode_base64(made.responses[i]);
    const bool with_command = i == 0 && made.initial;
    lines += with_command ? " " + (encoded.empty() ? "=" : encoded) : "\r\n" + encoded;
  }
  return lines + "\r\n";
}

bool holds(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

void try_servers(sasl::Mechanism mechanism, bool initial, std::string_view bytes) {
  const Attempt made = attempt(mechanism, initial, Script(bytes));
  const std::string name = sasl::row(mechanism).name;
  ImapServerConfig imap;
  imap.extensions = imap::all_extensions();
  const std::string imap_said =
      fuzz::feed_both_ways(ImapServer(std::make_shared<const ImapServerConfig>(imap)),
                           lines_of("a1 AUTHENTICATE " + name, made));
  require(holds(imap_said, "\r\na1 OK ") == made.accepted);
  Pop3ServerConfig pop3 = pop3_server_with_everything();
  pop3.clear_login_needs_tls = false;
  const std::string pop3_said = fuzz::feed_both_ways(
      Pop3Server(std::make_shared<const Pop3ServerConfig>(pop3)), lines_of("AUTH " + name, made));
  require(holds(pop3_said, "\r\n+OK ") == made.accepted);
  SmtpServerConfig smtp;
  smtp.local_domains = {"example.net"};
  const std::string smtp_said =
      fuzz::feed_both_ways(SmtpServer(std::make_shared<const SmtpServerConfig>(everything(smtp))),
                           "EHLO peer.example\r\n" + lines_of("AUTH " + name, made));
  require(holds(smtp_said, "\r\n235 ") == made.accepted);
}

// ---- the client's end

/// Challenges, as far as the client answers them.
std::vector<std::string> challenges(sasl::Mechanism mechanism, bool initial, Script script) {
  std::vector<std::string> said;
  ClientExchange client(mechanism, kUser, kPassword, 0);
  ServerExchange honest(mechanism, 9, "host.example", 1700000000);
  std::string right = honest.first_challenge();
  const std::optional<std::string> first = client.initial_response();
  if (initial && first) right = honest.respond(*first, user_of).text;
  bool forged = false;
  while (!script.done()) {
    said.push_back(script.next(right));
    forged |= said.back() != right;
    ClientExchange copy = client;
    const std::optional<std::string> response = client.respond(said.back());
    require(response == copy.respond(said.back()) && digest_of(client) == digest_of(copy));
    const bool hides = !sasl::row(mechanism).in_clear;
    if (hides && mechanism == sasl::Mechanism::kScramSha256) {
      require(!forged || !client.server_proved());
    }
    if (!response) break;
    require(said.size() <= kMostMessages);
    require(response->size() <= said.back().size() + 300);
    require(!hides || !holds(*response, kPassword));
    right = honest.respond(*response, user_of).text;
  }
  return said;
}

std::string spoken(const std::string& before, const std::string& begin,
                   const std::vector<std::string>& said, const std::string& after) {
  std::string lines = before;
  for (const std::string& challenge : said) lines += begin + encode_base64(challenge) + "\r\n";
  return lines + after;
}

void try_clients(sasl::Mechanism mechanism, bool initial, std::string_view bytes) {
  const std::vector<std::string> said = challenges(mechanism, initial, Script(bytes));
  const std::string name = sasl::row(mechanism).name;
  ImapClientConfig imap;
  imap.user = kUser;
  imap.password = kPassword;
  imap.entry.login = ImapLogin::kAuthenticate;
  imap.entry.mechanism = mechanism;
  const std::string ir = initial ? " SASL-IR" : "";
  require(!holds(
      fuzz::feed_both_ways(ImapClient(std::make_shared<const ImapClientConfig>(imap)),
                           spoken("* OK [CAPABILITY IMAP4rev1 AUTH=" + name + ir + "] hello\r\n",
                                  "+ ", said, "a1 OK done\r\n")),
      kPassword));
  Pop3ClientConfig pop3;
  pop3.user = kUser;
  pop3.password = kPassword;
  pop3.login = Pop3Login::kAuth;
  pop3.mechanism = mechanism;
  require(!holds(
      fuzz::feed_both_ways(
          Pop3Client(std::make_shared<const Pop3ClientConfig>(pop3), {}),
          spoken("+OK hello\r\n+OK\r\nSASL " + name + "\r\n.\r\n", "+ ", said, "+OK done\r\n")),
      kPassword));
  SmtpClientConfig smtp;
  smtp.user = kUser;
  smtp.password = kPassword;
  smtp.clear_password = true;
  const MessagePtr message = make_message("Subject: x\r\n\r\n");
  require(!holds(fuzz::feed_both_ways(SmtpClient(std::make_shared<const SmtpClientConfig>(smtp),
                                                 {{"bob@example.net", {"a@example.org"}, message}}),
                                      spoken("220 hello\r\n250-host\r\n250 AUTH " + name + "\r\n",
                                             "334 ", said, "235 done\r\n")),
                 kPassword));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1,
                               std::min<size_t>(size - 1, 1024));
  const auto mechanism = static_cast<sasl::Mechanism>(data[0] & 3);
  const bool initial = (data[0] & 4) != 0;
  if ((data[0] & 8) == 0) {
    try_servers(mechanism, initial, bytes);
  } else {
    try_clients(mechanism, initial, bytes);
  }
  return 0;
}
