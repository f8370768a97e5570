"""For GitHub: workflow commands that put each finding at its line of a pull request.

    ::error file=records/parties.yaml,line=7,col=1,endLine=7,endColumn=9,title=unknown-field::unknown field%0Ahelp: ...

GitHub keeps ten errors and ten warnings a step, so the first of each kind of fault in each file come first, and
a notice says how many there are besides. A record that tries to write a command of its own is shown, not run.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from publisher.finding import Finding
from publisher.text import visible

MOST = 10


def render(findings: Sequence[Finding], _: Mapping[str, bytes]) -> str:
    """Write up to ten errors and ten warnings, most useful first, and how many more there are."""
    ranked = _ranked(findings)
    shown: list[str] = []
    more: list[str] = []
    for severity in ("error", "warning"):
        chosen = [finding for finding in ranked if finding.severity == severity]
        shown += [_command(finding) for finding in chosen[:MOST]]
        if left := max(len(chosen) - MOST, 0):
            more.append(f"{left} more {severity}{'' if left == 1 else 's'}")
    if more:
        shown.append(f"::notice title=letterbook::{_data(' and '.join(more))}; run letterbook check to see all")
    return "".join(f"{line}\n" for line in shown)


def _ranked(findings: Sequence[Finding]) -> list[Finding]:
    """Order findings so that what was not said before comes before what says it again."""
    seen: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[int, Finding]] = []
    for finding in sorted(findings, key=lambda finding: finding.order):
        kind = (finding.location.path, finding.code)
        ranked.append((seen[kind], finding))
        seen[kind] += 1
    return [finding for _, finding in sorted(ranked, key=lambda pair: pair[0])]


def _command(finding: Finding) -> str:
    where = finding.location
    properties = {"file": where.path, "line": where.line, "col": where.column, "endLine": where.end_line}
    if where.end_line == where.line:
        properties["endColumn"] = where.end_column
    properties["title"] = finding.code
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = f"{_data(finding.message)}%0Ahelp: {_data(finding.hint)}" if finding.hint else _data(finding.message)
    return f"::{finding.severity} {written}::{text}"


def _data(text: str) -> str:
    """Write text so that it stays one line of text: nothing in it can end the command or begin another."""
    shown = "".join(visible(text))
    if shown.lstrip().startswith("::"):
        shown = shown.replace("::", "[U+003A]:", 1)
    return shown.replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
