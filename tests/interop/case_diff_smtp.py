"""SMTP beside Exim: the same scripts (diff_smtp.txt) are said to both, and the replies, the ends of
connections and the stored messages are the same, but for what differences.txt explains."""

import imaplib
import pathlib

from differences import Comparison
from dialogue import SmtpPlayer, read_scripts
from mail import without_trace_fields
from peers import Exim

NEEDS = ["exim4"]
USERS = ("alice", "bob")


def mail_of(server):
    """All messages there are now, as {"bob": [text, ...]}; they are removed. By IMAP: it hides no
    octet of a message, and may be asked again at once."""
    mail = {}
    for user in USERS:
        imap = imaplib.IMAP4("127.0.0.1", server.port("IMAP"), timeout=60)
        imap.login(user, "secret")
        _, (count,) = imap.select("INBOX")
        mail[user] = []
        if int(count) > 0:
            _, parts = imap.fetch("1:*", "(BODY.PEEK[])")
            mail[user] = [part[1] for part in parts if isinstance(part, tuple)]
            imap.store("1:*", "+FLAGS", r"(\Deleted)")
            imap.expunge()
        imap.logout()
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
