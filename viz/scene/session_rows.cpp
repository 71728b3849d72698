#include "viz/scene/session_rows.h"

#include <algorithm>

#include "sim/metrics/imap_sessions.h"

namespace mailscope::viz {
namespace {

constexpr size_t kMostCells = 400;

SessionCell cell_of(const NumberedUid& each) {
  using Mark = SessionCell::Mark;
  SessionCell cell;
  cell.told_number = each.number.value;
  cell.uid = std::to_string(each.uid.value);
  cell.number = std::to_string(each.number.value);
  if (each.number.value == 0) {
    cell.mark = Mark::kUntold;
    cell.number = "+";
  } else if (each.gone) {
    cell.mark = Mark::kGone;
  } else if (each.stale) {
    cell.mark = Mark::kStale;
    cell.number += '~';
  }
  return cell;
}

SessionRow row_of(const ImapSession& session) {
  using When = SessionNews::When;
  SessionRow row;
  row.client = session.client;
  row.user = session.user;
  row.mailbox = session.mailbox;
  row.read_only = session.read_only;
  row.listening = session.listening;
  row.exists = {session.told_exists, session.exists};
  if (session.condstore) row.modseq = SessionCount{session.told_modseq, session.highest_modseq};
  const size_t shown = std::min(session.numbering.size(), kMostCells);
  for (size_t i = 0; i < shown; ++i) row.cells.push_back(cell_of(session.numbering[i]));
  row.more = session.numbering.size() - shown;
  for (const PendingNews& news : session.pending) {
    const When when = session.listening ? When::kAtOnce
                      : news.shifts     ? When::kWhenNumbersMayShift
                                        : When::kNextCommand;
    row.pending.push_back({news.response, when});
  }
  return row;
}

}  // namespace

std::vector<SessionRow> build_session_rows(const Moment& moment) {
  std::vector<SessionRow> rows;
  for (const ImapSession& session : imap_sessions(*moment.world)) rows.push_back(row_of(session));
  return rows;
}

}  // namespace mailscope::viz
