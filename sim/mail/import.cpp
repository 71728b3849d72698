#include "sim/mail/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "sim/base/ascii.h"
#include "sim/mail/mbox.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxFolderDepth = 64;

/// Collects messages, or stops at the first error.
class Importer {
 public:
  explicit Importer(const ImportLimits& limits) : limits_(limits) {}

  Result<std::vector<ImportedMessage>> run(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) {
      const bool maildir =
          fs::is_directory(path / "cur", error) || fs::is_directory(path / "new", error);
      maildir ? import_maildir(path) : import_folder(path);
    } else if (fs::is_regular_file(status)) {
      import_file(path);
    } else if (fs::exists(status)) {
      fail(path, "is neither a file nor a folder");
    } else {
      fail(path,
           "cannot be found; expected an mbox file, a Maildir, an .eml file or a folder of them");
    }
    if (!error_.empty()) return Error{error_};
    return std::move(messages_);
  }

 private:
  bool fail(const fs::path& path, std::string_view what) {
    if (error_.empty()) error_ = fmt::format("{} {}.", path.generic_string(), what);
    return false;
  }

  void import_maildir(const fs::path& path) {
    // Mail in new/ has not been looked at by any program: it comes last, as the youngest.
    for (const char* name : {"cur", "new"}) {
      for (const fs::path& file : files_in(path / name)) {
        std::string text;
        if (!read(file, limits_.message_bytes, text)) return;
        if (!add(file, text, flags_from_maildir_name(file.filename().string()), {}, 0)) return;
      }
    }
  }

  /// Regular files of one folder in the order of their names, without hidden ones.
  std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::directory_iterator it(folder, error);
    for (; !error && it != fs::directory_iterator(); it.increment(error)) {
      std::error_code ignored;
      const bool hidden = it->path().filename().string().substr(0, 1) == ".";
      if (!hidden && it->is_regular_file(ignored)) files.push_back(it->path());
      if (files.size() > limits_.messages) break;
    }
    // A Maildir may lack one of its two folders; one that cannot be read is another matter.
    if (error && error != std::errc::no_such_file_or_directory) {
      fail(folder, "cannot be read: " + error.message());
      return {};
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  void import_folder(const fs::path& path) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator it(path, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      if (it.depth() >= kMaxFolderDepth) it.disable_recursion_pending();
      std::error_code ignored;
      const bool eml = ascii_lower(it->path().extension().string()) == ".eml";
      if (eml && it->is_regular_file(ignored)) files.push_back(it->path());
      if (files.size() > limits_.messages) break;
    }
    if (error) {
      fail(path, "cannot be read: " + error.message());
      return;
    }
    if (files.empty()) {
      fail(path, "holds no mail; expected .eml files in it, or cur and new as a Maildir has");
      return;
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      std::string text;
      if (!read(file, limits_.message_bytes, text) || !add_eml(file, text)) return;
    }
  }

  void import_file(const fs::path& path) {
    std::string text;
    if (!read(path, limits_.total_bytes, text)) return;
    if (looks_like_mbox(text)) {
      import_mbox(path, text);
    } else if (ascii_lower(path.extension().string()) == ".mbox") {
      fail(path, "is no mbox file; expected its first line to begin with \"From \"");
    } else {
      add_eml(path, text);
    }
  }

  void import_mbox(const fs::path& path, std::string_view text) {
    const size_t most = static_cast<size_t>(limits_.messages) + 1;
    uint64_t number = 0;
    for (const MboxEntry& entry : split_mbox(text, most)) {
      ++number;
      const std::string message = message_text_from_mbox(entry.content.of(text));
      if (message.empty()) continue;
      if (!add(path, message, flags_from_status_fields(message), entry.stored, number)) return;
    }
  }

  /// One message alone must show that it is one; in an mbox or Maildir its place says so.
  bool add_eml(const fs::path& path, std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.substr(0, 3) == kByteOrderMark) text.remove_prefix(3);
    size_t position = 0;
    bool has_field = false;
    while (const auto field = next_field(text, position)) {
      has_field = has_field || !field->name.empty();
      if (has_field) break;
    }
    if (!has_field) {
      return fail(path,
                  "is no mail message; expected header fields such as \"From: name@example.com\"");
    }
    return add(path, text, {}, {}, 0);
  }

  bool add(const fs::path& path, std::string_view text, std::string flags,
           std::optional<DateTime> stored, uint64_t number) {
    const std::string source =
        number == 0 ? path.generic_string() : fmt::format("{}#{}", path.generic_string(), number);
    std::string normalised = crlf_normalised(text);
    total_ += normalised.size();
    if (messages_.size() >= limits_.messages) {
      return fail(source,
                  fmt::format("is one message too many; expected at most {}", limits_.messages));
    }
    if (normalised.size() > limits_.message_bytes) {
      return fail(source, fmt::format("is too large; expected at most {} bytes a message",
                                      limits_.message_bytes));
    }
    if (total_ > limits_.total_bytes) {
      return fail(source, fmt::format("makes the mail too large; expected at most {} bytes in all",
                                      limits_.total_bytes));
    }
    messages_.push_back({make_message(std::move(normalised)), std::move(flags), stored, source});
    return true;
  }

  bool read(const fs::path& path, uint64_t limit, std::string& text) {
    std::error_code error;
    const uint64_t size = fs::file_size(path, error);
    if (error) return fail(path, "cannot be read: " + error.message());
    if (size > limit) {
      return fail(path, fmt::format("is too large; expected at most {} bytes", limit));
    }
    std::ifstream in(path, std::ios::binary);
    text.resize(static_cast<size_t>(size));
    in.read(text.data(), static_cast<std::streamsize>(size));
    // A file that shrank meanwhile is taken as it is now.
    text.resize(static_cast<size_t>(in.gcount()));
    return in.bad() || !in.is_open() ? fail(path, "cannot be read") : true;
  }

  ImportLimits limits_;
  uint64_t total_ = 0;
  std::vector<ImportedMessage> messages_;
  std::string error_;
};

}  // namespace

Result<std::vector<ImportedMessage>> import_mail(const std::string& path,
                                                 const ImportLimits& limits) {
  return Importer(limits).run(fs::path(path));
}

std::string flags_from_maildir_name(std::string_view name) {
  size_t info = name.rfind(":2,");
  if (info == std::string_view::npos) info = name.rfind(";2,");  // where ":" cannot be in a name
  if (info == std::string_view::npos) return {};
  std::string flags;
  for (const char c : name.substr(info + 3)) {
    if (c == ',') break;
    if (std::string_view("DFPRST").find(c) != std::string_view::npos) flags += c;
  }
  std::sort(flags.begin(), flags.end());
  flags.erase(std::unique(flags.begin(), flags.end()), flags.end());
  return flags;
}

}  // namespace mailscope
