// What each strategy of an IMAP program promises: a row names two ways of having the same day, what
// the one saves, and what it pays for that. Both end with the same mailboxes and copies that equal
// them. Octets, waits, connections: sim/metrics/cost.h.
#include <doctest/doctest.h>

#include "sim/metrics/cost.h"
#include "sim/sweep/caches.h"
#include "tests/world/scripted_day.h"

using namespace mailscope;
using test::Day;
using test::Deed;
using test::SmallWorld;
using Kind = InputKind;

namespace {

using Way = std::function<void(SmallWorld&)>;
using Script = std::function<void(Day&)>;

enum class Measure : uint8_t { kUp, kDown, kWire, kRoundTrips, kConnections };

uint64_t value_of(const Cost& cost, Measure measure) {
  switch (measure) {
    case Measure::kUp:
      return cost.bytes_up;
    case Measure::kDown:
      return cost.bytes_down;
    case Measure::kWire:
      return cost.wire_octets;
    case Measure::kRoundTrips:
      return cost.round_trips;
    case Measure::kConnections:
      return cost.connections;
  }
  return 0;
}

constexpr Measure kUp = Measure::kUp;
constexpr Measure kDown = Measure::kDown;
constexpr Measure kWire = Measure::kWire;
constexpr Measure kRoundTrips = Measure::kRoundTrips;
constexpr Measure kConnections = Measure::kConnections;

// ---- ways

Way by(std::function<void(ImapClientConfig&)> set) {
  return [set](SmallWorld& small) {
    ImapClientConfig config = *small.scenario.devices[0].imap;
    set(config);
    small.scenario.devices[0].imap = std::make_shared<const ImapClientConfig>(config);
  };
}

Way without(imap::Extension extension) {
  return [extension](SmallWorld& small) {
    ImapServerConfig server = *small.scenario.services[2].imap;
    server.extensions = imap::without(server.extensions, imap::bit(extension));
    small.scenario.services[2].imap = std::make_shared<const ImapServerConfig>(server);
  };
}

Way both(const Way& first, const Way& second) {
  return [first, second](SmallWorld& small) {
    first(small);
    second(small);
  };
}

const Way kPlain = by([](ImapClientConfig&) {});
const Way kHeadersAhead = by([](ImapClientConfig& c) { c.pipeline = true; });
const Way kEverything = by([](ImapClientConfig& c) { c.headers_first = false; });
const Way kEverythingAhead = by([](ImapClientConfig& c) {
  c.headers_first = false;
  c.pipeline = true;
});
const Way kPreviews = by([](ImapClientConfig& c) { c.previews = true; });
const Way kNoop = by([](ImapClientConfig& c) {
  c.use_idle = false;
  c.noop_every = seconds(20);
});
/// Logs in anew every time.
const Way kPolls = both(by([](ImapClientConfig& c) { c.use_idle = false; }),
                        [](SmallWorld& small) { small.scenario.devices[0].poll = seconds(20); });
const Way kAllByNoop = by([](ImapClientConfig& c) {
  c.folders = {"*"};
  c.resync = ImapResync::kQresync;
  c.use_idle = false;
  c.noop_every = seconds(20);
});
const Way kAllByNotify = by([](ImapClientConfig& c) {
  c.folders = {"*"};
  c.resync = ImapResync::kQresync;
  c.use_notify = true;
});
const Way kCopies = by([](ImapClientConfig& c) { c.use_move = false; });
const Way kCondStore = by([](ImapClientConfig& c) { c.resync = ImapResync::kCondStore; });
const Way kQresync = by([](ImapClientConfig& c) { c.resync = ImapResync::kQresync; });
const Way kCompressed = by([](ImapClientConfig& c) { c.entry.compress = true; });

// ---- days

void look(Day&) {}
void read_one(Day& day) { day.act(Kind::kRead, day.small().laptop, {Kind::kRead, "number 7 "}); }
void read_all(Day& day) {
  for (int i = 0; i < 40; ++i) {
    const std::string subject = "number " + std::to_string(i) + " ";
    day.act(Kind::kRead, day.small().laptop, {Kind::kRead, subject.c_str()});
  }
}
void wait_for_mail(Day& day) {
  day.run(300);
  day.say_elsewhere("APPEND INBOX {20+}|Subject: arrived||");
  day.run(300);
}
void wait_for_mail_elsewhere(Day& day) {
  day.run(300);
  day.say_elsewhere("APPEND box3 {20+}|Subject: arrived||");
  day.run(300);
}
void flag_many(Day& day) {
  day.act(Kind::kGoOffline);
  for (int i = 0; i < 10; ++i) {
    const std::string subject = "number " + std::to_string(i) + " ";
    day.act(Kind::kFlag, day.small().laptop, {Kind::kFlag, subject.c_str()});
  }
  day.act(Kind::kGoOnline);
}
void move_some(Day& day) {
  for (const char* subject : {"number 1 ", "number 2 ", "number 3 "}) {
    day.act(Kind::kMove, day.small().laptop, {Kind::kMove, subject, "box1"});
  }
}
void come_back(Day& day, const std::string& meanwhile) {
  for (int i = 1; i <= 5; ++i) {
    day.act(Kind::kDisconnect);
    const std::string uid = std::to_string(10 + i);
    if (!meanwhile.empty()) day.say_elsewhere("SELECT INBOX|UID STORE " + uid + " " + meanwhile);
    day.act(Kind::kCheckMail);
  }
}
void come_back_to_nothing_new(Day& day) { come_back(day, ""); }
void come_back_to_flags(Day& day) { come_back(day, "+FLAGS (\\Flagged)"); }
void come_back_to_less(Day& day) { come_back(day, "+FLAGS (\\Deleted)|EXPUNGE"); }
void write_on(Day& day) {
  day.act(Kind::kSaveDraft, day.small().laptop, test::save_draft("one"));
  day.act(Kind::kSaveDraft, day.small().laptop, test::save_draft("two", "one"));
  day.act(Kind::kSaveDraft, day.small().laptop, test::save_draft("three", "two"));
}

struct Promise {
  std::string name;
  Way way;
  Way other;
  Script script;
  std::vector<Measure> saves;
  std::vector<Measure> pays;
};

const std::vector<Promise> kPromises = {
    {"headers first: what nobody reads is not fetched",
     kPlain,
     kEverything,
     read_one,
     {kDown, kUp, kRoundTrips},
     {}},
    {"everything at once: who reads has it", kEverythingAhead, kHeadersAhead, read_all, {kUp}, {}},
    {"previews: a list with first words, without the bodies",
     kPreviews,
     kEverything,
     look,
     {kDown, kUp, kRoundTrips},
     {}},
    {"previews cost what they say", kPlain, kPreviews, look, {kDown, kUp}, {}},
    {"IDLE: hears, and does not ask", kPlain, kNoop, wait_for_mail, {kUp, kDown, kRoundTrips}, {}},
    {"NOOP: asks in the session that is there",
     kNoop,
     kPolls,
     wait_for_mail,
     {kUp, kDown, kWire, kRoundTrips, kConnections},
     {}},
    {"NOTIFY: hears of all folders, and asks for none",
     kAllByNotify,
     kAllByNoop,
     wait_for_mail_elsewhere,
     {kUp, kDown, kRoundTrips},
     {}},
    {"pipelined: fewer waits, for what need not have been said",
     kHeadersAhead,
     kPlain,
     flag_many,
     {kRoundTrips},
     {kUp, kDown}},
    {"MOVE: one command for three", kPlain, kCopies, move_some, {kUp, kDown, kRoundTrips}, {}},
    {"CONDSTORE: only what has changed",
     kCondStore,
     kPlain,
     come_back_to_flags,
     {kUp, kDown, kRoundTrips},
     {}},
    {"CONDSTORE: nothing has changed, nothing is asked",
     kCondStore,
     kPlain,
     come_back_to_nothing_new,
     {kUp, kDown, kRoundTrips},
     {}},
    {"QRESYNC: what has gone, too, in one answer",
     kQresync,
     kCondStore,
     come_back_to_less,
     {kUp, kDown, kRoundTrips},
     {}},
    {"QRESYNC: ENABLE is asked for nothing where nothing has changed",
     kCondStore,
     kQresync,
     come_back_to_nothing_new,
     {kUp, kRoundTrips},
     {}},
    {"QRESYNC: not the flags of all",
     kQresync,
     kPlain,
     come_back_to_less,
     {kUp, kDown, kRoundTrips},
     {}},
    {"REPLACE: one command for three",
     kPlain,
     without(imap::Extension::kReplace),
     write_on,
     {kUp, kDown, kRoundTrips},
     {}},
    {"LITERAL+: no permission is asked for",
     kPlain,
     both(without(imap::Extension::kLiteralPlus), without(imap::Extension::kLiteralMinus)),
     write_on,
     {kDown, kWire},
     {}},
    {"COMPRESS: the same words in fewer octets",
     kCompressed,
     kPlain,
     read_all,
     {kUp, kDown, kWire},
     {kRoundTrips}},
};

/// Forty messages of some length, and ten mailboxes beside INBOX.
SmallWorld long_mailbox(const Way& way) {
  SmallWorld small = test::world_by([](ImapClientConfig&) {});
  for (int i = 0; i < 40; ++i) {
    StoredMail mail = small.scenario.mail.front();
    mail.message = test::small_message("number " + std::to_string(i) + " of forty",
                                       std::string(3000, static_cast<char>('a' + i % 26)) + "\r\n");
    small.scenario.mail.push_back(mail);
  }
  for (int i = 0; i < 10; ++i) {
    StoredMail mail = small.scenario.mail.front();
    mail.mailbox = "box" + std::to_string(i);
    small.scenario.mail.push_back(mail);
  }
  way(small);
  return small;
}

struct Outcome {
  Cost cost;
  std::string mailboxes;
  std::string complaint;
};

Outcome have(const Script& script, const Way& way) {
  Day day(long_mailbox(way));
  script(day);
  day.run(5);
  Outcome outcome;
  const Trace& trace = day.history().trace();
  outcome.cost = cost_of(trace, day.small().laptop, trace.size());
  const World settled = sweep::with_caches_settled(day.history().head());
  outcome.mailboxes = test::mailboxes(settled, day.small().server);
  outcome.complaint = sweep::check_caches(settled, sweep::Caches::kAll);
  if (outcome.complaint.empty()) outcome.complaint = sweep::check_caches_settled(settled);
  return outcome;
}

}  // namespace

