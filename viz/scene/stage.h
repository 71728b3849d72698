// Stage: the network as a picture: hosts, the links between them, and what is on its way at this
// moment.
#pragma once

#include <string>
#include <vector>

#include "viz/moment/moment.h"
#include "viz/scene/shapes.h"

namespace mailscope::viz {

struct StageHost {
  HostId id;
  Point center;
  int text_side = 0;         // where its name stands: -1 left of it, 1 right of it, 0 below
  std::string name;
  HostKind kind = HostKind::kServer;
  bool up = true;
  Protocol protocol = Protocol::kNone;   // of the session that was last active here
  std::string role;                      // "client" or "server", empty without a session
  std::string state;                     // the session's protocol state, as the RFC spells it
  uint32_t sessions = 0;                 // open now
};

struct StageLink {
  LinkId id;
  Point a;
  Point b;
  std::string label;     // "20 ms · 5 Mbit/s · 1 % loss"
  bool up = true;
  bool busy = false;     // something is on it
};

struct StagePacket {
  Point at;
  std::string label;         // "DELE 1", "ACK", "SYN"
  Protocol protocol = Protocol::kTcp;
  uint32_t number = 0;       // segment number, for faults
  ConnId conn;
  uint32_t count = 1;        // so many travel here together
  uint32_t octets = 0;
  float room = 0;            // length of the link, for how long a label may be
  Duration remaining;        // until it arrives
  bool to_the_right = true;
  bool lost = false;         // its fate is not to arrive
  bool control = false;      // carries no line: ACK, SYN, FIN
};

struct StageScene {
  std::vector<StageHost> hosts;
  std::vector<StageLink> links;
  std::vector<StagePacket> packets;
};

/// `at_most` packets a link and direction; more travel as one with a count.
StageScene build_stage(const Moment& moment, Area area);

}  // namespace mailscope::viz
