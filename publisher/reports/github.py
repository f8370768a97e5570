"""Findings as GitHub workflow commands, one a line:

    ::error file=records/letters/2019/x.yaml,line=7,endLine=7,col=1,endColumn=9,title=unknown-field::unknown field ...

GitHub keeps ten errors and ten warnings of a step, so the most useful come first and a notice counts the rest. A
record could otherwise forge a line: everything that could end or begin a command is escaped.
"""

from collections.abc import Mapping, Sequence

from publisher.finding import Finding, Severity
from publisher.reports.visible import visible

KEPT = 10
SEVERITIES: tuple[Severity, ...] = ("error", "warning")


def render(findings: Sequence[Finding], _sources: Mapping[str, bytes]) -> str:
    """Return at most ten errors and ten warnings as annotations, and a notice if there are more."""
    rows = []
    for severity in SEVERITIES:
        rows += [_annotation(finding) for finding in _most_useful(findings, severity)[:KEPT]]
    hidden = len(findings) - len(rows)
    if hidden:
        rows.append(f"::notice title=letterbook::{hidden} more findings: run 'letterbook check' to see them all")
    return "".join(f"{row}\n" for row in rows)


def _most_useful(findings: Sequence[Finding], severity: Severity) -> list[Finding]:
    """Return the findings of one severity: the first of every file before the second of any."""
    seen: dict[str, int] = {}
    ranked: list[tuple[int, int, Finding]] = []
    for finding in findings:
        if finding.severity == severity:
            path = finding.location.path
            seen[path] = seen.get(path, 0) + 1
            ranked.append((seen[path], len(ranked), finding))
    return [finding for _, _, finding in sorted(ranked, key=lambda row: row[:2])]


def _annotation(finding: Finding) -> str:
    at = finding.location
    properties = {
        "file": at.path,
        "line": str(at.line),
        "endLine": str(at.end_line),
        "col": str(at.column),
        "endColumn": str(at.end_column),
        "title": finding.code,
    }
    text = finding.message if not finding.hint else f"{finding.message}\nhelp: {finding.hint}"
    pairs = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{finding.severity} {pairs}::{_data(text)}"


def _data(text: str) -> str:
    """Escape the text of a command: `%` first, then what ends a line or looks like a command of the older form."""
    lines = [visible(line).replace("%", "%25").replace("##[", "## [") for line in text.split("\n")]
    return "%0A".join(lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
