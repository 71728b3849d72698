"""Scripts of what should not be said: in the wrong state, with wrong arguments, with literals that
are none. NOOP in between, as servers give up on a client that errs again and again."""

from imap_mail import LETTERS
from imap_wire import Literal

COMMANDS = (
    "CAPABILITY", "CAPABILITY x", "NOOP", "NOOP x", "LOGIN", "LOGIN u1", "LOGIN u1 wrong",
    "LOGIN nobody secret", "AUTHENTICATE", "AUTHENTICATE NONSENSE", "STARTTLS",
    "SELECT", "SELECT a b", "SELECT (a)", "EXAMINE", "CREATE", "CREATE a b", "DELETE", "RENAME a",
    "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", 'LIST ""', 'LIST "" * *', "LSUB", 'LSUB ""',
    "STATUS", "STATUS INBOX", "APPEND", "CHECK", "CHECK x", "CLOSE x", "EXPUNGE x", "SEARCH",
    "FETCH",
    "FETCH 1", "FETCH 1 ()", "FETCH 1 NONSENSE", "FETCH x FLAGS", "FETCH 1 BODY[",
    "FETCH 1 BODY[]<>",
    "FETCH 1 BODY[]<0>", "FETCH 1 BODY[]<0.0>", "FETCH 1 BODY[NONSENSE]", "FETCH 1 BODY[1.]",
    "FETCH 1 BODY[MIME]", "FETCH 1 BODY[HEADER.FIELDS]", "FETCH 1 BODY[HEADER.FIELDS ()]",
    "FETCH 1 BODY[0]", "FETCH 1 (FLAGS", "FETCH 1 FLAGS)", "FETCH 1 FLAGS UID", "FETCH 1 (ALL)",
    "FETCH 1 (FLAGS  UID)", "FETCH 0 FLAGS", "FETCH 1,, FLAGS", "FETCH 1: FLAGS", "FETCH 9 FLAGS",
    "FETCH 1:9 FLAGS", "FETCH 9:* FLAGS", "UID FETCH 9 FLAGS", "UID", "UID NOOP", "UID NONSENSE 1",
    "UID EXPUNGE", "STORE", "STORE 1", "STORE 1 FLAGS", "STORE 1 FLAGS (", "STORE 1 NONSENSE (x)",
    "STORE 1 +FLAGS (\\Recent)", "STORE 1 +FLAGS (\\Strange)", "STORE 1 FLAGS (\\)",
    "STORE 9 FLAGS (x)", "STORE 1 FLAGS.SILENT ()", "STORE 1 +FLAGS ()", "STORE 1 FLAGS (a b",
    "STORE 1 +FLAGS \\Seen \\Draft", "STORE 1 FLAGS (a(b)", "STORE 1 FLAGS (a]b)", "COPY", "COPY 1",
    "COPY 1 a b", "COPY 9 INBOX", "COPY x INBOX", "NONSENSE", "X-NONSENSE", "", " ",
    "FETCH", "  NOOP",
    "NOOP ", "noop", "nOoP", "ENABLE", "ENABLE NONSENSE", "UNSELECT x", "NAMESPACE x",
    "ID", "ID (", "ID NIL", 'ID ("name" "test")', "MOVE", "MOVE 1", "LOGOUT x",
    "FETCH 1 BODY.PEEK", "FETCH 1 RFC822.PEEK", "FETCH 1 BINARY[HEADER]",
    "FETCH 1 BINARY.SIZE[1]<0.1>",
    "FETCH 4294967296 FLAGS", "FETCH 1 BODY[]<4294967295.4294967295>",
    "FETCH 1 BODY[]<4294967296.1>", "SELECT \"INBOX", "SELECT \"IN\\BOX\"", "SELECT IN*BOX",
    "SELECT INB\u00f6X", "LIST \"\" \u00f6", "LOGIN \u00f6 secret")

# Known to one of them alone: no matter for a comparison.
NEED = {"ENABLE": "ENABLE", "ID": "ID", "MOVE": "MOVE", "NAMESPACE": "NAMESPACE", "IDLE": "IDLE",
        "UNSELECT": "UNSELECT", "BINARY": "BINARY"}


def needs_of(command):
    return " ".join(NEED[word] for word in NEED if word in command.replace("[", " ").replace(
        ".", " ").split(" "))


def mistakes(script, state):
    """Every command in a state: "connected", "authenticated" or "selected"."""
    script.stubborn = True
    script.append("INBOX", LETTERS[0])
    script.append("INBOX", LETTERS[2])
    for command in COMMANDS:
        # Dovecot gives up on a stranger's third mistake.
        if state == "connected" or command in (COMMANDS[0], "LOGOUT x"):
            script.open(2, login=state != "connected")
        if state == "selected":
            script.say("SELECT INBOX", on=2)
        script.try_out(command, on=2, needs=needs_of(command))


def states(script):
    """Well-formed commands where they may not be said, and what changes the state."""
    script.stubborn = True
    script.append("INBOX", LETTERS[0])
    for command in ("SELECT INBOX", 'LIST "" *', "FETCH 1 FLAGS", "CLOSE", "UNSELECT", "EXPUNGE",
                    "IDLE", "STATUS INBOX (MESSAGES)", "NAMESPACE", "ENABLE CONDSTORE", "ID NIL"):
        script.open(2, login=False)
        script.try_out(command, on=2, needs=needs_of(command))
    script.open(3)
    for command in ("FETCH 1 FLAGS", "SEARCH ALL", "STORE 1 FLAGS ()", "COPY 1 INBOX", "CHECK",
                    "CLOSE", "UNSELECT", "EXPUNGE", "UID FETCH 1 FLAGS", "MOVE 1 INBOX",
                    f"LOGIN {script.user} secret", "AUTHENTICATE PLAIN", "STARTTLS"):
        script.try_out(command, on=3, needs=needs_of(command))
    for command in ("SELECT INBOX", "SELECT nothing", "FETCH 1 FLAGS", "EXAMINE INBOX", "SELECT",
                    "FETCH 1 FLAGS", "SELECT INBOX", "UNSELECT", "FETCH 1 FLAGS", "SELECT inbox",
                    'SELECT "InBoX"', "CLOSE", "CLOSE", "LOGOUT"):
        script.say(command, on=3, needs=needs_of(command))


