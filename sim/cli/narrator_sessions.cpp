// The narrator's part that looks at IMAP sessions: what each has been told beside what the server
// holds, and the responses that will tell the rest.
#include "sim/cli/narrator.h"
#include "sim/metrics/imap_sessions.h"

namespace mailscope::cli {
namespace {

/// "1=7 2=9~ 3=12†": numbers and their UIDs; what is gone is marked, and what has other flags than
/// were told; what is not known has no number.
std::string numbering_text(const ImapSession& session) {
  constexpr size_t kShown = 20;
  std::string text;
  for (size_t i = 0; i < session.numbering.size() && i < kShown; ++i) {
    const NumberedUid& each = session.numbering[i];
    if (!text.empty()) text += ' ';
    text += each.number.value == 0 ? "?" : std::to_string(each.number.value);
    text += '=' + std::to_string(each.uid.value);
    if (each.gone) text += "†";
    if (each.stale) text += '~';
  }
  if (session.numbering.size() > kShown) text += " …";
  return text;
}

/// What changes them, or what there is to be told.
bool moves_sessions(const Event& event) {
  return event.kind == EventKind::kStoreChange || event.kind == EventKind::kViewChange ||
         (event.kind == EventKind::kProtocolState && event.protocol == Protocol::kImap);
}

}  // namespace

std::string Narrator::session_state(const ImapSession& session) const {
  const std::string numbers = numbering_text(session);
  std::string text = catalog_.text(
      "cli.session-now", {numbers.empty() ? catalog_.text("cli.session-empty") : numbers,
                          std::to_string(session.told_exists), std::to_string(session.exists)});
  if (session.condstore) {
    text += catalog_.text("cli.session-now-modseq", {std::to_string(session.told_modseq),
                                                     std::to_string(session.highest_modseq)});
  }
  std::string pending;
  for (const PendingNews& news : session.pending) {
    if (!pending.empty()) pending += catalog_.text("cli.separator");
    pending += news.response;
  }
  if (!pending.empty()) text += catalog_.text("cli.session-now-news", {pending});
  return text;
}

void Narrator::take_sessions() {
  const Event& event = trace_[told_];
  sessions_moved_ |= moves_sessions(event);
  // The scenario's own mail is there before the first dispatch, and nobody has been told of it.
  if (!sessions_moved_ || told_ <= trace_.events_before(0)) return;
  const uint32_t n = trace_.dispatch_of(EventId{told_}) + 1;
  if (trace_.events_before(n) != told_) return;
  sessions_moved_ = false;
  for (const ImapSession& session : imap_sessions(run_.history->world_at(n))) {
    const std::string state = session_state(session);
    std::string& told = sessions_told_[session.agent.value];
    if (told == state) continue;
    told = state;
    const std::string who = session.client.valid() ? host(session.client) : session.user;
    tell_change(session.conn,
                timed(event, catalog_.text("cli.session-is", {who, session.mailbox, state})));
  }
}

std::vector<std::string> Narrator::tell_sessions(uint32_t n) const {
  std::vector<std::string> lines;
  for (const ImapSession& session : imap_sessions(run_.history->world_at(n))) {
    const std::string who = session.client.valid() ? host(session.client) : session.user;
    lines.push_back(catalog_.text(
        session.listening ? "cli.session-listens" : "cli.session",
        {who, session.mailbox, std::to_string(session.told_exists),
         std::to_string(session.exists)}));
    if (session.condstore) {
      lines.push_back("  " + catalog_.text("cli.session-modseq",
                                           {std::to_string(session.told_modseq),
                                            std::to_string(session.highest_modseq)}));
    }
    if (!session.numbering.empty()) {
      lines.push_back("  " + catalog_.text("cli.session-numbers", {numbering_text(session)}));
    }
    for (const PendingNews& news : session.pending) {
      lines.push_back("  " + catalog_.text(news.shifts ? "cli.session-news-shifts"
                                                       : "cli.session-news",
                                           {news.response}));
    }
  }
  return lines;
}

}  // namespace mailscope::cli
