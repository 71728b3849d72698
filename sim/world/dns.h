// The simulated DNS: its records, questions and answers. Who asks, and what the network does to
// the datagrams, is in world_dns.cpp. RFC 1035 §3.3.9 (MX), §3.4.1 (A), RFC 2308 §2 (the two ways
// of saying no), RFC 7505 (null MX).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/ids.h"

namespace mailscope {

/// An A record's value is the host's short name: hosts have no numeric addresses here. An MX
/// record's is a domain name, or "." with preference 0: this domain takes no mail (RFC 7505 §3).
struct DnsRecord {
  enum class Type : uint8_t { kA, kMx };
  std::string name;
  Type type = Type::kA;
  uint16_t preference = 0;
  std::string value;
};

struct DnsAnswer {
  enum class Kind : uint8_t {
    kRecords,  // at least one
    kNoData,   // the name exists, but has no record of this type
    kNoName,   // NXDOMAIN: there is no such name
    kSilence,  // nobody answered
  };
  Kind kind = Kind::kSilence;
  std::vector<DnsRecord> records;  // lowest preference first
};

/// A question to the DNS and who wants the answer.
struct DnsQuestion {
  enum class Purpose : uint8_t { kCollect, kHandIn, kRelayMx, kRelayAddress };
  std::string name;
  DnsRecord::Type type = DnsRecord::Type::kA;
  HostId asker;
  Purpose purpose = Purpose::kCollect;
  uint32_t index = 0;  // device, or relay job
  uint32_t tries = 0;
  bool answered = false;
  DnsAnswer answer = {};  // once the DNS has said it; it may still be on its way
};

/// "MX 10 mail.example.net", "A net-server"
std::string dns_record_text(const DnsRecord& record);
/// "MX example.net?"
std::string dns_question_text(const DnsQuestion& question);
/// "example.net MX 10 mail.example.net", "example.net: no such record", "example.nt: no such name".
std::string dns_answer_text(const DnsQuestion& question);

}  // namespace mailscope
