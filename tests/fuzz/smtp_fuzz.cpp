// Any bytes as commands to an SMTP server, as replies to an SMTP client, and as text for each parser.
#include <memory>
#include <string>

#include "sim/smtp/client.h"
#include "sim/smtp/server.h"
#include "tests/fuzz/engine_session.h"

using namespace mailscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), std::min<size_t>(size, 8192));
  SmtpServerConfig config;
  config.local_domains = {"example.net"};
  config.relay_for = {"peer.example"};
  config.max_message = 2000;
  fuzz::feed_both_ways(SmtpServer(std::make_shared<const SmtpServerConfig>(config)), bytes);
  const MessagePtr message = make_message("Subject: x\r\n\r\n.\r\n");
  fuzz::feed_both_ways(SmtpClient({{"a@example.org", {"b@example.net", "c@example.net"}, message}}),
                       bytes);
  smtp::parse_command(bytes);
  smtp::parse_path_argument(bytes, "FROM");
  smtp::parse_path_argument(bytes, "TO");
  smtp::parse_mailbox(bytes);
  smtp::parse_reply_line(bytes);
  return 0;
}
