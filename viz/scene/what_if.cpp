#include "viz/scene/what_if.h"

#include <algorithm>

#include "viz/scene/mailboxes.h"
#include "viz/scene/stage.h"

namespace mailscope::viz {
namespace {

Input input_at(const Moment& moment, InputKind kind) {
  Input input;
  input.at = moment.playhead.at;
  input.kind = kind;
  return input;
}

Input for_host(const Moment& moment, InputKind kind, HostId host) {
  Input input = input_at(moment, kind);
  input.host = host;
  return input;
}

void add_segments(const Moment& moment, std::vector<WhatIfSubject>& subjects) {
  for (const StagePacket& packet : build_stage(moment, {1, 1}).packets) {
    WhatIfSubject subject;
    subject.kind = WhatIfSubject::Kind::kSegment;
    subject.text = packet.label;
    subject.choices = segment_what_ifs(moment, packet.number, packet.conn);
    subjects.push_back(std::move(subject));
  }
}

void add_connections(const Moment& moment, std::vector<WhatIfSubject>& subjects) {
  for (const Lane& lane : moment.index->lanes()) {
    if (lane.opened > moment.playhead.at || lane.closed <= moment.playhead.at) continue;
    WhatIfSubject subject;
    subject.kind = WhatIfSubject::Kind::kConnection;
    subject.host = lane.client;
    subject.peer = lane.server;
    subject.text = protocol_name(lane.protocol);
    subject.choices = connection_what_ifs(moment, lane.conn);
    subjects.push_back(std::move(subject));
  }
}

void add_messages(const Moment& moment, std::vector<WhatIfSubject>& subjects) {
  for (const MailboxCard& card : build_mailboxes(moment)) {
    if (card.server) continue;
    for (const MailRow& row : card.rows) {
      // A person's action finds its message in the INBOX.
      if (row.change == RowChange::kRemoved || !row.mailbox.empty()) continue;
      WhatIfSubject subject;
      subject.kind = WhatIfSubject::Kind::kMessage;
      subject.host = card.host;
      subject.text = row.subject;
      subject.choices = message_what_ifs(moment, card.host, row.subject);
      subjects.push_back(std::move(subject));
    }
  }
}

}  // namespace

std::vector<WhatIf> segment_what_ifs(const Moment& moment, uint32_t number, ConnId conn) {
  Input lose = input_at(moment, InputKind::kDropSegment);
  lose.number = number;
  Input delay = input_at(moment, InputKind::kDelaySegment);
  delay.number = number;
  delay.duration = milliseconds(500);
  std::vector<WhatIf> choices{{"ui.drop", "D", lose}, {"ui.delay", "", delay}};
  for (WhatIf& each : connection_what_ifs(moment, conn)) choices.push_back(std::move(each));
  return choices;
}

std::vector<WhatIf> connection_what_ifs(const Moment& moment, ConnId conn) {
  if (!conn.valid()) return {};  // a datagram
  Input cut = input_at(moment, InputKind::kCutConnection);
  cut.conn = conn;
  return {{"ui.cut", "X", cut}};
}

std::vector<WhatIf> host_what_ifs(const Moment& moment, HostId host) {
  std::vector<WhatIf> choices;
  const bool up = moment.world->host(host).up;
  if (up && moment.world->device_on(host).valid()) {
    const bool offline = moment.world->device(moment.world->device_on(host)).offline;
    if (!offline) {
      choices.push_back({"ui.check-mail", "M", for_host(moment, InputKind::kCheckMail, host)});
    }
    choices.push_back(
        offline ? WhatIf{"ui.go-online", "", for_host(moment, InputKind::kGoOnline, host)}
                : WhatIf{"ui.go-offline", "", for_host(moment, InputKind::kGoOffline, host)});
  }
  bool linked = false;
  bool unplugged = false;
  for (const Link& link : moment.world->links()) {
    if (link.a != host && link.b != host) continue;
    (link.a_to_b.config().up ? linked : unplugged) = true;
  }
  if (linked) {
    choices.push_back({"ui.link-down", "", for_host(moment, InputKind::kLinkDown, host)});
  }
  if (unplugged) {
    choices.push_back({"ui.link-up", "", for_host(moment, InputKind::kLinkUp, host)});
  }
  choices.push_back(
      up ? WhatIf{"ui.stop-host", "", for_host(moment, InputKind::kStopHost, host)}
         : WhatIf{"ui.start-host", "", for_host(moment, InputKind::kStartHost, host)});
  return choices;
}

std::vector<WhatIf> message_what_ifs(const Moment& moment, HostId host,
                                     const std::string& subject) {
  std::vector<WhatIf> choices;
  const auto add = [&](const char* text, InputKind kind, const char* mailbox) {
    Input input = for_host(moment, kind, host);
    input.text = subject;
    input.mailbox = mailbox;
    choices.push_back({text, "", std::move(input)});
  };
  add("ui.do-read", InputKind::kRead, "");
  add("ui.do-unread", InputKind::kUnread, "");
  add("ui.do-flag", InputKind::kFlag, "");
  add("ui.do-delete", InputKind::kDelete, "");
  add("ui.do-move", InputKind::kMove, "Archive");
  return choices;
}

std::vector<WhatIfSubject> build_what_ifs(const Moment& moment) {
  std::vector<WhatIfSubject> subjects;
  add_segments(moment, subjects);
  add_connections(moment, subjects);
  for (size_t i = 0; i < moment.world->host_count(); ++i) {
    WhatIfSubject subject;
    subject.host = HostId::from_index(i);
    subject.choices = host_what_ifs(moment, subject.host);
    subjects.push_back(std::move(subject));
  }
  add_messages(moment, subjects);
  return subjects;
}

}  // namespace mailscope::viz
