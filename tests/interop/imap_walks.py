"""Scripts that change things at random: mailboxes and their names, flags and messages seen by two
connections at once, and finding out what changed (CONDSTORE, QRESYNC)."""

from imap_mail import LETTERS, archive, fill
from imap_script import MAILBOXES
from imap_wire import Literal

FLAGS = (r"\Seen", r"\Answered", r"\Flagged", r"\Deleted", r"\Draft", "$Work", "Later", "$Junk")
# Whether a special use goes along with a mailbox that is renamed is the server's choice.
KEPT = ("INBOX", *MAILBOXES)
NAMES = ("a", "b", "Archive", "work", "x y", "M&APw-ller", "&U,BTFw-", "A", "Sent", "q")
PATTERNS = ("*", "%", "a*", "%/b", "*b", "a/%", "", "INBOX", "inbox", "i*", "%/%", "*/*", "a", "A",
            "%a%", "**", "%%", "*%", "a/*/b", "nothing", "In%", "*y", "x y", "%/x y")
STATUS = ("MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN")


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def some(random, things, least=1):
    return random.sample(things, random.randrange(least, len(things) + 1))


# --- Mailboxes ----------------------------------------------------------------------------------

def look_at_mailboxes(script, boxes):
    random = script.random
    what = random.randrange(9)
    reference = random.choice(('""', '""', '""', '"a/"', "a", "INBOX", '"x y/"'))
    pattern = quoted(random.choice(PATTERNS))
    if what == 0:
        script.say(f"LSUB {reference} {pattern}")
    elif what == 1:
        items = some(random, STATUS)
        script.say(f"STATUS {quoted(random.choice(boxes))} ({' '.join(items)})")
    elif what == 2:
        script.say(f"STATUS {quoted(random.choice(boxes))} (MESSAGES SIZE)", needs="STATUS=SIZE")
    elif what == 3:
        returned = some(random, ("SUBSCRIBED", "CHILDREN"), 0)
        selected = random.choice(("", "(SUBSCRIBED) ", "(SUBSCRIBED RECURSIVEMATCH) ", "(REMOTE) ",
                                  "() ", "(REMOTE SUBSCRIBED) "))
        script.say(f"LIST {selected}{reference} {pattern} RETURN ({' '.join(returned)})",
                   needs="LIST-EXTENDED")
    elif what == 4:
        patterns = " ".join(quoted(name) for name in random.sample(PATTERNS, 2))
        script.say(f"LIST {reference} ({patterns})", needs="LIST-EXTENDED")
    elif what == 5:
        items = " ".join(some(random, STATUS))
        script.say(f'LIST "" {pattern} RETURN (STATUS ({items}))', needs="LIST-STATUS")
    elif what == 6:
        script.say(random.choice((f'LIST (SPECIAL-USE) "" {pattern}',
                                  f'LIST "" {pattern} RETURN (SPECIAL-USE)',
                                  f'LIST (SPECIAL-USE) "" {pattern} RETURN (SUBSCRIBED)')),
                   needs="LIST-EXTENDED SPECIAL-USE")
    else:
        script.say(f"LIST {reference} {pattern}")


def change_mailboxes(script, boxes):
    """boxes: the names there are. A name's superior is made first: whether it comes by itself is
    the server's choice (RFC 3501 6.3.3), and asked in another script."""
    random = script.random
    what = random.randrange(8)
    box = random.choice(boxes)
    if what <= 2:
        above = "" if random.random() < 0.5 or box == "INBOX" else box + "/"
        name = above + random.choice(NAMES)
        script.say(f"CREATE {quoted(name)}")
        if name not in boxes:
            boxes.append(name)
    elif what == 3:
        if any(other.startswith(box + "/") for other in boxes) or box in KEPT:
            return
        script.say(f"DELETE {quoted(box)}")
        boxes.remove(box)
    elif what == 4:
        to = random.choice(NAMES) + random.choice(("", "2", "3"))
        if box in KEPT or to in boxes or (to + "/").startswith(box + "/"):
            return
        script.say(f"RENAME {quoted(box)} {quoted(to)}")
        boxes[:] = [to + name[len(box):] if (name + "/").startswith(box + "/") else name
                    for name in boxes]
    elif what == 5:
        script.say(f"SUBSCRIBE {quoted(box)}")
    elif what == 6:
        script.say(f"UNSUBSCRIBE {quoted(box)}")
    else:
        script.append(quoted(box), random.choice(LETTERS), random.choice((None, "", r"\Seen")))


