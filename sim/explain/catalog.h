// Catalog: every text a person reads, in one language, by key. Files:
// assets/text/<language>/*.toml, where [pop3.command] RETR = "..." is the key "pop3.command.RETR".
// {0}, {1} stand for arguments. Wire text is never in here: it is not translated.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"

namespace mailscope {

class Catalog {
 public:
  /// Reads every .toml of home/assets/text/<language>.
  static Result<Catalog> load(const std::string& home, const std::string& language);

  [[nodiscard]] const std::string& language() const { return language_; }
  [[nodiscard]] bool has(std::string_view key) const;
  /// The text with {0}, {1}, ... replaced; the key itself in ⟨⟩ when it is missing, so that a hole
  /// is seen.
  [[nodiscard]] std::string text(std::string_view key,
                                 const std::vector<std::string>& arguments = {}) const;
  /// All keys, sorted: for tests that compare the languages.
  [[nodiscard]] std::vector<std::string> keys() const;
  /// Every text, for building the fonts' glyphs.
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const {
    return texts_;
  }

 private:
  std::string language_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace mailscope
