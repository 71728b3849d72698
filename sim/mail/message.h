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
#include <utility>

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

class Message {
 public:
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  [[nodiscard]] std::string_view text() const { return *text_; }
  /// The text itself for those who send it in pieces and must outlive the message.
  [[nodiscard]] std::shared_ptr<const std::string> shared_text() const { return text_; }
  /// Octets, as SMTP's SIZE, POP3's LIST and IMAP's RFC822.SIZE count them.
  [[nodiscard]] size_t size() const { return text_->size(); }
  /// Two messages of the same bytes have the same digest.
  [[nodiscard]] uint64_t digest() const;
  [[nodiscard]] const MimePart& mime() const;
  /// Octets up to and with the blank line after the header.
  [[nodiscard]] size_t header_size() const { return mime().header.end; }

  /// For people, decoded to UTF-8, on one line; empty when the field is missing.
  [[nodiscard]] const std::string& subject() const;
  /// The first author's name, or the address when there is no name; empty when there is neither.
  [[nodiscard]] const std::string& from() const;
  /// The Message-ID with its angle brackets; empty when missing.
  [[nodiscard]] const std::string& message_id() const;
  /// The Date field; nullopt when missing or malformed.
  [[nodiscard]] std::optional<DateTime> date() const;
  /// The best readable text of the body as UTF-8 with LF line ends, at most about `limit` bytes
  /// (cut at a character): the first text/plain part, else the first text/html without its tags,
  /// else empty.
  [[nodiscard]] std::string display_text(size_t limit = 64 * 1024) const;

 private:
  friend MessagePtr make_message(std::string crlf_text);
  explicit Message(std::string text)
      : text_(std::make_shared<const std::string>(std::move(text))) {}

  struct Labels {
    std::string subject;
    std::string from;
    std::string message_id;
    std::optional<DateTime> date;
  };
  [[nodiscard]] const Labels& labels() const;

  std::shared_ptr<const std::string> text_;
  // Caches of pure functions of text_. The simulator has one thread.
  mutable std::optional<uint64_t> digest_;
  mutable std::optional<MimePart> mime_;
  mutable std::optional<Labels> labels_;
};

}  // namespace mailscope
