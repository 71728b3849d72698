"""Mail programs with a home of their own: what they read and write is in one temporary folder, and
they are gone with it, children included, however the test ends."""

import contextlib
import fcntl
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time

from peers import tie_to_parent

PATIENCE = 120  # seconds that a program may take


class Terminal:
    """The end of a terminal where a person sits."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.seen = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.descriptor)

    def read(self, timeout):
        """Sees what comes within so many seconds; False when the program has let go of it."""
        if not select.select([self.descriptor], [], [], max(0, timeout))[0]:
            return True
        try:
            said = os.read(self.descriptor, 1 << 16)
        except OSError:  # EIO: nobody holds the other end
            said = b""
        self.seen += said.decode("utf-8", "replace")
        return said != b""

    def shows(self, text, what):
        """Waits until this is to be seen."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            assert self.read(deadline - time.monotonic()), f"ended before {what}:\n{self.seen}"
            assert time.monotonic() < deadline, f"no {what}:\n{self.seen}"

    def to_the_end(self, process):
        """Waits until the program has ended, which it must do well."""
        deadline = time.monotonic() + PATIENCE
        while self.read(deadline - time.monotonic()):
            assert time.monotonic() < deadline, f"{process.args[0]} did not end:\n{self.seen}"
        assert process.wait(timeout=PATIENCE) == 0, self.seen

    def type(self, keys):
        os.write(self.descriptor, keys.encode("utf-8"))


class Home:
    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mailscope-"))
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.running:
            end(process)
        shutil.rmtree(self.path, ignore_errors=True)

    def __truediv__(self, name):
        return self.path / name

    def write(self, name, text, mode=0o600):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        path.chmod(mode)
        return path

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR")}
        return {**kept, "HOME": str(self.path), "LC_ALL": "C.UTF-8", "TERM": "vt100",
                "XDG_CONFIG_HOME": str(self.path / ".config"), "TZ": "UTC"}

    def start(self, arguments, **more):
        """Runs beside the test, in a session of its own."""
        more = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                "stderr": subprocess.STDOUT, **more}
        process = subprocess.Popen([str(argument) for argument in arguments], cwd=self.path,
                                   env=self.environment(), start_new_session=True,
                                   preexec_fn=tie_to_parent, **more)
        self.running.append(process)
        return process

    def on_terminal(self, arguments, **more):
        """Starts it on a terminal of its own, wide enough for a line not to be cut; (process, the
        other end of the terminal)."""
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        try:
            return self.start(arguments, stdin=its, stdout=its, stderr=its, **more), Terminal(ours)
        finally:
            os.close(its)

    def run_on_terminal(self, arguments):
        """Runs to its end, well; all that a person would see."""
        process, terminal = self.on_terminal(arguments)
        with terminal:
            terminal.to_the_end(process)
        return terminal.seen

    def run(self, arguments, status=0):
        """Runs to its end, which must be this status; all that it printed."""
        process = self.start(arguments)
        try:
            output = process.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            end(process)
            said = process.communicate()[0].decode("utf-8", "replace")
            raise AssertionError(f"{arguments[0]} did not end; it said:\n{said}") from None
        assert process.returncode == status, (
            f"{arguments} ended with status {process.returncode}, not {status}:\n"
            + output.decode("utf-8", "replace"))
        return output


def end(process):
    """It and its children."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
