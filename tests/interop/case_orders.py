"""Orders on the standard input of `mailsim serve`: a mailbox gets another UIDVALIDITY while sessions
have it selected, and what is no order is refused with words."""

from imap_client import login
from mail import LETTER
from peers import until


def state(server):
    """UIDVALIDITY and the UIDs, as a new session sees them."""
    with login(server) as wire:
        reply = wire.command("EXAMINE INBOX")
        found = wire.command("UID FETCH 1:* (FLAGS)").fetched()
        return reply.code("UIDVALIDITY")[0], sorted(items["UID"] for _, items in found.items())


def run(serve):
    server = serve()
    with login(server) as wire:
        for _ in range(3):
            wire.command("APPEND INBOX", [LETTER])
        wire.command("SELECT INBOX")
        before = state(server)
        server.order("renew-uids bob INBOX")
        until(lambda: state(server)[0] != before[0], "another UIDVALIDITY")
        after = state(server)
        assert len(after[1]) == 3 and after[0] > before[0], (before, after)
    for wrong, words in (("renew-uids nobody INBOX", 'no account "nobody"'),
                         ("renew-uids bob Nowhere", 'bob has no mailbox "Nowhere"'),
                         ("renew-uids bob", "expected ACCOUNT MAILBOX"), ("dance", 'no order "dance"')):
        server.order(wrong)
        said = server.process.stderr.readline()
        assert words in said, said
    server.order("")
    server.order("renew-uids bob INBOX")
    until(lambda: state(server)[0] != after[0], "another UIDVALIDITY still")
    server.process.stdin.close()  # the end of orders is not the end
    assert state(server)[1] != [], "served no more"
