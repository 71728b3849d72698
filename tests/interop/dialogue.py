"""Scripts of what a client says, as text, and playing them against a server of SMTP or POP3.

  # comment
  == name: what it asks
  C: text      says the line with CRLF and waits for the reply
  K: text      the same, and the keywords that the reply lists are compared, too
  P: text      says the line together with what follows it, and waits for the reply only then
  D: text      the same for text of a message, which has no reply; said only where 354 was
  C< octets    the same for octets as they are, and no reply is due
  many N text  says the line N times at once; N replies
  reply        waits for a reply more
  rest         waits for all that the server says until it closes the connection
  cut          breaks the connection
  open         begins another connection of that number; the first one begins by itself
  login U P    logs in by USER and PASS; again, while a lost session still holds the maildrop

A step may begin with the number of its connection ("2 C: QUIT"); without it is 1. In every text
{998 x} is 998 times x, {base64 x} is x in base64, and \\r \\n \\t \\0 \\xHH stand for an octet.

What a server does at a step is an observation, a short text such as "250" or "-ERR [AUTH]"; two
servers behave alike when their observations are equal.
"""

import base64
import contextlib
import dataclasses
import itertools
import re
import socket
import time

PATIENCE = 10  # seconds; a server that says nothing for so long is silent


@dataclasses.dataclass
class Step:
    number: int
    connection: int
    verb: str
    text: str

    def __str__(self):
        where = "" if self.connection == 1 else f"{self.connection} "
        text = self.text if len(self.text) <= 60 else self.text[:57] + "..."
        return f"{self.number} {where}{self.verb} {text}".rstrip()


@dataclasses.dataclass
class Script:
    name: str
    about: str
    steps: list


VERBS = ("C:", "K:", "P:", "D:", "C<", "many", "reply", "rest", "cut", "open", "login")


def read_scripts(path):
    scripts = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line == "" or line.startswith("#"):
            continue
        if line.startswith("== "):
            name, _, about = line[3:].partition(": ")
            assert about and name not in [script.name for script in scripts], f"{path}:{number}"
            scripts.append(Script(name, about, []))
            continue
        found = re.fullmatch(r"(?:(\d) )?(\S+)(?: (.*))?", line)
        assert scripts and found and found[2] in VERBS, f"{path}:{number}: {line}"
        steps = scripts[-1].steps
        steps.append(Step(len(steps) + 1, int(found[1] or 1), found[2], found[3] or ""))
    return scripts


def octets(text):
    """As it goes over the wire."""
    def escape(found):
        if found[1].startswith(b"x"):
            return bytes([int(found[1][1:], 16)])
        return {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}[found[1]]

    def plain(text):
        return re.sub(rb"\\(x[0-9A-Fa-f]{2}|[rnt0\\])", escape, text)

    def braces(found):
        if found[1] == b"base64":
            return base64.b64encode(plain(found[2]))
        return plain(found[2]) * int(found[1])

    pieces = re.split(rb"(\{(?:base64|\d+) [^}]*\})", text.encode("utf-8"))
    return b"".join(re.sub(rb"\{(base64|\d+) ([^}]*)\}", braces, piece)
                    if piece.startswith(b"{") else plain(piece) for piece in pieces)


class Closed(Exception):
    """The server has closed the connection."""


class Silent(Exception):
    """The server says nothing."""


