"""Scripts of the smaller extensions."""

from imap_mail import LETTERS, archive, fill
from imap_search import WORDS, keys, prepare
from imap_walks import change_messages


def context(script, times):
    """Searches that are kept up to date (RFC 5267): their news come with NOOP at the latest."""
    random = script.random
    prepare(script, 12)
    script.names = ()  # they do not keep their numbers
    script.say("CREATE other")
    script.open(2)
    script.select("box", on=2)
    highest = 12
    for number in range(1, times + 1):
        uid = random.choice(("", "UID "))
        script.say(f"{uid}SEARCH RETURN (UPDATE COUNT ALL) "
                   + random.choice(("ALL", "SEEN", "UNSEEN", "FLAGGED", "DELETED", "SMALLER 500")),
                   needs="CONTEXT=SEARCH")
        tag = f"t{script.said(1)}"
        for _ in range(3):
            highest += change_messages(script, 2, "box", highest)
            script.say("NOOP")
        if number % 3:
            script.say(f'CANCELUPDATE "{tag}"', needs="CONTEXT=SEARCH")
        script.say("NOOP")
        script.say("UID FETCH 1:* (UID FLAGS)")
    script.say('CANCELUPDATE "none"', needs="CONTEXT=SEARCH")
    script.say("CANCELUPDATE", needs="CONTEXT=SEARCH")


def saved(script):
    """When a message came into its mailbox (RFC 8514)."""
    prepare(script, 5)
    script.say("COPY 1:2 INBOX")
    script.say("FETCH 1:* (SAVEDATE)", needs="SAVEDATE")
    for key in ("SAVEDBEFORE 1-Jan-2020", "SAVEDSINCE 1-Jan-2020", "SAVEDON 1-Jan-2020",
                "SAVEDATESUPPORTED", "NOT SAVEDSINCE 1-Jan-2020", "SAVEDSINCE x"):
        script.try_out(f"SEARCH {key}", needs="SAVEDATE")
    script.say("STATUS box (MESSAGES SIZE)", needs="STATUS=SIZE")
    script.say("STATUS box (HIGHESTMODSEQ)", needs="CONDSTORE")


def metadata(script):
    """Annotations of mailboxes and of the server (RFC 5464)."""
    script.stubborn = True
    script.say("CREATE m")
    for command in (
            'SETMETADATA m (/private/comment "a comment")', "GETMETADATA m /private/comment",
            "GETMETADATA m (/private/comment /shared/comment)", "GETMETADATA m /private/none",
            "GETMETADATA (MAXSIZE 3) m /private/comment",
            "GETMETADATA (MAXSIZE 1000) m /private/comment",
            'SETMETADATA m (/private/comment/a "1" /private/comment/b "2")',
            "GETMETADATA (DEPTH 1) m /private/comment",
            "GETMETADATA (DEPTH infinity) m /private/comment",
            "GETMETADATA (DEPTH 0) m /private/comment", "GETMETADATA (DEPTH 2) m /private/comment",
            "SETMETADATA m (/private/comment/a NIL)", "GETMETADATA (DEPTH 1) m /private/comment",
            'SETMETADATA m (/nothing/comment "x")', 'SETMETADATA m (comment "x")',
            'SETMETADATA m (/private/comm*nt "x")', 'SETMETADATA m (/private//x "x")',
            'SETMETADATA m (/private/x/ "x")', "SETMETADATA m ()", "SETMETADATA m /private/x x",
            'SETMETADATA nothing (/private/comment "x")', "GETMETADATA nothing /private/comment",
            'SETMETADATA "" (/private/comment "server")', 'GETMETADATA "" /private/comment',
            "GETMETADATA m", "GETMETADATA", "SETMETADATA m", "GETMETADATA m ()",
            'SETMETADATA m (/private/Comment "case")', "GETMETADATA m /PRIVATE/COMMENT",
            'SETMETADATA m (/private/empty "")', "GETMETADATA m /private/empty",
            "SETMETADATA m (/private/long {5+}\r\na\r\nbc)", "GETMETADATA m /private/long",
            "RENAME m n", "GETMETADATA n /private/comment", "DELETE n", "CREATE n",
            "GETMETADATA n /private/comment"):
        script.try_out(command, needs="METADATA")


