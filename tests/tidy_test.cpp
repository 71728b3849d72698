// The house rules that CMake's link visibility cannot enforce: who may include what, what the model
// must not use, and how a file is set. The table is that of ARCHITECTURE.md; each finding is shown
// as file:line: what. Text is read as text: comments are cut off before code is judged.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct SourceFile {
  std::string path;                // from the source tree, with '/'
  std::vector<std::string> lines;  // as written
  std::vector<std::string> code;   // without comments and the insides of strings
};

/// One row of the table: files whose path begins with one of `folders` must not match `pattern`,
/// unless the path begins with one of `except`.
struct Rule {
  std::vector<std::string> folders;
  std::vector<std::string> except;
  std::string pattern;
  std::string what;
  bool in_strings = false;  // looks at the line as written, comments and strings included
};

/// The only files of sim/ outside live and cli that may open files.
const std::vector<std::string> kFileReaders = {
    "sim/live/",
    "sim/cli/",
    "sim/capture/",
    "sim/mail/import.cpp",
    "sim/explain/catalog.cpp",
    "sim/lesson/lesson_file.cpp",
    "sim/lesson/lesson_draft.cpp",  // paths of mail files, for messages
};

/// What a world is made of: everything that counts towards its digest.
const std::vector<std::string> kStateFolders = {
    "sim/base/", "sim/wire/", "sim/mail/", "sim/trace/", "sim/agent/", "sim/sasl/",
    "sim/smtp/", "sim/pop3/", "sim/imap/", "sim/net/",   "sim/world/"};

const char* const kGraphics = R"(#include\s*[<"](GLFW/|GL/|GLES|EGL/|epoxy/))";
const char* const kImGui = R"(#include\s*[<"](imgui|viz/style/(imgui_theme|fonts)\.h|viz/panels/))";

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {{"sim/"}, {}, R"(#include\s*"viz/)", "sim never includes viz"},
      {{"sim/"},
       {"sim/live/", "sim/cli/"},
       R"(#include\s*<(sys/|netinet/|arpa/|netdb|poll\.h|unistd\.h|fcntl\.h|termios))",
       "sockets belong to sim/live"},
      {{"sim/"},
       {"sim/live/", "sim/cli/"},
       R"(#include\s*<(thread|mutex|atomic|condition_variable|future|shared_mutex|pthread\.h)>)",
       "threads belong to sim/live"},
      {{"sim/"},
       {"sim/live/", "sim/cli/"},
       R"(#include\s*<(chrono|ctime|time\.h)>|\bstd::chrono\b|\bgettimeofday\b|\bclock_gettime\b)",
       "no wall clock in the model"},
      {{"sim/"},
       {},
       R"(#include\s*<random>|\bstd::\w+_distribution\b|\bstd::shuffle\b|\bs?rand\s*\()",
       "random numbers come from sim/base/rng.h"},
      {{"sim/"}, {"sim/cli/"}, R"(\bstd::hash\b|\bunordered_(map|set|multi))",
       "std::hash and unordered containers differ between platforms"},
      {{"sim/"},
       kFileReaders,
       R"(#include\s*<(fstream|filesystem)>|\bf(open|read|write|gets)\s*\(|\bfreopen\b)",
       "files are read only by the readers named in tidy_test.cpp"},
      {{"sim/"},
       {"sim/live/", "sim/cli/"},
       R"(#include\s*<(iostream|cstdio|stdio\.h)>)",
       "the model prints nothing"},
      {kStateFolders, {}, R"(\b(float|double)\b)", "no floating point in time or state"},
      {{"sim/wire/"}, {}, R"(#include\s*"sim/(trace/|mail/|base/time\.h))",
       "wire never includes trace, mail or time"},
      {{"sim/smtp/"}, {}, R"(#include\s*"sim/(pop3|imap|net|world|live)/)", "smtp stands alone"},
      {{"sim/pop3/"}, {}, R"(#include\s*"sim/(smtp|imap|net|world|live)/)", "pop3 stands alone"},
      {{"sim/imap/"}, {}, R"(#include\s*"sim/(smtp|pop3|net|world|live)/)", "imap stands alone"},
      {{"viz/scene/", "viz/moment/", "viz/state/"}, {}, kGraphics, "scenes know no graphics"},
      {{"viz/scene/", "viz/moment/", "viz/state/"}, {}, kImGui, "scenes know no Dear ImGui"},
      {{"viz/panels/", "viz/style/", "viz/app/"}, {}, kGraphics, "only viz/platform sees OpenGL"},
      {{"viz/panels/"}, {}, R"(\bconst_cast\b|\bhistory\(\)\s*\.\s*(fork|run_until|switch_to)\b)",
       "panels change nothing: they return intents"},
      {{"sim/", "viz/", "tests/"}, {"tests/tidy_test.cpp"},
       R"((/home/|/root/|/Users/|C:\\\\Users)[A-Za-z])", "no path of somebody's own machine", true},
      {{"viz/panels/"}, {}, R"((^|[^ ]|[^t] |[^s]t )\b(World|History)\s*[&*])",
       "panels see World and History as const"},
  };
  return all;
}

