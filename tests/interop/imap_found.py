"""What SEARCH, SORT and THREAD find, compared message by message: a difference says which message
is found by one server alone, which one another place is given to, which one has another parent."""

import bisect

from imap_values import MISSING, differences, expanded

RESULTS = ("SEARCH", "ESEARCH ALL", "SORT", "THREAD")


def found_differences(what, ours, theirs, names):
    """differences() of an observation; of results those of messages, by their names: names[0] is
    that of message 1, and a message without a name is called by its number."""
    if ours == theirs or what not in RESULTS or MISSING in (ours, theirs):
        return differences(what, ours, theirs)

    def named(number):
        return names[number - 1] if 0 < number <= len(names) else str(number)
    if what == "THREAD":
        return thread_differences(links(ours), links(theirs), named)
    ours, theirs = (numbers(result) for result in (ours, theirs))
    return (presence(what, ours, theirs, named) + moved(what, ours, theirs, named)
            or [(what, "otherwise written", "otherwise written")])


def numbers(result):
    return [number for part in result.split() for number in expanded(part)]


def presence(what, ours, theirs, named):
    return [(f"{what} {named(number)}", *("found" if number in result else "not found"
                                          for result in (ours, theirs)))
            for number in sorted(set(ours) ^ set(theirs))]


def moved(what, ours, theirs, named):
    """The fewest messages without which both orders are the same, and what each is after."""
    both = set(ours) & set(theirs)
    ours, theirs = ([number for number in result if number in both] for result in (ours, theirs))
    kept = longest_common(ours, theirs)

    def after(result, number):
        at = result.index(number)
        return f"after {named(result[at - 1])}" if at else "first"
    return [(f"{what} place of {named(number)}", after(ours, number), after(theirs, number))
            for number in sorted(both - kept)]


def longest_common(ours, theirs):
    """Of two orders of the same: the longest that is part of both."""
    place = {number: at for at, number in enumerate(theirs)}
    ends, before, last = [], {}, []  # the least end of each length, as in patience
    for number in ours:
        at = bisect.bisect_left(ends, place[number])
        before[number] = last[at - 1] if at else None
        ends[at:at + 1] = [place[number]]
        last[at:at + 1] = [number]
    kept, number = set(), last[-1] if last else None
    while number is not None:
        kept.add(number)
        number = before[number]
    return kept


# --- Threads --------------------------------------------------------------------------------------

def links(threads):
    """{message: parent} in the order told. A thread is a list of numbers, each the parent of what
    follows, and of lists; one that begins with a list has a parent that is no message (RFC 5256 5,
    thread-list), and is called by the first message below it, as (number,)."""
    found = {}

    def walk(thread, parent):
        if thread and isinstance(thread[0], list):
            parent = (first_of(thread),)
        for part in thread:
            if isinstance(part, list):
                walk(part, parent)
            else:
                found[int(part)] = parent
                parent = int(part)
    for thread in threads:
        walk(thread, None)
    return found


def first_of(thread):
    return first_of(thread[0]) if isinstance(thread[0], list) else int(thread[0])


def thread_differences(ours, theirs, named):
    def parent(found, number):
        if number not in found:
            return "not found"
        above = found[number]
        if above is None:
            return "first of a thread"
        return f"under {named(above)}" if isinstance(above, int) else f"beside {named(above[0])}"
    seen = [(f"THREAD {named(number)}", parent(ours, number), parent(theirs, number))
            for number in sorted(ours.keys() | theirs.keys())
            if number not in ours or number not in theirs or ours[number] != theirs[number]]
    for above in dict.fromkeys(ours.values()):
        children = [[number for number, its in found.items() if its == above]
                    for found in (ours, theirs)]
        seen += moved("THREAD", *children, named)
    return seen
