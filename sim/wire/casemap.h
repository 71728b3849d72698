// i;unicode-casemap (RFC 5051): how IMAP compares text without regard to case, in SEARCH, SORT and
// THREAD (RFC 5255 §4.1, I18NLEVEL=1). Each character becomes its titlecase, then what it
// decomposes to, compatibility forms included; the result is compared octet by octet, never shown.
// So "Straße" is not "STRASSE", but "é", "É" and "e" with an acute accent are one text. The Unicode
// tables are utf8proc's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

/// True when no byte is over 127.
bool is_ascii(std::string_view text);

/// The form of `utf8` that is compared. What is not UTF-8 as a whole is compared as the octets it
/// is (RFC 5051 §2).
std::string casemap(std::string_view utf8);

/// Whether one text that casemap() made stands in another.
bool casemap_contains(std::string_view folded_text, std::string_view folded_wanted);

/// Negative, 0 or positive: the order of two UTF-8 texts. No copies are made of ASCII.
int casemap_compare(std::string_view a, std::string_view b);

/// A text that is looked for in many others. Looking costs time in proportion to the text looked
/// in, whatever both are (Knuth, Morris and Pratt), and no memory where that text is ASCII.
class CasemapNeedle {
 public:
  explicit CasemapNeedle(std::string_view utf8);

  /// The empty needle is found in everything.
  [[nodiscard]] bool empty() const { return folded_.empty(); }
  /// Whether it stands in this UTF-8 text.
  [[nodiscard]] bool found_in(std::string_view utf8) const;

 private:
  std::string folded_;
  bool ascii_ = true;             // folded_ is, so that ASCII text can hold it
  std::vector<uint32_t> resume_;  // how much is still matched after a mismatch at each place
};

}  // namespace mailscope
