"""What imaplib does with messages: it appends, fetches, searches, sorts, changes, copies, moves."""

import datetime
import imaplib
import re
import time

from imap_client import truth
from mail import LETTER


def ok(answer):
    status, data = answer
    assert status == "OK", answer
    return data


def refused(answer):
    assert answer[0] == "NO", answer
    return b" ".join(answer[1])


def bad(method, *arguments):
    """The command has BAD, which imaplib makes an error."""
    try:
        answer = method(*arguments)
    except imaplib.IMAP4.error as error:
        assert "BAD" in str(error), error
        return
    raise AssertionError(f"{method.__name__}{arguments} had {answer}")


def numbers(answer):
    """Of SEARCH or SORT."""
    return [int(word) for word in (ok(answer)[-1] or b"").split()]


def message(number, sender, subject, day, size, more=b""):
    text = (b"From: %s\r\nTo: bob@example.net\r\nSubject: %s\r\n"
            b"Date: %02d Jan 2026 10:00:00 +0000\r\nMessage-ID: <%d@example.org>\r\n%s\r\n"
            % (sender, subject, day, number, more))
    return text + b"x" * size + b"\r\n"


# In the order of their arrival.
MESSAGES = (
    message(1, b"Zoe <zoe@example.org>", b"Plans", 5, 300),
    message(2, b"Ann <ann@example.org>", b"Re: Plans", 7, 10,
            b"References: <1@example.org>\r\n"),
    message(3, b"Max <max@example.org>", b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", 3, 2000),
    message(4, b"Bea <bea@example.org>", b"apples", 6, 50),
    message(5, b"Ann <ann@example.org>", b"RE: plans", 8, 100,
            b"References: <1@example.org> <2@example.org>\r\n"),
    message(6, b"Kim <kim@example.org>", b"Fwd: apples", 1, 700,
            b"In-Reply-To: <4@example.org>\r\n"),
)
FLAGS = (r"(\Seen)", r"(\Flagged $Label)", r"()", r"(\Answered \Seen)", r"(\Draft)", None)
NOON = datetime.datetime(2026, 2, 1, 12, 0, 0, tzinfo=datetime.timezone.utc)


def appending(server, imap, offered):
    assert ok(imap.select()) == [b"0"]
    for i, (flags, text) in enumerate(zip(FLAGS, MESSAGES)):
        when = NOON + datetime.timedelta(days=i)
        said = ok(imap.append("INBOX", flags, when, text))
        if offered("UIDPLUS"):
            assert re.match(rb"\[APPENDUID \d+ %d\]" % (i + 1), said[0]), said
    assert imap.response("EXISTS")[1][-1] == b"6"
    held = truth(server)["INBOX"]
    assert [message.text for message in held] == list(MESSAGES)
    assert [message.flags for message in held] == [
        frozenset((flags or "()").strip("()").split()) for flags in FLAGS]
    assert b"TRYCREATE" in refused(imap.append("nowhere", None, None, LETTER))  # RFC 3501 6.3.11
    assert b"TRYCREATE" in refused(imap.copy("1", "nowhere"))


def fetching(imap):
    data = ok(imap.fetch("1:*", "(UID RFC822.SIZE INTERNALDATE FLAGS)"))
    assert len(data) == 6
    for i, line in enumerate(data):
        assert line.startswith(b"%d (" % (i + 1)), line
        assert b"RFC822.SIZE %d" % len(MESSAGES[i]) in line and b"UID %d" % (i + 1) in line
        when = NOON + datetime.timedelta(days=i)
        assert time.mktime(imaplib.Internaldate2tuple(line)) == when.timestamp(), line
        wanted = set((FLAGS[i] or "()").strip("()").encode().split())
        assert set(imaplib.ParseFlags(line)) - {rb"\Recent"} == wanted, line
    text = MESSAGES[2]
    header, body = text.split(b"\r\n\r\n", 1)
    subject = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n"
    sections = {"BODY.PEEK[]": text, "RFC822.HEADER": header + b"\r\n\r\n",
                "BODY.PEEK[TEXT]": body, "BODY.PEEK[1]": body, "BODY.PEEK[]<5.10>": text[5:15],
                "BODY.PEEK[]<99999.10>": b"",
                "BODY.PEEK[HEADER.FIELDS (SUBJECT X-NONE)]": subject,
                "BODY.PEEK[HEADER.FIELDS.NOT (FROM TO DATE MESSAGE-ID)]": subject,
                "RFC822": text, "RFC822.TEXT": body, "BODY[]": text}  # these three set \\Seen
    for item, expected in sections.items():
        if item == "RFC822":
            assert rb"\Seen" not in ok(imap.fetch("3", "(FLAGS)"))[0]
        for data in (ok(imap.fetch("3", f"({item})")), ok(imap.uid("FETCH", "3", f"({item})"))):
            said = [part[1] if isinstance(part, tuple) else b"" for part in data][0]
            assert said == expected or (expected == b"" and b'""' in data[0]), (item, data)
    assert rb"\Seen" in ok(imap.fetch("3", "(FLAGS)"))[0]
    envelope = ok(imap.fetch("1", "(ENVELOPE)"))[0]
    assert envelope == (b'1 (ENVELOPE ("05 Jan 2026 10:00:00 +0000" "Plans" '
                        b'(("Zoe" NIL "zoe" "example.org")) (("Zoe" NIL "zoe" "example.org")) '
                        b'(("Zoe" NIL "zoe" "example.org")) ((NIL NIL "bob" "example.net")) '
                        b'NIL NIL NIL "<1@example.org>"))'), envelope
    structure = ok(imap.fetch("1", "(BODY)"))[0].lower()
    assert structure == (b'1 (body ("text" "plain" ("charset" "us-ascii") nil nil "7bit" 302 1))'), (
        structure)


def searching(imap, offered):
    assert numbers(imap.search(None, "ALL")) == [1, 2, 3, 4, 5, 6]
    keys = {"SEEN": [1, 3, 4], "KEYWORD $Label": [2], "OR DRAFT FLAGGED": [2, 5],
            "NOT (OR DRAFT FLAGGED) UNSEEN": [6], "LARGER 600 SMALLER 3000": [3, 6],
            "FROM ann": [2, 5], "SUBJECT plans": [1, 2, 5], 'HEADER "Message-ID" "<4@"': [4],
            "SENTSINCE 6-Jan-2026": [2, 4, 5], "SENTON 3-Jan-2026": [3], "BEFORE 3-Feb-2026": [1, 2],
            "SINCE 5-Feb-2026": [5, 6], "UID 4:*": [4, 5, 6], "2,*:5": [2, 5, 6], "UNANSWERED 4": [],
            "BODY xxx": [1, 2, 3, 4, 5, 6], 'TEXT "no such"': []}
    for key, expected in keys.items():
        assert numbers(imap.search(None, key)) == expected, key
        assert numbers(imap.uid("SEARCH", key)) == expected, key
    imap.literal = "GRÜßE".encode()
    assert numbers(imap.search("UTF-8", "SUBJECT")) == [3]
    imap.literal = "grüße".encode()
    assert numbers(imap.uid("SEARCH", "CHARSET", "UTF-8", "UNDRAFT TEXT")) == [3]
    assert b"BADCHARSET" in refused(imap.search("X-KLINGON", "ALL"))
    bad(imap.search, None, "NONSENSE")
    if offered("ESEARCH"):
        ok(imap.search(None, "RETURN (MIN MAX COUNT) ALL"))
        said = imap.response("ESEARCH")[1][-1]
        assert re.search(rb"MIN 1\b", said) and re.search(rb"MAX 6\b", said), said
        assert re.search(rb"COUNT 6\b", said), said
    if offered("SORT"):
        sizes = sorted(range(1, 7), key=lambda i: len(MESSAGES[i - 1]))
        orders = {"(SIZE)": sizes, "(REVERSE SIZE)": sizes[::-1], "(ARRIVAL)": [1, 2, 3, 4, 5, 6],
                  "(REVERSE ARRIVAL)": [6, 5, 4, 3, 2, 1], "(DATE)": [6, 3, 1, 4, 2, 5],
                  "(FROM DATE)": [2, 5, 4, 6, 3, 1], "(SUBJECT REVERSE DATE)": [4, 6, 3, 5, 2, 1],
                  "(SUBJECT DATE)": [6, 4, 3, 1, 2, 5]}
        for order, expected in orders.items():
            assert numbers(imap.sort(order, "UTF-8", "ALL")) == expected, order
            assert numbers(imap.uid("SORT", order, "UTF-8", "ALL")) == expected, order
        imap.literal = "Grü".encode()
        assert numbers(imap.sort("(DATE)", "UTF-8", "SUBJECT")) == [3]
    for algorithm, expected in (("REFERENCES", b"(3)(1 2 5)(4 6)"),
                                ("ORDEREDSUBJECT", b"(6 4)(3)(1 (2)(5))")):
        if offered("THREAD=" + algorithm):
            assert ok(imap.thread(algorithm, "UTF-8", "ALL")) == [expected], algorithm
            assert ok(imap.uid("THREAD", algorithm, "UTF-8", "ALL")) == [expected], algorithm


def changing(server, imap, offered):
    """Flags, copies, moves; a second session sees the same."""
    said = ok(imap.store("1:2", "+FLAGS", r"(\Flagged New)"))
    assert len(said) == 2 and all(b"New" in line for line in said), said
    assert ok(imap.store("1", "-FLAGS.SILENT", r"(New)")) == [None]
    ok(imap.uid("STORE", "2", "FLAGS", r"(\Deleted Old)"))
    held = truth(server)["INBOX"]
    assert held[0].flags == {"\\Seen", "\\Flagged"}, held[0].flags
    assert held[1].flags == {"\\Deleted", "Old"}, held[1].flags
    ok(imap.create("Copies"))
    ok(imap.copy("1,3", "Copies"))
    ok(imap.uid("COPY", "2", "Copies"))
    copies = truth(server)["Copies"]
    assert [message.text for message in copies] == [MESSAGES[i] for i in (0, 2, 1)]
    assert copies[2].flags == {"\\Deleted", "Old"}, copies[2].flags
    if offered("UIDPLUS"):
        ok(imap.store("4", "+FLAGS", r"(\Deleted)"))
        assert ok(imap.uid("EXPUNGE", "4")) in ([None], [b"4"])
        assert imap.response("EXPUNGE")[1] in ([b"4"], [None])
        assert ok(imap.noop())
        left = [message.uid for message in truth(server)["INBOX"]]
        assert left == [1, 2, 3, 5, 6], left
    assert ok(imap.expunge()) == [b"2"] or not offered("UIDPLUS")
    if offered("MOVE"):
        before = {message.uid: message for message in truth(server)["INBOX"]}
        ok(imap.uid("MOVE", "6", "Copies"))
        ok(imap.xatom("MOVE", "1", "Copies"))
        both = truth(server)
        assert [message.uid for message in both["INBOX"]] == [3, 5]
        moved = [(message.text, message.flags) for message in both["Copies"][-2:]]
        assert moved == [(before[uid].text, before[uid].flags) for uid in (6, 1)]


def reading_only(server, imap, offered):
    before = truth(server)
    ok(imap.select("Copies", readonly=True))
    assert imap.is_readonly
    refused(imap.store("1", "+FLAGS", r"(\Seen)"))
    ok(imap.fetch("1", "(BODY[])"))  # does not set \Seen here
    refused(imap.expunge())
    ok(imap.check())
    ok(imap.close())  # expunges nothing
    assert truth(server) == before
    ok(imap.select("Copies"))
    assert imap.response("UIDVALIDITY")[1][0].isdigit()
    if offered("UNSELECT"):
        ok(imap.unselect())
        assert truth(server) == before
        ok(imap.select("Copies"))
    ok(imap.close())
    assert not any("\\Deleted" in message.flags for message in truth(server)["Copies"])
