// Any bytes as what an IMAP server says to the client engine. What the client says may depend on the pieces: in
// IDLE it acts on news at once when nothing more has arrived, so the two ways are not compared.
#include <memory>
#include <string>

#include "sim/imap/client.h"
#include "tests/fuzz/engine_session.h"

using namespace mailscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), std::min<size_t>(size, 8192));
  ImapClientConfig config;
  config.user = "bob";
  config.password = "secret";
  config.headers_first = (size & 1) != 0;
  const ImapClient client(std::make_shared<const ImapClientConfig>(config));
  fuzz::EngineSession<ImapClient> whole(client);
  whole.feed(bytes);
  whole.finish();
  fuzz::EngineSession<ImapClient> single(client);
  for (size_t i = 0; i < bytes.size(); ++i) single.feed(bytes.substr(i, 1));
  single.finish();
  return 0;
}
