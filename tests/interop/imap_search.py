"""Scripts that search, sort and thread an archive."""

from imap_mail import archive, fill
from imap_walks import sequence

WORDS = ("meeting", "MEETING", "Re:", "needle", "NEEDLE", "haystack", "invoice", "17", "list",
         "fwd", "example.org", "ann", "zoe", "more", "words noon", "at noon", "", "hidden", "html",
         "<b>",
         "no such thing", "caf", "J", "attachment", "spaces   inside", "spaces inside", "@")
UTF8 = ("Grüße", "grüße", "GRÜSSE", "Jürgen", "café", "你好", "ü", "Köln", "jurgen", "é")
DAYS = ("1-Jan-2026", "5-Jan-2026", "05-Jan-2026", "6-Jan-2026", "31-Dec-2025", "13-Feb-2026",
        '"1-Mar-2026"', "29-Feb-2024", "15-feb-2026")
FIELDS = ("Subject", "X-Number", "x-empty", "Message-ID", "References", "Content-Type", "None",
          "Received", "To", "MIME-Version")
PLAIN = ("ALL", "ANSWERED", "DELETED", "DRAFT", "FLAGGED", "NEW", "OLD", "RECENT", "SEEN",
         "UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNSEEN", "KEYWORD $Work",
         "UNKEYWORD Later", "KEYWORD none", "KEYWORD later", "UNKEYWORD none")


def quoted(word):
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


DAY_KEYS = ("BEFORE", "ON", "SINCE")
SENT_KEYS = ("SENTBEFORE", "SENTON", "SENTSINCE")


def key(random, count, words, depth=0):
    """A search key."""
    def nested():
        return key(random, count, words, depth + 1)
    word = quoted(random.choice(words))
    what = random.randrange(18 if depth < 3 else 13)
    if what <= 2:
        return random.choice(PLAIN)
    if what <= 4:
        return f"{random.choice(('FROM', 'TO', 'CC', 'BCC', 'SUBJECT'))} {word}"
    if what == 5:
        return f"{random.choice(('BODY', 'TEXT'))} {word}"
    if what == 6:
        return f"HEADER {random.choice(FIELDS)} {word}"
    if what <= 8:
        return f"{random.choice((*DAY_KEYS, *SENT_KEYS))} {random.choice(DAYS)}"
    if what == 9:
        return f"{random.choice(('LARGER', 'SMALLER'))} {random.randrange(250, 900)}"
    if what == 10:
        return sequence(random, count)
    if what == 11:
        return f"UID {sequence(random, count)}"
    if what == 12:
        return random.choice(("ALL", "UNDELETED", "SEEN"))
    if what == 13:
        return f"NOT {nested()}"
    if what <= 15:
        return f"OR {nested()} {nested()}"
    return "(" + " ".join(nested() for _ in range(random.randrange(1, 4))) + ")"


def keys(random, count, words):
    return " ".join(key(random, count, words) for _ in range(random.randrange(1, 3)))


def prepare(script, count, undated=()):
    script.say("CREATE box")
    script.names = fill(script, "box", archive(script.random, count, undated))
    script.select("box")


def searching(script, times, count=30):
    random = script.random
    prepare(script, count)
    for _ in range(times):
        charset = random.choice(("", "", "CHARSET UTF-8 ", "CHARSET us-ascii "))
        words = WORDS + UTF8 if charset == "CHARSET UTF-8 " else WORDS
        uid = random.choice(("", "UID "))
        what = random.randrange(10)
        if what <= 5:
            script.say(f"{uid}SEARCH {charset}{keys(random, count, words)}")
        elif what <= 8:
            wanted = " ".join(random.sample(("MIN", "MAX", "ALL", "COUNT"), random.randrange(5)))
            script.say(f"{uid}SEARCH RETURN ({wanted}) {charset}{keys(random, count, words)}",
                       needs="ESEARCH")
        else:
            age = random.choice(("OLDER 86400", "YOUNGER 86400", "OLDER 1", "YOUNGER 1000000000",
                                 "OLDER 0", "YOUNGER 4294967295"))
            script.say(f"{uid}SEARCH {age} {keys(random, count, words)}", needs="WITHIN")


