"""The index: archive, provenance and log of one commit as canonical JSON, and back (docs/format.md, "Index").

Canonical JSON is one line: keys sorted, no spaces, UTF-8, no floats, integers under 2^53. In this profile it
agrees with RFC 8785 and with `jq -cS`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from publisher import __version__, log
from publisher.archive import TABLES, Archive
from publisher.history import History, Version
from publisher.letter import ArchiveInfo, Assessment, Letter, Party, Thread, Withdrawn, letter_from
from publisher.provenance import Provenance, trace, utc

FORMAT = "letterbook-index/1"
MADE_BY = f"letterbook {__version__}"
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceCommit:
    """The commit that a publication is a function of."""

    commit: str
    tree: str
    committed_at: str
    object_format: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LogHead:
    """The log's origin line, its number of leaves, and its RFC 6962 root in hex."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordRef:
    """Where a record's current bytes are: the git blob says where, SHA-256 says what."""

    path: str
    blob: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry(Generic[V]):
    """One record of the index: its id or key, its value, its document, its bytes and its provenance."""

    id: str
    value: V
    document: Mapping[str, Any]
    record: RecordRef
    provenance: Provenance

    def to_mapping(self, name: str, field: str) -> dict[str, Any]:
        """Return the entry as it stands in the index, its document under `field`."""
        return {
            name: self.id,
            field: self.document,
            "record": _mapping(self.record),
            "provenance": self.provenance.to_mapping(),
        }


class LetterEntry(Entry[Letter | Withdrawn]):
    """One letter of the index."""

    @property
    def letter(self) -> Letter | Withdrawn:
        """The letter, or what is left of it."""
        return self.value


class AssessmentEntry(Entry[Assessment | None]):
    """One assessment of the index; of a withdrawn letter's, only the letter's id is left."""

    @property
    def assessment(self) -> Assessment | None:
        """The assessment, or None where the letter is withdrawn."""
        return self.value


