// Any bytes as what an IMAP server says to the client engine, by every strategy and with things still to be
// done. What the client says may depend on the pieces: in IDLE it acts on news at once when nothing more has
// arrived, so the two ways are not compared. The first octets choose the strategy.
#include <memory>
#include <string>

#include "sim/imap/client.h"
#include "tests/fuzz/engine_session.h"

using namespace mailscope;

namespace {

ImapClientConfig config_from(uint8_t first, uint8_t second) {
  ImapClientConfig config;
  config.user = "bob";
  config.password = "secret";
  config.headers_first = (first & 1) != 0;
  config.pipeline = (first & 2) != 0;
  config.resync = static_cast<ImapResync>((first >> 2) % 3);
  if ((first & 16) != 0) config.folders = {"*"};
  config.use_notify = (first & 32) != 0;
  config.use_idle = (first & 64) == 0;
  if ((first & 128) != 0) config.noop_every = seconds(10);
  config.use_move = (second & 1) != 0;
  config.previews = (second & 2) != 0;
  config.body_limit = (second & 4) != 0 ? 10 : 0;
  if ((second & 8) != 0) config.entry.login = ImapLogin::kAuthenticate;
  config.entry.compress = (second & 16) != 0;
  return config;
}

/// One order of each kind, some of which have been tried before.
void give_orders(ImapClient& client, uint8_t which) {
  using Kind = ImapOrder::Kind;
  for (uint8_t i = 0; i <= static_cast<uint8_t>(Kind::kReplace); ++i) {
    ImapOrder order;
    order.kind = static_cast<Kind>(i);
    if (order.kind == Kind::kLogout) continue;
    order.key = 1 + i % 3;
    order.flags = Flag::kSeen;
    order.folder = i % 2 == 0 ? "Paid" : "INBOX";
    order.tried = (which & 1) != 0;
    order.uid_validity = 1 + (which >> 1) % 2;
    order.message_id = "<1@x>";
    if (order.appends()) order.message = make_message("Subject: one\r\n\r\n");
    client.give(order);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), std::min<size_t>(size, 8192));
  if (bytes.size() < 3) return 0;
  const ImapClientConfig config = config_from(data[0], data[1]);
  ImapClient client(std::make_shared<const ImapClientConfig>(config));
  if ((data[2] & 128) != 0) give_orders(client, data[2]);
  bytes.remove_prefix(3);
  fuzz::EngineSession<ImapClient> whole(client);
  whole.feed(bytes);
  whole.finish();
  fuzz::EngineSession<ImapClient> single(client);
  for (size_t i = 0; i < bytes.size(); ++i) single.feed(bytes.substr(i, 1));
  single.finish();
  return 0;
}
