"""What `mailsim serve` says that it offers, word for word: everything, at each moment at which it may
be said, less exactly what was taken away; and the mailboxes of a new account with their uses."""

import re

from case_tls import Wire, trusting

ALWAYS = """IMAP4rev1 IMAP4rev2 LITERAL+ ID ENABLE IDLE UNSELECT UIDPLUS MOVE NAMESPACE CHILDREN
  LIST-EXTENDED LIST-STATUS SPECIAL-USE CREATE-SPECIAL-USE STATUS=SIZE CONDSTORE QRESYNC UIDONLY
  ESEARCH SEARCHRES WITHIN SORT SORT=DISPLAY ESORT THREAD=ORDEREDSUBJECT THREAD=REFERENCES
  I18NLEVEL=1 CONTEXT=SEARCH CONTEXT=SORT PARTIAL BINARY MULTIAPPEND CATENATE REPLACE
  APPENDLIMIT=67108864 QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE QUOTASET ACL RIGHTS=kxte METADATA
  METADATA-SERVER NOTIFY OBJECTID SAVEDATE PREVIEW UTF8=ACCEPT INPROGRESS COMPRESS=DEFLATE"""
BEFORE_LOGIN = """SASL-IR AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-256"""

USES = {"Sent": "\\Sent", "Drafts": "\\Drafts", "Junk": "\\Junk", "Trash": "\\Trash",
        "Archive": "\\Archive"}

# Taken away, and what goes with it because it needs it.
TAKEN = {"IDLE": {"IDLE", "IMAP4rev2"}, "CONDSTORE": {"CONDSTORE", "QRESYNC"}, "SORT": {"SORT", "SORT=DISPLAY",
                                                                         "ESORT", "CONTEXT=SORT"},
         "LITERAL+": {"LITERAL+"}, "NOTIFY": {"NOTIFY"}, "IMAP4REV1": {"IMAP4rev1"}}


def words(text):
    return set(re.search(rb"CAPABILITY ([^]\r]*)", text)[1].decode().split())


def always():
    return set(ALWAYS.split())


def moments(server):
    first = always() | set(BEFORE_LOGIN.split())
    for port, before in (("IMAP", first | {"STARTTLS"}), ("IMAPS", first)):
        wire = Wire(server, port)
        if port == "IMAPS":
            wire.secure(trusting(server))
        assert words(wire.hear(b"\r\n")) == before
        wire.say(b"a CAPABILITY\r\n")
        assert words(wire.hear(b"a OK")) == before
        wire.hear(b"\r\n")
        if port == "IMAP":
            assert wire.ask(b"b STARTTLS\r\n").startswith(b"OK")
            wire.secure(trusting(server))
            wire.say(b"c CAPABILITY\r\n")
            assert words(wire.hear(b"c OK")) == first
            wire.hear(b"\r\n")
        said = wire.ask(b"d LOGIN bob secret\r\n")
        assert said.startswith(b"OK") and words(said) == always(), said
        wire.say(b"e CAPABILITY\r\n")
        assert words(wire.hear(b"e OK")) == always()


def mailboxes(server):
    for user in ("alice", "bob"):
        wire = Wire(server, "IMAP")
        wire.hear(b"\r\n")
        assert wire.ask(b"a LOGIN %s secret\r\n" % user.encode()).startswith(b"OK")
        wire.say(b'b LIST (SPECIAL-USE) "" *\r\n')
        found = dict(re.findall(rb'LIST \(.*?(\\(?!Has)\w+)\) "/" (\S+)', wire.hear(b"b OK")))
        assert {name.decode(): use.decode() for use, name in found.items()} == USES, found


def run(serve):
    server = serve()
    moments(server)
    mailboxes(server)
    # A lesson that names no extensions turns none off; one that does is served as it says.
    for lesson, offered in (("first-mail", always()), ("idle-or-poll", None)):
        served = serve("--scenario", lesson, "--user", "bob:secret")
        said = words(Wire(served, "IMAP").hear(b"\r\n"))
        if offered is None:
            assert "NOTIFY" in said and "QRESYNC" not in said, said
        else:
            assert said - set(BEFORE_LOGIN.split()) - {"STARTTLS"} == offered, said
    for taken, gone in TAKEN.items():
        less = serve("--without", taken)
        left = words(Wire(less, "IMAP").hear(b"\r\n"))
        all_there = always() | set(BEFORE_LOGIN.split()) | {"STARTTLS"}
        assert all_there - left == gone, (taken, all_there - left, left - all_there)