bool begins_with_any(const std::string& path, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    return path.compare(0, folder.size(), folder) == 0;
  });
}

/// The line without comments and without what stands in double quotes; an #include keeps its name.
/// Simplified: block comments and raw strings of several lines are not followed; the house uses
/// neither for code.
std::string code_of(const std::string& line) {
  const size_t start = line.find_first_not_of(' ');
  if (start == std::string::npos) return {};
  if (line.compare(start, 8, "#include") == 0) return line.substr(0, line.find("//"));
  std::string code;
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"' && (i == 0 || line[i - 1] != '\'')) quoted = true;
    if (c == '/' && i + 1 < line.size() && line[i + 1] == '/') break;
    code += c;
  }
  return code;
}

/// Columns as an editor counts them: code points.
size_t columns(std::string_view line) {
  return static_cast<size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

SourceFile read_source(const fs::path& root, const fs::path& path) {
  SourceFile file;
  file.path = fs::relative(path, root).generic_string();
  std::ifstream in(path, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    file.code.push_back(code_of(line));
    file.lines.push_back(std::move(line));
  }
  return file;
}

const std::vector<SourceFile>& sources() {
  static const std::vector<SourceFile> files = [] {
    std::vector<SourceFile> found;
    const fs::path root = MAILSCOPE_SOURCE_DIR;
    for (const char* folder : {"sim", "viz", "tests"}) {
      for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".h" || extension == ".cpp") {
          found.push_back(read_source(root, entry.path()));
        }
      }
    }
    std::sort(found.begin(), found.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return found;
  }();
  return files;
}

std::string finding(const SourceFile& file, size_t line, const std::string& what) {
  return file.path + ":" + std::to_string(line + 1) + ": " + what + "\n";
}

std::string broken_by(const Rule& rule, const SourceFile& file) {
  if (!begins_with_any(file.path, rule.folders) || begins_with_any(file.path, rule.except)) {
    return {};
  }
  const std::regex pattern(rule.pattern);
  std::string found;
  const std::vector<std::string>& lines = rule.in_strings ? file.lines : file.code;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (std::regex_search(lines[i], pattern)) found += finding(file, i, rule.what);
  }
  return found;
}

bool is_header(const SourceFile& file) {
  return file.path.size() > 2 && file.path.compare(file.path.size() - 2, 2, ".h") == 0;
}

/// A made-up file, for testing the rules themselves.
SourceFile sample(const std::string& path, const std::string& line) {
  return {path, {line}, {code_of(line)}};
}

size_t rules_broken(const SourceFile& file) {
  return static_cast<size_t>(
      std::count_if(rules().begin(), rules().end(),
                    [&](const Rule& rule) { return !broken_by(rule, file).empty(); }));
}

}  // namespace

TEST_CASE("the source tree is where it should be") {
  REQUIRE(sources().size() > 100);
  for (const std::string& reader : kFileReaders) {
    if (reader.back() == '/') continue;
    CAPTURE(reader);
    CHECK(std::any_of(sources().begin(), sources().end(),
                      [&](const SourceFile& file) { return file.path == reader; }));
  }
}

TEST_CASE("no file includes or uses what its folder must not") {
  std::string found;
  for (const Rule& rule : rules()) {
    for (const SourceFile& file : sources()) {
      // check.cpp writes why the program stops; nothing else of the model prints.
      if (file.path == "sim/base/check.cpp" && rule.what == "the model prints nothing") continue;
      found += broken_by(rule, file);
    }
  }
  CHECK_MESSAGE(found.empty(), found);
}

TEST_CASE("every header begins with a comment, then #pragma once") {
  std::string found;
  for (const SourceFile& file : sources()) {
    if (!is_header(file)) continue;
    if (file.lines.empty() || file.lines[0].compare(0, 3, "// ") != 0) {
      found += finding(file, 0, "says first what it is for");
      continue;
    }
    const auto code = std::find_if(file.code.begin(), file.code.end(), [](const std::string& line) {
      return line.find_first_not_of(" \r") != std::string::npos;
    });
    if (code == file.code.end() || *code != "#pragma once") {
      found += finding(file, 0, "has no #pragma once before its code");
    }
  }
  CHECK_MESSAGE(found.empty(), found);
}

