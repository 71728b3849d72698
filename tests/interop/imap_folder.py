"""Scripts that search, sort and thread a mailbox of given messages by what these have: each command
asks for something that is in one of them. And walks among such messages."""

import re
from random import Random

from imap_mail import MONTHS, fill
from imap_search import DAY_KEYS, PLAIN, SENT_KEYS, SORT_KEYS, quoted
from imap_walks import message_walk, resync_walk, sequence
from imap_wire import Literal
from imap_words import ADDRESSES, Letter, near, piece
from mail import crlf_normalised

FLAGS = (r"\Seen", r"\Flagged", r"\Answered", r"\Draft", r"\Deleted", "$Work", "Later")


class Folder:
    """Messages with flags, and dates when they came."""

    def __init__(self, name, messages):
        random = Random(name)
        self.name = name
        self.letters = [
            Letter(of, crlf_normalised(octets),
                   " ".join(flag for flag in FLAGS if random.random() < 0.25),
                   f"{random.randrange(1, 29):2}-{random.choice(MONTHS)} "
                   f"{random.randrange(24):02}:{random.randrange(60):02}:00 +0000")
            for of, octets in messages.items()]


def entries(letters):
    """As fill() has them."""
    return ([(letter.octets, letter.flags, letter.date) for letter in letters],
            [letter.name for letter in letters])


# --- Keys, each of a letter -----------------------------------------------------------------------

def of_address(random, letter):
    """A name or an address: what stands around them is no part of the envelope (RFC 3501 7.4.2)."""
    name = random.choice(ADDRESSES)
    values = letter.values(name) or letter.values("From")
    words = [word for value in values for word in re.split(r'\s*[<>",;:()\\]\s*', value) if word]
    return f"{name.upper()} {quoted(piece(random, random.choice(words)))}" if words else "ALL"


def of_subject(random, letter):
    values = letter.values("Subject")
    return f"SUBJECT {quoted(piece(random, values[0]))}" if values else 'SUBJECT ""'


def of_header(random, letter):
    name = random.choice(letter.fields or [("Subject", "")])[0]
    values = [value for value in letter.values(name) if value] if random.random() < 0.8 else []
    word = quoted(piece(random, random.choice(values))) if values else '""'
    return f"HEADER {quoted(random.choice((name, name.upper())))} {word}"


def of_text(random, letter):
    """In the body once decoded; as it stands; or anywhere."""
    what = random.randrange(4)
    lines = letter.raw_lines if what == 0 else letter.lines
    key = random.choice(("BODY", "BODY", "TEXT"))
    if what == 3:
        lines, key = [value for name, _ in letter.fields for value in letter.values(name)], "TEXT"
    lines = [line for line in lines if line.strip()]
    return f"{key} {quoted(piece(random, random.choice(lines)))}" if lines else f'{key} ""'


def of_sent_day(random, letter):
    name = random.choice(SENT_KEYS)
    return f"{name} {near(random, random.choice(letter.days or ['5-Jan-2026']))}"


def of_day(random, letter):
    return f"{random.choice(DAY_KEYS)} {near(random, letter.date.split()[0])}"


def of_size(random, letter):
    size = len(letter.octets) + random.choice((-1, 0, 0, 1))
    return f"{random.choice(('LARGER', 'SMALLER'))} {size}"


WORDS = (of_address, of_address, of_subject, of_header, of_header, of_text, of_text, of_text)
FACTS = (of_sent_day, of_day, of_size)


def of_mailbox(random, letters):
    """What any mailbox has."""
    numbers = sequence(random, len(letters))
    return random.choice((random.choice(PLAIN), numbers, f"UID {numbers}"))


def key(random, letters, kinds=(*WORDS, *FACTS)):
    return random.choice(kinds)(random, random.choice(letters))


def keys(random, letters):
    """Mostly one, so that what differs is seen; at times several. NOT is said of what the two see
    alike: what is found by one of them alone is then always a message that has the words."""
    first, second = key(random, letters), key(random, letters)
    plain = random.choice((of_mailbox(random, letters), key(random, letters, (of_day, of_size))))
    return random.choice((
        first, first, first, first, first, plain, f"{first} {plain}", f"OR {first} {second}",
        f"NOT {plain} {first}", f"OR ({first} {second}) NOT ({plain} {of_mailbox(random, letters)})"
    ))


