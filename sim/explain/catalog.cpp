#include "sim/explain/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "sim/base/ascii.h"
#include "sim/base/toml.h"

namespace mailscope {
namespace {

namespace fs = std::filesystem;
using Texts = std::map<std::string, std::string, std::less<>>;

/// Line `number` (from 1 on) with a caret under `column` (in code points, from 1 on).
std::string with_caret(std::string_view text, uint32_t number, uint32_t column) {
  for (uint32_t line = 1; line < number; ++line) {
    const size_t end = text.find('\n');
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  const std::string_view line = text.substr(0, text.find('\n'));
  return fmt::format("  {}\n  {:>{}}", line, "^", std::max<uint32_t>(column, 1));
}

/// Reads the files of one language into one map, or stops at the first error.
class Loader {
 public:
  bool read(const fs::path& path) {
    file_ = path.generic_string();
    std::ifstream stream(path, std::ios::binary);
    source_.assign(std::istreambuf_iterator<char>(stream), {});
    if (!stream) return fail_plain("cannot be read");
    const toml::parse_result parsed = toml::parse(source_, file_);
    if (!parsed) {
      return fail(parsed.error().source(), std::string(parsed.error().description()));
    }
    return flatten(parsed.table(), "");
  }

  Texts take() { return std::move(texts_); }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  bool fail_plain(std::string_view what) {
    error_ = fmt::format("{} {}.", file_, what);
    return false;
  }

  bool fail(const toml::source_region& where, const std::string& what) {
    error_ = fmt::format("{}:{}: {}\n{}", file_, where.begin.line, what,
                         with_caret(source_, where.begin.line, where.begin.column));
    return false;
  }

  bool flatten(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      if (const toml::table* inner = node.as_table()) {
        if (!flatten(*inner, name + ".")) return false;
      } else if (const auto* text = node.as_string()) {
        if (!texts_.emplace(name, text->get()).second) {
          return fail(key.source(), "expected a new key: " + name + " was given before");
        }
      } else {
        return fail(node.source(), "expected a text in quotes for " + name);
      }
    }
    return true;
  }

  Texts texts_;
  std::string file_;
  std::string source_;
  std::string error_;
};

/// Whether the code point that begins with this byte is Chinese or of the punctuation that goes
/// with it: U+3000 to U+9FFF and the full-width forms.
bool chinese(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return (byte >= 0xE3 && byte <= 0xE9) || byte == 0xEF;
}

/// Of a word, and not of punctuation: U+4000 to U+9FFF.
bool ideograph(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte >= 0xE4 && byte <= 0xE9;
}

bool latin(char c) { return ascii_alpha(c) || ascii_digit(c); }

/// The first byte of the last code point, or 0.
char last_lead(std::string_view text) {
  size_t at = text.size();
  while (at > 0 && (static_cast<unsigned char>(text[at - 1]) & 0xC0) == 0x80) --at;
  return at > 0 && at < text.size() ? text[at - 1] : '\0';
}

/// Adds `piece`. Between Chinese and Latin words stands a blank, between Chinese words none,
/// however the pattern was written: its arguments may be either.
void join(std::string& text, std::string_view piece) {
  if (text.empty() || piece.empty()) {
    text += piece;
    return;
  }
  const bool blank = text.back() == ' ';
  if (blank && chinese(piece[0]) &&
      chinese(last_lead(std::string_view(text).substr(0, text.size() - 1)))) {
    text.pop_back();
  } else if (piece.size() > 1 && piece[0] == ' ' && chinese(piece[1]) && chinese(last_lead(text))) {
    piece.remove_prefix(1);
  } else if ((latin(text.back()) && ideograph(piece[0])) ||
             (latin(piece[0]) && ideograph(last_lead(text)))) {
    text += ' ';
  }
  text += piece;
}

}  // namespace

Result<Catalog> Catalog::load(const std::string& home, const std::string& language) {
  const fs::path folder = fs::path(home) / "assets" / "text" / language;
  std::vector<fs::path> files;
  std::error_code error;
  fs::directory_iterator it(folder, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".toml") files.push_back(it->path());
  }
  if (error) {
    return Error{fmt::format("{} cannot be read: {}; expected the texts of language \"{}\".",
                             folder.generic_string(), error.message(), language)};
  }
  if (files.empty()) {
    return Error{fmt::format("{} holds no .toml file; expected the texts of language \"{}\".",
                             folder.generic_string(), language)};
  }
  std::sort(files.begin(), files.end());

  Loader loader;
  for (const fs::path& file : files) {
    if (!loader.read(file)) return Error{loader.error()};
  }
  Catalog catalog;
  catalog.language_ = language;
  catalog.texts_ = loader.take();
  return catalog;
}

bool Catalog::has(std::string_view key) const { return texts_.find(key) != texts_.end(); }

std::string Catalog::text(std::string_view key, const std::vector<std::string>& arguments) const {
  const auto found = texts_.find(key);
  if (found == texts_.end()) return fmt::format("⟨{}⟩", key);
  const std::string_view pattern = found->second;
  std::string result;
  size_t at = 0;
  while (at < pattern.size()) {
    const size_t open = std::min(pattern.find('{', at), pattern.size());
    join(result, pattern.substr(at, open - at));
    if (open == pattern.size()) break;
    const size_t close = pattern.find('}', open);
    if (close != std::string_view::npos) {
      const auto index = parse_number(pattern.substr(open + 1, close - open - 1), UINT32_MAX);
      if (index && *index < arguments.size()) {
        join(result, arguments[static_cast<size_t>(*index)]);
        at = close + 1;
        continue;
      }
    }
    // A brace of the text itself, such as a literal's {112}, or a hole: both stay to be seen.
    result += '{';
    at = open + 1;
  }
  return result;
}

std::vector<std::string> Catalog::keys() const {
  std::vector<std::string> result;
  result.reserve(texts_.size());
  for (const auto& [key, text] : texts_) result.push_back(key);
  return result;
}

}  // namespace mailscope
