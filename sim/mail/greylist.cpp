#include "sim/mail/greylist.h"

#include "sim/base/ascii.h"

namespace mailscope {

Instant Greylist::first_seen(std::string_view client, std::string_view reverse_path,
                             std::string_view forward_path, Instant now) {
  std::string triplet = ascii_lower(client);
  triplet.append("\n").append(ascii_lower(reverse_path));
  triplet.append("\n").append(ascii_lower(forward_path));
  for (const Entry& entry : entries_) {
    if (entry.triplet == triplet) return entry.first_seen;
  }
  if (entries_.size() >= kMax) entries_.erase(entries_.begin());
  entries_.push_back({std::move(triplet), now});
  return now;
}

void Greylist::add_to(Digest& digest) const {
  for (const Entry& entry : entries_) {
    digest.add(entry.triplet);
    digest.add(entry.first_seen);
  }
}

}  // namespace mailscope
