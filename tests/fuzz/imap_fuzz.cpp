// Any bytes as what an IMAP client says, to a server with two messages, while a second session
// works on the same mailbox. The first octet chooses what the server offers. Whole or byte by byte,
// it must say the same; and it must end.
#include <iterator>
#include <memory>
#include <string>

#include "sim/base/check.h"
#include "sim/imap/server.h"

namespace {

using namespace mailscope;

constexpr imap::ExtensionSet kNotify = imap::bit(imap::Extension::kNotify);
constexpr imap::ExtensionSet kCompress = imap::bit(imap::Extension::kCompress);

/// By the low bits of the first octet.
constexpr struct {
  imap::ExtensionSet extensions;
  bool compare;  // what it says does not depend on the pieces in which it hears
} kServers[] = {
    {imap::usual_extensions(), true},
    {imap::without(imap::all_extensions(), kNotify | kCompress), true},
    // IMAP4rev2 alone.
    {imap::without(imap::all_extensions(), kNotify | kCompress | imap::bit(imap::Extension::kRev1)),
     true},
    // News between two commands needs a moment between them, and so does COMPRESS.
    {imap::all_extensions(), false},
};

std::shared_ptr<const ImapServerConfig> small_config(imap::ExtensionSet extensions) {
  ImapServerConfig config;
  config.extensions = extensions;
  config.max_line = 2000;
  config.max_literal = 5000;
  config.max_messages = 50;
  return std::make_shared<const ImapServerConfig>(config);
}

class Session {
 public:
  Session(Cow<MailStore>& store, uint32_t id, imap::ExtensionSet extensions)
      : store_(store), id_(id), server_(small_config(extensions)) {
    TraceWriter trace(state_, nullptr, Instant{});
    Context context = make_context(trace);
    Outbox out;
    server_.open(context, out);
  }

  /// What the server says to these bytes; turns until it has nothing to do.
  std::string say(std::string_view bytes) {
    std::string said;
    server_.receive(bytes);
    if (server_.wants_news() && server_.has_news(*store_)) server_.notify();
    while (server_.ready()) {
      TraceWriter trace(state_, nullptr, Instant{});
      Context context = make_context(trace);
      Outbox out;
      server_.turn(context, out);
      for (const OutUnit& unit : out.units) said += unit.bytes();
    }
    return said;
  }

 private:
  Context make_context(TraceWriter& trace) {
    return Context{Instant{}, 1700000000, AgentId{id_}, "host", "peer", trace, &store_, nullptr};
  }

  Cow<MailStore>& store_;
  uint32_t id_;
  TraceState state_;
  ImapServer server_;
};

Cow<MailStore> small_store() {
  Cow<MailStore> store;
  TraceState state;
  TraceWriter trace(state, nullptr, Instant{});
  MailStore& mail = store.edit();
  const AccountId bob = mail.add_account("b", "s", trace);
  const MailboxId inbox = mail.inbox(bob).id;
  mail.append(inbox, make_message("From: a@b.c\r\nSubject: one\r\n\r\n1\r\n"), {}, 0, trace);
  mail.append(inbox,
              make_message("Content-Type: multipart/mixed; boundary=x\r\n\r\n"
                           "--x\r\n\r\na\r\n--x--\r\n"),
              {Flag::kSeen, {"Work"}}, 1, trace);
  return store;
}

std::string conversation(std::string_view bytes, bool split, imap::ExtensionSet extensions) {
  Cow<MailStore> store = small_store();
  Session session(store, 1, extensions);
  Session other(store, 2, extensions);
  std::string said = session.say("a LOGIN b s\r\nb SELECT INBOX\r\n");
  other.say("a LOGIN b s\r\nb SELECT INBOX\r\nc STORE 1 +FLAGS (\\Deleted)\r\nd EXPUNGE\r\n");
  for (size_t i = 0; split && i < bytes.size(); ++i) said += session.say(bytes.substr(i, 1));
  if (!split) said += session.say(bytes);
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 20000) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto& server = kServers[data[0] % std::size(kServers)];
  const std::string whole = conversation(bytes, false, server.extensions);
  const std::string split = conversation(bytes, true, server.extensions);
  CHECK(!server.compare || whole == split);
  return 0;
}
