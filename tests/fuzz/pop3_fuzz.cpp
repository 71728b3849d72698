// Any bytes as commands to a POP3 server, as responses to a POP3 client, as text for each parser;
// and what is dot-stuffed must come back as it was.
#include <memory>
#include <string>

#include "sim/pop3/client.h"
#include "sim/pop3/server.h"
#include "tests/fuzz/engine_session.h"

using namespace mailscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), std::min<size_t>(size, 8192));
  fuzz::feed_both_ways(Pop3Server(std::make_shared<const Pop3ServerConfig>()), bytes);
  fuzz::feed_both_ways(
      Pop3Server(std::make_shared<const Pop3ServerConfig>(pop3_server_with_everything())), bytes);
  Pop3ClientConfig config;
  config.user = "bob";
  config.password = "secret";
  fuzz::feed_both_ways(Pop3Client(std::make_shared<const Pop3ClientConfig>(config), {}), bytes);
  // A program that uses whatever it is offered.
  config.headers_first = true;
  config.pipeline = true;
  config.utf8 = true;
  config.tls = Pop3Tls::kIfOffered;
  config.login = Pop3Login::kAuth;
  fuzz::feed_both_ways(Pop3Client(std::make_shared<const Pop3ClientConfig>(config), {}), bytes);
  pop3::parse_command(bytes);
  pop3::parse_command(bytes, pop3::Charset::kUtf8);
  pop3::parse_challenge(bytes);
  pop3::parse_timestamp(bytes);
  pop3::parse_capability(bytes);
  pop3::parse_response(bytes);
  pop3::parse_listing(bytes);

  DotReader reader;
  const std::string stuffed = dot_stuffed(bytes);
  if (reader.feed(stuffed) != stuffed.size() || !reader.done()) {
    // Bare CRs at the end join the CRLF that is added; anything else must end at the final dot.
    if (bytes.find('\r') == std::string_view::npos) std::abort();
  } else if (reader.text() != bytes && reader.text() != std::string(bytes) + "\r\n") {
    std::abort();
  }
  return 0;
}
