// Color: eight-bit sRGB with alpha, and the WCAG measure of contrast. Plain data, no ImGui: scenes
// use it.
#pragma once

#include <cstdint>

namespace mailscope::viz {

struct Color {
  uint8_t r = 0;
  uint8_t g = 0;
  uint8_t b = 0;
  uint8_t a = 255;

  friend bool operator==(Color x, Color y) {
    return x.r == y.r && x.g == y.g && x.b == y.b && x.a == y.a;
  }
  friend bool operator!=(Color x, Color y) { return !(x == y); }
};

/// Opaque colour from 0xRRGGBB, as design tools write it.
constexpr Color rgb(uint32_t hex) {
  return {static_cast<uint8_t>(hex >> 16), static_cast<uint8_t>(hex >> 8),
          static_cast<uint8_t>(hex), 255};
}

/// The same colour, `alpha` in 0..1.
Color with_alpha(Color color, float alpha);

/// `t` = 0 gives `a`, 1 gives `b`; mixed in sRGB, alpha too.
Color mix(Color a, Color b, float t);

/// WCAG 2.1 contrast ratio of two opaque colours, 1..21. Text needs 4.5, lines and icons 3.
double contrast_ratio(Color a, Color b);

}  // namespace mailscope::viz
