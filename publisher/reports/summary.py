"""For a job's summary ($GITHUB_STEP_SUMMARY): all findings in one table, errors first.

    <h3>letterbook check: 2 errors and 1 warning in 1 file</h3>

    <table><tr><th>Where</th><th>What</th><th>What to do</th></tr>
    <tr><td><code>records/parties.yaml:7</code></td><td>error <code>unknown-field</code><br>...</td><td>...</td></tr>
    </table>

Markdown leaves a table in HTML alone until its next empty line, of which there is none, so what a record holds has
only HTML to get out of; and within <code> GitHub makes no mention, link or emoji of it.
"""

from collections.abc import Mapping, Sequence
from html import escape

from publisher.finding import Finding
from publisher.text import visible

MOST = 1000  # rows, and
MOST_BYTES = 900_000  # a step's summary may hold 1 MiB
_HEAD = "<table><tr><th>Where</th><th>What</th><th>What to do</th></tr>"


def render(findings: Sequence[Finding], _: Mapping[str, bytes]) -> str:
    """Write a heading that counts, and a row for each finding, as many as GitHub takes."""
    if not findings:
        return _heading("nothing found")
    ranked = sorted(findings, key=lambda finding: (finding.severity != "error", finding.order))
    rows: list[str] = []
    room = MOST_BYTES
    for finding in ranked[:MOST]:
        row = _row(finding)
        room -= len(row.encode()) + 1
        if room < 0:
            break
        rows.append(row)
    left = len(ranked) - len(rows)
    more = f"\n{left} more: run `letterbook check` to see all.\n" if left else ""
    return _heading(_count(findings)) + "\n".join(["", _HEAD, *rows, "</table>", more])


def _heading(text: str) -> str:
    return f"<h3>letterbook check: {text}</h3>\n"


def _row(finding: Finding) -> str:
    where = finding.location
    place = f"{where.path}:{where.line}" if where.line > 1 or where.column > 1 else where.path
    what = f"{finding.severity} {code(finding.code)}<br>{code(finding.message)}"
    help_text = code(finding.hint) if finding.hint else ""
    return f"<tr><td>{code(place)}</td><td>{what}</td><td>{help_text}</td></tr>"


def code(text: str) -> str:
    """Write text so that it is shown and does nothing in GitHub's Markdown, within one line of HTML."""
    return f"<code>{escape(''.join(visible(text)))}</code>"


def _count(findings: Sequence[Finding]) -> str:
    counts = [(severity, sum(f.severity == severity for f in findings)) for severity in ("error", "warning")]
    named = [f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts if count]
    files = len({finding.location.path for finding in findings})
    return f"{' and '.join(named)} in {files} {'file' if files == 1 else 'files'}"
