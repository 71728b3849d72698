"""Scripts of what a client of IMAP says to two servers, made by generators from a seed, and playing
them on both in step."""

import concurrent.futures
import dataclasses
import random
import re

from imap_found import found_differences
from imap_session import Account
from imap_values import MISSING
from imap_wire import ImapWire, Literal


@dataclasses.dataclass
class Step:
    """"verb" is what is done on the connection: "C" says a command and hears it out, "raw" says
    octets and waits for "answers" answers, "open" begins the connection and logs in (or does not),
    "cut" breaks it, "mark" reads HIGHESTMODSEQ and keeps it under a name."""
    connection: int
    verb: str
    parts: list
    needs: tuple = ()
    answers: int = 1

    def __str__(self):
        where = "" if self.connection == 1 else f"{self.connection} "
        text = self.text()
        return f"{where}{self.verb}: {text if len(text) <= 250 else text[:60] + '...'}"

    def text(self):
        return "".join(repr(part)[1:] if isinstance(part, bytes) else str(part)
                       for part in self.parts)


def octets_in_literals(part):
    """A quoted string has no octets beyond ASCII (RFC 3501 9, TEXT-CHAR): a literal then."""
    if not isinstance(part, str):
        return [part]
    pieces = re.split(r'"((?:[^"\\]|\\.)*)"', part)
    found = []
    for at, piece in enumerate(pieces):
        if at % 2 and not piece.isascii():
            found.append(Literal(piece.encode("utf-8"), True, name=piece))
        else:
            found.append(f'"{piece}"' if at % 2 else piece)
    return found


class Script:
    """"user" is whose mailboxes it works with, new ones for each script."""

    def __init__(self, name, user):
        self.name = name
        self.user = user
        self.random = random.Random(name)
        self.steps = []
        self.marks = 0
        self.stubborn = False  # plays on though one server did what the other refused
        self.names = ()  # of the messages that are searched: the first is that of number 1

    def say(self, *parts, on=1, needs=""):
        """needs: names of capabilities without which the command is not said."""
        parts = [piece for part in parts for piece in octets_in_literals(part)]
        self.steps.append(Step(on, "C", parts, tuple(needs.split())))

    def raw(self, octets, answers=1, on=1, needs=""):
        self.steps.append(Step(on, "raw", [octets], tuple(needs.split()), answers))

    def open(self, number, login=True):
        self.steps.append(Step(number, "open" if login else "connect", []))

    def cut(self, number):
        self.steps.append(Step(number, "cut", []))

    def select(self, box, on=1, how="SELECT"):
        """And learns what is there."""
        self.say(f"{how} {box}", on=on)
        self.say("UID FETCH 1:* (UID FLAGS)", on=on)

    def mark(self, box, on=1):
        """A name for the mailbox's mod-sequence as it is now; <name> stands for it."""
        self.marks += 1
        name = f"m{self.marks}"
        self.steps.append(Step(on, "mark", [name, " ", box], ("CONDSTORE",)))
        return f"<{name}>"

    def try_out(self, command, on=1, needs=""):
        """Says what may be wrong; NOOP follows, as servers give up on who errs again and again."""
        self.say(command, on=on, needs=needs)
        self.say("NOOP", on=on)

    def said(self, on):
        """How many commands have been said on a connection; LOGIN is the first."""
        return 1 + sum(step.connection == on and step.verb in ("C", "mark") for step in self.steps)

    def append(self, box, text, flags=None, date=None, on=1, name=""):
        given = f" ({flags})" if flags is not None else ""
        given += f' "{date}"' if date else ""
        self.say(f"APPEND {box}{given} ", Literal(text, self.random.random() < 0.5, name=name),
                 on=on)


# After these two servers that disagree on success still hold the same.
HARMLESS = ("FETCH", "SEARCH", "SORT", "THREAD", "LIST", "LSUB", "STATUS", "NOOP", "CHECK", "ID",
            "CAPABILITY", "NAMESPACE", "GETMETADATA", "GETQUOTA", "GETQUOTAROOT", "GETACL",
            "CANCELUPDATE")


def harmless(step):
    words = step.text().upper().split(" ")
    return words[words[0] == "UID" and len(words) > 1] in HARMLESS or step.verb == "raw"


def capabilities(port, user):
    """Of a user, logged in."""
    wire = ImapWire(port)
    wire.response()
    wire.command(f"LOGIN {user} secret")
    for response in wire.command("CAPABILITY"):
        if response.name == "CAPABILITY":
            wire.close()
            return {str(word).upper() for word in response.data}
    raise AssertionError("no CAPABILITY response")


# Attributes of LIST responses that belong to an extension.
ATTRIBUTES = {"CHILDREN": (r"\HASCHILDREN", r"\HASNOCHILDREN"),
              "SPECIAL-USE": (r"\SENT", r"\DRAFTS", r"\JUNK", r"\TRASH", r"\ARCHIVE")}


