#include "sim/cli/commands.h"
namespace mailscope::cli { int run_play(const Options&) { return 0; } }
