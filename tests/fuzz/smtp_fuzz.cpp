// Any bytes as commands to an SMTP server, plain and with every extension, as replies to an SMTP client, and as
// text for each parser.
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
  SmtpServerConfig all = everything(config);
  all.aliases = {{"team", {"bob", "team", "ann@example.org"}}};
  all.lists = {{"cats", {"bob", "team", "cats"}}};
  all.moved = {{"erin", "erin@example.com"}};
  all.quota = 3000;
  all.room = 8000;
  all.max_parameter_octets = 200;
  fuzz::feed_both_ways(SmtpServer(std::make_shared<const SmtpServerConfig>(all)), bytes);
  SmtpClientConfig modern;
  modern.user = "bob";
  modern.password = "secret";
  modern.clear_password = modern.pipelining = modern.size = modern.chunking = true;
  modern.chunk_octets = 5;
  modern.tls = SmtpClientConfig::Tls::kIfOffered;
  modern.notify = 6;
  const MessagePtr message = make_message("Subject: x\r\n\r\n.\r\n");
  fuzz::feed_both_ways(SmtpClient({{"a@example.org", {"b@example.net", "c@example.net"}, message}}),
                       bytes);
  fuzz::feed_both_ways(
      SmtpClient(std::make_shared<const SmtpClientConfig>(modern),
                 {{"a@example.org", {"b@example.net", "c@example.net"}, message},
                  {"", {"\xC3\xA9@example.net"}, make_message("a\nb\xC3")}}),
      bytes);
  smtp::parse_command(bytes);
  smtp::parse_command(bytes, true);
  smtp::parse_path_argument(bytes, "TO", true);
  smtp::parse_notify(bytes);
  smtp::parse_orcpt(bytes);
  smtp::parse_auth(bytes);
  smtp::parse_chunk(bytes);
  const std::optional<std::string> plain = smtp::decode_xtext(bytes);
  if (plain && smtp::decode_xtext(smtp::encode_xtext(*plain)) != plain) std::abort();
  smtp::parse_path_argument(bytes, "FROM");
  smtp::parse_path_argument(bytes, "TO");
  smtp::parse_mailbox(bytes);
  smtp::parse_reply_line(bytes);
  return 0;
}
