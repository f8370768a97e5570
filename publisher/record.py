"""One YAML file read strictly (strict.py says what that is), every value knowing its place, held against its schema.

A fault is a Finding, never an exception; all faults of a file are reported at once wherever that can be done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from publisher import schema
from publisher.finding import Finding, Location, Severity
from publisher.strict import Reader, spans
from publisher.text import BLEMISHES, MAX_BYTES, Fault, place, prepare

__all__ = ["MAX_BYTES", "Record", "key_of", "kind_of", "parse", "read"]

MAX_PATH = 4096
"""Bytes: what most file systems take, and few enough for every key to fit into a leaf of the log."""

_KINDS = {"letters/": "letter", "assessments/": "assessment"} | {
    name: name for name in ("archive", "parties", "threads", "erasures")
}
_WARNINGS = {"unquoted-date", "comment-in-text"}
_HARMLESS = frozenset(
    BLEMISHES
    | _WARNINGS
    | {"byte-order-mark", "line-endings", "not-nfc", "surrounding-blanks", "ambiguous-scalar", "empty-value"}
)
"""Faults that leave no doubt which value was meant: the document is given back all the same."""

_CLEAR = _HARMLESS | {"duplicate-key", "anchor", "tag", "directive", "unquoted-colon"}
"""Faults after which the rest is still worth holding against the schema, so that one run says everything."""


def key_of(path: str) -> str | None:
    """Name the record at `path`: records/letters/2019/x.yaml is letters/x, records/archive.yaml is archive.

    A path that is not UTF-8 (git gives its bytes as surrogates), or has more than MAX_PATH bytes, can be no record's.
    """
    if len(path.encode("utf-8", "surrogateescape")) > MAX_PATH:
        return None
    if not path.isascii() and any("\ud800" <= character <= "\udfff" for character in path):
        return None
    folder, *below = path.split("/")
    if folder != "records" or not below or not below[-1].endswith(".yaml") or below[-1] == ".yaml":
        return None
    stem = below[-1].removesuffix(".yaml")
    return stem if len(below) == 1 else f"{below[0]}/{stem}"


def kind_of(key: str) -> str:
    """Say what a key is the key of: letter, assessment, archive, parties, threads or erasures; "" for anything else."""
    folder, slash, _ = key.partition("/")
    return _KINDS.get(folder + slash, "")


def parse(data: bytes, path: str = "") -> tuple[Any | None, tuple[Finding, ...]]:
    """Read one file strictly; the document is None where a fault leaves open what is meant."""
    reading = _read(data)
    document = reading.document if reading.codes <= _HARMLESS else None
    return document, _sorted(_findings(reading, path))


def read(path: str, data: bytes) -> tuple["Record | None", tuple[Finding, ...]]:
    """Read one record and hold it against its schema; a Record that is given back satisfies its schema."""
    record = Record(key=key_of(path) or "", path=path, data=data, document=None)
    if record.kind not in schema.KINDS:
        return None, (_misplaced(path),)
    reading = _read(data)
    findings = _findings(reading, path)
    document = reading.document
    if document is None or not reading.codes <= _CLEAR:
        return None, _sorted(findings)
    if document.keys() == {"id", "erased"}:
        return None, _sorted([*findings, _erased(reading.text, path)])
    if not schema.is_valid(record.kind, document):
        problems = schema.problems(record.kind, document) or [schema.UNEXPLAINED]
        found = [_explained(problem, reading.text, path) for problem in problems[: MAX_FAULTS + 1]]
        return None, _sorted([*findings, *_unsaid(found, findings)])
    sound = reading.codes <= _HARMLESS
    return Record(key=record.key, path=path, data=data, document=document) if sound else None, _sorted(findings)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One file under records/ that could be read: `document` is its content as JSON values."""

    key: str
    path: str
    data: bytes
    document: Any

    @property
    def kind(self) -> str:
        """What it is a record of: letter, assessment, archive, parties, threads or erasures; "" for anything else."""
        return kind_of(self.key)

    def locate(self, *pointer: str | int, on: Literal["value", "key"] = "value") -> Location:
        """Find the place of a value, or of its key; what is not there stands where the value around it does.

        The document as a whole stands at its first key.
        """
        return _locate(prepare(self.data).text, self.path, pointer, on)


