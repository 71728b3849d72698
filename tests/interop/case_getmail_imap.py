"""getmail6 collects several mailboxes by IMAP to a Maildir, knows what it has by UIDVALIDITY and UID,
and deletes or moves what it collected."""

import os
import pwd
import re

from imap_client import login, truth
from mail import LETTER
from programs import Home

NEEDS = ["getmail"]

RETRIEVER = """\
[retriever]
type = SimpleIMAPRetriever
server = 127.0.0.1
port = {port}
username = bob
password = secret
mailboxes = ("INBOX", "Lists/Announce")
{more}
[destination]
type = Maildir
path = {maildir}/
{deliver_as}
[options]
delivered_to = false
received = false
{options}
"""


class Getmail:
    def __init__(self, server, home):
        self.server, self.home = server, home
        self.maildir = home / "Maildir"
        for part in ("cur", "new", "tmp"):
            (self.maildir / part).mkdir(parents=True)
        self.deliver_as = ""
        if os.getuid() == 0:  # then it wants somebody else to store mail for
            nobody = pwd.getpwnam("nobody")
            os.chmod(home.path, 0o755)
            for path in (self.maildir, *self.maildir.iterdir()):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
            self.deliver_as = "user = nobody"

    def __call__(self, options, more=""):
        """Collects; what came, by number."""
        before = self.files()
        rc = self.home.write("getmailrc", RETRIEVER.format(
            port=self.server.port("IMAP"), maildir=self.maildir, deliver_as=self.deliver_as,
            options=options, more=more))
        self.home.run(["getmail", "--getmaildir", self.home.path, "--rcfile", rc])
        return sorted(self.number(path) for path in self.files() - before)

    def files(self):
        return set((self.maildir / "new").iterdir())

    @staticmethod
    def number(path):
        """Which letter this is; it must be unharmed, but for two fields that getmail adds."""
        text = re.sub(rb"^Return-Path: <unknown>\n|(?<=\n)X-getmail-retrieved-from-mailbox: \S+\n",
                      b"", path.read_bytes())
        number = int(text.rpartition(b"Letter ")[2][:-2])
        assert text == letter(number).replace(b"\r\n", b"\n"), text
        return number


def letter(number):
    return LETTER + b"Letter %d.\r\n" % number


def numbers(server, box):
    return sorted(int(held.text.rpartition(b"Letter ")[2][:-3]) for held in truth(server)[box])


def run(serve):
    server = serve()
    with Home() as home, login(server) as wire:
        getmail = Getmail(server, home)
        wire.command("CREATE Lists")
        wire.command("CREATE Lists/Announce")
        for number, box in ((1, "INBOX"), (2, "INBOX"), (3, "Lists/Announce"), (4, "Lists")):
            wire.command(f"APPEND {box}", [letter(number)])
        before = truth(server)
        keep = "read_all = false\ndelete = false"
        assert getmail(keep) == [1, 2, 3]
        assert [held.text for held in truth(server)["INBOX"]] == [
            held.text for held in before["INBOX"]]
        assert getmail(keep) == []  # it has them
        wire.command("APPEND Lists/Announce", [letter(5)])
        assert getmail(keep) == [5]
        assert getmail("read_all = true\ndelete = false") == [1, 2, 3, 5]
        # Taken away after it was collected; a mailbox that was not asked for is left alone.
        wire.command("APPEND INBOX", [letter(6)])
        assert getmail("read_all = true\ndelete = true") == [1, 2, 3, 5, 6]
        assert numbers(server, "INBOX") == [] and numbers(server, "Lists/Announce") == []
        assert numbers(server, "Lists") == [4]
        assert getmail("read_all = true\ndelete = true") == []
        # Moved instead of deleted.
        wire.command("CREATE Collected")
        wire.command("APPEND INBOX", [letter(7)])
        assert getmail("read_all = true\ndelete = true", "move_on_delete = Collected") == [7]
        assert numbers(server, "INBOX") == [] and numbers(server, "Collected") == [7]
        # Only what nobody has seen: getmail's own search.
        wire.command(r"APPEND INBOX (\Seen)", [letter(8)])
        wire.command("APPEND INBOX", [letter(9)])
        assert getmail("read_all = true\ndelete = false", "imap_search = UNSEEN") == [9]
