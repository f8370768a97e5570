"""Findings as text, for people and for machines. A report takes nothing on trust: record text is hostile.

To add one: a module here with `render(findings, sources)`, and one row in REPORTS. `sources` maps the path of
a file to its bytes; a file that is not there is reported without its line.
"""

from collections.abc import Callable, Mapping, Sequence

from publisher.finding import Finding
from publisher.reports import github, json, text

Report = Callable[[Sequence[Finding], Mapping[str, bytes]], str]

REPORTS: Mapping[str, Report] = {
    "text": text.render,
    "json": json.render,
    "github": github.render,
}
