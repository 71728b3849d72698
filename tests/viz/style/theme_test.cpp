// Both themes are readable: WCAG 2.1 contrast for text and lines, and protocols that stay apart for
// people who see two instead of three colours.
#include "viz/style/theme.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace mailscope::viz;

namespace {

struct NamedTone {
  const char* name;
  Tone tone;
};

std::vector<NamedTone> tones_of(const Theme& t) {
  return {{"neutral", t.neutral}, {"accent", t.accent}, {"smtp", t.smtp}, {"pop3", t.pop3},
          {"imap", t.imap},       {"tcp", t.tcp},       {"dns", t.dns},   {"success", t.success},
          {"warning", t.warning}, {"danger", t.danger}};
}

using Vec3 = std::array<double, 3>;

double linear(uint8_t channel) {
  const double c = channel / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

Vec3 times(const std::array<Vec3, 3>& m, const Vec3& v) {
  Vec3 out = {};
  for (size_t i = 0; i < 3; ++i) out[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
  return out;
}

// Machado, Oliveira and Fernandes 2009, severity 1.
constexpr std::array<Vec3, 3> kProtanopia = {{{0.152286, 1.052583, -0.204868},
                                              {0.114503, 0.786281, 0.099216},
                                              {-0.003882, -0.048116, 1.051998}}};
constexpr std::array<Vec3, 3> kDeuteranopia = {{{0.367322, 0.860646, -0.227968},
                                                {0.280085, 0.672501, 0.047413},
                                                {-0.011820, 0.042940, 0.968881}}};
constexpr std::array<Vec3, 3> kTritanopia = {{{1.255528, -0.076749, -0.178779},
                                              {-0.078411, 0.930809, 0.147602},
                                              {0.004733, 0.691367, 0.303900}}};

Vec3 lab_of(const Vec3& rgb) {
  constexpr std::array<Vec3, 3> kToXyz = {{{0.4124564, 0.3575761, 0.1804375},
                                           {0.2126729, 0.7151522, 0.0721750},
                                           {0.0193339, 0.1191920, 0.9503041}}};
  const Vec3 xyz = times(kToXyz, rgb);
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116.0; };
  const double x = f(std::max(0.0, xyz[0]) / 0.95047);
  const double y = f(std::max(0.0, xyz[1]));
  const double z = f(std::max(0.0, xyz[2]) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double seen_distance(const std::array<Vec3, 3>& eye, Color a, Color b) {
  const Vec3 la = lab_of(times(eye, {linear(a.r), linear(a.g), linear(a.b)}));
  const Vec3 lb = lab_of(times(eye, {linear(b.r), linear(b.g), linear(b.b)}));
  double sum = 0;
  for (size_t i = 0; i < 3; ++i) sum += (la[i] - lb[i]) * (la[i] - lb[i]);
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("contrast_ratio agrees with WCAG's own examples") {
  CHECK(contrast_ratio(rgb(0x000000), rgb(0xFFFFFF)) == doctest::Approx(21.0));
  CHECK(contrast_ratio(rgb(0x777777), rgb(0xFFFFFF)) == doctest::Approx(4.48).epsilon(0.01));
  CHECK(contrast_ratio(rgb(0x123456), rgb(0x123456)) == doctest::Approx(1.0));
}

TEST_CASE("text stands out 4.5:1 from every ground it is put on") {
  for (const Theme& t : {light_theme(), dark_theme()}) {
    const char* const theme = t.dark ? "dark" : "light";
    CAPTURE(theme);
    const std::vector<Color> grounds = {t.background, t.card,        t.selection,
                                        t.code,       t.button,      t.button_hover,
                                        t.row_added,  t.row_removed, t.row_changed};
    for (size_t i = 0; i < grounds.size(); ++i) {
      CAPTURE(i);
      CHECK(contrast_ratio(t.text, grounds[i]) >= 4.5);
      CHECK(contrast_ratio(t.muted, grounds[i]) >= 4.5);
    }
    CHECK(contrast_ratio(t.tooltip_text, t.tooltip) >= 4.5);
    CHECK(contrast_ratio(t.text, t.button_active) >= 4.5);
    for (const NamedTone& named : tones_of(t)) {
      const std::string name = named.name;
      CAPTURE(name);
      CHECK(contrast_ratio(named.tone.on_fill, named.tone.fill) >= 4.5);
      for (const Color ground : {t.card, t.background, t.selection, named.tone.tint}) {
        CHECK(contrast_ratio(named.tone.text, ground) >= 4.5);
      }
      CHECK(contrast_ratio(t.text, named.tone.tint) >= 4.5);
      CHECK(contrast_ratio(t.muted, named.tone.tint) >= 4.5);
    }
    CHECK(contrast_ratio(t.danger.text, t.row_removed) >= 4.5);
    CHECK(contrast_ratio(t.success.text, t.row_added) >= 4.5);
    CHECK(contrast_ratio(t.warning.text, t.row_changed) >= 4.5);
  }
}

TEST_CASE("lines and focus rings stand out 3:1") {
  for (const Theme& t : {light_theme(), dark_theme()}) {
    for (const NamedTone& named : tones_of(t)) {
      const std::string name = named.name;
      CAPTURE(name);
      CHECK(contrast_ratio(named.tone.fill, t.card) >= 3.0);
    }
    CHECK(contrast_ratio(t.focus, t.card) >= 3.0);
    CHECK(contrast_ratio(t.lifeline, t.card) >= 3.0);
  }
}

TEST_CASE("the protocols' colours differ for every kind of colour vision") {
  constexpr double kPlainlyDifferent = 20;  // CIE 1976; 2.3 is just noticeable
  for (const Theme& t : {light_theme(), dark_theme()}) {
    const std::vector<NamedTone> protocols = {{"smtp", t.smtp}, {"pop3", t.pop3}, {"imap", t.imap}};
    for (size_t i = 0; i < protocols.size(); ++i) {
      for (size_t j = i + 1; j < protocols.size(); ++j) {
        const std::string pair = std::string(protocols[i].name) + " " + protocols[j].name;
        CAPTURE(pair);
        for (const auto& eye : {kProtanopia, kDeuteranopia, kTritanopia}) {
          const Color a = protocols[i].tone.fill;
          const Color b = protocols[j].tone.fill;
          CHECK(seen_distance(eye, a, b) >= kPlainlyDifferent);
        }
      }
    }
  }
}

TEST_CASE("metrics scale, stay whole and within their bounds") {
  CHECK(metrics_at(1).row == 24);
  CHECK(metrics_at(2).row == 48);
  CHECK(metrics_at(2).font_normal == doctest::Approx(30));
  CHECK(metrics_at(0.1f).scale == kMinScale);
  CHECK(metrics_at(9).scale == kMaxScale);
  for (const float scale : {0.75f, 0.9f, 1.25f, 1.5f, 2.5f}) {
    const Metrics m = metrics_at(scale);
    for (const float length : {m.unit, m.gap, m.border, m.header, m.row, m.button, m.chip}) {
      CHECK(length == std::round(length));
      CHECK(length >= 1);
    }
  }
}

TEST_CASE("mix and with_alpha") {
  CHECK(mix(rgb(0x000000), rgb(0xFFFFFF), 0) == rgb(0x000000));
  CHECK(mix(rgb(0x000000), rgb(0xFFFFFF), 1) == rgb(0xFFFFFF));
  CHECK(mix(rgb(0x000000), rgb(0x646464), 0.5f) == rgb(0x323232));
  CHECK(with_alpha(rgb(0x010203), 0.5f) == Color{1, 2, 3, 128});
}
