// Mail that is built to be looked at for ever (a part in a part in a part, a part beside a part)
// and commands that ask for as much of it as can be asked: every one is answered, and in time.
#include <doctest/doctest.h>

#include <ctime>

#include "tests/imap/server_session.h"

using namespace mailscope;

namespace {

std::string nested_multiparts(int depth) {
  std::string text = "Subject: deep\r\n";
  for (int i = 0; i < depth; ++i) {
    const std::string name = "b" + std::to_string(i);
    text += "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
  }
  return text + "\r\nneedle\r\n";
}

std::string nested_messages(int depth) {
  std::string text = "Subject: deep\r\n";
  for (int i = 0; i < depth; ++i) text += "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n";
  return text + "\r\nneedle\r\n";
}

std::string many_parts(int count) {
  std::string text = "Subject: wide\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < count; ++i) text += "--b\r\n\r\nx\r\n";
  return text + "--b--\r\n";
}

std::string many_references(int count) {
  std::string text = "Subject: long\r\nMessage-ID: <me@x>\r\nReferences:";
  for (int i = 0; i < count; ++i) text += " <" + std::to_string(i) + "@x>\r\n";
  return text + "\r\nneedle\r\n";
}

test::ImapServerSession session_with_odd_mail() {
  ImapServerConfig config;
  config.extensions = imap::all_extensions();
  test::ImapServerSession session(config);
  session.add_mail(nested_multiparts(20000));
  session.add_mail(nested_messages(100000));
  session.add_mail(many_parts(20000));
  session.add_mail(many_references(100000));
  session.add_mail("Subject: big\r\n\r\n" + std::string(3000000, 'n') + "\r\n");
  session.log_in();
  session.say("SELECT INBOX");
  return session;
}

std::string repeated(const char* part, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += part;
  return all;
}

}  // namespace

TEST_CASE("deep and wide mail: every command about it is answered, in time") {
  test::ImapServerSession session = session_with_odd_mail();
  const std::string deep = "1" + repeated(".1", 99);
  const struct {
    std::string line;
    const char* answer;
  } rows[] = {
      {"FETCH 1:4 BODYSTRUCTURE", "z OK"},
      {"FETCH 1:4 FULL", "z OK"},
      {"FETCH 1:4 (BODY.PEEK[" + deep + "] BODY.PEEK[" + deep + ".MIME])", "z OK"},
      {"FETCH 1:4 (BINARY.SIZE[1] BINARY.SIZE[" + deep + "])", "z OK"},
      {"FETCH 1 (BODY.PEEK[1" + repeated(".1", 20000) + "])", "z BAD"},
      {"FETCH 1:4 (PREVIEW EMAILID THREADID)", "z OK"},
      {"FETCH 4 (" + repeated("BODY.PEEK[HEADER.FIELDS (References)] ", 10) + "UID)", "z OK"},
      {"FETCH 1:4 (" + repeated("BODY.PEEK[19999] ", 500) + "UID)", "z OK"},
      {"FETCH " + repeated("1:*,", 5000) + "1 (BODYSTRUCTURE)", "z OK"},
      {"SEARCH BODY needle", "z OK"},
      {"SEARCH TEXT needle HEADER References 99999@x", "z OK"},
      {"SEARCH " + repeated("NOT BODY nothing ", 50) + "BODY needle", "z OK"},
      {"SEARCH " + repeated("OR BODY nothing ", 300) + "BODY needle", "z BAD"},
      {"SEARCH " + repeated("NOT ", 3000) + "BODY needle", "z BAD"},
      {"SEARCH " + repeated("(", 3000) + "ALL" + repeated(")", 3000), "z BAD"},
      {"SORT (SUBJECT FROM DISPLAYTO) UTF-8 BODY needle", "z OK"},
      {"THREAD REFERENCES UTF-8 ALL", "z OK"},
      {"THREAD ORDEREDSUBJECT UTF-8 ALL", "z OK"},
      {"COPY 1:4 INBOX", "z OK"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.line.substr(0, 60));
    const std::clock_t before = std::clock();
    const std::string said = session.say(row.line);
    CHECK(std::clock() - before < 20 * CLOCKS_PER_SEC);  // milliseconds, but for sanitizers
    const size_t tagged = said.rfind("z ");
    REQUIRE(tagged != std::string::npos);
    CHECK_MESSAGE(said.compare(tagged, std::string(row.answer).size(), row.answer) == 0,
                  said.substr(tagged, 120));
  }
}

TEST_CASE("a command that would cost too much is refused by the limit that every server has") {
  // 3,000 keys over three megabytes of text; a client can ask for that as often as it likes.
  test::ImapServerSession session = session_with_odd_mail();
  std::string keys;
  for (int i = 0; i < 3000; ++i) keys += "NOT BODY n" + std::to_string(i) + " ";
  const std::clock_t before = std::clock();
  const std::string said = session.say("SEARCH " + keys + "ALL");
  CHECK(std::clock() - before < 60 * CLOCKS_PER_SEC);
  CHECK(said == "z NO [LIMIT] this search would take too long\r\n");
}
