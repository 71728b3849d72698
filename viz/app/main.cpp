// mailscope: the window.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "viz/app/app.h"

namespace {

using namespace mailscope;
using namespace mailscope::viz;

struct Options {
  AppOptions app;
  std::string language = "en";
  std::string theme = "light";
  float scale = 1;
  std::string size = "1440x900";
  std::string screenshot;
  std::string view = "lesson";
  std::string beat = "line";
  std::vector<Key> keys;
  bool headless = false;
};

int fail(const std::string& message) {
  std::fprintf(stderr, "mailscope: %s\n", message.c_str());
  return 2;
}

bool parse_size(const std::string& text, int& width, int& height) {
  char end = 0;
  return std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &end) == 2 && width >= 200 &&
         height >= 150 && width <= 8192 && height <= 8192;
}

/// Presses keys as a person would, one a frame.
void press(App& app, const std::vector<Key>& keys) {
  for (int i = 0; i < 2; ++i) app.frame();
  for (const Key key : keys) {
    app.surface().inject(key_event(key));
    while (app.surface().input_pending()) app.frame();
  }
}

int save_screenshot(App& app, const std::string& path) {
  // A window needs frames to settle: sizes first, then scroll bars.
  for (int i = 0; i < 4; ++i) app.frame();
  static_cast<void>(app.surface().read_pixels());
  app.frame();
  const Result<Image> image = app.surface().read_pixels();
  if (!image.ok()) return fail(image.error());
  const std::optional<Error> problem = write_png(path, image.value());
  return problem ? fail(problem->message) : 0;
}

int run(const Options& options) {
  if (!options.keys.empty() && !options.headless) {
    return fail("--keys presses keys in a picture: add --headless and --screenshot FILE.png");
  }
  UiState state;
  state.language = options.language;
  state.dark = options.theme == "dark";
  state.zoom = options.scale;
  state.view = options.view == "compare" ? View::kCompare : View::kLesson;
  state.beat = options.beat == "segment"    ? BeatSize::kSegment
               : options.beat == "exchange" ? BeatSize::kExchange
                                            : BeatSize::kLine;
  int width = 0;
  int height = 0;
  if (!parse_size(options.size, width, height)) {
    return fail("--size " + options.size + ": expected WIDTHxHEIGHT, such as 1600x1000");
  }
  Result<std::unique_ptr<Surface>> surface = [&]() -> Result<std::unique_ptr<Surface>> {
    if (!options.headless) {
      WindowOptions window;
      window.width = width;
      window.height = height;
      return open_window(window);
    }
    OffscreenOptions offscreen;
    offscreen.width = width;
    offscreen.height = height;
    return open_headless(offscreen);
  }();
  if (!surface.ok()) return fail(surface.error());
  Result<std::unique_ptr<App>> app = App::create(std::move(surface.value()), state);
  if (!app.ok()) return fail(app.error());
  const Result<bool> opened = app.value()->open_lesson(options.app);
  if (!opened.ok()) return fail(opened.error());
  if (!options.keys.empty()) press(*app.value(), options.keys);
  if (!options.screenshot.empty()) return save_screenshot(*app.value(), options.screenshot);
  if (options.headless)
    return fail("--headless shows nothing by itself: add --screenshot FILE.png");
  while (!app.value()->surface().should_close()) {
    app.value()->surface().wait_events(app.value()->wait_s());
    app.value()->frame();
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App cli{"Mailscope: watch SMTP, POP3 and IMAP at work, step by step, forwards and back."};
  cli.name("mailscope");
  cli.footer(
      "Examples:\n"
      "  mailscope                                   the lesson pop3-vs-imap\n"
      "  mailscope first-mail --lang zh              another lesson, in Chinese\n"
      "  mailscope pop3-vs-imap --variant imap --at 2 --theme dark\n"
      "  mailscope --view compare --headless --screenshot compare.png\n"
      "Inside, F1 lists every key.");
  cli.add_option("lesson", options.app.lesson, "Lesson id, or the folder of one")
      ->capture_default_str();
  cli.add_option("--at", options.app.step, "Begin at this step: its id, its number, or end");
  cli.add_option("--variant", options.app.variant, "Variant of the lesson");
  cli.add_option("--lang", options.language, "Language")->check(CLI::IsMember({"en", "zh"}));
  cli.add_option("--theme", options.theme, "Colours")->check(CLI::IsMember({"light", "dark"}));
  cli.add_option("--scale", options.scale, "Text size, 0.75 to 2.5")->check(CLI::Range(0.75, 2.5));
  cli.add_option("--size", options.size, "Window size in pixels")->capture_default_str();
  cli.add_option("--mail", options.app.mail,
                 "Fill the mailbox from an mbox, Maildir, .eml or folder");
  cli.add_option("--view", options.view, "View")->check(CLI::IsMember({"lesson", "compare"}));
  cli.add_option("--beat", options.beat, "Step size")
      ->check(CLI::IsMember({"segment", "line", "exchange"}));
  cli.add_option_function<std::vector<std::string>>(
         "--keys",
         [&options](const std::vector<std::string>& names) {
           for (const std::string& name : names) {
             const Key key = key_named(name);
             if (key == Key::kNone) {
               throw CLI::ValidationError(
                   "--keys",
                   "no key is called \"" + name + "\"; names are such as Right, PageDown, W, 1");
             }
             options.keys.push_back(key);
           }
         },
         "With --headless: press these keys first, such as Right,Right,W")
      ->delimiter(',');
  cli.add_option("--screenshot", options.screenshot, "Write this PNG and exit");
  cli.add_flag("--headless", options.headless, "Render without a display");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return cli.exit(help);
  } catch (const CLI::ParseError& error) {
    return fail(error.what());
  }
  return run(options);
}
