"""Python's imaplib in depth: each command that it knows is said, and what comes back is compared with
what is true. A command of an extension that the server does not offer is left out, which is said."""

import base64
import hashlib
import hmac
import imaplib
import re

import imap_client
from imap_client import login, mailboxes, truth
from imaplib_messages import (appending, bad, changing, fetching, numbers, ok, reading_only,
                              refused, searching)
from mail import LETTER

# What imaplib can say and this server, like most, does not know: RFC 1730's PARTIAL, which RFC 2060
# took out, a proxy's command, and a draft that became RFC 5464.
UNKNOWN = {"PARTIAL": ("partial", "1", "RFC822", "1", "10"), "PROXYAUTH": ("proxyauth", "alice"),
           "GETANNOTATION": ("getannotation", "INBOX", '"/comment"', '"value.priv"'),
           "SETANNOTATION": ("setannotation", "INBOX", '"/comment"', '("value.priv" "x")')}
OFFERED_AS = {"GETACL": "ACL", "SETACL": "ACL", "DELETEACL": "ACL", "MYRIGHTS": "ACL",
              "GETQUOTA": "QUOTA", "SETQUOTA": "QUOTA", "GETQUOTAROOT": "QUOTA", "SORT": "SORT",
              "THREAD": "THREAD=REFERENCES", "NAMESPACE": "NAMESPACE", "ENABLE": "ENABLE",
              "MOVE": "MOVE", "UNSELECT": "UNSELECT", "STARTTLS": "STARTTLS", "IDLE": "IDLE"}


class Imap(imaplib.IMAP4):
    """Notes what it says."""
    said = set()

    def _command(self, name, *args):
        Imap.said.add(name)
        return super()._command(name, *args)


def connect(server, user="bob"):
    imap = Imap("127.0.0.1", server.port("IMAP"), timeout=60)
    if user:
        assert imap.login(user, "secret")[0] == "OK"
    return imap


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
        root = roots[0].decode().partition(" ")[2]
        said = ok(imap.getquota(root))[0]
        assert said == quotas[0], (said, quotas)
        for used, limit in re.findall(rb"[A-Z-]+ (\d+) (\d+)", said):
            assert int(used) <= int(limit), said
        if offered("QUOTASET"):
            ok(imap.setquota(root, "(STORAGE 1000)"))
            assert re.search(rb"STORAGE \d+ 1000\b", ok(imap.getquota(root))[0])


def letters_in_utf8(server, imap, offered):
    """RFC 9755: after ENABLE a name is UTF-8, on the wire, in a quoted string."""
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
    # As RFC 6855 4 had it, and plainly; imaplib's own append() forgets the "~{n}" of the former.
    text = "Subject: Grüße\r\nFrom: jürgen@example.org\r\n\r\nHallo\r\n".encode()
    for command in (b'u1 APPEND "%s" UTF8 (~{%d+}\r\n%s)\r\n', b'u1 APPEND "%s" {%d+}\r\n%s\r\n'):
        imap.send(command % ("Grüße".encode(), len(text), text))
        while not (line := imap.readline()).startswith(b"u1 "):
            assert line.startswith(b"* "), line
        assert line.startswith(b"u1 OK"), line
    ok(imap.noop())
    for number in ("1", "2"):
        assert ok(imap.fetch(number, "(BODY.PEEK[])"))[0][1] == text
    assert numbers(imap.search(None, 'SUBJECT "grüße"')) == [1, 2]
    bad(imap.uid, "SEARCH", "CHARSET", "UTF-8", "ALL")  # RFC 9755 3: it says the same twice
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
