#!/usr/bin/env python3
"""How long IMAP takes over the loopback: `mailsim serve` beside Dovecot, with the same mailbox.

  imap_beside_dovecot.py --mailsim PATH [--messages N] [--rounds N] [--only WORD] [--must-win]

Both are set up to be fast. Dovecot: its mailbox and indexes in memory (/dev/shm), nothing synced to
a disk, no log. Mailscope: nothing printed, no history. Each operation is done by a client that only
looks for the tagged response, so that what is measured is the servers; once before it counts, so
that what can be cached is; then in several rounds, in each by one server right after the other,
first the one and then the other. Of the rounds' times and of their ratios the median is printed,
and the ratio of the processor time that the servers took, which a busy machine disturbs less: what
one command of a fraction of a millisecond takes is else mostly the time until somebody is woken.
Not a test of ./check, where nothing fails by the clock. With --must-win the exit status is 1 when an
operation was slower than Dovecot's both in time and in processor time; they are named.
"""

import argparse
import contextlib
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))

# pylint: disable=wrong-import-position
from peers import DOVECOT_IMAP, DovecotImap
from server import Server, Skip

USER = "bench"
LETTER = ("From: Sender {n} <sender{n}@example.org>\r\nTo: bench@example.net\r\n"
          "Subject: Message {n} about {topic}\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\n"
          "Message-ID: <{n}@example.org>\r\nX-Topic: {topic}\r\n\r\nA short text, number {n}.\r\n")
TOPICS = ("bread", "water", "salt", "stone", "paper")


class QuietDovecot(DovecotImap):
    """Without a log and without plugins."""
    CONFIGURATION = DOVECOT_IMAP.replace("log_path = {root}/log", "log_path = /dev/null")


