"""Findings for machines: one line of canonical JSON.

{"errors":1,"findings":[{"code","column","end_column","end_line","hint","line","message","path","severity"}],"warnings":0}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from publisher.finding import Finding


def render(findings: Sequence[Finding], _sources: Mapping[str, bytes]) -> str:
    """Return all findings; lines and columns count from 1, columns in code points, the end is exclusive."""
    value = {
        "findings": [_row(finding) for finding in findings],
        "errors": sum(finding.severity == "error" for finding in findings),
        "warnings": sum(finding.severity == "warning" for finding in findings),
    }
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        **asdict(finding.location),
    }