def mailbox_walk(script, count):
    boxes = ["INBOX", *MAILBOXES]
    for _ in range(count):
        change_mailboxes(script, boxes)
        for _ in range(script.random.randrange(3)):
            look_at_mailboxes(script, boxes)
    script.say('LIST "" *')
    script.say('LSUB "" *')
    for box in boxes:
        script.say(f"STATUS {quoted(box)} ({' '.join(STATUS)})")


def mailbox_rules(script):
    """What RFC 3501 6.3 says of names, one rule after the other."""
    script.stubborn = True
    for command in (
            'CREATE INBOX', 'CREATE inbox', 'CREATE ""', 'CREATE s/', 'LIST "" s*', 'CREATE s',
            'CREATE "a//b"', 'CREATE "/abs"', 'CREATE "a*"', 'CREATE "a%"', 'LIST "" "a%"',
            'DELETE INBOX', 'DELETE nothing', 'DELETE ""', 'RENAME nothing x', 'RENAME s INBOX',
            'RENAME s Sent', 'RENAME s s', 'SUBSCRIBE nothing', 'LSUB "" *', 'UNSUBSCRIBE nothing',
            'UNSUBSCRIBE nothing', 'STATUS nothing (MESSAGES)', 'SELECT nothing',
            'EXAMINE nothing', 'SELECT ""', 'APPEND nothing {3+}\r\nabc', 'LIST "" ""',
            'LIST "s/" ""', 'LIST "/" ""', 'STATUS INBOX ()', 'STATUS INBOX MESSAGES',
            'STATUS INBOX (NOTHING)', 'CREATE "caf\\"e"', 'LIST "" "caf*"', 'CREATE "&"',
            'CREATE "&-"', 'CREATE "&AGEAYg-"', 'CREATE "&Jjo"', 'CREATE "a&b"', 'LIST "" "*"'):
        script.try_out(command)
    script.say("CREATE p")
    script.say("CREATE p/q")
    script.say("SUBSCRIBE p/q")
    script.say("UNSUBSCRIBE p")
    script.say('LSUB "" %')
    script.say('LIST (SUBSCRIBED) "" %', needs="LIST-EXTENDED")
    script.say('LIST (SUBSCRIBED RECURSIVEMATCH) "" %', needs="LIST-EXTENDED")
    script.say('LIST (RECURSIVEMATCH) "" %', needs="LIST-EXTENDED")
    script.say('LIST (NOTHING) "" %', needs="LIST-EXTENDED")
    script.say('LIST "" % RETURN (NOTHING)', needs="LIST-EXTENDED")
    script.say("DELETE p/q")
    script.say('LIST (SUBSCRIBED) "" *', needs="LIST-EXTENDED")
    script.say('LSUB "" *')
    script.say("CREATE (USE (\\Flagged)) flagged")


def noselect(script):
    """A name with others below it that is no mailbox (RFC 3501 6.3.3, 6.3.4)."""
    script.stubborn = True
    for command in ("CREATE u/v/w", 'LIST "" u*', "STATUS u (MESSAGES)"):
        script.say(command)
    script.say("CREATE d")
    script.say("CREATE d/e")
    script.say("DELETE d")
    script.say('LIST "" d*')
    script.say("SELECT d")
    script.say("DELETE d")
    script.say("CREATE d")
    script.say('LIST "" d*')
    script.say("DELETE d/e")
    script.say("DELETE d")
    script.say('LIST "" d*')
    script.say("SELECT u")


def rename_inbox(script):
    """Its messages move, and it stays, empty (RFC 3501 6.3.5)."""
    fill(script, "INBOX", archive(script.random, 3))
    script.say("CREATE INBOX/below")
    script.say("RENAME INBOX old")
    script.say('LIST "" *')
    script.say("STATUS INBOX (MESSAGES UIDNEXT)")
    script.say("STATUS old (MESSAGES UIDNEXT)")
    script.select("old")


