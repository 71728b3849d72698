#include "sim/metrics/imap_sessions.h"

#include <algorithm>

#include "sim/wire/imap_response.h"

namespace mailscope {
namespace {

bool shifts_numbers(std::string_view response) {
  const std::optional<imap::Response> parsed = imap::parse_response(response);
  return parsed && (parsed->name == "EXPUNGE" || parsed->name == "VANISHED");
}

std::vector<NumberedUid> numbering_of(const MailboxView& view, const Mailbox& mailbox) {
  std::vector<NumberedUid> numbering;
  uint32_t number = 0;
  for (const Uid uid : view.uids()) {
    numbering.push_back({SeqNum{++number}, uid, !mailbox.find(uid).has_value()});
  }
  const Uid last{view.last_uid()};
  for (size_t i = mailbox.lower_bound(Uid{last.value + 1}); i < mailbox.uids.size(); ++i) {
    numbering.push_back({SeqNum{}, mailbox.uids[i], false});
  }
  return numbering;
}

void mark_stale(ImapSession& session, MailboxView view, const Mailbox& mailbox) {
  for (const ViewNews& news : view.take_news(mailbox, NewsAllowed::kAll)) {
    if (news.kind != ViewNews::Kind::kFlags) continue;
    const auto place = std::find_if(
        session.numbering.begin(), session.numbering.end(),
        [&](const NumberedUid& each) { return each.uid == news.uid; });
    if (place != session.numbering.end()) place->stale = place->number.value != 0;
  }
}

ImapSession session_of(const World& world, const Agent& agent, const ImapServer& server) {
  const MailStore& store = world.store(agent.host);
  const MailboxView& view = server.view();
  const Mailbox& mailbox = store.mailbox(view.mailbox());
  ImapSession session;
  session.agent = agent.id;
  session.conn = agent.conn;
  session.server = agent.host;
  session.client = world.connection(agent.conn).client.host;
  session.user = store.account(server.account()).name;
  session.mailbox = mailbox.name;
  session.read_only = view.read_only();
  session.listening = server.wants_news();
  session.condstore =
      (server.config().offered() & imap::bit(imap::Extension::kCondStore)) != 0;
  session.told_exists = view.exists();
  session.told_modseq = view.told_modseq();
  session.exists = static_cast<uint32_t>(mailbox.entries.size());
  session.highest_modseq = mailbox.highest_modseq;
  session.numbering = numbering_of(view, mailbox);
  mark_stale(session, view, mailbox);
  for (std::string& response : server.untold(store)) {
    const bool shifts = shifts_numbers(response);
    session.pending.push_back({std::move(response), shifts});
  }
  return session;
}

}  // namespace

std::vector<ImapSession> imap_sessions(const World& world) {
  std::vector<ImapSession> sessions;
  for (size_t i = 0; i < world.agent_count(); ++i) {
    const Agent& agent = world.agent(AgentId::from_index(i));
    const ImapServer* server = std::get_if<ImapServer>(&agent.engine);
    if (server == nullptr || server->state() != imap::State::kSelected) continue;
    sessions.push_back(session_of(world, agent, *server));
  }
  return sessions;
}

}  // namespace mailscope
