// Real and broken mail, read whole: what must hold for any message at all. The corpus is not part
// of the repository; without it this test says so and passes.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "sim/mail/import.h"
#include "sim/wire/charset.h"
#include "sim/wire/header.h"

using namespace mailscope;

namespace {

/// Spans lie inside each other in order, and lines are counted as they are.
void check_part(const MimePart& part, std::string_view text, size_t begin, size_t end) {
  REQUIRE_LE(begin, part.header.begin);
  REQUIRE_LE(part.header.begin, part.header.end);
  REQUIRE_EQ(part.header.end, part.body.begin);
  REQUIRE_LE(part.body.begin, part.body.end);
  REQUIRE_LE(part.body.end, end);
  const std::string_view body = part.body.of(text);
  REQUIRE_EQ(part.body_lines, static_cast<size_t>(std::count(body.begin(), body.end(), '\n')));
  size_t at = part.body.begin;
  for (const MimePart& child : part.parts) {
    check_part(child, text, at, part.body.end);
    at = child.body.end;
  }
  if (part.kind == MimePart::Kind::kLeaf) REQUIRE(part.parts.empty());
  if (part.kind == MimePart::Kind::kMessage) {
    REQUIRE_EQ(part.parts.size(), 1);
    REQUIRE_EQ(part.parts[0].header.begin, part.body.begin);
    REQUIRE_EQ(part.parts[0].body.end, part.body.end);
  }
}

}  // namespace

TEST_CASE("corpus: every real message is read") {
  const std::string path = std::string(MAILSCOPE_SOURCE_DIR) + "/../shared/data/eml";
  if (!std::filesystem::exists(path)) {
    MESSAGE("no corpus at " << path);
    return;
  }
  const auto result = import_mail(path);
  REQUIRE_MESSAGE(result.ok(), (result.ok() ? std::string() : result.error()));
  CHECK_GE(result.value().size(), 100);
  for (const ImportedMessage& mail : result.value()) {
    CAPTURE(mail.source);
    const Message& message = *mail.message;
    const std::string_view text = message.text();
    const MimePart& root = message.mime();
    check_part(root, text, 0, text.size());
    CHECK_EQ(std::string(root.header.of(text)) + std::string(root.body.of(text)), text);
    std::string header;
    for (const HeaderField& field : parse_header(text).fields) header += field.whole.of(text);
    CHECK_EQ(header, text.substr(0, header.size()));
    CHECK_GE(header.size() + 2, root.header.size());
    CHECK(valid_utf8(message.subject()));
    CHECK(valid_utf8(message.from()));
    CHECK(valid_utf8(message.display_text()));
    CHECK_LE(message.display_text(100).size(), 100);
    CHECK_EQ(crlf_normalised(text), text);
  }
}
