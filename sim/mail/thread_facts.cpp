#include "sim/mail/thread_facts.h"

#include <utility>

#include "sim/mail/base_subject.h"
#include "sim/wire/casemap.h"
#include "sim/wire/header.h"
#include "sim/wire/message_id.h"

namespace mailscope {
namespace {

std::vector<std::string> field_ids(std::string_view text, std::string_view name, size_t limit) {
  const auto field = find_field(text, name);
  return field ? parse_message_ids(field->value.of(text), limit) : std::vector<std::string>();
}

}  // namespace

std::vector<std::string> message_references(std::string_view text) {
  std::vector<std::string> references = field_ids(text, "References", kMaxMessageIds);
  // Only the first: people write other things there, addresses among them.
  return references.empty() ? field_ids(text, "In-Reply-To", 1) : references;
}

ThreadFacts thread_facts(std::string_view text) {
  ThreadFacts facts;
  std::vector<std::string> ids = field_ids(text, "Message-ID", 1);
  if (!ids.empty()) facts.id = std::move(ids.front());
  facts.references = message_references(text);
  if (const auto subject = find_field(text, "Subject")) {
    const BaseSubject base = base_subject(subject->value.of(text));
    facts.subject = casemap(base.text);
    facts.is_reply_or_forward = base.is_reply_or_forward;
  }
  return facts;
}

}  // namespace mailscope
