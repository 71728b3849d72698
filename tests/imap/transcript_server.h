// The IMAP server that a transcript is played against, made as the header of the transcript says
// (which words it knows: transcripts_test.cpp).
#pragma once

#include <memory>

#include "tests/support/transcript.h"

namespace mailscope::test {

std::unique_ptr<EngineUnderTest> make_imap_server(const Transcript& transcript);

}  // namespace mailscope::test
