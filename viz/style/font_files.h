// Font files: where the faces are installed, what package brings each, and what takes its place.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mailscope::viz {

enum class Face : uint8_t { kUi, kUiBold, kUiItalic, kMono, kMonoBold, kHan, kHanMono, kIcons };

/// A face in memory, shared by all sizes of it.
struct FaceData {
  const std::vector<uint8_t>* bytes = nullptr;  // null: no such file on this machine
  int index = 0;                                // face number within a .ttc
  float line_per_em = 1.2f;                     // ascent plus descent, over the em
};

/// Reads each file once. Lives as long as the atlas is being built from it.
class FontFiles {
 public:
  /// The first installed candidate for `face`. Adds a line to `warnings` when it is not the one
  /// meant.
  FaceData load(Face face, std::vector<std::string>& warnings);
  /// True when `data` is the start of a file read here.
  [[nodiscard]] bool holds(const void* data) const;

 private:
  const std::vector<uint8_t>* read(const std::string& path);

  std::map<std::string, std::vector<uint8_t>> files_;  // empty: could not be read
};

}  // namespace mailscope::viz
