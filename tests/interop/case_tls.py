"""TLS over the loopback, by Python's ssl module: STARTTLS in SMTP and IMAP, STLS in POP3, and the
ports that begin with TLS. The certificate is checked as a mail program checks it. What goes wrong,
goes wrong for that one connection."""

import imaplib
import poplib
import smtplib
import socket
import ssl
import zlib

from mail import LETTER

HOST = "localhost"
LONG = b"Subject: long\r\n\r\n" + b"".join(b"Line %d of many.\r\n" % i for i in range(300000))


def trusting(server, version=None):
    context = ssl.create_default_context(cadata=server.facts["certificate"]["pem"])
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


def versions():
    return (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def by_smtp(server, version):
    smtp = smtplib.SMTP(HOST, server.port("submission"), timeout=60)
    smtp.ehlo()
    assert smtp.has_extn("starttls")
    smtp.starttls(context=trusting(server, version))
    smtp.ehlo()  # RFC 3207 4.2: what was said before is forgotten
    assert not smtp.has_extn("starttls")
    smtp.login("alice", "secret")
    smtp.sendmail("ann@example.org", ["bob@example.net"], LETTER)
    smtp.quit()
    with smtplib.SMTP_SSL(HOST, server.port("submissions"), timeout=60,
                          context=trusting(server, version)) as smtp:
        smtp.login("alice", "secret")
        smtp.sendmail("ann@example.org", ["bob@example.net"], LETTER)


def by_pop3(server, version):
    pop = poplib.POP3(HOST, server.port("POP3"), timeout=60)
    assert "STLS" in pop.capa()
    pop.stls(trusting(server, version))
    assert "STLS" not in pop.capa()
    pop.user("bob")
    pop.pass_("secret")
    count = pop.stat()[0]
    text = b"\r\n".join(pop.retr(count)[1])
    # RFC 3848: handed in under TLS, by somebody who had logged in.
    assert b"with ESMTPSA" in text and text.endswith(LETTER.rstrip(b"\r\n")), text
    pop.quit()
    pop = poplib.POP3_SSL(HOST, server.port("POP3S"), timeout=60, context=trusting(server, version))
    pop.user("bob")
    pop.pass_("secret")
    assert pop.stat()[0] == count
    pop.quit()


def by_imap(server, version):
    imap = imaplib.IMAP4(HOST, server.port("IMAP"), timeout=60)
    assert "STARTTLS" in imap.capabilities
    imap.starttls(trusting(server, version))
    assert "STARTTLS" not in imap.capabilities
    imap.login("bob", "secret")
    assert imap.append("INBOX", None, None, LONG)[0] == "OK"
    count = int(imap.select()[1][0])
    assert imap.fetch(str(count), "(BODY[])")[1][0][1] == LONG
    imap.logout()
    imap = imaplib.IMAP4_SSL(HOST, server.port("IMAPS"), timeout=60,
                             ssl_context=trusting(server, version))
    assert "STARTTLS" not in imap.capabilities
    imap.login("bob", "secret")
    assert int(imap.select()[1][0]) == count
    imap.logout()


class Wire:
    """Octets on one socket, under TLS from when it is asked for."""

    def __init__(self, server, port):
        self.socket = socket.create_connection((HOST, server.port(port)), timeout=60)
        self.seen = b""

    def secure(self, context, name=HOST):
        self.socket = context.wrap_socket(self.socket, server_hostname=name)
        return self

    def say(self, octets):
        self.socket.sendall(octets)

    def hear(self, words):
        """All up to these words."""
        while words not in self.seen:
            got = self.socket.recv(65536)
            assert got, f"closed before {words!r}: {self.seen[-200:]!r}"
            self.seen += got
        at = self.seen.index(words) + len(words)
        heard, self.seen = self.seen[:at], self.seen[at:]
        return heard

    def ask(self, command):
        self.say(command)
        tag = command.split()[0]
        self.hear(tag + b" ")
        return self.hear(b"\r\n")

    def closed(self):
        """True when nothing but the end comes."""
        try:
            return self.socket.recv(65536) == b""
        except (ConnectionResetError, ssl.SSLError):
            return True


def injected(server):
    """RFC 3501 6.2.1: what somebody has put behind STARTTLS on the way is no command under TLS."""
    wire = Wire(server, "IMAP")
    wire.hear(b"\r\n")
    wire.say(b"a STARTTLS\r\nb LOGIN bob secret\r\nc CREATE Injected\r\n")
    wire.hear(b"a OK")
    wire.hear(b"\r\n")
    wire.secure(trusting(server))
    assert wire.ask(b"d SELECT INBOX\r\n").startswith(b"BAD")
    assert wire.ask(b"e LOGIN bob secret\r\n").startswith(b"OK")
    assert wire.ask(b'f STATUS Injected (MESSAGES)\r\n').startswith(b"NO")
    assert wire.ask(b"g STARTTLS\r\n").startswith(b"BAD")


def compressed(server):
    """RFC 4978 4: TLS first, compression inside it."""
    wire = Wire(server, "IMAPS").secure(trusting(server))
    wire.hear(b"\r\n")
    assert wire.ask(b"a LOGIN bob secret\r\n").startswith(b"OK")
    assert wire.ask(b"b COMPRESS DEFLATE\r\n").startswith(b"OK")
    deflate = zlib.compressobj(wbits=-15)
    inflate = zlib.decompressobj(wbits=-15)
    wire.say(deflate.compress(b'c LIST "" INBOX\r\n') + deflate.flush(zlib.Z_SYNC_FLUSH))
    text = b""
    while b"c OK" not in text:
        text += inflate.decompress(wire.socket.recv(65536))
    assert text.startswith(b"* LIST "), text


def slow_reader(server):
    """Megabytes wait for a program that reads nothing for a while; others are served meanwhile."""
    slow = Wire(server, "IMAPS").secure(trusting(server))
    slow.hear(b"\r\n")
    assert slow.ask(b"a LOGIN bob secret\r\n").startswith(b"OK")
    assert slow.ask(b"b SELECT INBOX\r\n").startswith(b"OK")
    for number in range(10):
        slow.say(b"c%d FETCH * BODY.PEEK[]\r\n" % number)
    other = Wire(server, "IMAP")
    other.hear(b"\r\n")
    assert other.ask(b"x NOOP\r\n").startswith(b"OK")
    for number in range(10):
        text = slow.hear(b"c%d OK" % number)
        assert text.count(b"Line 299999 of many.") == 1
    assert server.memory_kb() < 400_000, server.memory_kb()


def wrong(server):
    """No TLS where it is due, no trust, no answer: the server goes on for the others."""
    plain = Wire(server, "IMAPS")
    plain.say(b"a CAPABILITY\r\n")
    assert plain.closed()
    for context, name in ((ssl.create_default_context(), HOST),
                          (trusting(server), "mail.example.org")):
        try:
            Wire(server, "IMAPS").secure(context, name)
            raise RuntimeError("a certificate was trusted that should not be")
        except ssl.SSLCertVerificationError:
            pass
    gone = Wire(server, "POP3")
    gone.hear(b"\r\n")
    gone.say(b"STLS\r\n")
    gone.hear(b"+OK")
    gone.socket.close()
    Wire(server, "IMAPS").socket.close()
    silent = Wire(server, "IMAPS")  # to the end
    Wire(server, "IMAPS").secure(trusting(server, ssl.TLSVersion.TLSv1_2), "mail.example.net")
    return silent


def run(serve):
    server = serve()
    for version in versions():
        by_smtp(server, version)
        by_pop3(server, version)
        by_imap(server, version)
    injected(server)
    compressed(server)
    slow_reader(server)
    silent = wrong(server)
    said = "\n".join(server.conversation())
    assert "TLS handshake: TLSv1.2, " in said and "TLS handshake: TLSv1.3, " in said
    assert "Injected" not in said.split("d SELECT INBOX")[-1].split("e LOGIN")[0]
    stays = Wire(server, "IMAPS").secure(trusting(server))
    stays.hear(b"\r\n")
    server.stop()
    assert stays.hear(b"\r\n").startswith(b"* BYE ")
    assert stays.closed() and silent.closed()
    ends = [event["detail"] for event in server.events if event.get("kind") == "conn-state"]
    assert any("TLS: " in text for text in ends), ends
    without_starttls(serve)


def without_starttls(serve):
    """Taken away, it leaves no trace."""
    server = serve("--without", "STARTTLS")
    wire = Wire(server, "IMAP")
    assert b"STARTTLS" not in wire.hear(b"\r\n")
    assert wire.ask(b"a STARTTLS\r\n").startswith(b"BAD")
    assert b"STARTTLS" not in b"".join((wire.ask(b"b CAPABILITY\r\n"), wire.seen))
