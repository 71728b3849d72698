"""msmtp, the mail program's sendmail: a letter from its standard input, by the submission port."""

import pathlib
import poplib
import tempfile

from mail import LETTER, without_trace_fields
from server import run_program

NEEDS = ["msmtp"]


def run(serve):
    server = serve()
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "msmtprc")
        config.write_text("account default\nhost 127.0.0.1\n"
                          f"port {server.port('submission')}\n"
                          "from ann@example.org\ntls off\nauth on\nuser alice\n"
                          "password secret\ndomain program.example\n")
        config.chmod(0o600)
        run_program(["msmtp", "-C", str(config), "bob@example.net"], input=LETTER)
    pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
    pop.user("bob")
    pop.pass_("secret")
    got = b"\r\n".join(pop.retr(1)[1]) + b"\r\n"
    assert without_trace_fields(got) == LETTER, got
    pop.quit()
