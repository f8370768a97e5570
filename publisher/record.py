"""One YAML file read strictly, every value knowing its place, held against its schema.

YAML is read as JSON means it: mappings with text for keys, lists, text, true, false, null and whole numbers
within 2^53. Whatever another reader of YAML would take for something else (`no`, `0123`, `12:30:00`, `1.5`) is
an error and stays the text that was written; so does a full date such as 2019-02-18, with a warning. What makes
files hard to judge (duplicate keys, anchors, aliases, tags, several documents) is refused, each with its place.
A fault is a Finding, never an exception, and reading goes on behind it wherever that can be done.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple

import yaml
from yaml.cyaml import CParser

from publisher import schema, words
from publisher.finding import Finding, Location, Severity

MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_FAULTS, MAX_REPAIRS = 2**20, 32, 50_000, 100, 20
_LARGEST = 2**53 - 1

Pointer = tuple[str | int, ...]

_WARNINGS = {"unquoted-date", "comment-in-text"}
_HARMLESS = (
    _WARNINGS
    | words.BLEMISHES
    | {"byte-order-mark", "line-endings", "not-nfc", "surrounding-blanks", "ambiguous-scalar", "empty-value"}
)
"""Faults that leave no doubt which value was meant: the document is read all the same."""

_CLEAR = _HARMLESS | {"duplicate-key", "anchor", "tag", "directive", "unquoted-colon"}
"""Faults after which the rest is still worth holding against the schema, so that one run says everything."""


def key_of(path: str) -> str | None:
    """Name the record at `path`: "records/letters/2019/x.yaml" is "letters/x", "records/archive.yaml" "archive"."""
    parts = path.split("/")
    stem = parts[-1].removesuffix(".yaml")
    if parts[0] != "records" or len(parts) < 2 or stem in ("", parts[-1]):
        return None
    return stem if len(parts) == 2 else f"{parts[1]}/{stem}"


def parse(data: bytes, path: str = "") -> tuple[Any | None, tuple[Finding, ...]]:
    """Read one file strictly; the document is None where a fault leaves open what is meant."""
    reading = _read(data)
    return reading.document if reading.within(_HARMLESS) else None, _sorted(reading.findings(path))


def read(path: str, data: bytes) -> tuple["Record | None", tuple[Finding, ...]]:
    """Read one record and hold it against its schema; a Record that is given back satisfies its schema."""
    key = key_of(path) or ""
    kind = _kind(key)
    if kind not in schema.KINDS:
        return None, (_no_record(path),)
    reading = _read(data)
    findings = reading.findings(path)
    document = reading.document
    if not reading.within(_CLEAR):
        return None, _sorted(findings)
    if not schema.is_valid(kind, document):
        known = {(finding.location.line, finding.location.column) for finding in findings}
        found = (_explained(problem, reading.text, path) for problem in schema.problems(kind, document))
        findings += [new for new in found if (new.location.line, new.location.column) not in known]
        return None, _sorted(findings)
    record = Record(key=key, path=path, data=data, document=document)
    return record if reading.within(_HARMLESS) else None, _sorted(findings)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One file under records/ that could be read: `document` is its content as JSON values."""

    key: str
    path: str
    data: bytes
    document: Any

    @property
    def kind(self) -> str:
        """What it is a record of: letter, assessment, archive, parties, threads or erasures."""
        return _kind(self.key)

    def locate(self, *pointer: str | int, on: Literal["value", "key"] = "value") -> Location:
        """Find the place of a value (or of its key), else that of what comes nearest above it.

        The whole document stands at its first key.
        """
        return _locate(_prepare(self.data).text, self.path, pointer, on)


def _kind(key: str) -> str:
    folder, slash, _ = key.partition("/")
    return {"letters": "letter", "assessments": "assessment"}.get(folder, "") if slash else folder


def _no_record(path: str) -> Finding:
    return Finding(
        code="unknown-record",
        message="this is not a place for a record",
        location=Location(path=path),
        hint="records are letters/YYYY/ID.yaml, assessments/ID.yaml, archive.yaml, parties.yaml and threads.yaml",
    )


def _explained(problem: schema.Problem, text: str, path: str) -> Finding:
    place = _locate(text, path, problem.pointer, problem.on)
    return Finding(code=problem.code, message=problem.message, location=place, hint=problem.hint)


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.order))


class _Fault(NamedTuple):
    """A fault of the characters start..end of the text."""

    code: str
    start: int
    end: int
    message: str
    hint: str


