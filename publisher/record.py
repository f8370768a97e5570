"""One YAML file read strictly, every value knowing its place, held against its schema.

YAML is read as JSON means it: mappings with text for keys, lists, text, true, false, null and whole numbers
within 2^53. Whatever another reader of YAML takes for something else (`no`, `0123`, `12:30:00`, `1.5`) is an
error and stays the text that was written; so does a full date such as 2019-02-18, with a warning. What makes a
file hard to judge (duplicate keys, anchors, aliases, tags, several documents) is refused, each at its place.
A fault is a Finding, never an exception, and reading goes on behind it wherever that can be done.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal

import yaml
from yaml.cyaml import CParser

from publisher import schema, words
from publisher.finding import Finding, Location
from publisher.text import BLEMISHES, MAX_BYTES, Fault, blemishes, not_nfc, place, prepare
from publisher.words import PUT_QUOTES

__all__ = ["MAX_BYTES", "Record", "key_of", "parse", "read"]

MAX_DEPTH, MAX_NODES, MAX_FAULTS, MAX_REPAIRS = 32, 50_000, 100, 20
LARGEST = 2**53 - 1

Pointer = tuple[str | int, ...]

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
    """Name the record at `path`: records/letters/2019/x.yaml is letters/x, records/archive.yaml is archive."""
    folder, *below = path.split("/")
    if folder != "records" or not below or not below[-1].endswith(".yaml") or below[-1] == ".yaml":
        return None
    stem = below[-1].removesuffix(".yaml")
    return stem if len(below) == 1 else f"{below[0]}/{stem}"


def parse(data: bytes, path: str = "") -> tuple[Any | None, tuple[Finding, ...]]:
    """Read one file strictly; the document is None where a fault leaves open what is meant."""
    reading = _read(data)
    document = reading.document if reading.codes <= _HARMLESS else None
    return document, _sorted(reading.findings(path))


def read(path: str, data: bytes) -> tuple["Record | None", tuple[Finding, ...]]:
    """Read one record and hold it against its schema; a Record that is given back satisfies its schema."""
    record = Record(key=key_of(path) or "", path=path, data=data, document=None)
    if record.kind not in schema.KINDS:
        return None, (_misplaced(path),)
    reading = _read(data)
    findings = reading.findings(path)
    document = reading.document
    if document is None or not reading.codes <= _CLEAR:
        return None, _sorted(findings)
    if not schema.is_valid(record.kind, document):
        known = {(finding.location.line, finding.location.column) for finding in findings}
        found = [_explained(problem, reading.text, path) for problem in schema.problems(record.kind, document)]
        findings += [new for new in found if (new.location.line, new.location.column) not in known]
        return None, _sorted(findings)
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
        folder, slash, _ = self.key.partition("/")
        return _KINDS.get(folder + slash, "")

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
        hint="records are letters/YYYY/ID.yaml, assessments/ID.yaml, archive.yaml, parties.yaml and threads.yaml",
    )


def _explained(problem: schema.Problem, text: str, path: str) -> Finding:
    where = _locate(text, path, problem.pointer, problem.on)
    return Finding(code=problem.code, message=problem.message, location=where, hint=problem.hint)


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.order))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """What became of a file: its text as far as one can go on with it, its faults, and what it says."""

    text: str
    faults: tuple[Fault, ...]
    document: Any = None

    @property
    def codes(self) -> frozenset[str]:
        return frozenset([fault.code for fault in self.faults])

    def findings(self, path: str) -> list[Finding]:
        return [
            Finding(
                code=fault.code,
                message=fault.message,
                location=place(self.text, path, fault.start, fault.end),
                severity="warning" if fault.code in _WARNINGS else "error",
                hint=fault.hint,
            )
            for fault in self.faults
        ]


def _read(data: bytes) -> _Reading:
    """Read the values of a file; a colon that should be in quotes is passed over, so that the rest is read too."""
    prepared = prepare(data)
    text, faults = prepared.text, list(prepared.faults)
    if not prepared.readable:
        return _Reading(text=text, faults=prepared.faults)
    for _ in range(MAX_REPAIRS):
        reader = _Reader(text)
        slip = reader.run()
        if slip is None:
            break
        if slip.code != "yaml-syntax" and slip.code != "bad-indentation" or not faults:
            faults.append(slip)
        if slip.code != "unquoted-colon":
            break
        text = text[: slip.start] + text[slip.start : slip.end].replace(":", "\ua789") + text[slip.end :]
    faults += reader.faults
    if len(faults) > MAX_FAULTS:
        start, end = faults[MAX_FAULTS][1:3]
        hint = "mend those above first"
        faults[MAX_FAULTS:] = [Fault("too-many-faults", start, end, "there are more faults than are shown", hint)]
    return _Reading(text=text, faults=tuple(faults), document=None if slip else reader.mapping())


_JSON_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_SUSPECTS = frozenset(words.WORDS) | {"<<"}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_ROOT, _ITEM, _NEXT_KEY = object(), object(), object()


class _StopError(Exception):
    """There is no sense in reading on."""


class _Reader:
    """Builds the values of one text from libyaml's events; the faults on the way are in `faults`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Fault] = []
        self.has_escapes, self.has_tabs, self.has_comments = "\\" in text, "\t" in text, " #" in text
        self.nodes = self.documents = 0
        self.document: Any = None
        self.container: Any = None
        self.key: Any = _ROOT
        self.stack: list[tuple[Any, Any]] = []

    def run(self) -> Fault | None:
        """Read to the end, or to where libyaml gives up: that fault is given back."""
        handlers: dict[Any, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: partial(self._open, dict, _NEXT_KEY),
            yaml.SequenceStartEvent: partial(self._open, list, _ITEM),
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._start,
        }
        try:
            get_event = CParser(self.text).get_event
            while (event := get_event()) is not None:
                if handler := handlers.get(event.__class__):
                    handler(event)
        except _StopError:
            return None
        except yaml.MarkedYAMLError as error:
            at, opened = error.problem_mark, error.context_mark
            start = at.index if at else 0
            begun = opened.index if opened else start
            return words.explain(self.text, error.problem or "", error.context or "", start, begun)
        return None

    def mapping(self) -> dict[str, Any] | None:
        """Give back the document if it is a mapping; anything else is a fault."""
        if isinstance(self.document, dict):
            return self.document
        empty = self.nodes == 0 or self.document == ""
        return None

    def _fault(self, code: str, event: Any, message: str, hint: str) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self.faults.append(Fault(code, start, end, message, hint))
        if len(self.faults) > MAX_FAULTS:
            raise _StopError
