// How a program that runs for long holds its memory.
#pragma once

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace mailscope {

/// What is freed stays with the program, up to some hundred megabytes, and is used again. Otherwise
/// the memory of a large response goes back to the system after each command, and to touch it anew
/// takes several times as long as to make the response.
inline void keep_freed_memory() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 128 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

}  // namespace mailscope
