"""Python's smtplib and poplib: the letter, refusals, and what POP3 promises."""

import poplib
import smtplib

from mail import LETTER, without_trace_fields


def run(serve):
    server = serve()
    smtp = smtplib.SMTP("127.0.0.1", server.port("SMTP"), timeout=60)
    code, _ = smtp.ehlo()
    assert code == 250
    assert smtp.has_extn("size") and smtp.has_extn("8bitmime")
    refused = smtp.sendmail("ann@example.org", ["bob@example.net", "nobody@example.net"], LETTER)
    assert list(refused) == ["nobody@example.net"] and refused["nobody@example.net"][0] == 550
    try:
        smtp.sendmail("ann@example.org", ["carol@example.com"], LETTER)
        raise AssertionError("mail for elsewhere was taken")
    except smtplib.SMTPRecipientsRefused as error:
        assert error.recipients["carol@example.com"][0] == 550
    assert smtp.verify("bob")[0] in (250, 252)
    smtp.rset()
    smtp.quit()

    pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
    assert "UIDL" in pop.capa()
    pop.user("bob")
    pop.pass_("secret")
    other = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
    other.user("bob")
    try:
        other.pass_("secret")
        raise AssertionError("two sessions have one maildrop")
    except poplib.error_proto as error:
        assert b"[IN-USE]" in error.args[0]
    other.quit()
    assert pop.stat()[0] == 1
    text = b"\r\n".join(pop.retr(1)[1]) + b"\r\n"
    assert without_trace_fields(text) == LETTER
    assert pop.stat()[1] == len(text)
    uid = pop.uidl(1).split()[2]
    assert pop.top(1, 1)[1][-2:] == [b"", b"."]
    pop.dele(1)
    pop.rset()
    pop.quit()

    pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
    pop.user("bob")
    pop.pass_("secret")
    assert pop.uidl(1).split()[2] == uid
    pop.dele(1)
    pop.close()  # without QUIT: RFC 1939 6, nothing is removed
    for remaining in (1, 0):
        pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
        pop.user("bob")
        while True:
            try:
                pop.pass_("secret")
                break
            except poplib.error_proto as error:  # the lost session's lock is not yet free
                assert b"[IN-USE]" in error.args[0]
                pop.user("bob")
        assert pop.stat()[0] == remaining
        if remaining:
            pop.dele(1)
        pop.quit()
