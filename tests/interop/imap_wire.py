"""IMAP as it is on the wire, for tests that want to see all of it: commands with literals go out as
they are given, and every response comes back whole, parsed into a tree.

In a tree an atom is an Atom, a string (quoted or literal) is bytes, a list is a list, NIL is None.
The name of a FETCH item with its section is one Atom: BODY[HEADER.FIELDS (From)]<0>.
"""

import dataclasses
import re
import time

from dialogue import PATIENCE, Wire


class Atom(str):
    """Also a number, and anything else that is no string and no list."""

    def __repr__(self):
        return str(self)


class Unparsable(Exception):
    """What the server said is no response of IMAP."""


@dataclasses.dataclass
class Literal:
    """Octets in a command. Synchronizing unless "plus" (RFC 7888); "binary" is a literal8 (RFC
    3516); "name" stands for them where a script is shown."""
    octets: bytes
    plus: bool = False
    binary: bool = False
    name: str = ""

    def announcement(self):
        marks = "~" if self.binary else "", "+" if self.plus else ""
        return f"{marks[0]}{{{len(self.octets)}{marks[1]}}}\r\n".encode("ascii")

    def __str__(self):
        shown = self.name or repr(self.octets)[1:]
        return self.announcement().decode("ascii").strip() + (shown if len(shown) <= 60
                                                              else shown[:57] + "...")


@dataclasses.dataclass
class Response:
    """"tag" is "*", "+", or that of a command. Of a status response "code" is what stands in
    brackets (a list) and "text" the words for people; of all others "data" is the tree."""
    tag: str
    name: str  # OK, NO, BAD, BYE, PREAUTH, or the name of the data: EXISTS, FETCH, LIST, ...
    code: list
    data: list
    text: bytes
    raw: bytes


STATUS = ("OK", "NO", "BAD", "BYE", "PREAUTH")


class Parser:
    def __init__(self, raw):
        self.raw = raw
        self.at = 0

    def fail(self):
        raise Unparsable(f"at {self.at}: {self.raw[:400]!r}")

    def peek(self):
        return self.raw[self.at:self.at + 1]

    def blank(self):
        """Exactly one (RFC 3501 9)."""
        if self.peek() != b" ":
            self.fail()
        self.at += 1

    def quoted(self):
        text = bytearray()
        self.at += 1
        while (octet := self.peek()) != b'"':
            if octet in (b"", b"\r", b"\n", b"\0"):
                self.fail()
            if octet == b"\\":
                self.at += 1
                octet = self.peek()
                if octet not in (b"\\", b'"'):
                    self.fail()
            text += octet
            self.at += 1
        self.at += 1
        return bytes(text)

    def literal(self):
        found = re.compile(rb"~?\{(\d+)\}\r\n").match(self.raw, self.at)
        if not found:
            self.fail()
        self.at = found.end() + int(found[1])
        if self.at > len(self.raw):
            self.fail()
        return self.raw[found.end():self.at]

    def atom(self):
        """With its section, which may hold blanks and strings."""
        begin = self.at
        while True:
            octet = self.peek()
            if octet == b"[":
                self.section()
            elif octet in (b"", b" ", b"(", b")", b"{", b'"', b"\r", b"\n"):
                break
            else:
                self.at += 1
        if begin == self.at:
            self.fail()
        text = self.raw[begin:self.at].decode("ascii", "backslashreplace")
        return None if text.upper() == "NIL" else Atom(text)

    def section(self):
        while (octet := self.peek()) != b"]":
            if octet == b'"':
                self.quoted()
            elif octet == b"{":
                self.literal()
            elif octet in (b"", b"\r", b"\n"):
                self.fail()
            else:
                self.at += 1
        self.at += 1

    def value(self):
        octet = self.peek()
        if octet == b'"':
            return self.quoted()
        if octet == b"{" or self.raw[self.at:self.at + 2] == b"~{":
            return self.literal()
        if octet == b"(":
            self.at += 1
            return self.values(b")")
        return self.atom()

    def values(self, end):
        """Up to "end". Between two lists the blank may be missing (RFC 3501 9, body, thread)."""
        found = []
        while not self.raw.startswith(end, self.at):
            if found and not (self.peek() == b"(" and isinstance(found[-1], list)):
                self.blank()
            found.append(self.value())
        self.at += len(end)
        return found

    def code(self):
        """What stands between [ and ]; a code of a kind that is no tree is its text."""
        end = self.raw.index(b"]", self.at)
        if self.raw.startswith(b"BADURL", self.at) or self.raw.startswith(b"REFERRAL", self.at):
            text, self.at = self.raw[self.at:end], end + 1
            return [Atom(text.decode("ascii", "backslashreplace"))]
        inner = Parser(self.raw[self.at:end])
        code = inner.all()
        self.at = end + 1
        return code

    def all(self):
        found = []
        while self.at < len(self.raw):
            if found:
                self.blank()
            found.append(self.value())
        return found