class Wire:
    """One connection; what is said is kept until it is the server's turn."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard = b""
        self.to_say = b""
        self.last = ""  # what was last observed

    def say(self, text):
        self.to_say += text

    def send(self):
        text, self.to_say = self.to_say, b""
        with contextlib.suppress(OSError):  # closed, perhaps; its last words are read all the same
            self.socket.sendall(text)

    def hear(self, end):
        """More of what the server says, up to that time."""
        self.socket.settimeout(max(0.001, end - time.monotonic()))
        try:
            more = self.socket.recv(1 << 16)
        except TimeoutError:
            raise Silent from None
        except OSError:
            more = b""
        if not more:
            raise Closed
        self.heard += more

    def line(self):
        """Without CRLF. A line ended by LF alone is no line of these protocols."""
        end = time.monotonic() + PATIENCE
        while b"\n" not in self.heard:
            self.hear(end)
        text, _, self.heard = self.heard.partition(b"\n")
        assert text.endswith(b"\r"), f"a line without CR: {text}"
        return text[:-1]

    def close(self):
        self.socket.close()


def counted(observations):
    """["250", "250", "452"] as "2x250 452"."""
    groups = [(text, len(list(same))) for text, same in itertools.groupby(observations)]
    return " ".join(text if count == 1 else f"{count}x{text}" for text, count in groups)


class Player:
    """Plays a script. What differs from protocol to protocol is in reply()."""

    def __init__(self, port):
        self.port = port
        self.wires = {}

    def reply(self, wire, step):
        """Reads the reply to a step; its observation."""
        raise NotImplementedError

    def observed(self, wire, step):
        try:
            wire.last = self.reply(wire, step)
        except Closed:
            wire.last = "closed"
        except Silent:
            wire.last = "silent"
        return wire.last

    def play(self, script):
        """[(step, observation), ...]"""
        seen = []
        try:
            self.begin(1, Step(0, 1, "open", ""), seen)
            due = []
            for step in script.steps:
                self.take(step, due, seen)
        finally:
            for wire in self.wires.values():
                wire.close()
            self.wires = {}
        return seen

    def login(self, wire, step):
        raise NotImplementedError

    def begin(self, number, step, seen):
        self.wires[number] = Wire(self.port)
        seen.append((step, self.observed(self.wires[number], step)))

    def take(self, step, due, seen):
        if step.verb == "open":
            return self.begin(step.connection, step, seen)
        wire = self.wires[step.connection]
        if step.verb == "D:" and not wire.last.startswith("354"):
            return None
        if step.verb == "login":
            return seen.append((step, self.login(wire, step)))
        if step.verb == "C<":
            return wire.say(octets(step.text))
        if step.verb in ("P:", "D:", "C:", "K:"):
            wire.say(octets(step.text) + b"\r\n")
        if step.verb == "D:":
            return None
        if step.verb == "P:":
            return due.append(step)
        if step.verb == "cut":
            wire.send()
            return wire.close()
        return self.hear(wire, step, due, seen)

    def hear(self, wire, step, due, seen):
        times = 1
        if step.verb == "many":
            count, _, text = step.text.partition(" ")
            times = int(count)
            wire.say((octets(text) + b"\r\n") * times)
        wire.send()
        for earlier in due:
            seen.append((earlier, self.observed(wire, earlier)))
        due.clear()
        if step.verb == "rest":
            times = 1 << 20
        heard = []
        while len(heard) < times and (not heard or heard[-1] not in ("closed", "silent")):
            heard.append(self.observed(wire, step))
        seen.append((step, counted(heard)))
        return None


class SmtpPlayer(Player):
    def reply(self, wire, step):
        """Its code; all lines of a reply must have the same (RFC 5321 4.2.1)."""
        lines = []
        while not lines or lines[-1][3:4] == b"-":
            lines.append(wire.line())
            found = re.fullmatch(rb"[2-5][0-5][0-9](?:[- ].*)?", lines[-1])
            assert found and lines[-1][:3] == lines[0][:3], f"no reply of SMTP: {lines}"
        code = lines[0][:3].decode("ascii")
        if step.verb != "K:":
            return code
        words = sorted(line[4:].split(b" ")[0].decode("ascii") for line in lines[1:])
        return " ".join([code, *words])


MULTI_LINE = ("CAPA", "RETR", "TOP", "LIST", "UIDL", "AUTH")


class Pop3Player(Player):
    """Octets of messages are kept in texts; unique-ids are called u1, u2, ... in the order in which
    they are first seen, so that those of two servers can be compared."""

    def __init__(self, port):
        super().__init__(port)
        self.texts = {}
        self.ids = {}

    def named(self, unique_id):
        assert re.fullmatch(rb"[!-~]{1,70}", unique_id), f"no unique-id (RFC 1939 7): {unique_id}"
        return self.ids.setdefault(unique_id, f"u{len(self.ids) + 1}")

    def reply(self, wire, step):
        line = wire.line()
        if line[:2] == b"+ ":
            return "+"
        found = re.fullmatch(rb"(\+OK|-ERR)(?: (.*))?", line)
        assert found, f"no response of POP3 (RFC 1939 3): {line}"
        status, rest = found[1].decode("ascii"), found[2] or b""
        words = octets(step.text).upper().split() or [b""]
        command = words[0].decode("ascii", "replace")
        if status == "-ERR":
            code = re.match(rb"\[[A-Z/-]+\]", rest)
            return status + (" " + code[0].decode("ascii") if code else "")
        alone = len(words) == 1
        if command == "STAT" or (command == "LIST" and not alone):
            return " ".join([status, *self.numbers(rest)])
        if command == "UIDL" and not alone:
            number, unique_id = rest.split(b" ")[:2]
            return f"{status} {number.decode('ascii')} {self.named(unique_id)}"
        if command not in MULTI_LINE or (command == "AUTH" and not alone):
            return status
        return " ".join([status, self.block(wire, command, step)]).rstrip()

    @staticmethod
    def numbers(rest):
        found = re.match(rb"(\d+) (\d+)(?: |$)", rest)
        assert found, f"no two numbers (RFC 1939 5): {rest}"
        return found[1].decode("ascii"), found[2].decode("ascii")

    def login(self, wire, step):
        """The loss of a connection is heard of a little later than the next one begins."""
        user, password = step.text.split(" ")
        end = time.monotonic() + PATIENCE
        while True:
            for words in (f"USER {user}", f"PASS {password}"):
                wire.say(octets(words) + b"\r\n")
                wire.send()
                observation = self.observed(wire, step)
            if observation != "-ERR [IN-USE]" or time.monotonic() > end:
                return observation

    def block(self, wire, command, step):
        lines = []
        while (line := wire.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        if command in ("CAPA", "AUTH"):
            words = sorted(line.split(b" ")[0].decode("ascii") for line in lines)
            return " ".join(words) if step.verb == "K:" else ""
        if command == "LIST":
            return ", ".join(" ".join(self.numbers(line)) for line in lines)
        if command == "UIDL":
            named = [(line.split(b" ")[0].decode("ascii"), self.named(line.split(b" ")[1]))
                     for line in lines]
            assert len({name for _, name in named}) == len(named), f"not unique: {lines}"
            return ", ".join(f"{number} {name}" for number, name in named)
        text = b"".join(line + b"\r\n" for line in lines)
        self.texts[str(step)] = text
        return f"{len(text)} octets"