def _misplaced(path: str) -> Finding:
    return Finding(
        code="unknown-record",
        message="no record belongs here",
        location=Location(path=path),
        hint="records are letters/YYYY/ID.yaml, assessments/ID.yaml, and the archive, parties, threads and erasures",
    )


def _erased(text: str, path: str) -> Finding:
    return Finding(
        code="erased-record",
        message="this is what an erasure leaves of a version in the history, and no record",
        location=_locate(text, path, ("erased",), "key"),
        hint="write what is public now: a letter with its id, status: withdrawn and a changes note of kind withdrawal, "
        "or the record without what was erased",
    )


def _explained(problem: schema.Problem, text: str, path: str) -> Finding:
    where = _locate(text, path, problem.pointer, problem.on)
    return Finding(code=problem.code, message=problem.message, location=where, hint=problem.hint)


def _unsaid(found: list[Finding], said: list[Finding]) -> list[Finding]:
    """Leave out what only follows from an error that was found in reading the very same characters."""
    errors = [error.location for error in said if error.severity == "error"]
    return [new for new in found if new.code == "missing-field" or not any(_lies_in(new, old) for old in errors)]


def _lies_in(finding: Finding, outer: Location) -> bool:
    inner = finding.location
    starts_within = (outer.line, outer.column) <= (inner.line, inner.column)
    return starts_within and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings by place; of very many, the first."""
    ordered = sorted(findings, key=lambda finding: finding.order)
    if len(ordered) > MAX_FAULTS:
        message, hint = "there are more faults than are shown", "mend those above first"
        where = ordered[MAX_FAULTS - 1].location
        worst: Severity = "error" if any(finding.severity == "error" for finding in ordered) else "warning"
        more = Finding(code="too-many-faults", message=message, location=where, hint=hint, severity=worst)
        ordered[MAX_FAULTS - 1 :] = [more]
    return tuple(ordered)


MAX_FAULTS, MAX_REPAIRS = 100, 20
_SYNTAX = {"yaml-syntax", "bad-indentation"}
_BREAKING = {"tab-indentation", "control-character"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """What became of a file: its text as far as one can go on with it, its faults, and the mapping it holds."""

    text: str
    faults: tuple[Fault, ...]
    document: dict[str, Any] | None = None

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its faults."""
        return frozenset([fault.code for fault in self.faults])


def _read(data: bytes) -> _Reading:
    """Read the values of a file; an unquoted colon is passed over, so that what stands below it is read too."""
    prepared = prepare(data)
    text, faults = prepared.text, list(prepared.faults)
    if not prepared.readable:
        return _Reading(text=text, faults=prepared.faults)
    for _ in range(MAX_REPAIRS):
        reader = Reader(text)
        slip = reader.run()
        if slip and not (slip.code in _SYNTAX and any(fault.code in _BREAKING for fault in faults)):
            faults.append(slip)
        if slip is None or slip.code != "unquoted-colon":
            break
        start, end = slip.start, slip.end
        text = text[:start] + text[start:end].replace(":", "\ua789") + text[end:]
    faults += reader.faults
    whole = prepared.whole and slip is None
    return _Reading(text=text, faults=tuple(faults), document=reader.mapping if whole else None)


def _findings(reading: _Reading, path: str) -> list[Finding]:
    return [
        Finding(
            code=fault.code,
            message=fault.message,
            location=place(reading.text, path, fault.start, fault.end),
            severity="warning" if fault.code in _WARNINGS else "error",
            hint=fault.hint,
        )
        for fault in sorted(reading.faults, key=lambda fault: fault.start)[: MAX_FAULTS + 1]
    ]


def _locate(text: str, path: str, pointer: tuple[str | int, ...], on: Literal["value", "key"]) -> Location:
    known = spans(text)
    if span := known.get(pointer):
        return place(text, path, *(span.key if on == "key" else span.value))
    while pointer not in known:
        pointer = pointer[:-1]
    return place(text, path, *known[pointer].value)
