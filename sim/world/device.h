// Device: a person's mail program on a host, its local store, and what it has still to do. Its
// policies are those of real programs; the protocol work is done by the client engines.
#pragma once

#include <string>
#include <vector>

#include "sim/base/cow.h"
#include "sim/imap/client.h"
#include "sim/mail/envelope.h"
#include "sim/mail/local_store.h"

namespace mailscope {

struct Device {
  DeviceId id;
  HostId host;
  Cow<LocalStore> local;
  AgentId session;                       // collecting mail now, or none
  AgentId sender;                        // handing in mail now, or none
  bool resolving = false;                // asking DNS for the server it will dial
  bool resolving_smtp = false;
  bool closed_by_user = false;           // no retry until asked
  bool refused = false;                  // for good: it collects no more until asked
  bool offline = false;                  // the person wants no connections until asked
  std::vector<ImapOrder> orders;         // IMAP: given while there was no session
  std::vector<std::string> delete_ids;   // POP3: deleted here, still to be deleted there
  uint32_t delete_ids_given = 0;         // how many of them the session under way was told of
  std::vector<MailTransaction> outbox;   // written, not yet handed in
  std::vector<MessagePtr> copied;        // of those, what lies in the Sent folder already
  Instant wake_at = kNever;              // next poll or retry
  std::string last_error;                // why the last session failed; empty when it did not
};

}  // namespace mailscope
