#include "sim/mail/import.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace mailscope;
namespace fs = std::filesystem;

namespace {

/// A folder of its own under the test program's, emptied before and after.
class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_(fs::temp_directory_path() / ("mailscope_import_test_" + name)) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string error_of(const std::string& path, const ImportLimits& limits = {}) {
  const auto result = import_mail(path, limits);
  return result.ok() ? "" : result.error();
}

}  // namespace

TEST_CASE("import: an .eml file") {
  const Folder folder("eml");
  const auto result = import_mail(folder.write("a.eml", "\xEF\xBB\xBFSubject: hi\n\nbody\n"));
  REQUIRE(result.ok());
  REQUIRE_EQ(result.value().size(), 1);
  CHECK_EQ(result.value()[0].message->text(), "Subject: hi\r\n\r\nbody\r\n");
  CHECK_EQ(result.value()[0].flags, "");
}

TEST_CASE("import: an mbox, whatever its name") {
  const Folder folder("mbox");
  const auto result =
      import_mail(folder.write("Inbox",
                               "From a Sat Jan  3 01:05:34 1996\nStatus: R\n\none\n\n"
                               "From a Sat Jan  3 01:05:34 1996\nSubject: x\n\ntwo\n"));
  REQUIRE(result.ok());
  REQUIRE_EQ(result.value().size(), 2);
  CHECK_EQ(result.value()[0].flags, "S");
  CHECK(result.value()[1].stored.has_value());
  CHECK_EQ(result.value()[1].source, folder.path() + "/Inbox#2");
}

TEST_CASE("import: a Maildir, cur before new, with flags") {
  const Folder folder("maildir");
  folder.write("new/3.host", "Subject: c\n\n");
  folder.write("cur/2.host:2,S", "Subject: b\n\n");
  folder.write("cur/1.host:2,SFa", "Subject: a\n\n");
  folder.write("cur/.hidden", "Subject: no\n\n");
  folder.write("tmp/4.host", "Subject: no\n\n");
  const auto result = import_mail(folder.path());
  REQUIRE(result.ok());
  std::string shown;
  for (const auto& mail : result.value()) shown += mail.message->subject() + '[' + mail.flags + ']';
  CHECK_EQ(shown, "a[FS]b[S]c[]");
  CHECK_EQ(flags_from_maildir_name("1;2,RR"), "R");
  CHECK_EQ(flags_from_maildir_name("1.host"), "");
}

TEST_CASE("import: a folder of .eml files in the order of their paths") {
  const Folder folder("folder");
  folder.write("b/2.eml", "Subject: two\n\n");
  folder.write("a/1.EML", "Subject: one\n\n");
  folder.write("c.txt", "not mail");
  folder.write("d.eml", "Subject: three\n\n");
  const auto result = import_mail(folder.path());
  REQUIRE(result.ok());
  std::string shown;
  for (const auto& mail : result.value()) shown += mail.message->subject() + ' ';
  CHECK_EQ(shown, "one two three ");
}

TEST_CASE("import: one clear error, naming the file") {
  const Folder folder("errors");
  CHECK_EQ(error_of(folder.path() + "/none"),
           folder.path() +
               "/none cannot be found; expected an mbox file, a Maildir, an .eml file or a folder "
               "of them.");
  CHECK_EQ(error_of(folder.path()),
           folder.path() +
               " holds no mail; expected .eml files in it, or cur and new as a Maildir has.");
  const std::string noise = folder.write("noise.eml", std::string("\0\x01\xFF\n\n\x80", 6));
  CHECK_EQ(error_of(noise), noise +
                                " is no mail message; expected header fields such as \"From: "
                                "name@example.com\".");
  CHECK_EQ(error_of(folder.path()), error_of(noise));
  const std::string mbox = folder.write("x.mbox", "Subject: x\n\n");
  CHECK_EQ(error_of(mbox),
           mbox + " is no mbox file; expected its first line to begin with \"From \".");
}

TEST_CASE("import: limits") {
  const Folder folder("limits");
  const std::string eml = folder.write("a.eml", "Subject: hi\n\nbody\n");
  ImportLimits small;
  small.message_bytes = 10;
  CHECK_EQ(error_of(folder.path(), small), eml + " is too large; expected at most 10 bytes.");
  const std::string mbox =
      folder.write("m", "From a\nA: b\n\nFrom a Sat Jan  3 01:05:34 1996\nA: long enough\n");
  CHECK_EQ(error_of(mbox, small), mbox + "#2 is too large; expected at most 10 bytes a message.");
  ImportLimits one;
  one.messages = 1;
  CHECK_EQ(error_of(mbox, one), mbox + "#2 is one message too many; expected at most 1.");
  ImportLimits total;
  total.total_bytes = 20;
  CHECK_EQ(error_of(mbox, total), mbox + " is too large; expected at most 20 bytes.");
}
