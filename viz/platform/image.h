// Image: pixels in memory, and writing them as PNG.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.h"

namespace mailscope::viz {

/// Rows from the top, four bytes a pixel: red, green, blue, alpha.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgba;
};

/// Writes a PNG file; nullopt when it worked, else why not. The image must have width*height*4
/// bytes.
[[nodiscard]] std::optional<Error> write_png(const std::string& path, const Image& image);

}  // namespace mailscope::viz
