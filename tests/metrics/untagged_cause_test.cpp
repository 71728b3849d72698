// A laptop and a phone in one mailbox: each thing that the server says without a tag was asked for,
// or has a cause that the trace can name.
#include "sim/metrics/untagged_cause.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <sstream>

#include "sim/imap/protocol.h"
#include "tests/world/small_world.h"

using namespace mailscope;
using test::SmallWorld;

namespace {

const char* word_of(UntaggedCause::Reason reason) {
  switch (reason) {
    case UntaggedCause::Reason::kCommand:
      return "asked for";
    case UntaggedCause::Reason::kChange:
      return "news";
    case UntaggedCause::Reason::kGreeting:
      return "greeting";
    case UntaggedCause::Reason::kServer:
      return "of its own accord";
  }
  return "";
}

/// "* 2 EXPUNGE: news, during IDLE: expunged 2"; of the untagged lines that begin like this.
std::vector<std::string> causes(const Trace& trace, std::string_view begins) {
  std::vector<std::string> found;
  for (size_t i = 0; i < trace.size(); ++i) {
    const EventId id = EventId::from_index(i);
    const std::optional<UntaggedCause> cause = untagged_cause(trace, id);
    const std::string_view line = trace.text(trace.at(id));
    if (!cause || line.substr(0, begins.size()) != begins) continue;
    std::string text = fmt::format("{}: {}", line, word_of(cause->reason));
    if (cause->command.valid()) {
      text += fmt::format(", during {}", trace.text(trace.at(cause->command)));
    }
    if (cause->change.valid()) {
      const Event& change = trace.at(cause->change);
      text += fmt::format(", of {} {}", store_change_name(static_cast<StoreChange>(change.code)),
                          change.b);
    }
    found.push_back(text);
  }
  return found;
}

}  // namespace

TEST_CASE("what the server says without a tag was asked for, or something caused it") {
  SmallWorld small(Protocol::kImap);
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                   SmallWorld::action(InputKind::kCheckMail, small.phone, 200),
                   SmallWorld::action(InputKind::kDelete, small.phone, 4000, "Lunch")});
  history.run_until(Instant{} + seconds(10));
  const Trace& trace = history.trace();
  using Lines = std::vector<std::string>;
  // The phone, which deletes, and the laptop, which hears of it.
  CHECK(causes(trace, "* 1 EXPUNGE") ==
        Lines{"* 1 EXPUNGE: asked for, during UID EXPUNGE, of expunged 1",
              "* 1 EXPUNGE: news, during IDLE, of expunged 1"});
  CHECK(causes(trace, "* 1 FETCH (UID 1 FLAGS (\\Deleted") ==
        Lines{"* 1 FETCH (UID 1 FLAGS (\\Deleted)): asked for, during UID STORE, of flags 1"});
  CHECK(causes(trace, "* 1 FETCH (FLAGS (\\Deleted") ==
        Lines{"* 1 FETCH (FLAGS (\\Deleted \\Recent)): news, during IDLE, of flags 1"});
  for (const std::string& line : causes(trace, "* FLAGS")) {
    CHECK(line.find(": asked for, during SELECT") != std::string::npos);
  }
  // The number of \Recent messages goes with the removal, and has its cause.
  CHECK(causes(trace, "* 2 RECENT") == Lines{"* 2 RECENT: news, during IDLE, of expunged 1"});
  const Lines greetings = causes(trace, "* OK [CAPABILITY");
  REQUIRE(greetings.size() == 2);
  for (const std::string& line : greetings) {
    CHECK(line.substr(line.size() - 8) == "greeting");
  }
}

TEST_CASE("the table of what commands ask for knows every command by its name") {
  for (const imap::SolicitedRow& row : imap::kSolicited) {
    CAPTURE(row.response);
    std::istringstream commands{std::string(row.commands)};
    for (std::string name; commands >> name;) {
      CHECK_MESSAGE(imap::find_command(name) != nullptr, name);
      CHECK(imap::solicits(name, row.response));
      CHECK(imap::solicits("UID " + name, row.response));
      CHECK_FALSE(imap::solicits(name.substr(1), row.response));  // a part of a name is none
    }
    CHECK_FALSE(imap::solicits("NOOP", row.response));
  }
  CHECK(imap::solicits("NOOP", "OK"));
}
