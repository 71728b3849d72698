"""Maildirs on disk, as a mail program sees and changes them, and the server's mailboxes in the same
terms, so that the two can be compared."""

import os
import re

from imap_client import truth
from mail import LETTER

FLAG_LETTERS = {"\\Draft": "D", "\\Flagged": "F", "$Forwarded": "P", "\\Answered": "R",
                "\\Seen": "S", "\\Deleted": "T"}


def letter(number):
    return LETTER.replace(b"Message-ID: <letter", b"Message-ID: <letter%d" % number)


def plain(text):
    """Without the field by which mbsync finds again what it was storing when a connection broke."""
    return re.sub(rb"X-TUID: \S{12}\r\n", b"", text, count=1)


class Maildirs:
    """The folders on disk, as a mail program sees and changes them."""

    def __init__(self, root):
        self.root = root
        self.delivered = 0

    def boxes(self):
        return sorted(str(path.parent.relative_to(self.root)) for path in self.root.rglob("cur"))

    def files(self, box):
        return [path for part in ("cur", "new") for path in (self.root / box / part).iterdir()]

    def held(self, box):
        """[(text, flags), ...] in order, as the wire has it: with CRLF."""
        return sorted((plain(path.read_bytes().replace(b"\n", b"\r\n")),
                       path.name.partition(":2,")[2])
                      for path in self.files(box))

    def make(self, box):
        for part in ("cur", "new", "tmp"):
            (self.root / box / part).mkdir(parents=True)

    def name(self, flags):
        self.delivered += 1
        return f"{1767607200 + self.delivered}.M{self.delivered}P1.here" + (
            f":2,{flags}" if flags is not None else "")

    def deliver(self, box, text, flags=None):
        part = "new" if flags is None else "cur"
        path = self.root / box / part / self.name(flags)
        path.write_bytes(text.replace(b"\r\n", b"\n"))

    def find(self, box, number):
        wanted = b"<letter%d@" % number
        found = [path for path in self.files(box) if wanted in path.read_bytes()]
        assert len(found) == 1, (box, number, found)
        return found[0]

    def flag(self, box, number, flags):
        path = self.find(box, number)
        stem = path.name.partition(":2,")[0]
        path.rename(self.root / box / "cur" / f"{stem}:2,{flags}")

    def move(self, box, number, into):
        """To another folder, where it has a name of its own."""
        path = self.find(box, number)
        path.rename(self.root / into / "cur" / self.name(path.name.partition(":2,")[2]))

    def age(self):
        """Its folders seem changed long ago: mbsync waits a second for those that just were, as
        somebody may be changing them still. Here nobody is."""
        for path in self.root.rglob("*"):
            if path.is_dir():
                os.utime(path, (1767607200, 1767607200))

    def snapshot(self):
        """All files there are, by name, with what is in them; when they were touched is no matter."""
        return {str(path.relative_to(self.root)): path.read_bytes()
                for path in self.root.rglob("*") if path.is_file()}


def on_server(server):
    """{box: [(text, flags as a Maildir's letters), ...]}"""
    return {name: sorted((plain(held.text), "".join(sorted(
                FLAG_LETTERS[flag] for flag in held.flags if flag in FLAG_LETTERS)))
                         for held in messages)
            for name, messages in truth(server).items()}


def numbers(messages):
    """Which letters these are."""
    return sorted(int(re.search(rb"<letter(\d+)@", text)[1]) for text, _ in messages)
