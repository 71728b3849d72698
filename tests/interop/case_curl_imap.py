"""curl as an IMAP client: every form of its imap:// addresses, its own requests by -X, mail handed in
by -T, and the ways to log in. Messages come out octet by octet."""

import re

from imap_client import offered, truth
from mail import LETTER
from programs import Home

NEEDS = ["curl"]

MULTIPART = (b"From: Ann <ann@example.org>\r\n"
             b"To: bob@example.net\r\n"
             b"Subject: two parts\r\n"
             b"Message-ID: <parts@example.org>\r\n"
             b"MIME-Version: 1.0\r\n"
             b"Content-Type: multipart/mixed; boundary=b\r\n"
             b"\r\n"
             b"--b\r\n"
             b"Content-Type: text/plain\r\n"
             b"\r\n"
             b"The first part.\r\n"
             b"--b\r\n"
             b"Content-Type: application/octet-stream\r\n"
             b"Content-Transfer-Encoding: base64\r\n"
             b"\r\n"
             b"AAECAwQFBgc=\r\n"
             b"\r\n"
             b"--b--\r\n")
LONG = b"Subject: long\r\n\r\n" + b"".join(b"Line %d of many.\r\n" % i for i in range(20000))
MESSAGES = (LETTER, MULTIPART, LONG)

# CURLE_LOGIN_DENIED, _QUOTE_ERROR, _REMOTE_FILE_NOT_FOUND
WRONG_LOGIN, NOT_TAKEN, NO_SUCH = 67, 21, 78


class Curl:
    def __init__(self, home, server):
        self.home = home
        self.url = f"imap://127.0.0.1:{server.port('IMAP')}"

    def __call__(self, path, *arguments, status=0):
        return self.home.run(["curl", "-sS", "-u", "bob:secret", *arguments, self.url + path],
                             status)


def handing_in(curl, server):
    for number, text in enumerate(MESSAGES):
        path = curl.home / f"{number}.eml"
        path.write_bytes(text)
        curl("/INBOX", "-T", path)
    assert [held.text for held in truth(server)["INBOX"]] == list(MESSAGES)
    said = curl("/nowhere", "-T", curl.home / "0.eml", status=25).decode()  # CURLE_UPLOAD_FAILED
    assert "APPEND" in said or "25" in said, said


def fetching(curl):
    for number, text in enumerate(MESSAGES, 1):
        assert curl(f"/INBOX;MAILINDEX={number}") == text
        assert curl(f"/INBOX;UID={number}") == text
    _, body = MULTIPART.split(b"\r\n\r\n", 1)
    assert curl("/INBOX;UID=2;SECTION=TEXT") == body
    assert curl("/INBOX;UID=2;SECTION=1") == b"The first part."
    assert curl("/INBOX;UID=2;SECTION=2") == b"AAECAwQFBgc=\r\n"
    assert curl("/INBOX;UID=2;SECTION=2.MIME") == (b"Content-Type: application/octet-stream\r\n"
                                                  b"Content-Transfer-Encoding: base64\r\n\r\n")
    header, _ = LETTER.split(b"\r\n\r\n", 1)
    assert curl("/INBOX;MAILINDEX=1;SECTION=HEADER") == header + b"\r\n\r\n"
    assert curl("/INBOX;UID=1;SECTION=HEADER.FIELDS%20(To)") == b"To: bob@example.net\r\n\r\n"
    assert curl("/INBOX;UID=3;PARTIAL=100.50") == LONG[100:150]
    curl("/INBOX;UID=99", status=NO_SUCH)
    validity = re.search(rb"UIDVALIDITY (\d+)", curl("/", "-X", "STATUS INBOX (UIDVALIDITY)"))[1]
    assert curl(f"/INBOX;UIDVALIDITY={validity.decode()};UID=1") == LETTER
    curl(f"/INBOX;UIDVALIDITY={int(validity) + 1};UID=1", status=NO_SUCH)


def asking(curl):
    curl("/", "-X", "CREATE Work")
    curl("/", "-X", "CREATE Work/Old")
    listed = curl("/").splitlines()
    assert all(re.fullmatch(rb'\* LIST \([^()]*\) "/" \S+', line) for line in listed), listed
    assert {line.split()[-1] for line in listed} >= {b"INBOX", b"Work", b"Work/Old"}, listed
    found = curl("/", "-X", 'LIST "" "Work/%"').splitlines()
    assert [line.split()[-1] for line in found] == [b"Work/Old"], found
    assert curl("/", "-X", "STATUS INBOX (MESSAGES)") == b"* STATUS INBOX (MESSAGES 3)\r\n"
    assert curl("/INBOX?ALL").rstrip() == b"* SEARCH 1 2 3"
    assert curl("/INBOX?SUBJECT%20parts").rstrip() == b"* SEARCH 2"
    assert curl("/INBOX?TEXT%20%22no%20such%22").rstrip() == b"* SEARCH"
    assert curl("/INBOX", "-X", "UID SEARCH LARGER 10000").rstrip() == b"* SEARCH 3"
    assert curl("/INBOX", "-X", "EXAMINE Work").count(b"EXISTS") == 1
    curl("/INBOX", "-X", "NONSENSE", status=NOT_TAKEN)
    curl("/nowhere;UID=1", status=WRONG_LOGIN)  # its word for SELECT refused


def changing(curl, server):
    said = curl("/INBOX", "-X", r"STORE 1 +Flags (\Flagged)")
    assert re.search(rb"\* 1 FETCH \(.*\\Flagged.*\)", said), said
    curl("/INBOX", "-X", r"UID STORE 2 +FLAGS.SILENT (\Deleted)")
    curl("/INBOX", "-X", "UID COPY 1 Work")
    said = curl("/INBOX", "-X", "EXPUNGE")
    assert said == b"* 2 EXPUNGE\r\n", said
    now = truth(server)
    assert [held.text for held in now["INBOX"]] == [LETTER, LONG]
    assert "\\Flagged" in now["INBOX"][0].flags and "\\Seen" in now["INBOX"][0].flags
    assert [held.text for held in now["Work"]] == [LETTER]
    curl("/", "-X", "DELETE Work/Old")
    assert "Work/Old" not in truth(server)
    # Two transfers by one connection.
    both = curl("/INBOX;UID=1", f"{curl.url}/INBOX;UID=3")
    assert both == LONG + LETTER or both == LETTER + LONG


def logging_in(home, server):
    capabilities = offered(server)
    address = f"imap://127.0.0.1:{server.port('IMAP')}/INBOX;UID=1"

    def fetched(mechanism, password, *more, status=0):
        return home.run(["curl", "-sS", "--login-options", "AUTH=" + mechanism, *more, address,
                         "-u", "bob:" + password], status)

    for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
        if "AUTH=" + mechanism not in capabilities:
            print(f"left out, as the server does not offer it: AUTH={mechanism}")
            continue
        assert fetched(mechanism, "secret") == LETTER, mechanism
        fetched(mechanism, "guess", status=WRONG_LOGIN)
    # RFC 4959: where it is offered curl says it all in one line; elsewhere such a line is refused.
    at_once = any(re.search(r" C: \S+ AUTHENTICATE PLAIN \S", line)
                  for line in server.conversation())
    assert at_once == ("SASL-IR" in capabilities), server.conversation()[-20:]
    fetched("PLAIN", "secret", "--sasl-ir",
            status=0 if "SASL-IR" in capabilities else WRONG_LOGIN)


def run(serve):
    server = serve()
    with Home() as home:
        curl = Curl(home, server)
        handing_in(curl, server)
        fetching(curl)
        asking(curl)
        changing(curl, server)
        logging_in(home, server)