# Those of mailsim serve, and so of both.
MAILBOXES = ("Archive", "Drafts", "Junk", "Sent", "Trash")


class Duet:
    """Two servers that are told the same."""

    def __init__(self, comparison, ours, theirs, user):
        self.comparison = comparison
        self.ports = ours, theirs
        offers = [capabilities(port, user) for port in self.ports]
        # What a capability has in it, and what QRESYNC and others have in them.
        for offer in offers:
            if "QRESYNC" in offer:
                offer.add("CONDSTORE")
            if "IMAP4REV2" in offer:
                offer |= {"NAMESPACE", "UNSELECT", "UIDPLUS", "ESEARCH", "SEARCHRES", "ENABLE",
                          "IDLE", "SASL-IR", "LIST-EXTENDED", "LIST-STATUS", "MOVE", "LITERAL-",
                          "BINARY", "SPECIAL-USE", "STATUS=SIZE"}
        self.both = offers[0] & offers[1]
        self.lacking = {}
        self.ignored = [attribute for name, group in ATTRIBUTES.items() if name not in self.both
                        for attribute in group]
        self.accounts = []
        self.pool = concurrent.futures.ThreadPoolExecutor(1)  # both think at the same time

    def level(self, user):
        """Both have the same mailboxes to begin with, all subscribed."""
        names = []
        wires = [ImapWire(port) for port in self.ports]
        for wire in wires:
            wire.response()
            wire.command(f"LOGIN {user} secret")
            names.append({text.data[2] if isinstance(text.data[2], str)
                          else text.data[2].decode("ascii")
                          for text in wire.command('LIST "" *') if text.name == "LIST"})
        for wire, have in zip(wires, names):
            for name in sorted(names[0] | names[1] | set(MAILBOXES)):
                if name not in have:
                    wire.command(f"CREATE {name}")
                wire.command(f"SUBSCRIBE {name}")
            wire.command("LOGOUT")
            wire.close()

    def begin(self, user):
        self.level(user)
        self.accounts = [Account(port, user, self.ignored) for port in self.ports]
        for account in self.accounts:
            account.open(1)

    def end(self):
        for account in self.accounts:
            account.close()
        self.accounts = []

    def play(self, script, fresh=True):
        """Stops where the two part ways, as what follows would tell nothing; that they do is a
        difference of its own."""
        if fresh:
            self.end()
            self.begin(script.user)
        lost = set()  # connections that one of the two has broken off
        for step in script.steps:
            missing = [name for name in step.needs if name not in self.both]
            if missing:
                self.lacking[missing[0]] = self.lacking.get(missing[0], 0) + 1
                continue
            if step.connection in lost and step.verb not in ("open", "connect"):
                continue
            lost.discard(step.connection)
            meanwhile = self.pool.submit(self.take, self.accounts[1], step)
            ours, theirs = self.take(self.accounts[0], step), meanwhile.result()
            # Never alike: what a client must not be told is wrong though both say it.
            found = [("rule", *(seen.pop("rule broken", "kept") for seen in (ours, theirs)))
                     ] if "rule broken" in ours or "rule broken" in theirs else []
            for what in sorted(ours.keys() | theirs.keys()):
                if not what.startswith("last "):
                    found += found_differences(what, ours.get(what, MISSING),
                                               theirs.get(what, MISSING), script.names)
            parted = not script.stubborn and self.parted(step, ours, theirs)
            if parted:
                found.append(("parted", *(seen.get("trouble", seen.get("status", "none"))
                                          for seen in (ours, theirs))))
            self.comparison.add_step(script.name, step, found)
            if "trouble" in ours or "trouble" in theirs or "BYE" in ours or "BYE" in theirs:
                lost.add(step.connection)
            if parted:
                return

    @staticmethod
    def parted(step, ours, theirs):
        if any(ours.get(what) != theirs.get(what) for what in ("messages known", "trouble")):
            return True
        well = [seen.get("status") == "OK" for seen in (ours, theirs)]
        return well[0] != well[1] and not harmless(step)

    @staticmethod
    def take(account, step):
        """What one server does at a step."""
        if step.verb in ("open", "connect"):
            return account.open(step.connection, step.verb == "open")
        session = account.sessions[step.connection]
        if step.verb == "cut":
            session.wire.close()
            return {}
        if step.verb == "raw":
            return session.raw(step.parts[0], step.answers)
        if step.verb == "mark":
            name, _, box = step.parts
            seen = session.say("STATUS", [f"STATUS {box} (HIGHESTMODSEQ)"])
            account.mark(box, name, seen.get("last HIGHESTMODSEQ", 0))
            # In a selected mailbox Dovecot adds [CLIENTBUG]; the marks are ours, not the script's.
            seen.pop("code", None)
            return seen
        return session.say(re.sub(r"\s+\Z", "", step.text()), step.parts)
