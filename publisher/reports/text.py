"""For people: each finding with its line, a caret below the place, and one concrete fix.

    error[unknown-field]: unknown field "langauge"
      --> records/letters/2019/2019-02-15-acme-to-harbour.yaml:7:1
       |
     7 | langauge: en
       | ^^^^^^^^
       = help: did you mean "language"?

No character of a record reaches the terminal that could move its cursor or turn its text around.
"""

import re
from collections.abc import Mapping, Sequence

from publisher.finding import Finding, Location
from publisher.text import visible, width

_MOST_BYTES = 2**21
_LONGEST, _CONTEXT = 120, 40
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def render(findings: Sequence[Finding], sources: Mapping[str, bytes]) -> str:
    """Write all findings, by file and place, and how many there are; nothing if there are none."""
    if not findings:
        return ""
    lines: dict[str, list[str]] = {path: _lines(sources[path]) for path in _paths(findings) if path in sources}
    blocks = [_block(finding, lines) for finding in sorted(findings, key=lambda finding: finding.order)]
    return "\n".join([*blocks, f"{_summary(findings)}\n"])


def _summary(findings: Sequence[Finding]) -> str:
    """Count: 2 errors and 1 warning in 1 file."""
    counts = [(severity, sum(f.severity == severity for f in findings)) for severity in ("error", "warning")]
    named = [_plural(count, severity) for severity, count in counts if count]
    return f"{' and '.join(named)} in {_plural(len(_paths(findings)), 'file')}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _paths(findings: Sequence[Finding]) -> set[str]:
    return {finding.location.path for finding in findings}


def _lines(data: bytes) -> list[str]:
    return _LINE_ENDS.split(data[:_MOST_BYTES].decode("utf-8", "replace").removeprefix("\ufeff"))


def _block(finding: Finding, lines: Mapping[str, list[str]]) -> str:
    where = finding.location
    margin = " " * len(str(where.line))
    block = [
        f"{finding.severity}[{finding.code}]: {_clean(finding.message)}",
        f"{margin} --> {_clean(where.path)}:{where.line}:{where.column}",
    ]
    known = lines.get(where.path, [])
    if where.line <= len(known):
        source, caret = _snippet(known[where.line - 1], where)
        block += [f"{margin}  |", f" {where.line} | {source}".rstrip(), f"{margin}  | {caret}"]
    if finding.hint:
        block.append(f"{margin}  = help: {_clean(finding.hint)}")
    return "\n".join([*block, ""])


def _snippet(line: str, where: Location) -> tuple[str, str]:
    """Cut a line around a span, make it visible, and draw the caret; a span goes no further than its line."""
    begin = min(where.column - 1, len(line))
    end = min(where.end_column - 1, len(line)) if where.end_line == where.line else len(line)
    left = max(begin - _CONTEXT, 0) if len(line) > _LONGEST else 0
    right = left + _LONGEST
    shown = visible(line)
    before = ("…" if left else "") + "".join(shown[left:begin])
    marked = "".join(shown[begin : min(end, right)])
    after = "".join(shown[max(begin, min(end, right)) : right]) + ("…" if right < len(line) else "")
    return before + marked + after, " " * width(before) + "^" * max(width(marked), 1)


def _clean(text: str) -> str:
    return "".join(visible(text))
