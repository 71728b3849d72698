"""How it begins and ends: taken ports, other addresses, SIGTERM and SIGINT in the middle of
sessions."""

import signal
import socket
import subprocess

from case_crowd import line


def refused(server, *arguments):
    """mailsim serve with these ends with status 2 and one line; that line."""
    done = subprocess.run([server.process.args[0], "serve", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, text=True, check=False)
    assert done.returncode == 2, done
    assert done.stdout == "" and done.stderr.count("\n") == 1, done
    return done.stderr


def run(serve):
    for how in (signal.SIGTERM, signal.SIGINT):
        server = serve()
        peers = {}
        for name in ("SMTP", "POP3", "IMAP"):
            peers[name] = socket.create_connection(("127.0.0.1", server.port(name)), timeout=60)
            line(peers[name])
        peers["SMTP"].sendall(b"HELO a.example\r\nMAIL FROM:<a@example.org>\r\n")
        peers["POP3"].sendall(b"USER bob\r\nPASS secret\r\n")
        peers["IMAP"].sendall(b"a LOGIN bob secret\r\n")
        for name in ("SMTP", "SMTP", "POP3", "POP3", "IMAP"):
            line(peers[name])
        port = server.port("POP3")
        words = refused(server, "--smtp", "0", "--submission", "0", "--imap", "0",
                        "--submissions", "0", "--pop3s", "0", "--imaps", "0",
                        "--pop3", str(port))
        assert f"port {port} (POP3) is taken" in words, words
        server.tell(how)
        assert line(peers["IMAP"]).startswith(b"* BYE ")
        # SMTP has 421 for it (RFC 5321 3.8), POP3 has no words.
        assert line(peers["SMTP"])[:4] == b"421 "
        assert line(peers["POP3"]) == b""
        for peer in peers.values():
            peer.close()
        server.process.wait(timeout=30)
    for address in ("0.0.0.0", "192.168.1.7", "::", "example.net"):
        assert "127.0.0.1 alone" in refused(server, "--address", address)
    assert "NAME:PASSWORD" in refused(server, "--user", "ann")
    assert "unknown lesson" in refused(server, "--scenario", "no-such")
