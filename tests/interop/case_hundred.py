"""A hundred sessions on one mailbox, all changing it at once: flags, deletions, new messages, copies,
moves, IDLE, and commands sent without waiting for the last. Some are told by NOTIFY, some keep a
search up to date, some leave and come back by QRESYNC. Each keeps a model of what it was told
(told.py); the rules hold at every response, and at the end every model is the truth. No message that
nobody deleted is lost, and none is there twice."""

import random
import select
import time

from imap_client import login, offered
from told import Said, Told, uids_of

SESSIONS = 100
AT_FIRST = 150  # messages
TURNS = 1000  # each is some commands of one session, sent at once
UNDER_WAY = 4  # commands of one session, with no more than which it says another
SEED = 20260105
DEADLINE = 200  # seconds for all of it
FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Draft", "$One", "$Two")
ENABLED = ("CONDSTORE", "QRESYNC", "IMAP4rev2", "UIDONLY")
# What is said after SELECT, with the capability that it needs.
BEGUN = {"NOTIFY": ("NOTIFY", "NOTIFY SET (SELECTED (MessageNew (UID FLAGS) MessageExpunge "
                    "FlagChange))"),
         "NOTIFY-DELAYED": ("NOTIFY", "NOTIFY SET (SELECTED-DELAYED (MessageNew (UID FLAGS) "
                            "MessageExpunge FlagChange))"),
         "CONTEXT": ("CONTEXT=SEARCH", "UID SEARCH RETURN (UPDATE ALL) FLAGGED")}
MODES = ("", *ENABLED, *BEGUN)
KEEPS_NUMBERS = {"FETCH", "STORE", "SEARCH"}


def text_of(mark):
    return b"From: ann@example.org\r\nSubject: %s\r\n\r\nThe text of %s.\r\n" % (mark, mark)


