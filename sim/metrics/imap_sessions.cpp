#include "sim/metrics/imap_sessions.h"

#include <fmt/format.h>

namespace mailscope {
namespace {

std::string response_of(const ViewNews& news, const Mailbox& mailbox) {
  switch (news.kind) {
    case ViewNews::Kind::kExpunge: return fmt::format("* {} EXPUNGE", news.seq.value);
    case ViewNews::Kind::kExists: return fmt::format("* {} EXISTS", news.seq.value);
    case ViewNews::Kind::kRecent: return fmt::format("* {} RECENT", news.seq.value);
    case ViewNews::Kind::kFlags: break;
  }
  const std::optional<size_t> index = mailbox.find(news.uid);
  const FlagBits flags = index ? mailbox.entries[*index].flags : 0;
  return fmt::format("* {} FETCH (FLAGS ({}))", news.seq.value,
                     flags_text(flags, mailbox.keywords));
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
  session.told_exists = view.exists();
  session.told_modseq = view.told_modseq();
  session.exists = static_cast<uint32_t>(mailbox.entries.size());
  session.highest_modseq = mailbox.highest_modseq;
  session.numbering = numbering_of(view, mailbox);
  // What will be told is what the session itself would be told now: a copy of it is asked.
  MailboxView asked = view;
  for (const ViewNews& news : asked.take_news(mailbox, NewsAllowed::kAll)) {
    session.pending.push_back(
        {response_of(news, mailbox), news.kind == ViewNews::Kind::kExpunge});
  }
  return session;
}

/// The change of the store that such a view change tells of.
bool tells_of(ViewChange told, const Event& event) {
  const auto change = static_cast<StoreChange>(event.code);
  switch (told) {
    case ViewChange::kExists: return change == StoreChange::kAdded;
    case ViewChange::kExpunge: return change == StoreChange::kExpunged;
    case ViewChange::kFlags: return change == StoreChange::kFlags;
    default: return false;
  }
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

UntaggedCause cause_of(const Trace& trace, const World& world, EventId told) {
  const Event event = trace.at(told);
  const auto what = static_cast<ViewChange>(event.code);
  UntaggedCause cause;
  cause.solicited = event.x != 0;
  for (size_t i = 0; i < world.agent_count(); ++i) {
    const Agent& agent = world.agent(AgentId::from_index(i));
    const ImapServer* server = std::get_if<ImapServer>(&agent.engine);
    if (agent.conn != event.conn || server == nullptr) continue;
    if (server->state() != imap::State::kSelected) return cause;
    for (EventId id{told.value - 1}; id.valid(); --id.value) {
      const Event before = trace.at(id);
      if (before.kind != EventKind::kStoreChange || before.a != server->view().mailbox().value) {
        continue;
      }
      const bool same = what == ViewChange::kExists || before.b == event.b;
      if (same && tells_of(what, before)) {
        cause.change = id;
        return cause;
      }
    }
  }
  return cause;
}

}  // namespace mailscope