# --- Messages -----------------------------------------------------------------------------------

def sequence(random, highest):
    """A set, of one to three parts, with "*" here and there and ranges in either order."""
    def number():
        return "*" if random.random() < 0.15 else str(random.randrange(1, max(2, highest + 1)))
    parts = [number() if random.random() < 0.6 else f"{number()}:{number()}"
             for _ in range(random.randrange(1, 4))]
    return ",".join(parts)


def change_messages(script, on, box, highest):
    """highest: of the UIDs given so far, roughly; all is said by UID, as each connection numbers
    in its own way."""
    random = script.random
    uids = sequence(random, highest)
    flags = " ".join(some(random, FLAGS)[:3])
    what = random.randrange(12)
    if what <= 3:
        how = random.choice(("FLAGS", "+FLAGS", "-FLAGS", "+FLAGS", "+FLAGS.SILENT",
                             "-FLAGS.SILENT"))
        script.say(f"UID STORE {uids} {how} ({flags})", on=on)
        if how.endswith("SILENT"):
            script.say("UID FETCH 1:* (FLAGS)", on=on)
    elif what == 4:
        script.append(box, random.choice(LETTERS), random.choice((None, flags)), on=on)
        return 1
    elif what == 5:
        script.say(f"UID COPY {uids} {random.choice((box, 'other'))}", on=on)
    elif what == 6:
        script.say(f"UID MOVE {uids} other", on=on, needs="MOVE")
    elif what == 7:
        script.say("EXPUNGE", on=on)
    elif what == 8:
        script.say(f"UID EXPUNGE {uids}", on=on, needs="UIDPLUS")
    elif what == 9:
        script.say(f"UID FETCH {uids} (FLAGS RFC822.SIZE)", on=on)
    elif what == 10:
        script.say(f"UID SEARCH {random.choice(('ALL', 'UNSEEN', 'DELETED', 'NEW', 'RECENT'))}",
                   on=on)
    else:
        script.say("CHECK", on=on)
    return 0


def message_walk(script, count, letters=None, names=None):
    """Two connections on one mailbox."""
    random = script.random
    script.say("CREATE other")
    letters = letters or archive(random, 12)
    fill(script, "INBOX", letters, names)
    highest = len(letters)
    script.open(2)
    for on in (1, 2):
        script.select("INBOX", on=on)
    for _ in range(count):
        on = random.choice((1, 2))
        highest += change_messages(script, on, "INBOX", highest)
        script.say("NOOP", on=3 - on)
        script.say("UID FETCH 1:* (UID FLAGS)", on=3 - on)
    script.say("STATUS other (MESSAGES UIDNEXT UNSEEN)")
    script.say("UNSELECT", needs="UNSELECT")
    script.select("other")
    script.say("FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)")


def read_only(script):
    """EXAMINE changes nothing (RFC 3501 6.3.2)."""
    script.stubborn = True
    script.say("CREATE other")
    fill(script, "INBOX", archive(script.random, 4))
    script.say(r"SELECT INBOX")
    script.say(r"STORE 2:3 +FLAGS.SILENT (\Deleted)")
    script.select("INBOX", how="EXAMINE")
    script.say(r"STORE 1 +FLAGS (\Seen)")
    script.say("FETCH 1 BODY[TEXT]")
    script.say("EXPUNGE")
    script.say("COPY 1 other")
    script.say("CLOSE")
    script.say("FETCH 1 FLAGS")
    script.select("INBOX")
    script.select("INBOX", how="EXAMINE")
    script.say("MOVE 1 other", needs="MOVE")


# --- What changed -------------------------------------------------------------------------------

