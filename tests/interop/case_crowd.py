"""A thousand connections at once, one too many, and one that leaves."""

import resource
import socket

from server import Skip

SESSIONS = 1000
GREETINGS = {"SMTP": b"220 ", "POP3": b"+OK ", "IMAP": b"* OK "}
LAST_WORDS = {"SMTP": (b"QUIT\r\n", b"221 "), "POP3": (b"QUIT\r\n", b"+OK "),
              "IMAP": (b"a LOGOUT\r\n", b"* BYE ")}
REFUSALS = {"SMTP": b"421 ", "POP3": b"-ERR ", "IMAP": b"* BYE "}


def line(peer):
    text = b""
    while not text.endswith(b"\n"):
        octet = peer.recv(1)
        if not octet:
            break
        text += octet
    return text


def run(serve):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < SESSIONS + 100:
        raise Skip(f"this system allows a program {hard} sockets")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = serve()

    def connect(name):
        peer = socket.create_connection(("127.0.0.1", server.port(name)), timeout=60)
        return peer

    names = [list(GREETINGS)[i % 3] for i in range(SESSIONS)]
    peers = [connect(name) for name in names]
    for name, peer in zip(names, peers):
        assert line(peer).startswith(GREETINGS[name])
    for name, words in REFUSALS.items():
        extra = connect(name)
        assert line(extra).startswith(words), name
        assert extra.recv(1) == b""
        extra.close()
    # One leaves, and there is room again as soon as the server has heard of it.
    peers.pop(0).close()
    names.pop(0)
    while True:
        peer = connect("SMTP")
        if line(peer).startswith(b"220 "):
            break
        peer.close()
    peers.append(peer)
    names.append("SMTP")
    for name, peer in zip(names, peers):
        peer.sendall(LAST_WORDS[name][0])
    for name, peer in zip(names, peers):
        assert line(peer).startswith(LAST_WORDS[name][1]), name
        peer.close()
