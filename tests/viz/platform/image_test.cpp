// PNG files come out readable and errors name the file.
#include "viz/platform/image.h"

#include <doctest/doctest.h>
#include <stb_image.h>

#include <cstdio>
#include <filesystem>

using namespace mailscope::viz;

TEST_CASE("write_png writes what stb_image reads back") {
  Image image;
  image.width = 3;
  image.height = 2;
  for (uint8_t i = 0; i < 24; ++i) image.rgba.push_back(static_cast<uint8_t>(i * 10));
  const auto path = std::filesystem::temp_directory_path() / "mailscope_image_test.png";
  CHECK_FALSE(write_png(path.string(), image).has_value());
  int width = 0;
  int height = 0;
  int channels = 0;
  stbi_uc* pixels = stbi_load(path.c_str(), &width, &height, &channels, 4);
  REQUIRE(pixels != nullptr);
  CHECK(width == 3);
  CHECK(height == 2);
  CHECK(std::vector<uint8_t>(pixels, pixels + 24) == image.rgba);
  stbi_image_free(pixels);
  std::filesystem::remove(path);
}

TEST_CASE("write_png says which file it could not write") {
  Image image;
  image.width = image.height = 1;
  image.rgba = {1, 2, 3, 4};
  const auto error = write_png("/no/such/folder/a.png", image);
  REQUIRE(error.has_value());
  CHECK(error->message.find("/no/such/folder/a.png") != std::string::npos);
}
