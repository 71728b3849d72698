// The SMTP envelope of a message on its way: who it is from and for, apart from what its header
// says. RFC 5321 §2.3.1.
#pragma once

#include <string>
#include <vector>

#include "sim/mail/message.h"

namespace mailscope {

struct MailTransaction {
  std::string reverse_path;                // without <>; empty is the null reverse-path
  std::vector<std::string> forward_paths;  // without <>
  MessagePtr message;
};

}  // namespace mailscope
