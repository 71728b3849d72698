#!/usr/bin/env python3
"""Real programs against `mailsim serve`.

  run.py CASE --mailsim PATH     runs tests/interop/CASE.py

A case names the programs it needs in NEEDS and has a run(serve): serve(*arguments) starts a server
on free ports and gives a Server (server.py). Exit status: 0 well, 1 something was not as it should
be, 77 skipped, with one line that says why.
"""

import argparse
import importlib
import os
import shutil
import sys
import traceback

from server import Server, Skip

SKIPPED = 77


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case")
    parser.add_argument("--mailsim", required=True)
    options = parser.parse_args()
    case = importlib.import_module("case_" + options.case)
    missing = [name for name in getattr(case, "NEEDS", []) if shutil.which(name) is None]
    if missing:
        print(f"skipped: {options.case}: {', '.join(missing)} not installed")
        return SKIPPED
    servers = []

    def serve(*arguments):
        servers.append(Server(os.path.abspath(options.mailsim), arguments))
        return servers[-1]

    try:
        case.run(serve)
        for server in servers:
            server.stop()
    except Skip as reason:
        print(f"skipped: {options.case}: {reason}")
        return SKIPPED
    except Exception:
        traceback.print_exc()
        for server in servers:
            if server.process.poll() == 0:
                continue  # it did all that it was asked for
            print("--- the end of what was said:")
            print("\n".join(server.conversation()[-60:]))
        return 1
    finally:
        for server in servers:
            server.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
