// Deflater and Inflater: one direction of a stream compressed with DEFLATE (RFC 1951), as IMAP's
// COMPRESS has it (RFC 4978): raw blocks without zlib's or gzip's frame, flushed to a whole octet
// whenever the sender has said all it has to say for now. Both are values: a copy goes on as the
// original would. zlib does the work; its memory is taken at the first use, shared between copies
// and cloned by the first of them that goes on. The octets that a text becomes are zlib's choice:
// the same for the same version of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mailscope {

class Deflater {
 public:
  /// Compresses `plain` and appends to `out` what zlib lets go of; the rest comes with flush().
  void add(std::string_view plain, std::string& out);
  /// The end of what is said for now: all of it can be inflated from what `out` then holds.
  void flush(std::string& out);

  [[nodiscard]] uint64_t digest() const { return digest_; }

 private:
  struct Stream;

  void run(std::string_view plain, int how, std::string& out);

  std::shared_ptr<Stream> stream_;  // null before the first use
  uint64_t digest_ = 0;             // of everything compressed so far
};

class Inflater {
 public:
  enum class Problem : uint8_t {
    kNone,
    kBroken,    // these octets are not DEFLATE
    kAfterEnd,  // something follows the block that says it is the last
  };

  /// Octets from the wire, in any pieces. They wait here until their text is asked for.
  void append(std::string_view compressed);
  /// The next of the text, at most `max` octets of it: less only when more input or nothing at all
  /// can give more.
  std::string take(size_t max);
  /// Passes over so much of the text.
  void skip(uint64_t octets);

  /// How much of the input has been needed for the text taken so far.
  [[nodiscard]] uint64_t consumed() const { return consumed_; }
  /// Octets that wait.
  [[nodiscard]] size_t waiting() const { return input_.size() - begin_; }
  [[nodiscard]] Problem problem() const { return problem_; }
  [[nodiscard]] uint64_t digest() const;

 private:
  struct Stream;

  /// Fills `to` as far as the input reaches.
  size_t run(char* to, size_t room);

  std::shared_ptr<Stream> stream_;  // null before the first use
  std::string input_;               // waiting from begin_ on
  size_t begin_ = 0;
  uint64_t consumed_ = 0;
  uint64_t given_ = 0;  // octets of text so far
  bool ended_ = false;  // the last block has been read
  Problem problem_ = Problem::kNone;
  uint64_t digest_ = 0;  // of everything appended so far
};

}  // namespace mailscope
