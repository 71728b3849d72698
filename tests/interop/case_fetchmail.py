"""fetchmail collects by POP3 and gives each message to a program that writes a file."""

import pathlib
import poplib
import tempfile

import collect
from server import run_program

NEEDS = ["fetchmail"]


def run(serve):
    server = serve()
    collect.fill(server)
    with tempfile.TemporaryDirectory() as folder:
        into = pathlib.Path(folder, "mail")
        into.mkdir()
        mda = pathlib.Path(folder, "mda")
        mda.write_text(f'#!/bin/sh\nexec cat >"$(mktemp {into}/XXXXXX)"\n')
        mda.chmod(0o700)
        rc = pathlib.Path(folder, "fetchmailrc")
        rc.write_text("poll 127.0.0.1 protocol POP3 port "
                      f"{server.port('POP3')}\n  user bob password secret sslproto ''\n"
                      f"  fetchall\n  mda {mda}\n")
        rc.chmod(0o600)
        run_program(["fetchmail", "--nodetach", "--nosyslog", "-f", str(rc), "--pidfile",
                     f"{folder}/pid", "--idfile", f"{folder}/ids"])
        collect.check([path.read_bytes() for path in into.iterdir()])
    pop = poplib.POP3("127.0.0.1", server.port("POP3"), timeout=60)
    pop.user("bob")
    pop.pass_("secret")
    assert pop.stat()[0] == 0  # fetched and removed
    pop.quit()