@dataclass(kw_only=True, slots=True)
class _Reading:
    """What became of a file: its text, as far as one can go on with it, its faults, and what it says."""

    text: str = ""
    faults: list[_Fault]
    document: Any = None

    def within(self, codes: set[str]) -> bool:
        return self.document is not None and all(fault.code in codes for fault in self.faults)

    def findings(self, path: str) -> list[Finding]:
        return [self._finding(path, fault) for fault in self.faults]

    def _finding(self, path: str, fault: _Fault) -> Finding:
        severity: Severity = "warning" if fault.code in _WARNINGS else "error"
        place = _place(self.text, path, fault.start, fault.end)
        return Finding(
            code=fault.code, message=fault.message, location=place, severity=severity, hint=fault.hint
        )


def _place(text: str, path: str, start: int, end: int) -> Location:
    line, end_line = text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
    column, end_column = start - text.rfind("\n", 0, start), end - text.rfind("\n", 0, end)
    return Location(path=path, line=line, column=column, end_line=end_line, end_column=end_column)


# ---- from bytes to text


_CONTROLS = bytes({*range(32), 127} - {9, 10})
_UNREADABLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_TABS = re.compile(r"^ *\t[ \t]*", re.MULTILINE)


def _prepare(data: bytes) -> _Reading:
    """Decode a file and put right, one character for one, what libyaml could not go on from."""
    faults: list[_Fault] = []
    if len(data) > MAX_BYTES:
        hint = "a record is text about one letter; put files under records/documents/"
        return _Reading(faults=[_Fault("file-too-large", 0, 0, "the file is larger than 1 MiB", hint)])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, error.start)
    if text.startswith("\ufeff"):
        hint = "save the file as UTF-8 without a byte-order mark"
        faults.append(_Fault("byte-order-mark", 0, 1, "the file begins with a byte-order mark", hint))
        text = text[1:]
    if "\r" in text:
        lines = re.compile("\r\n?")
        first = lines.sub("\n", text[: text.index("\r") + 2])
        end = len(first.rstrip("\n"))
        hint = "save the file with LF line endings (in editors also called Unix)"
        faults.append(_Fault("line-endings", end, end + 1, "lines end with CR instead of LF alone", hint))
        text = lines.sub("\n", text)
    if "\t" in text and (tabs := list(_TABS.finditer(text))):
        message, hint = "a tab is used for indentation", "use spaces, two for each level"
        faults += [_Fault("tab-indentation", *tab.span(), message, hint) for tab in tabs[:MAX_FAULTS]]
        text = _TABS.sub(lambda tab: " " * len(tab.group()), text)
    if not text.isascii() or len(data.translate(None, _CONTROLS)) != len(data):
        faults += [_Fault(b.code, b.start, b.end, b.message, b.hint) for b in words.blemishes(text)]
        text = _UNREADABLE.sub("\ufffd", text)
    return _Reading(text=text, faults=faults)


def _not_utf8(data: bytes, at: int) -> _Reading:
    message = f"the file is not UTF-8: byte {data[at]:#04x} at position {at}"
    text = data[:at].decode("utf-8") + "\ufffd"
    return _Reading(
        text=text,
        faults=[_Fault("invalid-utf8", len(text) - 1, len(text), message, "save the file as UTF-8")],
    )


# ---- from text to values


_JSON_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_SUSPECTS = frozenset(words.WORDS) | {"<<"}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_QUOTES = "put quotes round it"
_ROOT, _ITEM, _NEXT_KEY = object(), object(), object()


class _StopError(Exception):
    """There is no sense in reading on."""


class _Reader:
    """Builds the values of one text from libyaml's events; the faults on the way are in `faults`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[_Fault] = []
        self.document: Any = None
        self.has_escapes = "\\" in text
        self.has_tabs = "\t" in text
        self.has_comments = " #" in text
        self.nodes = self.documents = 0
        self.container: Any = None
        self.key: Any = _ROOT
        self.stack: list[tuple[Any, Any]] = []

    def run(self) -> None:
        """Read to the end; yaml.YAMLError where libyaml gives up."""
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: partial(self._open, dict),
            yaml.SequenceStartEvent: partial(self._open, list),
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        get_event = CParser(self.text).get_event
        ignore: Callable[[Any], None] = lambda event: None  # noqa: E731
        try:
            while (event := get_event()) is not None:
                handlers.get(event.__class__, ignore)(event)
        except _StopError:
            pass
