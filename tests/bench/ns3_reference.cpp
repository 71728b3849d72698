// The reference that our transfers are held against: one bulk transfer over ns-3's TcpNewReno, with
// MSS 1460, initial window 10 and a device queue of 1,000 packets on a point-to-point link. As in any
// ns-3 program the address helper puts FqCoDel before that queue; without it the transfer of 5 MB at
// 5 Mbit/s ends at 9.181 s in place of 8.769 s.
//   ns3_reference --rate=100Mbps --delay=20ms --bytes=50000000
// prints the simulated time of the last byte, from the SYN on, and the machine time it took.
#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>

#include <chrono>
#include <cstdio>
#include <string>

namespace {

struct Received {
  uint64_t bytes = 0;
  uint64_t wanted = 0;
  double last = 0;
};
Received received;

void on_receive(ns3::Ptr<const ns3::Packet> packet, const ns3::Address&) {
  received.bytes += packet->GetSize();
  received.last = ns3::Simulator::Now().GetSeconds();
  if (received.bytes >= received.wanted) ns3::Simulator::Stop();
}

}  // namespace

int main(int argc, char** argv) {
  std::string rate = "100Mbps";
  std::string delay = "20ms";
  uint64_t bytes = 50000000;
  ns3::CommandLine command;
  command.AddValue("rate", "of the link", rate);
  command.AddValue("delay", "of the link, one way", delay);
  command.AddValue("bytes", "to transfer", bytes);
  command.Parse(argc, argv);
  received.wanted = bytes;

  using ns3::Config::SetDefault;
  SetDefault("ns3::TcpL4Protocol::SocketType", ns3::StringValue("ns3::TcpNewReno"));
  SetDefault("ns3::TcpSocket::SegmentSize", ns3::UintegerValue(1460));
  SetDefault("ns3::TcpSocket::InitialCwnd", ns3::UintegerValue(10));
  SetDefault("ns3::TcpSocket::SndBufSize", ns3::UintegerValue(1u << 27));
  SetDefault("ns3::TcpSocket::RcvBufSize", ns3::UintegerValue(1u << 27));

  ns3::NodeContainer nodes;
  nodes.Create(2);
  ns3::PointToPointHelper link;
  link.SetDeviceAttribute("DataRate", ns3::StringValue(rate));
  link.SetChannelAttribute("Delay", ns3::StringValue(delay));
  link.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", ns3::StringValue("1000p"));
  const ns3::NetDeviceContainer devices = link.Install(nodes);
  ns3::InternetStackHelper().Install(nodes);
  ns3::Ipv4AddressHelper addresses;
  addresses.SetBase("10.0.0.0", "255.255.255.0");
  const ns3::Ipv4InterfaceContainer interfaces = addresses.Assign(devices);

  ns3::PacketSinkHelper sink("ns3::TcpSocketFactory",
                             ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), 9));
  ns3::ApplicationContainer receiver = sink.Install(nodes.Get(1));
  receiver.Get(0)->TraceConnectWithoutContext("Rx", ns3::MakeCallback(&on_receive));
  ns3::BulkSendHelper source("ns3::TcpSocketFactory",
                             ns3::InetSocketAddress(interfaces.GetAddress(1), 9));
  source.SetAttribute("MaxBytes", ns3::UintegerValue(bytes));
  source.Install(nodes.Get(0));

  ns3::Simulator::Stop(ns3::Seconds(1000));
  const auto begin = std::chrono::steady_clock::now();
  ns3::Simulator::Run();
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%llu bytes by %.4f s, in %.4f s of machine time\n",
              static_cast<unsigned long long>(received.bytes), received.last, wall);
}
