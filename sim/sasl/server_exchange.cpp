#include <fmt/format.h>

#include "sim/sasl/exchange.h"
#include "sim/sasl/hash.h"
#include "sim/sasl/scram.h"
#include "sim/wire/base64.h"

namespace mailscope::sasl {

using Step = ServerExchange::Step;
using Kind = Step::Kind;

namespace {

/// RFC 4422 §3.4.1: an authorization identity that is empty is derived from the other; one that is
/// not must be somebody whom `user` may act as, which here is nobody but himself.
bool may_act_as(const KnownUser& user, std::string_view authzid, const UserLookup& user_of) {
  if (authzid.empty()) return true;
  const std::optional<KnownUser> other = user_of(authzid);
  return other && other->name == user.name;
}

}  // namespace

ServerExchange::ServerExchange(Mechanism mechanism, uint64_t entropy, std::string_view host,
                               int64_t unix_now)
    : mechanism_(mechanism), nonce_(nonce_from("server", entropy)) {
  // RFC 2195 §2: the form of a message-id, which nobody has been given before.
  challenge_ = fmt::format("<{}.{}@{}>", nonce_.substr(0, 12), unix_now, host);
}

std::string ServerExchange::first_challenge() const {
  if (mechanism_ == Mechanism::kLogin) return "Username:";
  if (mechanism_ == Mechanism::kCramMd5) return challenge_;
  return {};
}

Step ServerExchange::respond(std::string_view response, const UserLookup& user_of) {
  ++responses_;
  switch (mechanism_) {
    case Mechanism::kPlain:
      return plain(response, user_of);
    case Mechanism::kLogin:
      return login(response, user_of);
    case Mechanism::kCramMd5:
      return cram(response, user_of);
    case Mechanism::kScramSha256:
      break;
  }
  if (responses_ == 1) return scram_first(response, user_of);
  if (responses_ == 2) return scram_final(response);
  // RFC 5802 §5: where success carries no data, the server-final-message is a challenge that the
  // client answers with nothing.
  if (!response.empty()) return {Kind::kMalformed, "an empty response ends SCRAM", {}};
  return {Kind::kDone, {}, user_};
}

/// RFC 4616 §2: [authzid] NUL authcid NUL passwd.
Step ServerExchange::plain(std::string_view response, const UserLookup& user_of) {
  const size_t first = response.find('\0');
  const size_t second = first == std::string_view::npos ? first : response.find('\0', first + 1);
  if (second == std::string_view::npos || second == first + 1 ||
      response.find('\0', second + 1) != std::string_view::npos) {
    return {Kind::kMalformed, "PLAIN is [authzid] NUL authcid NUL passwd", {}};
  }
  const std::string_view authzid = response.substr(0, first);
  const std::string_view user = response.substr(first + 1, second - first - 1);
  const std::optional<KnownUser> known = user_of(user);
  // The password first: what comes of the other identity is nothing to who does not know it.
  if (!known || !equal_secret(known->password, response.substr(second + 1))) return {};
  if (!may_act_as(*known, authzid, user_of)) return {Kind::kForbidden, {}, {}};
  return {Kind::kDone, {}, std::string(user)};
}

Step ServerExchange::login(std::string_view response, const UserLookup& user_of) {
  if (responses_ == 1) {
    user_ = response;
    return {Kind::kChallenge, "Password:", {}};
  }
  const std::optional<KnownUser> known = user_of(user_);
  if (!known || !equal_secret(known->password, response)) return {};
  return {Kind::kDone, {}, user_};
}

/// RFC 2195 §2: user SP hex digits of HMAC-MD5(password, challenge).
Step ServerExchange::cram(std::string_view response, const UserLookup& user_of) {
  const size_t space = response.rfind(' ');
  if (space == std::string_view::npos || response.size() - space - 1 != 32) {
    return {Kind::kMalformed, "CRAM-MD5 is user SP 32 hex digits", {}};
  }
  const std::string_view user = response.substr(0, space);
  const std::optional<KnownUser> known = user_of(user);
  if (!known ||
      !equal_secret(hmac_md5_hex(known->password, challenge_), response.substr(space + 1))) {
    return {};
  }
  return {Kind::kDone, {}, std::string(user)};
}

Step ServerExchange::scram_first(std::string_view response, const UserLookup& user_of) {
  const std::optional<ScramClientFirst> first = parse_client_first(response);
  if (!first) return {Kind::kMalformed, "no client-first-message of RFC 5802 §7", {}};
  gs2_header_ = first->gs2_header;
  user_ = first->user;
  const std::optional<KnownUser> known = user_of(user_);
  known_ = known.has_value();
  forbidden_ = known && !may_act_as(*known, first->authzid, user_of);
  nonce_ = first->nonce + nonce_;
  // A stranger is given a salt and a count as anyone else, so that nothing is learnt from asking.
  const std::string salt = salt_of(user_);
  const std::string salted = salted_password(known ? known->password : "", salt, kScramIterations);
  stored_key_ = sha256(hmac_sha256(salted, "Client Key"));
  server_key_ = hmac_sha256(salted, "Server Key");
  const std::string said =
      fmt::format("r={},s={},i={}", nonce_, encode_base64(salt), kScramIterations);
  auth_message_ = first->bare + "," + said;
  return {Kind::kChallenge, said, {}};
}

Step ServerExchange::scram_final(std::string_view response) {
  const std::optional<ScramClientFinal> last = parse_client_final(response);
  if (!last || last->channel_binding != gs2_header_ || last->nonce != nonce_) {
    return {Kind::kMalformed, "no client-final-message of RFC 5802 §7", {}};
  }
  const std::string message = auth_message_ + "," + last->without_proof;
  const std::string signature = hmac_sha256(stored_key_, message);
  if (last->proof.size() != signature.size()) return {};
  const std::string client_key = exclusive_or(last->proof, signature);
  if (!known_ || !equal_secret(sha256(client_key), stored_key_)) return {};
  // RFC 5802 §5.1: "a=" is verified when the proof has been; who has shown none learns nothing.
  if (forbidden_) return {Kind::kForbidden, {}, {}};
  return {Kind::kChallenge, "v=" + encode_base64(hmac_sha256(server_key_, message)), {}};
}

void ServerExchange::add_to(Digest& digest) const {
  digest.add(static_cast<int>(mechanism_));
  digest.add(responses_);
  digest.add(challenge_);
  digest.add(nonce_);
  digest.add(user_);
  digest.add(auth_message_);
  digest.add(stored_key_);
  digest.add(server_key_);
  digest.add(gs2_header_);
  digest.add(known_);
  digest.add(forbidden_);
}

}  // namespace mailscope::sasl