def modseq_walk(script, count):
    """CONDSTORE in one connection, changes in another."""
    random = script.random
    script.say("CREATE other")
    fill(script, "INBOX", archive(random, 12))
    script.open(2)
    script.say("ENABLE CONDSTORE", needs="CONDSTORE ENABLE")
    script.select("INBOX")
    script.select("INBOX", on=2)
    marks, highest = [script.mark("INBOX", on=2)], 12
    for _ in range(count):
        highest += change_messages(script, 2, "INBOX", highest)
        script.say("NOOP")
        marks.append(script.mark("INBOX", on=2))
        mark, uids = random.choice(marks), sequence(random, highest)
        later = mark.replace(">", "+>")  # how many messages have the mark itself differs
        script.say(random.choice((
            f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {mark})",
            f"FETCH 1:* (UID) (CHANGEDSINCE {mark})",
            f"UID FETCH {uids} (UID MODSEQ)", f"UID SEARCH MODSEQ {later}",
            f'UID SEARCH MODSEQ "/flags/\\\\seen" all {later}', f"UID SEARCH UNSEEN MODSEQ {later}",
            # +FLAGS and -FLAGS: other_flags().
            f"UID STORE {uids} (UNCHANGEDSINCE {mark}) FLAGS (\\Flagged)",
            f"UID STORE {uids} (UNCHANGEDSINCE {mark}) FLAGS.SILENT (\\Answered)",
            f"UID STORE {uids} (UNCHANGEDSINCE 0) +FLAGS ($Work)")), needs="CONDSTORE")
        script.say("UID FETCH 1:* (FLAGS)")
    script.say("UID FETCH 1:* (FLAGS MODSEQ)", needs="CONDSTORE")


def other_flags(script):
    """A conditional STORE of one flag where another session has changed another."""
    fill(script, "INBOX", archive(script.random, 2))
    script.open(2)
    script.say("ENABLE CONDSTORE", needs="CONDSTORE ENABLE")
    script.select("INBOX")
    script.select("INBOX", on=2)
    mark = script.mark("INBOX", on=2)
    script.say(r"STORE 1:2 +FLAGS.SILENT (\Seen)", on=2)
    script.say("NOOP")
    script.say(f"UID STORE 2 (UNCHANGEDSINCE {mark}) +FLAGS (\\Seen)", needs="CONDSTORE")
    script.say(f"UID STORE 1 (UNCHANGEDSINCE {mark}) +FLAGS (\\Flagged)", needs="CONDSTORE")


def resync_walk(script, count, letters=None, names=None):
    """One connection goes and comes back again and again, with changes in between."""
    random = script.random
    script.say("CREATE other")
    letters = letters or archive(random, 15)
    fill(script, "INBOX", letters, names)
    script.open(2)
    script.select("INBOX", on=2)
    script.say("ENABLE QRESYNC", needs="QRESYNC")
    marks, highest = [script.mark("INBOX", on=2)], len(letters)
    for _ in range(count):
        for _ in range(random.randrange(1, 5)):
            highest += change_messages(script, 2, "INBOX", highest)
        mark = random.choice(marks[-3:])
        known = random.choice(("", "", f" 1:{highest}", " " + sequence(random, 9)))
        known = known.replace("*", "9")
        script.say(f"SELECT INBOX (QRESYNC (<validity INBOX> {mark}{known}))",
                   needs="QRESYNC")
        script.say("UID FETCH 1:* (UID FLAGS)", needs="QRESYNC")
        highest += change_messages(script, 2, "INBOX", highest)
        script.say("NOOP", needs="QRESYNC")
        script.say(f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {mark} VANISHED)", needs="QRESYNC")
        script.say("UID STORE 1:* +FLAGS (\\Answered)", needs="QRESYNC")
        script.say("EXPUNGE", needs="QRESYNC")
        script.say(random.choice(("UNSELECT", "CLOSE")), needs="QRESYNC UNSELECT")
        script.say("NOOP", on=2)
        script.say("UID FETCH 1:* (UID FLAGS)", on=2)
        marks.append(script.mark("INBOX", on=2))
    script.say(f"SELECT INBOX (QRESYNC (1 {marks[0]}))", needs="QRESYNC")
    script.say("SELECT INBOX (CONDSTORE)", needs="CONDSTORE")


