#include "viz/style/color.h"

#include <algorithm>
#include <cmath>

namespace mailscope::viz {

namespace {

uint8_t mix_channel(uint8_t a, uint8_t b, float t) {
  const float value = static_cast<float>(a) + (static_cast<float>(b) - static_cast<float>(a)) * t;
  return static_cast<uint8_t>(std::lround(std::clamp(value, 0.0f, 255.0f)));
}

// WCAG 2.1, "relative luminance".
double linear(uint8_t channel) {
  const double c = channel / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(Color c) {
  return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

}  // namespace

Color with_alpha(Color color, float alpha) {
  color.a = mix_channel(0, 255, alpha);
  return color;
}

Color mix(Color a, Color b, float t) {
  return {mix_channel(a.r, b.r, t), mix_channel(a.g, b.g, t), mix_channel(a.b, b.b, t),
          mix_channel(a.a, b.a, t)};
}

double contrast_ratio(Color a, Color b) {
  const double la = luminance(a);
  const double lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace mailscope::viz
