"""Every record by its key and every letter by its id: the whole archive as values that can be asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from publisher.dates import PartialDate
from publisher.finding import Finding, Location
from publisher.letter import (
    ArchiveInfo,
    Assessment,
    Letter,
    Party,
    Thread,
    Withdrawn,
    letter_from,
)
from publisher.record import Record, key_of, read
from publisher.snapshot import Attachment, Snapshot

TABLES = ("archive", "erasures", "parties", "threads")


@dataclass(frozen=True, kw_only=True)
class Archive:
    """All records of a snapshot that can be read and that their schema accepts, and their values.

    `paths` names every file of every key, first path first, so that a second file for one key can be told.
    `unreadable` holds the keys whose record is there but faulty: nothing should be said of them twice.
    """

    records: Mapping[str, Record] = field(default_factory=dict)
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    others: Mapping[str, bytes] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    info: ArchiveInfo | None = None
    letters: Mapping[str, Letter | Withdrawn] = field(default_factory=dict)
    assessments: Mapping[str, Assessment] = field(default_factory=dict)
    parties: Mapping[str, Party] = field(default_factory=dict)
    threads: Mapping[str, Thread] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot) -> tuple["Archive", list[Finding]]:
        """Read every record; return the archive and the faults of its files, all of them."""
        paths = _paths(snapshot)
        findings = list(snapshot.faults)
        records: dict[str, Record] = {}
        for key, files in paths.items():
            record, faults = read_record(files[0], snapshot.files[files[0]])
            findings += faults
            if record is not None:
                records[key] = record
        return cls._of_records(records, paths, snapshot), findings

    @classmethod
    def _of_records(
        cls, records: dict[str, Record], paths: dict[str, tuple[str, ...]], snapshot: Snapshot
    ) -> "Archive":
        documents = {key: record.document for key, record in records.items()}
        known = frozenset(path for files in paths.values() for path in files)
        return cls(
            records=records,
            paths=paths,
            attachments=snapshot.attachments,
            others={path: data for path, data in snapshot.files.items() if path not in known},
            unreadable=frozenset(paths.keys() - records.keys()),
            info=ArchiveInfo.from_mapping(documents["archive"]) if "archive" in documents else None,
            letters={_name(key): letter_from(document) for key, document in _below(documents, "letters")},
            assessments={
                _name(key): Assessment.from_mapping(document) for key, document in _below(documents, "assessments")
            },
            parties={p["id"]: Party.from_mapping(p) for p in documents.get("parties", {}).get("parties", ())},
            threads={t["id"]: Thread.from_mapping(t) for t in documents.get("threads", {}).get("threads", ())},
        )

    @cached_property
    def published(self) -> dict[str, Letter]:
        """The letters that are not withdrawn."""
        return {name: letter for name, letter in self.letters.items() if isinstance(letter, Letter)}

    def knows(self, key: str) -> bool:
        """Whether there is a file for this key, readable or not."""
        return key in self.paths

    def location(self, key: str, *pointer: str | int, on: str = "value") -> Location:
        """Return where a field of a record stands."""
        return self.records[key].locate(*pointer, on="key" if on == "key" else "value")


def read_record(path: str, data: bytes) -> tuple[Record | None, list[Finding]]:
    """Read one record; it is given back if nothing but warnings is to be said of it, and every date names a day."""
    record, faults = read(path, data)
    if record is None or any(fault.severity == "error" for fault in faults):
        return None, list(faults)
    impossible = list(_impossible_dates(record))
    return None if impossible else record, [*faults, *impossible]


def _paths(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(snapshot.files, key=lambda path: path.encode("utf-8", "surrogateescape")):
        if (key := key_of(path)) is not None:
            found[key] = (*found.get(key, ()), path)
    return found


def _below(documents: dict[str, Any], folder: str) -> Iterator[tuple[str, Any]]:
    return ((key, document) for key, document in documents.items() if key.startswith(f"{folder}/"))


def _name(key: str) -> str:
    return key.partition("/")[2]


def _impossible_dates(record: Record) -> Iterator[Finding]:
    """Yield a finding for every date that has the right form and names no day, such as 2019-02-30."""
    for pointer, text in _dates(record.document):
        try:
            PartialDate.parse(text)
        except ValueError as fault:
            yield Finding(
                code="impossible-date",
                message=str(fault),
                location=record.locate(*pointer),
                hint="write what the source says; where it is not known, write a month, a year, a range or unknown",
            )


def _dates(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name, dated in (document.get("dates") or {}).items():
        yield ("dates", name, "date"), dated["date"]
    for at, dispute in enumerate(document.get("disputes") or ()):
        yield ("disputes", at, "on"), dispute["on"]
    for at, outcome in enumerate(document.get("outcomes") or ()):
        if "as_of" in outcome:
            yield ("outcomes", at, "as_of"), outcome["as_of"]
