"""Scripts that call messages by numbers: those of what is there, and those above."""

from imap_mail import archive, fill
from imap_walks import FLAGS, sequence, some


def members(numbers, count):
    """Of a sequence set, as a set; "*" is the last message."""
    found = set()
    for part in numbers.replace("*", str(count)).split(","):
        first, _, last = part.partition(":")
        first, last = int(first), int(last or first)
        found |= set(range(min(first, last), max(first, last) + 1))
    return found


class Held:
    """Which messages a mailbox holds: whether each is to be expunged. Numbers above the last are
    so never said by number_walk()."""

    def __init__(self):
        self.deleted = []

    def fill(self, script, count):
        letters = archive(script.random, count)
        fill(script, "INBOX", letters)
        self.deleted += [r"\Deleted" in flags for _, flags, _ in letters]

    def each(self, numbers, change):
        of = members(numbers, len(self.deleted))
        self.deleted = [change(is_set) if number in of else is_set
                        for number, is_set in enumerate(self.deleted, 1)]

    def store(self, numbers, how, flags):
        named = r"\Deleted" in flags
        if how == "FLAGS" or named:
            self.each(numbers, lambda _: named and how != "-FLAGS")

    def copy(self, numbers):
        of = members(numbers, len(self.deleted))
        self.deleted += [self.deleted[number - 1] for number in sorted(of)]

    def move(self, numbers):
        of = members(numbers, len(self.deleted))
        self.deleted = [is_set for number, is_set in enumerate(self.deleted, 1) if number not in of]

    def expunge(self):
        self.deleted = [is_set for is_set in self.deleted if not is_set]


def number_walk(script, count):
    """One connection."""
    random = script.random
    script.say("CREATE other")
    held = Held()
    held.fill(script, 15)
    script.select("INBOX")
    for _ in range(count):
        if len(held.deleted) < 4:
            held.fill(script, 6)
            script.say("FETCH 1:* (UID FLAGS)")
        numbers = sequence(random, min(6, len(held.deleted)))
        flags = " ".join(some(random, FLAGS)[:3])
        what = random.randrange(12)
        if what <= 3:
            how, value = random.choice((("FLAGS", f"({flags})"), ("+FLAGS", f"({flags})"),
                                        ("-FLAGS", flags), ("FLAGS", "()")))
            script.say(f"STORE {numbers} {how} {value}")
            held.store(numbers, how, value)
        elif what == 4:
            script.say(f"COPY {numbers} INBOX")
            script.say("NOOP")
            held.copy(numbers)
        elif what == 5:
            script.say("EXPUNGE")
            held.expunge()
        elif what == 6:
            script.say(f"MOVE {numbers} other", needs="MOVE")
            held.move(numbers)
        else:
            script.say(random.choice((
                f"COPY {numbers} other", f"COPY {numbers} nothing", f"FETCH {numbers} (UID FLAGS)",
                f"FETCH {numbers} FAST", f"SEARCH {numbers}", "NOOP", "CHECK",
                f"FETCH {numbers} BODY.PEEK[TEXT]<0.9>",
                "FETCH 1:2 BODY[HEADER.FIELDS (Subject)]")))
    script.say("CLOSE")
    script.select("INBOX")


def numbers_above(script):
    """Numbers above the last, where there are three messages and where there is none."""
    script.stubborn = True
    fill(script, "INBOX", archive(script.random, 3))
    for count in (3, 0):
        script.select("INBOX" if count else "Archive")
        for numbers in ("4", "1:4", "4:1", "4:*", "*:4", "1,4", "4294967295"):
            for command in ("FETCH", "SEARCH", "STORE", "UID FETCH", "SEARCH UID"):
                rest = {"FETCH": " (UID)", "STORE": r" +FLAGS.SILENT (Above)"}.get(
                    command.split(" ")[-1], "")
                script.say(f"{command} {numbers}{rest}")
        script.say("FETCH 1:3 (FLAGS)" if count else "NOOP")
