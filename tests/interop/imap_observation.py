"""What one command of IMAP makes a client know, so that what two servers tell can be compared.

An observation is {what: value}, a value being a text, octets, or a tree. Two servers behave alike
when their observations are equal."""

import dataclasses
import re

from imap_values import (ANY, body, box_of, envelope, expanded, flags_of, instant, item_name,
                         listed, mailbox, rights_of, shown, strings, system_flags, text_of,
                         words)

# News may come in any command (RFC 3501 5.2); these say nothing that could be compared: what is
# offered is the server's choice, and ID and human text are for people.
UNCOMPARED = ("CAPABILITY", "ID")
# Of mailboxes, which a server may give or leave out as it sees fit (RFC 3501 7.2.2, RFC 5258 4).
UNCOMPARED_ATTRIBUTES = (r"\MARKED", r"\UNMARKED")

# LSUB, and LIST with options or several patterns, and what they need not tell but by their options
# (RFC 5258 3, RFC 6154 2).
EXTENDED_LIST = re.compile(r"LIST \(|.* RETURN \(|LIST \S+ \(|LSUB ")
RETURNED = {"CHILDREN": {r"\HASCHILDREN", r"\HASNOCHILDREN"},
            "SPECIAL-USE": {r"\SENT", r"\DRAFTS", r"\JUNK", r"\TRASH", r"\ARCHIVE"}}


