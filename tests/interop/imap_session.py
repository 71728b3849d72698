"""Connections to a server of IMAP, and what a client knows by them: how many messages there are,
their UIDs and flags."""

from dialogue import Closed, Silent
from imap_observation import Observation
from imap_wire import ImapWire, Unparsable


class Account:
    """What the connections of one account on one server share: marks are values of HIGHESTMODSEQ
    read in the course of a script, by mailbox, in order."""

    def __init__(self, port, user, ignored=()):
        self.port = port
        self.user = user
        self.ignored = ignored  # attributes of mailboxes that the other server does not offer
        self.marks = {}
        self.validity = {}
        self.sessions = {}

    def rank(self, box, value):
        """Mod-sequences of two servers have nothing in common but their order (RFC 7162 3.1): told
        is how many marks a value lies behind."""
        marks = self.marks.get(box, {})
        return f"after {sum(mark < int(value) for mark in marks.values())} marks"

    def mark(self, box, name, value):
        self.marks.setdefault(box, {})[name] = int(value)

    def filled(self, part):
        """With <name> replaced by the mark, <name+> by the one after it, and <validity name> by the
        mailbox's UIDVALIDITY."""
        if not isinstance(part, str):
            return part
        for marks in self.marks.values():
            for name, value in marks.items():
                part = part.replace(f"<{name}>", str(value)).replace(f"<{name}+>", str(value + 1))
        for box, value in self.validity.items():
            part = part.replace(f"<validity {box}>", str(value))
        return part

    def open(self, number, login=True):
        self.sessions[number] = Session(self)
        return self.sessions[number].greeting(login)

    def close(self):
        for session in self.sessions.values():
            session.wire.close()
        self.sessions = {}


class Session:
    def __init__(self, account):
        self.account = account
        self.wire = ImapWire(account.port)
        self.box = None  # the name of what is selected
        self.view = []
        self.recent = None
        self.keywords = set()  # all flags that FLAGS responses have named
        self.waiting = None  # the tag of IDLE

    def greeting(self, login):
        seen = {"greeting": self.wire.response().name}
        if login:
            seen["status"] = self.wire.command(f"LOGIN {self.account.user} secret")[-1].name
        return seen

    def say(self, text, parts):
        """Plays a command; its observation."""
        if text.upper() == "IDLE":
            return self.idle()
        if text.upper() == "DONE":
            return self.done()
        heard = []
        return self.observed(text, heard, lambda: heard.extend(
            self.wire.command(*map(self.account.filled, parts))))

    def raw(self, octets, answers):
        """Octets as they are; that many tagged responses or requests to go on are waited for."""
        heard, seen = [], {}
        self.wire.say(octets)
        self.wire.send()

        def hear():
            # A line that has no tag gets "* BAD".
            while sum(response.tag != "*" or response.name == "BAD"
                      for response in heard) < answers:
                heard.append(self.wire.response())
        seen = self.observed("RAW", heard, hear)
        # Commands that cannot disturb each other may be completed in any order (RFC 3501 5.5).
        seen["answers"] = ", ".join(sorted(
            response.tag + (" " + response.name if response.name else "")
            for response in heard if response.tag != "*" or response.name in ("BAD", "BYE")))
        return seen

    def idle(self):
        tag, heard, _ = self.wire.begin("IDLE")
        self.waiting = tag
        return self.observed("IDLE", heard, lambda: self.wire.until(tag, heard))

    def done(self):
        """When a server tells what happens during IDLE is its choice, but NOOP has it told: said
        here with DONE, so that both have told the same (RFC 2177 3, RFC 3501 6.1.2)."""
        tag, self.waiting, heard = self.waiting, None, []

        def hear():
            self.wire.until(tag, heard)
            heard.extend(self.wire.command("NOOP"))
        self.wire.say(b"DONE\r\n")
        self.wire.send()
        return self.observed("IDLE", heard, hear)

    def observed(self, text, heard, hear):
        trouble = None
        try:
            hear()
        except Closed:
            trouble = "closed"
        except Silent:
            trouble = "silent"
        except Unparsable as what:
            trouble = f"no response of IMAP: {what}"
        observation = Observation(self, text)
        for response in heard:
            observation.take(response)
        seen = observation.finish()
        if trouble:
            seen["trouble"] = trouble
        return seen
