// Mail that is built to be looked at for ever (a part in a part in a part, a part beside a part)
// and commands that ask for as much of it as can be asked: every one is answered, and in time.
#include <doctest/doctest.h>

#include <ctime>
#include <set>

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

TEST_CASE("an answer holds the mail that it tells as it is, and makes no copies without end") {
  test::ImapServerSession session = session_with_odd_mail();
  const struct {
    const char* item;
    const char* answer;
  } rows[] = {
      {"BODY.PEEK[] ", "z OK"},
      {"BODY.PEEK[TEXT] ", "z OK"},
      {"BODY.PEEK[]<1.2900000> ", "z OK"},
      {"BODY.PEEK[1] ", "z OK"},
      // It has to be made, for all that is known before: seven hundred times is too often.
      {"BINARY.PEEK[1] ", "z NO [LIMIT]"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.item);
    const Outbox out = session.answer("FETCH 5 (" + repeated(row.item, 700) + "UID)");
    const std::string_view last = out.units.back().bytes();
    CHECK_MESSAGE(last.starts_with(row.answer), last);
    std::set<const std::string*> texts;
    size_t octets = 0;
    for (const OutUnit& unit : out.units) {
      if (texts.insert(unit.text.get()).second) octets += unit.text->size();
    }
    // The message itself is one of the texts.
    CHECK(octets < (row.answer == std::string("z OK") ? size_t{3500000} : size_t{90000000}));
  }
}

TEST_CASE("a search that is kept up to date is given up when that would take too long") {
  ImapServerConfig config;
  config.extensions = imap::all_extensions();
  test::ImapServerSession session(config);
  session.log_in();
  session.say("SELECT INBOX");
  std::string keys;
  for (int i = 0; i < 1000; ++i) keys += "NOT BODY n" + std::to_string(i) + " ";
  // Of an empty mailbox both are asked for nothing.
  CHECK(session.hear("u SEARCH RETURN (UPDATE) UNFLAGGED\r\n").find("u OK") != std::string::npos);
  CHECK(session.hear("v SEARCH RETURN (UPDATE) " + keys + "ALL\r\n").find("v OK") !=
        std::string::npos);
  session.add_mail("Subject: big\r\n\r\n" + std::string(3000000, 'x') + "\r\n");
  const std::clock_t before = std::clock();
  CHECK(session.say("NOOP") ==
        "* 1 EXISTS\r\n* 1 RECENT\r\n* ESEARCH (TAG \"u\") ADDTO (0 1)\r\n"
        "* NO [NOUPDATE \"v\"] This would take too long\r\nz OK NOOP completed\r\n");
  CHECK(std::clock() - before < 10 * CLOCKS_PER_SEC);  // a twentieth of a second, elsewhere
  session.add_mail("Subject: small\r\n\r\nx\r\n");
  const std::string said = session.say("NOOP");
  CHECK(said.find("(TAG \"u\") ADDTO") != std::string::npos);
  CHECK(said.find("\"v\"") == std::string::npos);
}

TEST_CASE("what is fetched of new messages by the way has the bounds of a FETCH, all together") {
  ImapServerConfig config;
  config.extensions = imap::all_extensions();
  test::ImapServerSession session(config);
  session.log_in();
  session.say("SELECT INBOX");
  std::string items = "UID";
  for (int i = 0; i < 900; ++i) items += " BODY.PEEK[]<" + std::to_string(i) + ".8000>";
  CHECK(session.hear("u UID SEARCH RETURN (UPDATE (" + items + ")) ALL\r\n").find("u OK") !=
        std::string::npos);
  const std::string letter = "Subject: new\r\n\r\n" + std::string(11000, 'x') + "\r\n";
  for (int i = 0; i < 100; ++i) session.add_mail(letter);
  // A hundred messages of seven megabytes each, as it asks for them.
  const Outbox out = session.answer("NOOP");
  size_t octets = 0;
  for (const OutUnit& unit : out.units) octets += unit.size;
  CHECK(octets > 60'000'000);
  CHECK(octets < 100'000'000);
  CHECK(out.units.back().bytes() == "z OK NOOP completed\r\n");
}