class QuietServer(Server):
    """What it tells of its conversations goes nowhere."""

    def __init__(self, mailsim, arguments):  # pylint: disable=super-init-not-called
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.imap = probe.getsockname()[1]
        ports = [word if word != "--imap" else None for word in self.PORTS]
        at = ports.index(None)
        ports[at:at + 2] = ["--imap", str(self.imap)]
        self.process = subprocess.Popen(
            [mailsim, "serve", "--no-history", "--quiet", *ports, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def port(self, name):
        return self.imap


class Client:
    """Says a command and reads to its end; nothing is parsed but the last line."""

    def __init__(self, port):
        end = time.monotonic() + 30
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=600)
                break
            except ConnectionRefusedError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tags = 0
        self.tail = b""
        self.octets = 0
        while not self.tail.endswith(b"\r\n"):
            self.more()
        self.say(f"LOGIN {USER} secret")

    def more(self):
        got = self.socket.recv(1 << 20)
        if not got:
            raise ConnectionError("closed by the server: " + repr(self.tail[-200:]))
        self.octets += len(got)
        # The end is all that is looked at; a tagged line is shorter than this.
        self.tail = (self.tail + got)[-4096:] if len(got) < 4096 else got[-4096:]

    def say(self, command):
        """The tagged line; an AssertionError unless it is OK."""
        self.tags += 1
        tag = f"t{self.tags}".encode("ascii")
        self.tail = b"\r\n"
        data = command if isinstance(command, bytes) else command.encode("ascii")
        self.socket.sendall(tag + b" " + data + b"\r\n")
        return self.until(tag)

    def until(self, tag):
        while True:
            at = self.tail.rfind(b"\r\n" + tag + b" ")
            if at >= 0 and self.tail.endswith(b"\r\n"):
                line = self.tail[at + 2:].split(b"\r\n")[0]
                assert line.startswith(tag + b" OK"), line
                return line
            self.more()

    def fill(self, numbers):
        """By APPEND with literals that do not wait, several in flight."""
        flight = 50
        for at in range(0, len(numbers), flight):
            numbers_now = numbers[at:at + flight]
            said = b""
            for n in numbers_now:
                letter = LETTER.format(n=n, topic=TOPICS[n % len(TOPICS)]).encode("ascii")
                said += b"a%d APPEND INBOX {%d+}\r\n%s\r\n" % (n, len(letter), letter)
            self.tail = b"\r\n"
            self.socket.sendall(said)
            self.until(b"a%d" % numbers_now[-1])


def processes_of(leader):
    """It, and all in the session that it leads."""
    found = [leader]
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            session = int(stat.read_text("utf-8", "replace").rpartition(")")[2].split()[3])
            if session == leader and int(stat.parent.name) != leader:
                found.append(int(stat.parent.name))
    return found


class Side:
    """One server, with a session that works in INBOX and another that comes and goes. Each
    operation gives its seconds; it can be done again and again."""
    APPENDED = 1000
    TIMES = 50  # of what takes a fraction of a millisecond

    def __init__(self, port, count, leader):
        self.count = count
        self.client = Client(port)
        self.other = Client(port)
        self.other.say("ENABLE QRESYNC")
        self.client.fill(range(1, count + 1))
        self.client.say("SELECT INBOX")
        self.client.say("CREATE Copies")
        self.client.say("CREATE Letters")
        self.on = False
        self.processes = processes_of(leader)
        self.cpu = 0  # seconds of the server's, in what has been timed

    def processor_seconds(self):
        ran = 0
        for process in self.processes:
            with contextlib.suppress(OSError):
                ran += int(pathlib.Path(f"/proc/{process}/schedstat").read_text("ascii").split()[0])
        return ran * 1e-9

    def seconds_of(self, action, *arguments):
        before = self.processor_seconds()
        begin = time.perf_counter()
        action(*arguments)
        seconds = time.perf_counter() - begin
        self.cpu += self.processor_seconds() - before
        return seconds

    def command(self, text):
        return lambda: self.seconds_of(self.client.say, text)

    def append(self):
        """In INBOX, and out of it again."""
        first = self.count + 1
        seconds = self.seconds_of(self.client.fill, range(first, first + self.APPENDED))
        self.client.say(f"STORE {first}:* +FLAGS.SILENT (\\Deleted)")
        self.client.say("EXPUNGE")
        return seconds / self.APPENDED

    def select(self):
        seconds = 0
        for _ in range(self.TIMES):
            self.client.say("UNSELECT")
            seconds += self.seconds_of(self.client.say, "SELECT INBOX")
        return seconds / self.TIMES

    def status(self):
        command = "STATUS INBOX (MESSAGES UNSEEN UIDNEXT HIGHESTMODSEQ)"
        return sum(self.seconds_of(self.other.say, command)
                   for _ in range(self.TIMES)) / self.TIMES

    def sign(self):
        self.on = not self.on
        return "+" if self.on else "-"

    def store_one(self):
        sign = self.sign()
        return sum(self.seconds_of(self.client.say, f"STORE {at * 7 + 1} {sign}FLAGS (\\Flagged)")
                   for at in range(self.TIMES)) / self.TIMES

    def store_all(self):
        return self.seconds_of(self.client.say, f"STORE 1:* {self.sign()}FLAGS (\\Seen)")

    def copy(self):
        seconds = self.seconds_of(self.client.say, "COPY 1:* Copies")
        self.client.say("DELETE Copies")
        self.client.say("CREATE Copies")
        return seconds

    def expunge(self):
        """In a mailbox made for it."""
        self.client.say("COPY 1:* Copies")
        self.client.say("SELECT Copies")
        for first in range(1, self.count + 1, 10000):  # a line of moderate length at a time
            numbers = range(first, min(first + 10000, self.count + 1), 2)
            self.client.say("STORE " + ",".join(map(str, numbers)) + r" +FLAGS.SILENT (\Deleted)")
        seconds = self.seconds_of(self.client.say, "EXPUNGE")
        self.client.say("UNSELECT")
        self.client.say("DELETE Copies")
        self.client.say("CREATE Copies")
        self.client.say("SELECT INBOX")
        return seconds

    def asked(self, item):
        self.other.say(f"STATUS INBOX ({item})")
        return int(re.search(rb"STATUS \"?INBOX\"? \(\w+ (\d+)\)", self.other.tail)[1])

    def resynchronise(self):
        """A client comes back after 1000 changes."""
        validity, modseq = self.asked("UIDVALIDITY"), self.asked("HIGHESTMODSEQ")
        uids = ",".join(map(str, range(1, self.count + 1, max(1, self.count // 1000))))
        self.client.say(f"UID STORE {uids} {self.sign()}FLAGS.SILENT (\\Answered)")
        seconds = self.seconds_of(self.other.say, f"SELECT INBOX (QRESYNC ({validity} {modseq}))")
        self.other.say("UNSELECT")
        return seconds

    def operations(self):
        asked = ("FETCH 1:* FLAGS", "UID FETCH 1:* FLAGS", "FETCH 1:* ENVELOPE",
                 "FETCH 1:* RFC822.SIZE", "FETCH 1:* BODYSTRUCTURE",
                 "FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)]", "FETCH 1:* BODY.PEEK[]",
                 "SEARCH SUBJECT bread", "SEARCH HEADER X-Topic salt", "SEARCH FROM sender77",
                 "SEARCH BODY number", "SEARCH TEXT stone", "SEARCH UNSEEN",
                 "SORT (SUBJECT) UTF-8 ALL", "SORT (REVERSE DATE) UTF-8 ALL",
                 "THREAD REFERENCES UTF-8 ALL", "THREAD ORDEREDSUBJECT UTF-8 ALL")
        return {"SELECT": self.select, "STATUS": self.status,
                **{command: self.command(command) for command in asked},
                "STORE of one": self.store_one, "STORE of all": self.store_all,
                "COPY of all": self.copy, "APPEND of one": self.append,
                "QRESYNC after 1000 changes": self.resynchronise,
                "EXPUNGE of every second": self.expunge}


def compare(ours, theirs, rounds, only):
    """A line for each operation, as it is done; the names of those in which Dovecot is ahead."""
    behind = []
    print(f"{'':50}{'Mailscope':>12}{'Dovecot':>12}{'ratio':>8}{'of CPU':>8}")
    for name, mine in ours.operations().items():
        if only not in name:
            continue
        other = theirs.operations()[name]
        mine()
        other()
        pairs = []
        ours.cpu = theirs.cpu = 0
        for at in range(rounds):
            if at % 2 == 0:
                pairs.append((mine(), other()))
            else:
                pairs.append((other(), mine())[::-1])
        ratio = statistics.median(b / a for a, b in pairs)
        of_cpu = theirs.cpu / max(ours.cpu, 1e-9)
        print(f"{name:50}{statistics.median(a for a, _ in pairs) * 1e3:12.3f}"
              f"{statistics.median(b for _, b in pairs) * 1e3:12.3f}{ratio:8.2f}{of_cpu:8.2f}",
              flush=True)
        if max(ratio, of_cpu) < 1:
            behind.append(name)
    return behind


def in_memory(folder):
    """True when it is on a file system that is kept in memory."""
    mounts = [line.split()[1:3] for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
    place = str(folder.resolve()) + "/"
    longest = max((mount for mount in mounts if place.startswith(mount[0].rstrip("/") + "/")),
                  key=lambda mount: len(mount[0]))
    return longest[1] == "tmpfs"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mailsim", required=True)
    parser.add_argument("--messages", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="operations with this in their name")
    parser.add_argument("--must-win", action="store_true")
    options = parser.parse_args()
    try:
        dovecot = QuietDovecot([USER])
        dovecot.start()
    except Skip as reason:
        print(f"skipped: {reason}")
        return 77
    server = QuietServer(options.mailsim, ["--user", f"{USER}:secret"])
    try:
        print(f"{options.messages} messages, {DovecotImap.PROGRAM} {dovecot.version()}; "
              f"milliseconds, the median of {options.rounds} rounds; Dovecot's mailbox is "
              f"{'in memory' if in_memory(dovecot.root) else 'on a DISK'}: {dovecot.root}")
        behind = compare(Side(server.imap, options.messages, server.process.pid),
                         Side(dovecot.port, options.messages, dovecot.process.pid),
                         options.rounds, options.only)
    finally:
        server.kill()
        dovecot.stop()
    if not options.must_win or not behind:
        return 0
    print("Dovecot is ahead in: " + ", ".join(behind))
    return 1


if __name__ == "__main__":
    sys.exit(main())
