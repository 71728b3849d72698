#include "sim/mail/base_subject.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

struct Case {
  std::string_view subject;
  std::string_view base;
  bool reply;
};

}  // namespace

TEST_CASE("base subject: each step of RFC 5256 §2.1") {
  const Case cases[] = {
      {"", "", false},
      {"Lunch", "Lunch", false},
      // (1) decoded, one space for many
      {"  two \t words\r\n\t folded ", "two words folded", false},
      {"=?utf-8?Q?Re:_?= =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Gr\u00FC\u00DFe", true},
      {"=?utf-8?B?UmU6IEx1bmNo?=", "Lunch", true},
      // (2) trailers
      {"Lunch (fwd)", "Lunch", true},
      {"Lunch (FWD) (Fwd)  ", "Lunch", true},
      {"(fwd)", "", true},
      {"Lunch (fwd) today", "Lunch (fwd) today", false},
      // (3) leaders
      {"Re: Lunch", "Lunch", true},
      {"RE:Lunch", "Lunch", true},
      {"re : Lunch", "Lunch", true},
      {"Fw: Lunch", "Lunch", true},
      {"FWD: Lunch", "Lunch", true},
      {"Re: Fwd: re: Lunch", "Lunch", true},
      {"Re[2]: Lunch", "Lunch", true},
      {"Re [2] : Lunch", "Lunch", true},
      {"Fwd[a b]: Lunch", "Lunch", true},
      {"Re:", "", true},
      {"Reply: Lunch", "Reply: Lunch", false},
      {"Re Lunch", "Re Lunch", false},
      {"Re(2): Lunch", "Re(2): Lunch", false},
      {"AW: Lunch", "AW: Lunch", false},
      {"Ref: Lunch", "Ref: Lunch", false},
      // (4) blobs
      {"[list] Lunch", "Lunch", false},
      {"[list][more] Lunch", "Lunch", false},
      {"[list]", "[list]", false},
      {"[list] [more]", "[more]", false},
      {"[list] Re: Lunch", "Lunch", true},
      {"[list] [more] Re: [list] Lunch", "Lunch", true},
      {"Re: [list]", "[list]", true},
      {"[list [inner] Lunch", "[list [inner] Lunch", false},
      {"[open Lunch", "[open Lunch", false},
      {"[] Lunch", "Lunch", false},
      // (6) brackets of a forward
      {"[fwd: Lunch]", "Lunch", true},
      {"[Fwd: Re: Lunch (fwd)]", "Lunch", true},
      {"[fwd: [fwd: Lunch]]", "Lunch", true},
      {"Re: [fwd: [list] Lunch]", "Lunch", true},
      {"[fwd: Lunch", "[fwd: Lunch", false},
      {"[fwd:]", "", true},
      {"[list] [fwd: Lunch]", "Lunch", true},
  };
  for (const Case& one : cases) {
    CAPTURE(one.subject);
    const BaseSubject base = base_subject(one.subject);
    CHECK_EQ(base.text, one.base);
    CHECK_EQ(base.is_reply_or_forward, one.reply);
  }
}

TEST_CASE("base subject: long subjects made to be slow") {
  std::string blobs;
  std::string replies;
  std::string brackets;
  for (int i = 0; i < 100000; ++i) {
    blobs += "[a] ";
    replies += "Re: [b] ";
    brackets += "[fwd: ";
  }
  CHECK_EQ(base_subject(blobs + "end").text, "end");
  CHECK_EQ(base_subject(blobs).text, "[a]");
  CHECK_EQ(base_subject(replies + "end").text, "end");
  CHECK_EQ(base_subject(brackets + "end" + std::string(100000, ']')).text, "end");
  CHECK_FALSE(base_subject(brackets + "end").is_reply_or_forward);
}
