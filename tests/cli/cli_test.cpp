// mailsim as a person meets it: exit statuses, what goes to stdout and what to stderr.
#include <doctest/doctest.h>

#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

struct Ran {
  int status = -1;
  std::string out;
  std::string err;
};

std::string run_to_text(const std::string& command, int& status) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  char buffer[4096];
  for (size_t n = fread(buffer, 1, sizeof buffer, pipe); n > 0; n = fread(buffer, 1, sizeof buffer, pipe)) {
    text.append(buffer, n);
  }
  const int raw = pclose(pipe);
  status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 1000;
  return text;
}

Ran mailsim(const std::string& arguments) {
  const std::string program = std::string("\"") + MAILSIM + "\" " + arguments;
  Ran ran;
  ran.out = run_to_text(program + " 2>/dev/null", ran.status);
  int again = 0;
  ran.err = run_to_text(program + " 2>&1 >/dev/null", again);
  CHECK(again == ran.status);
  return ran;
}

bool has(const std::string& text, const std::string& part) {
  INFO("in: " << text.substr(0, 2000));
  return text.find(part) != std::string::npos;
}

/// Status 2, nothing on stdout, one line on stderr that has all of these.
void check_refused(const std::string& arguments, std::initializer_list<const char*> parts) {
  CAPTURE(arguments);
  const Ran ran = mailsim(arguments);
  CAPTURE(ran.err);
  CHECK(ran.status == 2);
  CHECK(ran.out == "");
  CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
  for (const char* part : parts) CHECK(has(ran.err, part));
}

}  // namespace

TEST_CASE("what cannot be done is one clear line and status 2") {
  check_refused("play pop3-vs-imp", {"unknown lesson \"pop3-vs-imp\"", "did you mean \"pop3-vs-imap\"?"});
  check_refused("chekc", {"unknown command \"chekc\"", "did you mean \"check\"?"});
  check_refused("play", {"LESSON"});
  check_refused("play first-mail --lang fr", {"--lang", "fr"});
  check_refused("play first-mail --beat word", {"--beat", "word"});
  check_refused("play first-mail --colour", {"--colour"});
  check_refused("play first-mail --until relya", {"no step \"relya\"", "did you mean \"relay\"?"});
  check_refused("play pop3-vs-imap --variant imp", {"no variant \"imp\"", "did you mean \"imap\"?"});
  check_refused("play pop3-vs-imap --mail /nowhere", {"/nowhere cannot be found"});
  check_refused("trace", {"LESSON"});
  check_refused("transfer", {"--bytes"});
  check_refused("transfer --bytes 0", {"--bytes 0"});
  check_refused("transfer --bytes 10 --rate fast", {"--rate fast", "5mbit"});
  check_refused("transfer --bytes 10 --loss 200%", {"--loss 200%"});
  check_refused("serve --address 0.0.0.0", {"--address 0.0.0.0", "127.0.0.1 alone"});
  check_refused("serve --user ann", {"--user ann", "NAME:PASSWORD"});
  check_refused("serve --user 'a b:c'", {"--user a b:c"});
  check_refused("serve --smtp 70000", {"--smtp"});
  check_refused("serve --mail /nowhere", {"/nowhere cannot be found"});
  check_refused("serve --scenario first-mial", {"unknown lesson", "did you mean \"first-mail\"?"});
}

TEST_CASE("help is everywhere, with examples") {
  CHECK(mailsim("--help").status == 0);
  CHECK(has(mailsim("--help").out, "Examples:"));
  for (const char* command : {"list", "play", "check", "trace", "digest", "transfer", "serve"}) {
    CAPTURE(command);
    const Ran ran = mailsim(std::string(command) + " --help");
    CHECK(ran.status == 0);
    CHECK(has(ran.out, "Examples:"));
    CHECK(has(ran.out, "--json"));
  }
}

TEST_CASE("list names the lessons") {
  CHECK(has(mailsim("list").out, "pop3-vs-imap"));
  CHECK(has(mailsim("list --lang zh").out, "第一封邮件的旅程"));
  CHECK(has(mailsim("list --json").out, "\"id\": \"first-mail\""));
}

TEST_CASE("check passes and says how many") {
  const Ran ran = mailsim("check");
  CHECK(ran.status == 0);
  CHECK(ran.err == "");
  const size_t last = ran.out.rfind('\n', ran.out.size() - 2);
  REQUIRE(last != std::string::npos);
  CHECK(has(ran.out.substr(last), " passed, 0 failed"));
  CHECK(has(mailsim("check pop3-vs-imap --json").out, "\"failed\": 0"));
}

