"""Trees of IMAP made comparable. What servers are free in is made equal here and in
imap_observation.py, and nothing else is; each such place says what it makes equal, and why that is
right."""

import datetime
import re

from imap_wire import Atom

# Of an observation: what a server did not say, and what is as good as anything.
MISSING, ANY = Atom("nothing"), Atom("anything")


def expanded(numbers):
    """A sequence set of a response as a list of numbers, in its order."""
    found = []
    for part in str(numbers).split(","):
        first, _, last = part.partition(":")
        first, last = int(first), int(last or first)
        found += range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return found


def listed(numbers):
    """[1, 2, 3, 7] as "1:3,7", in the order given."""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in runs)


def text_of(value):
    """An astring or nstring in whichever form it came: they mean the same (RFC 3501 4.3)."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return "NIL" if value is None else str(value)


def flags_of(tree):
    """Flags have no order, and their case says nothing (RFC 3501 2.3.2, 9)."""
    return sorted(text_of(flag).lower() for flag in tree)


def system_flags(tree):
    return [flag for flag in flags_of(tree) if flag.startswith("\\")]


def instant(text):
    """INTERNALDATE in UTC: the zone in which a server writes it is its choice. Of the last hour is
    what came without a date: two servers are not told in the same second."""
    try:
        when = datetime.datetime.strptime(text.decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
        now = datetime.datetime.now(datetime.timezone.utc)
        if abs(now - when) < datetime.timedelta(hours=1):
            return "now"
        return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return "no date-time: " + text_of(text)


def strings(tree):
    """Strings of a tree in whichever form they came; NIL stays NIL, which is not ""."""
    if isinstance(tree, list):
        return [strings(part) for part in tree]
    return str(tree) if isinstance(tree, Atom) else tree


def words(tree):
    """A tree in which strings and atoms mean the same, as in extended data of LIST (RFC 5258 6)."""
    return [words(part) for part in tree] if isinstance(tree, list) else text_of(tree)


def upper(value):
    return value.upper() if isinstance(value, (bytes, str)) else value


def parameters(tree):
    """Names of parameters have no case (RFC 2045 5.1); values keep theirs."""
    if not isinstance(tree, list):
        return tree
    return [upper(part) if at % 2 == 0 else part for at, part in enumerate(tree)]


def body(tree):
    """Types, subtypes, encodings, disposition types, names of parameters have no case (RFC 2045
    5.1, 6.1, RFC 2183 2)."""
    if not isinstance(tree, list) or not tree:
        return tree
    if isinstance(tree[0], list):
        parts = [body(part) for part in tree if isinstance(part, list) and is_body(part)]
        rest = tree[len(parts):]
        return [parts, upper(rest[0]) if rest else None, *extension(rest[1:], 0)]
    fixed = [upper(tree[0]), upper(tree[1]), parameters(tree[2]), tree[3], tree[4],
             upper(tree[5]), *tree[6:7]] if len(tree) >= 7 else tree
    rest = tree[7:]
    if fixed[0] == b"MESSAGE" and fixed[1] in (b"RFC822", b"GLOBAL") and len(rest) >= 3:
        fixed += [rest[0], body(rest[1]), rest[2]]
        rest = rest[3:]
    elif fixed[0] == b"TEXT":
        fixed += rest[:1]
        rest = rest[1:]
    return fixed + extension(rest, 1)


def is_body(tree):
    return isinstance(tree[0], list) or (len(tree) >= 7 and isinstance(tree[0], bytes))


def extension(rest, before_disposition):
    """body-ext-1part begins with the MD5, body-ext-mpart with the parameters."""
    rest = list(rest)
    if before_disposition == 0 and rest:
        rest[0] = parameters(rest[0])
    if len(rest) > 1 and isinstance(rest[1], list) and len(rest[1]) == 2:
        rest[1] = [upper(rest[1][0]), parameters(rest[1][1])]
    return rest


ENVELOPE = ("date", "subject", "from", "sender", "reply-to", "to", "cc", "bcc", "in-reply-to",
            "message-id")


def envelope(tree):
    return {name: strings(part) for name, part in zip(ENVELOPE, tree)}


def item_name(atom):
    """Keywords, section names and field names have no case, and a field name may be quoted (RFC
    3501 6.4.5)."""
    return re.sub(r'"([^"]*)"', r"\1", str(atom)).upper()


def rights_of(texts):
    return "".join(sorted(set("".join(map(text_of, texts))) - set("cd")))


def mailbox(name):
    """INBOX in any case is INBOX (RFC 3501 5.1)."""
    text = text_of(name)
    return "INBOX" if text.upper() == "INBOX" else text


def box_of(text):
    """The mailbox that SELECT or EXAMINE names."""
    found = re.match(r'\S+ (?:"((?:[^"\\]|\\.)*)"|(\S+))', text)
    return mailbox(re.sub(r"\\(.)", r"\1", found[1]) if found and found[1] is not None
                   else found[2] if found else "")


def shown(value, limit=160):
    """A value on one line."""
    if isinstance(value, list):
        text = "(" + " ".join(shown(part, 1 << 20) for part in value) + ")"
    elif isinstance(value, dict):
        text = shown([part for pair in value.items() for part in pair], 1 << 20)
    elif isinstance(value, bytes):
        text = '"' + repr(value)[2:-1] + '"'
    else:
        text = "NIL" if value is None else str(value)
    return text if len(text) <= limit else text[:limit - 3] + "..."


def differences(what, ours, theirs):
    """[(what, ours, theirs), ...] of two values, of trees part by part."""
    if ours == theirs or ANY in (ours, theirs):
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [found for name in ours for found in
                differences(f"{what} {name}", ours[name], theirs.get(name, MISSING))]
    if isinstance(ours, list) and isinstance(theirs, list) and ours and theirs:
        found = []
        for at in range(max(len(ours), len(theirs))):
            found += differences(f"{what}.{at}",
                                 ours[at] if at < len(ours) else MISSING,
                                 theirs[at] if at < len(theirs) else MISSING)
        return found
    if isinstance(ours, bytes) and isinstance(theirs, bytes) and max(len(ours), len(theirs)) > 60:
        return [(what, *beginning_differently(ours, theirs))]
    return [(what, shown(ours), shown(theirs))]


def beginning_differently(ours, theirs):
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b),
              min(len(ours), len(theirs)))
    return [f"{len(text)} octets, from {at}: {shown(text[at:at + 40])}" for text in (ours, theirs)]
