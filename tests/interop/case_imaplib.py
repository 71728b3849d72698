"""Python's imaplib in depth: each command that it knows is said, and what comes back is compared with
what is true. A command of an extension that the server does not offer is left out, which is said."""

import base64
import datetime
import hashlib
import hmac
import imaplib
import re
import time

import imap_client
from imap_client import login, mailboxes, truth
from mail import LETTER

HOST = "127.0.0.1"

# What imaplib can say and this server, like most, does not know: RFC 1730's PARTIAL, which RFC 2060
# took out, a proxy's command, and a draft that became RFC 5464.
UNKNOWN = {"PARTIAL": ("partial", "1", "RFC822", "1", "10"), "PROXYAUTH": ("proxyauth", "alice"),
           "GETANNOTATION": ("getannotation", "INBOX", '"/comment"', '"value.priv"'),
           "SETANNOTATION": ("setannotation", "INBOX", '"/comment"', '("value.priv" "x")')}
OFFERED_AS = {"GETACL": "ACL", "SETACL": "ACL", "DELETEACL": "ACL", "MYRIGHTS": "ACL",
              "GETQUOTA": "QUOTA", "SETQUOTA": "QUOTA", "GETQUOTAROOT": "QUOTA", "SORT": "SORT",
              "THREAD": "THREAD=REFERENCES", "NAMESPACE": "NAMESPACE", "ENABLE": "ENABLE",
              "MOVE": "MOVE", "UNSELECT": "UNSELECT", "STARTTLS": "STARTTLS", "IDLE": "IDLE"}


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


class Imap(imaplib.IMAP4):
    """Notes what it says."""
    said = set()

    def _command(self, name, *args):
        Imap.said.add(name)
        return super()._command(name, *args)


def connect(server, user="bob"):
    imap = Imap(HOST, server.port("IMAP"), timeout=60)
    if user:
        assert imap.login(user, "secret")[0] == "OK"
    return imap


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


class Scram:
    """RFC 5802 and 7677, without channel binding; the server proves itself, too."""

    def __init__(self, user, password):
        self.first = f"n={user},r=fyko+d2lbbFgONRv9qkxdawL"
        self.password = password.encode()
        self.proved = False
        self.expected = None

    def __call__(self, challenge):
        if not challenge:
            return b"n,," + self.first.encode()
        said = dict(part.split("=", 1) for part in challenge.decode().split(","))
        if "v" in said:
            self.proved = said["v"] == self.expected
            return b""
        salted = hashlib.pbkdf2_hmac("sha256", self.password, base64.b64decode(said["s"]),
                                     int(said["i"]))

        def mac(key, text):
            return hmac.digest(key, text, "sha256")
        bare = f"c=biws,r={said['r']}"
        signed = f"{self.first},{challenge.decode()},{bare}".encode()
        key = mac(salted, b"Client Key")
        signature = mac(hashlib.sha256(key).digest(), signed)
        proof = bytes(a ^ b for a, b in zip(key, signature))
        self.expected = base64.b64encode(mac(mac(salted, b"Server Key"), signed)).decode()
        return f"{bare},p={base64.b64encode(proof).decode()}".encode()


def logging_in(server, offered):
    imap = connect(server, None)
    try:
        imap.login("bob", "wrong")
        raise RuntimeError("a wrong password was taken")
    except imaplib.IMAP4.error as error:
        assert "AUTHENTICATIONFAILED" in str(error), error  # RFC 5530 3
    imap.login("bob", "secret")
    assert set(ok(imap.capability())[-1].decode().split()) >= {"IMAP4rev1"}
    imap.logout()
    scram = Scram("bob", "secret")
    mechanisms = {"PLAIN": lambda _: b"\0bob\0secret", "SCRAM-SHA-256": scram,
                  "LOGIN": lambda asked: b"bob" if b"user" in asked.lower() else b"secret"}
    for name, answer in mechanisms.items():
        if offered("AUTH=" + name):
            imap = connect(server, None)
            ok(imap.authenticate(name, answer))
            ok(imap.select())
            imap.logout()
    if offered("AUTH=SCRAM-SHA-256"):
        assert scram.proved
        imap = connect(server, None)
        try:
            imap.authenticate("SCRAM-SHA-256", Scram("bob", "guess"))
            raise RuntimeError("a wrong password was taken")
        except imaplib.IMAP4.error as error:
            assert "AUTHENTICATIONFAILED" in str(error), error
        imap.logout()
    if offered("AUTH=CRAM-MD5"):
        imap = connect(server, None)
        ok(imap.login_cram_md5("bob", "secret"))
        imap.logout()
    imap = connect(server, None)
    try:
        imap.authenticate("PLAIN", lambda _: None)  # "*", the client gives up: RFC 3501 6.2.2
        raise RuntimeError("logged in by nothing")
    except imaplib.IMAP4.error as error:
        assert "BAD" in str(error), error
    ok(imap.noop())
    if offered("STARTTLS"):
        ok(imap.starttls())
        imap.login("bob", "secret")
    imap.logout()


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


