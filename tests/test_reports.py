"""Reports: the form that people read, the annotations that nobody can forge, the JSON that machines read."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.finding import Finding, Location, Severity
from publisher.record import read
from publisher.reports import REPORTS
from tests.command import letterbook

ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
PATH = "records/letters/2019/2019-02-18-harbour-to-acme.yaml"
HOSTILE = (
    "::error file=x::forged", "a\n::error::forged", "a\r::error::forged", "a\r\n##[error]forged", "##[error]forged",
    "a%0A::error::forged", "\u2028::error::forged", "\x1b[2J\x1b]0;title\x07", "\u202eforged", "a\x0b::warning::forged",
    "\x85::error::forged", "##vso[task.complete]", "::stop-commands::x",
)  # fmt: skip


def finding(
    message: str = "m", *, severity: Severity = "error", hint: str = "h", path: str = PATH, at: int = 1
) -> Finding:
    location = Location(path=path, line=at, column=1, end_line=at, end_column=2)
    return Finding(code="some-code", message=message, location=location, severity=severity, hint=hint)


def test_the_form_for_people() -> None:
    location = Location(path=PATH, line=7, column=1, end_line=7, end_column=9)
    slip = Finding(
        code="unknown-field", message='unknown field "langauge"', location=location, hint='did you mean "language"?'
    )
    source = b"1\n2\n3\n4\n5\n6\nlangauge: en\n"
    assert REPORTS["text"]([slip], {PATH: source}) == (
        'error[unknown-field]: unknown field "langauge"\n'
        f"  --> {PATH}:7:1\n"
        "   |\n"
        " 7 | langauge: en\n"
        "   | ^^^^^^^^\n"
        '   = help: did you mean "language"?\n'
        "\n"
        "1 error in 1 file\n"
    )


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "caret"),
    [
        ("title: 港口の手紙", 7, 12, "title: 港口の手紙", "       ^^^^^^^^^^"),
        ("a: e\u0301x", 5, 6, "a: e\u0301x", "    ^"),
        ("a\u202eb: x", 3, 4, "a[U+202E]b: x", "          ^"),
        ("empty", 5, 5, "empty", "     ^"),
    ],
)
def test_the_caret_stands_under_the_span(line: str, start: int, end: int, shown: str, caret: str) -> None:
    location = Location(path=PATH, line=1, column=start + 1, end_line=1, end_column=end + 1)
    report = REPORTS["text"]([Finding(code="c", message="m", location=location)], {PATH: line.encode()})
    assert f" 1 | {shown}\n   | {caret}\n" in report


def test_a_long_line_is_cut_around_the_span() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    location = Location(path=PATH, line=1, column=501, end_line=1, end_column=505)
    rows = REPORTS["text"]([Finding(code="c", message="m", location=location)], {PATH: line.encode()}).splitlines()
    assert max(map(len, rows)) < 130
    text, caret = rows[3], rows[4]
    assert [text[at] for at, mark in enumerate(caret) if mark == "^"] == list("HERE")


def test_the_count() -> None:
    found = [finding(), finding(path="b"), finding(severity="warning")]
    assert REPORTS["text"](found, {}).endswith("\n2 errors and 1 warning in 2 files\n")


def commands(report: str) -> list[str]:
    """Return what a runner would take for commands: both forms, at the start of a line or anywhere in it."""
    rows = re.split(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", report)
    return [row for row in rows if row.lstrip().startswith("::") or "##[" in row or row.lstrip().startswith("##")]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_record_forges_no_annotation(text: str) -> None:
    found = [finding(text), finding(hint=text), finding(path=text)]
    report = REPORTS["github"](found, {})
    assert [row.split(" ")[0] for row in commands(report)] == ["::error"] * 3
    assert all("title=some-code::" in row for row in commands(report))
    assert len(report.splitlines()) == 3


@given(st.text(), st.text(), st.text())
def test_no_text_forges_an_annotation(message: str, hint: str, path: str) -> None:
    report = REPORTS["github"]([finding(message, hint=hint, path=path)], {})
    assert len(commands(report)) == 1
    (properties,) = re.findall(r"^::error ([^:]*)::", report)
    assert properties.count("file=") >= 1
    assert properties.count(",") == 5


@given(st.text(), st.text(), st.binary(max_size=200))
def test_no_text_acts_on_a_terminal(message: str, hint: str, source: bytes) -> None:
    report = REPORTS["text"]([finding(message, hint=hint)], {PATH: source})
    assert all(character == "\n" or unicodedata.category(character) not in ACTING for character in report)


def test_ten_of_a_kind_and_a_notice() -> None:
    found = [finding(f"m{at}", at=at) for at in range(1, 20)] + [finding("other", path="z")]
    rows = REPORTS["github"](found, {}).splitlines()
    assert len(rows) == 11
    assert "other" in rows[1], "the first of every file comes before the second of any"
    assert rows[-1].startswith("::notice ")
    assert "10 more" in rows[-1]


def test_json_carries_everything() -> None:
    value = json.loads(REPORTS["json"]([finding("\u202e"), finding(severity="warning")], {}))
    assert (value["errors"], value["warnings"]) == (1, 1)
    assert value["findings"][0] == {
        "code": "some-code", "severity": "error", "message": "\u202e", "hint": "h", "path": PATH,
        "line": 1, "column": 1, "end_line": 1, "end_column": 2,
    }  # fmt: skip


def test_the_formats_of_the_command_are_the_reports() -> None:
    usage = letterbook(Path(__file__).parent, "check", "--help").out
    assert "{" + ",".join(REPORTS) + "}" in usage


@pytest.mark.parametrize("form", REPORTS)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_record_gives_no_order_to_a_log(form: str, text: str) -> None:
    """Hold whole records, read as they are: hostile names of fields and values, raw and escaped."""
    quoted = json.dumps(text)
    data = f"threads:\n  - id: {quoted}\n    {quoted}: 1\n    title: {text}\n# {text}\n".encode()
    _, findings = read("records/threads.yaml", data)
    assert findings
    report = REPORTS[form](findings, {"records/threads.yaml": data})
    assert all(character == "\n" or character.isprintable() for character in report)
    rows = commands(report)
    ours = ("::error file=records/threads.yaml,", "::warning file=records/threads.yaml,", "::notice title=letterbook::")
    assert all(row.startswith(ours) for row in rows)
    assert len(rows) == (min(len(findings), 11) if form == "github" else 0)
    assert "##[" not in report


def test_json_in_a_log_is_still_the_same_json() -> None:
    value = json.loads(REPORTS["json"]([finding("##[error]a##[", hint="%0A::")], {}))
    assert (value["findings"][0]["message"], value["findings"][0]["hint"]) == ("##[error]a##[", "%0A::")
