"""IDLE (RFC 2177): what others do to a mailbox is heard within a second, by one session and by a
hundred of one user."""

import contextlib
import smtplib
import time

from imap_client import Closed, login
from mail import LETTER
from peers import until

SESSIONS = 100
SECOND = 1.0
ALL_OF_THEM = 10.0  # seconds until the last of a hundred has heard it, on however slow a machine


def deliver(server):
    smtp = smtplib.SMTP("127.0.0.1", server.port("SMTP"), timeout=60)
    smtp.sendmail("ann@example.org", ["bob@example.net"], LETTER)
    smtp.quit()


class Waiting:
    """A session in IDLE; count is how many messages it was told of."""

    def __init__(self, server):
        self.wire = login(server)
        self.count = self.wire.command("SELECT INBOX").named("EXISTS")[0].number
        self.idle()

    def idle(self):
        self.tag = self.wire.say("IDLE")
        assert self.wire.next().tag == "+"

    def hears(self, name, deadline):
        """The next thing said, but for RECENT and for which keywords there are."""
        while True:
            response = self.wire.next(max(0.001, deadline - time.monotonic()))
            assert time.monotonic() < deadline, f"too late: {response.raw}"
            about_keywords = response.code and response.code[0] == "PERMANENTFLAGS"
            if response.name not in ("RECENT", "FLAGS") and not about_keywords:
                break
        assert response.tag == "*" and response.name == name, response.raw
        return response

    def hears_of_new(self, count, deadline):
        """All of it is told by one EXISTS or by several."""
        before = self.count
        while self.count < before + count:
            told = self.hears("EXISTS", deadline)
            assert self.count < told.number <= before + count, told.raw
            self.count = told.number

    def hears_flags(self, flags, deadline):
        """{number: flags} changed, and nothing else."""
        left = dict(flags)
        while left:
            told = self.hears("FETCH", deadline)
            items = told.items()
            # What CONDSTORE adds is for those who enabled it (RFC 7162 3.1).
            assert "FLAGS" in items and set(items) <= {"FLAGS", "UID"}, told.raw
            assert set(items["FLAGS"]) - {"\\Recent"} == left.pop(told.number), told.raw

    def hears_of_lost(self, numbers, deadline):
        """EXPUNGE in any order that comes to the same."""
        left = list(range(1, self.count + 1))
        for _ in numbers:
            left.pop(self.hears("EXPUNGE", deadline).number - 1)
        self.count = len(left)
        assert set(range(1, self.count + 1 + len(numbers))) - set(left) == set(numbers), left

    def done(self):
        self.wire.socket.sendall(b"DO")  # a line may come in pieces
        self.wire.socket.sendall(b"NE\r\n")
        reply = self.wire.reply(self.tag)
        more = [response for response in reply.responses[:-1] if response.name != "RECENT"]
        assert reply.last.name == "OK" and not more, reply.responses


def one(server):
    """One waits; another does all that can be done to a mailbox."""
    waiting, other = Waiting(server), login(server)
    other.command("CREATE Away")
    other.command("SELECT INBOX")
    slowest = 0.0

    def heard(doing, hearing, *arguments):
        nonlocal slowest
        began = time.monotonic()
        doing()
        hearing(*arguments, began + SECOND)
        slowest = max(slowest, time.monotonic() - began)

    def says(*command):
        return lambda: other.command(*command)

    heard(lambda: deliver(server), waiting.hears_of_new, 1)
    heard(lambda: deliver(server), waiting.hears_of_new, 1)
    heard(says("APPEND INBOX", [LETTER]), waiting.hears_of_new, 1)
    heard(says("COPY 1:3 INBOX"), waiting.hears_of_new, 3)
    heard(says(r"STORE 2 +FLAGS.SILENT (\Flagged $Label)"),
          waiting.hears_flags, {2: {"\\Flagged", "$Label"}})
    heard(says(r"STORE 2 -FLAGS (\Flagged)"), waiting.hears_flags, {2: {"$Label"}})
    heard(says("FETCH 4 BODY[1]<0.1>"), waiting.hears_flags, {4: {"\\Seen"}})
    heard(says(r"STORE 2,5 FLAGS (\Deleted)"),
          waiting.hears_flags, {2: {"\\Deleted"}, 5: {"\\Deleted"}})
    heard(says("EXPUNGE"), waiting.hears_of_lost, [2, 5])
    if "MOVE" in other.capabilities():
        heard(says("MOVE 1 Away"), waiting.hears_of_lost, [1])
    heard(says(r"STORE 1 FLAGS (\Deleted)"), waiting.hears_flags, {1: {"\\Deleted"}})
    heard(says("CLOSE"), waiting.hears_of_lost, [1])
    waiting.done()
    print(f"the slowest was heard after {slowest * 1000:.1f} ms")
    after_done(waiting, other)
    waiting.wire.close()
    other.close()


def after_done(waiting, other):
    """Between DONE and the next command nothing shifts a number, nor does SEARCH (RFC 3501 7.4.1)."""
    numbers = list(range(1, waiting.count + 1))
    other.command("SELECT INBOX")
    other.command(r"STORE 1 FLAGS.SILENT (\Deleted)")
    other.command("EXPUNGE")
    found = waiting.wire.command("SEARCH ALL")
    assert not found.named("EXPUNGE"), found.responses
    assert set(found.named("SEARCH")[0].values) <= set(numbers)
    gone = waiting.wire.command("NOOP").named("EXPUNGE")
    assert [response.number for response in gone] == [1], gone
    waiting.idle()
    waiting.wire.say("NOOP")  # no DONE, and no command is taken now
    assert waiting.wire.reply(waiting.tag).last.name == "BAD"


def one_too_many(server):
    """It is let in, or turned away in words: NO [LIMIT] (RFC 5530 3), or BYE."""
    try:
        wire = login(server)
    except Closed as reason:
        raise AssertionError("a session more was cut off without a word") from reason
    except AssertionError as refusal:
        assert "LIMIT" in str(refusal) or "BYE" in str(refusal), refusal
        return
    assert wire.command("SELECT INBOX").last.name == "OK"
    wire.close()


def a_hundred(server):
    """All of them hear all of it, each by its own count."""
    with contextlib.ExitStack() as stack:
        crowd = [Waiting(server) for _ in range(SESSIONS - 1)]
        other = login(server)  # the hundredth
        for wire in [waiting.wire for waiting in crowd] + [other]:
            stack.callback(wire.close)
        other.command("SELECT INBOX")
        count = crowd[0].count
        assert count > 0 and all(waiting.count == count for waiting in crowd)
        one_too_many(server)
        began = time.monotonic()
        deliver(server)
        other.command("APPEND INBOX", [LETTER])
        other.command(rf"STORE 1,{count + 1} FLAGS (\Deleted)")
        other.command("EXPUNGE")
        deadline = began + ALL_OF_THEM
        for waiting in crowd:
            waiting.hears_of_new(2, deadline)
            waiting.hears_flags({1: {"\\Deleted"}, count + 1: {"\\Deleted"}}, deadline)
            waiting.hears_of_lost([1, count + 1], deadline)
        print(f"the last of {SESSIONS} heard of it after {(time.monotonic() - began) * 1000:.1f} ms")
        for waiting in crowd:
            waiting.done()
        crowd.pop().wire.close()

        def room():
            with contextlib.suppress(AssertionError):
                login(server).close()
                return True
            return False
        until(room, "there is room again when one has left")


def run(serve):
    server = serve()
    one(server)
    a_hundred(server)
