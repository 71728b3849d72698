// LineBuilder: collects what a line and its tokens mean. It keeps the promises of LineMeaning
// whatever the line is: tokens in order, not overlapping, inside the line, not too many, and every
// argument short and fit to be shown. Also here: the parts of the explanation that the protocols
// have in common.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/explain/explain.h"

namespace mailscope::explain {

/// More tokens than this become one last token that says so.
inline constexpr size_t kMaxTokens = 200;
/// Characters of an argument; a longer one is cut and ends in "…".
inline constexpr size_t kMaxArgument = 60;

/// `bytes` as UTF-8 for a window: control and malformed octets become U+FFFD, and it is cut at
/// kMaxArgument characters.
std::string shown(std::string_view bytes);

class LineBuilder {
 public:
  explicit LineBuilder(std::string_view line) : line_(line) {}

  [[nodiscard]] std::string_view line() const { return line_; }

  /// The sentence about the whole line; the last one given stands.
  void sentence(std::string_view key, const std::vector<std::string>& arguments = {});
  void section(std::string_view section) { meaning_.section = std::string(section); }

  /// The bytes [begin, end); ignored when empty or when they begin inside an earlier token.
  void add(size_t begin, size_t end, std::string_view role, std::string_view key,
           const std::vector<std::string>& arguments = {});

  LineMeaning take() { return std::move(meaning_); }

 private:
  std::string_view line_;
  LineMeaning meaning_;
  size_t used_until_ = 0;
};

/// A word of a line.
struct Word {
  size_t begin = 0;
  size_t end = 0;
};
/// The next word at or after `at` (words are separated by spaces); empty at the end of the line.
Word next_word(std::string_view line, size_t at);

/// What a line of a message means: end of data, header field, body text, dot-stuffed text. `dotted`
/// says whether it is sent with dots doubled and ended by "." (SMTP, POP3), as opposed to an IMAP
/// literal.
void explain_message_line(LineBuilder& builder, std::string_view protocol, bool dotted,
                          bool in_body);

// The protocols; explain_line() chooses.
LineMeaning explain_smtp(Direction direction, std::string_view line, const LineContext& context);
LineMeaning explain_pop3(Direction direction, std::string_view line, const LineContext& context);
LineMeaning explain_imap_command(std::string_view line, const LineContext& context);
LineMeaning explain_imap_response(std::string_view line, const LineContext& context);
LineMeaning explain_dns(std::string_view line);
LineMeaning explain_tls(std::string_view line);

}  // namespace mailscope::explain
