// How much of a line the trace keeps.
#pragma once

#include <cstddef>

namespace mailscope {

/// Octets of one line in a kLineSent event; what is longer stands there without its end.
inline constexpr size_t kMaxRecordedLine = 4096;

}  // namespace mailscope