@dataclasses.dataclass
class Entry:
    """A message as the client knows it; origin is its number when the command began."""
    origin: int
    uid: int = None
    flags: list = None


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
        self.before = session.box, session.view, session.recent, session.keywords
        if self.verb in ("SELECT", "EXAMINE"):
            session.box, session.view, session.recent = box_of(text), [], None
            session.keywords = set()
        for number, entry in enumerate(session.view, 1):
            entry.origin = number
        self.count = len(session.view)
        self.next = self.count + 1

    def take(self, response):
        if response.tag == "+":
            self.seen["continued"] = "+"
        elif response.tag != "*":
            which = f" of {response.tag}" if self.verb == "RAW" else ""
            if which == "":
                self.seen["status"] = response.name  # of several commands: Session.raw()
            if code := self.code(response.code):
                self.seen["code" + which] = code
        elif response.name in ("OK", "NO", "BAD", "BYE"):
            if response.code[:1] == ["MAILBOXID"]:
                return  # an extension that Dovecot has not (RFC 8474)
            if response.code or response.name == "BYE":
                what = text_of(response.code[0]).upper() if response.code else ""
                if what == "PERMANENTFLAGS" and self.verb not in ("SELECT", "EXAMINE"):
                    return  # said again as FLAGS may be: see take_flags()
                self.seen[f"{response.name} {what}".strip()] = self.code(response.code) or "said"
        elif response.name not in UNCOMPARED:
            handler = getattr(self, "take_" + response.name.lower(), None)
            if handler is None:
                self.seen[response.name] = strings(response.data)
            else:
                handler(response.data)

    def rule(self, broken):
        self.seen["rule broken"] = broken

    def code(self, code):
        if not code or code[0] == "MAILBOXID":
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
            return " ".join([name, *system_flags(rest[0])])
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
        self.seen["gone as"] = "EXPUNGE"
        self.expunge(data)

    def expunge(self, data):
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
        self.seen["gone as"] = "VANISHED"  # and never otherwise once enabled (RFC 7162 3.2.7)
        uids = set(expanded(data[0]))
        known = [entry for entry in self.session.view if entry.uid in uids]
        if len(known) != len(uids):
            self.rule(f"VANISHED {data[0]}: {len(known)} of them were known")
        self.gone += [entry.origin for entry in known]
        self.session.view[:] = [entry for entry in self.session.view if entry.uid not in uids]

    def take_flags(self, data):
        """Keywords that no message has may be listed or not; one that a message has must have been
        told before (RFC 3501 7.2.6), as take_fetch() sees to."""
        self.session.keywords.update(flags_of(data[0]))
        if self.verb in ("SELECT", "EXAMINE"):
            self.seen["FLAGS"] = " ".join(system_flags(data[0]))

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
            if name == "FLAGS":
                items.setdefault("known", entry.flags)
                entry.flags = value
                unheard = set(value) - self.session.keywords - {r"\recent"}
                if unheard:
                    self.rule(f"in no FLAGS response: {unheard} (RFC 3501 7.2.6)")
            items[name] = value
        return None

    def item(self, name, value):
        if name == "FLAGS":
            return flags_of(value)
        if name in ("INTERNALDATE", "SAVEDATE") and value is not None:
            return instant(value)
        if name == "MODSEQ":
            return self.account.rank(self.session.box, value[0])
        if name == "ENVELOPE":
            return envelope(value)
        if name in ("BODY", "BODYSTRUCTURE"):
            return strings(body(value))
        return strings(value)

    def asked(self, name):
        if self.verb in ("SELECT", "EXAMINE"):
            return True  # by QRESYNC (RFC 7162 3.2.5.2)
        if self.verb != "FETCH":
            return False
        return re.search(rf"\b({name}|ALL|FAST|FULL)\b" if name == "FLAGS" else rf"\b{name}\b",
                         self.text) is not None

    def finish_fetched(self):
        """FLAGS that were not asked for and are what the client knows already tell nothing, nor do
        the UID and the mod-sequence that come with them; neither does a UID that was not asked for.
        In UID commands it is due (RFC 3501 6.4.8). Whether FLAGS come with a new message is the
        server's choice: those are not compared. Nor is the last news of a message that is gone."""
        for origin, items in sorted(self.fetched.items()):
            known = items.pop("known", None)
            if origin in self.gone and self.verb not in ("FETCH", "STORE"):
                continue
            if "FLAGS" in items and not self.asked("FLAGS") and known in (None, items["FLAGS"]):
                if known is None:
                    self.seen[f"FETCH {origin} FLAGS"] = self.seen[f"FETCH {origin} MODSEQ"] = ANY
                if not self.asked("MODSEQ") and "UNCHANGEDSINCE" not in self.text:
                    items.pop("MODSEQ", None)
                del items["FLAGS"]
            if (self.verb == "FETCH" and not self.asked("MODSEQ")
                    and "CHANGEDSINCE" not in self.text):
                # Not asked for, and not of a change: it may come with all responses, or only with
                # those of changes (RFC 7162 3.1).
                items.pop("MODSEQ", None)
            due = self.uid and self.verb in ("FETCH", "STORE") and set(items) != {"UID"}
            if not due and not self.asked("UID"):
                items.pop("UID", None)
            for name, value in items.items():
                self.seen[f"FETCH {origin} {name}"] = (
                    " ".join(value) if name == "FLAGS" else value)

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
        self.seen["THREAD"] = strings(data)

    def take_esearch(self, data):
        """In any order (RFC 4731 3.1), with the tag of the command."""
        data = list(data)
        if data and isinstance(data[0], list):
            correlator = [text_of(part) for part in data.pop(0)]
            if correlator != ["TAG", f"t{self.session.wire.commands}"]:
                return self.update(correlator, data)
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
        return self.summary()

    def summary(self):
        """MIN, MAX and COUNT that are asked for with ALL say what ALL says (RFC 4731 3.1), of SORT
        its first and last (RFC 5267 3.1); all but COUNT are left out when nothing is found."""
        options = re.search(r"RETURN \(([^)]*)\)", self.text)
        wanted = options[1].split() if options else []
        if options is None or (wanted and "ALL" not in wanted):
            return None
        found = expanded(self.seen["ESEARCH ALL"]) if "ESEARCH ALL" in self.seen else []
        ends = found if self.verb == "SORT" else sorted(found)
        due = {"MIN": ends[0], "MAX": ends[-1]} if found else {}
        due["COUNT"] = len(found)
        for name in ("MIN", "MAX", "COUNT"):
            said = self.seen.pop(f"ESEARCH {name}", None)
            if said != (str(due[name]) if name in due and name in wanted else None):
                self.rule(f"{name} {said} beside ALL {listed(found)} (RFC 4731 3.1)")
        self.seen["ESEARCH ALL"] = listed(found)
        return None

    def update(self, correlator, data):
        """News of an earlier search (RFC 5267 4.3); those that come together are one list, and
        where in a result that is not sorted a message is put says nothing."""
        if correlator[:1] != ["TAG"] or text_of(data[-2]).upper() not in ("ADDTO", "REMOVEFROM"):
            return self.rule(f"ESEARCH for {correlator}: {data}")
        uid = " UID" if text_of(data[0]).upper() == "UID" else ""
        what = f"ESEARCH {correlator[1]}{uid} {text_of(data[-2]).upper()}"
        numbers = [number for numbers in data[-1][1::2] for number in expanded(numbers)]
        numbers += expanded(self.seen[what]) if what in self.seen else []
        self.seen[what] = listed(sorted(numbers))
        return None

    # --- Mailboxes ------------------------------------------------------------------------------

    def take_list(self, data, kind="LIST"):
        """In any order (RFC 3501 7.2.2), and so are the attributes."""
        attributes = {text_of(name).upper() for name in data[0]}
        attributes -= {*UNCOMPARED_ATTRIBUTES, *self.account.ignored}
        if EXTENDED_LIST.match(self.text):
            for option, group in RETURNED.items():
                if option not in self.text:
                    attributes -= group
        more = "" if len(data) < 4 else " " + shown(words(data[3]))
        name = mailbox(data[2])
        if f"{kind} {name}" in self.seen and self.verb != "RAW":
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

    def take_metadata(self, data):
        """Names of entries have no case (RFC 5464 2), and no order."""
        name, entries = mailbox(data[0]), data[1]
        if not isinstance(entries, list):
            self.seen[f"METADATA {name}"] = strings(data[1:])
            return
        for entry, value in zip(entries[::2], entries[1::2]):
            self.seen[f"METADATA {name} {text_of(entry).lower()}"] = value

    def take_acl(self, data):
        """Rights are a set, and "c" and "d" stand for others of them (RFC 4314 2, 2.1.1)."""
        for who, rights in zip(data[1::2], data[2::2]):
            self.seen[f"ACL {mailbox(data[0])} {text_of(who)}"] = rights_of([rights])

    def take_myrights(self, data):
        self.seen[f"MYRIGHTS {mailbox(data[0])}"] = rights_of(data[1:])

    def take_listrights(self, data):
        """Which rights are tied to which is the server's choice (RFC 4314 3.7)."""
        self.seen[f"LISTRIGHTS {mailbox(data[0])} {text_of(data[1])}"] = rights_of(data[2:])

    def take_quotaroot(self, data):
        """Roots have names of the server's choice (RFC 9208 3.2), and so are the limits."""
        self.seen[f"QUOTAROOT {mailbox(data[0])}"] = f"{len(data) - 1} roots"

    def take_quota(self, data):
        resources = {text_of(name).upper(): text_of(value)
                     for name, value in zip(data[1][::3], data[1][1::3])}
        self.seen["QUOTA STORAGE"] = resources.get("STORAGE", "none")

    def take_enabled(self, data):
        self.seen["ENABLED"] = " ".join(sorted(str(name).upper() for name in data))

    # --- In the end -----------------------------------------------------------------------------

    def finish(self):
        session, status = self.session, self.seen.get("status")
        self.finish_fetched()
        # What came and went between two commands need not be told.
        gone = [origin for origin in self.gone if origin <= self.count]
        if gone:
            self.seen["gone"] = listed(sorted(gone))
        else:
            self.seen.pop("gone as", None)
        if self.verb in ("SELECT", "EXAMINE") and status == "BAD":
            session.box, session.view, session.recent, session.keywords = self.before
        elif (self.verb in ("SELECT", "EXAMINE") and status == "NO"
              or self.verb in ("CLOSE", "UNSELECT") and status == "OK"):
            session.box, session.view, session.recent = None, [], None
        if session.box is not None:
            self.seen["messages known"] = str(len(session.view))
            self.seen["recent known"] = str(session.recent)
        return self.seen
