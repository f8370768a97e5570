"""The schemas: closed, judged alike by two validators, and explained in words that say what to do."""

import copy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing.exceptions import Unresolvable

from publisher import schema
from publisher.schema import Problem
from tests.full import RECORDS, VARIANTS, Pointer, document, fields, load, resolved

ROOT = Path(__file__).parent.parent


def parts(value: Any, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from parts(each, root)
    elif isinstance(value, list):
        for each in value:
            yield from parts(each, root)


def test_every_schema_file_is_a_kind() -> None:
    assert sorted(path.name for path in (ROOT / "schema").glob("*.json")) == [f"{k}.schema.json" for k in schema.KINDS]


@pytest.mark.parametrize("kind", schema.KINDS)
def test_a_schema_is_sound_and_closed(kind: str) -> None:
    root = load(kind)
    Draft202012Validator.check_schema(root)
    assert schema.text(kind) == (ROOT / "schema" / f"{kind}.schema.json").read_bytes()
    for part in parts(root, root):
        assert str(part.get("$ref", "#/$defs/")).startswith("#/$defs/")
        assert not {"anyOf", "allOf", "if", "not", "patternProperties", "$dynamicRef"} & part.keys() or "type" in part


@pytest.mark.parametrize("kind", RECORDS)
def test_every_field_is_described_and_its_examples_hold(kind: str) -> None:
    for variant in range(VARIANTS):
        root = load(kind)
        for pointer, field, _ in fields(kind, variant):
            assert field["description"].strip() and field["examples"], pointer
            assert "pattern" not in field or field["patternErrorMessage"], pointer
            for example in field["examples"]:
                judge = schema.quick({**field, "$defs": root.get("$defs", {})})
                assert judge.is_valid(example), pointer


# ---- two validators


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(max_size=8),
    st.sampled_from(
        ["", "\n", "en\n", "a" * 301, "é" * 100, "2019-02-18\n", "2019-13", "a-b", "A", "١", "unknown", "１"]
    ),
    st.sampled_from(["letter", "withdrawn", "published", "https://a.example/", "0" * 64, "a/../b", "𝒳" * 101]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def places(value: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    if pointer:
        yield pointer
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*pointer, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from places(item, (*pointer, at))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, Any]:
    """Make a full document, with up to three parts of it changed, doubled, renamed or gone."""
    kind = draw(st.sampled_from(sorted(RECORDS)))
    made: Any = copy.deepcopy(document(kind, draw(st.integers(0, VARIANTS - 1))))
    for _ in range(draw(st.integers(0, 3))):
        known = list(places(made))
        if not known:
            break
        *path, last = draw(st.sampled_from(known))
        above: Any = made
        for step in path:
            above = above[step]
        change = draw(st.sampled_from(["put", "drop", "rename"]))
        if change == "put":
            above[last] = draw(ODD)
        elif change == "drop":
            del above[last]
        elif isinstance(above, dict):
            above[draw(st.text(max_size=4))] = above.pop(last)
        else:
            above.append(above[last])
    return kind, made


@settings(max_examples=400, deadline=None)
@given(documents())
def test_the_two_validators_never_disagree(made: tuple[str, Any]) -> None:
    kind, value = made
    assert schema.is_valid(kind, value) == (schema.problems(kind, value) == [])


@settings(max_examples=200, deadline=None)
@given(documents())
def test_a_problem_points_at_something(made: tuple[str, Any]) -> None:
    kind, value = made
    for problem in schema.problems(kind, value):
        found = value
        for step in problem.pointer:
            found = found[step]
        assert problem.message and problem.code


@given(st.text(max_size=12), st.sampled_from(["thread", "language", "id"]))
def test_they_agree_on_every_text(text: str, field: str) -> None:
    made = {**document("letter", 0), field: text}
    assert schema.is_valid("letter", made) == (schema.problems("letter", made) == [])


@pytest.mark.parametrize("kind", schema.KINDS)
@pytest.mark.parametrize("value", [None, True, 0, "", [], {}])
def test_they_agree_on_what_is_no_record(kind: str, value: object) -> None:
    assert not schema.is_valid(kind, value)
    assert schema.problems(kind, value)


# ---- nothing is fetched


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/other.json", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_reference_to_another_file_is_never_followed(listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    remote = {"properties": {"a": {"$ref": address}}}
    with pytest.raises(ValueError, match="may not refer to another file"):
        schema.quick(remote)
    with pytest.raises(Unresolvable):
        list(schema.thorough(remote).iter_errors({"a": 1}))
    assert asked == []


# ---- in plain words


def problem(kind: str, changes: dict[str, Any], *, without: tuple[str, ...] = ()) -> Problem:
    made = {**{k: v for k, v in document(kind, 0).items() if k not in without}, **changes}
    (found,) = schema.problems(kind, made)
    return found


@pytest.mark.parametrize(
    ("changes", "without", "code", "message", "hint"),
    [
        ({"langauge": "en"}, ("language",), "unknown-field", 'unknown field "langauge"', 'did you mean "language"?'),
        ({"Title": "x"}, ("title",), "unknown-field", 'unknown field "Title"', 'did you mean "title"?'),
        ({"title-basis": "x"}, ("title_basis",), "unknown-field", 'unknown field "title-basis"', 'did you mean "title'),
        ({"colour": "x"}, (), "unknown-field", 'unknown field "colour"', "the fields here are id, title, title_basis"),
        ({}, ("language",), "missing-field", 'the field "language" is missing', "The letter's language as a tag"),
        ({"id": 2019}, (), "wrong-type", '"id" must be text, and is 2019, a whole number', 'put quotes round it: "20'),
        ({"title": True}, (), "wrong-type", '"title" must be text, and is true or false', 'put quotes round it: "tr'),
        ({"to": "acme"}, (), "wrong-type", '"to" must be a list, and is "acme", text', "write it as a list"),
        ({"to": ["acme"]}, (), "wrong-type", 'item 1 of "to" must be a mapping of fields', "One addressee: a party"),
        ({"dates": None}, (), "wrong-type", '"dates" must be a mapping of fields, and is null', "When it was sent"),
        ({"language": 7}, (), "wrong-type", '"language" must be text or a list, and is 7', 'put quotes round it: "7"'),
        ({"kind": "repyl"}, (), "unknown-value", '"kind" cannot be "repyl"', 'did you mean "reply"? it is one of'),
        ({"kind": "Open Letter"}, (), "unknown-value", '"kind" cannot be "Open Letter"', 'did you mean "open-letter"?'),
        ({"kind": "telegram"}, (), "unknown-value", '"kind" cannot be "telegram"', "it is one of letter, open-letter"),
        ({"to": [{"public": False}]}, (), "unknown-value", '"public" cannot be false', "write true"),
        ({"thread": "A B"}, (), "bad-format", '"thread" cannot be "A B"', "use only small letters a-z, digits and"),
        ({"thread": "a\n"}, (), "bad-format", '"thread" cannot be "a\\n"', "use only small letters a-z"),
        ({"language": "english"}, (), "bad-format", '"language" cannot be "english"', "write a language tag such as"),
        ({"language": ["en", "x y"]}, (), "bad-format", 'item 2 of "language" cannot be "x y"', "write a language tag"),
        ({"title": ""}, (), "too-short", '"title" is empty', "The title as published, or one that we supply"),
        ({"title": "x" * 301}, (), "too-long", '"title" has 301 characters, and at most 300 are wanted', "The title"),
        ({"from": []}, (), "empty-list", '"from" is empty', "Who wrote it; for example from: ["),
        ({"to": [{"note": "x"}]}, (), "who-is-missing", "none of party, class, public is given", "give exactly one of"),
        ({"to": [{"partty": "x"}]}, (), "unknown-field", 'unknown field "partty"', 'did you mean "party"?'),
        (
            {"to": [{"party": "x", "class": "y"}]}, (),
            "who-is-ambiguous", "party and class exclude each other", "give exactly one of party, class or public",
        ),
    ],
)  # fmt: skip
def test_what_is_said(changes: dict[str, Any], without: tuple[str, ...], code: str, message: str, hint: str) -> None:
    found = problem("letter", changes, without=without)
    assert found.code == code
    assert found.message.startswith(message)
    assert found.hint.startswith(hint)


@pytest.mark.parametrize(
    ("date", "message"),
    [
        ("03/04/2019", '"03/04/2019" can be read in two ways: write 2019-04-03 (3 April 2019) or 2019-03-04 (4 M'),
        ("18/02/2019", '"18/02/2019" is not how dates are written here: write 2019-02-18 (18 February 2019)'),
        ("2019-2-8", 'months and days have two digits: write 2019-02-08, not "2019-2-8"'),
        ("last spring", '"last spring" is not a date'),
        ("2019" * 100, '"date" cannot be "2019'),
    ],
)
def test_a_date_that_can_be_read_in_two_ways_is_named_both_ways(date: str, message: str) -> None:
    found = problem("letter", {"dates": {"sent": {"date": date, "basis": "stated"}}})
    assert found.code == "bad-format" and found.pointer == ("dates", "sent", "date")
    assert found.message.startswith(message)
    assert found.hint.startswith("write 2019, 2019-02, 2019-02-18, a range")


def test_numbers_and_truth_in_quotes_are_told_to_lose_them() -> None:
    pages = {**document("letter", 0)["documents"][0], "pages": "2"}
    assert problem("letter", {"documents": [pages]}).hint == "write 2 without quotes"
    coverage = [{"party": "acme-optics", "complete": "true"}]
    assert problem("archive", {"coverage": coverage}).hint == "write true without quotes"
    assert problem("letter", {"documents": [{**pages, "pages": 0}]}).message == '"pages" is 0, and must be at least 1'


def test_a_letter_that_is_withdrawn_has_a_schema_of_its_own() -> None:
    stub = {"id": "a", "status": "withdrawn", "changes": [{"kind": "withdrawal", "note": "x"}]}
    assert schema.problems("letter", stub) == []
    assert [found.code for found in schema.problems("letter", {**stub, "changes": 1})] == ["wrong-type"]
    assert schema.problems("letter", {**stub, "status": "published"})


def test_a_long_value_is_cut_in_the_message() -> None:
    assert len(problem("letter", {"thread": "A" * 10_000}).message) < 100


def test_what_no_schema_of_ours_says_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = schema.thorough({"properties": {"a": {"uniqueItems": True}}})
    monkeypatch.setattr(schema, "_thorough", lambda _: judge)
    (found,) = schema.problems("threads", {"a": [1, 1]})
    assert (found.code, found.pointer) == ("not-allowed", ("a",))
    assert found.message == '"a" is not allowed here (uniqueItems)'


# ---- the index


def test_every_field_of_the_index_is_held_to_its_type() -> None:
    root = load("index")
    for part in parts(root, root):
        for field in part.get("properties", {}).values() if isinstance(part.get("properties"), dict) else ():
            whole = resolved(field, root)
            assert {"type", "enum", "const"} & whole.keys(), whole
    assert json.loads(schema.text("index"))["additionalProperties"] is False