class Session:
    """Says what it may say at the moment; what it hears goes to its model."""

    def __init__(self, name, server, mode, crowd):
        self.crowd = crowd
        self.wire = login(server)
        if mode in ENABLED:
            enabled = self.wire.command("ENABLE " + mode).named("ENABLED")
            assert mode.upper() in str(enabled[0].raw).upper(), enabled
        self.told = Told(name, mode, mode == "IMAP4rev2")
        tag = self.wire.say("SELECT INBOX")
        self.told.says(Said(tag, "SELECT", "SELECT INBOX"))
        self.idling = False
        self.out = b""
        if mode in BEGUN:
            text = BEGUN[mode][1]
            name = "UID SEARCH" if mode == "CONTEXT" else "NOTIFY"
            self.say(name, text, kept=mode == "CONTEXT")
            self.send()

    def say(self, name, text, literal=None, **more):
        self.wire.count += 1
        tag = f"t{self.wire.count}"
        self.told.says(Said(tag, name, text, **more))
        self.out += f"{tag} {text}".encode()
        if literal is not None:
            self.out += b" {%d+}\r\n%s" % (len(literal), literal)
        self.out += b"\r\n"

    def send(self):
        out, self.out = self.out, b""
        self.wire.socket.settimeout(DEADLINE)
        self.wire.socket.sendall(out)

    def done(self):
        if self.idling:
            self.idling = False
            self.out += b"DONE\r\n"

    def hear(self):
        """What is here, which is something."""
        self.wire.read(DEADLINE)
        while (response := self.wire.whole()) is not None:
            self.crowd.heard(self, response)

    def known(self):
        return [entry for entry in self.told.entries if entry.uid is not None]

    def act(self, dice):
        """Some commands, the next before the last is answered."""
        if self.idling:
            self.done()
        for _ in range(dice.choice((1, 1, 2, 4))):
            self.choose(dice)
            if self.idling:
                break
        self.send()

    def choose(self, dice):
        # A number means what it meant when nothing under way can shift it (RFC 9051 5.5).
        fixed = all(said.name in KEEPS_NUMBERS for said in self.told.said)
        # With NOTIFY they shift at any time (RFC 5465 5.2): UIDs are what it is to use.
        numbers = (fixed and self.told.mode not in ("UIDONLY", "NOTIFY")
                   and len(self.told.entries) > 0)
        acts = [(8, self.fetch_new), (6, self.uid_store), (4, self.uid_delete), (4, self.expunge),
                (3, self.uid_expunge), (6, self.append), (3, self.uid_copy), (4, self.noop),
                (3, self.uid_search), (1, self.status), (3, self.idle), (3, self.uid_fetch_text)]
        if self.crowd.can("MOVE"):
            acts.append((3, self.uid_move))
        if self.told.can_return():
            acts.append((20, self.leave_and_return))
        elif self.told.mode == "QRESYNC":
            acts.append((20, self.fetch_all))
        if numbers:
            acts += [(6, self.fetch), (8, self.store), (2, self.copy), (3, self.search),
                     (3, self.fetch_text)]
        dice.choices([act for _, act in acts], [weight for weight, _ in acts])[0](dice)

    def leave_and_return(self, _):
        """What happened meanwhile is told in the answer to SELECT (RFC 7162 3.2.5)."""
        self.say("UNSELECT", "UNSELECT")
        validity, modseq, uids = self.told.known_state()
        self.say("SELECT", f"SELECT INBOX (QRESYNC ({validity} {modseq} {uids}))", returns=True)
        self.crowd.returns += 1

    # What is about numbers.

    def some_numbers(self, dice):
        low = dice.randint(1, len(self.told.entries))
        high = min(len(self.told.entries), low + dice.choice((0, 0, 1, 5)))
        return low, high, f"{low}:{high}" if high > low else f"{low}"

    def fetch(self, dice):
        self.say("FETCH", f"FETCH {self.some_numbers(dice)[2]} (UID FLAGS)")

    def fetch_text(self, dice):
        number = dice.randint(1, len(self.told.entries))
        self.say("FETCH", f"FETCH {number} (UID BODY[])")  # \Seen comes with it

    def store(self, dice):
        low, high, numbers = self.some_numbers(dice)
        self.say_store(dice, "STORE", numbers, self.told.entries[low - 1:high])

    def say_store(self, dice, name, numbers, entries):
        how = dice.choice(("+", "-", "+", "-", "")) + "FLAGS" + dice.choice(("", ".SILENT"))
        flags = frozenset(dice.sample(FLAGS, dice.randint(1, 2)))
        self.say(name, f"{name} {numbers} {how} ({' '.join(sorted(flags))})",
                 entries=entries, flags=flags, how=how)

    def copy(self, dice):
        self.say("COPY", f"COPY {self.some_numbers(dice)[2]} {dice.choice(('INBOX', 'Other'))}")

    def search(self, dice):
        self.say("SEARCH", dice.choice(("SEARCH ALL", "SEARCH FLAGGED", "SEARCH 1:* DELETED")))

    # What is about UIDs.

    def some_uids(self, dice, most=3):
        known = self.known()
        entries = dice.sample(known, min(len(known), dice.randint(1, most)))
        return entries, ",".join(str(entry.uid) for entry in entries) or "4000000000"

    def fetch_new(self, dice):
        low = max((entry.uid for entry in self.known()), default=0) + 1
        self.say("UID FETCH", f"UID FETCH {low}:* (FLAGS)")

    def fetch_all(self, _):
        self.say("UID FETCH", "UID FETCH 1:* (FLAGS)")

    def uid_fetch_text(self, dice):
        item = dice.choice(("BODY.PEEK[]", "BODY.PEEK[]", "BODY[]"))
        self.say("UID FETCH", f"UID FETCH {self.some_uids(dice, 1)[1]} (UID {item})")

    def uid_store(self, dice):
        entries, uids = self.some_uids(dice)
        self.say_store(dice, "UID STORE", uids, entries)

    def uid_delete(self, dice):
        entries, uids = self.some_uids(dice)
        self.crowd.condemned.update(entry.uid for entry in entries)
        self.say("UID STORE", rf"UID STORE {uids} +FLAGS (\Deleted)", entries=entries,
                 flags=frozenset({"\\Deleted"}), how="+FLAGS")

    def uid_expunge(self, dice):
        self.say("UID EXPUNGE", f"UID EXPUNGE {self.some_uids(dice, 20)[1]}")

    def uid_copy(self, dice):
        where = dice.choice(("INBOX", "INBOX", "Other"))
        self.say("UID COPY", f"UID COPY {self.some_uids(dice)[1]} {where}")

    def uid_move(self, dice):
        entries, uids = self.some_uids(dice, 2)
        self.crowd.condemned.update(entry.uid for entry in entries)
        self.say("UID MOVE", f"UID MOVE {uids} {dice.choice(('INBOX', 'Other', 'Other'))}")

    def uid_search(self, dice):
        self.say("UID SEARCH", dice.choice(("UID SEARCH ALL", "UID SEARCH UNSEEN")))

    # What is about neither.

    def expunge(self, dice):
        self.say("EXPUNGE", "EXPUNGE")

    def append(self, dice):
        mark = self.crowd.mark()
        flags = " ".join(dice.sample(FLAGS, dice.randint(0, 2)))
        self.say("APPEND", f"APPEND INBOX ({flags})", literal=text_of(mark), mark=mark)

    def noop(self, dice):
        name = dice.choice(("NOOP", "CHECK"))
        # IMAP4rev2 has no CHECK (RFC 9051 Appendix E).
        self.say("NOOP", "NOOP" if self.told.rev2 else name)

    def status(self, dice):
        self.say("STATUS", "STATUS Other (MESSAGES UIDNEXT)")

    def idle(self, dice):
        self.say("IDLE", "IDLE")
        self.idling = True


