"""Findings as text: one row a report in REPORTS, whose names are the choices of `check --format`.

A report is a module with `render(findings, sources) -> str`; `sources` holds the bytes of files by path. What
stands in a record is hostile: a report never prints it as it is. (Finished; see tests/test_reports.py.)
"""

from collections.abc import Callable, Mapping, Sequence

from publisher.finding import Finding
from publisher.reports import github, json, text

Render = Callable[[Sequence[Finding], Mapping[str, bytes]], str]

REPORTS: dict[str, Render] = {
    "text": text.render,
    "json": json.render,
    "github": github.render,
}
