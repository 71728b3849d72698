#include "sim/trace/event.h"

namespace mailscope {

const char* event_kind_name(EventKind kind) {
  constexpr const char* kNames[] = {
      "user-action", "fault",           "dial",            "conn-state", "segment-sent",
      "segment-arrived", "segment-dropped", "datagram",    "line-sent",  "line-arrived",
      "command",     "reply",           "violation",       "state",      "store",
      "local",       "view",            "timer",           "note",       "queue", "message-head"};
  return kNames[static_cast<int>(kind)];
}

const char* store_change_name(StoreChange change) {
  constexpr const char* kNames[] = {"added",   "flags",   "expunged", "mailbox-created",
                                    "mailbox-deleted", "mailbox-renamed", "maildrop-locked",
                                    "maildrop-unlocked", "marked", "unmarked",
                                    "annotated", "rights", "server-annotated", "subscribed",
                                    "unsubscribed"};
  return kNames[static_cast<int>(change)];
}

const char* local_change_name(LocalChange change) {
  constexpr const char* kNames[] = {"added", "body-fetched", "flags", "removed", "forgotten"};
  return kNames[static_cast<int>(change)];
}

const char* view_change_name(ViewChange change) {
  constexpr const char* kNames[] = {"selected", "exists", "expunge", "flags", "closed",
                                    "arrived",  "result", "mark",    "gone",  "status",
                                    "listed",   "annotated", "server-annotated",
                                    "subscription"};
  return kNames[static_cast<int>(change)];
}

const char* note_name(Note note) {
  constexpr const char* kNames[] = {
      "plain",          "server-not-found", "no-dns-answer",  "session-failed", "refused",
      "not-sent-yet",   "no-program",       "host-is-off",    "no-smtp-server", "no-such-message",
      "gone-meanwhile", "other-uids",       "action-refused", "still-marked",   "folder-gone",
      "offline",        "folders-left-out"};
  return kNames[static_cast<int>(note)];
}

const char* queue_change_name(QueueChange change) {
  constexpr const char* kNames[] = {"taken",   "tried",    "put-off",   "sent",
                                    "bounced", "reported", "delivered", "dropped"};
  return kNames[static_cast<int>(change)];
}

}  // namespace mailscope
