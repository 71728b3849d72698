// FlagsText: "FLAGS (\Seen)" for one message after another. It is made anew only when the flags are
// not those of the message before: in a large mailbox most are alike.
#pragma once

#include <string>

#include "sim/mail/mailbox.h"

namespace mailscope {

class FlagsText {
 public:
  const std::string& of(const Mailbox& mailbox, FlagBits flags, bool recent) {
    if (text_.empty() || flags != flags_ || recent != recent_) {
      text_ = "FLAGS (" + flags_text(flags, mailbox.keywords, recent) + ')';
      flags_ = flags;
      recent_ = recent;
    }
    return text_;
  }

 private:
  FlagBits flags_ = 0;
  bool recent_ = false;
  std::string text_;  // empty before the first
};

}  // namespace mailscope
