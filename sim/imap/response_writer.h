// ResponseWriter: one untagged response on its way into the Outbox. It becomes lines with blocks
// between them wherever a literal stands (RFC 3501 §4.3); a message's own text goes in as it is,
// without a copy.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/agent/outbox.h"

namespace mailscope {

class ResponseWriter {
 public:
  explicit ResponseWriter(Outbox& out) : out_(out) {}

  /// Text without line breaks.
  void add(std::string_view text) { line_ += text; }
  void add_number(uint64_t number);
  /// "MODSEQ (n)" (RFC 7162 §3.1.4.2).
  void add_modseq(uint64_t modseq) {
    add("MODSEQ (");
    add_number(modseq);
    add(")");
  }
  /// Text that may hold literals ("{5}\r\nabcde"): that of encode_string(), encode_envelope().
  void add_encoded(std::string_view text);
  /// A literal of these bytes; NULs become 0x80, because no literal can carry them (RFC 3501 §9).
  void add_literal(std::shared_ptr<const std::string> bytes);
  /// The same of a part of a text.
  void add_literal(std::shared_ptr<const std::string> text, size_t begin, size_t size);
  void add_literal(std::string bytes);
  /// A literal, or a literal8 where there are NULs to carry (RFC 3516 §4.2.1).
  void add_binary(std::string bytes);
  /// Sends the line, and is ready for the next response.
  void finish();
  [[nodiscard]] const std::string& line() const { return line_; }
  /// Octets that had to be made for these responses so far: all but the texts that are shared.
  [[nodiscard]] uint64_t made() const { return made_ + line_.size(); }

 private:
  /// "{n}", which ends the line.
  void announce(size_t octets);
  void add_block(std::string bytes);

  Outbox& out_;
  std::string line_;
  uint64_t made_ = 0;  // without line_
};

}  // namespace mailscope
