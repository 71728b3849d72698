// Octets from the network after COMPRESS (RFC 4978), whatever they are: the same text whether they
// come whole or one by one, from a copy as from the original, never more of it than was asked for.
// And any text comes back from what was made of it.
#include <string>
#include <string_view>

#include "sim/base/check.h"
#include "sim/wire/deflate.h"

using namespace mailscope;

namespace {

/// A bomb of a megabyte unfolds to a gigabyte: what is not asked for is not made.
constexpr size_t kMostText = 1 << 20;

void inflate(std::string_view compressed) {
  Inflater whole;
  whole.append(compressed);
  const std::string text = whole.take(kMostText);
  CHECK(text.size() <= kMostText);
  Inflater piecewise;
  std::string pieces;
  for (size_t i = 0; i < compressed.size(); ++i) {
    piecewise.append(compressed.substr(i, 1));
    if (i == compressed.size() / 2) piecewise = Inflater(piecewise);
    pieces += piecewise.take(kMostText - pieces.size());
  }
  CHECK(pieces == text);
  if (text.size() == kMostText) return;
  CHECK(piecewise.problem() == whole.problem());
}

void there_and_back(std::string_view text) {
  Deflater deflater;
  std::string compressed;
  deflater.add(text.substr(0, text.size() / 2), compressed);
  deflater.flush(compressed);
  deflater.add(text.substr(text.size() / 2), compressed);
  deflater.flush(compressed);
  Inflater inflater;
  inflater.append(compressed);
  CHECK(inflater.take(text.size() + 1) == text);
  CHECK(inflater.problem() == Inflater::Problem::kNone);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  inflate(octets);
  there_and_back(octets);
  return 0;
}
