#include "viz/scene/ladder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/net/segment.h"

namespace mailscope::viz {
namespace {

std::vector<LadderColumn> columns_of(const Moment& moment, float left, float width) {
  std::vector<bool> used(moment.scenario->hosts.size());
  for (const Lane& lane : moment.index->lanes()) {
    used[lane.client.index()] = true;
    used[lane.server.index()] = true;
  }
  for (size_t i = 0; i < used.size(); ++i) {
    if (moment.scenario->hosts[i].kind == HostKind::kDns) used[i] = true;
  }
  const auto count = static_cast<float>(std::count(used.begin(), used.end(), true));
  std::vector<LadderColumn> columns;
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    const float step = count > 1 ? width / count : width;
    columns.push_back(
        {HostId::from_index(i), left + step * (static_cast<float>(columns.size()) + 0.5f)});
  }
  return columns;
}

float column_x(const std::vector<LadderColumn>& columns, HostId host, float otherwise) {
  for (const LadderColumn& column : columns) {
    if (column.host == host) return column.x;
  }
  return otherwise;
}

std::string segment_label(const Moment& moment, const Event& event, std::string_view text) {
  if (event.kind == EventKind::kDatagram) return std::string(text);
  std::string label;
  const auto add = [&](uint8_t flag, const char* name) {
    if ((event.code & flag) != 0) label += label.empty() ? name : std::string(" ") + name;
  };
  add(SegmentFlags::kSyn, "SYN");
  add(SegmentFlags::kFin, "FIN");
  add(SegmentFlags::kRst, "RST");
  if (event.b > 0) {
    label += fmt::format("{}seq {} · {} B", label.empty() ? "" : " ", event.x, event.b);
    const uint32_t line =
        moment.index->line_at(event.conn, event.direction, static_cast<uint64_t>(event.x));
    if (line != 0) label += "  " + std::string(moment.trace->text((*moment.trace)[line]));
  } else {
    add(SegmentFlags::kAck, "ACK");
  }
  if ((event.code & SegmentFlags::kRetransmit) != 0) label += " ↻";
  return label;
}

void describe_line(const Event& event, LadderArrow& arrow) {
  const bool line = event.kind == EventKind::kLineSent;
  const uint8_t kind = event.code & (LineFlags::kBlock | LineFlags::kHandshake);
  arrow.block = line && kind == LineFlags::kBlock;
  arrow.encrypted = line && (event.code & LineFlags::kEncrypted) != 0;
}

class Builder {
 public:
  Builder(const Moment& moment, BeatSize detail, LadderScene& scene)
      : moment_(moment), rows_(moment.index->rows(detail)), scene_(scene) {}

  void add(size_t index, float y) {
    const LadderRow& row = rows_[index];
    LadderArrow arrow = base(index, row, y);
    const Event& event = (*moment_.trace)[row.event];
    arrow.label = row.kind == LadderRow::Kind::kSegment || event.kind == EventKind::kDatagram
                      ? segment_label(moment_, event, moment_.trace->text(event))
                      : std::string(moment_.trace->text(event));
    describe_line(event, arrow);
    arrow.more_lines = row.lines - 1;
    arrow.octets = row.octets;
    if (row.kind == LadderRow::Kind::kMark) {
      scene_.arrows.push_back(std::move(arrow));
      return;
    }
    const float from = column_x(scene_.columns, row.from, 0);
    const float to = column_x(scene_.columns, row.to, from);
    const float slope = scene_.row_height * 0.16f;
    const float middle = y + scene_.row_height * (row.reply_event != 0 ? 0.52f : 0.68f);
    arrow.from = {from, middle};
    arrow.to = {to, middle + slope};
    place_in_time(arrow, row.event, row.arrived_event, row.at, row.until);
    arrow.lost = row.lost || (row.kind == LadderRow::Kind::kLines && row.until == kNever &&
                              row.reply_event == 0);
    scene_.arrows.push_back(arrow);
    if (row.reply_event != 0) add_reply(row, arrow, to, from, middle);
  }

