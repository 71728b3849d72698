// The conversation: only what is in sight is built, and the current row is in sight.
#include "viz/scene/ladder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/viz/open_runs.h"

using namespace mailscope;
using namespace mailscope::viz;
using namespace mailscope::viz::test;

namespace {

constexpr Area kArea{600, 400};
constexpr float kRow = 34;
constexpr float kLabels = 44;

LadderScene ladder(OpenRun& open, BeatSize detail, float scroll = -1) {
  return build_ladder(moment_at(open), detail, kArea, kRow, kLabels, scroll);
}

size_t most_arrows(const LadderScene& scene) {
  return 2 * (static_cast<size_t>(kArea.height / scene.row_height) + 2);
}

}  // namespace

TEST_CASE("at the start there is no current row and hardly anything to come") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    seek(open, 0);
    const LadderScene scene = ladder(open, BeatSize::kLine);
    CHECK(scene.current_row == -1);
    CHECK(scene.row_count <= kFutureRows);
    for (const LadderArrow& arrow : scene.arrows) CHECK(arrow.future);
  });
}

TEST_CASE("at every beat the current row is in sight and marked, and the future is faint") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    for (const BeatSize size : {BeatSize::kSegment, BeatSize::kLine, BeatSize::kExchange}) {
      seek(open, 0);
      while (next_beat(open, size)) {
        step_forward(open, size);
        const LadderScene scene = ladder(open, size);
        REQUIRE(scene.arrows.size() <= most_arrows(scene));
        REQUIRE(scene.current_row >= 0);
        size_t marked = 0;
        for (const LadderArrow& arrow : scene.arrows) {
          const bool here = static_cast<float>(arrow.row) == scene.current_row;
          REQUIRE(arrow.current == here);
          REQUIRE(arrow.future == (arrow.event > moment_at(open).events));
          REQUIRE(arrow.y > -scene.row_height);
          REQUIRE(arrow.y <= kArea.height);
          REQUIRE(arrow.progress >= 0);
          REQUIRE(arrow.progress <= 1);
          if (here && !arrow.answer) ++marked;
        }
        REQUIRE(marked == 1);
      }
    }
  });
}

TEST_CASE("arrows go between the columns of who speaks and who hears") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    seek(open, open.history().trace().dispatches());
    const LadderScene scene = ladder(open, BeatSize::kExchange);
    CHECK(scene.columns.size() >= 2);
    for (size_t i = 1; i < scene.columns.size(); ++i) {
      CHECK(scene.columns[i].x > scene.columns[i - 1].x);
    }
    CHECK(scene.columns.front().x > kLabels);
    CHECK(scene.columns.back().x < kArea.width);
    const auto is_column = [&](float x) {
      return std::any_of(scene.columns.begin(), scene.columns.end(),
                         [x](const LadderColumn& column) { return column.x == x; });
    };
    size_t answers = 0;
    for (size_t i = 0; i < scene.arrows.size(); ++i) {
      const LadderArrow& arrow = scene.arrows[i];
      if (arrow.kind == LadderRow::Kind::kMark) continue;
      CHECK(is_column(arrow.from.x));
      CHECK(is_column(arrow.to.x));
      CHECK(arrow.to.y > arrow.from.y);
      if (!arrow.answer) continue;
      ++answers;
      CHECK(arrow.from.x == scene.arrows[i - 1].to.x);
      CHECK(arrow.to.x == scene.arrows[i - 1].from.x);
      CHECK(arrow.row == scene.arrows[i - 1].row);
    }
    CHECK(answers > 0);
  });
}

TEST_CASE("scrolling stops at both ends") {
  OpenLesson lesson = open_lesson("pop3-vs-imap");
  OpenRun& open = lesson.runs.at(0);
  seek(open, open.history().trace().dispatches());
  CHECK(ladder(open, BeatSize::kLine, 0).first_row == 0);
  CHECK(ladder(open, BeatSize::kLine, 3.5f).first_row == 3);  // whole rows
  const LadderScene last = ladder(open, BeatSize::kLine, 1e9f);
  CHECK(last.first_row + std::floor(kArea.height / last.row_height) ==
        doctest::Approx(static_cast<double>(last.row_count)));
  CHECK(last.arrows.back().row == last.row_count - 1);
}

TEST_CASE("a trace of 100,000 events costs no more than a screenful") {
  OpenLesson busy = open_busy("pop3-vs-imap", "pop3-keep", 100000);
  OpenRun& open = busy.runs.at(0);
  REQUIRE(open.history().trace().size() >= 100000);
  for (const BeatSize size : {BeatSize::kSegment, BeatSize::kLine, BeatSize::kExchange}) {
    CHECK(open.index.rows(size).size() > 3000);
    for (const uint32_t part : {1u, 2u, 3u}) {
      seek(open, open.history().trace().dispatches() / 3 * part);
      const LadderScene scene = ladder(open, size);
      CHECK_FALSE(scene.arrows.empty());
      CHECK(scene.arrows.size() <= most_arrows(scene));
    }
  }
}
