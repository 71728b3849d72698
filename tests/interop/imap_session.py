"""What a client of IMAP is told, so that what two servers tell can be compared.

A Session is one connection; it keeps what a client knows (how many messages, their UIDs and flags).
Each command gives an observation: {what: value}, a value being a text, octets, or a tree. Two
servers behave alike when their observations are equal. What servers are free in is made equal here,
and nothing else is; each such place says what it makes equal, and why that is right.
"""

import dataclasses
import datetime
import re

from dialogue import Closed, Silent
from imap_wire import Atom, ImapWire, Literal, Unparsable

# News may come in any command (RFC 3501 5.2); these say nothing that could be compared: what is
# offered is the server's choice, and ID and human text are for people.
UNCOMPARED = ("CAPABILITY", "ID")
# Of mailboxes, which a server may give or leave out as it sees fit (RFC 3501 7.2.2, RFC 5258 4).
UNCOMPARED_ATTRIBUTES = (r"\MARKED", r"\UNMARKED")


@dataclasses.dataclass
class Entry:
    """A message as the client knows it; origin is its number when the command began."""
    origin: int
    uid: int = None
    flags: list = None


def expanded(numbers):
    """A sequence set of a response as a list of numbers, in its order."""
    found = []
    for part in str(numbers).split(","):
        first, _, last = part.partition(":")
        first, last = int(first), int(last or first)
        found += range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return found


def listed(numbers):
    """[1, 2, 3, 7] as "1:3,7", in the order given."""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in runs)


def text_of(value):
    """An astring or nstring, in whichever of its forms it came (RFC 3501 4.3: they mean the same)."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return "NIL" if value is None else str(value)


def flags_of(tree):
    """Flags have no order, and their case says nothing (RFC 3501 2.3.2, 9)."""
    return sorted(text_of(flag).lower() for flag in tree)


def instant(text):
    """INTERNALDATE in UTC: the zone in which a server writes it is its choice. Of the last hour is
    what came without a date: two servers are not told in the same second."""
    try:
        when = datetime.datetime.strptime(text.decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
        now = datetime.datetime.now(datetime.timezone.utc)
        if abs(now - when) < datetime.timedelta(hours=1):
            return "now"
        return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return "no date-time: " + text_of(text)


def strings(tree):
    """Strings of a tree in whichever form they came; NIL stays NIL, which is not ""."""
    if isinstance(tree, list):
        return [strings(part) for part in tree]
    return str(tree) if isinstance(tree, Atom) else tree


def upper(value):
    return value.upper() if isinstance(value, (bytes, str)) else value


def parameters(tree):
    """Names of parameters have no case (RFC 2045 5.1); values keep theirs."""
    if not isinstance(tree, list):
        return tree
    return [upper(part) if at % 2 == 0 else part for at, part in enumerate(tree)]


def body(tree):
    """Types, subtypes, encodings, disposition types, names of parameters have no case (RFC 2045
    5.1, 6.1, RFC 2183 2)."""
    if not isinstance(tree, list) or not tree:
        return tree
    if isinstance(tree[0], list):
        parts = [body(part) for part in tree if isinstance(part, list) and is_body(part)]
        rest = tree[len(parts):]
        return [parts, upper(rest[0]) if rest else None, *extension(rest[1:], 0)]
    fixed = [upper(tree[0]), upper(tree[1]), parameters(tree[2]), tree[3], tree[4],
             upper(tree[5]), *tree[6:7]] if len(tree) >= 7 else tree
    rest = tree[7:]
    if fixed[0] == b"MESSAGE" and fixed[1] in (b"RFC822", b"GLOBAL") and len(rest) >= 3:
        fixed += [rest[0], body(rest[1]), rest[2]]
        rest = rest[3:]
    elif fixed[0] == b"TEXT":
        fixed += rest[:1]
        rest = rest[1:]
    return fixed + extension(rest, 1)


def is_body(tree):
    return isinstance(tree[0], list) or (len(tree) >= 7 and isinstance(tree[0], bytes))


def extension(rest, before_disposition):
    """body-ext-1part begins with the MD5, body-ext-mpart with the parameters."""
    rest = list(rest)
    if before_disposition == 0 and rest:
        rest[0] = parameters(rest[0])
    if len(rest) > 1 and isinstance(rest[1], list) and len(rest[1]) == 2:
        rest[1] = [upper(rest[1][0]), parameters(rest[1][1])]
    return rest


ENVELOPE = ("date", "subject", "from", "sender", "reply-to", "to", "cc", "bcc", "in-reply-to",
            "message-id")


def envelope(tree):
    return {name: strings(part) for name, part in zip(ENVELOPE, tree)}


def item_name(atom):
    """Keywords, section names and field names have no case, and a field name may be quoted (RFC
    3501 6.4.5)."""
    return re.sub(r'"([^"]*)"', r"\1", str(atom)).upper()


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
        """With <name> replaced by the mark, and <validity name> by the mailbox's UIDVALIDITY."""
        if not isinstance(part, str):
            return part
        for marks in self.marks.values():
            for name, value in marks.items():
                part = part.replace(f"<{name}>", str(value))
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
        seen["answers"] = " ".join(response.tag + (" " + response.name if response.name else "")
                                   for response in heard if response.tag != "*"
                                   or response.name in ("BAD", "BYE"))
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


