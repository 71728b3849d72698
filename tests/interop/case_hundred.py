"""A hundred IMAP sessions of one user, all listening: each hears of every change."""

import socket

SESSIONS = 100


def reader(peer):
    return peer.makefile("rb")


def run(serve):
    server = serve()
    peers = []
    for _ in range(SESSIONS):
        peer = socket.create_connection(("127.0.0.1", server.port("IMAP")), timeout=120)
        lines = reader(peer)
        assert lines.readline().startswith(b"* OK")
        peer.sendall(b"a LOGIN bob secret\r\nb SELECT INBOX\r\nc IDLE\r\n")
        while not lines.readline().startswith(b"+ "):
            pass
        peers.append((peer, lines))
    other = socket.create_connection(("127.0.0.1", server.port("IMAP")), timeout=120)
    heard = reader(other)
    other.sendall(b"a LOGIN bob secret\r\nb APPEND INBOX {5+}\r\nhello\r\n")
    while not heard.readline().startswith(b"b OK"):
        pass
    for peer, lines in peers:
        while not lines.readline().startswith(b"* 1 EXISTS"):
            pass
    other.sendall(b"c SELECT INBOX\r\nd STORE 1 +FLAGS (\\Deleted)\r\ne EXPUNGE\r\n")
    while not heard.readline().startswith(b"e OK"):
        pass
    for peer, lines in peers:
        while not lines.readline().startswith(b"* 1 EXPUNGE"):
            pass
        peer.sendall(b"DONE\r\nd LOGOUT\r\n")
    for peer, lines in peers:
        while True:
            text = lines.readline()
            assert text, "closed without a goodbye"
            if text.startswith(b"d OK"):
                break
        peer.close()
