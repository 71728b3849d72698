"""IMAP beside Dovecot: thousands of commands that generators make from seeds (imap_mail.py,
imap_folder.py, imap_walks.py, imap_numbers.py, imap_search.py, imap_more.py, imap_errors.py) are
said to both, in step, and the answers are the same, but for what differences_imap.txt explains. A
folder of difficult messages (mail.py), if it is there, is read from both in every way that FETCH
has, then searched, sorted and threaded by what is in it."""

import time

import imap_errors
import imap_folder
import imap_more
import imap_numbers
import imap_search
import imap_walks
from differences import PatternComparison
from imap_folder import Folder, folder_scripts
from imap_mail import MESSAGES, mail_scripts
from imap_script import Duet, Script
from mail import folder_of_mail
from peers import DovecotImap
from server import Skip

USERS = [f"u{number}" for number in range(1, 200)]


# What is played besides the reading of mail: a generator, how often, and its arguments. Each time
# has a seed of its own, which is its name.
GENERATORS = (
    (imap_walks.mailbox_rules, 1), (imap_walks.noselect, 1), (imap_walks.rename_inbox, 1),
    (imap_walks.mailbox_walk, 12, 30),
    (imap_walks.message_walk, 12, 30),
    (imap_numbers.number_walk, 8, 40), (imap_numbers.numbers_above, 1),
    (imap_walks.modseq_walk, 10, 20), (imap_walks.other_flags, 1),
    (imap_walks.resync_walk, 12, 8), (imap_walks.idle, 4, 8),
    (imap_walks.read_only, 1), (imap_walks.appending, 1),
    (imap_search.every_key, 1), (imap_search.undated, 1),
    (imap_search.searching, 8, 80), (imap_search.results, 4, 25),
    (imap_search.sorting, 4, 40), (imap_search.threading, 4, 15),
    (imap_more.context, 4, 6), (imap_more.saved, 1), (imap_more.metadata, 1),
    (imap_more.rights, 1), (imap_more.quota, 1), (imap_more.notify, 1),
    (imap_more.names_of_space, 1), (imap_more.pipelined, 2, 20),
    (imap_errors.mistakes, 1, "connected"), (imap_errors.mistakes, 1, "authenticated"),
    (imap_errors.mistakes, 1, "selected"), (imap_errors.states, 1), (imap_errors.octets, 1),
    (imap_errors.literals_everywhere, 1),
)

# And among the messages of a folder.
FOLDER_WALKS = ((imap_folder.message_walk_among, 2, 30), (imap_folder.resync_walk_among, 2, 8))


def difficult():
    try:
        files = folder_of_mail()
    except Skip as reason:
        print(f"without difficult messages: {reason}")
        return {}
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in files}


def run(serve):
    dovecot = DovecotImap(USERS)
    try:
        comparison = PatternComparison("imap", dovecot.version(), "differences_imap.txt")
        dovecot.start()
        users = [word for user in USERS for word in ("--user", f"{user}:secret")]
        # Dovecot has no UTF8=ACCEPT. With it, APPEND of a header with octets above 127 is refused
        # until it is enabled (RFC 6855 section 4), and such mail is what is compared here. Nor has
        # it STARTTLS, as it is set up here.
        server = serve("--no-history", "--without", "UTF8=ACCEPT,STARTTLS", *users)
        play(Duet(comparison, server.port("IMAP"), dovecot.port, USERS[0]), comparison)
    finally:
        dovecot.stop()


def name_of(generator, *more):
    """The name of a script."""
    return " ".join([generator.__name__.replace("_", "-"), *map(str, more)])


def play(duet, comparison):
    users = iter(USERS)
    began = time.monotonic()
    folder = difficult()
    folders = [Folder("made", MESSAGES)] + ([Folder("folder", folder)] if folder else [])
    for messages in (MESSAGES, folder):
        user = next(users)
        for number, script in enumerate(mail_scripts(Script, user, messages)):
            duet.play(script, fresh=number == 0)
    for messages in folders:
        for number, script in enumerate(folder_scripts(Script, next(users), messages)):
            duet.play(script, fresh=number == 0)
        for generator, times, *arguments in FOLDER_WALKS:
            for seed in range(1, times + 1):
                script = Script(name_of(generator, messages.name, seed), next(users))
                generator(script, messages, *arguments)
                duet.play(script)
    for generator, times, *arguments in GENERATORS:
        for seed in range(1, times + 1):
            said = [word for word in arguments if isinstance(word, str)]
            script = Script(name_of(generator, *said, *([seed] if times > 1 else [])), next(users))
            generator(script, *arguments)
            duet.play(script)
    duet.end()
    print(f"{time.monotonic() - began:.1f} s")
    for name, count in sorted(duet.lacking.items()):
        print(f"not said, as {name} is not offered by both: {count}")
    comparison.finish(complete=bool(folder) and not duet.lacking)