def folders(server, imap, offered):
    for name in ("Work", "Work/Old", "Work/Old/2025", "Gr&APwA3w-e", '"with space"', '"a\\"b\\\\c"'):
        ok(imap.create(name))
    refused(imap.create("Work"))
    refused(imap.create("inbox"))
    names = set(mailboxes(login(server)))
    assert names >= {"Work/Old/2025", "Gr&APwA3w-e", "with space", 'a"b\\c'}, names
    listed = {re.match(rb'\((.*?)\) "/" (.*)', line)[2] for line in ok(imap.list('""', "Work/%"))}
    assert listed == {b"Work/Old"}, listed
    assert len(ok(imap.list('""', "Work*"))) == 3
    assert re.fullmatch(rb'\(\\Noselect\) "/" ("")', ok(imap.list('""', '""'))[0])
    ok(imap.rename("Work/Old", "Archive-2"))
    assert {"Work", "Archive-2", "Archive-2/2025"} <= set(mailboxes(login(server)))
    subscribed = set(ok(imap.lsub()))
    ok(imap.subscribe("Work"))
    ok(imap.subscribe("Archive-2/2025"))
    added = {re.sub(rb'.* "/" ', b"", line) for line in set(ok(imap.lsub())) - subscribed}
    assert added >= {b"Work", b"Archive-2/2025"}, added
    ok(imap.unsubscribe("Work"))
    lines = ok(imap.lsub('""', "Wor%"))
    assert lines in ([], [None]) or not any(line.endswith(b" Work") for line in lines), lines
    for name in ("Archive-2/2025", "Archive-2", "Work", "Gr&APwA3w-e", '"with space"'):
        ok(imap.delete(name))
    refused(imap.delete("Work"))
    refused(imap.delete("INBOX"))
    left = truth(server)["Copies"]
    said = ok(imap.status("Copies", "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN RECENT)"))[0]
    status = dict(re.findall(rb"([A-Z]+) (\d+)", said.rpartition(b"(")[2]))
    assert int(status[b"MESSAGES"]) == len(left), said
    assert int(status[b"UNSEEN"]) == sum("\\Seen" not in message.flags for message in left), said
    assert int(status[b"UIDNEXT"]) > max(message.uid for message in left), said
    if offered("STATUS=SIZE"):
        said = ok(imap.status("Copies", "(SIZE)"))[0]
        assert int(re.search(rb"SIZE (\d+)", said)[1]) == sum(len(m.text) for m in left), said
    if offered("NAMESPACE"):
        said = ok(imap.namespace())[-1]
        assert said.startswith(b'(("" "/")'), said
    # RENAME of INBOX moves what is in it; an empty INBOX stays (RFC 3501 6.3.5).
    before = truth(server)["INBOX"]
    ok(imap.rename("INBOX", "Former"))
    now = truth(server)
    assert now["INBOX"] == []
    assert [message.text for message in now["Former"]] == [message.text for message in before]


def rights_and_quota(imap, offered):
    if offered("ACL"):
        said = ok(imap.myrights("INBOX"))[0]
        assert set("lrswi") <= set(said.split()[-1].decode()), said
        ok(imap.setacl("INBOX", "alice", "lr"))
        assert b"alice lr" in ok(imap.getacl("INBOX"))[-1]
        ok(imap.deleteacl("INBOX", "alice"))
        assert b"alice" not in ok(imap.getacl("INBOX"))[-1]
    if offered("QUOTA"):
        roots, quotas = ok(imap.getquotaroot("INBOX"))
        assert roots[0].startswith(b"INBOX"), roots
        root = roots[0].split()[1].decode()
        said = ok(imap.getquota(root))[0]
        assert said == quotas[0], (said, quotas)
        for used, limit in re.findall(rb"[A-Z-]+ (\d+) (\d+)", said):
            assert int(used) <= int(limit), said
        if offered("QUOTASET"):
            ok(imap.setquota(root, "(STORAGE 1000)"))
            assert re.search(rb"STORAGE \d+ 1000\b", ok(imap.getquota(root))[0])


