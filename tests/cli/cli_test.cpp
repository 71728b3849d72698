// mailsim as a person meets it: exit statuses, what goes to stdout and what to stderr.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
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

TEST_CASE("play says what each IMAP session believes, and what it is still to be told") {
  for (const char* variant : {"expunge", "vanished"}) {
    CAPTURE(variant);
    const std::string line = std::string(variant) == "expunge" ? "* 2 EXPUNGE" : "* VANISHED 2";
    const std::string lesson =
        std::string("play uid-and-sequence --until delete --variant ") + variant;
    const std::string en = mailsim(lesson).out;
    CHECK(has(en, "Lina's laptop in INBOX, listening: told of 4; the server holds 4."));
    CHECK(has(en, "number=UID: 1=1 2=3 3=4 4=5\n"));
    CHECK(has(en,
              "Lina's phone in INBOX: told of 5; the server holds 4.\n"
              "  HIGHESTMODSEQ: told 6, the server's 8\n"
              "  number=UID: 1=1 2=2† 3=3 4=4 5=5\n"
              "  still to be told, when numbers may shift: " +
                  line + "\n"));
    const std::string zh = mailsim(lesson + " --lang zh").out;
    CHECK(has(zh,
              "Lina 的手机打开了 INBOX：已得知 5 封；服务器上有 4 封。\n"
              "  HIGHESTMODSEQ：已得知 6，服务器上是 8\n"
              "  序号=UID：1=1 2=2† 3=3 4=4 5=5\n"
              "  尚待告知，要等到序号可以变动时：" +
                  line + "\n"));
    // At any moment: by the line that changed it.
    const std::string moments = mailsim(lesson + " --sessions").out;
    CHECK(has(moments,
              "[Lina's phone in INBOX: 1=1 2=2† 3=3 4=4 5=5; EXISTS 5 of 4; HIGHESTMODSEQ "
              "6 of 8; still to be told: " +
                  line + "]\n"));
    CHECK(has(moments, "[Lina's phone in INBOX: 1=1 2=2~ 3=3 4=4 5=5; EXISTS 5 of 5; "));
    CHECK(has(moments,
              "[Lina's laptop in INBOX: 1=1 2=3 3=4 4=5; EXISTS 4 of 4; "
              "HIGHESTMODSEQ 8 of 8]\n"));
    CHECK(en.find("EXISTS 5 of 4") == std::string::npos);
    const std::string zh_moments = mailsim(lesson + " --sessions --lang zh --beat exchange").out;
    CHECK(has(zh_moments,
              "【Lina 的手机打开的 INBOX：1=1 2=2† 3=3 4=4 5=5；EXISTS 已得知 5，服务器上 "
              "4；HIGHESTMODSEQ 已得知 6，服务器上 8；尚待告知：" +
                  line + "】"));
  }
}

TEST_CASE("what nobody asked for is said with its cause, in words and in the trace") {
  const std::string en = mailsim("play uid-and-sequence --variant expunge").out;
  CHECK(has(en,
            "* 2 EXPUNGE (unsolicited: The message “Chapter two” is removed from INBOX for "
            "good.)\n"));
  CHECK(has(en,
            "* 4 EXISTS (unsolicited: The message “Chapter six” is now in INBOX on the "
            "server.)\n"));
  CHECK(has(en,
            "* 3 FETCH (FLAGS (\\Flagged \\Recent)) (unsolicited: The flags of “Chapter four” in INBOX "
            "change from no flags to \\Flagged.)\n"));
  CHECK(has(mailsim("play uid-and-sequence --variant expunge --lang zh").out,
            "* 2 EXPUNGE （未经请求：邮件“Chapter two”已从 INBOX 中永久删除。）\n"));
  const std::string trace = mailsim("trace uid-and-sequence --variant expunge").out;
  CHECK(has(trace, "S: * 2 EXPUNGE [unsolicited, event "));
  CHECK(has(trace, ": expunged mailbox 1 uid 2 Chapter two]\n"));
  CHECK(has(trace, "S: * 2 EXPUNGE [solicited, event "));
  CHECK(has(trace, ": UID EXPUNGE]\n"));
  CHECK(has(trace, "expunge 2=2 unsolicited * 2 EXPUNGE\n"));
  CHECK(has(trace, "flags 3=4 unsolicited * 3 FETCH (FLAGS (\\Flagged \\Recent))\n"));
  CHECK(has(trace, "selected mailbox 1 solicited * 5 EXISTS\n"));
  // Event 57 is the 57th line of the run.
  const size_t news = trace.find("S: * 2 EXPUNGE [unsolicited, event ");
  const size_t number = news + std::string("S: * 2 EXPUNGE [unsolicited, event ").size();
  const int event = std::atoi(trace.c_str() + number);
  size_t line = 0;
  for (int i = 0; i < event; ++i) line = trace.find('\n', line) + 1;
  CHECK(has(trace.substr(line, trace.find('\n', line) - line),
            "expunged mailbox 1 uid 2 Chapter two"));
  const std::string json = mailsim("trace uid-and-sequence --variant expunge --json").out;
  CHECK(has(json, "\"solicited\": false"));
  CHECK(has(json, "\"reason\": \"change\""));
  CHECK(has(json, "\"change\": " + std::to_string(event)));
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
