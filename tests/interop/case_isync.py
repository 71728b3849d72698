"""mbsync keeps a Maildir and the server the same, both ways: folders, new mail, flags, deletions, a
move. After each change one run brings it over, and one run more changes nothing anywhere. All of it
twice: with commands pipelined, and with one at a time."""

import re

from imap_client import login, truth
from maildirs import Maildirs, letter, numbers, on_server
from programs import Home

NEEDS = ["mbsync"]

CONFIGURATION = """\
IMAPStore server
Host 127.0.0.1
Port {port}
User bob
Pass secret
SSLType None
{depth}
MaildirStore disk
Path {home}/Mail/
Inbox {home}/Mail/INBOX
SubFolders Verbatim

Channel mail
Far :server:
Near :disk:
Patterns *
Create Both
Remove Both
Expunge Both
Sync All
CopyArrivalDate yes
SyncState *
"""

class Story:
    def __init__(self, server, home, depth):
        self.server = server
        self.home = home
        self.disk = Maildirs(home / "Mail")
        self.disk.make("INBOX")
        home.write(".mbsyncrc", CONFIGURATION.format(port=server.port("IMAP"), home=home.path,
                                                     depth=depth))
        self.wire = login(server)

    def mbsync(self):
        """What it says that it changed, on the server and then here: new, flags (deletions, too, are marked
        first), put into a folder of trash."""
        self.disk.age()
        said = self.home.run_on_terminal(["mbsync", "-a"])
        found = re.findall(r"F: *\+(\d+)/\1 \*(\d+)/\2 #(\d+)/\3 *"
                           r"N: *\+(\d+)/\4 \*(\d+)/\5 #(\d+)/\6", said)
        assert found, said
        return tuple(int(count) for count in found[-1])

    def same(self, *changes):
        """A run brings both to the same, by that many changes; the next one has nothing to do."""
        counted = self.mbsync()
        assert counted == changes, (counted, changes)
        now = on_server(self.server)
        assert self.disk.boxes() == sorted(now), (self.disk.boxes(), sorted(now))
        for box, messages in now.items():
            assert self.disk.held(box) == messages, (box, self.disk.held(box), messages)
        before = self.disk.snapshot(), self.state()
        assert self.mbsync() == (0,) * 6
        assert (self.disk.snapshot(), self.state()) == before
        return now

    def state(self):
        """All that the server holds, with its UIDs, and what it would give next."""
        messages = truth(self.server)
        return messages, [self.wire.command(f"STATUS {box} (UIDVALIDITY UIDNEXT)").responses[0].raw
                          for box in messages]


def play(server, home, depth):
    story = Story(server, home, depth)
    wire, disk = story.wire, story.disk
    # What is on the server comes to the disk, and the other way round; folders, too.
    for number, flags in ((1, ""), (2, r"\Seen"), (3, r"\Flagged \Answered")):
        wire.command(f"APPEND INBOX ({flags})", [letter(number)])
    for box in ("Work", "Work/Old", "Work/Old/2025"):
        wire.command(f"CREATE {box}")
    wire.command(r"APPEND Work/Old/2025 (\Seen)", [letter(4)])
    for box in ("Home", "Home/Garden", "Home/Garden/Trees"):
        disk.make(box)
    disk.deliver("Home/Garden/Trees", letter(5), "S")
    disk.deliver("Home", letter(6))
    disk.deliver("INBOX", letter(7), "FRS")
    now = story.same(3, 0, 0, 4, 0, 0)
    assert {"Home", "Home/Garden/Trees", "Work/Old/2025"} <= set(now), sorted(now)
    assert numbers(now["INBOX"]) == [1, 2, 3, 7] and len(now["Home"]) == 1
    # New mail on either side.
    wire.command("APPEND INBOX", [letter(8)])
    disk.deliver("INBOX", letter(9))
    assert numbers(story.same(1, 0, 0, 1, 0, 0)["INBOX"]) == [1, 2, 3, 7, 8, 9]
    # Flags: set and taken, on either side, of different messages and of one message.
    wire.command("SELECT INBOX")
    wire.command(r"STORE 1 +FLAGS (\Answered)")
    wire.command(r"STORE 2 -FLAGS (\Seen)")
    wire.command(r"STORE 3 +FLAGS (\Seen)")
    wire.command("UNSELECT")
    disk.flag("INBOX", 3, "DFR")
    disk.flag("INBOX", 7, "")
    now = dict(zip((1, 2, 3, 7, 8, 9), story.same(0, 2, 0, 0, 3, 0)["INBOX"]))
    flags = {number: letters for number, (_, letters) in now.items()}
    assert flags == {1: "R", 2: "", 3: "DFRS", 7: "", 8: "", 9: ""}, flags
    # Deletions on either side.
    wire.command("SELECT INBOX")
    wire.command(r"UID STORE 1 +FLAGS.SILENT (\Deleted)")
    wire.command("EXPUNGE")
    wire.command("UNSELECT")
    disk.find("INBOX", 2).unlink()
    disk.flag("INBOX", 8, "T")
    now = story.same(0, 2, 0, 0, 1, 0)
    assert numbers(now["INBOX"]) == [3, 7, 9], now["INBOX"]
    # Moves to another folder on either side.
    wire.command("SELECT INBOX")
    uid = wire.command('UID SEARCH HEADER "Message-ID" "<letter9@"').named("SEARCH")[0].values[0]
    wire.command(f"UID COPY {uid} Work")
    wire.command(rf"UID STORE {uid} +FLAGS.SILENT (\Deleted)")
    wire.command(f"UID EXPUNGE {uid}")
    wire.command("UNSELECT")
    disk.move("INBOX", 3, "Home/Garden")
    now = story.same(1, 1, 0, 1, 1, 0)
    assert numbers(now["INBOX"]) == [7] and numbers(now["Work"]) == [9], now
    assert numbers(now["Home/Garden"]) == [3] and now["Home/Garden"][0][1] == "DFRS", now
    # An empty folder goes on the server, and with it on disk.
    wire.command("CREATE Short")
    assert "Short" in story.same(0, 0, 0, 0, 0, 0)
    wire.command("DELETE Short")
    assert "Short" not in story.same(0, 0, 0, 0, 0, 0)
    wire.close()


def run(serve):
    for depth in ("", "PipelineDepth 1\n"):
        with Home() as home:
            play(serve(), home, depth)
