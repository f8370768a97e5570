"""For programs: one line of canonical JSON, in ASCII.

{"errors":n,"findings":[{"code","column","end_column","end_line","hint","line","message","path","severity"}],"warnings":n}
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from publisher.finding import Finding


def render(findings: Sequence[Finding], _: Mapping[str, bytes]) -> str:
    """Write all findings, by file and place, and how many there are."""
    document = {
        "findings": [_entry(finding) for finding in sorted(findings, key=lambda finding: finding.order)],
        "errors": sum(finding.severity == "error" for finding in findings),
        "warnings": sum(finding.severity == "warning" for finding in findings),
    }
    written = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return written.replace("##[", "#\\u0023[") + "\n"  # "##[" in a line of a GitHub log gives an order


def _entry(finding: Finding) -> dict[str, Any]:
    where = finding.location
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        "path": where.path,
        "line": where.line,
        "column": where.column,
        "end_line": where.end_line,
        "end_column": where.end_column,
    }