TEST_CASE("lines end at column 100, without tabs and blanks at the end, and files near 300 lines") {
  std::string found;
  for (const SourceFile& file : sources()) {
    if (file.lines.size() > 600) found += finding(file, 600, "more than 600 lines");
    if (file.path.compare(0, 6, "tests/") == 0) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      if (columns(line) > 100) {
        found += finding(file, i, std::to_string(columns(line)) + " columns");
      }
      if (line.find('\t') != std::string::npos) found += finding(file, i, "a tab");
      if (!line.empty() && (line.back() == ' ' || line.back() == '\r')) {
        found += finding(file, i, "blanks at the end");
      }
    }
  }
  CHECK_MESSAGE(found.empty(), found);
}

TEST_CASE("a deliberate break of each rule is found") {
  CHECK(rules_broken(sample("sim/world/a.cpp", "#include \"viz/app/app.h\"")) == 1);
  CHECK(rules_broken(sample("sim/world/a.cpp", "#include <sys/socket.h>")) == 1);
  CHECK(rules_broken(sample("sim/net/a.cpp", "#include <thread>")) == 1);
  CHECK(rules_broken(sample("sim/net/a.cpp", "#include <chrono>  // why not")) == 1);
  CHECK(rules_broken(sample("sim/net/a.h", "  double cwnd = 0;")) == 1);
  CHECK(rules_broken(sample("sim/net/a.cpp", "std::uniform_int_distribution<int> d;")) == 1);
  CHECK(rules_broken(sample("sim/imap/a.cpp", "  std::unordered_map<int, int> m;")) == 1);
  CHECK(rules_broken(sample("sim/lesson/a.cpp", "#include <fstream>")) == 1);
  CHECK(rules_broken(sample("sim/wire/a.h", "#include \"sim/base/time.h\"")) == 1);
  CHECK(rules_broken(sample("sim/smtp/a.h", "#include \"sim/imap/protocol.h\"")) == 1);
  CHECK(rules_broken(sample("sim/pop3/a.h", "#include \"sim/net/tcp.h\"")) == 1);
  CHECK(rules_broken(sample("viz/scene/a.h", "#include <imgui.h>")) == 1);
  CHECK(rules_broken(sample("viz/panels/a.cpp", "#include <GLFW/glfw3.h>")) == 1);
  CHECK(rules_broken(sample("viz/panels/a.cpp", "  open.history().fork(1, {});")) == 1);
  CHECK(rules_broken(sample("viz/panels/a.cpp", "void draw(History& history) {")) == 1);
  CHECK(rules_broken(sample("sim/cli/a.cpp", "open(\"/ho" "me/ann/mail\");")) == 1);
}

TEST_CASE("tables in headers are one table for the whole program") {
  // A constexpr table without inline is another table in every file that includes it. A row found in
  // one of them and counted from the beginning of another once gave other traces with other
  // compilers.
  const std::regex table(R"(^constexpr .*\[[^\]]*\] *=)");
  for (const SourceFile& file : sources()) {
    if (file.path.size() < 2 || file.path.substr(file.path.size() - 2) != ".h") continue;
    for (size_t i = 0; i < file.code.size(); ++i) {
      INFO(file.path << ":" << i + 1 << ": inline constexpr, please");
      CHECK_FALSE(std::regex_search(file.code[i], table));
    }
  }
}

TEST_CASE("what is allowed, and what only stands in a comment or a string, is not found") {
  CHECK(rules_broken(sample("sim/net/a.cpp", "// no double here, nor std::hash")) == 0);
  CHECK(rules_broken(sample("sim/wire/a.cpp", "  fail(\"a closing double quote\");")) == 0);
  CHECK(rules_broken(sample("sim/cli/a.cpp", "#include <chrono>")) == 0);
  CHECK(rules_broken(sample("sim/mail/import.cpp", "#include <fstream>")) == 0);
  CHECK(rules_broken(sample("viz/panels/a.h", "#include <imgui.h>")) == 0);
  CHECK(rules_broken(sample("viz/panels/a.h", "void draw(const World& world);")) == 0);
  CHECK(rules_broken(sample("viz/platform/a.cpp", "#include <epoxy/gl.h>")) == 0);
  CHECK(columns("邮件") == 2);
}
