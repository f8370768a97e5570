"""Findings as text, for people and for machines. A report takes nothing on trust: record text is hostile.

To add one: a module here with `render(findings, sources)`, and one row in REPORTS. `sources` maps the path of
a file to its bytes; a file that is not there is reported without its line.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module

from publisher.finding import Finding

Report = Callable[[Sequence[Finding], Mapping[str, bytes]], str]


def _render(name: str, findings: Sequence[Finding], sources: Mapping[str, bytes]) -> str:
    """Call the report of that name; its module is read only then."""
    report: Report = import_module(f"{__name__}.{name}").render
    return report(findings, sources)


REPORTS: Mapping[str, Report] = {
    "text": partial(_render, "text"),
    "json": partial(_render, "json"),
    "github": partial(_render, "github"),
    "sarif": partial(_render, "sarif"),
    "summary": partial(_render, "summary"),
}
