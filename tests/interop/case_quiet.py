"""Servers that nobody watches: nothing is printed, with a history or without, and everything else
is as ever. Mail that one program hands in reaches another that waits in IDLE."""

import imaplib
import smtplib
import socket

from mail import LETTER


def idler(port):
    """A session that waits in IDLE; what it hears from then on."""
    link = socket.create_connection(("127.0.0.1", port), timeout=60)
    stream = link.makefile("rwb")
    stream.readline()
    for command in (b"a LOGIN bob secret", b"b SELECT INBOX", b"c IDLE"):
        stream.write(command + b"\r\n")
        stream.flush()
        while not stream.readline().startswith((command[:2], b"+ ")):
            pass
    return link, stream


def run(serve):
    for more in ([], ["--no-history"]):
        server = serve("--quiet", *more)
        link, waiting = idler(server.port("IMAP"))
        smtp = smtplib.SMTP("127.0.0.1", server.port("SMTP"), timeout=60)
        smtp.sendmail("ann@example.org", ["bob@example.net"], LETTER)
        smtp.quit()
        assert waiting.readline() == b"* 1 EXISTS\r\n"
        client = imaplib.IMAP4("127.0.0.1", server.port("IMAP"), timeout=60)
        client.login("bob", "secret")
        client.select()
        for _ in range(300):
            assert client.append("INBOX", None, None, LETTER)[0] == "OK"
        assert len(client.fetch("1:*", "(FLAGS RFC822.SIZE BODY.PEEK[])")[1]) == 2 * 301
        assert client.store("1:*", "+FLAGS", "(\\Deleted)")[0] == "OK"
        assert len(client.expunge()[1]) == 301
        client.logout()
        link.close()
        server.stop()
        assert server.events == [{"stopped": True, "sessions": 3}], server.events
