// ENVELOPE: RFC 3501 §7.4.2. The header's own words, parsed but not decoded (RFC 2047 is the
// client's).
#include <array>

#include "sim/base/ascii.h"
#include "sim/imap/fact_text.h"
#include "sim/imap/message_facts.h"
#include "sim/wire/address.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

enum AddressField { kFrom, kSender, kReplyTo, kTo, kCc, kBcc, kAddressFields };
constexpr std::array<std::string_view, kAddressFields> kAddressNames = {
    "From", "Sender", "Reply-To", "To", "Cc", "Bcc"};

struct EnvelopeFields {
  std::optional<std::string> date;
  std::optional<std::string> subject;
  std::optional<std::string> in_reply_to;
  std::optional<std::string> message_id;
  std::array<std::vector<Address>, kAddressFields> addresses;
};

EnvelopeFields read_fields(std::string_view text) {
  EnvelopeFields fields;
  size_t position = 0;
  while (const auto field = next_field(text, position)) {
    const std::string_view name = field->name.of(text);
    const std::string_view value = field->value.of(text);
    const auto keep_text = [&](std::optional<std::string>& target) {
      if (!target) target = std::string(trimmed(unfolded(value)));
    };
    if (equals_ignoring_case(name, "Date")) keep_text(fields.date);
    if (equals_ignoring_case(name, "Subject")) keep_text(fields.subject);
    if (equals_ignoring_case(name, "In-Reply-To")) keep_text(fields.in_reply_to);
    if (equals_ignoring_case(name, "Message-ID")) keep_text(fields.message_id);
    for (size_t i = 0; i < kAddressNames.size(); ++i) {
      if (!equals_ignoring_case(name, kAddressNames[i])) continue;
      // Fields that stand twice are one list: nobody can hide a second From behind a first one.
      std::vector<Address>& list = fields.addresses[i];
      if (list.size() >= kMaxAddresses) continue;
      for (Address& address : parse_addresses(value)) list.push_back(std::move(address));
    }
  }
  return fields;
}

void append_nonempty(std::string& out, const std::string& text) {
  append_fact_nstring(out, text.empty() ? std::nullopt : std::optional<std::string>(text));
}

/// (name route mailbox host).
void append_address(std::string& out, const Address& address) {
  switch (address.kind) {
    case Address::Kind::kMailbox:
      out += '(';
      append_nonempty(out, address.name);
      out += ' ';
      append_nonempty(out, address.route);
      out += ' ';
      append_fact_string(out, envelope_mailbox(address));
      out += ' ';
      append_fact_string(out, envelope_host(address));
      out += ')';
      break;
    case Address::Kind::kGroupStart:
      out += "(NIL NIL ";
      append_fact_string(out, address.name);
      out += " NIL)";
      break;
    case Address::Kind::kGroupEnd:
      out += "(NIL NIL NIL NIL)";
      break;
  }
}

void append_address_list(std::string& out, const std::vector<Address>& list) {
  if (list.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const Address& address : list) append_address(out, address);
  out += ')';
}

}  // namespace

std::string_view envelope_mailbox(const Address& address) {
  if (address.kind != Address::Kind::kMailbox) return address.name;
  return address.mailbox.empty() ? std::string_view("MISSING_MAILBOX") : address.mailbox;
}

std::string_view envelope_host(const Address& address) {
  return address.host.empty() ? std::string_view("MISSING_DOMAIN") : address.host;
}

std::string encode_envelope(std::string_view text) {
  EnvelopeFields fields = read_fields(text);
  // "The server MUST default the corresponding member of the envelope from the from field."
  for (const AddressField field : {kSender, kReplyTo}) {
    if (fields.addresses[field].empty()) fields.addresses[field] = fields.addresses[kFrom];
  }
  std::string out = "(";
  append_fact_nstring(out, fields.date);
  out += ' ';
  append_fact_nstring(out, fields.subject);
  for (const std::vector<Address>& list : fields.addresses) {
    out += ' ';
    append_address_list(out, list);
  }
  out += ' ';
  append_fact_nstring(out, fields.in_reply_to);
  out += ' ';
  append_fact_nstring(out, fields.message_id);
  out += ')';
  return out;
}

const std::string& encode_envelope(const Message& message) {
  return message.kept_text(KeptText::kImapEnvelope,
                           [](const Message& one) { return encode_envelope(one.text()); });
}

}  // namespace mailscope
