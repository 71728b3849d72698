// CHECK: a programmer's error stops the program, in every build. Never for what a peer or an author did.
#pragma once

namespace mailscope {

/// Prints "file:line: CHECK failed: what" on stderr and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* what);

}  // namespace mailscope

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::mailscope::check_failed(__FILE__, __LINE__, #condition))
