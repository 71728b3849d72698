// Import of a person's own mail: an mbox file, a Maildir, an .eml file, or a folder of .eml files.
// One of the few readers of files. Bounded, in a fixed order, and every failure is one sentence
// that names the file and what was expected. Splitting an mbox is in mbox.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"
#include "sim/mail/message.h"
#include "sim/wire/date.h"

namespace mailscope {

struct ImportedMessage {
  MessagePtr message;  // lines ended by CRLF
  std::string flags;   // Maildir letters in ASCII order: D draft, F flagged, P passed on,
                       // R replied, S seen, T trashed
  std::optional<DateTime> stored;  // when it arrived, if the source says so
  std::string source;              // the file, with "#3" for the third message of an mbox
};

struct ImportLimits {
  uint64_t message_bytes = uint64_t{64} << 20;
  uint64_t total_bytes = uint64_t{1} << 30;
  uint64_t messages = 100000;
};

/// Everything at `path`. An mbox is any file that begins with "From "; a Maildir is a folder with
/// cur or new inside (its subfolders are mailboxes of their own and not read); any other folder is
/// searched for .eml files, subfolders included, in the order of their paths.
Result<std::vector<ImportedMessage>> import_mail(const std::string& path,
                                                 const ImportLimits& limits = {});

/// The flag letters of a Maildir file name, "1700000000.M1P2.host:2,FS" gives "FS". Lower-case
/// letters are a server's own keywords and left out.
std::string flags_from_maildir_name(std::string_view name);

}  // namespace mailscope
