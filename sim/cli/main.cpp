// mailsim: lessons in the terminal. This file reads the command line; each command is in its
// cmd_*.cpp.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "sim/cli/commands.h"
#include "sim/lesson/diagnostics.h"

namespace mailscope::cli {
namespace {

using Command = int (*)(const Options&);

void add_common(CLI::App& app, Options& options) {
  app.add_flag("--json", options.json, "Print JSON");
}

void add_variant(CLI::App& app, Options& options) {
  app.add_option("--variant", options.variant, "Only this variant of the lesson")
      ->type_name("NAME");
}

void add_mail(CLI::App& app, Options& options) {
  app.add_option(
         "--mail", options.mail,
         "Fill the mailbox with this mail: an mbox file, a Maildir, an .eml file or a folder "
         "of them")
      ->type_name("PATH");
}

void add_lesson(CLI::App& app, Options& options, bool one) {
  CLI::Option* lesson = app.add_option("LESSON", options.lessons,
                                       one ? "The lesson: its name, or the path of its folder"
                                           : "Lessons; all without")
                            ->type_name("");
  if (one) lesson->required()->expected(1);
}

CLI::App& add_command(CLI::App& app, Options& options, const std::string& name,
                      const std::string& about, const std::string& examples) {
  CLI::App& command = *app.add_subcommand(name, about);
  command.footer("\nExamples:\n" + examples);
  add_common(command, options);
  return command;
}

void add_language(CLI::App& app, Options& options) {
  app.add_option("--lang", options.language, "Language of prose and explanations: en or zh")
      ->check(CLI::IsMember({"en", "zh"}))
      ->capture_default_str();
}

void add_play(CLI::App& app, Options& options) {
  CLI::App& play = add_command(app, options, "play", "Play a lesson as text, for reading aloud",
                               "  mailsim play pop3-vs-imap\n"
                               "  mailsim play pop3-vs-imap --variant imap --lang zh\n"
                               "  mailsim play first-mail --beat exchange --until relay\n"
                               "  mailsim play uid-and-sequence --sessions\n"
                               "  mailsim play pop3-vs-imap --mail ~/Maildir\n");
  add_lesson(play, options, true);
  add_variant(play, options);
  add_mail(play, options);
  add_language(play, options);
  play.add_option("--beat", options.beat, "How much is told at once: segment, line or exchange")
      ->check(CLI::IsMember({"segment", "line", "exchange"}))
      ->capture_default_str();
  play.add_flag("--sessions", options.sessions,
                "Tell how each IMAP session numbers its mailbox, and what it is still to be told, "
                "whenever that changes");
  play.add_option("--until", options.until, "Stop after this step: its id or its number")
      ->type_name("STEP");
}

void add_transfer(CLI::App& app, Options& options) {
  CLI::App& transfer =
      add_command(app, options, "transfer", "Time one bulk transfer over the simulated TCP",
                  "  mailsim transfer --rate 100mbit --delay 20ms --bytes 50000000\n"
                  "  mailsim transfer --rate 5mbit --bytes 5000000 --loss 0.5% --seed 7 --json\n");
  transfer.add_option("--rate", options.rate, "Bits per second")->capture_default_str();
  transfer.add_option("--delay", options.delay, "One way")->capture_default_str();
  transfer.add_option("--bytes", options.bytes, "How much")->required();
  transfer.add_option("--loss", options.loss, "Share of packets lost")->capture_default_str();
  transfer.add_option("--seed", options.seed, "For what is random")->capture_default_str();
}

void add_serve(CLI::App& app, Options& options) {
  CLI::App& serve = add_command(
      app, options, "serve", "Run the servers on this machine, for real mail programs",
      "  mailsim serve\n"
      "  mailsim serve --user ann:wonder --mail ~/Maildir\n"
      "  mailsim serve --scenario first-mail --smtp 0 --pop3 0 --imap 0\n"
      "  mailsim serve --without CONDSTORE,IDLE\n"
      "Then, elsewhere:\n"
      "  curl smtp://127.0.0.1:2525 --mail-from me@example.org --mail-rcpt bob@example.net "
      "--crlf -T letter.eml\n"
      "  curl pop3://127.0.0.1:2110/1 -u bob:secret\n"
      "  curl --ssl-reqd --insecure imap://127.0.0.1:2143/INBOX -u bob:secret\n"
      "While it runs it takes orders on its standard input:\n"
      "  renew-uids bob INBOX      the mailbox gets another UIDVALIDITY, and its mail other UIDs\n"
      "Only programs on this machine reach it, and no mail leaves it.\n");
  serve.add_option("--smtp", options.smtp_port, "Port for SMTP; 0: any that is free")
      ->capture_default_str();
  serve.add_option("--submission", options.submission_port, "Port for handing in mail")
      ->capture_default_str();
  serve.add_option("--pop3", options.pop3_port, "Port for POP3")->capture_default_str();
  serve.add_option("--imap", options.imap_port, "Port for IMAP")->capture_default_str();
  serve.add_option("--submissions", options.submissions_port, "Port for handing in mail under TLS")
      ->capture_default_str();
  serve.add_option("--pop3s", options.pop3s_port, "Port for POP3 under TLS")
      ->capture_default_str();
  serve.add_option("--imaps", options.imaps_port, "Port for IMAP under TLS")
      ->capture_default_str();
  serve.add_option("--certificate", options.certificate,
                   "Write the certificate for TLS, made anew each time, to this file")
      ->type_name("FILE");
  serve.add_option("--user", options.users,
                   "An account, any number of them; without: alice:secret and bob:secret")
      ->type_name("NAME:PASSWORD")
      ->allow_extra_args(false);
  add_mail(serve, options);
  serve.add_option("--scenario", options.scenario,
                   "Serve the mail hosts of this lesson: its name, folder or lesson.toml")
      ->type_name("FILE");
  add_variant(serve, options);
  serve.add_option("--imap-extensions", options.imap_extensions,
                   "What IMAP offers: names as CAPABILITY has them, \"all\" or \"usual\", with "
                   "commas between; without: all that the lesson does not turn off")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  serve.add_option("--without", options.without,
                   "Extensions of IMAP that are not offered, with commas between")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  serve.add_option("--address", options.address, "127.0.0.1; no other is served")
      ->capture_default_str();
  serve.add_flag("--no-history", options.no_history,
                 "Keep no record of what has passed, for runs of days");
  serve.add_flag("--quiet", options.quiet,
                 "Do not print what is said; with --no-history the servers are at their fastest");
  add_language(serve, options);
}

void add_commands(CLI::App& app, Options& options) {
  CLI::App& list = add_command(app, options, "list", "Say which lessons there are",
                               "  mailsim list\n  mailsim list --lang zh\n");
  add_language(list, options);
  add_play(app, options);
  CLI::App& check =
      add_command(app, options, "check", "Check what lessons expect, in every variant",
                  "  mailsim check\n  mailsim check pop3-vs-imap --variant imap\n");
  add_lesson(check, options, false);
  add_variant(check, options);
  add_language(check, options);
  for (const bool digest : {false, true}) {
    CLI::App& command = add_command(
        app, options, digest ? "digest" : "trace",
        digest ? "Print a hash of each run's whole trace"
               : "Print everything that happened, an event a line",
        digest ? "  mailsim digest pop3-vs-imap\n" : "  mailsim trace first-mail --variant pop3\n");
    add_lesson(command, options, true);
    add_variant(command, options);
    add_mail(command, options);
  }
  CLI::App& sweep = add_command(
      app, options, "sweep", "Cut every connection of lessons at every octet and check the mail",
      "  mailsim sweep first-mail\n"
      "  mailsim sweep pop3-vs-imap --variant pop3-delete --cut 31:1:to-server:57\n"
      "After the cut the programs go on by themselves: what persons do later is left out.\n");
  add_lesson(sweep, options, false);
  add_variant(sweep, options);
  sweep.add_option("--cut", options.cut, "Repeat one cut and show what follows");
  sweep.add_option("--cores", options.cores, "How many cores to use; 0 is all")
      ->check(CLI::Range(0, 1024));
  add_transfer(app, options);
  add_serve(app, options);
}

/// A wrong command is answered with the nearest right one.
std::string wrong_command(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  if (argc < 2 || argv[1][0] == '-') return {};
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return {};
  return fmt::format("unknown command \"{}\"{} (commands: {})", argv[1], suggestion(argv[1], names),
                     one_of(names));
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Mailscope in the terminal: SMTP, POP3 and IMAP, simulated exactly.", "mailsim");
  app.require_subcommand(1);
  app.footer(
      "\nExamples:\n"
      "  mailsim list\n"
      "  mailsim play pop3-vs-imap --variant imap\n"
      "  mailsim check\n"
      "  mailsim transfer --rate 100mbit --delay 20ms --bytes 50000000\n\n"
      "mailsim COMMAND --help says more about a command.");
  add_commands(app, options);
  const std::string wrong = wrong_command(app, argc, argv);
  if (!wrong.empty()) return complain(wrong);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    return complain(one_line(error.what()) + "; see mailsim --help");
  }
  constexpr std::pair<const char*, Command> kCommands[] = {
      {"list", run_list},   {"play", run_play},     {"check", run_check},
      {"trace", run_trace}, {"digest", run_digest}, {"transfer", run_transfer},
      {"serve", run_serve}, {"sweep", run_sweep}};
  options.progress = isatty(STDERR_FILENO) != 0;
  for (const auto& [name, command] : kCommands) {
    if (app.got_subcommand(name)) return command(options);
  }
  return kUnusable;
}

}  // namespace
}  // namespace mailscope::cli

int main(int argc, char** argv) { return mailscope::cli::run(argc, argv); }
