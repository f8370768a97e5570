"""What leaves a private intake repository, and when: a letter with what it names, and nothing of where it comes from.

An intake is an archive's folder with `intake.yaml` beside records/, which lists from which day each letter may be
published. That file is no record: no archive has a place for it, and `publish` refuses a commit that holds it.
Nothing is published in an intake, so its letters are drafts, which may change without notes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from publisher import compose, edit, schema
from publisher.archive import Archive
from publisher.checks.documents import document_path
from publisher.errors import RefusedError
from publisher.git import INTAKE, Repository
from publisher.letter import Letter
from publisher.record import MAX_BYTES, parse
from publisher.snapshot import Snapshot

_NAMING = frozenset({"asked_of", "by", "party"})
"""Fields that may name a party."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Until when a letter stays: `until` is the first day, in UTC, on which it may be published."""

    letter: str
    until: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """A commit of an intake repository: its archive, and the days of its letters."""

    repository: Repository
    archive: Archive
    holds: Mapping[str, Hold]

    @classmethod
    def at(cls, repository: Repository, commit: str) -> "Intake":
        """Return what a commit holds. Raises RefusedError where it has no list of days, or one that cannot be read."""
        entries = [entry for entry in repository.tree(commit, INTAKE) if entry.path == INTAKE]
        if not entries:
            raise RefusedError(
                f"there is no {INTAKE} in the newest commit here, so this is no intake repository",
                f"stand in the intake's clone; {INTAKE} lists from which day each letter may be published",
            )
        (blob,) = repository.blobs([entries[0].id], keep=MAX_BYTES)
        archive, _ = Archive.of(Snapshot.at(repository, commit))
        return cls(repository=repository, archive=archive, holds=holds(blob.data or b""))

    def letter(self, name: str, today: date) -> Letter:
        """Return a letter that may go. Raises RefusedError for one that may not, or not yet."""
        letter = self.archive.letters.get(name)
        if not isinstance(letter, Letter):
            hint = "commit the record first; 'letterbook check' says what is wrong with it"
            raise RefusedError(f"the newest commit here holds no letter {name} that can be read", hint)
        hold = self.holds.get(name)
        if hold is None:
            hint = f"list it there, with the first day on which it may go: - {{letter: {name}, until: YYYY-MM-DD}}"
            raise RefusedError(f"{INTAKE} names no day for {name}, and a letter without a day stays", hint)
        if today < hold.until:
            raise RefusedError(
                f"{name} is held until {hold.until}, and today is {today} (UTC)",
                "wait until then, or agree on another day and commit it",
            )
        return letter


def holds(data: bytes) -> dict[str, Hold]:
    """Read intake.yaml. Raises RefusedError for what is no such list, and for a letter or a day that cannot be."""
    document, findings = parse(data, INTAKE)
    if document is None or not schema.is_valid("intake", document):
        faults = [*findings, *(schema.problems("intake", document) if document is not None else ())]
        fault = faults[0] if faults else schema.UNEXPLAINED
        raise RefusedError(f"{INTAKE}: {fault.message}", fault.hint)
    found: dict[str, Hold] = {}
    for entry in document["holds"]:
        try:
            until = date.fromisoformat(entry["until"])
        except ValueError as fault:
            raise RefusedError(f"{INTAKE}: {entry['until']} is no day: {fault}", "write a day that there is") from fault
        if entry["letter"] in found:
            raise RefusedError(f"{INTAKE} lists {entry['letter']} twice", "keep the line that holds")
        found[entry["letter"]] = Hold(letter=entry["letter"], until=until)
    return found


def carried(intake: Intake, letter: Letter, public: Archive, *, assessment: bool) -> dict[str, bytes]:
    """Return the files of the public archive that a letter makes or changes, by path.

    Records are written anew from what they say, so that no comment goes with them, to a place made of the id alone.
    Raises RefusedError for what is published there already, and for notes on changes that no reader saw.
    """
    records = {_path(letter.id): _document(intake, f"letters/{letter.id}", public)}
    if assessment:
        records[f"records/assessments/{letter.id}.yaml"] = _document(intake, f"assessments/{letter.id}", public)
    files = {path: compose.record(path, document) for path, document in records.items()}
    for key, names in (("parties", set(_parties(records))), ("threads", {letter.thread})):
        if grown := _grown(intake, public, key, names):
            files[f"records/{key}.yaml"] = grown
    return files | dict(_documents(intake, letter))


def _path(name: str) -> str:
    year = re.match(r"[0-9]{4}(?=-)", name)
    return f"records/letters/{year[0] if year else 'undated'}/{name}.yaml"


def _document(intake: Intake, key: str, public: Archive) -> Mapping[str, Any]:
    if public.knows(key):
        raise RefusedError(f"{key} is in the public archive already", "correct it there: 'letterbook correct'")
    record = intake.archive.records.get(key)
    if record is None:
        raise RefusedError(f"the newest commit here holds no {key} that can be read", "commit it, or leave it out")
    document: Mapping[str, Any] = record.document
    if document.get("changes"):
        raise RefusedError(
            f"{key} has notes on changes, and no reader saw what was before",
            "take them out of the draft: what changes before a letter is published is no news",
        )
    return document


def _parties(node: Any, field: str = "") -> Iterator[str]:
    """Yield every text in a field that may name a party."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from _parties(value, name)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _parties(value, field)
    elif field in _NAMING and isinstance(node, str):
        yield node


def _grown(intake: Intake, public: Archive, key: str, names: set[str]) -> bytes | None:
    """Return the public list of parties or threads with those that it lacks, or None if it lacks none."""
    known = {entry["id"] for entry in public.records[key].document[key]} if key in public.records else set()
    listed = intake.archive.records[key].document[key] if key in intake.archive.records else []
    lacking = [entry for entry in listed if entry["id"] in names - known]
    if not lacking or key not in public.records:
        return None
    record = public.records[key]
    data = record.data
    for entry in lacking:
        data = edit.append(data, record.path, (key,), entry)
    return data


def _documents(intake: Intake, letter: Letter) -> Iterator[tuple[str, bytes]]:
    attachments = intake.archive.attachments
    paths = [document_path(document) for document in letter.documents]
    blobs = intake.repository.contents({file.sha256: file.blob for file in attachments.values()})
    for path in paths:
        if path not in attachments:
            raise RefusedError(f"the newest commit here holds no {path}", "commit the document too")
        yield path, blobs[attachments[path].sha256]
