// Message: one mail, immutable and shared. Every mailbox, queue and device that holds "the same"
// mail holds a pointer to one of these, so copying a world copies no mail. Its facts (structure,
// decoded names) are found when first asked for and kept: they depend on the text alone. Flags,
// uids and dates of arrival are not here: they belong to the mailbox entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/wire/date.h"
#include "sim/wire/mime.h"

namespace mailscope {

class Message;
using MessagePtr = std::shared_ptr<const Message>;

/// A message of exactly these bytes. Lines should end with CRLF: see crlf_normalised().
MessagePtr make_message(std::string crlf_text);

/// `text` with every line ended by CRLF: a bare LF becomes CRLF; CRs before an LF are part of that
/// one line end (\r\r\n is a common accident of copying); a CR anywhere else is a line end of its
/// own. RFC 5321 §2.3.8 lets neither CR nor LF stand alone in mail.
std::string crlf_normalised(std::string_view text);

/// A text that a protocol makes of the message alone and is asked for again and again. It is kept
/// with the message, which need not know what it says.
enum class KeptText : uint8_t { kImapEnvelope, kCount };

/// Small: a mailbox of a million messages has a million of them, most of which nobody looks into.
/// What is found out later is in one block that is made when something is.
class Message {
 private:
  struct Key {};  // only make_message() may make one

 public:
  Message(Key, std::string text);
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  ~Message();

  [[nodiscard]] std::string_view text() const { return text_; }
  /// Octets, as SMTP's SIZE, POP3's LIST and IMAP's RFC822.SIZE count them.
  [[nodiscard]] size_t size() const { return text_.size(); }
  /// Two messages of the same bytes have the same digest.
  [[nodiscard]] uint64_t digest() const;
  [[nodiscard]] const MimePart& mime() const;
  /// Octets up to and with the blank line after the header. Does not need mime().
  [[nodiscard]] size_t header_size() const;

  /// For people, decoded to UTF-8, on one line; empty when the field is missing.
  [[nodiscard]] const std::string& subject() const;
  /// The same, but not kept with the message: for those who ask once of very many.
  [[nodiscard]] std::string passing_subject() const;
  /// The first author's name, or the address when there is no name; empty when there is neither.
  [[nodiscard]] const std::string& from() const;
  /// The Message-ID with its angle brackets; empty when missing.
  [[nodiscard]] const std::string& message_id() const;
  /// The Date field as parse_sent_date() reads it; nullopt when missing or without a day.
  [[nodiscard]] std::optional<DateTime> date() const;
  /// The best readable text of the body as UTF-8 with LF line ends, at most about `limit` bytes
  /// (cut at a character): the first text/plain part, else the first text/html without its tags,
  /// else empty.
  [[nodiscard]] std::string display_text(size_t limit = 64 * 1024) const;

  /// What `make` makes of this message; asked only the first time. `make` is always the same for
  /// the same `which`.
  const std::string& kept_text(KeptText which, std::string (*make)(const Message&)) const;

 private:
  friend MessagePtr make_message(std::string crlf_text);
  friend std::shared_ptr<const std::string> shared_text(const MessagePtr& message);

  struct Labels;
  struct Kept;
  [[nodiscard]] Kept& kept() const;
  [[nodiscard]] const Labels& labels() const;

  std::string text_;
  // Caches of pure functions of text_. The simulator has one thread.
  mutable std::unique_ptr<Kept> kept_;
};

/// The text itself for those who send it in pieces and must outlive the message.
std::shared_ptr<const std::string> shared_text(const MessagePtr& message);

}  // namespace mailscope
