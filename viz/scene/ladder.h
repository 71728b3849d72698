// Ladder: the conversation as arrows between hosts, downwards in time. Only the rows in sight are
// built, so a trace of a hundred thousand events costs no more than a screenful.
#pragma once

#include <string>
#include <vector>

#include "viz/moment/moment.h"
#include "viz/scene/shapes.h"

namespace mailscope::viz {

struct LadderColumn {
  HostId host;
  float x = 0;
};

struct LadderArrow {
  size_t row = 0;            // index into TraceIndex::rows(detail)
  uint32_t event = 0;        // what it explains: a kLineSent event, or the segment's
  LadderRow::Kind kind = LadderRow::Kind::kLines;
  float y = 0;               // top of the row
  Point from;
  Point to;
  bool answer = false;       // the second arrow of an exchange
  std::string label;         // as on the wire
  uint32_t more_lines = 0;   // said in the same turn after the labelled one
  uint64_t octets = 0;
  bool block = false;        // message data
  bool encrypted = false;    // the label is for the learner: on the wire it is opaque
  Protocol protocol = Protocol::kNone;
  Instant at;
  bool current = false;
  bool future = false;       // recorded, but after the playhead
  bool under_way = false;    // said, and not yet arrived
  float progress = 1;        // of the way, when under way
  bool lost = false;
  uint32_t seek = 0;
};

struct LadderScene {
  std::vector<LadderColumn> columns;
  std::vector<LadderArrow> arrows;
  size_t row_count = 0;
  float row_height = 0;
  float first_row = 0;       // scrolled so far
  float current_row = -1;
};

/// How many rows after the playhead are shown, faint.
constexpr size_t kFutureRows = 2;

/// `scroll`: first row in sight, or negative to follow the playhead. `label_width` is kept free at
/// the left.
LadderScene build_ladder(const Moment& moment, BeatSize detail, Area area, float row_height,
                         float label_width, float scroll);

}  // namespace mailscope::viz
