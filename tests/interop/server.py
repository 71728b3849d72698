"""A running `mailsim serve`: its ports, its users, what it tells of what happens."""

import json
import os
import signal
import subprocess
import threading


class Skip(Exception):
    """What is needed is not there; the text says what."""


class Server:
    PORTS = ("--smtp", "0", "--submission", "0", "--pop3", "0", "--imap", "0",
             "--submissions", "0", "--pop3s", "0", "--imaps", "0")

    def __init__(self, mailsim, arguments):
        self.process = subprocess.Popen(
            [mailsim, "serve", "--json", *self.PORTS, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            encoding="utf-8")
        first = self.process.stdout.readline()
        if not first:
            raise AssertionError("mailsim serve: " + self.process.stderr.read())
        self.facts = json.loads(first)
        self.events = []
        self.told = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def tell(self, how):
        """The signal to end, once."""
        self.told = True
        self.process.send_signal(how)

    def port(self, name):
        return next(port["port"] for port in self.facts["ports"] if port["name"] == name)

    def order(self, line):
        """As a person at its terminal gives one."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def pid(self):
        return self.process.pid

    def memory_kb(self):
        """Resident, now."""
        with open(f"/proc/{self.pid()}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def conversation(self):
        """Lines said so far, as "3 C: QUIT"."""
        return [f'{event.get("conn", 0)} {event["detail"]}' for event in list(self.events)
                if event.get("kind") == "line-sent"]

    def stop(self):
        """Ends it as a person would; it must end well. All events are read then."""
        if not self.told:
            self.tell(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        self.reader.join(timeout=30)
        error = self.process.stderr.read()
        assert status == 0, f"mailsim serve ended with status {status}: {error}"
        assert error == "", error
        assert self.events[-1].get("stopped") is True, self.events[-1]

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def run_program(arguments, **more):
    """Runs it to its end; its output. Fails unless its status is 0."""
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}, check=False, **more)
    output = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, f"{arguments[0]} ended with status {done.returncode}:\n{output}"
    return output
