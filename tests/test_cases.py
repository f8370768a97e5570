"""Every code of a finding has a bad archive that gives exactly it, at its line, and a good twin that gives none.

    tests/cases/base/records/**           a small sound archive; every case is laid over it
    tests/cases/<code>/bad/records/**     what is wrong
    tests/cases/<code>/good/records/**    the same, mended
    tests/cases/<code>/expected.txt       what bad gives: `code path:line`, a line each

A new code needs a folder and nothing else.
"""

import ast
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest

from publisher.examine import examine
from publisher.finding import Finding
from publisher.history import History
from publisher.snapshot import Snapshot
from publisher.text import BLEMISHES

CASES = Path(__file__).parent / "cases"
CODES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir() and folder.name != "base")
READERS = ("text", "words", "strict", "record", "schema")
ELSEWHERE = {
    "file-too-large": "test_record",
    "too-many-values": "test_record",
    "too-many-faults": "test_record",
    "not-allowed": "test_schema",
}
"""Codes whose bad file would be too large to keep, or that no schema of ours can give, and the test that has them."""


@cache
def findings(folder: Path) -> list[Finding]:
    """Return what the whole check finds in a case laid over the base."""
    with tempfile.TemporaryDirectory() as scratch:
        for source in (CASES / "base", folder):
            shutil.copytree(source, scratch, dirs_exist_ok=True)
        return list(examine(Snapshot.on_disk(Path(scratch)), History()).findings)


@pytest.mark.parametrize("code", CODES)
def test_the_bad_archive_gives_exactly_this(code: str) -> None:
    found = findings(CASES / code / "bad")
    given = [f"{finding.code} {finding.location.path}:{finding.location.line}" for finding in found]
    assert given == (CASES / code / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert {finding.code for finding in found} == {code}


@pytest.mark.parametrize("code", CODES)
def test_the_finding_says_what_is_wrong_and_what_to_do(code: str) -> None:
    for finding in findings(CASES / code / "bad"):
        assert finding.message and not finding.message.endswith(".")
        assert finding.hint and not finding.hint.endswith(".")


@pytest.mark.parametrize("code", CODES)
def test_its_good_twin_gives_nothing(code: str) -> None:
    assert findings(CASES / code / "good") == []


def test_the_base_gives_nothing() -> None:
    assert findings(CASES / "base") == []


@pytest.mark.parametrize("module", READERS)
def test_no_code_is_without_a_case(module: str) -> None:
    source = Path(__file__).parent.parent / "publisher" / f"{module}.py"
    assert (codes_in(source) | BLEMISHES) - ELSEWHERE.keys() <= set(CODES)


def codes_in(source: Path) -> set[str]:
    """Read the codes out of a module: what it calls `code`, or gives as one to what makes a fault or a problem."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            maker = ast.unparse(node.func)
            place = {"Fault": 0, "self._fault": 0, "_problem": 1}.get(maker)
            given = named + ([node.args[place]] if place is not None and len(node.args) > place else [])
            found |= {code.value for code in given if isinstance(code, ast.Constant) and isinstance(code.value, str)}
    return found


def test_the_page_of_findings_is_what_the_cases_give() -> None:
    from tests.findings_page import PAGE, RULES, render, rules

    assert PAGE.read_text(encoding="utf-8") == render(), "read the difference, then 'make goldens'"
    assert RULES.read_text(encoding="utf-8") == rules(), "read the difference, then 'make goldens'"
