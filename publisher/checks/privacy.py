"""No contact details: no mail address and no telephone number stands in any text of a record."""

import re
from collections.abc import Iterator
from typing import Any

from publisher.archive import Archive
from publisher.finding import Finding
from publisher.history import History

_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"(?<![\w./-])(?:\+|00)[0-9][0-9 ()./-]{7,16}[0-9](?![\w-])")


def contacts(archive: Archive, _: History) -> Iterator[Finding]:
    """Yield a finding for every mail address and telephone number; the archive's own identities are meant."""
    for key, record in archive.records.items():
        text = " ".join(record.data.decode("utf-8", "replace").split())
        if not ("\\" in text or _MAIL.search(text) or _PHONE.search(text)):
            continue
        for pointer, text in _texts(record.document, ()):
            if key == "archive" and pointer[:1] == ("identities",):
                continue
            for code, what, pattern in (
                ("mail-address", "a mail address", _MAIL),
                ("phone-number", "a telephone number", _PHONE),
            ):
                if pattern.search(text):
                    yield Finding(
                        code=code,
                        message=f"this text holds what looks like {what}",
                        location=record.locate(*pointer),
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