TEST_CASE("check of a lesson whose expectation fails has status 1, of a broken one 2") {
  namespace fs = std::filesystem;
  const fs::path from = fs::path(MAILSCOPE_SOURCE_DIR) / "lessons" / "first-mail";
  const fs::path copy = fs::temp_directory_path() / "mailscope-cli-test";
  fs::remove_all(copy);
  fs::copy(from, copy);
  const auto append = [&copy](const char* text) {
    std::ofstream(copy / "lesson.toml", std::ios::app) << text;
  };
  append("\n[[expect]]\nat = \"bob-laptop\"\ncount = 77\n");
  const Ran failed = mailsim("check \"" + copy.string() + "\"");
  CHECK(failed.status == 1);
  CHECK(has(failed.out, "messages that bob-laptop holds in INBOX: 77; found: 2"));
  CHECK(has(failed.out, "2 failed\n"));
  append("\n[[expect]]\nat = \"bob-laptp\"\ncount = 2\n");
  const Ran broken = mailsim("check \"" + copy.string() + "\"");
  CHECK(broken.status == 2);
  CHECK(has(broken.err, "did you mean \"bob-laptop\"?"));
  fs::remove_all(copy);
}

TEST_CASE("play tells a lesson in both languages, with no text missing") {
  for (const char* options : {"--lang en --beat line", "--lang zh --beat exchange", "--lang zh --beat segment"}) {
    CAPTURE(options);
    for (const char* lesson : {"pop3-vs-imap", "first-mail"}) {
      const Ran ran = mailsim(std::string("play ") + lesson + " " + options);
      CHECK(ran.status == 0);
      CHECK(ran.out.find("⟨") == std::string::npos);
      CHECK(has(ran.out, "RCPT TO:<bob@example.net>"));
    }
  }
  const std::string zh = mailsim("play pop3-vs-imap --lang zh --variant imap").out;
  CHECK(has(zh, "谁手里有什么"));
  CHECK(has(zh, "成立："));
  CHECK(has(zh, "Bob 的手机"));
}

TEST_CASE("play stops after the step that --until names") {
  const std::string text = mailsim("play pop3-vs-imap --variant imap --until read").out;
  CHECK(has(text, "UID STORE 1 +FLAGS (\\Seen)"));
  CHECK(text.find("EXPUNGE 2") == std::string::npos);
  CHECK(has(mailsim("play first-mail --until look-up --json").out, "\"id\": \"look-up\""));
  CHECK(mailsim("play pop3-vs-imap --variant imap --until 3").out == text);
}

TEST_CASE("sweep counts its forks, and repeats one of them") {
  const Ran swept = mailsim("sweep quit-matters --variant quit --cores 2 --json");
  CHECK(swept.status == 0);
  CHECK(has(swept.out, "\"violations\": 0"));
  CHECK(has(swept.out, "\"cores\": 2"));
  CHECK(has(mailsim("sweep quit-matters --variant quit").out, "forks per second"));
  const Ran again = mailsim("sweep quit-matters --variant quit --cut 20:1");
  CHECK(again.status == 0);
  CHECK(has(again.out, "fault           cut"));
  CHECK(has(again.out, "\nretried\n"));
  for (const char* wrong : {"--cut 20", "--cut 20:99", "--cut 20:1:sideways:4"}) {
    CAPTURE(wrong);
    const Ran refused = mailsim(std::string("sweep quit-matters ") + wrong);
    CHECK(refused.status == 2);
    CHECK(has(refused.err, "--cut"));
  }
}

TEST_CASE("trace and digest are the same every time") {
  const Ran trace = mailsim("trace first-mail --variant pop3");
  CHECK(trace.status == 0);
  CHECK(has(trace.out, "C: RETR 1"));
  CHECK(has(mailsim("trace first-mail --variant pop3 --json").out, "\"kind\": \"line-sent\""));
  const Ran digest = mailsim("digest pop3-vs-imap");
  CHECK(digest.status == 0);
  CHECK(digest.out == mailsim("digest pop3-vs-imap").out);
  CHECK(std::count(digest.out.begin(), digest.out.end(), '\n') == 3);
  CHECK(digest.out.find(' ') == 16);
}

TEST_CASE("transfer measures the network") {
  const Ran ran = mailsim("transfer --rate 5mbit --delay 20ms --bytes 5000000 --json");
  CHECK(ran.status == 0);
  for (const char* key : {"sim_seconds", "wall_seconds", "segments", "retransmits"}) {
    CHECK(has(ran.out, key));
  }
  CHECK(has(mailsim("transfer --bytes 100000 --loss 2% --seed 7").out, "simulated seconds"));
  const Ran lost = mailsim("transfer --bytes 1000 --loss 100%");
  CHECK(lost.status == 1);
  CHECK(has(lost.err, "given up"));
}
