"""In which order letters stand whose dates are known in part, and of which two nobody can say which came first.

A span is the first and the last day on which a letter can have been sent. A reply is not older than the letter it
answers, so a reply's span begins no earlier than that letter's does, as far as the dates allow. Letters stand in
the order of the first day of their spans; that is a way to list them, and no claim about the days.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter

Span = tuple[date, date]


def narrowed(spans: Mapping[str, Span], replies: Mapping[str, Sequence[str]]) -> dict[str, tuple[Span, int]]:
    """Return each letter's span, narrowed by what it answers, and how many answers deep it is on its first day.

    `replies` names for a letter the letters that it answers; those without a span are passed over, and so is
    everything where replies go round in a circle, which no check lets through.
    """
    try:
        order = tuple(TopologicalSorter(replies).static_order())
    except CycleError:
        return {name: (span, 0) for name, span in spans.items()}
    found = {name: (span, 0) for name, span in spans.items()}
    for name in order:
        if name not in spans:
            continue
        first, last = spans[name]
        depth = 0
        for other in replies.get(name, ()):
            if other in found and first <= (earliest := found[other][0][0]) <= last:
                depth = max(depth if earliest == first else 0, found[other][1] + 1)
                first = earliest
        found[name] = ((first, last), depth)
    return found


def unsettled(
    names: Sequence[str], spans: Mapping[str, Span], replies: Mapping[str, Iterable[str]]
) -> dict[str, list[str]]:
    """For each letter, those of `names` that may have been sent before it or after it.

    Two letters of one day are among them; a letter and its answer, or the answer to its answer, are not. Those
    without a span are left out. The work grows with the square of the number of names: it is for pictures.
    """
    behind = {name: _answered(name, replies) for name in names}
    found: dict[str, list[str]] = {}
    for name in names:
        for other in names:
            if name == other or name not in spans or other not in spans:
                continue
            if name in behind[other] or other in behind[name]:
                continue
            if spans[name][0] <= spans[other][1] and spans[other][0] <= spans[name][1]:
                found.setdefault(name, []).append(other)
    return found


def _answered(name: str, replies: Mapping[str, Iterable[str]]) -> set[str]:
    """Return all letters that a letter answers, directly or through others."""
    seen: set[str] = set()
    waiting = list(replies.get(name, ()))
    while waiting:
        other = waiting.pop()
        if other not in seen:
            seen.add(other)
            waiting += replies.get(other, ())
    return seen
