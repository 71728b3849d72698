"""What one session of IMAP has been told of its mailbox, and the rules by which it may be told: a
model kept from the responses alone, which at the end must be the truth."""

import collections
import dataclasses

from imap_client import as_octets

NUMBERED = ("FETCH", "STORE", "SEARCH")  # while these run, no number may shift (RFC 3501 7.4.1)


@dataclasses.dataclass(eq=False)
class Entry:
    """A message in a session's view; what it was not told of it is None."""
    uid: int | None = None
    flags: frozenset | None = None
    modseq: int = 0


@dataclasses.dataclass
class Said:
    """A command under way."""
    tag: str
    name: str  # as "UID FETCH"
    text: str
    entries: list = dataclasses.field(default_factory=list)  # of a STORE
    flags: frozenset = frozenset()
    how: str = ""  # "+FLAGS", "-FLAGS.SILENT", ...
    mark: bytes = b""  # of an APPEND: the message's own words
    kept: bool = False  # a search that is kept up to date (RFC 5267)
    returns: bool = False  # a SELECT with QRESYNC


class Broken(AssertionError):
    """The server broke a rule; the text says which, and what was last said."""


class Told:
    """A session's view. mode is what it enabled ("" or CONDSTORE, QRESYNC, UIDONLY, IMAP4rev2), or
    how it is told: NOTIFY, NOTIFY-DELAYED, CONTEXT."""

    def __init__(self, name, mode, rev2):
        self.name, self.mode, self.rev2 = name, mode, rev2
        self.by_uid = mode in ("QRESYNC", "UIDONLY")  # VANISHED instead of EXPUNGE
        self.entries = []
        self.said = []  # commands under way, the oldest first
        self.last = collections.deque(maxlen=15)  # the end of the conversation
        self.recent = set()  # UIDs told with \\Recent
        self.refused = 0
        self.found = {}  # tag of a search that is kept up to date: UIDs
        self.validity = None
        self.modseq = None  # as HIGHESTMODSEQ was told last
        self.returning = None  # while it comes back: the entries that it still believes in
        self.exist = 0  # then

    def broken(self, rule):
        raise Broken(f"session {self.name} ({self.mode or 'plain'}): {rule}\n"
                     + "\n".join(repr(line[:300]) for line in self.last))

    def rule(self, holds, rule):
        if not holds:
            self.broken(rule)

    def note(self, line):
        self.last.append(line)

    def says(self, said):
        self.said.append(said)
        self.note(as_octets(f"C: {said.tag} {said.text}"))

    def hears(self, response):
        """Applies it; the command that it ended, if it did."""
        self.note(response.raw)
        if response.code:
            self.coded(response.code)
        if response.tag == "*":
            handler = getattr(self, "on_" + response.name.lower(), None)
            self.rule(handler or response.code, f"what is {response.name}?")
            if handler:
                handler(response)
            return None
        if response.tag == "+":
            self.rule(self.said and self.said[0].name == "IDLE", "nobody asked to go on")
            return None
        self.rule(self.said and response.tag == self.said[0].tag,
                  "commands are answered one after the other")
        said = self.said.pop(0)
        self.ended(said, response)
        return said

    def coded(self, code):
        if code[0] == "UIDVALIDITY":
            self.rule(self.validity in (None, code[1]), "another UIDVALIDITY, and nobody asked")
            self.validity = code[1]
        elif code[0] == "HIGHESTMODSEQ":
            self.modseq = code[1]

    # A session that leaves, and comes back by QRESYNC.

    def can_return(self):
        return (self.mode == "QRESYNC" and not self.said and self.modseq and self.entries
                and all(entry.uid for entry in self.entries))

    def known_state(self):
        self.returning = list(self.entries)
        return self.validity, self.modseq, ",".join(str(entry.uid) for entry in self.entries)

    def back(self):
        """What it was told gone is gone; what it was not told of has come behind the rest."""
        self.rule(len(self.returning) <= self.exist, "more were kept than exist, and none is gone")
        new = [Entry() for _ in range(self.exist - len(self.returning))]
        self.entries, self.returning = self.returning + new, None

    def comes_back(self):
        return bool(self.said) and self.said[0].returns and self.returning is not None

    def running(self):
        return self.said[0].name if self.said else None

    def numbers_may_shift(self):
        if self.mode == "NOTIFY" and not self.said:
            return  # RFC 5465 5.2: at any time
        self.rule(self.said, "a message is gone while no command runs (RFC 3501 7.4.1)")
        self.rule(self.running() not in NUMBERED,
                  f"a number shifts under {self.running()} (RFC 3501 7.4.1)")

    def on_exists(self, response):
        if self.comes_back():
            self.exist = response.number
            return
        self.rule(response.number >= len(self.entries),
                  f"EXISTS goes down from {len(self.entries)} without EXPUNGE (RFC 3501 7.3.1)")
        self.entries += [Entry() for _ in range(response.number - len(self.entries))]

    def on_recent(self, response):
        self.rule(not self.rev2, "RECENT is not of IMAP4rev2 (RFC 9051 Appendix E)")
        self.rule(response.number <= len(self.entries), "more are recent than there are")

    def on_flags(self, response):
        self.rule(isinstance(response.values[0], list), "FLAGS is a list")

    def on_search(self, response):
        self.rule(not self.rev2, "SEARCH is answered by ESEARCH in IMAP4rev2 (RFC 9051 6.4.4)")
        if self.running() == "SEARCH":
            self.rule(all(0 < number <= len(self.entries) for number in response.values),
                      "SEARCH finds numbers that are none")

    def on_esearch(self, response):
        correlator, *values = response.values
        tag = correlator[1].decode()
        if self.said and self.said[0].kept and tag == self.said[0].tag:
            self.found[tag] = set()
        if tag in self.found:
            self.kept_up(self.found[tag], values)
            return
        self.rule(self.rev2, "nobody asked for ESEARCH")
        self.rule(correlator == ["TAG", self.said[0].tag.encode()], "ESEARCH of another's command")

    def kept_up(self, found, values):
        self.rule(values[:1] == ["UID"], "it was asked by UID SEARCH")
        items = dict(zip(values[1::2], values[2::2]))
        found.update(uids_of(str(items.get("ALL", ""))))
        for name in ("REMOVEFROM", "ADDTO"):
            for uids in items.get(name, [])[1::2]:
                for uid in uids_of(str(uids)):
                    self.rule((uid in found) == (name == "REMOVEFROM"), f"{name} of {uid}")
                    found ^= {uid}

    def compare_kept(self, truth):
        for tag, found in self.found.items():
            self.rule(found == truth, f"search {tag} was told as {sorted(found)}: {sorted(truth)}")

    def on_list(self, response):
        self.rule(self.rev2 and self.running() == "SELECT", "LIST, and nobody asked (RFC 9051 6.3.2)")

    def on_status(self, response):
        self.rule(self.running() == "STATUS", "nobody asked for STATUS")

    def on_expunge(self, response):
        self.numbers_may_shift()
        self.rule(not self.by_uid, "VANISHED it must be (RFC 7162 3.2.10.2)")
        self.rule(0 < response.number <= len(self.entries),
                  f"EXPUNGE of {response.number}, and {len(self.entries)} exist")
        del self.entries[response.number - 1]

    def on_vanished(self, response):
        self.rule(self.by_uid, "VANISHED is for those who enabled it (RFC 7162 3.2.10)")
        if response.values[0] == ["EARLIER"] and self.comes_back():
            gone = set(uids_of(str(response.values[1])))
            self.returning = [entry for entry in self.returning if entry.uid not in gone]
            return
        self.numbers_may_shift()
        self.rule(response.values[0] != ["EARLIER"], "VANISHED (EARLIER), and nobody asked")
        for uid in uids_of(str(response.values[0])):
            self.rule(self.entries, "VANISHED of more than exist")
            del self.entries[self.entries.index(self.of_uid(uid))]

    def of_uid(self, uid):
        """The entry that is named by its UID alone. If that was not told yet it is one of some, of
        which nothing is known then: what was told of them by number may be of any."""
        unknown = []
        for entry in self.entries:
            if entry.uid == uid:
                return entry
            if entry.uid is None:
                unknown.append(entry)
            elif entry.uid < uid and self.mode != "UIDONLY":  # there, UIDs are in no order here
                unknown.clear()
            elif entry.uid > uid and self.mode != "UIDONLY":
                break
        self.rule(unknown, f"UID {uid}, which is not here")
        for entry in unknown:
            entry.flags = None
        return unknown[0]

    def on_uidfetch(self, response):
        self.rule(self.mode == "UIDONLY", "UIDFETCH is for those who enabled it (RFC 9586 3)")
        entry = self.of_uid(response.number)
        entry.uid = response.number
        self.told(entry, response.items())

    def on_fetch(self, response):
        if self.comes_back():
            self.back()  # RFC 7162 3.2.5.2: VANISHED comes before
        self.rule(self.mode != "UIDONLY", "UIDFETCH it must be (RFC 9586 3)")
        self.rule(0 < response.number <= len(self.entries),
                  f"FETCH of {response.number}, and {len(self.entries)} exist")
        entry, items = self.entries[response.number - 1], response.items()
        uid = items.get("UID")
        if uid is not None and entry.uid is None:
            self.named(response.number - 1, uid)
        self.rule(uid in (None, entry.uid),
                  f"number {response.number} is UID {entry.uid}, not {uid}")
        # What nobody asked for may come without it even then.
        self.rule(uid is not None or self.running() != "UID FETCH"
                  or set(items) <= {"FLAGS", "MODSEQ"}, "UID FETCH tells the UID (RFC 3501 6.4.8)")
        self.told(entry, items)

    def named(self, at, uid):
        """An entry's UID is told: they ascend with the numbers (RFC 3501 2.3.1.1)."""
        before = next((e.uid for e in reversed(self.entries[:at]) if e.uid), 0)
        after = next((e.uid for e in self.entries[at + 1:] if e.uid), 1 << 32)
        self.rule(before < uid < after, f"UID {uid} stands between {before} and {after}")
        self.entries[at].uid = uid

    def told(self, entry, items):
        if "MODSEQ" in items:
            self.rule(self.mode in ("CONDSTORE", "QRESYNC"), "MODSEQ, and nobody enabled it")
            modseq = items["MODSEQ"][0]
            self.rule(modseq >= entry.modseq, f"MODSEQ goes down from {entry.modseq}")
            entry.modseq = modseq
        if "FLAGS" not in items:
            return
        self.rule("MODSEQ" in items or self.mode not in ("CONDSTORE", "QRESYNC")
                  or "FETCH" in (self.running() or ""),
                  "a change of flags without MODSEQ (RFC 7162 3.1)")
        flags = frozenset(items["FLAGS"])
        if "\\Recent" in flags:
            self.rule(not self.rev2, "\\Recent is not of IMAP4rev2")
            self.recent.add(entry.uid)
        entry.flags = flags - {"\\Recent"}

    def ended(self, said, response):
        if said.returns and self.returning is not None:
            self.back()
        if response.name == "NO":
            # Others may have removed what it is about (RFC 2180 4; RFC 5530 3 has the code).
            self.rule(said.name in ("FETCH", "STORE", "COPY", "MOVE")
                      or response.code == ["EXPUNGEISSUED"], f"{said.text} is refused")
            self.refused += 1
        else:
            self.rule(response.name == "OK", f"{said.text} has {response.name}")
        if not said.how.endswith(".SILENT"):
            return
        for entry in said.entries:  # what it asked for is so, without a word (RFC 3501 6.4.6)
            if response.name == "NO" or (entry.flags is None and said.how[0] in "+-"):
                entry.flags = None
            elif said.how[0] == "+":
                entry.flags |= said.flags
            elif said.how[0] == "-":
                entry.flags -= said.flags
            else:
                entry.flags = said.flags

    def compare(self, truth, all_of_it):
        """truth: [(uid, flags), ...]. Unless all_of_it was asked for, some may not be known."""
        self.rule(len(self.entries) == len(truth),
                  f"it was told of {len(self.entries)}, and {len(truth)} are there")
        entries = self.entries
        if self.mode == "UIDONLY":
            of_uid = {entry.uid: entry for entry in entries}
            entries = [of_uid.get(uid, Entry()) for uid, _ in truth]
            self.rule(set(of_uid) - {None} <= {uid for uid, _ in truth}, "it knows what is gone")
        for number, (entry, (uid, flags)) in enumerate(zip(entries, truth), 1):
            self.rule(entry.uid == uid or (entry.uid is None and not all_of_it),
                      f"number {number} is UID {uid} and was told as {entry.uid}")
            self.rule(entry.flags == flags or (entry.flags is None and not all_of_it),
                      f"UID {uid} has {sorted(flags)} and was told as {sorted(entry.flags or ())}")


def uids_of(text):
    """"1:3,7" as [1, 2, 3, 7]."""
    found = []
    for part in text.split(",") if text else ():
        first, _, last = part.partition(":")
        low, high = sorted((int(first), int(last or first)))
        found += range(low, high + 1)
    return found
