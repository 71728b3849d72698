#include <doctest/doctest.h>

#include "tests/imap/transcript_server.h"

using namespace mailscope;

TEST_CASE("IMAP conversations go as written, whole, byte by byte and pipelined") {
  for (const test::Transcript& transcript : test::read_transcripts("imap")) {
    const std::string problem = test::play_transcript(transcript, test::make_server);
    CHECK_MESSAGE(problem.empty(), problem);
  }
}
