"""swaks: a message by SMTP, and refusals as it reports them."""

import poplib

from server import run_program

NEEDS = ["swaks"]


def run(serve):
    server = serve()
    to = ["swaks", "--server", "127.0.0.1", "--port", str(server.port("SMTP")), "--helo",
          "program.example", "--from", "ann@example.org"]
    output = run_program([*to, "--to", "bob@example.net", "--header", "Subject: by swaks",
                          "--body", "One.\n.\nTwo."])
    assert "250 " in output
    run_program([*to, "--to", "bob@example.net", "--protocol", "SMTP"])  # HELO
    try:
        run_program([*to, "--to", "carol@example.com"])
        raise RuntimeError("mail for elsewhere was taken")
    except AssertionError as error:
        assert "550" in str(error), error
    pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
    pop.user("bob")
    pop.pass_("secret")
    assert pop.stat()[0] == 2
    first, second = pop.retr(1)[1], pop.retr(2)[1]
    assert b"Subject: by swaks" in first and b"." in first
    assert any(b"with ESMTP" in line for line in first), first
    assert any(b"with SMTP" in line for line in second), second
    pop.quit()