 private:
  LadderArrow base(size_t index, const LadderRow& row, float y) const {
    LadderArrow arrow;
    arrow.row = index;
    arrow.event = row.event;
    arrow.kind = row.kind;
    arrow.y = y;
    arrow.protocol = row.protocol;
    arrow.at = row.at;
    arrow.seek = row.seek;
    arrow.future = row.event > moment_.events;
    arrow.current = static_cast<float>(index) == scene_.current_row;
    return arrow;
  }

  void place_in_time(LadderArrow& arrow, uint32_t event, uint32_t arrived, Instant at,
                     Instant until) const {
    arrow.future = event > moment_.events;
    arrow.under_way = !arrow.future && (arrived == 0 || arrived > moment_.events);
    arrow.progress = 1;
    if (!arrow.under_way) return;
    const int64_t whole = until == kNever ? 1 : std::max<int64_t>((until - at).ns, 1);
    arrow.progress =
        std::clamp(static_cast<float>((moment_.playhead.at - at).ns) / static_cast<float>(whole),
                   0.05f, 0.95f);
    if (until == kNever) arrow.progress = 0.5f;
  }

  void add_reply(const LadderRow& row, const LadderArrow& command, float from, float to,
                 float middle) {
    LadderArrow reply = command;
    const Event& event = (*moment_.trace)[row.reply_event];
    reply.answer = true;
    reply.event = row.reply_event;
    reply.label = std::string(moment_.trace->text(event));
    describe_line(event, reply);
    reply.more_lines = row.reply_lines - 1;
    reply.octets = row.reply_octets;
    reply.from = {from, middle + scene_.row_height * 0.22f};
    reply.to = {to, middle + scene_.row_height * 0.38f};
    reply.lost = false;
    place_in_time(reply, row.reply_event, row.reply_arrived, event.at, row.until);
    scene_.arrows.push_back(std::move(reply));
  }

  const Moment& moment_;
  const std::vector<LadderRow>& rows_;
  LadderScene& scene_;
};

}  // namespace

LadderScene build_ladder(const Moment& moment, BeatSize detail, Area area, float row_height,
                         float label_width, float scroll) {
  LadderScene scene;
  scene.columns = columns_of(moment, label_width, area.width - label_width);
  const std::vector<LadderRow>& rows = moment.index->rows(detail);
  // Rows that have begun, and a few to come; a question about the future is not answered by looking
  // down.
  const auto begun =
      std::upper_bound(rows.begin(), rows.end(), moment.events,
                       [](uint32_t events, const LadderRow& row) { return events < row.event; });
  const auto begun_count = static_cast<size_t>(begun - rows.begin());
  scene.row_count = std::min(rows.size(), begun_count + kFutureRows);
  scene.row_height =
      detail == BeatSize::kExchange || detail == BeatSize::kStep ? row_height * 1.45f : row_height;
  if (moment.events > 0) {
    scene.current_row = static_cast<float>(begun_count) - 1;
    if (detail != BeatSize::kSegment && moment.current_line != 0) {
      const int row = moment.index->row_of(detail, moment.current_line);
      if (row >= 0) scene.current_row = static_cast<float>(row);
      // An action or fault after the line is what happened last.
      const size_t last = begun_count - 1;
      if (begun_count > 0 && rows[last].kind == LadderRow::Kind::kMark &&
          static_cast<float>(last) > scene.current_row) {
        scene.current_row = static_cast<float>(last);
      }
    }
  }
  // Whole rows only: half a line of text is no use to anybody.
  const float visible = std::max(1.0f, std::floor(area.height / scene.row_height));
  const float greatest = std::max(0.0f, static_cast<float>(scene.row_count) - visible);
  scene.first_row = std::floor(
      scroll >= 0 ? std::min(scroll, greatest)
                  : std::clamp(scene.current_row - std::floor(visible * 0.75f), 0.0f, greatest));
  Builder builder(moment, detail, scene);
  const auto first = static_cast<size_t>(scene.first_row);
  const size_t past = std::min(scene.row_count, first + static_cast<size_t>(visible));
  for (size_t i = first; i < past; ++i) {
    builder.add(i, static_cast<float>(i - first) * scene.row_height);
  }
  return scene;
}

}  // namespace mailscope::viz