def every_key(script, count=30):
    """Each key alone, each word, each charset."""
    script.stubborn = True
    prepare(script, count)
    for name in PLAIN:
        script.say(f"SEARCH {name}")
        script.say(f"SEARCH NOT {name}")
    for name in ("FROM", "TO", "CC", "BCC", "SUBJECT", "BODY", "TEXT", "HEADER Subject",
                 "HEADER X-Number", "HEADER X-Empty", "HEADER None"):
        for word in WORDS:
            script.say(f"SEARCH {name} {quoted(word)}")
    for name in ("FROM", "SUBJECT", "BODY", "TEXT"):
        for word in UTF8:
            script.say(f"SEARCH CHARSET UTF-8 {name} {quoted(word)}")
    for name in (*DAY_KEYS, *SENT_KEYS):
        for day in DAYS:
            script.say(f"SEARCH {name} {day}")
    for numbers in ("1:*", "*", "*:1", "30:*", "31:*", "5:2", "1,1,1", "1:3,2:4", "100", "0",
                    "4294967295", "4294967296", "1:", ":", "*:*", "31"):
        script.try_out(f"SEARCH {numbers}")
        script.try_out(f"SEARCH UID {numbers}")
        script.try_out(f"UID FETCH {numbers} (UID)")
        script.try_out(f"FETCH {numbers} (UID)")
    for text in ("SEARCH CHARSET nonsense SUBJECT x", "SEARCH CHARSET ISO-8859-1 SUBJECT x",
                 "SEARCH CHARSET utf-8 ALL", "SEARCH CHARSET", "SEARCH", "SEARCH NOT",
                 "SEARCH OR ALL", "SEARCH ()", "SEARCH (ALL", "SEARCH NONSENSE",
                 "SEARCH SINCE yesterday",
                 "SEARCH SINCE 32-Jan-2026", "SEARCH SINCE 1-Foo-2026", "SEARCH SMALLER -1",
                 "SEARCH SMALLER x", "SEARCH KEYWORD \\Seen", "SEARCH HEADER Subject",
                 "SEARCH ALL ALL ALL", "SEARCH NOT NOT NOT SEEN", "SEARCH FROM ann", "SEARCH BODY",
                 "SEARCH CHARSET UTF-8 BODY {7+}\r\nGrüße", "SEARCH LARGER 0", "SEARCH SMALLER 0",
                 "SEARCH ALL  SEEN", "SEARCH ALL ", "search from ANN", "SEARCH LARGER 4294967296"):
        script.try_out(text)


def undated(script, count=12):
    """Every third message does not say when it was sent."""
    script.stubborn = True
    prepare(script, count, undated=range(3, count + 1, 3))
    for name in SENT_KEYS:
        for day in DAYS:
            script.say(f"SEARCH {name} {day}")
            script.say(f"SEARCH NOT {name} {day}")
    for how in ("SORT (DATE)", "SORT (REVERSE DATE)", "SORT (SUBJECT DATE)",
                "THREAD ORDEREDSUBJECT", "THREAD REFERENCES"):
        script.say(f"{how} UTF-8 ALL", needs="SORT THREAD=ORDEREDSUBJECT THREAD=REFERENCES")


