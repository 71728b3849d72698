"""SMTP beside Exim: the same scripts (diff_smtp.txt) are said to both, and the replies, the ends of
connections and the stored messages are the same, but for what differences.txt explains."""

import pathlib
import poplib

from differences import Comparison
from dialogue import SmtpPlayer, read_scripts
from mail import without_trace_fields
from peers import Exim

USERS = ("alice", "bob")


def mail_of(server):
    """All messages there are now, as {"bob": [text, ...]}; they are removed."""
    mail = {}
    for user in USERS:
        pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
        pop._MAXLINE = poplib._MAXLINE = 1 << 24  # poplib gives up on lines over 2048 octets
        pop.user(user)
        pop.pass_("secret")
        mail[user] = []
        for number in range(1, pop.stat()[0] + 1):
            mail[user].append(b"".join(line + b"\r\n" for line in pop.retr(number)[1]))
            pop.dele(number)
        pop.quit()
    return mail


def compare_mail(comparison, script, ours, theirs):
    for user in USERS:
        comparison.add(script.name, f"mail of {user}", f"{len(ours[user])} messages",
                       f"{len(theirs[user])} messages")
        if len(ours[user]) != len(theirs[user]):
            continue
        # Exim delivers in no order that could be relied on.
        texts = [sorted(map(without_trace_fields, mail[user])) for mail in (ours, theirs)]
        for number, (our_text, their_text) in enumerate(zip(*texts), 1):
            comparison.add_texts(script.name, f"text {number} of {user}", our_text, their_text)


def run(serve):
    exim = Exim()
    try:
        comparison = Comparison("smtp", exim.version())
        exim.start()
        server = serve()
        for script in read_scripts(pathlib.Path(__file__).with_name("diff_smtp.txt")):
            ours = SmtpPlayer(server.port("SMTP")).play(script)
            theirs = SmtpPlayer(exim.port).play(script)
            comparison.add_played(script, ours, theirs)
            compare_mail(comparison, script, mail_of(server), exim.mail())
        comparison.finish()
    finally:
        exim.stop()
