"""No contact details: no mail address and no telephone number stands in a record, in its comments neither."""

import re
from collections.abc import Iterator
from typing import Any

from publisher.archive import Archive
from publisher.finding import Finding, Location
from publisher.history import History
from publisher.record import Record

_MAIL = re.compile(r"""(?<![^\s@<>()\[\]"',;:])[^\s@<>()\[\]"',;:/]{1,64}@[^\s@<>()\[\]"',;:/]{1,253}\.\w{2,63}""")
_PHONE = re.compile(r"(?<![\w./-])(?:\+|00)[0-9][0-9 ()./-]{7,16}[0-9](?![\w-])")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_KINDS = (("mail-address", "a mail address", _MAIL), ("phone-number", "a telephone number", _PHONE))


def contacts(archive: Archive, _: History) -> Iterator[Finding]:
    """Yield a finding for every mail address and telephone number; the archive's own identities are meant."""
    for key, record in archive.records.items():
        raw = record.data.decode("utf-8", "replace")
        if "\\" not in raw and not any(pattern.search(_folded(raw)) for _, _, pattern in _KINDS):
            continue
        for pointer, text in _texts(record.document, ()):
            if not (key == "archive" and pointer[:1] == ("identities",)):
                yield from (_finding(code, what, record.locate(*pointer)) for code, what in _found(text))
        yield from _in_comments(record, raw)


def _found(text: str) -> Iterator[tuple[str, str]]:
    folded = _folded(text)
    return ((code, what) for code, what, pattern in _KINDS if pattern.search(folded))


def _folded(text: str) -> str:
    """Return a text with one kind of blank and one kind of dash."""
    return " ".join(text.split()).translate(_DASHES)


def _in_comments(record: Record, raw: str) -> Iterator[Finding]:
    for number, line in enumerate(raw.split("\n"), 1):
        start = 0 if line.lstrip().startswith("#") else line.find(" #")
        if start >= 0:
            here = Location(path=record.path, line=number, column=start + 1, end_line=number, end_column=len(line) + 1)
            yield from (_finding(code, what, here) for code, what in _found(line[start:]))


def _finding(code: str, what: str, location: Location) -> Finding:
    return Finding(
        code=code,
        message=f"this text holds what looks like {what}",
        location=location,
        hint="leave it out: contact details are never published, and git keeps what was pushed",
    )


def _texts(value: Any, pointer: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        if not value.startswith(("http://", "https://")):
            yield pointer, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*pointer, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _texts(item, (*pointer, at))
