"""POP3 beside Dovecot: both get the same maildrop, and the same scripts (diff_pop3.txt) are said to
them. Responses, sizes, messages and what QUIT leaves are the same, but for what differences.txt
explains. A folder of difficult messages (mail.py) is read from both, if it is there."""

import pathlib
import tempfile

from differences import Comparison
from dialogue import Pop3Player, Script, Step, read_scripts
from mail import LETTER, folder_of_mail
from peers import Dovecot
from server import Skip

MESSAGES = (
    LETTER,
    b"Subject: no body\r\n\r\n",
    b"Subject: no empty line\r\n",
    b"\r\nNo header.\r\n",
    b"Subject: long\r\nX-Long: " + b"y" * 2000 + b"\r\n\r\n" + b"x" * 3000 + b"\r\n.\r\nend\r\n",
    b"Subject: dots\r\n\r\n.\r\n..\r\n...\r\n.a\r\n \r\n\r\n",
    b"Subject: empty lines\r\n\r\n\r\n\r\n\r\n",
)

UNENDED = b"Subject: the last line has no end\r\n\r\nText."

# What Dovecot offers, so that the same is asked of both; LOGIN-DELAY and UTF8 would change what
# follows.
LESSON = """
title = { en = "Beside Dovecot", zh = "与 Dovecot 并列" }
summary = { en = "A POP3 server.", zh = "一台 POP3 服务器。" }
end = "1s"

[[host]]
name = "server"
domain = "mail.example.net"
kind = "server"

[[account]]
host = "server"
user = "bob"
password = "secret"

[[account]]
host = "server"
user = "alice"
password = "secret"

[[service]]
host = "server"
protocol = "pop3"
extensions = ["TOP", "UIDL", "USER", "SASL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING"]
auth = ["PLAIN"]

[[step]]
id = "serve"
at = "0s"
"""
PROSE = {"en": "# Beside Dovecot\n\nA server.\n\n## Serving {#serve}\n\nIt waits for a client.\n",
         "zh": "# 与 Dovecot 并列\n\n一台服务器。\n\n## 服务 {#serve}\n\n等待客户端。\n"}


def write_maildir(folder, texts):
    """As a delivery agent writes them, with LF, and seen before: what is in new is moved by the
    first to look. Names are in the order of the messages."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for number, text in enumerate(texts, 1):
        name = f"{1767607200 + number}.M{number}P1.mail:2,"
        (folder / "cur" / name).write_bytes(text.replace(b"\r\n", b"\n"))


def ended(text):
    """What an unended last line does is one difference, shown by UNENDED, and not one a file."""
    return text if text.endswith(b"\n") else text + b"\n"


def play_both(comparison, script, our_port, their_port):
    players = Pop3Player(our_port), Pop3Player(their_port)
    ours, theirs = (player.play(script) for player in players)
    comparison.add_played(script, ours, theirs)
    for step, text in players[0].texts.items():
        if step in players[1].texts:
            comparison.add_texts(script.name, f"{step}: octets", text, players[1].texts[step])


def reading(name, number):
    """A script that reads one message in every way."""
    said = ["USER bob", "PASS secret", f"LIST {number}", f"RETR {number}", f"TOP {number} 0",
            f"TOP {number} 3", f"LIST {number}", "QUIT"]
    return Script(name, "read in every way",
                  [Step(i, 1, "C:", text) for i, text in enumerate(said, 1)])


def run(serve):
    dovecot = Dovecot()
    try:
        comparison = Comparison("pop3", dovecot.version())
        dovecot.start()
        with tempfile.TemporaryDirectory() as folder:
            run_in(pathlib.Path(folder), serve, dovecot, comparison)
        comparison.finish()
    finally:
        dovecot.stop()


def run_in(folder, serve, dovecot, comparison):
    lesson = folder / "lesson"
    lesson.mkdir()
    (lesson / "lesson.toml").write_text(LESSON, "utf-8")
    for language, text in PROSE.items():
        (lesson / f"{language}.md").write_text(text, "utf-8")

    def fresh(maildir):
        """Both servers with this maildrop; the port of ours."""
        dovecot.fill({"bob": maildir})
        return serve("--scenario", str(lesson), "--mail", str(maildir))

    write_maildir(folder / "seven", MESSAGES)
    for script in read_scripts(pathlib.Path(__file__).with_name("diff_pop3.txt")):
        server = fresh(folder / "seven")
        play_both(comparison, script, server.port("POP3"), dovecot.port)
        server.stop()
    write_maildir(folder / "unended", [UNENDED])
    server = fresh(folder / "unended")
    play_both(comparison, reading("unended", 1), server.port("POP3"), dovecot.port)
    try:
        files = folder_of_mail()
    except Skip as reason:
        print(f"without difficult messages: {reason}")
        return
    write_maildir(folder / "many", [ended(path.read_bytes()) for path in files])
    server = fresh(folder / "many")
    everything = Script("all mail", "the list of all", [
        Step(i, 1, "C:", text)
        for i, text in enumerate(["USER bob", "PASS secret", "STAT", "UIDL", "QUIT"], 1)])
    play_both(comparison, everything, server.port("POP3"), dovecot.port)
    for number, path in enumerate(files, 1):
        script = reading(f"mail {path.parent.name}/{path.name}", number)
        play_both(comparison, script, server.port("POP3"), dovecot.port)
