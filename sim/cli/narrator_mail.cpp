// The narrator's part that looks at mail on its way: what an observer of a link has read of it, and
// the three layers of a message.

#include "sim/cli/narrator.h"
#include "sim/metrics/layers.h"
#include "sim/metrics/observer.h"

namespace mailscope::cli {

std::vector<std::string> Narrator::tell_observers(uint32_t events) const {
  std::vector<std::string> lines;
  const std::vector<LinkSpec>& links = run_.history->scenario().links;
  for (size_t i = 0; i < links.size(); ++i) {
    const Observation seen = observe(trace_, LinkId::from_index(i), events);
    const std::string a = host(links[i].a);
    const std::string b = host(links[i].b);
    const std::string opaque = std::to_string(seen.opaque_octets);
    if (seen.clear_octets + seen.opaque_octets == 0) {
      lines.push_back(catalog_.text("observer.silence", {opaque, a, b}));
      continue;
    }
    if (seen.clear_octets == 0) {
      lines.push_back(catalog_.text("observer.nothing", {opaque, a, b}));
      continue;
    }
    lines.push_back(catalog_.text("observer.intro", {opaque, a, b}));
    if (seen.sightings.empty()) lines.push_back("  " + catalog_.text("observer.harmless"));
    for (const Sighting& each : seen.sightings) {
      lines.push_back(
          "  " + catalog_.text(std::string("observer.") + sighting_name(each.kind), {each.text}));
    }
    if (seen.opaque_octets > 0) {
      lines.push_back("  " + catalog_.text("observer.opaque", {opaque}));
    }
  }
  return lines;
}

std::vector<std::string> Narrator::tell_layers(uint32_t n) const {
  std::vector<std::string> lines;
  const World& world = run_.history->world_at(n);
  for (const MessageLayers& layers : layers_of(trace_, world, trace_.events_before(n))) {
    lines.push_back(catalog_.text("layers.intro", {host(layers.from), host(layers.to)}));
    std::string recipients;
    for (const std::string& path : layers.forward_paths) {
      if (!recipients.empty()) recipients += ", ";
      recipients += "<" + path + ">";
    }
    lines.push_back("  " + catalog_.text("layers.envelope", {layers.reverse_path, recipients}));
    for (const std::string& field : layers.header) {
      lines.push_back("  " + catalog_.text("layers.header", {field}));
    }
    for (const MessageLayers::Stored& stored : layers.stored) {
      const MailStore& store = world.store(stored.host);
      const Mailbox& box = store.mailbox(stored.mailbox);
      const std::string place = catalog_.text(
          "layers.place", {host(stored.host), store.account(box.account).name, box.name});
      // What has been removed since can no longer be looked at.
      lines.push_back("  " + (stored.return_path.empty()
                                  ? catalog_.text("layers.removed", {place})
                                  : catalog_.text("layers.stored", {place, stored.return_path})));
    }
    if (layers.stored.empty()) lines.push_back("  " + catalog_.text("layers.passed-on"));
  }
  return lines;
}

}  // namespace mailscope::cli
