"""Programs that are a burden: one that never reads, one that says an octet at a time, one that
leaves in the middle of a word. The others notice nothing, and memory stays bounded."""

import poplib
import smtplib
import socket

from case_crowd import line

MEGABYTE = b"x" * 78 + b"\r\n"
MESSAGE = b"Subject: Large\r\n\r\n" + MEGABYTE * (1024 * 1024 // 80)
TIMES = 150


def an_ordinary_session(server):
    pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
    pop.user("alice")
    pop.pass_("secret")
    pop.quit()


def run(serve):
    server = serve()
    smtp = smtplib.SMTP("127.0.0.1", server.port("SMTP"), timeout=60)
    smtp.sendmail("ann@example.org", ["bob@example.net"], MESSAGE)
    smtp.quit()
    an_ordinary_session(server)
    before = server.memory_kb()

    never = socket.create_connection(("127.0.0.1", server.port("POP3")), timeout=60)
    never.sendall(b"USER bob\r\nPASS secret\r\n" + b"RETR 1\r\n" * TIMES + b"QUIT\r\n")
    for _ in range(20):
        an_ordinary_session(server)
    grown = server.memory_kb() - before
    assert grown < 30000, f"{grown} KB more for a program that does not read"
    # It begins to read: nothing is missing.
    stream = never.makefile("rb")
    for _ in range(3):
        assert stream.readline().startswith(b"+OK")
    for _ in range(TIMES):
        assert stream.readline().startswith(b"+OK")
        octets = 0
        for text in iter(stream.readline, b".\r\n"):
            octets += len(text)
        assert octets > len(MESSAGE), octets
    assert b"signing off" in stream.readline()
    assert stream.readline() == b""

    slow = socket.create_connection(("127.0.0.1", server.port("SMTP")), timeout=60)
    slow.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    assert line(slow).startswith(b"220 ")
    for words, answers in ((b"HELO slow.example\r\n", b"250 "),
                           (b"MAIL FROM:<ann@example.org>\r\n", b"250 "),
                           (b"RCPT TO:<bob@example.net>\r\n", b"250 "), (b"DATA\r\n", b"354 "),
                           (b"Subject: Slow\r\n\r\n..\r\n.\r\n", b"250 ")):
        for i in range(len(words)):
            slow.sendall(words[i:i + 1])
        assert line(slow).startswith(answers)
    slow.sendall(b"QUI")
    slow.close()
    pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
    pop.user("bob")
    pop.pass_("secret")
    assert pop.stat()[0] == 2
    assert pop.retr(2)[1][-3:] == [b"Subject: Slow", b"", b"."]
    pop.quit()
