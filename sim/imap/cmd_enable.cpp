// ENABLE: RFC 5161, and what each extension that is enabled changes: RFC 7162 §3.1 and §3.2.3
// (CONDSTORE, QRESYNC), RFC 9755 §3 (UTF8=ACCEPT), RFC 9051 §6.3.1 (IMAP4rev2), RFC 9586 §3.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/imap/server.h"

namespace mailscope {

using imap::Extension;

namespace {

/// What ENABLE is for; everything else that a client names is passed over (RFC 5161 §3.1).
constexpr Extension kEnabled[] = {Extension::kRev2, Extension::kCondStore, Extension::kQresync,
                                  Extension::kUtf8Accept, Extension::kUidOnly};

}  // namespace

void ImapServer::cmd_enable(Turn& turn, const imap::WordsArguments& arguments) {
  std::string enabled;
  bool condstore = false;
  for (const std::string& word : arguments.words) {
    const imap::ExtensionRow* row = imap::find_extension(word);
    if (row == nullptr || !offers(row->extension) || this->enabled(row->extension)) continue;
    if (std::find(std::begin(kEnabled), std::end(kEnabled), row->extension) ==
        std::end(kEnabled)) {
      continue;
    }
    // RFC 7162 §3.2.3: QRESYNC enables CONDSTORE, too.
    condstore |= row->extension == Extension::kCondStore || row->extension == Extension::kQresync;
    enabled_ |= imap::bit(row->extension);
    enabled += fmt::format(" {}", row->name);
  }
  turn.out.line("* ENABLED" + enabled);
  if (condstore) {
    enabled_ &= ~imap::bit(Extension::kCondStore);
    enable_condstore(turn);
  }
  ok(turn, "ENABLE completed");
}

void ImapServer::enable_condstore(Turn& turn) {
  if (enabled(Extension::kCondStore) || !offers(Extension::kCondStore)) return;
  enabled_ |= imap::bit(Extension::kCondStore);
  if (state_ != imap::State::kSelected || !selected_has_modseqs_) return;
  // RFC 7162 §3.1: with a mailbox selected, the client is told where it stands; which is before
  // every expunge that it has not been told of.
  turn.out.line(fmt::format("* OK [HIGHESTMODSEQ {}] The state of this mailbox",
                            view_.whole_up_to(selected(turn))));
}

}  // namespace mailscope
