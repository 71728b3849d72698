// What a person can tell a running `mailsim serve` on its standard input, a line each:
//
//   renew-uids ACCOUNT MAILBOX    the mailbox is as after a restore from a copy: another
//                                 UIDVALIDITY, and other UIDs (RFC 3501 §2.3.1.1)
//
// A mailbox's name may have blanks in it; it stands in UTF-8.
#pragma once

#include <string_view>

#include "sim/base/result.h"
#include "sim/world/input.h"
#include "sim/world/world.h"

namespace mailscope {

/// The order as an input, without its time; or what is wrong with it.
Result<Input> read_serve_order(std::string_view line, const World& world);

}  // namespace mailscope
