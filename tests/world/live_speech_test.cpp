#include "sim/world/live_speech.h"

#include <doctest/doctest.h>

#include "sim/trace/event.h"

using namespace mailscope;

namespace {

/// Plays "C:" bytes and "S:" lines; gives what was told apart: "text/octets/flags".
class Listener {
 public:
  explicit Listener(Protocol protocol, size_t piece) : speech_(protocol), piece_(piece) {}
  Listener& client(const std::string& bytes) {
    for (size_t at = 0; at < bytes.size(); at += piece_) {
      for (const LiveSpeech::Unit& unit : speech_.take(bytes.substr(at, piece_))) add(unit);
    }
    return *this;
  }
  Listener& server(const std::string& line) {
    speech_.hear(line);
    return *this;
  }
  std::string told() {
    if (const auto unit = speech_.rest()) add(*unit);
    return told_;
  }

 private:
  void add(const LiveSpeech::Unit& unit) {
    told_ += unit.text + "/" + std::to_string(unit.octets);
    if ((unit.flags & LineFlags::kBlock) != 0) told_ += "/block";
    if ((unit.flags & LineFlags::kContinued) != 0) told_ += "/continued";
    if ((unit.flags & LineFlags::kSecret) != 0) told_ += "/secret";
    told_ += " ";
  }

  LiveSpeech speech_;
  size_t piece_;
  std::string told_;
};

template <class Play>
void check_told(Protocol protocol, Play play, const std::string& expected) {
  for (const size_t piece : {size_t{1}, size_t{3}, size_t{100000}}) {
    CAPTURE(piece);
    Listener listener(protocol, piece);
    play(listener);
    CHECK(listener.told() == expected);
  }
}

}  // namespace

TEST_CASE("SMTP: lines, and a block after 354 up to its final dot") {
  check_told(
      Protocol::kSmtp,
      [](Listener& heard) {
        heard.client("DATA\r\n").server("354 go").client("S: x\r\n\r\n..\r\n.\r\n");
        heard.server("250 OK").client("RSET\r\nNOOP\n");
      },
      "DATA/6 S: x/15/block RSET/6 NOOP/5 ");
  check_told(
      Protocol::kSmtp,
      [](Listener& heard) { heard.client("DATA\r\n").server("503 no").client(".\r\nQUI"); },
      "DATA/6 ./3 QUI/3 ");
}

TEST_CASE("SMTP: a program that does not wait for 354 is followed again after the message") {
  check_told(
      Protocol::kSmtp,
      [](Listener& heard) {
        heard.client("DATA\r\nS: x\r\n.\r\n").server("354 go").server("250 OK").client("QUIT\r\n");
      },
      "DATA/6 S: x/6 ./3 QUIT/6 ");
}

TEST_CASE("SMTP: BDAT says how much follows, whatever it is") {
  check_told(
      Protocol::kSmtp,
      [](Listener& heard) {
        heard.client("BDAT 7\r\nQUIT\r\n\nbdat 0 LAST\r\nBDAT x\r\nNOOP\r\n");
      },
      "BDAT 7/8 QUIT/7/block bdat 0 LAST/13 BDAT x/8 NOOP/6 ");
}

TEST_CASE("passwords are marked, proofs are not") {
  check_told(
      Protocol::kSmtp,
      [](Listener& heard) {
        heard.client("AUTH PLAIN AGEAYg==\r\n").server("235 ok");
        heard.client("AUTH LOGIN\r\n").server("334 VXNlcg==").client("YQ==\r\n");
        heard.server("334 UGFzcw==").client("Yg==\r\n").server("235 ok").client("NOOP\r\n");
        heard.client("AUTH CRAM-MD5\r\n").server("334 PDE+").client("YQ==\r\n");
      },
      "AUTH PLAIN AGEAYg==/21/secret AUTH LOGIN/12 YQ==/6/secret Yg==/6/secret NOOP/6 "
      "AUTH CRAM-MD5/15 YQ==/6 ");
  check_told(
      Protocol::kPop3,
      [](Listener& heard) {
        heard.client("USER bob\r\npass a b\r\n").server("-ERR no").client("AUTH PLAIN\r\n");
        heard.server("+ ").client("AGEAYg==\r\n").server("+OK").client("STAT\r\n");
      },
      "USER bob/10 pass a b/10/secret AUTH PLAIN/12 AGEAYg==/10/secret STAT/6 ");
}

TEST_CASE("IMAP: literals are blocks, asked for or not") {
  check_told(
      Protocol::kImap,
      [](Listener& heard) {
        heard.client("a LOGIN bob {6}\r\n").server("+ go").client("secret\r\n").server("a OK");
        heard.client("b APPEND INBOX {5+}\r\na{1}\nx\r\nc NOOP\r\n");
        heard.client("d APPEND INBOX {3}\r\n")
            .server("* 1 EXISTS")
            .server("d NO")
            .client("e NOOP\r\n");
      },
      "a LOGIN bob {6}/17/continued/secret secret/6/block /2 b APPEND INBOX {5+}/21/continued "
      "a{1}/5/block x/3 c NOOP/8 d APPEND INBOX {3}/20/continued e NOOP/8 ");
}

TEST_CASE("memory is bounded: of a line without end only the beginning is kept") {
  LiveSpeech speech(Protocol::kPop3);
  for (int i = 0; i < 1000; ++i) CHECK(speech.take(std::string(10000, 'x')).empty());
  const std::vector<LiveSpeech::Unit> units = speech.take("\r\n");
  REQUIRE(units.size() == 1);
  CHECK(units[0].octets == 10000002);
  CHECK(units[0].text.size() < 5000);
}
