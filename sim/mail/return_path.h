// The field that final delivery puts at the top of a message: where failure notices would have
// gone. RFC 5321 §4.4.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

/// `text` with this reverse-path (without <>) at its very top, and without any Return-Path it had:
/// exactly one should be there when a message is delivered, and a sender's own proves nothing.
std::string with_return_path(std::string_view reverse_path, std::string_view text);

}  // namespace mailscope
