// The function behind CHECK, for headers: they do not bring in the macro, whose name the tests'
// library uses too.
#pragma once

namespace mailscope {

/// Prints "file:line: CHECK failed: what" on stderr and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* what);

}  // namespace mailscope