TEST_CASE("what a strategy promises, it keeps") {
  for (const Promise& row : kPromises) {
    CAPTURE(row.name);
    const Outcome one = have(row.script, row.way);
    const Outcome other = have(row.script, row.other);
    CHECK(one.complaint == "");
    CHECK(other.complaint == "");
    CHECK(one.mailboxes == other.mailboxes);
    for (const Measure measure : row.saves) {
      CAPTURE(static_cast<int>(measure));
      CHECK(value_of(one.cost, measure) < value_of(other.cost, measure));
    }
    for (const Measure measure : row.pays) {
      CAPTURE(static_cast<int>(measure));
      CHECK(value_of(one.cost, measure) > value_of(other.cost, measure));
    }
  }
}

TEST_CASE("previews are there without any body") {
  Day day(long_mailbox(kPreviews));
  const LocalFolder* inbox = day.history().head().device(DeviceId{1}).local->find_folder("INBOX");
  REQUIRE(inbox != nullptr);
  REQUIRE(inbox->entries.size() == 43);
  for (const LocalEntry& entry : inbox->entries) {
    CHECK(!entry.preview.empty());
    CHECK(entry.message == nullptr);
  }
}

TEST_CASE("ten sessions, pipelined, are ten handshakes, flights and farewells") {
  const auto logs_out = [](ImapResync resync) {
    return by([resync](ImapClientConfig& c) {
      c.use_idle = false;
      c.pipeline = true;
      c.resync = resync;
    });
  };
  const auto cost = [](const Way& way) {
    SmallWorld small = test::world_by([](ImapClientConfig&) {});
    way(small);
    Day day(std::move(small));
    for (int i = 1; i < 10; ++i) day.act(Kind::kCheckMail);
    return cost_of(day.history().trace(), day.small().laptop, day.history().trace().size());
  };
  const Cost uids = cost(logs_out(ImapResync::kUidWindow));
  const Cost qresync = cost(logs_out(ImapResync::kQresync));
  // And one answer that something is said to.
  CHECK(uids.connections == 10);
  CHECK(uids.round_trips <= 31);
  CHECK(qresync.round_trips <= 31);
  CHECK(qresync.bytes_down < uids.bytes_down);
}

TEST_CASE("many folders, pipelined, take less than two thirds of the waits") {
  const auto cost = [](bool pipeline) {
    const Way way = by([pipeline](ImapClientConfig& c) {
      c.folders = {"*"};
      c.headers_first = c.use_idle = false;
      c.pipeline = pipeline;
    });
    return have([](Day& day) { day.act(Kind::kCheckMail); }, way).cost;
  };
  CHECK(3 * cost(true).round_trips < 2 * cost(false).round_trips);
}
