"""What is known to differ between Mailscope's servers and others: differences.txt, and holding what
is seen against it. A difference that is not there fails the test, and so does one that is there and
is seen no more."""

import pathlib
import re

from server import Skip

FILE = pathlib.Path(__file__).with_name("differences.txt")
KINDS = ("ours:", "free:", "BUG:")


def read(suite):
    """Of one suite: the peer's program and version, and {(script, step): (ours, theirs, why)}."""
    peer, known = None, {}
    for number, line in enumerate(FILE.read_text("utf-8").splitlines(), 1):
        if line == "" or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split(" | ")]
        where = f"{FILE.name}:{number}"
        if fields[0] == "peer":
            if fields[1] == suite:
                peer = fields[2]
            continue
        assert len(fields) == 6, f"{where}: suite | script | step | ours | theirs | why"
        assert fields[5].startswith(KINDS), f"{where}: why begins with one of {KINDS}"
        assert fields[3] != fields[4], f"{where}: that is no difference"
        if fields[0] == suite:
            assert tuple(fields[1:3]) not in known, f"{where}: twice"
            known[tuple(fields[1:3])] = tuple(fields[3:])
    return peer, known


def plain(text):
    """On one line, without the separator."""
    return re.sub(r"\s+", " ", text.replace("|", "\\x7c")).strip()


def on_one_line(text):
    """The same, with every blank between words."""
    return "".join(character if character.isprintable() else repr(character)[1:-1]
                   for character in text.replace("|", "\\x7c")).strip()


def shortened(line):
    return repr(line if len(line) <= 40 else line[:37] + b"...")[1:]


def first_difference(ours, theirs):
    """Of two texts that differ, in two observations: their sizes, and the line where it begins."""
    our_lines, their_lines = ours.split(b"\n"), theirs.split(b"\n")
    at = next((i for i, (a, b) in enumerate(zip(our_lines, their_lines)) if a != b),
              min(len(our_lines), len(their_lines)))

    def seen(lines, text):
        line = shortened(lines[at]) if at < len(lines) else "the end"
        return f"{len(text)} octets, line {at + 1} {line}"
    return seen(our_lines, ours), seen(their_lines, theirs)


class Comparison:
    def __init__(self, suite, version):
        self.suite = suite
        peer, self.known = read(suite)
        if not version.startswith(peer):
            raise Skip(f"{FILE.name} is about version {peer} of the other server, not {version}")
        self.scripts = set()
        self.steps = 0
        self.seen = set()
        self.new = []

    def add(self, script, step, ours, theirs):
        self.scripts.add(script)
        self.steps += 1
        if ours == theirs:
            return
        script, step, ours, theirs = (plain(str(part)) for part in (script, step, ours, theirs))
        self.seen.add((script, step))
        expected = self.known.get((script, step))
        if expected is None or expected[:2] != (ours, theirs):
            self.new.append(" | ".join([self.suite, script, step, ours, theirs]))

    def add_texts(self, script, step, ours, theirs):
        """Octets of messages."""
        self.add(script, step, *(first_difference(ours, theirs) if ours != theirs else ("", "")))

    def add_played(self, script, ours, theirs):
        """What two servers did with a script. A step only one of them was asked is skipped."""
        theirs = {str(step): observation for step, observation in theirs}
        for step, observation in ours:
            self.add(script.name, step, observation, theirs[str(step)])

    def finish(self):
        """Says how many, and fails when the file does not agree."""
        kinds = [why.split(":")[0] for key, (_, _, why) in self.known.items() if key in self.seen]
        print(f"{len(self.scripts)} scripts, {self.steps} steps, {len(self.seen)} differ: "
              + ", ".join(f"{kinds.count(kind[:-1])} {kind[:-1]}" for kind in KINDS))
        gone = [key for key in self.known if key[0] in self.scripts and key not in self.seen]
        said = [f"not in {FILE.name}, or otherwise there:", *self.new] if self.new else []
        said += [f"in {FILE.name}, and seen no more:", *map(" | ".join, gone)] if gone else []
        assert not said, "\n" + "\n".join(said)


class PatternComparison:
    """For observations too many to be listed one by one: a file of its own, whose fields "script",
    "step", "ours" and "theirs" are regular expressions that match the whole of each. A step is what
    was said, then " -> " and in what the answers differ."""

    def __init__(self, suite, version, file):
        self.file = pathlib.Path(__file__).with_name(file)
        peer, self.known = self.read(suite)
        if not version.startswith(peer):
            raise Skip(f"{file} is about version {peer} of the other server, not {version}")
        self.suite = suite
        self.scripts, self.steps, self.differing = set(), 0, 0
        self.seen = [0] * len(self.known)
        self.new = {}

    def read(self, suite):
        peer, known = None, []
        for number, line in enumerate(self.file.read_text("utf-8").splitlines(), 1):
            if line == "" or line.startswith("#"):
                continue
            fields = [field.strip() for field in line.split(" | ")]
            where = f"{self.file.name}:{number}"
            if fields[0] == "peer":
                peer = fields[2]
                continue
            if fields[0] == "also":
                assert len(fields) == 4 and known, f"{where}: also | step | ours | theirs"
                fields = [suite, known[-1][1][0].pattern, *fields[1:], known[-1][2]]
            assert len(fields) == 6, f"{where}: suite | script | step | ours | theirs | why"
            assert fields[0] == suite, f"{where}: this file is about {suite}"
            assert fields[3:5] != [".*", ".*"], f"{where}: that would be any difference"
            assert fields[5].startswith(KINDS), f"{where}: why begins with one of {KINDS}"
            assert re.search(r"RFC \d+", fields[5]), f"{where}: why names the clause that decides"
            known.append((number, [re.compile(field) for field in fields[1:5]], fields[5]))
        return peer, known

    def add_step(self, script, step, differences):
        """[(what, ours, theirs), ...] of one step."""
        self.scripts.add(script)
        self.steps += 1
        self.differing += bool(differences)
        for what, ours, theirs in differences:
            seen = [on_one_line(part) for part in (script, f"{step} -> {what}", ours, theirs)]
            for at, (_, patterns, _) in enumerate(self.known):
                if all(pattern.fullmatch(part) for pattern, part in zip(patterns, seen)):
                    self.seen[at] += 1
                    break
            else:
                self.new.setdefault(" | ".join([self.suite, *seen]), None)

    def finish(self, complete):
        """Says how many, and fails when the file does not agree. An entry that is seen no more is
        of no account when not everything was said ("complete")."""
        kinds = [why.split(":")[0] for times, (_, _, why) in zip(self.seen, self.known) if times]
        print(f"{len(self.scripts)} scripts, {self.steps} steps, {self.differing} differ in "
              f"{sum(map(bool, self.seen))} ways: "
              + ", ".join(f"{kinds.count(kind[:-1])} {kind[:-1]}" for kind in KINDS))
        said = [f"not in {self.file.name}:", *self.new] if self.new else []
        gone = [f"line {number}: {why}" for times, (number, patterns, why)
                in zip(self.seen, self.known) if not times and complete
                and any(patterns[0].fullmatch(script) for script in self.scripts)]
        said += [f"in {self.file.name}, and seen no more:", *gone] if gone else []
        assert not said, "\n" + "\n".join(said)
