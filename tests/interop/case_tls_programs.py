"""Mail programs under TLS, each as its users set it up, with the server's certificate in a file that
they trust. Those that are not installed are named and left out."""

import shutil

from imap_client import truth
from mail import LETTER, without_trace_fields
from maildirs import Maildirs
from programs import Home
from server import Skip

HOST = "localhost"


def by_curl(server, home, trusted):
    path = home / "letter.eml"
    path.write_bytes(LETTER)

    def curl(*arguments):
        return home.run(["curl", "-sS", "--cacert", trusted, *arguments])

    handed_in = ("--mail-from", "ann@example.org", "--mail-rcpt", "bob@example.net", "-T", path,
                 "-u", "alice:secret")
    curl("--ssl-reqd", f"smtp://{HOST}:{server.port('submission')}", *handed_in)
    curl(f"smtps://{HOST}:{server.port('submissions')}", *handed_in)
    for url, more in ((f"imap://{HOST}:{server.port('IMAP')}/INBOX;UID=1", ["--ssl-reqd"]),
                      (f"imaps://{HOST}:{server.port('IMAPS')}/INBOX;UID=2", []),
                      (f"pop3://{HOST}:{server.port('POP3')}/1", ["--ssl-reqd"]),
                      (f"pop3s://{HOST}:{server.port('POP3S')}/2", [])):
        text = curl(url, "-u", "bob:secret", *more)
        assert without_trace_fields(text) == LETTER, text
        assert b"with ESMTPSA" in text  # RFC 3848


def by_msmtp(server, home, trusted):
    for port, starttls in (("submission", "on"), ("submissions", "off")):
        config = home.write("msmtprc", f"account default\nhost {HOST}\nport {server.port(port)}\n"
                            f"from ann@example.org\ntls on\ntls_starttls {starttls}\n"
                            f"tls_trust_file {trusted}\nauth on\nuser alice\npassword secret\n"
                            "domain program.example\n")
        before = len(truth(server)["INBOX"])
        letter = home / "letter.eml"
        letter.write_bytes(LETTER)
        home.run(["sh", "-c", f"msmtp -C {config} bob@example.net < {letter}"])
        assert len(truth(server)["INBOX"]) == before + 1


def by_fetchmail(server, home, trusted):
    for protocol, port, options in (("IMAP", "IMAP", "sslproto TLS1.2+"), ("IMAP", "IMAPS", "ssl"),
                                    ("POP3", "POP3", "sslproto TLS1.2+"), ("POP3", "POP3S", "ssl")):
        into = home.write("mbox", "")
        rc = home.write("fetchmailrc", f"poll {HOST} protocol {protocol} port "
                        f"{server.port(port)}\n  user bob password secret {options}\n"
                        f"  sslcertck sslcertfile {trusted}\n  fetchall keep\n"
                        f"  mda \"cat >>{into}\"\n")
        home.run(["fetchmail", "--nodetach", "--nosyslog", "-f", rc, "--pidfile", home / "pid"])
        count = len(truth(server)["INBOX"])
        assert into.read_bytes().count(b"Subject: ") == count > 0, (protocol, port)


def by_mbsync(server, home, trusted):
    for port, kind in (("IMAP", "STARTTLS"), ("IMAPS", "IMAPS")):
        disk = Maildirs(home / kind)
        disk.make("INBOX")
        home.write(".mbsyncrc", f"IMAPStore server\nHost {HOST}\nPort {server.port(port)}\n"
                   f"User bob\nPass secret\nSSLType {kind}\nCertificateFile {trusted}\n\n"
                   f"MaildirStore disk\nPath {home.path}/{kind}/\nInbox {home.path}/{kind}/INBOX\n\n"
                   "Channel mail\nFar :server:\nNear :disk:\nSync All\nSyncState *\n")
        home.run(["mbsync", "-a"])
        held = list((home / kind / "INBOX" / "new").iterdir()) + list(
            (home / kind / "INBOX" / "cur").iterdir())
        assert len(held) == len(truth(server)["INBOX"]) > 0


def by_mutt(server, home, trusted):
    for port, scheme, starttls in (("IMAP", "imap", "yes"), ("IMAPS", "imaps", "no")):
        url = f"{scheme}://bob@{HOST}:{server.port(port)}/INBOX"
        home.write(".muttrc", f"set imap_user=bob\nset imap_pass=secret\nset spoolfile={url}\n"
                   f"set ssl_starttls={starttls}\nset ssl_force_tls=yes\n"
                   f"set certificate_file={trusted}\nset ssl_verify_host=yes\nset quit=yes\n"
                   "set wait_key=no\nset read_inc=1000\n")
        before = sum("\\Flagged" in held.flags for held in truth(server)["INBOX"])
        key = "<jump>1<enter><flag-message><sync-mailbox><quit>"
        home.run_on_terminal(["mutt", "-e", f"push {key}", "-f", url])
        after = sum("\\Flagged" in held.flags for held in truth(server)["INBOX"])
        assert abs(after - before) == 1, (before, after)


# In this order: the first ones hand in mail that the others read.
PROGRAMS = {"curl": by_curl, "msmtp": by_msmtp, "fetchmail": by_fetchmail, "mbsync": by_mbsync,
            "mutt": by_mutt}


def run(serve):
    there = [name for name in PROGRAMS if shutil.which(name)]
    if not there or there[0] not in ("curl", "msmtp"):
        raise Skip("neither curl nor msmtp is installed, to hand in mail")
    server = serve()
    with Home() as home:
        trusted = home.write("server.pem", server.facts["certificate"]["pem"])
        for name, play in PROGRAMS.items():
            if name in there:
                play(server, home, trusted)
            else:
                print(f"left out, as it is not installed: {name}")
    said = "\n".join(server.conversation())
    assert said.count("TLS handshake: ") >= 2 * len(there)
