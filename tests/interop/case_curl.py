"""curl speaks all three: SMTP in, POP3 and IMAP out."""

import pathlib
import tempfile

from mail import LETTER, without_trace_fields
from server import run_program

NEEDS = ["curl"]


def run(serve):
    server = serve()
    with tempfile.TemporaryDirectory() as folder:
        letter = pathlib.Path(folder, "letter.eml")
        letter.write_bytes(LETTER)
        got = pathlib.Path(folder, "got.eml")
        run_program(["curl", "-sS", f"smtp://127.0.0.1:{server.port('SMTP')}/program.example",
                     "--mail-from", "ann@example.org", "--mail-rcpt", "bob@example.net",
                     "--mail-rcpt", "alice@example.net", "-T", str(letter)])
        run_program(["curl", "-sS", f"pop3://127.0.0.1:{server.port('POP3')}/1", "-u", "bob:secret",
                     "-o", str(got)])
        assert without_trace_fields(got.read_bytes()) == LETTER
        run_program(["curl", "-sS", f"imap://127.0.0.1:{server.port('IMAP')}/INBOX;UID=1",
                     "-u", "alice:secret", "-o", str(got)])
        assert without_trace_fields(got.read_bytes()) == LETTER
        listing = run_program(["curl", "-sS", f"pop3://127.0.0.1:{server.port('POP3')}/",
                               "-u", "alice:secret"])
        assert listing.split()[0] == "1"
        try:
            run_program(["curl", "-sS", f"pop3://127.0.0.1:{server.port('POP3')}/1", "-u", "bob:no"])
            raise RuntimeError("a wrong password was taken")
        except AssertionError as error:
            assert "status 67" in str(error), error  # CURLE_LOGIN_DENIED
