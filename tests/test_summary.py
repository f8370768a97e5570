"""The summary of a job: one table with every finding, of which no record can write a row, a link or a mention."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.finding import Finding, Location, Severity
from publisher.reports import REPORTS, summary
from tests.test_reports import HOSTILE, PATH, finding

FORGERS = (
    "|---|\n| error | forged |", "a | b | c", "</td></tr><tr><td>forged", "</code></td></tr></table>\n\n# forged",
    "\n\n<script>alert(1)</script>", "<!--", "```\nforged", "`forged`", "[forged](https://forged.example)", "@everyone",
    "![x](https://forged.example/x.png)", "https://forged.example", "#1", ":tada:", "&lt;b&gt;", "\\|",
    "<h3>forged</h3>",
)  # fmt: skip


class Table(HTMLParser):
    """The rows of a summary, cell by cell; every element that is not ours is noted."""

    def __init__(self, report: str) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.others: list[str] = []
        self.open: list[str] = []
        self.bare = ""
        self.feed(report)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"h3", "table", "tr", "th", "td", "code", "br"} or attrs:
            self.others.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th", "code") and self.rows:
            self.rows[-1][-1] += data
        if "code" not in self.open:
            self.bare += data


def read(report: str) -> Table:
    """Read a summary as a browser does; Markdown must have nothing to say about it."""
    table = Table(report)
    assert table.open == [] and table.others == []
    heading, *block = report.split("\n\n")
    assert heading.startswith("<h3>") and heading.endswith("</h3>")
    assert [part.startswith("<table>") for part in block[:1]] == [True] * len(block[:1])
    assert report.count("<table>") == report.count("</table>") == len(block[:1])
    return table


def test_every_finding_has_a_row_and_errors_come_first() -> None:
    location = Location(path=PATH, line=7, column=1, end_line=7, end_column=9)
    slip = Finding(code="unknown-field", message='unknown field "langauge"', location=location, hint="did you mean it?")
    report = REPORTS["summary"]([finding(severity="warning", path="a"), slip], {})
    table = read(report)
    assert table.rows[1:] == [
        [f"{PATH}:7", 'error unknown-fieldunknown field "langauge"', "did you mean it?"],
        ["a", "warning some-codem", "h"],
    ]
    assert report.startswith("<h3>letterbook check: 1 error and 1 warning in 2 files</h3>\n")


def test_nothing_found_is_said_too() -> None:
    assert REPORTS["summary"]([], {}) == "<h3>letterbook check: nothing found</h3>\n"


@pytest.mark.parametrize("text", [*HOSTILE, *FORGERS])
def test_a_record_writes_no_row_of_its_own(text: str) -> None:
    report = REPORTS["summary"]([finding(text), finding(hint=text), finding(path=text)], {})
    table = read(report)
    assert [len(row) for row in table.rows] == [3, 3, 3, 3]
    assert "forged" not in table.bare and "@" not in table.bare and "://" not in table.bare


@given(st.text(), st.text(), st.text())
def test_no_text_writes_a_row_of_its_own(message: str, hint: str, path: str) -> None:
    report = REPORTS["summary"]([finding(message, hint=hint, path=path)], {})
    assert [len(row) for row in read(report).rows] == [3, 3]
    assert set(re.findall(r"error|warning", read(report).bare)) == {"error"}
    assert "\n\n" not in report.split("\n\n", 1)[1].rstrip("\n")


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_it_stays_below_what_github_takes(severity: Severity) -> None:
    many = [finding("<" * 400, hint="&" * 400, severity=severity, path=f"{number}") for number in range(3000)]
    report = REPORTS["summary"](many, {})
    shown = len(read(report).rows) - 1
    assert 100 < shown <= summary.MOST
    assert len(report.encode()) < 1 << 20
    assert f"{3000 - shown} more" in report