class Crowd:
    def __init__(self, server):
        self.capabilities = offered(server)
        with login(server) as wire:
            wire.command("CREATE Other")
            self.marks = 0
            self.born = {}  # UID in INBOX: the message's own words
            self.copied = {}  # UID in Other: likewise
            self.condemned = set()  # UIDs in INBOX that somebody marked as deleted or moved
            self.copies = []  # of (UID it came from, UID it has, is it in INBOX)
            for _ in range(AT_FIRST):
                mark = self.mark()
                _, uid = wire.command("APPEND INBOX", [text_of(mark)]).code("APPENDUID")
                self.born[uid] = mark
            other = wire.command("STATUS Other (UIDVALIDITY)").named("STATUS")[0]
            self.other_validity = other.values[1][1]
        self.returns = 0  # of sessions, by QRESYNC
        self.sessions = []
        for number in range(SESSIONS):
            modes = [mode for mode in MODES if self.has_mode(mode)]
            self.sessions.append(Session(number, server, modes[number % len(modes)], self))
        self.poll = select.poll()
        self.by_descriptor = {}
        for session in self.sessions:
            self.poll.register(session.wire.fileno(), select.POLLIN)
            self.by_descriptor[session.wire.fileno()] = session

    def has_mode(self, mode):
        if mode in BEGUN:
            return self.can(BEGUN[mode][0])
        return mode == "" or (self.can(mode.upper()) and self.can("ENABLE"))

    def can(self, capability):
        return capability in self.capabilities

    def mark(self):
        self.marks += 1
        return b"message-%d" % self.marks

    def heard(self, session, response):
        told = session.told
        before = told.running()
        ended = told.hears(response)
        code = response.code or [""]
        if code[0] == "APPENDUID":
            told.rule(code[2] not in self.born, f"UID {code[2]} is given twice")
            self.born[code[2]] = ended.mark
        elif code[0] == "COPYUID":
            told.rule(before in ("COPY", "UID COPY", "UID MOVE"), "nobody copied")
            self.note_copies(told, code)
        for item, value in (response.items().items() if "FETCH" in response.name else ()):
            if item == "BODY[]" and value is not None:  # NIL: others have removed it
                uid = response.items().get("UID", response.number)
                # Its APPENDUID may be on its way to another session still: checked at the end, too.
                told.rule(uid not in self.born or value == text_of(self.born[uid]),
                          f"UID {uid} has another's text")

    def note_copies(self, told, code):
        sources, copies = uids_of(str(code[2])), uids_of(str(code[3]))
        told.rule(len(sources) == len(copies), "COPYUID of unequal sets (RFC 4315 3)")
        self.copies += [(source, copy, code[1] != self.other_validity)
                        for source, copy in zip(sources, copies)]

    def listen(self, milliseconds):
        for descriptor, _ in self.poll.poll(milliseconds):
            self.by_descriptor[descriptor].hear()

    def settle(self, deadline, sessions=None):
        """Until all that was said is answered."""
        while any(session.told.said for session in sessions or self.sessions):
            self.listen(100)
            assert time.monotonic() < deadline, [
                (session.told.name, session.told.said) for session in self.sessions
                if session.told.said]

    def all_say(self, deadline, name, text, by_uid=None):
        for session in self.sessions:
            uid_only = session.told.mode == "UIDONLY"
            session.say(*((by_uid or (name, text)) if uid_only else (name, text)))
            session.send()
        self.settle(deadline)


