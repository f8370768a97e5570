"""Findings for people:

    error[unknown-field]: unknown field "langauge"
      --> records/letters/2019/2019-02-18-harbour-to-acme.yaml:7:1
       |
     7 | langauge: en
       | ^^^^^^^^
       = help: did you mean "language"?

One caret line, one plain sentence, one concrete fix, a count at the end. Nothing in a record can act on a
terminal: what does not show is written out, as [U+202E].
"""

import unicodedata
from collections.abc import Mapping, Sequence

from publisher.finding import Finding
from publisher.reports.visible import visible

WIDTH = 100
_ELLIPSIS = "..."


def render(findings: Sequence[Finding], sources: Mapping[str, bytes]) -> str:
    """Return every finding with its line, and how many there are; nothing if there are none."""
    if not findings:
        return ""
    lines = {path: _lines(sources[path]) for path in {f.location.path for f in findings} if path in sources}
    blocks = [_block(finding, lines.get(finding.location.path, [])) for finding in findings]
    return "\n".join(blocks) + f"\n{_count(findings)}\n"


def _block(finding: Finding, lines: Sequence[str]) -> str:
    at = finding.location
    gutter = " " * max(len(str(at.line)), 2)
    rows = [
        f"{finding.severity}[{finding.code}]: {visible(finding.message)}",
        f"{gutter}--> {visible(at.path)}:{at.line}:{at.column}",
    ]
    if at.line <= len(lines):
        text, caret = _caret(lines[at.line - 1], at.column - 1, _end(finding, lines[at.line - 1]))
        rows += [f"{gutter} |", f"{at.line:>{len(gutter)}} | {text}".rstrip(), f"{gutter} | {caret}"]
    if finding.hint:
        rows.append(f"{gutter} = help: {visible(finding.hint)}")
    return "\n".join(rows) + "\n"


def _end(finding: Finding, line: str) -> int:
    at = finding.location
    return at.end_column - 1 if at.end_line == at.line else len(line)


def _caret(line: str, start: int, end: int) -> tuple[str, str]:
    """Return a line as it can be shown, cut around the span, and the carets under the span."""
    before, marked, after = (visible(part) for part in (line[:start], line[start:end], line[end:]))
    if _width(before) > WIDTH // 2:
        before = _ELLIPSIS + _last(before, WIDTH // 2)
    if _width(marked) > WIDTH // 2:
        marked, after = _first(marked, WIDTH // 2) + _ELLIPSIS, ""
    room = max(WIDTH - _width(before) - _width(marked), 0)
    if _width(after) > room:
        after = _first(after, room) + _ELLIPSIS
    return before + marked + after, " " * _width(before) + "^" * max(_width(marked), 1)


def _first(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[: -max(1, (len(text) - width) // 2)]
    return text


def _last(text: str, width: int) -> str:
    return _first(text[::-1], width)[::-1]


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes (Unicode Standard Annex 11)."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _count(findings: Sequence[Finding]) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    numbers = [(errors, "error"), (len(findings) - errors, "warning")]
    counted = [f"{number} {word}{'s' * (number != 1)}" for number, word in numbers if number]
    files = len({finding.location.path for finding in findings})
    return f"{' and '.join(counted)} in {files} file{'s' * (files != 1)}"
