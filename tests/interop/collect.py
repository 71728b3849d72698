"""Mail for a program that collects it: three letters in bob's maildrop."""

import smtplib

from mail import LETTER


def fill(server):
    smtp = smtplib.SMTP("127.0.0.1", server.port("SMTP"), timeout=60)
    for number in (b"1", b"2", b"3"):
        smtp.sendmail("ann@example.org", ["bob@example.net"], LETTER + b"Letter " + number + b"\r\n")
    smtp.quit()


def check(texts):
    """These are the letters, in any order, as a program stores them: lines ended by LF."""
    letter = LETTER.replace(b"\r\n", b"\n")
    assert len(texts) == 3, len(texts)
    found = sorted(text.replace(b"\r\n", b"\n") for text in texts)
    for number, text in zip((b"1", b"2", b"3"), sorted(found, key=lambda text: text[-10:])):
        assert letter[letter.index(b"\n\n"):] + b"Letter " + number + b"\n" in text, text
