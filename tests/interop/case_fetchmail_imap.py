"""fetchmail over IMAP gives each message to a small program that writes a file: looking only, keeping
what it collects, taking it away, throwing away what was seen, and waiting with IDLE."""

import smtplib
import time

from imap_client import login, truth
from mail import LETTER
from peers import until
from programs import Home

NEEDS = ["fetchmail"]

NO_MAIL = 1  # its exit status


def deliver(server, *numbers):
    smtp = smtplib.SMTP("127.0.0.1", server.port("SMTP"), timeout=60)
    for number in numbers:
        smtp.sendmail("ann@example.org", ["bob@example.net"], LETTER + b"Letter %d.\r\n" % number)
    smtp.quit()


class Fetchmail:
    def __init__(self, server, home):
        self.server, self.home = server, home
        self.into = home / "mail"
        self.into.mkdir()
        # A file has its name only when it is whole.
        self.mda = home.write("mda", f'#!/bin/sh\nf=$(mktemp {home.path}/mda.XXXXXX) && cat >"$f" '
                                     f'&& mv "$f" {self.into}/\n', 0o700)

    def command(self, options, *arguments):
        rc = self.home.write(
            "fetchmailrc", "poll 127.0.0.1 protocol IMAP port "
            f"{self.server.port('IMAP')}\n  user bob password secret sslproto ''\n"
            f"  {options}\n  mda {self.mda}\n")
        return ["fetchmail", "--nodetach", "--nosyslog", "-f", rc, "--pidfile",
                self.home / "pid", "--idfile", self.home / "ids", *arguments]

    def __call__(self, options, *arguments, status=0):
        return self.home.run(self.command(options, *arguments), status).decode()

    def letters(self):
        return [path.read_bytes() for path in self.into.iterdir()]

    def collected(self, *numbers):
        """These letters have come, each once, unharmed; then they are forgotten."""
        letters = sorted(self.letters(), key=lambda text: text[-12:])
        assert len(letters) == len(numbers), (len(letters), numbers)
        body = LETTER[LETTER.index(b"\r\n\r\n"):]
        for number, text in zip(numbers, letters):
            wanted = (body + b"Letter %d.\r\n" % number).replace(b"\r\n", b"\n")
            assert text.endswith(wanted), text
        for path in self.into.iterdir():
            path.unlink()


def flags(server):
    """{number of the letter: flags} of what is in INBOX."""
    return {int(held.text.rpartition(b"Letter ")[2][:-3]): held.flags
            for held in truth(server)["INBOX"]}


def collecting(server, fetchmail):
    assert "No mail" in (said := fetchmail("", "--check", status=NO_MAIL)) or "no mail" in said, said
    deliver(server, 1, 2, 3)
    assert "3 messages for bob" in (said := fetchmail("", "--check")), said
    assert not any(flags(server).values()) and not fetchmail.letters()  # it only looked
    fetchmail("keep")
    fetchmail.collected(1, 2, 3)
    assert flags(server) == {number: {"\\Seen"} for number in (1, 2, 3)}, flags(server)
    fetchmail("keep", status=NO_MAIL)  # nothing is new
    fetchmail("keep fetchall")
    fetchmail.collected(1, 2, 3)
    deliver(server, 4)
    fetchmail("")  # what is new, and that goes from the server
    fetchmail.collected(4)
    assert sorted(flags(server)) == [1, 2, 3], flags(server)
    deliver(server, 5)
    fetchmail("flush")  # what was seen before goes, too
    fetchmail.collected(5)
    assert flags(server) == {}, flags(server)
    with login(server) as wire:
        wire.command("CREATE Lists")
        wire.command("APPEND Lists", [LETTER + b"Letter 6.\r\n"])
    deliver(server, 7)
    fetchmail("folder INBOX,Lists fetchall")
    fetchmail.collected(6, 7)
    assert not truth(server)["Lists"] and not truth(server)["INBOX"]


def waiting(server, home, fetchmail):
    """Mail that comes while it waits is collected within a second."""
    process = home.start(fetchmail.command("idle keep"))
    until(lambda: any(line.endswith(" IDLE") for line in server.conversation()),
          "fetchmail waits with IDLE")
    for number in (8, 9):
        waits = sum(line.endswith(" IDLE") for line in server.conversation())
        began = time.monotonic()
        deliver(server, number)
        until(fetchmail.letters, "fetchmail collects what comes while it waits")
        took = time.monotonic() - began
        assert took < 1, f"collected only after {took} s"
        fetchmail.collected(number)
        until(lambda: sum(line.endswith(" IDLE") for line in server.conversation()) > waits,
              "fetchmail waits again")
    assert process.poll() is None


def run(serve):
    server = serve()
    with Home() as home:
        fetchmail = Fetchmail(server, home)
        collecting(server, fetchmail)
        waiting(server, home, fetchmail)
