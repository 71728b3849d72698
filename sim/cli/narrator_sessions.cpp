// The narrator's part that looks at IMAP sessions: what each has been told beside what the server
// holds, and the responses that will tell the rest.
#include "sim/cli/narrator.h"
#include "sim/metrics/imap_sessions.h"

namespace mailscope::cli {
namespace {

/// "1=7 2=9 3=12†": numbers and their UIDs; what is gone is marked, what is not known has no
/// number.
std::string numbering_text(const ImapSession& session) {
  constexpr size_t kShown = 20;
  std::string text;
  for (size_t i = 0; i < session.numbering.size() && i < kShown; ++i) {
    const NumberedUid& each = session.numbering[i];
    if (!text.empty()) text += ' ';
    text += each.number.value == 0 ? "?" : std::to_string(each.number.value);
    text += '=' + std::to_string(each.uid.value);
    if (each.gone) text += "†";
  }
  if (session.numbering.size() > kShown) text += " …";
  return text;
}

}  // namespace

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
