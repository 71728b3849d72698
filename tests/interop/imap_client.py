"""IMAP as it goes over the wire: one connection, its responses read by the grammar of RFC 3501 9 and
RFC 9051 9, and what a mailbox truly holds, asked by a session of its own. Nothing of a mail program
or of Python's imaplib is in here, so that what those believe can be compared with it.

A value of a response is None (NIL), an int, a str (atom), bytes (string or literal) or a list."""

import dataclasses
import re
import socket
import time

PATIENCE = 60  # seconds; a server that says nothing for so long is silent


@dataclasses.dataclass
class Response:
    """"* 5 FETCH (...)" has the number 5 and the name FETCH; "a1 OK [CODE 1] done" has the code
    ["CODE", 1]; "+ go on" has the tag "+"."""
    raw: bytes
    tag: str
    name: str = ""
    number: int | None = None
    values: list = dataclasses.field(default_factory=list)
    code: list | None = None
    text: str = ""

    def items(self):
        """Of a FETCH: {"UID": 7, "FLAGS": [...], "BODY[]": b"..."}."""
        return pairs(self.values[0])


def pairs(values):
    return dict(zip(values[0::2], values[1::2]))


STRING = re.compile(rb'"((?:[^"\\\r\n]|\\["\\])*)"')
LITERAL = re.compile(rb"~?\{(\d+)\}\r\n")
ATOM = re.compile(rb'(?:\\\*|\\?[^ (){}\[\]"\\\x00-\x1f\x7f]+)')
ORIGIN = re.compile(rb"<\d+>")
NUMBER = re.compile(rb"(\d+) ")
NAME = re.compile(rb"[A-Za-z0-9=_+.-]+")
CODE = re.compile(rb" \[(?=[A-Z])")
COUNT = re.compile(rb"\{(\d+)\}\r\n\Z")
STATUSES = ("OK", "NO", "BAD", "BYE", "PREAUTH")


class Reader:
    """The values of one response. An AssertionError says where it breaks the grammar."""

    def __init__(self, raw):
        self.raw = raw
        self.at = 0

    def fail(self, why):
        raise AssertionError(f"no response of IMAP ({why}) at octet {self.at}: {self.raw[:400]}")

    def found(self, pattern):
        found = pattern.match(self.raw, self.at)
        if found:
            self.at = found.end()
        return found

    def peek(self):
        return self.raw[self.at:self.at + 1]

    def value(self):
        if self.peek() == b"(":
            self.at += 1
            return self.values(b")")
        if found := self.found(STRING):
            return re.sub(rb"\\(.)", rb"\1", found[1])
        if found := self.found(LITERAL):
            start, self.at = self.at, self.at + int(found[1])
            return self.raw[start:self.at]
        start = self.at
        if not self.found(ATOM):
            self.fail("a value is due")
        if self.peek() == b"[":  # BODY[HEADER.FIELDS (TO)]<0>
            end = self.raw.find(b"]", self.at)
            if end < 0:
                self.fail("no ]")
            self.at = end + 1
            self.found(ORIGIN)
        text = self.raw[start:self.at].decode("utf-8")
        if text.isdecimal():
            return int(text)
        return None if text.upper() == "NIL" else text

    def values(self, end):
        """Up to this octet, which is passed. One space is between two values and none elsewhere,
        but lists may touch (the parts of a BODYSTRUCTURE, the addresses of an ENVELOPE)."""
        found = []
        while not self.raw.startswith(end, self.at):
            if found and self.peek() == b" ":
                self.at += 1
            elif found and not (isinstance(found[-1], list) and self.peek() == b"("):
                self.fail("a space is due")
            found.append(self.value())
        self.at += len(end)
        return found


def parse(raw):
    if raw.startswith(b"+"):
        return Response(raw, "+", text=raw[2:-2].decode("utf-8", "replace"))
    reader = Reader(raw)
    tag, _, rest = raw.partition(b" ")
    reader.at = len(tag) + 1
    response = Response(raw, tag.decode("ascii"))
    number = reader.found(NUMBER)
    if number:
        response.number = int(number[1])
    name = reader.found(NAME)
    if not name or not rest:
        reader.fail("a name is due")
    response.name = name[0].decode("ascii").upper()
    if response.name in STATUSES:
        if reader.found(CODE):
            response.code = reader.values(b"]")
        if reader.peek() != b" ":
            reader.fail("text is due (RFC 3501 9, resp-text)")
        response.text = raw[reader.at + 1:-2].decode("utf-8", "replace")
    elif reader.peek() == b" ":
        reader.at += 1
        response.values = reader.values(b"\r\n")
        if not response.values:
            reader.fail("a value is due")
    elif reader.raw[reader.at:] != b"\r\n":
        reader.fail("the line's end is due")
    return response