def idle(script, count):
    """News come while one connection waits."""
    random = script.random
    script.say("CREATE other")
    fill(script, "INBOX", archive(random, 6))
    script.open(2)
    highest = 6
    for on in (1, 2):
        script.select("INBOX", on=on)
    for _ in range(count):
        script.say("IDLE", needs="IDLE")
        for _ in range(random.randrange(1, 4)):
            highest += change_messages(script, 2, "INBOX", highest)
        script.say("DONE", needs="IDLE")
        script.say("UID FETCH 1:* (UID FLAGS)")


# --- APPEND -------------------------------------------------------------------------------------

def appending(script):
    """All that APPEND has, and its mistakes."""
    script.stubborn = True
    letter, second = LETTERS[0], LETTERS[1]
    script.say("SELECT INBOX")
    for flags in ("", "()", r"(\Seen \Flagged $Work)", r"(\seen \SEEN)", r"(\Recent)",
                  r"(\Strange)", r"\Seen"):
        script.say(f"APPEND INBOX {flags} ".replace("  ", " "), Literal(letter, True))
    for date in ('" 5-Jan-2026 10:00:00 +0100"', '"05-Jan-2026 10:00:00 -0930"',
                 '"5-Jan-2026 10:00:00 +0100"', '"05-Jan-2026 10:00:00"',
                 '"29-Feb-2025 10:00:00 +0000"',
                 '"05-Foo-2026 10:00:00 +0000"', '"05-Jan-2026 25:00:00 +0000"', '"yesterday"'):
        script.say(f"APPEND INBOX {date} ", Literal(letter, True))
    script.say("FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE)")
    script.say("APPEND INBOX ", Literal(b""))
    script.say('APPEND INBOX "quoted text"')
    script.say("APPEND INBOX atom")
    script.say("APPEND INBOX")
    script.say("APPEND nothing ", Literal(letter))
    script.say("APPEND INBOX ", Literal(letter), " ", Literal(second), needs="MULTIAPPEND")
    script.say("APPEND INBOX ", Literal(letter, True), r" (\Seen) ", Literal(second, True),
               ' (\\Flagged) " 5-Jan-2026 10:00:00 +0100" ', Literal(letter), needs="MULTIAPPEND")
    script.say("APPEND INBOX ", Literal(letter, True), " ", Literal(b"", True), needs="MULTIAPPEND")
    script.say("UID FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE)")
    for text in (b"Subject: binary\r\n\r\na\0b\r\n", letter):
        script.say("APPEND INBOX ", Literal(text, binary=True), needs="BINARY")
        script.say("APPEND INBOX ", Literal(text, True, binary=True), needs="BINARY LITERAL+")
    script.say("UID FETCH * (RFC822.SIZE)")
    script.say("APPEND INBOX ", Literal(b"Subject: nul\r\n\r\na\0b\r\n"))
    catenating(script)


def catenating(script):
    boxes = ("/INBOX/;UID=1", "/INBOX/;UID=1/;SECTION=HEADER", "/INBOX/;UID=1/;SECTION=TEXT",
             "/INBOX;UIDVALIDITY=<validity INBOX>/;UID=1/;SECTION=1", "/INBOX/;UID=1/;PARTIAL=0.10",
             "/INBOX/;UID=999", "/nothing/;UID=1", "nonsense", "/INBOX;UIDVALIDITY=7/;UID=1",
             "/INBOX/;UID=1/;SECTION=7")
    script.say("STATUS INBOX (UIDVALIDITY)")
    for url in boxes:
        script.say(f'APPEND INBOX CATENATE (URL "{url}")', needs="CATENATE")
    script.say("APPEND INBOX CATENATE (TEXT ", Literal(b"Subject: new\r\n\r\n"), ' URL "'
               + boxes[2] + '" TEXT ', Literal(b"The end.\r\n", True), ")", needs="CATENATE")
    script.say("APPEND INBOX (\\Seen) CATENATE (TEXT ", Literal(b"Subject: a\r\n\r\nb\r\n"), ")",
               needs="CATENATE")
    script.say("APPEND INBOX CATENATE ()", needs="CATENATE")
    script.say("APPEND INBOX CATENATE (TEXT abc)", needs="CATENATE")
    script.say("UID FETCH 1:* (FLAGS BODY.PEEK[])", needs="CATENATE")
