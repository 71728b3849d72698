// The commands of mailsim, one file each: cmd_list.cpp, cmd_play.cpp and so on. Each prints to
// stdout and returns the exit status: 0 well, 1 something expected did not hold, 2 what was asked
// cannot be done, with one clear line on stderr.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/lesson/lesson.h"

namespace mailscope::cli {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUnusable = 2;

/// What the command line said; each command uses its part.
struct Options {
  bool json = false;
  std::vector<std::string> lessons;
  std::string language = "en";
  std::string beat = "line";
  bool sessions = false;
  std::string until;       // a step's id
  std::string variant;
  std::string mail;        // a path
  // sweep
  std::string cut;         // one case to repeat
  uint32_t cores = 0;      // 0: all
  bool progress = true;    // stderr is a terminal
  // transfer
  std::string rate = "100mbit";
  std::string delay = "20ms";
  std::string loss = "0%";
  uint64_t bytes = 0;
  uint64_t seed = 1;
  // serve
  uint16_t smtp_port = 2525;
  uint16_t submission_port = 2587;
  uint16_t pop3_port = 2110;
  uint16_t imap_port = 2143;
  uint16_t submissions_port = 2465;
  uint16_t pop3s_port = 2995;
  uint16_t imaps_port = 2993;
  std::string certificate;  // the path of the file that it is written to
  std::string address = "127.0.0.1";
  std::vector<std::string> users;  // NAME:PASSWORD
  std::string scenario;            // a lesson
  std::vector<std::string> imap_extensions;  // none: all
  std::vector<std::string> without;          // of them
  bool no_history = false;
  bool quiet = false;
};

int run_list(const Options& options);
int run_play(const Options& options);
int run_check(const Options& options);
int run_trace(const Options& options);
int run_digest(const Options& options);
int run_sweep(const Options& options);
int run_transfer(const Options& options);
int run_serve(const Options& options);

/// Prints "mailsim: message" to stderr.
int complain(const std::string& message);

/// The lesson's variants that --variant picks: all of them without it, or an empty list after a
/// complaint that names the nearest one.
std::vector<const LessonVariant*> picked_variants(const Lesson& lesson, const std::string& name);

}  // namespace mailscope::cli
