"""mutt (and neomutt, where it is) works on a mailbox with its own keys: reads, tags, flags, copies,
saves, deletes, writes what it changed, and sees mail that comes while it waits."""

import shutil
import smtplib

from imap_client import login, offered, truth
from mail import LETTER
from peers import until
from programs import Home
from server import Skip

PROGRAMS = ("mutt", "neomutt")

MUTTRC = """\
set folder = "imap://bob@127.0.0.1:{port}/"
set spoolfile = "imap://bob@127.0.0.1:{port}/INBOX"
set imap_user = bob
set imap_pass = secret
set imap_idle = {idle}
set timeout = 1 mail_check = 1
set ssl_starttls = no
set ssl_force_tls = no
set record = "" postponed = "=Drafts"
set sort = mailbox-order
set quit = yes
set delete = yes
set move = no
set mark_old = no
set confirmappend = no
set confirmcreate = no
set wait_key = no
set resolve = no
"""

KEYS = (
    "<jump>1<enter><display-message><exit>",  # read
    "<tag-pattern>~s alpha<enter><tag-prefix><flag-message><untag-pattern>.<enter>",  # 2 and 3
    "<jump>4<enter><set-flag>r",  # answered
    "<jump>5<enter><save-message>=Work<enter>",  # there, and no longer here
    "<jump>6<enter><delete-message>",
    "<jump>7<enter><copy-message>=New<enter>",  # a mailbox that is not there yet
    "<jump>8<enter><toggle-new>",  # not seen after all
    "<tag-pattern>~s beta<enter><tag-prefix><save-message>=Work<enter>",  # 9 and 10 at once
    "<sync-mailbox>",
    "<jump>1<enter><flag-message>",
    "<quit>",
)
SUBJECTS = {2: b"alpha", 3: b"alpha", 9: b"beta", 10: b"beta"}


def letter(number):
    subject = b"Subject: %s %d" % (SUBJECTS.get(number, b"letter"), number)
    return LETTER.replace(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=", subject).replace(
        b"<letter", b"<letter%d" % number)


NUMBERS = range(1, 11)


def by_number(messages):
    """{number of the letter: flags}; the letters must be unharmed."""
    found = {}
    for held in messages:
        number = next(number for number in NUMBERS if held.text == letter(number))
        assert number not in found, f"letter {number} is twice there"
        found[number] = held.flags
    return found


def working(program, server, home):
    with login(server) as wire:
        wire.command("CREATE Work")
        for number in NUMBERS:
            wire.command("APPEND INBOX" + (r" (\Seen)" if number == 8 else ""), [letter(number)])
    rc = home.write("muttrc", MUTTRC.format(port=server.port("IMAP"), idle="no"))
    home.run_on_terminal([program, "-n", "-F", rc, "-e", "push '" + "".join(KEYS) + "'"])
    now = truth(server)
    seen, flagged, answered = "\\Seen", "\\Flagged", "\\Answered"
    assert by_number(now["INBOX"]) == {
        1: {seen, flagged}, 2: {flagged}, 3: {flagged}, 4: {answered, seen}, 7: set(), 8: set(),
    }, by_number(now["INBOX"])
    assert sorted(by_number(now["Work"])) == [5, 9, 10], now["Work"]
    assert sorted(by_number(now["New"])) == [7], now["New"]
    assert not any("\\Deleted" in flags for flags in by_number(now["Work"]).values())


def waiting(program, server, home):
    """It waits with IDLE, shows what comes, and deletes it at a person's word."""
    rc = home.write("muttrc", MUTTRC.format(port=server.port("IMAP"), idle="yes"))
    before = by_number(truth(server)["INBOX"])
    process, terminal = home.on_terminal([program, "-n", "-F", rc])
    with terminal:
        idles = [line for line in server.conversation() if line.endswith(" IDLE")]

        def idle():
            terminal.read(0)
            return [line for line in server.conversation() if line.endswith(" IDLE")] != idles
        until(idle, f"{program} waits with IDLE")
        smtp = smtplib.SMTP("127.0.0.1", server.port("SMTP"), timeout=60)
        smtp.sendmail("ann@example.org", ["bob@example.net"],
                      LETTER.replace(b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", b"Freshly come"))
        smtp.quit()
        terminal.shows("Freshly come", "mail that came while it waits")
        assert len(truth(server)["INBOX"]) == len(before) + 1
        terminal.type("*dq")  # the last one, deleted; the end
        terminal.to_the_end(process)
    assert by_number(truth(server)["INBOX"]) == before


def returning(program, server, home):
    """What others did since it was here the last time it hears in a word (RFC 7162 3.2.6), where the
    server offers that, or it asks for all flags; it has kept the headers."""
    (home / "cache").mkdir()
    rc = home.write("muttrc", MUTTRC.format(port=server.port("IMAP"), idle="no")
                    + f'set header_cache = "{home.path}/cache/"\n'
                    "set imap_condstore = yes imap_qresync = yes\n")
    open_it = [program, "-n", "-F", rc, "-e"]
    home.run_on_terminal([*open_it, "push '<quit>'"])
    with login(server) as wire:
        wire.command("SELECT INBOX")
        wire.command(r"STORE 1:* -FLAGS (\Flagged)")
        wire.command(r"STORE 1,3 +FLAGS (\Deleted)")
        wire.command("EXPUNGE")
        wire.command(r"STORE 2 +FLAGS (\Flagged)")
        wire.command(r"APPEND INBOX (\Flagged)", [letter(10)])
    before = by_number(truth(server)["INBOX"])
    flagged = [number for number, flags in before.items() if "\\Flagged" in flags]
    home.run_on_terminal([*open_it, "push '<tag-pattern>~F<enter><tag-prefix><save-message>=Kept"
                                    "<enter><quit>'"])
    now = truth(server)
    assert sorted(by_number(now["Kept"])) == sorted(flagged), (now["Kept"], before)
    assert sorted(by_number(now["INBOX"])) == sorted(set(before) - set(flagged)), before
    resynchronised = any(" (CHANGEDSINCE " in line and " VANISHED)" in line
                         for line in server.conversation())
    assert resynchronised == ("QRESYNC" in offered(server)), server.conversation()[-40:]


def run(serve):
    programs = [program for program in PROGRAMS if shutil.which(program)]
    if not programs:
        raise Skip(f"none of {', '.join(PROGRAMS)} installed")
    for program in programs:
        server = serve()
        with Home() as home:
            working(program, server, home)
            waiting(program, server, home)
            returning(program, server, home)
