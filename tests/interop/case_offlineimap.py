"""OfflineIMAP keeps a Maildir and the server the same, both ways: folders, new mail, flags,
deletions, and a second run that changes nothing."""

from imap_client import login, offered, truth
from maildirs import Maildirs, letter, numbers, on_server
from programs import Home

NEEDS = ["offlineimap"]

CONFIGURATION = """\
[general]
accounts = mail
metadata = {home}/offlineimap

[Account mail]
localrepository = disk
remoterepository = server

[Repository disk]
type = Maildir
localfolders = {home}/Mail
sep = /

[Repository server]
type = IMAP
remotehost = 127.0.0.1
remoteport = {port}
remoteuser = bob
remotepass = secret
ssl = no
starttls = no
auth_mechanisms = {mechanism}
"""


class Story:
    def __init__(self, server, home, mechanism):
        self.server, self.home = server, home
        self.disk = Maildirs(home / "Mail")
        self.disk.make("INBOX")
        self.rc = home.write("offlineimaprc", CONFIGURATION.format(
            port=server.port("IMAP"), home=home.path, mechanism=mechanism))

    def offlineimap(self):
        said = self.home.run(["offlineimap", "-o", "-u", "basic", "-c", self.rc]).decode()
        assert "ERROR" not in said, said

    def same(self):
        """A run brings both to the same; the next one changes nothing."""
        self.offlineimap()
        now = on_server(self.server)
        assert self.disk.boxes() == sorted(now), (self.disk.boxes(), sorted(now))
        for box, messages in now.items():
            assert self.disk.held(box) == messages, (box, self.disk.held(box), messages)
        before = self.disk.snapshot(), truth(self.server)
        self.offlineimap()
        assert (self.disk.snapshot(), truth(self.server)) == before
        return now


def play(server, home, mechanism):
    story = Story(server, home, mechanism)
    disk = story.disk
    with login(server) as wire:
        for number, flags in ((1, ""), (2, r"\Seen"), (3, r"\Flagged \Answered")):
            wire.command(f"APPEND INBOX ({flags})", [letter(number)])
        wire.command("CREATE Work")
        wire.command("CREATE Work/Old")
        wire.command(r"APPEND Work/Old (\Seen)", [letter(4)])
        disk.make("Home")
        disk.deliver("Home", letter(5), "S")
        disk.deliver("INBOX", letter(6), "")
        now = story.same()
        assert numbers(now["INBOX"]) == [1, 2, 3, 6] and numbers(now["Home"]) == [5], now
        # Flags and deletions on either side.
        wire.command("SELECT INBOX")
        wire.command(r"STORE 1 +FLAGS (\Answered)")
        wire.command(r"STORE 2 +FLAGS (\Deleted)")
        wire.command("EXPUNGE")
        wire.command("UNSELECT")
        disk.flag("INBOX", 3, "FRS")
        disk.find("INBOX", 6).unlink()
        wire.command("APPEND INBOX", [letter(7)])
        now = story.same()
        assert [flags for _, flags in now["INBOX"]] == ["R", "FRS", ""], now["INBOX"]
        assert numbers(now["INBOX"]) == [1, 3, 7], now["INBOX"]


def run(serve):
    server = serve()
    mechanism = "CRAM-MD5" if "AUTH=CRAM-MD5" in offered(server) else "LOGIN"
    with Home() as home:
        play(server, home, mechanism)
