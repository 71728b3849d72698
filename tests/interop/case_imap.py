"""Python's imaplib, and IMAP beside the other two protocols."""

import imaplib
import smtplib

from mail import LETTER


def run(serve):
    server = serve()
    imap = imaplib.IMAP4("127.0.0.1", server.port("IMAP"), timeout=60)
    imap.login("bob", "secret")
    assert imap.select("INBOX")[1] == [b"0"]
    smtp = smtplib.SMTP("127.0.0.1", server.port("submission"), timeout=60)
    smtp.login("alice", "secret")  # nobody hands in mail there without
    smtp.sendmail("ann@example.org", ["bob@example.net"], LETTER)
    smtp.quit()
    imap.noop()
    assert imap.response("EXISTS")[1][-1] == b"1"
    text = imap.fetch("1", "(BODY[])")[1][0][1]
    assert text.endswith(LETTER), text
    imap.append("INBOX", r"(\Flagged)", None, LETTER)
    assert imap.search(None, "FLAGGED")[1] == [b"2"]
    assert imap.fetch("2", "(BODY[])")[1][0][1] == LETTER
    imap.store("2", "+FLAGS", r"(\Deleted)")
    assert imap.expunge()[1] == [b"2"]
    imap.close()
    imap.logout()