def some(random, letters):
    """Whose order is asked: what is found is compared in scripts of its own."""
    return random.choice(("ALL", "ALL", of_mailbox(random, letters),
                          key(random, letters, (of_subject, of_day, of_size))))


# --- Scripts in one mailbox, which none of them changes -------------------------------------------

def filling(script, folder):
    script.say("CREATE box")
    fill(script, "box", *entries(folder.letters))
    script.select("box")


def searching(script, folder, times):
    random, letters = script.random, folder.letters
    for _ in range(times):
        uid = random.choice(("", "UID "))
        options = random.choice(("", "", "RETURN (MIN MAX ALL COUNT) ", "RETURN () "))
        found = keys(random, letters)
        charset = random.choice(("CHARSET UTF-8 ", "")) if found.isascii() else "CHARSET UTF-8 "
        script.say(f"{uid}SEARCH {options}{charset}{found}", needs="ESEARCH")


def ages(script, _):
    """Alone, as what is found depends on the day of the test."""
    for days in range(1, 400, 20):
        script.say(f"SEARCH OLDER {days * 86400}", needs="WITHIN")
        script.say(f"SEARCH YOUNGER {days * 86400}", needs="WITHIN")


def charsets(script, folder):
    """A word of each text in the charset it is written in, and in UTF-8."""
    random = script.random
    for letter in folder.letters:
        words = [word for line in letter.lines for word in line.split() if not word.isascii()]
        for charset in sorted({"utf-8", *letter.charsets}) if words else ():
            word = random.choice(words)[:20]
            try:
                octets = word.encode(charset)
            except (LookupError, UnicodeError):
                continue
            script.say(f"SEARCH CHARSET {charset.upper()} TEXT ",
                       Literal(octets, random.random() < 0.5, name=word))


def sorting(script, folder, times):
    random, letters = script.random, folder.letters
    for name in (*SORT_KEYS, "DISPLAYFROM", "DISPLAYTO"):
        needs = "SORT SORT=DISPLAY" if name.startswith("DISPLAY") else "SORT"
        for reverse in ("", "REVERSE "):
            script.say(f"SORT ({reverse}{name}) UTF-8 ALL", needs=needs)
    for _ in range(times):
        criteria = " ".join(random.choice(("", "REVERSE ")) + name
                            for name in random.sample(SORT_KEYS, random.randrange(1, 4)))
        uid = random.choice(("", "UID "))
        options = random.choice(("", "", "RETURN (ALL COUNT) "))
        script.say(f"{uid}SORT {options}({criteria}) UTF-8 {some(random, letters)}",
                   needs="SORT ESORT")


def threading(script, folder, times):
    random, letters = script.random, folder.letters
    for how in ("ORDEREDSUBJECT", "REFERENCES"):
        script.say(f"THREAD {how} UTF-8 ALL", needs=f"THREAD={how}")
        for _ in range(times):
            uid = random.choice(("", "UID "))
            script.say(f"{uid}THREAD {how} UTF-8 {some(random, letters)}", needs=f"THREAD={how}")


# How often, and with what.
QUESTIONS = ((filling, 1), (searching, 8, 100), (ages, 1), (charsets, 1), (sorting, 4, 50),
             (threading, 4, 25))


def folder_scripts(new, user, folder):
    """All in one mailbox of that user's."""
    for generator, times, *arguments in QUESTIONS:
        for seed in range(1, times + 1):
            script = new(f"{generator.__name__} {folder.name} {seed}", user)
            script.names = [letter.name for letter in folder.letters]
            generator(script, folder, *arguments)
            yield script


# --- Walks ----------------------------------------------------------------------------------------

def chosen(script, folder, count=40):
    return entries(script.random.sample(folder.letters, min(len(folder.letters), count)))


def message_walk_among(script, folder, times):
    message_walk(script, times, *chosen(script, folder))


def resync_walk_among(script, folder, times):
    resync_walk(script, times, *chosen(script, folder))
