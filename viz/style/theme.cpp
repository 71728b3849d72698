#include "viz/style/theme.h"

#include <algorithm>
#include <cmath>

namespace mailscope::viz {

namespace {

void set_light_tones(Theme& t) {
  //           fill           on_fill        text           tint           border
  t.neutral = {rgb(0x657080), rgb(0xFFFFFF), rgb(0x4F5A69), rgb(0xEEF1F5), rgb(0xD5DAE1)};
  t.accent = {rgb(0x2B5FD9), rgb(0xFFFFFF), rgb(0x2450BD), rgb(0xE8F0FD), rgb(0xBFD2F5)};
  t.smtp = {rgb(0xB85500), rgb(0xFFFFFF), rgb(0x9A4700), rgb(0xFDF0E3), rgb(0xF0C79D)};
  t.pop3 = {rgb(0x0072B2), rgb(0xFFFFFF), rgb(0x00629B), rgb(0xE3F1FA), rgb(0xA5CDE3)};
  t.imap = {rgb(0x00683A), rgb(0xFFFFFF), rgb(0x005E34), rgb(0xE2F4EC), rgb(0xA3D8C3)};
  t.tcp = {rgb(0x687382), rgb(0xFFFFFF), rgb(0x566170), rgb(0xEEF1F5), rgb(0xC5CCD6)};
  t.dns = {rgb(0x9B3F86), rgb(0xFFFFFF), rgb(0x863573), rgb(0xFAEBF6), rgb(0xE3B5D8)};
  t.success = {rgb(0x1D7F48), rgb(0xFFFFFF), rgb(0x176B3C), rgb(0xE4F5E9), rgb(0xAAD9BA)};
  t.warning = {rgb(0x8A6200), rgb(0xFFFFFF), rgb(0x765300), rgb(0xFFF4D6), rgb(0xEBD48F)};
  t.danger = {rgb(0xBF2638), rgb(0xFFFFFF), rgb(0xA81F30), rgb(0xFDEAEA), rgb(0xF2B8B8)};
}

void set_dark_tones(Theme& t) {
  //           fill           on_fill        text           tint           border
  t.neutral = {rgb(0x8794A8), rgb(0x11161D), rgb(0xA9B5C6), rgb(0x242D3A), rgb(0x3B475A)};
  t.accent = {rgb(0x2F66E0), rgb(0xFFFFFF), rgb(0x94B6FF), rgb(0x253450), rgb(0x3B5588)};
  t.smtp = {rgb(0xF0A04B), rgb(0x231402), rgb(0xF3B06A), rgb(0x38291A), rgb(0x75542C)};
  t.pop3 = {rgb(0x4599DD), rgb(0x071722), rgb(0x6FB8EA), rgb(0x1A3043), rgb(0x2F5A7C)};
  t.imap = {rgb(0x5FD79A), rgb(0x04190F), rgb(0x74DEA9), rgb(0x163229), rgb(0x2B6B53)};
  t.tcp = {rgb(0x7D8A9E), rgb(0x0D1218), rgb(0xA3AFC0), rgb(0x242D3A), rgb(0x434F63)};
  t.dns = {rgb(0xDA8AC6), rgb(0x220C1D), rgb(0xE2A0D2), rgb(0x38233A), rgb(0x704670)};
  t.success = {rgb(0x5DBF7C), rgb(0x05180B), rgb(0x78CC92), rgb(0x18321F), rgb(0x306A42)};
  t.warning = {rgb(0xE0B84C), rgb(0x1E1603), rgb(0xE5C46B), rgb(0x38301A), rgb(0x6F5D28)};
  t.danger = {rgb(0xE2606E), rgb(0x22060A), rgb(0xF29BA4), rgb(0x402126), rgb(0x7A3A42)};
}

}  // namespace

Metrics metrics_at(float scale) {
  Metrics m;
  m.scale = std::clamp(scale, kMinScale, kMaxScale);
  // Edges on whole pixels are crisp edges.
  for (float* length : {&m.unit, &m.gap, &m.padding, &m.border, &m.radius, &m.radius_small,
                        &m.top_bar, &m.header, &m.row, &m.button, &m.chip, &m.line_spacing}) {
    *length = std::max(1.0f, std::round(*length * m.scale));
  }
  for (float* size :
       {&m.line, &m.font_tiny, &m.font_small, &m.font_normal, &m.font_large, &m.font_title,
        &m.font_mono_small, &m.font_mono, &m.font_mono_large, &m.font_icons}) {
    *size *= m.scale;
  }
  return m;
}

Theme light_theme(float scale) {
  Theme t;
  t.dark = false;
  t.metrics = metrics_at(scale);
  t.background = rgb(0xF4F5F7);
  t.card = rgb(0xFFFFFF);
  t.card_border = rgb(0xDFE3E8);
  t.grid = rgb(0xE6EAEF);
  t.faint = rgb(0xB6BEC9);
  t.wire = rgb(0xC5CCD6);
  t.lifeline = rgb(0x8C95A0);
  t.text = rgb(0x1C2430);
  t.muted = rgb(0x5C6675);
  t.button = rgb(0xFFFFFF);
  t.button_hover = rgb(0xF1F4F8);
  t.button_active = rgb(0xE3E8EF);
  t.button_border = rgb(0xD3D9E0);
  t.code = rgb(0xEEF1F5);
  t.selection = rgb(0xE8F0FD);
  t.focus = rgb(0x2B5FD9);
  t.shadow = {28, 36, 48, 40};
  t.tooltip = rgb(0x252E3B);
  t.tooltip_text = rgb(0xF3F5F8);
  t.row_added = rgb(0xE2F4EC);
  t.row_removed = rgb(0xFDEAEA);
  t.row_changed = rgb(0xFFF4D6);
  set_light_tones(t);
  return t;
}

Theme dark_theme(float scale) {
  Theme t;
  t.dark = true;
  t.metrics = metrics_at(scale);
  t.background = rgb(0x12161D);
  t.card = rgb(0x1A202A);
  t.card_border = rgb(0x2E3848);
  t.grid = rgb(0x2A3444);
  t.faint = rgb(0x56637A);
  t.wire = rgb(0x3D4A5E);
  t.lifeline = rgb(0x66738A);
  t.text = rgb(0xD8DEE9);
  t.muted = rgb(0x9BA8BB);
  t.button = rgb(0x232B38);
  t.button_hover = rgb(0x2D3747);
  t.button_active = rgb(0x374357);
  t.button_border = rgb(0x3A475B);
  t.code = rgb(0x2A3342);
  t.selection = rgb(0x253450);
  t.focus = rgb(0x7FA6FF);
  t.shadow = {0, 0, 0, 110};
  t.tooltip = rgb(0x323D4F);
  t.tooltip_text = rgb(0xEDF1F7);
  t.row_added = rgb(0x173529);
  t.row_removed = rgb(0x402126);
  t.row_changed = rgb(0x3A3218);
  set_dark_tones(t);
  return t;
}

}  // namespace mailscope::viz
