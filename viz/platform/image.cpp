#include "viz/platform/image.h"

#include <fmt/format.h>
#include <stb_image_write.h>

#include "sim/base/check.h"

namespace mailscope::viz {

std::optional<Error> write_png(const std::string& path, const Image& image) {
  CHECK(image.width > 0 && image.height > 0);
  CHECK(image.rgba.size() ==
        static_cast<size_t>(image.width) * static_cast<size_t>(image.height) * 4);
  if (stbi_write_png(path.c_str(), image.width, image.height, 4, image.rgba.data(),
                     image.width * 4) == 0) {
    return Error{
        fmt::format("Cannot write the picture {}: is the folder there and writable?", path)};
  }
  return std::nullopt;
}

}  // namespace mailscope::viz
