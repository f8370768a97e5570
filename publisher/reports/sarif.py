"""For code scanning: one run of SARIF 2.1.0 (OASIS Standard), in ASCII on one line.

    {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"letterbook","rules":[...]}},"results":[...]}]}

Files are named relative to %SRCROOT%; nothing says where the archive lies on this machine. Columns count code points.
A finding about a commit has no file: it stands at records/archive.yaml, and its logical location names the commit.
Help for each code is that of docs/findings.md, in rules.json beside this file (`make goldens` writes both). What a
record holds can neither make a link (3.11.6) nor a placeholder (3.11.5).
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from publisher import __version__
from publisher.finding import Finding
from publisher.text import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
_COMMIT, _INSTEAD = "commit ", "records/archive.yaml"
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def render(findings: Sequence[Finding], sources: Mapping[str, bytes]) -> str:
    """Write all findings, by file and place, with the rules that they broke."""
    ordered = sorted(findings, key=lambda finding: finding.order)
    codes = sorted({finding.code for finding in ordered})
    prints = _fingerprints(ordered, sources)
    run = {
        "tool": {
            "driver": {
                "name": "letterbook",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(code) for code in codes],
            }
        },
        "automationDetails": {"id": "letterbook/check/"},
        "columnKind": "unicodeCodePoints",
        "defaultEncoding": "utf-8",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the archive's repository."}}},
        "results": [
            _result(finding, codes.index(finding.code), mark) for finding, mark in zip(ordered, prints, strict=True)
        ],
    }
    written = json.dumps(
        {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return written.replace("##[", "#\\u0023[") + "\n"  # "##[" in a line of a GitHub log gives an order


def _result(finding: Finding, rule: int, mark: str) -> dict[str, Any]:
    text = f"{finding.message}. Help: {finding.hint}" if finding.hint else finding.message
    return {
        "ruleId": _said(finding.code),
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": _said(text)},
        "locations": [_location(finding)],
        "partialFingerprints": {"primaryLocationLineHash": mark},
    }


def _location(finding: Finding) -> dict[str, Any]:
    where = finding.location
    of_commit = where.path.startswith(_COMMIT)
    path = _INSTEAD if of_commit else where.path
    uri = quote(path.encode("utf-8", "surrogatepass").lstrip(b"/") or b".", safe="/")
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": ROOT},
            "region": {
                "startLine": where.line,
                "startColumn": where.column,
                "endLine": where.end_line,
                "endColumn": where.end_column,
            },
        }
    }
    return location | {"logicalLocations": [{"fullyQualifiedName": _said(where.path)}]} if of_commit else location


def _fingerprints(findings: Sequence[Finding], sources: Mapping[str, bytes]) -> list[str]:
    """Name each finding by its code, its file's name and the words of its line: it may move, and is still the same.

    Several of one name are numbered in their order.
    """
    lines = {path: _lines(sources[path]) for path in {f.location.path for f in findings} if path in sources}
    seen: Counter[str] = Counter()
    found = []
    for finding in findings:
        where = finding.location
        known = lines.get(where.path, [])
        words = known[where.line - 1].split() if where.line <= len(known) else [finding.message]
        identity = json.dumps([finding.code, PurePosixPath(where.path).name, *words])
        name = hashlib.sha256(identity.encode()).hexdigest()[:16]
        seen[name] += 1
        found.append(f"{name}:{seen[name]}")
    return found


def _lines(data: bytes) -> list[str]:
    return _LINE_ENDS.split(data.decode("utf-8", "replace"))


def _rule(code: str) -> dict[str, Any]:
    said, example = _rules().get(code, (code, ""))
    markdown = f"{said}\n\n```diff\n{example}```\n" if example else f"{said}\n"
    return {
        "id": _said(code),
        "shortDescription": {"text": _said(code.replace("-", " "))},
        "help": {"text": _said(said.replace("\n", " ")), "markdown": markdown},
    }


@cache
def _rules() -> dict[str, tuple[str, str]]:
    """What each code says, and lines of an example; both as they stand in docs/findings.md."""
    text = Path(__file__).with_name("rules.json").read_text(encoding="utf-8")
    return {code: (said, example) for code, (said, example) in json.loads(text).items()}


def _said(text: str) -> str:
    """Write text as a plain message string: visible, without a link, and braces doubled (3.11.5, 3.11.6)."""
    return "".join(visible(text)).replace("](", "] (").replace("{", "{{").replace("}", "}}")
