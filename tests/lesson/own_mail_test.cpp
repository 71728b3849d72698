// A lesson with real mail in its mailbox: every variant runs to the end, and what a device holds whole is
// byte for byte what the server held.
#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>

#include "sim/lesson/lesson_file.h"
#include "sim/lesson/measure.h"
#include "sim/lesson/runner.h"

using namespace mailscope;

namespace {

/// Runs every variant of the lesson with this mail; returns how many whole messages devices held.
size_t check_with_mail(const std::string& path) {
  const Result<Lesson> lesson = find_lesson("pop3-vs-imap");
  REQUIRE(lesson.ok());
  size_t whole = 0;
  for (const LessonVariant& variant : lesson.value().variants) {
    CAPTURE(variant.name);
    const Result<std::vector<StoredMail>> mail = mail_for(*variant.scenario, path);
    if (!mail.ok()) MESSAGE(mail.error());
    REQUIRE(mail.ok());
    const LessonRun run =
        run_lesson(lesson.value(), variant, with_mail(*variant.scenario, mail.value()));
    const World& world = run.history->head();
    // It came to its end, rather than to a limit, and no session failed on the way.
    CHECK(run.history->trace().dispatches() < kMaxLessonDispatches);
    CHECK(world.now() >= lesson.value().steps.back().at - seconds(3));
    CHECK(world.at_rest());
    std::set<std::string> held;
    for (const StoredMail& stored : mail.value()) held.insert(std::string(stored.message->text()));
    // What arrives in the lesson itself is in the server's store, or was taken from there by a device.
    for (const std::string host : {"laptop", "phone"}) {
      CAPTURE(host);
      const HostId id = world.scenario().find_host(host);
      CHECK(world.device(world.device_on(id)).last_error == "");
      const std::vector<PlacedMail> here = mail_at(world, id, "", "INBOX");
      for (const PlacedMail& one : here) {
        if (one.message == nullptr) continue;
        ++whole;
        CAPTURE(one.subject);
        const bool parcel = one.subject == "Your parcel is on its way";
        CHECK((parcel || held.count(std::string(one.message->text())) == 1));
      }
    }
    CHECK(run.history->verify() == "");
  }
  return whole;
}

}  // namespace

TEST_CASE("the lesson with the project's own mail in its mailbox") {
  // Both POP3 devices with everything, one message read by IMAP; see the lesson's own expectations.
  CHECK(check_with_mail(std::string(MAILSCOPE_SOURCE_DIR) + "/assets/mail") > 14);
}

TEST_CASE("the lesson with a hundred real messages") {
  const std::string path = std::string(MAILSCOPE_SOURCE_DIR) + "/../shared/data/eml";
  if (!std::filesystem::is_directory(path)) {
    MESSAGE("skipped: ../shared/data/eml is absent");
    return;
  }
  CHECK(check_with_mail(path) > 200);
}

TEST_CASE("mail that cannot be read is one clear sentence") {
  const Result<Lesson> lesson = find_lesson("pop3-vs-imap");
  REQUIRE(lesson.ok());
  const Result<std::vector<StoredMail>> mail =
      mail_for(*lesson.value().variants[0].scenario, "/nowhere/at/all");
  REQUIRE_FALSE(mail.ok());
  CHECK(mail.error().find("/nowhere/at/all cannot be found") == 0);
}