def notify(script):
    """What may be asked for (RFC 5465 5 to 8); what comes of it has its own time on each server."""
    script.stubborn = True
    fill(script, "INBOX", archive(script.random, 3))
    script.select("INBOX")
    for command in (
            "NOTIFY NONE", "NOTIFY SET (selected (MessageNew MessageExpunge))", "NOTIFY NONE",
            "NOTIFY SET (selected (MessageNew (UID FLAGS) MessageExpunge FlagChange))",
            "NOTIFY NONE",
            "NOTIFY SET (selected (FlagChange))", "NOTIFY SET (selected (MessageNew))",
            "NOTIFY SET (selected (MessageExpunge))", "NOTIFY SET (selected NONE)",
            "NOTIFY SET (selected-delayed (MessageNew MessageExpunge))",
            "NOTIFY SET (personal (MailboxName))",
            "NOTIFY SET (inboxes (MessageNew MessageExpunge))",
            "NOTIFY SET (personal (MessageNew (UID) MessageExpunge))",
            "NOTIFY SET (selected (MailboxName))", "NOTIFY SET (personal (SubscriptionChange))",
            "NOTIFY SET (subtree INBOX (MessageNew MessageExpunge))",
            "NOTIFY SET (mailboxes (INBOX Sent) (MessageNew MessageExpunge))",
            "NOTIFY SET (mailboxes () (MessageNew MessageExpunge))", "NOTIFY SET ()", "NOTIFY SET",
            "NOTIFY", "NOTIFY NONSENSE", "NOTIFY SET (nonsense (MessageNew MessageExpunge))",
            "NOTIFY SET (personal (Nonsense))", "NOTIFY SET (selected (MessageNew MessageExpunge)) "
            "(selected (MessageNew MessageExpunge))", "NOTIFY SET STATUS (personal (MessageNew "
            "MessageExpunge))", "NOTIFY NONE"):
        script.try_out(command, needs="NOTIFY")


def names_of_space(script):
    """NAMESPACE, ID, ENABLE and what they are said with."""
    script.stubborn = True
    for command, needs in (
            ("NAMESPACE", "NAMESPACE"), ("ID NIL", "ID"), ('ID ("name" "x" "version" NIL)', "ID"),
            ('ID ("name")', "ID"), ("ID ()", "ID"), ('ID (name "x")', "ID"), ("ID x", "ID"),
            ("ENABLE CONDSTORE", "ENABLE CONDSTORE"),
            ("ENABLE CONDSTORE QRESYNC", "ENABLE QRESYNC"),
            ("ENABLE NONSENSE", "ENABLE"), ("ENABLE", "ENABLE"), ("ENABLE (CONDSTORE)", "ENABLE"),
            ("ENABLE IMAP4rev1", "ENABLE"), ("SELECT INBOX", ""),
            ("ENABLE CONDSTORE", "ENABLE CONDSTORE"),
            ("UNSELECT", "UNSELECT"), ("UNSELECT", "UNSELECT"), ("CAPABILITY", "")):
        script.try_out(command, needs=needs)


def pipelined(script, times):
    """Several commands at once, whose answers come in their order (RFC 3501 5.5)."""
    random = script.random
    script.stubborn = True
    prepare(script, 10)
    for number in range(times):
        said = []
        for at in range(random.randrange(2, 6)):
            command = random.choice((
                "NOOP", "FETCH 1:3 (UID)", f"SEARCH {keys(random, 9, WORDS[:9])}", "CHECK",
                "STATUS INBOX (MESSAGES)", 'LIST "" INBOX', "FETCH 2 BODY.PEEK[HEADER.FIELDS (To)]",
                "STORE 4 +FLAGS (\\Answered)", "STORE 4 -FLAGS (\\Answered)", "NONSENSE",
                "APPEND INBOX {%d+}\r\n%s" % (len(LETTERS[2]), LETTERS[2].decode("ascii"))))
            said.append(f"p{number}x{at} {command}\r\n".encode("utf-8"))
        script.raw(b"".join(said), len(said))
        script.say("FETCH 1:* (UID FLAGS)")


def rights(script):
    """Who may do what (RFC 4314)."""
    script.stubborn = True
    script.say("CREATE m")
    for command in (
            "MYRIGHTS m", "GETACL m", "LISTRIGHTS m u198", "SETACL m u198 lrs", "GETACL m",
            "SETACL m u198 +w", "GETACL m", "SETACL m u198 -r", "GETACL m", 'SETACL m u198 ""',
            "GETACL m", "SETACL m u198 lr", "DELETEACL m u198", "GETACL m", "DELETEACL m u198",
            "SETACL m u198 9z", "SETACL m anyone l", "GETACL m", "DELETEACL m anyone",
            "MYRIGHTS nothing", "GETACL nothing", "SETACL nothing u198 l",
            "LISTRIGHTS nothing u198",
            "MYRIGHTS", "GETACL", "SETACL m u198", "SETACL m", "LISTRIGHTS m", "DELETEACL m",
            "GETACL m x", f"LISTRIGHTS m {script.user}", "MYRIGHTS INBOX",
            f"SETACL m {script.user} lrswa", "MYRIGHTS m", "GETACL m"):
        script.try_out(command, needs="ACL")
    script.append("m", LETTERS[0])
    script.say("DELETE m", needs="ACL")


def quota(script):
    """What a user's mail takes (RFC 9208)."""
    script.stubborn = True
    script.say("GETQUOTAROOT INBOX", needs="QUOTA")
    fill(script, "INBOX", archive(script.random, 9))
    for command in ("GETQUOTAROOT INBOX", "GETQUOTAROOT nothing", 'GETQUOTA "no such root"',
                    "GETQUOTA", "GETQUOTAROOT", 'SETQUOTA "no such root" (STORAGE 512)',
                    "SETQUOTA"):
        script.try_out(command, needs="QUOTA")
