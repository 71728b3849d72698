"""A lesson's servers for real programs: Alice hands in mail at hers, it takes the simulated road to
Bob's, and Bob collects it there. And a mailbox filled from a file."""

import pathlib
import poplib
import smtplib
import tempfile

from mail import LETTER


def ports(server, host):
    return {port["protocol"]: port["port"] for port in server.facts["ports"]
            if port["host"] == host}


def collect(port, user, password):
    pop = poplib.POP3("127.0.0.1", port, timeout=60)
    pop.user(user)
    pop.pass_(password)
    texts = [b"\r\n".join(pop.retr(i + 1)[1]) + b"\r\n" for i in range(pop.stat()[0])]
    pop.quit()
    return texts


def run(serve):
    server = serve("--scenario", "first-mail", "--user", "ann:wonder")
    people = {user["name"]: user for user in server.facts["users"]}
    org, net = ports(server, "mail.example.org"), ports(server, "mail.example.net")
    smtp = smtplib.SMTP("127.0.0.1", org["SMTP"], timeout=60)
    assert people["bob"]["host"] == "mail.example.net"
    smtp.sendmail("alice@example.org", ["bob@example.net"], LETTER)
    smtp.sendmail("alice@example.org", [people["ann"]["address"]], LETTER)
    smtp.quit()
    while True:  # the road takes its simulated time
        texts = collect(net["POP3"], "bob", people["bob"]["password"])
        if any(LETTER in text for text in texts):
            break
    arrived = next(text for text in texts if LETTER in text)
    assert arrived.count(b"\r\nReceived: ") == 2, arrived

    with tempfile.TemporaryDirectory() as folder:
        mbox = pathlib.Path(folder, "mbox")
        unix = LETTER.replace(b"\r\n", b"\n").replace(b"\nFrom here", b"\n>From here")
        mbox.write_bytes(b"From ann@example.org Mon Jan  5 10:00:00 2026\n" + unix + b"\n")
        own = serve("--mail", str(mbox), "--no-history", "--user", "carol:s3cret")
        assert collect(own.port("POP3"), "carol", "s3cret") == [LETTER]
