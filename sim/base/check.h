// CHECK: a programmer's error stops the program, in every build. Never for what a peer or an author
// did. For .cpp files; a header calls check_failed itself.
#pragma once

#include "sim/base/check_failed.h"

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::mailscope::check_failed(__FILE__, __LINE__, #condition))
