"""getmail6 collects by POP3 to a Maildir, once: UIDL tells it what it has."""

import os
import pathlib
import pwd
import tempfile

import collect
from server import run_program

NEEDS = ["getmail"]


def run(serve):
    server = serve()
    collect.fill(server)
    with tempfile.TemporaryDirectory() as folder:
        maildir = pathlib.Path(folder, "Maildir")
        for part in ("cur", "new", "tmp"):
            (maildir / part).mkdir(parents=True)
        deliver_as = ""
        if os.getuid() == 0:  # getmail writes no mail as root
            nobody = pwd.getpwnam("nobody")
            os.chmod(folder, 0o755)
            for path in (maildir, *maildir.iterdir()):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
            deliver_as = "user = nobody\n"
        rc = pathlib.Path(folder, "getmailrc")
        rc.write_text("[retriever]\ntype = SimplePOP3Retriever\nserver = 127.0.0.1\n"
                      f"port = {server.port('POP3')}\nusername = bob\npassword = secret\n"
                      f"[destination]\ntype = Maildir\npath = {maildir}/\n{deliver_as}"
                      "[options]\nread_all = false\ndelete = false\n")
        command = ["getmail", "--getmaildir", folder, "--rcfile", str(rc)]
        run_program(command)
        collect.check([path.read_bytes() for path in (maildir / "new").iterdir()])
        run_program(command)
        assert len(list((maildir / "new").iterdir())) == 3
