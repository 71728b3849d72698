"""COMPRESS=DEFLATE as Python's zlib has it, the largest literal that is taken, and a bomb: a few
octets that stand for a million commands. Memory stays bounded."""

import re
import socket
import zlib

LARGEST = 64 * 1024 * 1024
COMMANDS = 300000


class Peer:
    """A client that compresses when it is told to."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.deflate = None
        self.inflate = None
        self.text = bytearray()

    def say(self, text):
        if self.deflate:
            text = self.deflate.compress(text) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        self.socket.sendall(text)

    def until(self, pattern):
        """Everything up to the line that begins with the pattern, and that line."""
        line = re.compile(rb"^" + pattern + rb"[^\r\n]*\r\n", re.MULTILINE)
        begin = 0
        while True:
            found = line.search(self.text, begin)
            if found:
                heard = bytes(self.text[:found.end()])
                del self.text[:found.end()]
                return heard
            begin = self.text.rfind(b"\n") + 1
            octets = self.socket.recv(1 << 16)
            assert octets, self.text[-200:]
            self.text += self.inflate.decompress(octets) if self.inflate else octets

    def ask(self, tag, command):
        self.say(tag + b" " + command + b"\r\n")
        return self.until(tag + b" OK")

    def compress(self):
        assert b"COMPRESS=DEFLATE" in self.ask(b"c1", b"CAPABILITY")
        self.ask(b"c2", b"COMPRESS DEFLATE")
        self.deflate = zlib.compressobj(wbits=-15)
        self.inflate = zlib.decompressobj(wbits=-15)
        assert b"COMPRESS=DEFLATE" not in self.ask(b"c3", b"CAPABILITY")


def a_session(server):
    peer = Peer(server.port("IMAP"))
    peer.until(rb"\* OK")
    peer.ask(b"l", b"LOGIN bob secret")
    peer.compress()
    return peer


def run(serve):
    server = serve()
    peer = a_session(server)
    peer.ask(b"a1", b"SELECT INBOX")
    before = server.memory_kb()
    # A message as large as they come, by way of COMPRESS and of LITERAL+.
    line = b"Seventy-eight octets of text are in each line of this message, and CRLF after.\r\n"
    head = b"Subject: Large\r\n\r\n"
    message = head + line * ((LARGEST - len(head)) // len(line))
    peer.say(b"a2 APPEND INBOX {%d+}\r\n" % len(message))
    for at in range(0, len(message), 1 << 20):
        peer.say(message[at:at + (1 << 20)])
    peer.say(b"\r\n")
    peer.until(rb"a2 OK \[APPENDUID")
    answer = peer.ask(b"a3", b"FETCH 1 (RFC822.SIZE BODY.PEEK[])")
    assert b"RFC822.SIZE %d" % len(message) in answer
    assert message in answer
    grown = server.memory_kb() - before
    assert grown < 600000, f"{grown} KB more for a message of {LARGEST} octets"
    # One octet more is refused without being read.
    peer.say(b"a4 APPEND INBOX {%d}\r\n" % (LARGEST + 1))
    peer.until(rb"a4 NO \[TOOBIG\]")
    # The bomb: its sender reads nothing while the server answers.
    before = server.memory_kb()
    peer.say(b"b NOOP\r\n" * COMMANDS)
    another = a_session(server)
    another.ask(b"a1", b"LOGOUT")
    grown = server.memory_kb() - before
    assert grown < 300000, f"{grown} KB more for {COMMANDS} commands in one breath"
    for _ in range(COMMANDS):
        peer.until(b"b OK")
    peer.ask(b"a5", b"LOGOUT")
    # What is no compressed data ends the session.
    wrong = a_session(server)
    wrong.deflate = None
    wrong.say(b"a1 NOOP\r\na2 SELECT INBOX\r\na3 FETCH 1:* ALL\r\n")
    try:
        assert wrong.socket.recv(100) == b""
    except ConnectionResetError:
        pass