def letters_in_utf8(server, imap, offered):
    """RFC 6855: after ENABLE a name is UTF-8, on the wire, in a quoted string."""
    ok(imap.close())  # ENABLE is for before (RFC 5161 3.1)
    if offered("ENABLE") and offered("CONDSTORE"):
        ok(imap.enable("CONDSTORE"))
        assert imap.response("ENABLED")[1] == [b"CONDSTORE"]
    if not offered("ENABLE") or not offered("UTF8=ACCEPT"):
        return
    ok(imap.enable("UTF8=ACCEPT"))
    assert imap.utf8_enabled
    ok(imap.create('"Grüße"'))
    names = b"\n".join(ok(imap.list())).decode("utf-8")
    assert '"Grüße"' in names, names
    assert "Gr&APwA3w-e" in mailboxes(login(server))
    ok(imap.select('"Grüße"'))
    # The literal of RFC 6855 4; imaplib's own append() says it without the "~".
    text = "Subject: Grüße\r\nFrom: jürgen@example.org\r\n\r\nHallo\r\n".encode()
    imap.send(b'u1 APPEND "Gr\xc3\xbc\xc3\x9fe" UTF8 (~{%d+}\r\n%s)\r\n' % (len(text), text))
    while not (line := imap.readline()).startswith(b"u1 "):
        assert line.startswith(b"* "), line
    assert line.startswith(b"u1 OK"), line
    ok(imap.noop())
    assert ok(imap.fetch("1", "(BODY.PEEK[])"))[0][1] == text
    assert numbers(imap.search(None, 'SUBJECT "grüße"')) == [1]
    bad(imap.search, "UTF-8", "ALL")  # RFC 6855 3: no CHARSET any more
    ok(imap.close())
    ok(imap.delete('"Grüße"'))


def idling(server, imap, offered):
    if not offered("IDLE"):
        return
    Imap.said.add("IDLE")
    ok(imap.select())
    imap.send(b"i1 IDLE\r\n")
    assert imap.readline().startswith(b"+ ")
    with login(server) as other:
        other.command("APPEND INBOX", [LETTER])
    assert imap.readline() == b"* 1 EXISTS\r\n"
    imap.send(b"DONE\r\n")
    while not (line := imap.readline()).startswith(b"i1 "):
        assert line == b"* 1 RECENT\r\n", line
    assert line.startswith(b"i1 OK"), line


def recent(server):
    """\\Recent is the first session's that hears of a message (RFC 3501 2.3.2)."""
    other = login(server)
    other.command("CREATE Fresh")
    first, second = connect(server), connect(server)
    ok(first.select("Fresh"))
    other.command("APPEND Fresh", [LETTER])
    assert ok(first.recent()) == [b"0"]  # what SELECT said; now it asks
    assert ok(first.recent()) == [b"1"]
    ok(second.select("Fresh"))
    assert second.response("RECENT")[1] == [b"0"]
    for imap in (first, second):
        imap.logout()


def run(serve):
    server = serve()
    Imap.said.clear()
    capabilities = imap_client.offered(server)
    left_out = set()

    def offered(name):
        if name.upper() not in capabilities:
            left_out.add(name)
        return name.upper() in capabilities

    logging_in(server, offered)
    imap = connect(server)
    appending(server, imap, offered)
    fetching(imap)
    searching(imap, offered)
    changing(server, imap, offered)
    reading_only(server, imap, offered)
    folders(server, imap, offered)
    rights_and_quota(imap, offered)
    idling(server, imap, offered)
    for name, (method, *arguments) in UNKNOWN.items():
        ok(imap.close() if name == "PROXYAUTH" else imap.select())
        bad(getattr(imap, method), *arguments)
        Imap.said.add(name)
    if offered("ID"):
        ok(imap.xatom("ID", '("name" "imaplib")'))
        assert imap.response("ID")[1][-1].startswith(b"("), imap.untagged_responses
    letters_in_utf8(server, imap, offered)
    recent(server)
    assert imap.logout()[0] == "BYE"
    unsaid = {name for name in set(imaplib.Commands) - Imap.said
              if OFFERED_AS.get(name) not in left_out}
    assert not unsaid, f"never said: {sorted(unsaid)}"
    if left_out:
        print("left out, as the server does not offer it:", ", ".join(sorted(left_out)))