class Refused(AssertionError):
    """A command had NO or BAD; reply is its last line."""

    def __init__(self, said, reply):
        super().__init__(f"{said!r}: {reply.raw!r}")
        self.reply = reply


class Closed(AssertionError):
    """The server has closed the connection."""


class Reply:
    """All that came from a command to its tagged line, that line included."""

    def __init__(self, responses):
        self.responses = responses
        self.last = responses[-1]

    def named(self, name):
        return [response for response in self.responses[:-1] if response.name == name]

    def code(self, name):
        """The arguments of this response code, wherever it stands; None without it."""
        for response in self.responses:
            if response.code and response.code[0] == name:
                return response.code[1:]
        return None

    def fetched(self):
        """{number: items} of all FETCH responses; what is said of one message is one."""
        found = {}
        for response in self.named("FETCH"):
            found.setdefault(response.number, {}).update(response.items())
        return found


def as_octets(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


class Wire:
    """One connection. Commands are lists of texts and of bytes in a list, which is a literal:
    command("APPEND INBOX", [letter])."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard = b""
        self.taken = 0  # so much of it is read
        self.count = 0
        self.greeting = self.next()

    def fileno(self):
        return self.socket.fileno()

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def whole(self):
        """Takes a whole response from what was heard, or None."""
        at = self.taken
        while True:
            end = self.heard.find(b"\r\n", at)
            if end < 0:
                return None
            end += 2
            literal = COUNT.search(self.heard, max(at, end - 30), end)
            if not literal:
                raw = self.heard[self.taken:end]
                self.taken = end
                return parse(raw)
            at = end + int(literal[1])
            if len(self.heard) < at:
                return None

    def read(self, timeout):
        """Hears what comes within so many seconds; False if nothing."""
        self.socket.settimeout(max(0.0001, timeout))
        try:
            more = self.socket.recv(1 << 20)
        except TimeoutError:
            return False
        except ConnectionError:
            more = b""
        if not more:
            raise Closed(f"the server closed; unread: {self.heard[self.taken:][-200:]}")
        self.heard = self.heard[self.taken:] + more
        self.taken = 0
        return True

    def next(self, timeout=PATIENCE):
        end = time.monotonic() + timeout
        while (response := self.whole()) is None:
            assert time.monotonic() < end, f"nothing in {timeout} s; unread: {self.heard[self.taken:][-200:]}"
            self.read(end - time.monotonic())
        return response

    def say(self, *parts):
        """Sends a command without waiting for a word of the server (RFC 7888); its tag."""
        self.count += 1
        tag = f"w{self.count}"
        line = tag.encode("ascii")
        for part in parts:
            if isinstance(part, list):
                line += b" {%d+}\r\n%s" % (len(part[0]), part[0])
            else:
                line += b" " + as_octets(part)
        self.socket.sendall(line + b"\r\n")
        return tag

    def reply(self, tag):
        responses = []
        while not responses or responses[-1].tag != tag:
            responses.append(self.next())
        return Reply(responses)

    def ask(self, *parts):
        """Says it and reads the whole reply, whatever it is."""
        return self.reply(self.say(*parts))

    def command(self, *parts):
        reply = self.ask(*parts)
        if reply.last.name != "OK":
            raise Refused(parts, reply.last)
        return reply

    def capabilities(self):
        return self.command("CAPABILITY").named("CAPABILITY")[-1].raw.decode("ascii").split()[2:]


def login(server, user="bob", port=None):
    wire = Wire(port or server.port("IMAP"))
    wire.command(f"LOGIN {user} secret")
    return wire


@dataclasses.dataclass(frozen=True)
class Held:
    """A message as the server holds it; \\Recent is a session's and not the message's."""
    uid: int
    flags: frozenset
    text: bytes


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def held(wire, mailbox):
    """All messages of a mailbox by number, read without changing anything."""
    wire.command(f"EXAMINE {quoted(mailbox)}")
    found = wire.command("UID FETCH 1:* (FLAGS BODY.PEEK[])").fetched()
    assert sorted(found) == list(range(1, len(found) + 1)), sorted(found)
    return [Held(items["UID"], frozenset(items["FLAGS"]) - {"\\Recent"}, items["BODY[]"])
            for _, items in sorted(found.items())]


def mailboxes(wire):
    """{name: attributes} of all."""
    found = {}
    for response in wire.command('LIST "" "*"').named("LIST"):
        attributes, _, name = response.values[:3]
        name = name.decode("utf-8") if isinstance(name, bytes) else str(name)
        found[name] = frozenset(attributes)
    return found


def truth(server, user="bob"):
    """{mailbox: [Held, ...]} of all that the server holds for somebody."""
    with login(server, user) as wire:
        found = {name: held(wire, name) for name, attributes in mailboxes(wire).items()
                 if "\\Noselect" not in attributes}
        wire.command("LOGOUT")
        return found