class Observation:
    """Of one command."""

    def __init__(self, session, text):
        self.session = session
        self.account = session.account
        self.text = text.upper()
        words = self.text.split(" ")
        self.uid = words[0] == "UID"
        self.verb = words[1] if self.uid and len(words) > 1 else words[0]
        self.seen = {}
        self.fetched = {}  # {origin: {item: value}}
        self.gone = []     # origins of messages that were expunged
        self.before = session.box, session.view, session.recent
        if self.verb in ("SELECT", "EXAMINE"):
            session.box, session.view, session.recent = box_of(text), [], None
        for number, entry in enumerate(session.view, 1):
            entry.origin = number
        self.next = len(session.view) + 1

    def take(self, response):
        if response.tag == "+":
            self.seen["continued"] = "+"
        elif response.tag != "*":
            self.seen["status"] = response.name
            self.seen["code"] = self.code(response.code)
        elif response.name in ("OK", "NO", "BAD", "BYE"):
            if response.code or response.name == "BYE":
                what = text_of(response.code[0]).upper() if response.code else ""
                if what == "PERMANENTFLAGS" and self.verb not in ("SELECT", "EXAMINE"):
                    return  # said again as FLAGS may be: see take_flags()
                self.seen[f"{response.name} {what}".strip()] = self.code(response.code)
        elif response.name not in UNCOMPARED:
            handler = getattr(self, "take_" + response.name.lower(), None)
            if handler is None:
                self.seen[response.name] = strings(response.data)
            else:
                handler(response.data)

    def rule(self, broken):
        self.seen["rule broken"] = broken

    def code(self, code):
        if not code:
            return ""
        name, rest = text_of(code[0]).upper(), code[1:]
        if name == "COPYUID":
            return "COPYUID " + " ".join(
                f"{a}->{b}" for a, b in sorted(zip(expanded(rest[1]), expanded(rest[2]))))
        if name == "APPENDUID":
            return f"APPENDUID {listed(expanded(rest[1]))}"
        if name == "UIDVALIDITY":
            self.account.validity[self.session.box] = int(rest[0])
            return name
        if name == "HIGHESTMODSEQ":
            return f"{name} {self.account.rank(self.session.box, rest[0])}"
        if name == "MODIFIED":
            return f"{name} {listed(sorted(expanded(rest[0])))}"
        if name == "PERMANENTFLAGS":
            return " ".join([name, *flags_of(rest[0])])
        if name in ("BADCHARSET", "CAPABILITY"):
            return name  # what else could be used is the server's choice
        return " ".join([name, *map(shown, strings(rest))])

    # --- Of the selected mailbox ----------------------------------------------------------------

    def take_exists(self, data):
        """Compared is how many messages the client knows in the end; saying it twice says nothing
        more."""
        view, count = self.session.view, int(data[0])
        if count < len(view):
            self.rule(f"EXISTS went from {len(view)} to {count} (RFC 3501 7.3.1)")
        while len(view) < count:
            view.append(Entry(self.next))
            self.next += 1

    def take_recent(self, data):
        self.session.recent = int(data[0])

    def take_expunge(self, data):
        """The order in which several are told is the server's choice; compared is which messages
        they are, by their numbers when the command began."""
        number = int(data[0])
        if not 1 <= number <= len(self.session.view):
            return self.rule(f"EXPUNGE of {number} of {len(self.session.view)}")
        if not self.uid and self.verb in ("FETCH", "STORE", "SEARCH"):
            self.rule("EXPUNGE during FETCH, STORE or SEARCH (RFC 3501 7.4.1)")
        return self.gone.append(self.session.view.pop(number - 1).origin)

    def take_vanished(self, data):
        if isinstance(data[0], list):
            # UIDs that never were may be among them (RFC 7162 3.2.10); those that will be, not.
            self.seen["VANISHED EARLIER"] = listed(sorted(set(expanded(data[1]))))
            return
        uids = set(expanded(data[0]))
        known = [entry for entry in self.session.view if entry.uid in uids]
        if len(known) != len(uids):
            self.rule(f"VANISHED {data[0]}: {len(known)} of them were known")
        self.gone += [entry.origin for entry in known]
        self.session.view[:] = [entry for entry in self.session.view if entry.uid not in uids]

    def take_flags(self, data):
        """Said again when a keyword is new, or not: RFC 3501 7.2.6 asks for it in SELECT."""
        if self.verb in ("SELECT", "EXAMINE"):
            self.seen["FLAGS"] = " ".join(flags_of(data[0]))

    def take_fetch(self, data):
        """Several responses of one message are one: their items together (RFC 3501 7.4.2)."""
        number = int(data[0])
        if not 1 <= number <= len(self.session.view):
            return self.rule(f"FETCH of {number} of {len(self.session.view)}")
        entry = self.session.view[number - 1]
        items = self.fetched.setdefault(entry.origin, {})
        for name, value in zip(data[1][::2], data[1][1::2]):
            name = item_name(name)
            value = self.item(name, value)
            if name == "UID":
                if entry.uid not in (None, int(value)):
                    self.rule(f"the UID of {number} was {entry.uid} and is {value}")
                entry.uid = int(value)
            if name == "FLAGS" and "FLAGS" not in items:
                items["known"] = entry.flags
            if name == "FLAGS":
                entry.flags = value
            items[name] = value
        return None

    def item(self, name, value):
        if name == "FLAGS":
            return flags_of(value)
        if name == "INTERNALDATE":
            return instant(value)
        if name == "MODSEQ":
            return self.account.rank(self.session.box, value[0])
        if name == "ENVELOPE":
            return envelope(value)
        if name in ("BODY", "BODYSTRUCTURE"):
            return strings(body(value))
        return strings(value)

    def asked(self, name):
        if self.verb != "FETCH":
            return False
        return re.search(rf"\b({name}|ALL|FAST|FULL)\b" if name == "FLAGS" else rf"\b{name}\b",
                         self.text) is not None

    def finish_fetched(self):
        """FLAGS that were not asked for and are what the client knows already tell nothing, nor do
        the UID and the mod-sequence that come with them; neither does a UID that was not asked for.
        In UID commands it is due (RFC 3501 6.4.8). Whether FLAGS come with a new message is the
        server's choice: those are not compared."""
        for origin, items in sorted(self.fetched.items()):
            known = items.pop("known", None)
            if "FLAGS" in items and not self.asked("FLAGS") and known is None:
                items["FLAGS"] = ["ANY"]
            elif "FLAGS" in items and not self.asked("FLAGS") and known == items["FLAGS"]:
                if not self.asked("MODSEQ") and "UNCHANGEDSINCE" not in self.text:
                    items.pop("MODSEQ", None)
                del items["FLAGS"]
            if not self.uid and not self.asked("UID") or set(items) == {"UID"} and not self.asked(
                    "UID"):
                items.pop("UID", None)
            for name, value in items.items():
                self.seen[f"FETCH {origin} {name}"] = (
                    value if name != "FLAGS" else ANY if value == ["ANY"] else " ".join(value))

    # --- Results --------------------------------------------------------------------------------

    def take_search(self, data):
        """In any order (RFC 3501 7.2.5)."""
        if data and isinstance(data[-1], list):
            self.seen["SEARCH MODSEQ"] = self.account.rank(self.session.box, data[-1][1])
            data = data[:-1]
        self.seen["SEARCH"] = listed(sorted(map(int, data)))

    def take_sort(self, data):
        if data and isinstance(data[-1], list):
            self.seen["SORT MODSEQ"] = self.account.rank(self.session.box, data[-1][1])
            data = data[:-1]
        self.seen["SORT"] = " ".join(map(str, data))

    def take_thread(self, data):
        self.seen["THREAD"] = " ".join(map(shown, strings(data)))

    def take_esearch(self, data):
        """In any order (RFC 4731 3.1), with the tag of the command."""
        data = list(data)
        if data and isinstance(data[0], list):
            correlator = [text_of(part) for part in data.pop(0)]
            if correlator != ["TAG", f"t{self.session.wire.commands}"]:
                self.rule(f"ESEARCH for {correlator}")
        self.seen["ESEARCH"] = ""
        if data and text_of(data[0]).upper() == "UID":
            self.seen["ESEARCH"] = text_of(data.pop(0)).upper()
        for name, value in zip(data[::2], data[1::2]):
            name = text_of(name).upper()
            if name == "MODSEQ":
                value = self.account.rank(self.session.box, value)
            elif name == "ALL":
                value = listed(expanded(value) if self.verb == "SORT" else sorted(expanded(value)))
            self.seen[f"ESEARCH {name}"] = strings(value)

    # --- Mailboxes ------------------------------------------------------------------------------

    def take_list(self, data, kind="LIST"):
        """In any order (RFC 3501 7.2.2), and so are the attributes."""
        attributes = {text_of(name).upper() for name in data[0]}
        attributes -= {*UNCOMPARED_ATTRIBUTES, *self.account.ignored}
        more = "" if len(data) < 4 else " " + shown(strings(data[3]))
        name = mailbox(data[2])
        if f"{kind} {name}" in self.seen:
            self.rule(f"{kind} {name} twice")
        self.seen[f"{kind} {name}"] = " ".join([*sorted(attributes), text_of(data[1])]) + more

    def take_lsub(self, data):
        self.take_list(data, "LSUB")

    def take_status(self, data):
        name = mailbox(data[0])
        for item, value in zip(data[1][::2], data[1][1::2]):
            item = item.upper()
            if item == "UIDVALIDITY":
                self.account.validity[name] = int(value)
                value = "a number"
            elif item == "HIGHESTMODSEQ":
                self.seen["last HIGHESTMODSEQ"] = int(value)
                value = self.account.rank(name, value)
            self.seen[f"STATUS {name} {item}"] = strings(value)

    def take_enabled(self, data):
        self.seen["ENABLED"] = " ".join(sorted(str(name).upper() for name in data))

    # --- In the end -----------------------------------------------------------------------------

    def finish(self):
        session, status = self.session, self.seen.get("status")
        self.finish_fetched()
        if self.gone:
            self.seen["gone"] = listed(sorted(self.gone))
        if self.verb in ("SELECT", "EXAMINE") and status == "BAD":
            session.box, session.view, session.recent = self.before
        elif (self.verb in ("SELECT", "EXAMINE") and status == "NO"
              or self.verb in ("CLOSE", "UNSELECT") and status == "OK"):
            session.box, session.view, session.recent = None, [], None
        if session.box is not None:
            self.seen["messages known"] = str(len(session.view))
            self.seen["recent known"] = str(session.recent)
        return self.seen


