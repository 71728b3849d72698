#!/usr/bin/env python3
"""How long IMAP takes over the loopback: `mailsim serve` beside Dovecot, with the same mailbox.

  imap_beside_dovecot.py --mailsim PATH [--messages N] [--rounds N]

Dovecot is set up to be fast: its mailbox and indexes in memory (/dev/shm), nothing synced to a
disk, no log, caches warm as far as it fills them by itself. Each operation is done by a client that
only looks for the tagged response, so that what is measured is the servers. The best of several
rounds counts, but where an operation can be done once only. Not a test: numbers are printed, and
nothing fails.
"""

import argparse
import pathlib
import re
import socket
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
        self.process = subprocess.Popen([mailsim, "serve", "--no-history", *ports, *arguments],
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

    def fill(self, count):
        """By APPEND with literals that do not wait, several in flight."""
        flight = 50
        for first in range(1, count + 1, flight):
            numbers = range(first, min(first + flight, count + 1))
            said = b""
            for n in numbers:
                letter = LETTER.format(n=n, topic=TOPICS[n % len(TOPICS)]).encode("ascii")
                said += b"a%d APPEND INBOX {%d+}\r\n%s\r\n" % (n, len(letter), letter)
            self.tail = b"\r\n"
            self.socket.sendall(said)
            self.until(b"a%d" % numbers[-1])


def timed(client, command):
    begin = time.perf_counter()
    client.say(command)
    return time.perf_counter() - begin


def best(client, command, rounds):
    return min(timed(client, command) for _ in range(rounds))


def selected(client, rounds):
    """Each time anew."""
    found = []
    for _ in range(rounds):
        client.say("UNSELECT")
        found.append(timed(client, "SELECT INBOX"))
    return min(found)


def status(client, item):
    client.say(f"STATUS INBOX ({item})")
    return int(re.search(rb"STATUS \"?INBOX\"? \(\w+ (\d+)\)", client.tail)[1])


def measure(port, count, rounds):
    """{operation: seconds}"""
    client = Client(port)
    begin = time.perf_counter()
    client.fill(count)
    seconds = {f"APPEND of {count}": time.perf_counter() - begin}
    client.say("SELECT INBOX")
    client.say("FETCH 1:* ENVELOPE")  # from now on it is in the cache, if there is one
    seconds["SELECT"] = selected(client, rounds)
    for command in ("FETCH 1:* FLAGS", "FETCH 1:* ENVELOPE", "FETCH 1:* RFC822.SIZE",
                    "FETCH 1:* BODY.PEEK[]"):
        seconds[command] = best(client, command, rounds)
    for command in ("SEARCH SUBJECT bread", "SEARCH HEADER X-Topic salt", "SEARCH FROM sender77",
                    "SEARCH BODY number", "SEARCH UNSEEN"):
        seconds[command] = best(client, command, rounds)
    seconds["STORE of one"] = min(
        timed(client, f"STORE {1 + at} {'+' if at % 2 else '-'}FLAGS (\\Flagged)")
        for at in range(50))
    seconds["STORE of all"] = timed(client, r"STORE 1:* +FLAGS (\Seen)")
    seconds.update(resynchronised(client, port, count))
    client.say("SELECT INBOX")
    for first in range(1, count + 1, 10000):  # a line of moderate length at a time
        numbers = range(first, min(first + 10000, count + 1), 2)
        client.say("STORE " + ",".join(map(str, numbers)) + r" +FLAGS.SILENT (\Deleted)")
    seconds["EXPUNGE of every second"] = timed(client, "EXPUNGE")
    return seconds


def resynchronised(client, port, count):
    """A client comes back after 1000 changes."""
    other = Client(port)
    other.say("CAPABILITY")
    if b" QRESYNC" not in other.tail:
        return {}
    other.say("ENABLE QRESYNC")
    validity, modseq = status(other, "UIDVALIDITY"), status(other, "HIGHESTMODSEQ")
    step = max(1, count // 1000)
    uids = ",".join(map(str, range(1, count + 1, step)))
    client.say(f"UID STORE {uids} -FLAGS.SILENT (\\Seen)")
    return {"QRESYNC after 1000 changes": timed(
        other, f"SELECT INBOX (QRESYNC ({validity} {modseq}))")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mailsim", required=True)
    parser.add_argument("--messages", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    try:
        dovecot = QuietDovecot([USER])
        dovecot.start()
    except Skip as reason:
        print(f"skipped: {reason}")
        return
    ours = QuietServer(options.mailsim, ["--user", f"{USER}:secret"])
    try:
        results = [measure(port, options.messages, options.rounds)
                   for port in (ours.port("IMAP"), dovecot.port)]
    finally:
        ours.kill()
        dovecot.stop()
    print(f"{options.messages} messages, {DovecotImap.PROGRAM} {dovecot.version()}; milliseconds")
    print(f"{'':32}{'Mailscope':>12}{'Dovecot':>12}{'ratio':>8}")
    for operation, theirs in results[1].items():
        mine = results[0].get(operation)
        if mine is None:
            print(f"{operation:32}{'-':>12}{theirs * 1e3:12.2f}")
        else:
            print(f"{operation:32}{mine * 1e3:12.2f}{theirs * 1e3:12.2f}{theirs / mine:8.2f}")


if __name__ == "__main__":
    main()
