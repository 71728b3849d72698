#include "viz/scene/shapes.h"

namespace mailscope::viz {

const Tone& protocol_tone(const Theme& theme, Protocol protocol) {
  switch (protocol) {
    case Protocol::kSmtp: return theme.smtp;
    case Protocol::kPop3: return theme.pop3;
    case Protocol::kImap: return theme.imap;
    case Protocol::kDns: return theme.dns;
    case Protocol::kTcp: return theme.tcp;
    case Protocol::kNone: break;
  }
  return theme.neutral;
}

}  // namespace mailscope::viz
