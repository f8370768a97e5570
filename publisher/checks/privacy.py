"""No contact details: no mail address and no telephone number stands in a record, in its comments neither."""

from collections.abc import Iterator
from typing import Any

from publisher.archive import Archive
from publisher.contacts import contacts_in
from publisher.finding import Finding, Location
from publisher.history import History
from publisher.record import Record


def contacts(archive: Archive, _: History) -> Iterator[Finding]:
    """Yield a finding for every mail address and telephone number; the archive's own identities are meant."""
    for key, record in archive.records.items():
        raw = record.data.decode("utf-8", "replace")
        if "\\" not in raw and not any(contacts_in(raw)):
            continue
        for pointer, text in _texts(record.document, ()):
            if not (key == "archive" and pointer[:1] == ("identities",)):
                yield from (_finding(code, what, record.locate(*pointer)) for code, what, _ in contacts_in(text))
        yield from _in_comments(record, raw)


def _in_comments(record: Record, raw: str) -> Iterator[Finding]:
    for number, line in enumerate(raw.split("\n"), 1):
        start = 0 if line.lstrip().startswith("#") else line.find(" #")
        if start >= 0:
            here = Location(path=record.path, line=number, column=start + 1, end_line=number, end_column=len(line) + 1)
            yield from (_finding(code, what, here) for code, what, _ in contacts_in(line[start:]))


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
