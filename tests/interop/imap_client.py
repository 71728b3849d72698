"""A client of raw IMAP for tests of real programs: commands without waiting, whole responses when
they come, and what a mailbox truly holds, asked by a session of its own. Nothing of a mail program or
of Python's imaplib is in here, so that what those believe can be compared with it."""

import dataclasses
import re
import socket
import time

import imap_wire

PATIENCE = 60  # seconds; a server that says nothing for so long is silent


@dataclasses.dataclass
class Response:
    """"* 5 FETCH (...)" has the number 5 and the name FETCH; "a1 OK [CODE 1] done" has the code
    ["CODE", 1]; "+ go on" has the tag "+". In values a number is an int, else as imap_wire has it."""
    raw: bytes
    tag: str
    name: str
    number: int | None
    values: list
    code: list

    def items(self):
        """Of a FETCH: {"UID": 7, "FLAGS": [...], "BODY[]": b"..."}."""
        return dict(zip(self.values[0][0::2], self.values[0][1::2]))


def with_numbers(tree):
    if isinstance(tree, list):
        return [with_numbers(branch) for branch in tree]
    return int(tree) if isinstance(tree, str) and tree.isdecimal() else tree


def parse(raw):
    found = imap_wire.parse(raw)
    code, values = with_numbers(found.code), with_numbers(found.data)
    number = None
    if values and isinstance(values[0], int) and re.match(rb"\* \d", raw):
        number, *values = values
    return Response(raw, found.tag, found.name, number, values, code)


COUNT = re.compile(rb"\{(\d+)\}\r\n\Z")


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

    def unread(self):
        return self.heard[self.taken:][-200:]

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
            raise Closed(f"the server closed; unread: {self.unread()}")
        self.heard = self.heard[self.taken:] + more
        self.taken = 0
        return True

    def next(self, timeout=PATIENCE):
        end = time.monotonic() + timeout
        while (response := self.whole()) is None:
            assert time.monotonic() < end, f"nothing in {timeout} s; unread: {self.unread()}"
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


def offered(server):
    """All capabilities: how to log in is told before it, the rest may be told after it."""
    with Wire(server.port("IMAP")) as wire:
        before = wire.capabilities()
        wire.command("LOGIN bob secret")
        return {name.upper() for name in before + wire.capabilities()}


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
    """{name: attributes in small letters} of all."""
    found = {}
    for response in wire.command('LIST "" "*"').named("LIST"):
        attributes, _, name = response.values[:3]
        name = name.decode("utf-8") if isinstance(name, bytes) else str(name)
        found[name] = frozenset(attribute.lower() for attribute in attributes)
    return found


def truth(server, user="bob"):
    """{mailbox: [Held, ...]} of all that the server holds for somebody."""
    with login(server, user) as wire:
        found = {name: held(wire, name) for name, attributes in mailboxes(wire).items()
                 if not attributes & {"\\noselect", "\\nonexistent"}}
        wire.command("LOGOUT")
        return found