def ask_truth(server, mailbox):
    """[(uid, flags, text), ...]"""
    with login(server) as wire:
        wire.command(f"EXAMINE {mailbox}")
        found = wire.command("UID FETCH 1:* (FLAGS BODY.PEEK[])").fetched()
        return [(items["UID"], frozenset(items["FLAGS"]) - {"\\Recent"}, items["BODY[]"])
                for _, items in sorted(found.items())]


def play(crowd):
    dice = random.Random(SEED)
    deadline = time.monotonic() + DEADLINE
    crowd.settle(deadline)
    for _ in range(TURNS):
        session = dice.choice(crowd.sessions)
        while len(session.told.said) > UNDER_WAY and not session.idling:
            crowd.listen(100)
            assert time.monotonic() < deadline
        session.act(dice)
        crowd.listen(0)
    for session in crowd.sessions:
        session.done()
        session.send()
    crowd.settle(deadline)
    return deadline


def compare(crowd, server, deadline):
    crowd.all_say(deadline, "NOOP", "NOOP")
    inbox = ask_truth(server, "INBOX")
    truth = [(uid, flags) for uid, flags, _ in inbox]
    for session in crowd.sessions:
        session.told.compare(truth, all_of_it=False)
        session.told.compare_kept({uid for uid, flags in truth if "\\Flagged" in flags})
    crowd.all_say(deadline, "FETCH", "FETCH 1:* (UID FLAGS)", ("UID FETCH", "UID FETCH 1:* (FLAGS)"))
    for session in crowd.sessions:
        session.told.compare(truth, all_of_it=True)
    nothing_lost(crowd, inbox, ask_truth(server, "Other"))
    told_recent = [uid for session in crowd.sessions for uid in session.told.recent if uid]
    assert len(told_recent) == len(set(told_recent)), "\\Recent told to two (RFC 3501 2.3.2)"


def nothing_lost(crowd, inbox, other):
    """What is there is what was put there; what nobody removed is there."""
    known = dict(crowd.born)
    in_other = {}
    condemned = set(crowd.condemned)
    left = list(crowd.copies)
    while left:  # a copy may have been copied before we heard of it
        still = []
        for source, copy, here in left:
            if source not in known:
                still.append((source, copy, here))
                continue
            place = known if here else in_other
            assert copy not in place, f"UID {copy} was given twice"
            place[copy] = known[source]
            if here and source in condemned:
                condemned.add(copy)  # it has \\Deleted, too (RFC 3501 6.4.7)
        assert len(still) < len(left), f"copies of what never was: {still[:5]}"
        left = still
    for place, messages in ((known, inbox), (in_other, other)):
        for uid, _, text in messages:
            assert uid in place, f"UID {uid} came from nowhere"
            assert text == text_of(place[uid]), f"UID {uid} has another's text"
    there = {uid for uid, _, _ in inbox}
    lost = set(known) - there - condemned
    assert not lost, f"lost from INBOX, and nobody deleted them: {sorted(lost)}"
    assert {uid for uid, _, _ in other} == set(in_other)
    assert len(set(known) - there) > 20, "hardly anything was deleted: the dice were loaded"


def run(serve):
    server = serve("--no-history")
    crowd = Crowd(server)
    try:
        deadline = play(crowd)
        compare(crowd, server, deadline)
        refused = sum(session.told.refused for session in crowd.sessions)
        print(f"{sum(s.wire.count for s in crowd.sessions)} commands, {refused} refused as others "
              f"had removed what they were about; {len(crowd.born)} messages appended, "
              f"{len(crowd.copies)} copied or moved; {crowd.returns} times one left and came back")
        assert crowd.returns > 3 or not crowd.has_mode("QRESYNC")
    finally:
        for session in crowd.sessions:
            session.wire.close()
