// Both ends of every mechanism against each other, and the examples that the RFCs print.

#include "sim/sasl/exchange.h"

#include <doctest/doctest.h>

#include "sim/sasl/hash.h"
#include "sim/sasl/scram.h"
#include "sim/wire/base64.h"

namespace mailscope::sasl {
namespace {

/// Names are the same in any letter case, as they are to every server here.
std::optional<KnownUser> user_of(std::string_view name) {
  if (equals_ignoring_case(name, "tim")) return KnownUser{"tim", "tanstaaftanstaaf"};
  if (equals_ignoring_case(name, "user")) return KnownUser{"user", "pencil"};
  if (name == "a,b=c") return KnownUser{"a,b=c", "x"};
  return std::nullopt;
}

/// Plays an exchange to its end; `initial`: the client's first response goes with the command.
ServerExchange::Step play(Mechanism mechanism, const std::string& user, const std::string& password,
                          bool initial, bool* proved = nullptr) {
  ServerExchange server(mechanism, 7, "mail.example.net", 1767607200);
  ClientExchange client(mechanism, user, password, 9);
  ServerExchange::Step step;
  const std::optional<std::string> first = client.initial_response();
  if (initial && first) {
    step = server.respond(*first, user_of);
  } else {
    step = {ServerExchange::Step::Kind::kChallenge, server.first_challenge(), {}};
  }
  for (int i = 0; i < 6 && step.kind == ServerExchange::Step::Kind::kChallenge; ++i) {
    const std::optional<std::string> response = client.respond(step.text);
    REQUIRE(response);
    step = server.respond(*response, user_of);
  }
  if (proved != nullptr) *proved = client.server_proved();
  return step;
}

TEST_CASE("every mechanism lets in who knows the password and nobody else") {
  for (const MechanismRow& each : kMechanisms) {
    for (const bool initial : {false, true}) {
      CAPTURE(each.name);
      CAPTURE(initial);
      bool proved = false;
      const ServerExchange::Step good = play(each.mechanism, "user", "pencil", initial, &proved);
      CHECK(good.kind == ServerExchange::Step::Kind::kDone);
      CHECK(good.user == "user");
      CHECK(proved);
      CHECK(play(each.mechanism, "user", "pencils", initial).kind ==
            ServerExchange::Step::Kind::kFailed);
      CHECK(play(each.mechanism, "nobody", "", initial).kind ==
            ServerExchange::Step::Kind::kFailed);
      CHECK(play(each.mechanism, "a,b=c", "x", initial).user == "a,b=c");
    }
  }
}

TEST_CASE("the example of RFC 2195 §2") {
  CHECK(hmac_md5_hex("tanstaaftanstaaf", "<1896.697170952@postoffice.reston.mci.net>") ==
        "b913a602c7eda7a495b4e6e7334d3890");
}

TEST_CASE("the example of RFC 1939 §7: APOP") {
  CHECK(md5_hex("<1896.697170952@dbc.mtview.ca.us>tanstaaf") == "c4c9334bac560ecc979e58001b3e22fb");
}

TEST_CASE("the example of RFC 7677 §3: SCRAM-SHA-256") {
  const std::string salt = *parse_base64("W22ZaJ0SNY7soEsUEjb6gQ==");
  const std::string salted = salted_password("pencil", salt, 4096);
  const std::string message =
      "n=user,r=rOprNGfwEbeRWgbNEkqO,"
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const std::string client_key = hmac_sha256(salted, "Client Key");
  CHECK(encode_base64(exclusive_or(client_key, hmac_sha256(sha256(client_key), message))) ==
        "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  CHECK(encode_base64(hmac_sha256(hmac_sha256(salted, "Server Key"), message)) ==
        "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_CASE("a message that is not of the mechanism is told from a wrong password") {
  const auto kind_of = [](Mechanism mechanism, const std::string& response) {
    ServerExchange server(mechanism, 7, "mail.example.net", 1767607200);
    return server.respond(response, user_of).kind;
  };
  CHECK(kind_of(Mechanism::kPlain, "user pencil") == ServerExchange::Step::Kind::kMalformed);
  CHECK(kind_of(Mechanism::kPlain, std::string("\0user\0pencil\0", 13)) ==
        ServerExchange::Step::Kind::kMalformed);
  CHECK(kind_of(Mechanism::kPlain, std::string("root\0user\0pencil", 16)) ==
        ServerExchange::Step::Kind::kForbidden);
  CHECK(kind_of(Mechanism::kCramMd5, "user") == ServerExchange::Step::Kind::kMalformed);
  CHECK(kind_of(Mechanism::kScramSha256, "n,,n=user") == ServerExchange::Step::Kind::kMalformed);
  CHECK(kind_of(Mechanism::kScramSha256, "p=tls-unique,,n=user,r=x") ==
        ServerExchange::Step::Kind::kMalformed);
  CHECK(kind_of(Mechanism::kScramSha256, "n,,n=us=er,r=x") ==
        ServerExchange::Step::Kind::kMalformed);
}

TEST_CASE("who asks to act as another is refused, and told so when the password is right") {
  const auto plain = [](const std::string& authzid, const std::string& password) {
    ServerExchange server(Mechanism::kPlain, 7, "mail.example.net", 1767607200);
    return server.respond(authzid + '\0' + "user" + '\0' + password, user_of).kind;
  };
  /// RFC 5802 §5.1: what the client of this library says, but with "a=" in its gs2-header.
  const auto scram = [](const std::string& authzid, const std::string& password) {
    ServerExchange server(Mechanism::kScramSha256, 7, "mail.example.net", 1767607200);
    const std::string header = authzid.empty() ? "n,," : "n,a=" + authzid + ",";
    const std::string bare = client_first_bare("user", "clientnonce");
    const ServerExchange::Step first = server.respond(header + bare, user_of);
    const std::optional<ScramServerFirst> said = parse_server_first(first.text);
    REQUIRE(said);
    const std::string salted = salted_password(password, said->salt, said->iterations);
    const std::string client_key = hmac_sha256(salted, "Client Key");
    const std::string last = "c=" + encode_base64(header) + ",r=" + said->nonce;
    const std::string signature =
        hmac_sha256(sha256(client_key), bare + "," + first.text + "," + last);
    const std::string proof = encode_base64(exclusive_or(client_key, signature));
    const ServerExchange::Step second = server.respond(last + ",p=" + proof, user_of);
    if (second.kind != ServerExchange::Step::Kind::kChallenge) return second.kind;
    return server.respond("", user_of).kind;
  };
  using Kind = ServerExchange::Step::Kind;
  constexpr struct {
    const char* authzid;
    const char* password;
    Kind kind;
  } kRows[] = {
      {"", "pencil", Kind::kDone},
      {"user", "pencil", Kind::kDone},
      {"USER", "pencil", Kind::kDone},
      {"tim", "pencil", Kind::kForbidden},
      {"nobody", "pencil", Kind::kForbidden},
      {"tim", "wrong", Kind::kFailed},
      {"user", "wrong", Kind::kFailed},
      {"tim", "tanstaaftanstaaf", Kind::kFailed},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.authzid);
    CAPTURE(row.password);
    CHECK(plain(row.authzid, row.password) == row.kind);
    CHECK(scram(row.authzid, row.password) == row.kind);
  }
}

TEST_CASE("a client hears when a server does not know the password, or replays") {
  ClientExchange client(Mechanism::kScramSha256, "user", "pencil", 9);
  CHECK_FALSE(client.respond("r=somebody-elses-nonce,s=QSXCR+Q6sek8bf92,i=4096"));
  ClientExchange weak(Mechanism::kScramSha256, "user", "pencil", 9);
  CHECK_FALSE(weak.respond("r=" + nonce_from("client", 9) + "x,s=QSXCR+Q6sek8bf92,i=1"));
  ClientExchange deceived(Mechanism::kScramSha256, "user", "pencil", 9);
  CHECK(deceived.respond("r=" + nonce_from("client", 9) + "x,s=QSXCR+Q6sek8bf92,i=4096"));
  CHECK_FALSE(deceived.respond("v=AAAA"));
  CHECK_FALSE(deceived.server_proved());
}

TEST_CASE("a client ends every exchange, however long a server goes on") {
  // An empty challenge was answered by the first message of SCRAM for ever.
  for (const MechanismRow& each : kMechanisms) {
    for (const char* challenge : {"", "Password:", "v=AAAA"}) {
      CAPTURE(each.name);
      CAPTURE(challenge);
      ClientExchange client(each.mechanism, "user", "pencil", 9);
      int answers = 0;
      while (answers < 10 && client.respond(challenge)) ++answers;
      CHECK(answers <= 2);
    }
  }
}

TEST_CASE("a client shows its password only when it may") {
  CHECK(best_mechanism(kAllMechanisms, false) == Mechanism::kScramSha256);
  CHECK(best_mechanism(bit(Mechanism::kPlain) | bit(Mechanism::kLogin), true) == Mechanism::kPlain);
  CHECK_FALSE(best_mechanism(bit(Mechanism::kPlain) | bit(Mechanism::kLogin), false));
}

}  // namespace
}  // namespace mailscope::sasl