def mailbox(name):
    """INBOX in any case is INBOX (RFC 3501 5.1)."""
    text = text_of(name)
    return "INBOX" if text.upper() == "INBOX" else text


def box_of(text):
    """The mailbox that SELECT or EXAMINE names."""
    found = re.match(r'\S+ (?:"((?:[^"\\]|\\.)*)"|(\S+))', text)
    return mailbox(re.sub(r"\\(.)", r"\1", found[1]) if found and found[1] is not None
                   else found[2] if found else "")


def shown(value, limit=160):
    """A value on one line."""
    if isinstance(value, list):
        text = "(" + " ".join(shown(part, 1 << 20) for part in value) + ")"
    elif isinstance(value, dict):
        text = shown([part for pair in value.items() for part in pair], 1 << 20)
    elif isinstance(value, bytes):
        text = '"' + repr(value)[2:-1] + '"'
    else:
        text = "NIL" if value is None else str(value)
    return text if len(text) <= limit else text[:limit - 3] + "..."


def differences(what, ours, theirs):
    """[(what, ours, theirs), ...] of two values, of trees part by part."""
    if ours == theirs or ANY in (ours, theirs):
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [found for name in ours for found in
                differences(f"{what} {name}", ours[name], theirs.get(name, MISSING))]
    if isinstance(ours, list) and isinstance(theirs, list) and ours and theirs:
        found = []
        for at in range(max(len(ours), len(theirs))):
            found += differences(f"{what}.{at}" if " " in what.rpartition(" ")[2] else f"{what}.{at}",
                                 ours[at] if at < len(ours) else MISSING,
                                 theirs[at] if at < len(theirs) else MISSING)
        return found
    if isinstance(ours, bytes) and isinstance(theirs, bytes) and max(len(ours), len(theirs)) > 60:
        return [(what, *beginning_differently(ours, theirs))]
    return [(what, shown(ours), shown(theirs))]


MISSING, ANY = Atom("nothing"), Atom("anything")


def beginning_differently(ours, theirs):
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b),
              min(len(ours), len(theirs)))
    return [f"{len(text)} octets, from {at}: {shown(text[at:at + 40])}" for text in (ours, theirs)]