def results(script, times, count=30):
    """SEARCHRES: $ is what SEARCH RETURN (SAVE) found."""
    random = script.random
    prepare(script, count)
    script.say("FETCH $ (UID)", needs="SEARCHRES")
    for _ in range(times):
        wanted = " ".join(random.sample(("SAVE", "MIN", "MAX", "ALL", "COUNT"),
                                        random.randrange(1, 5)))
        uid = random.choice(("", "UID "))
        script.say(f"{uid}SEARCH RETURN ({wanted}) {keys(random, count, WORDS)}",
                   needs="ESEARCH SEARCHRES")
        script.say(random.choice((
            "FETCH $ (UID)", "UID FETCH $ (UID FLAGS)", "SEARCH $ SEEN", "UID SEARCH UID $ FLAGGED",
            "STORE $ +FLAGS (Later)", "COPY $ INBOX", "SEARCH NOT $", "SEARCH OR $ 1",
            "UID SEARCH RETURN (SAVE) $ SMALLER 600", "SEARCH RETURN (COUNT) $",
            "FETCH $,1 (UID)")), needs="ESEARCH SEARCHRES")
    script.say("SEARCH RETURN (SAVE) CHARSET nonsense ALL", needs="ESEARCH SEARCHRES")
    script.say("FETCH $ (UID)", needs="SEARCHRES")
    script.say("SEARCH RETURN (SAVE NONSENSE) ALL", needs="ESEARCH SEARCHRES")
    script.say("STORE 2,4 +FLAGS.SILENT (\\Deleted)")
    script.say("SEARCH RETURN (SAVE) 1:5", needs="ESEARCH SEARCHRES")
    script.say("EXPUNGE")
    script.say("FETCH $ (UID)", needs="SEARCHRES")
    script.select("INBOX")
    script.say("FETCH $ (UID)", needs="SEARCHRES")


UNDATED = range(7, 100, 7)  # sorted by when they came (RFC 5256 2.2)
SORT_KEYS = ("ARRIVAL", "CC", "DATE", "FROM", "SIZE", "SUBJECT", "TO")


def received(found):
    """Not sent: of messages without a date, see undated()."""
    return found.replace("SENT", "")


def sorting(script, times, count=40):
    random = script.random
    prepare(script, count, UNDATED)
    for name in SORT_KEYS:
        for reverse in ("", "REVERSE "):
            script.say(f"SORT ({reverse}{name}) UTF-8 ALL", needs="SORT")
    for name in ("DISPLAYFROM", "DISPLAYTO"):
        script.say(f"SORT ({name}) UTF-8 ALL", needs="SORT SORT=DISPLAY")
    for text in ("SORT () UTF-8 ALL", "SORT (NONSENSE) UTF-8 ALL", "SORT (SUBJECT) nonsense ALL",
                 "SORT (SUBJECT) UTF-8", "SORT SUBJECT UTF-8 ALL", "SORT (REVERSE) UTF-8 ALL",
                 "SORT (SUBJECT) ALL", "SORT (REVERSE REVERSE SUBJECT) UTF-8 ALL"):
        script.try_out(text, needs="SORT")
    for _ in range(times):
        criteria = " ".join(random.choice(("", "REVERSE ")) + name
                            for name in random.sample(SORT_KEYS, random.randrange(1, 4)))
        uid = random.choice(("", "UID "))
        found = received(keys(random, count, WORDS))
        charset = random.choice(("UTF-8", "US-ASCII"))
        if random.random() < 0.3:
            wanted = " ".join(random.sample(("MIN", "MAX", "ALL", "COUNT"), random.randrange(5)))
            script.say(f"{uid}SORT RETURN ({wanted}) ({criteria}) {charset} {found}", needs="ESORT")
        else:
            script.say(f"{uid}SORT ({criteria}) {charset} {found}", needs="SORT")


def threading(script, times, count=40):
    random = script.random
    prepare(script, count, UNDATED)
    for how in ("ORDEREDSUBJECT", "REFERENCES"):
        for uid in ("", "UID "):
            script.say(f"{uid}THREAD {how} UTF-8 ALL", needs=f"THREAD={how}")
        for _ in range(times):
            found = received(keys(random, count, WORDS))
            script.say(f"THREAD {how} UTF-8 {found}", needs=f"THREAD={how}")
    script.say("THREAD NONSENSE UTF-8 ALL", needs="THREAD=REFERENCES")
    script.say("THREAD REFERENCES nonsense ALL", needs="THREAD=REFERENCES")
    script.say("THREAD REFERENCES UTF-8", needs="THREAD=REFERENCES")
