// Measure: a number that can be taken from a run, as a lesson's question names it: "messages
// server".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"
#include "sim/metrics/cost.h"
#include "sim/metrics/observer.h"
#include "sim/world/history.h"

namespace mailscope {

struct Measure {
  enum class Kind : uint8_t {
    kMessages,
    kUnseen,
    kBodies,
    kBytesDown,
    kBytesUp,
    kRoundTrips,
    kConnections,
    kSeen,
    kCopies
  };
  Kind kind = Kind::kMessages;
  HostId host;  // none for kCopies
  std::string mailbox = "INBOX";
  std::string subject;  // kCopies
  // kSeen: what an observer of this link has read.
  LinkId link;
  Sighting::Kind seen = Sighting::Kind::kUser;
};

/// "user", "password" and so on; nullopt for any other word.
std::optional<Sighting::Kind> parse_sighting_kind(std::string_view word);
/// All of them, for messages.
std::vector<std::string> sighting_kind_names();

/// "messages HOST [MAILBOX]", "unseen HOST [MAILBOX]", "bodies HOST", "bytes-down HOST", "bytes-up
/// HOST", "round-trips HOST", "connections HOST", "seen KIND HOST HOST" (things of the
/// kind read on the link between the two), "copies SUBJECT". The error says what was
/// expected.
Result<Measure> parse_measure(const std::string& text, const Scenario& scenario);

/// Taken after n dispatches.
int64_t take_measure(History& history, uint32_t n, const Measure& measure);

/// One message in a place, whatever kind of place it is.
struct PlacedMail {
  std::string subject;
  std::string flags;  // "\Seen \Flagged"
  bool seen = false;
  bool whole = true;   // false: a device that knows only its header
  MessagePtr message;  // null when it is not whole
};

/// What a server's mailbox holds (of `account`, or of its first account when that is empty), or a
/// device's copy; empty when there is no such mailbox.
std::vector<PlacedMail> mail_at(const World& world, HostId host, const std::string& account,
                                const std::string& mailbox);

}  // namespace mailscope
