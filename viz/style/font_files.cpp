#include "viz/style/font_files.h"

#include <fmt/format.h>

#include <fstream>

namespace mailscope::viz {

namespace {

struct Candidate {
  Face face;
  const char* path;
  int index;
  float line_per_em;     // from the file's hhea table
  const char* stand_in;  // null: the face that is meant; else how the warning ends
};

// In order of preference within a face. The first two directories are Debian's and Ubuntu's old and
// new.
constexpr Candidate kCandidates[] = {
    {Face::kUi, "/usr/share/fonts/opentype/inter/Inter-Regular.otf", 0, 1.2102f, nullptr},
    {Face::kUi, "/usr/share/fonts/truetype/inter/Inter-Regular.ttf", 0, 1.2102f, nullptr},
    {Face::kUi, "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 0, 1.1641f, "using DejaVu Sans"},
    {Face::kUiBold, "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf", 0, 1.2102f, nullptr},
    {Face::kUiBold, "/usr/share/fonts/truetype/inter/Inter-SemiBold.ttf", 0, 1.2102f, nullptr},
    {Face::kUiBold, "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", 0, 1.1641f,
     "using DejaVu Sans Bold"},
    {Face::kUiItalic, "/usr/share/fonts/opentype/inter/Inter-Italic.otf", 0, 1.2102f, nullptr},
    {Face::kUiItalic, "/usr/share/fonts/truetype/inter/Inter-Italic.ttf", 0, 1.2102f, nullptr},
    {Face::kUiItalic, "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 0, 1.1641f,
     "using DejaVu Sans"},
    {Face::kMono, "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf", 0, 1.32f,
     nullptr},
    {Face::kMono, "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 0, 1.1641f,
     "using DejaVu Sans Mono"},
    {Face::kMonoBold, "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-SemiBold.ttf", 0,
     1.32f, nullptr},
    {Face::kMonoBold, "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf", 0, 1.1641f,
     "using DejaVu Sans Mono Bold"},
    {Face::kHan, "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0, 1.1724f, nullptr},
    {Face::kHanMono, "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 1, 1.1724f, nullptr},
    {Face::kIcons, "/usr/share/fonts/truetype/font-awesome/fontawesome-webfont.ttf", 0, 1.0f,
     nullptr},
    {Face::kIcons, "/usr/share/fonts-font-awesome/fonts/fontawesome-webfont.ttf", 0, 1.0f, nullptr},
};

// The name and Debian package of what is missing; null for faces that share a file with one that
// warns.
struct Wanted {
  const char* name;
  const char* package;
};

Wanted wanted(Face face) {
  switch (face) {
    case Face::kUi:
      return {"Inter", "fonts-inter"};
    case Face::kMono:
      return {"JetBrains Mono", "fonts-jetbrains-mono"};
    case Face::kHan:
      return {"WenQuanYi Micro Hei", "fonts-wqy-microhei"};
    case Face::kIcons:
      return {"Font Awesome", "fonts-font-awesome"};
    case Face::kUiBold:
    case Face::kUiItalic:
    case Face::kMonoBold:
    case Face::kHanMono:
      break;
  }
  return {nullptr, nullptr};
}

}  // namespace

FaceData FontFiles::load(Face face, std::vector<std::string>& warnings) {
  FaceData found;
  const char* stand_in = "its characters will not show well";
  for (const Candidate& candidate : kCandidates) {
    if (candidate.face != face) continue;
    const std::vector<uint8_t>* bytes = read(candidate.path);
    if (bytes->empty()) continue;
    found = {bytes, candidate.index, candidate.line_per_em};
    stand_in = candidate.stand_in;
    break;
  }
  const Wanted want = wanted(face);
  if (stand_in != nullptr && want.name != nullptr) {
    warnings.push_back(fmt::format("The font {} is missing (Debian package {}): {}.", want.name,
                                   want.package, stand_in));
  }
  return found;
}

bool FontFiles::holds(const void* data) const {
  for (const auto& [path, bytes] : files_) {
    if (bytes.data() == data) return true;
  }
  return false;
}

const std::vector<uint8_t>* FontFiles::read(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return &known->second;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<uint8_t> bytes;
  if (file) {
    bytes.resize(static_cast<size_t>(file.tellg()));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file) bytes.clear();
  }
  return &files_.emplace(path, std::move(bytes)).first->second;
}

}  // namespace mailscope::viz