def parse(raw):
    parser = Parser(raw)
    tag, blank, _ = raw.partition(b" ")
    if tag == b"+" or raw.startswith(b"+\r"):
        return Response("+", "", [], [], raw[2:-2], raw)
    if not blank:
        parser.fail()
    tag = tag.decode("ascii", "backslashreplace")
    parser.at = len(tag) + 1
    first = parser.atom()
    name = (first or "NIL").upper()
    if name in STATUS:
        code = []
        if parser.raw.startswith(b" [", parser.at):
            parser.at += 2
            code = parser.code()
        return Response(tag, name, code, [], raw[parser.at:-2].strip(), raw)
    if tag != "*":
        parser.fail()
    data = []
    while not raw.startswith(b"\r\n", parser.at):
        # A blank behind "SEARCH" without numbers is common, and so is none between two threads.
        if not (raw.startswith(b"(", parser.at) and data and isinstance(data[-1], list)):
            parser.blank()
        if not raw.startswith(b"\r\n", parser.at):
            data.append(parser.value())
    if name.isdigit():
        return Response(tag, (data[0] or "NIL").upper(), [], [first, *data[1:]], b"", raw)
    return Response(tag, name, [], data, b"", raw)


class ImapWire(Wire):
    """One connection to a server."""

    def __init__(self, port):
        super().__init__(port)
        self.commands = 0

    def octets(self, count):
        end = time.monotonic() + PATIENCE
        while len(self.heard) < count:
            self.hear(end)
        text, self.heard = self.heard[:count], self.heard[count:]
        return text

    def response(self):
        """The next one, whole."""
        raw = self.line() + b"\r\n"
        while not raw.startswith(b"+") and (found := re.search(rb"\{(\d+)\}\r\n\Z", raw[-24:])):
            raw += self.octets(int(found[1]))
            raw += self.line() + b"\r\n"
        return parse(raw)

    def until(self, tag, heard):
        """Everything up to the response with that tag, or up to a request to go on."""
        while True:
            heard.append(self.response())
            if heard[-1].tag in (tag, "+"):
                return heard[-1]

    def begin(self, *parts):
        """Says a command's parts, str, bytes or Literal, and waits where a literal synchronizes;
        its tag, what was heard meanwhile, and whether it was said whole."""
        self.commands += 1
        tag, heard = f"t{self.commands}", []
        self.say(tag.encode("ascii") + b" ")
        for part in parts:
            if isinstance(part, Literal):
                self.say(part.announcement())
                if not part.plus:
                    self.send()
                    if self.until(tag, heard).tag == tag:
                        return tag, heard, False
                    heard.pop()
                self.say(part.octets)
            else:
                self.say(part if isinstance(part, bytes) else part.encode("utf-8"))
        self.say(b"\r\n")
        self.send()
        return tag, heard, True

    def command(self, *parts):
        """All that is heard up to its completion, which is the last."""
        tag, heard, whole = self.begin(*parts)
        if whole:
            self.until(tag, heard)
        return heard
