// mailsim serve: the servers of a scenario on this machine's loopback, for real mail programs, with
// the trace printed as it grows. The sockets are in sim/live.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "sim/base/ascii.h"
#include "sim/base/memory.h"
#include "sim/cli/commands.h"
#include "sim/cli/trace_json.h"
#include "sim/explain/catalog.h"
#include "sim/lesson/diagnostics.h"
#include "sim/lesson/lesson_file.h"
#include "sim/live/loopback_server.h"
#include "sim/trace/trace_text.h"

namespace mailscope::cli {
namespace {

/// "ann:wonder"; the name can stand before an @ (RFC 5321 §4.1.2, Dot-string), the password in a
/// PASS command.
Result<ServeUser> user_from(const std::string& text) {
  const size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  const std::string password = colon == std::string::npos ? "" : text.substr(colon + 1);
  const auto in_name = [](char c) {
    return ascii_alpha(c) || ascii_digit(c) || c == '.' || c == '-' || c == '_' || c == '+';
  };
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  const bool good = !name.empty() && std::all_of(name.begin(), name.end(), in_name) &&
                    !password.empty() && std::all_of(password.begin(), password.end(), printable);
  if (good) return ServeUser{name, password};
  return Error{fmt::format("--user {}: expected NAME:PASSWORD, such as ann:wonder", text)};
}

/// The set that the names mean; "all" and "usual" are sets of their own.
Result<imap::ExtensionSet> extensions_from(const std::vector<std::string>& words,
                                           const char* option) {
  imap::ExtensionSet set = 0;
  for (const std::string& word : words) {
    if (word == "all") {
      set |= imap::all_extensions();
    } else if (word == "usual") {
      set |= imap::usual_extensions();
    } else if (const imap::ExtensionRow* row = imap::find_extension(word)) {
      set |= imap::bit(row->extension);
    } else {
      std::vector<std::string> names = {"all", "usual"};
      for (const imap::ExtensionRow& each : imap::kExtensions) names.emplace_back(each.name);
      return Error{fmt::format("{} {}: no such extension of IMAP{}", option, word,
                               suggestion(ascii_upper(word), names))};
    }
  }
  return set;
}

/// What the command line says about IMAP's extensions; empty, or what is wrong with it.
std::string read_imap_options(const Options& options, ServeSettings& settings) {
  constexpr imap::ExtensionSet kVersions =
      imap::bit(imap::Extension::kRev1) | imap::bit(imap::Extension::kRev2);
  const Result<imap::ExtensionSet> offered =
      extensions_from(options.imap_extensions, "--imap-extensions");
  if (!offered.ok()) return offered.error();
  if (!options.imap_extensions.empty()) {
    settings.imap_extensions = offered.value();
    if ((offered.value() & kVersions) == 0) {
      *settings.imap_extensions |= imap::bit(imap::Extension::kRev1);
    }
  }
  const Result<imap::ExtensionSet> without = extensions_from(options.without, "--without");
  if (!without.ok()) return without.error();
  settings.imap_without = without.value();
  const imap::ExtensionSet before =
      imap::completed(settings.imap_extensions.value_or(imap::all_extensions()));
  if ((imap::without(before, settings.imap_without) & kVersions) != 0) return {};
  return "--without: neither IMAP4rev1 nor IMAP4rev2 is left, and one of them is the protocol";
}

/// The lesson's name or folder; a lesson.toml means its folder.
std::string lesson_of(const std::string& scenario) {
  const std::filesystem::path path(scenario);
  if (path.filename() != "lesson.toml") return scenario;
  return path.has_parent_path() ? path.parent_path().string() : ".";
}

/// The variant's scenario, or mail.example.net's when no lesson was named; null after a complaint.
ScenarioPtr lesson_scenario(const Options& options) {
  const Result<Lesson> lesson = find_lesson(lesson_of(options.scenario));
  if (!lesson.ok()) {
    complain(lesson.error());
    return nullptr;
  }
  const std::vector<const LessonVariant*> variants =
      picked_variants(lesson.value(), options.variant);
  return variants.empty() ? nullptr : variants.front()->scenario;
}

/// Where mail for the account goes: its server's first domain of its own.
std::string address_of(const Scenario& scenario, const AccountSpec& account) {
  for (const ServiceSpec& service : scenario.services) {
    if (service.host != account.host || !service.smtp || service.smtp->local_domains.empty()) {
      continue;
    }
    return account.user + "@" + service.smtp->local_domains.front();
  }
  return account.user + "@" + std::string(host_domain(scenario, account.host));
}

/// What strangers say is printed, but does not move the terminal's cursor.
std::string harmless(const std::string& line) {
  std::string text;
  for (const char c : line) {
    if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') {
      text += c;
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return text;
}

/// Prints what is served, then every event.
class Reporter {
 public:
  Reporter(const Options& options, const Catalog& catalog, const LoopbackServer& server,
           const TlsIdentity& identity)
      : json_(options.json), catalog_(catalog), server_(server), identity_(identity) {}

  void begin() const {
    if (json_) {
      fmt::print("{}\n", json_text(ports_json(), -1));
    } else {
      print_ports();
    }
    std::fflush(stdout);
  }

  void tell(const Trace& trace, uint32_t first, uint32_t last) const {
    for (uint32_t id = first; id <= last; ++id) {
      const Event& event = trace[id];
      if (json_) {
        fmt::print("{}\n", json_text(event_json(trace, id), -1));
      } else if (!repeats(trace, event)) {
        fmt::print("{}\n", harmless(event_text(trace, event)));
      }
    }
    std::fflush(stdout);
  }

  void past_lost() const {
    if (json_) {
      fmt::print("{}\n", json_text(Json{{"past_lost", true}}, -1));
    } else {
      fmt::print("{}\n", catalog_.text("cli.serve-past-lost"));
    }
  }

  void end() const {
    if (json_) {
      fmt::print("{}\n",
                 json_text(Json{{"stopped", true}, {"sessions", server_.sessions_served()}}, -1));
    } else {
      fmt::print("{}\n",
                 catalog_.text("cli.serve-stopped", {std::to_string(server_.sessions_served())}));
    }
    std::fflush(stdout);
  }

 private:
  [[nodiscard]] HostId outside() const {
    return HostId::from_index(server_.scenario().hosts.size() - 1);
  }
  [[nodiscard]] std::string domain(HostId host) const {
    return std::string(host_domain(server_.scenario(), host));
  }

  /// Between this machine's programs a line arrives as it is said; once is enough in print.
  [[nodiscard]] bool repeats(const Trace& trace, const Event& event) const {
    if (event.kind != EventKind::kLineArrived) return false;
    if (event.host == outside()) return true;
    return trace.has(EventId{event.a}) && trace[event.a].host == outside();
  }

  [[nodiscard]] Json ports_json() const {
    Json json = {{"address", "127.0.0.1"}, {"ports", Json::array()}, {"users", Json::array()}};
    json["certificate"] = {{"pem", identity_.certificate_pem()},
                           {"sha256", identity_.fingerprint()}};
    for (const LivePort& port : server_.ports()) {
      json["ports"].push_back({{"name", port.name},
                               {"protocol", protocol_name(port.protocol)},
                               {"port", port.port},
                               {"tls", port.implicit_tls},
                               {"host", domain(port.host)}});
    }
    for (const AccountSpec& account : server_.scenario().accounts) {
      json["users"].push_back({{"name", account.user},
                               {"password", account.password},
                               {"address", address_of(server_.scenario(), account)},
                               {"host", domain(account.host)}});
    }
    return json;
  }

  void print_ports() const {
    const Scenario& scenario = server_.scenario();
    std::vector<std::string> domains;
    for (const LivePort& port : server_.ports()) {
      const std::string name = domain(port.host);
      if (std::find(domains.begin(), domains.end(), name) == domains.end()) domains.push_back(name);
    }
    fmt::print("{}\n", catalog_.text("cli.serving", {fmt::format("{}", fmt::join(domains, ", "))}));
    for (const LivePort& port : server_.ports()) {
      fmt::print("{}\n", catalog_.text("cli.serve-port",
                                       {port.name, std::to_string(port.port), domain(port.host)}));
    }
    fmt::print("{}\n", catalog_.text("cli.serve-tls", {identity_.fingerprint()}));
    fmt::print("{}\n", catalog_.text("cli.serve-users"));
    for (const AccountSpec& account : scenario.accounts) {
      fmt::print("{}\n", catalog_.text("cli.serve-user", {account.user, account.password,
                                                          address_of(scenario, account)}));
    }
    if (!scenario.mail.empty()) {
      for (const AccountSpec& account : scenario.accounts) print_mail(account);
    }
    fmt::print("{}\n", catalog_.text("cli.serve-trace"));
  }

  void print_mail(const AccountSpec& account) const {
    const auto count = std::count_if(
        server_.scenario().mail.begin(), server_.scenario().mail.end(), [&](const StoredMail& m) {
          return m.host == account.host && m.account == account.user && m.mailbox == "INBOX";
        });
    if (count == 0) return;
    fmt::print("{}\n", catalog_.text("cli.serve-mail", {std::to_string(count), account.user}));
  }

  bool json_;
  const Catalog& catalog_;
  const LoopbackServer& server_;
  const TlsIdentity& identity_;
};

/// With its certificate written to `file`, when that is not empty.
Result<TlsIdentity> identity_for(const Scenario& scenario, const std::string& file) {
  std::vector<std::string> domains;
  for (const ServiceSpec& service : scenario.services) {
    const std::string domain(host_domain(scenario, service.host));
    if (std::find(domains.begin(), domains.end(), domain) == domains.end()) {
      domains.push_back(domain);
    }
  }
  Result<TlsIdentity> identity = TlsIdentity::make(domains);
  if (!identity.ok() || file.empty()) return identity;
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << identity.value().certificate_pem();
  out.close();
  if (out) return identity;
  return Error{fmt::format("--certificate {}: the file cannot be written", file)};
}

/// With the mail of --mail in the first account's INBOX; false after a complaint.
bool fill_inbox(LiveScenario& live, const std::string& path) {
  if (path.empty()) return true;
  const Result<std::vector<StoredMail>> mail = mail_for(*live.scenario, path);
  if (mail.ok()) live.scenario = with_mail(*live.scenario, mail.value());
  if (!mail.ok()) complain(mail.error());
  return mail.ok();
}

}  // namespace

int run_serve(const Options& options) {
  if (options.address != "127.0.0.1" && options.address != "localhost") {
    return complain(fmt::format(
        "--address {}: mailsim serves 127.0.0.1 alone. Passwords may go over the wire in the clear "
        "and anyone may hand in mail, so that it can be watched: that is not for a network",
        options.address));
  }
  ServeSettings settings;
  settings.smtp = options.smtp_port;
  settings.submission = options.submission_port;
  settings.pop3 = options.pop3_port;
  settings.imap = options.imap_port;
  settings.submissions = options.submissions_port;
  settings.pop3s = options.pop3s_port;
  settings.imaps = options.imaps_port;
  for (const std::string& text : options.users) {
    const Result<ServeUser> user = user_from(text);
    if (!user.ok()) return complain(user.error());
    settings.users.push_back(user.value());
  }
  const std::string wrong = read_imap_options(options, settings);
  if (!wrong.empty()) return complain(wrong);
  const Result<Catalog> catalog = Catalog::load(home_folder(), options.language);
  if (!catalog.ok()) return complain(catalog.error());
  ScenarioPtr from;
  if (!options.scenario.empty()) {
    from = lesson_scenario(options);
    if (from == nullptr) return kUnusable;
    settings.from = from.get();
  }
  const WallClock clock;
  LiveScenario live = serve_scenario(settings, clock);
  if (live.ports.empty()) {
    return complain(fmt::format("{} has no mail server to be served", options.scenario));
  }
  if (!fill_inbox(live, options.mail)) return kUnusable;
  LiveLimits limits;
  if (options.no_history) limits.record_bytes = 0;
  limits.watched = !options.quiet;
  keep_freed_memory();
  const Result<TlsIdentity> identity = identity_for(*live.scenario, options.certificate);
  if (!identity.ok()) return complain(identity.error());
  LoopbackServer server(std::move(live), identity.value(), clock, limits);
  const std::string trouble = server.listen();
  if (!trouble.empty()) return complain(trouble);
  Reporter reporter(options, catalog.value(), server, identity.value());
  reporter.begin();
  LoopbackServer::Observer observer;
  if (limits.watched) {
    observer = [&](const Trace& trace, uint32_t first, uint32_t last) {
      reporter.tell(trace, first, last);
    };
  }
  server.take_orders(STDIN_FILENO, [](const std::string& wrong) { complain(wrong); });
  server.run(observer, [&] { reporter.past_lost(); });
  reporter.end();
  return kDone;
}

}  // namespace mailscope::cli
