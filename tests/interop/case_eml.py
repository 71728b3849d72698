"""A folder of difficult messages goes in by SMTP and comes out by POP3 byte for byte."""

import poplib
import smtplib

from mail import crlf_normalised, folder_of_mail, refusal_reason, without_trace_fields


def run(serve):
    files = folder_of_mail()
    server = serve()
    smtp = smtplib.SMTP("127.0.0.1", server.port("SMTP"), timeout=60)
    smtp.ehlo("program.example")
    sent, refused = [], []
    for path in files:
        text = crlf_normalised(path.read_bytes())
        reason = refusal_reason(text)
        # Not smtp.data(): it would mend what is wrong with a message.
        assert smtp.docmd("MAIL FROM:<ann@example.org>")[0] == 250
        assert smtp.docmd("RCPT TO:<bob@example.net>")[0] == 250
        assert smtp.docmd("DATA")[0] == 354
        ended = text if text.endswith(b"\r\n") else text + b"\r\n"
        stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line
                               for line in ended.split(b"\r\n"))
        smtp.send(stuffed + b".\r\n")
        code, reply = smtp.getreply()
        if code == 250:
            assert reason is None or reason.startswith("NUL"), f"{path.name}: taken, with {reason}"
            sent.append((path.name, ended))
        else:
            assert code == 554 and reason, f"{path.name}: {code} {reply}, and nothing is wrong"
            refused.append((path.name, reason))
    smtp.quit()

    pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
    pop._MAXLINE = poplib._MAXLINE = 1 << 24  # poplib gives up on lines over 2048 octets
    pop.user("bob")
    pop.pass_("secret")
    assert pop.stat()[0] == len(sent)
    sizes = [int(line.split()[1]) for line in pop.list()[1]]
    for number, (name, text) in enumerate(sent, 1):
        got = b"\r\n".join(pop.retr(number)[1]) + b"\r\n"
        assert len(got) == sizes[number - 1], f"{name}: LIST says {sizes[number - 1]}, not {len(got)}"
        assert without_trace_fields(got) == text, f"{name}: comes out otherwise than it went in"
    pop.quit()
    print(f"{len(sent)} of {len(files)} messages came out as they went in; refused: {len(refused)}")
    for name, reason in refused:
        print(f"  {name}: {reason}")
    if len(files) >= 100:
        assert len(sent) >= 90
