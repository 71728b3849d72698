// What the data and the codes of IMAP responses mean, for a client: LIST with its extended data
// (RFC 9051 §7.3.1), ESEARCH (RFC 4731 §3.2, RFC 5267 §4.3, RFC 9394 §3.1), VANISHED (RFC 7162
// §3.2.10), NAMESPACE (RFC 9051 §6.3.10), QUOTA (RFC 9208 §4.2.1), and the codes of UIDPLUS (RFC
// 4315 §3), CONDSTORE (RFC 7162 §3.1) and PERMANENTFLAGS. Each gives nothing when the response is
// another or not of its form. STATUS, FETCH and ID are lists of pairs: Value::after() reads them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/wire/imap_response.h"

namespace mailscope::imap {

struct ListData {
  std::vector<std::string> attributes;  // "\HasChildren", as written
  std::string delimiter;                // empty for NIL: there is no hierarchy
  std::string mailbox;
  std::optional<std::string> old_name;  // OLDNAME (RFC 9051 §6.3.9.7)
  std::vector<std::string> child_info;  // CHILDINFO: "SUBSCRIBED"
};
/// LIST and LSUB.
std::optional<ListData> list_data(const Response& response);

struct EsearchData {
  std::string tag;  // of the command that it answers; empty without
  bool uid = false;
  std::optional<uint32_t> min;
  std::optional<uint32_t> max;
  std::optional<uint32_t> count;
  std::optional<uint64_t> modseq;
  std::string all;      // a sequence set; empty without, when nothing was found
  std::string window;   // of PARTIAL, as it was asked for: "1:100"
  std::string partial;  // the sequence set in it; empty for NIL
  /// ADDTO and REMOVEFROM: which numbers, and before which place they go, or from which they went.
  struct Change {
    bool added = true;
    uint32_t position = 0;
    std::string numbers;
  };
  std::vector<Change> changes;
};
std::optional<EsearchData> esearch_data(const Response& response);

struct VanishedData {
  bool earlier = false;
  std::string uids;  // a sequence set: numbers_in()
};
std::optional<VanishedData> vanished_data(const Response& response);

struct Namespace {
  std::string prefix;
  std::string delimiter;  // empty for NIL
};
struct NamespaceData {
  std::vector<Namespace> personal;
  std::vector<Namespace> other_users;
  std::vector<Namespace> shared;
};
std::optional<NamespaceData> namespace_data(const Response& response);

struct QuotaData {
  struct Resource {
    std::string name;
    uint64_t usage = 0;
    uint64_t limit = 0;
  };
  std::string root;
  std::vector<Resource> resources;
};
std::optional<QuotaData> quota_data(const Response& response);

/// COPYUID: the UID from[i] is to[i] in the other mailbox. None when there are more than `limit`.
struct CopyUid {
  uint32_t uid_validity = 0;
  std::vector<uint32_t> from;
  std::vector<uint32_t> to;
};
std::optional<CopyUid> code_copyuid(std::string_view code, size_t limit);

/// APPENDUID: one UID, or with MULTIAPPEND as many as there were messages.
struct AppendUid {
  uint32_t uid_validity = 0;
  std::vector<uint32_t> uids;
};
std::optional<AppendUid> code_appenduid(std::string_view code, size_t limit);

/// MODIFIED: which messages a conditional STORE left alone (RFC 7162 §3.1.3); a sequence set.
std::optional<std::string> code_modified(std::string_view code);
/// PERMANENTFLAGS, "\*" included.
std::optional<std::vector<std::string>> code_permanent_flags(std::string_view code);

}  // namespace mailscope::imap
