// Fragments: from a byte stream to whole IMAP commands or responses, before any grammar. A unit is
// lines joined by literals: a line that ends in {n} goes on with n octets of any content and then
// another line (RFC 3501 §4.3). Here is known where a unit ends, and nothing of what it says. The
// same for a server (commands, where the sender of {n} waits for "+", and of {n+} does not: RFC
// 7888) and for a client (responses, whose sender never waits), and for a literal8, ~{n}, whose
// octets may be NUL (RFC 3516 §4.4). Memory is bounded; bytes may come in any pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/wire/byte_span.h"

namespace mailscope::imap {

/// What is wrong with a unit below the grammar. All but kLiteralTooBig leave its text incomplete.
enum class UnitProblem : uint8_t {
  kNone,
  kLineTooLong,    // more octets outside literals than the limit; the rest was passed over
  kBareLf,         // a line ended by LF without CR
  kLiteralTooBig,  // more octets in literals than the limit. A {n} was not read: its sender waits.
                   // A {n+} was passed over (RFC 7888 §4 lets a server do that, or say BYE).
  kLiteralInsane,  // {n} with n past 4294967295, which is no number (RFC 3501 §9); nothing was read
  kLiteralInsanePlus,  // the same for {n+}: nobody can tell where the next command begins
};

/// A command or response as it stood on the wire, without its last CRLF. `text` holds announcements
/// and literals too: "A1 LOGIN {3}\r\nann {5}\r\n12345".
struct Unit {
  std::string text;
  std::vector<ByteSpan> literals;  // where in `text`
  UnitProblem problem = UnitProblem::kNone;
};

/// Octets of the longest literal of the unit that was announced with {n+}, 0 without one: with
/// LITERAL- instead of LITERAL+ a client may send no more than kLiteralMinusLimit (RFC 7888 §5).
size_t longest_plus_literal(const Unit& unit);
inline constexpr size_t kLiteralMinusLimit = 4096;

struct FragmentLimits {
  size_t line = 65536;           // octets of one unit outside its literals
  size_t literal = 64u << 20;    // octets of all literals of one unit
};

/// Who is at the other end.
enum class Sender : uint8_t { kClient, kServer };

class Fragments {
 public:
  explicit Fragments(Sender sender, FragmentLimits limits = {})
      : sender_(sender), limits_(limits) {}

  void append(std::string_view bytes);

  /// True when take_unit() will give one.
  [[nodiscard]] bool has_unit() const { return stop_ == Stop::kUnit; }
  /// True when the sender has announced a literal with {n} and waits. Then continue_literal() or
  /// refuse_literal() is due. Never for responses.
  [[nodiscard]] bool wants_literal() const { return stop_ == Stop::kLiteral; }
  /// What of the unit is here so far, its announcement included.
  [[nodiscard]] std::string_view text_so_far() const { return unit_.text; }

  Unit take_unit();
  /// The same, but what comes after it is not looked at before look_further(): it may be something
  /// else than lines.
  Unit take_unit_alone();
  void look_further() { scan(); }
  /// After take_unit_alone(): all that has come since, as it came.
  std::string take_rest();
  void continue_literal();
  /// The announced literal will not come: what follows is a new command.
  void refuse_literal();

  /// Bytes not yet part of a finished unit.
  [[nodiscard]] size_t pending() const { return unit_.text.size() + input_.size() - begin_; }
  [[nodiscard]] uint64_t digest() const;

 private:
  enum class Stop : uint8_t { kNone, kUnit, kLiteral };

  void begin_unit();
  void scan();
  void scan_line();
  void scan_literal();
  void add_to_line(std::string_view piece);
  void end_line();
  void begin_literal(uint64_t size, bool waits, bool insane);
  void finish(UnitProblem problem);
  void compact();

  Sender sender_;
  FragmentLimits limits_;
  std::string input_;            // not yet scanned from begin_ on
  size_t begin_ = 0;
  Unit unit_;                    // under construction, or complete when stop_ is kUnit
  size_t line_octets_ = 0;       // of the unit outside literals
  size_t line_begin_ = 0;        // of the current line in unit_.text
  uint64_t literal_left_ = 0;    // octets of the current literal still to come
  size_t literal_octets_ = 0;    // of the unit's literals kept so far
  bool discard_ = false;         // the current literal is passed over
  Stop stop_ = Stop::kNone;
};

}  // namespace mailscope::imap
