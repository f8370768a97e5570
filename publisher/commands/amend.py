"""A record that is there already, on the desk: what was published of it, what lies on disk, and new notes on it."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher import edit
from publisher.answers import faults
from publisher.commands.ask import SlipError
from publisher.commands.desk import Desk
from publisher.errors import UsageError
from publisher.record import parse

WITH_NOTES = ("letter", "assessment", "parties", "threads")
NEEDS_NOTE = ("letter", "assessment")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A record: its place, its text and document on disk, and its document as it is published (None: it is not)."""

    key: str
    kind: str
    path: str
    data: bytes
    document: Mapping[str, Any]
    published: Mapping[str, Any] | None

    @property
    def id(self) -> str:
        """What it is called without its folder."""
        return self.key.rpartition("/")[2]

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is a letter that is withdrawn, as it lies on disk."""
        return self.kind == "letter" and self.document.get("status") == "withdrawn"

    @property
    def is_edited(self) -> bool:
        """Whether what lies on disk is not what is published."""
        return self.published is not None and dict(self.document) != dict(self.published)

    @property
    def new_notes(self) -> int:
        """How many notes the record on disk has that the published one has not."""
        return len(self.document.get("changes", ())) - len((self.published or {}).get("changes", ()))


def subject(desk: Desk, name: str) -> Subject:
    """Find the record that is meant by a letter's id or by a record's key; UsageError if there is none."""
    keys = (f"letters/{name}", name)
    key = next((each for each in keys if each in desk.archive.paths), None)
    if key is None:
        known = [each.removeprefix("letters/") for each in desk.archive.paths]
        close = difflib.get_close_matches(name, known, 1, 0.6)
        hint = f"did you mean {close[0]}?" if close else "'ls records/letters/*' lists the letters' ids"
        raise UsageError(f"there is no record {name!r} here", hint)
    record = desk.archive.records.get(key)
    if record is None:
        raise UsageError(
            f"{desk.archive.paths[key][0]} cannot be read", "mend what 'letterbook check' says of it first"
        )
    return Subject(
        key=key, kind=record.kind, path=record.path, data=record.data, document=record.document,
        published=_published(desk, key),
    )  # fmt: skip


def _published(desk: Desk, key: str) -> Mapping[str, Any] | None:
    version = desk.history.newest.get(key)
    if version is None or version.op == "remove":
        return None
    return parse(desk.history.tip.files[version.path])[0] or {}


def noted(record: Subject, data: bytes, kind: str, note: str) -> bytes:
    """Add a note on a change at the end of a record's text."""
    return edit.append(data, record.path, ("changes",), {"kind": kind, "note": note})


def good_note(text: str) -> str:
    """Return a note that readers may see; SlipError for one that `check` would not take."""
    for fault in faults("letter", {"changes": [{"kind": "correction", "note": text}]}):
        raise SlipError(fault.message, fault.hint)
    return text


def note_given(text: str) -> str:
    """Return a note that a flag gives; UsageError for one that will not do."""
    try:
        return good_note(text)
    except SlipError as slip:
        raise UsageError(slip.message, slip.hint) from slip