def octets(script):
    """Lines and literals that are none, and what follows them."""
    script.stubborn = True
    script.append("INBOX", LETTERS[0])
    for number, (text, answers) in enumerate((
            (b"a1 NOOP\r\na2 NOOP\r\n", 2),
            (b"a NOOP\r\na NOOP\r\n", 2),
            (b"\r\na NOOP\r\n", 1),
            (b"* NOOP\r\nb NOOP\r\n", 1),
            (b"+ NOOP\r\nb NOOP\r\n", 1),
            (b"a+b NOOP\r\nb NOOP\r\n", 2),
            (b"a(b NOOP\r\nb NOOP\r\n", 2),
            (b"a]b NOOP\r\n", 1),
            (b"a\r\nb NOOP\r\n", 2),
            (b"a NOOP\nb NOOP\r\n", 2),
            (b"a IDLE x\r\nDONE\r\nb NOOP\r\n", 3),
            (b"a LIST {0+}\r\n {1+}\r\n*\r\n", 1),
            (b"a LIST \"\" {1}\r\n*\r\n", 2),
            (b"a SELECT {5+}\r\nINBOX\r\nb CLOSE\r\n", 2),
            (b"a SELECT {5+}\r\nINBOXES\r\nb NOOP\r\n", 2),
            (b"a SELECT {5+} \r\nb NOOP\r\n", 2),
            (b"a SELECT {x}\r\nb NOOP\r\n", 2),
            (b"a SELECT {-1}\r\nb NOOP\r\n", 2),
            (b"a SELECT {}\r\nb NOOP\r\n", 2),
            (b"a SELECT {5++}\r\nb NOOP\r\n", 2),
            (b"a SELECT {4294967296}\r\nb NOOP\r\n", 2),
            (b"a SELECT {99999999999999999999}\r\nb NOOP\r\n", 2),
            (b"a SELECT {100000000}\r\nb NOOP\r\n", 2),
            (b"a SELECT {3+}\r\na\0b\r\nb NOOP\r\n", 2),
            (b"a SELECT a\0b\r\nb NOOP\r\n", 2),
            (b"a SELECT a\x7fb\r\nb NOOP\r\n", 2),
            (b"a SELECT \"a\x01b\"\r\nb NOOP\r\n", 2),
            (b"a SELECT \"a\\\"b\"\r\nb NOOP\r\n", 2),
            (b"a SELECT \"\xff\"\r\nb NOOP\r\n", 2),
            (b"a LOGIN {2+}\r\nu1 {6+}\r\nsecret\r\nb NOOP\r\n", 2),
            (b"a NOOP {3+}\r\nabc\r\nb NOOP\r\n", 2),
            (b"a NONSENSE {3+}\r\nabc\r\nb NOOP\r\n", 2),
            (b"a NONSENSE {3}\r\nb NOOP\r\n", 2),
            (b"a FETCH 1 BODY[HEADER.FIELDS ({4+}\r\nFrom)]\r\nb NOOP\r\n", 2),
            (b"a APPEND nothing {3}\r\nabc\r\nb NOOP\r\n", 2),
            (b"a APPEND INBOX {5+}\r\nabcde extra\r\nb NOOP\r\n", 2),
            (b"a SEARCH SUBJECT \"" + b"x" * 5000 + b"\"\r\nb NOOP\r\n", 2),
            (b"a NOOP" + b" " * 100000 + b"\r\nb NOOP\r\n", 2),
            (b"a CREATE " + b"x" * 300 + b"\r\nb NOOP\r\n", 2),
            (b"a CREATE " + b"/".join([b"x"] * 40) + b"\r\nb NOOP\r\n", 2)), 2):
        script.open(number)
        script.raw(text, answers, on=number, needs="LITERAL+" if b"+}" in text else "")
        script.cut(number)


def literals_everywhere(script):
    """A literal where an astring may stand (RFC 3501 4.3), of either kind."""
    script.stubborn = True
    script.append("INBOX", LETTERS[0])
    for plus in (False, True):
        script.say("SELECT ", Literal(b"INBOX", plus))
        script.say("SEARCH SUBJECT ", Literal(b"no"), " FROM ", Literal(b"ann", plus))
        script.say("FETCH 1 BODY.PEEK[HEADER.FIELDS (", Literal(b"From", plus), ")]")
        script.say("STATUS ", Literal(b"INBOX", plus), " (MESSAGES)")
        script.say("LIST ", Literal(b"", plus), " ", Literal(b"*", plus))
        script.say("CREATE ", Literal(b"made " + (b"2" if plus else b"1"), plus))
        script.say("SEARCH CHARSET ", Literal(b"UTF-8", plus), " TEXT ", Literal(b"x\xff", plus))
        script.say("SEARCH TEXT ", Literal("Grüße".encode(), plus))
        script.say("SELECT ", Literal(b"", plus))
        script.say("SELECT ", Literal(b"a\r\nb", plus))
