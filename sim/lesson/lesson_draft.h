// A lesson while its file is being read: what is known so far, and the mistakes. The parts of the
// file are read in the order in which they may refer to each other: variants, hosts and what
// belongs to them, steps, expectations, questions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/lesson/lesson.h"
#include "sim/lesson/table_reader.h"

namespace mailscope {

// What a lesson may hold. Generous for teaching; a file beyond them is refused rather than tried.
struct LessonLimits {
  static constexpr size_t kFileBytes = size_t{1} << 20;
  static constexpr uint64_t kMailBytes = uint64_t{32} << 20;
  static constexpr size_t kHosts = 100;
  static constexpr size_t kLinks = 400;
  static constexpr size_t kMail = 2000;
  static constexpr size_t kSteps = 100;
  static constexpr size_t kActions = 200;  // of one step
  static constexpr size_t kVariants = 10;
  static constexpr size_t kMany = 2000;    // anything else
  static constexpr Duration kEnd = seconds(24 * 3600);
};

struct LessonDraft {
  LessonDraft(std::string name, std::string source, std::string folder_of_mail)
      : errors(std::move(name), std::move(source)), mail_folder(std::move(folder_of_mail)) {}

  Diagnostics errors;
  std::string mail_folder;
  Lesson lesson;
  Scenario scenario;                            // what all variants share
  std::vector<std::vector<ServiceSpec>> services;  // by variant
  std::vector<std::vector<DeviceSpec>> devices; // by variant
  std::vector<SourcePosition> step_places;      // by step
  std::vector<std::vector<SourcePosition>> action_places;  // by step and input
  std::vector<Word> named_subjects;             // by which actions and expectations pick messages
  std::vector<std::string> subjects;            // of all mail that is stored or sent
  bool mail_missing = false;                    // some message could not be read
  uint64_t mail_bytes = 0;                      // of all of it

  [[nodiscard]] std::vector<std::string> host_names() const;
  [[nodiscard]] std::vector<std::string> variant_names() const;
  [[nodiscard]] std::vector<std::string> step_names() const;

  /// The host that `word` names; none after an error.
  HostId host(const Word& word);
  /// The host under this key. Absent and required is an error.
  HostId host(TableReader& reader, std::string_view key, Need need = Need::kRequired);
  /// Whether that host has this account; false after an error.
  bool check_account(HostId host, const Word& user);
  /// Checks a variant's name.
  void check_variant(const Word& word);
  /// The tables [name.variant.NAME] of an entry: of each the name, checked, and the table. What is
  /// no table is reported and left out.
  std::vector<const TomlEntry*> overrides(TableReader& reader, std::string_view name);
  /// The names under "variants", checked.
  std::vector<std::string> variants(TableReader& reader);
  /// A link's properties: delay, rate, queue, loss, jitter; those not given are `otherwise`'s.
  LinkConfig link(TableReader& reader, LinkConfig otherwise);
  /// A message from "file" or "text"; null after an error.
  MessagePtr message(TableReader& reader);

 private:
  MessagePtr read_message(TableReader& reader);
};

/// [[variant]], [[host]], [[link]], [[account]], [[service]], [[dns]].
void read_network(LessonDraft& draft, TableReader& root);
/// One [[service]], with what [service.variant.NAME] changes.
void read_service(LessonDraft& draft, const TomlValue& value);
/// What belongs to SMTP in a [[service]] of this host.
std::shared_ptr<const SmtpServerConfig> read_smtp_service(LessonDraft& draft, TableReader& reader,
                                                          HostId host);
/// [[mail]] and [[device]].
void read_mailboxes(LessonDraft& draft, TableReader& root);
/// [[step]] with its actions.
void read_steps(LessonDraft& draft, TableReader& root);
/// [[expect]] and [[question]].
void read_checks(LessonDraft& draft, TableReader& root);

/// Where the protocol is spoken under TLS from the first octet (RFC 8314 §3).
uint16_t implicit_tls_port(Protocol protocol);

}  // namespace mailscope