class TableEntry(Entry[None]):
    """One table of the index: archive, parties, threads, erasures."""

    @property
    def key(self) -> str:
        """The record's key."""
        return self.id


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedEntry:
    """A key whose record is gone: only its provenance is left."""

    key: str
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Index:
    """The full correspondence as of one commit; arrays are in the order of first landing, `removed` by key."""

    made_by: str
    archive: ArchiveInfo
    source: SourceCommit
    log: LogHead
    letters: tuple[LetterEntry, ...]
    assessments: tuple[AssessmentEntry, ...]
    tables: tuple[TableEntry, ...]
    removed: tuple[RemovedEntry, ...]

    @classmethod
    def of(cls, archive: Archive, history: History, *, tree: str, object_format: str) -> "Index":
        """Build the index of a commit from an archive without faults and the commit's own history."""
        if archive.info is None or not history.line:
            raise ValueError("an index needs an archive.yaml and a commit")
        provenances = trace(history)
        newest, tip = history.newest, history.line[-1]
        build = _Builder(archive, newest, provenances)
        return cls(
            made_by=MADE_BY,
            archive=archive.info,
            source=SourceCommit(commit=tip.id, tree=tree, committed_at=utc(tip.time), object_format=object_format),
            log=LogHead(
                origin=archive.info.origin,
                size=len(history.versions),
                root=log.root(log.leaves(provenances)).hex(),
            ),
            letters=build.letters(),
            assessments=build.assessments(),
            tables=build.tables(),
            removed=tuple(
                RemovedEntry(key=key, provenance=provenances[key])
                for key in sorted(provenances, key=str.encode)
                if newest[key].op == "remove"
            ),
        )

    @classmethod
    def from_mapping(cls, value: Mapping[str, Any]) -> "Index":
        """Read what to_mapping wrote; the value must be one that schema/index.schema.json accepts.

        It leaves open what a letter's own fields are. Raises KeyError, TypeError or ValueError for what no letter has.
        """
        try:
            return cls._read(value)
        except AttributeError as fault:
            raise TypeError(f"a value of the index is of another kind: {fault}") from fault

    @classmethod
    def _read(cls, value: Mapping[str, Any]) -> "Index":
        return cls(
            made_by=value["made_by"],
            archive=ArchiveInfo.from_mapping(value["archive"]),
            source=SourceCommit(**value["source"]),
            log=LogHead(**value["log"]),
            letters=_entries(LetterEntry, value["letters"], "id", "letter", letter_from),
            assessments=_entries(AssessmentEntry, value["assessments"], "id", "assessment", _assessment),
            tables=_entries(TableEntry, value["tables"], "key", "table", lambda _: None),
            removed=tuple(
                RemovedEntry(key=item["key"], provenance=Provenance.from_mapping(item["provenance"]))
                for item in value["removed"]
            ),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Index":
        """Read index.json, whose signature was found good. Raises ValueError for what to_bytes would not write."""
        index = cls.from_mapping(json.loads(data))
        if index.to_bytes() != data:
            raise ValueError("this is not a canonical index")
        return index

    def to_mapping(self) -> dict[str, Any]:
        """Return the index as a JSON value."""
        return {
            "format": FORMAT,
            "made_by": self.made_by,
            "archive": self._table("archive"),
            "source": _mapping(self.source),
            "log": _mapping(self.log),
            "letters": [entry.to_mapping("id", "letter") for entry in self.letters],
            "assessments": [entry.to_mapping("id", "assessment") for entry in self.assessments],
            "tables": [entry.to_mapping("key", "table") for entry in self.tables],
            "removed": [{"key": e.key, "provenance": e.provenance.to_mapping()} for e in self.removed],
        }

    def to_bytes(self) -> bytes:
        """Return index.json."""
        return canonical(self.to_mapping()) + b"\n"

    @cached_property
    def letter_of(self) -> dict[str, LetterEntry]:
        """The letters by id."""
        return {entry.id: entry for entry in self.letters}

    @cached_property
    def assessment_of(self) -> dict[str, AssessmentEntry]:
        """The assessments by their letter's id."""
        return {entry.id: entry for entry in self.assessments}

    @cached_property
    def provenances(self) -> dict[str, Provenance]:
        """The provenance of every key that ever landed."""
        found = {f"letters/{entry.id}": entry.provenance for entry in self.letters}
        found |= {f"assessments/{entry.id}": entry.provenance for entry in self.assessments}
        found |= {entry.key: entry.provenance for entry in self.tables}
        return found | {entry.key: entry.provenance for entry in self.removed}

    def leaves(self) -> list[bytes]:
        """Return all leaves of the log. Raises ValueError if the revisions leave out a place of it."""
        return log.leaves(self.provenances)

    @cached_property
    def parties(self) -> dict[str, Party]:
        """The parties by id."""
        return {item["id"]: Party.from_mapping(item) for item in self._table("parties").get("parties", ())}

    @cached_property
    def threads(self) -> dict[str, Thread]:
        """The threads by id."""
        return {item["id"]: Thread.from_mapping(item) for item in self._table("threads").get("threads", ())}

    def _table(self, key: str) -> Mapping[str, Any]:
        return next((entry.document for entry in self.tables if entry.key == key), {})


def canonical(value: Any) -> bytes:
    """Return a JSON value in canonical form, without a newline. Raises ValueError for a float that is no number."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


class _Builder:
    """Makes the entries of one archive, each with its newest version and its provenance."""

    def __init__(self, archive: Archive, newest: Mapping[str, Version], provenances: Mapping[str, Provenance]) -> None:
        self.archive, self.newest = archive, newest
        self.provenances = provenances
        self.keys = [key for key in provenances if newest[key].op != "remove"]

    def _below(self, folder: str) -> list[tuple[str, str]]:
        return [(key, key.partition("/")[2]) for key in self.keys if key.startswith(f"{folder}/")]

    def _ref(self, key: str) -> RecordRef:
        version = self.newest[key]
        return RecordRef(path=version.path, blob=version.blob, sha256=version.sha256, size=version.size)

    def letters(self) -> tuple[LetterEntry, ...]:
        found = []
        for key, name in self._below("letters"):
            letter = self.archive.letters[name]
            withdrawn = isinstance(letter, Withdrawn)
            document = letter.to_mapping() if withdrawn else self.archive.records[key].document
            found.append(
                LetterEntry(
                    id=name,
                    value=letter,
                    document=document,
                    record=self._ref(key),
                    provenance=self.provenances[key],
                )
            )
        return tuple(found)

    def assessments(self) -> tuple[AssessmentEntry, ...]:
        found = []
        for key, name in self._below("assessments"):
            kept = isinstance(self.archive.letters.get(name), Letter)
            found.append(
                AssessmentEntry(
                    id=name,
                    value=self.archive.assessments[name] if kept else None,
                    document=self.archive.records[key].document if kept else {"letter": name},
                    record=self._ref(key),
                    provenance=self.provenances[key],
                )
            )
        return tuple(found)

    def tables(self) -> tuple[TableEntry, ...]:
        return tuple(
            TableEntry(
                id=key,
                value=None,
                document=self.archive.records[key].document,
                record=self._ref(key),
                provenance=self.provenances[key],
            )
            for key in self.keys
            if key in TABLES
        )


E_ = TypeVar("E_", bound=Entry[Any])


def _entries(
    kind: type[E_], items: Iterable[Mapping[str, Any]], name: str, field: str, value: Callable[[Any], Any]
) -> tuple[E_, ...]:
    return tuple(
        kind(
            id=item[name],
            value=value(item[field]),
            document=item[field],
            record=RecordRef(**item["record"]),
            provenance=Provenance.from_mapping(item["provenance"]),
        )
        for item in items
    )


def _assessment(document: Mapping[str, Any]) -> Assessment | None:
    return Assessment.from_mapping(document) if "outcomes" in document else None


def _mapping(value: SourceCommit | LogHead | RecordRef) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}
