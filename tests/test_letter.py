"""The values: mapping and value are inverses; classes and schemas name the same fields in the same order."""

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher import letter
from publisher.dates import PartialDate
from publisher.letter import Assessment, Letter, Value, Withdrawn, letter_from

FOLDER = Path(__file__).parents[1] / "schema"
SCHEMAS: dict[str, dict[str, Any]] = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("*.schema.json"))
}

# class, schema, definition in it ("" is the schema itself)
PAIRS: list[tuple[type[Value], str, str]] = [
    (letter.Letter, "letter", ""),
    (letter.Sender, "letter", "sender"),
    (letter.Correspondent, "letter", "correspondent"),
    (letter.Person, "letter", "person"),
    (letter.Dates, "letter", "dates"),
    (letter.Dated, "letter", "dated"),
    (letter.Relation, "letter", "relation"),
    (letter.Question, "letter", "question"),
    (letter.Document, "letter", "document"),
    (letter.Waiver, "letter", "waiver"),
    (letter.Source, "letter", "source"),
    (letter.ExternalId, "letter", "external_id"),
    (letter.Dispute, "letter", "dispute"),
    (letter.Change, "letter", "change"),
    (letter.Assessment, "assessment", ""),
    (letter.Outcome, "assessment", "outcome"),
    (letter.Evidence, "assessment", "evidence"),
    (letter.Dispute, "assessment", "dispute"),
    (letter.Change, "assessment", "change"),
    (letter.Party, "parties", "party"),
    (letter.Alias, "parties", "alias"),
    (letter.Thread, "threads", "thread"),
    (letter.ArchiveInfo, "archive", ""),
    (letter.Coverage, "archive", "coverage"),
    (letter.Identity, "archive", "identity"),
    (letter.Erasure, "erasures", "erasure"),
]
CLASSES = sorted({pair[0] for pair in PAIRS} | {Withdrawn}, key=lambda cls: cls.__name__)

st.register_type_strategy(
    PartialDate,
    st.sampled_from(["2019", "2019-02", "2019-02-18", "2021/2022-04", "unknown"]).map(PartialDate),
)


def _values(cls: type[Value]) -> st.SearchStrategy[Value]:
    """Values of a class with every field filled at random, optional ones often left out."""
    hints = get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
    return st.builds(cls, **{name: _of(hints[name]) for name in names})


def _of(hint: Any) -> st.SearchStrategy[Any]:
    args: tuple[Any, ...] = get_args(hint)
    if len(args) == 2 and args[1] is ...:
        return st.lists(_of(args[0]), max_size=2).map(tuple)
    if len(args) == 2 and args[1] is type(None):
        return st.none() | _of(args[0])
    if isinstance(hint, type) and issubclass(hint, Value):
        return _values(hint)
    return st.text(max_size=3) if hint is str else st.from_type(hint)


@pytest.mark.parametrize("cls", CLASSES)
def test_a_value_is_read_back_from_its_mapping(cls: type[Value]) -> None:
    @settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
    @given(_values(cls))
    def holds(value: Value) -> None:
        mapping = value.to_mapping()
        assert cls.from_mapping(mapping) == value
        assert cls.from_mapping(json.loads(json.dumps(mapping))) == value
        assert cls.from_mapping(mapping).to_mapping() == mapping

    holds()


@pytest.mark.parametrize(("cls", "kind", "name"), PAIRS)
def test_class_and_schema_have_the_same_fields_in_the_same_order(cls: type[Value], kind: str, name: str) -> None:
    schema = SCHEMAS[kind]["$defs"][name] if name else SCHEMAS[kind]
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]
    keys = [cls.KEYS.get(field.name, field.name.rstrip("_")) for field in fields]
    needed = [k for k, field in zip(keys, fields, strict=True) if field.default is dataclasses.MISSING]
    if cls is letter.Sender:
        keys.remove("public")  # the public is written to; it does not write
    assert keys == list(schema["properties"])
    assert needed == schema.get("required", [])


LETTER: dict[str, Any] = {
    "id": "2019-02-18-harbour-to-quayside",
    "title": "Open letter to Quayside Partners",
    "title_basis": "published",
    "kind": "open-letter",
    "from": [{"party": "harbour-watch", "signatories": [{"name": "A. Example", "role": "Director"}]}],
    "to": [
        {"party": "quayside", "as": "Quayside LLP", "people": [{"role": "Partner"}]},
        {"class": "lenders"},
    ],
    "cc": [{"public": True}],
    "thread": "harbour-dredging",
    "dates": {"sent": {"date": "2019-02", "basis": "inferred", "note": "The month is in the address."}},
    "language": ["en", "fr"],
    "relations": [{"kind": "follows-up", "letter": "2019-01-01-harbour-to-quayside", "basis": "stated"}],
    "summary": "Asks which safeguards are in place.",
    "questions": [{"label": "3a", "text": "Which safeguards?", "asked_of": ["quayside"], "wording": "paraphrase"}],
    "questions_extent": "partial",
    "sources": [{"url": "https://harbour.example/a", "note": "seen on a copy, not linked", "linked": False}],
    "availability": "excerpt",
}


def test_a_letter_in_full() -> None:
    value = letter_from(LETTER)
    assert isinstance(value, Letter)
    assert value.to_mapping() == LETTER
    assert list(value.to_mapping()) == list(LETTER)
    assert value.status == "published"
    assert value.from_[0].people[0].name == "A. Example"
    assert value.to[1].class_ == "lenders" and value.cc[0].public
    assert value.language == ("en", "fr")
    assert value.dates.sent.date.precision == "month"
    assert not value.sources[0].linked


def test_one_language_needs_no_list() -> None:
    value = Letter.from_mapping({**LETTER, "language": "es"})
    assert value.language == ("es",)
    assert value.to_mapping()["language"] == "es"


def test_of_a_withdrawn_letter_nothing_but_id_status_and_changes_is_kept() -> None:
    changes = [{"kind": "withdrawal", "note": "Withdrawn pending review."}]
    stub = {"id": LETTER["id"], "status": "withdrawn", "changes": changes}
    value = letter_from({**LETTER, "status": "withdrawn", "changes": changes})
    assert value == letter_from(stub)
    assert isinstance(value, Withdrawn)
    assert value.to_mapping() == stub


def test_an_assessment() -> None:
    outcome = {
        "question": "3a",
        "by": "quayside",
        "outcome": "refused",
        "answered_by": ["2019-03-01-quayside-to-harbour"],
        "basis": "reported",
        "evidence": [{"letter": "2019-07-04-harbour-to-quayside", "where": "second paragraph"}],
        "assessed_by": "Harbour Watch",
        "as_of": "2019-07-04",
    }
    document = {
        "letter": LETTER["id"],
        "outcomes": [outcome, {"outcome": "not-assessed", "basis": "reported"}],
    }
    assert Assessment.from_mapping(document).to_mapping() == document
    jsonschema.validate(document, SCHEMAS["assessment"])


def test_what_does_not_fit_raises() -> None:
    with pytest.raises(TypeError):
        Letter.from_mapping({k: v for k, v in LETTER.items() if k != "title"})
    with pytest.raises(ValueError, match="two ways"):
        Letter.from_mapping({**LETTER, "dates": {"sent": {"date": "03/04/2019", "basis": "stated"}}})


# ---------------------------------------------------------------- the schemas themselves

ANNOTATIONS = {"description", "examples", "title", "default", "$schema", "$id", "patternErrorMessage"}
KEYWORDS = ANNOTATIONS | {
    "type", "properties", "required", "additionalProperties", "items", "minItems", "enum", "const", "pattern",
    "minLength", "maxLength", "minimum", "maximum", "$ref", "$defs", "oneOf", "oneOfErrorMessage",
}  # fmt: skip
OPEN = {"index.schema.json#/$defs/letter", "index.schema.json#/$defs/assessment"}
OPEN |= {"index.schema.json#/$defs/table_entry/properties/table"}


def _nodes(schema: dict[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every subschema with its pointer."""
    yield at, schema
    for group in ("properties", "$defs"):
        for name, child in schema.get(group, {}).items():
            yield from _nodes(child, f"{at}/{group}/{name}")
    if "items" in schema:
        yield from _nodes(schema["items"], f"{at}/items")


NODES = [pair for kind, schema in SCHEMAS.items() for pair in _nodes(schema, f"{kind}.schema.json#")]


def _resolved(at: str, node: dict[str, Any]) -> dict[str, Any]:
    """A schema that judges a value of this node alone."""
    whole = SCHEMAS[at.partition(".")[0]]
    return {**node, "$schema": whole["$schema"], "$defs": whole.get("$defs", {})}


def test_every_schema_is_valid_and_two_engines_take_it() -> None:
    assert set(SCHEMAS) >= {"letter", "withdrawn", "assessment", "parties", "threads", "archive", "index"}
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema_rs.validator_for(schema)


@pytest.mark.parametrize(("at", "node"), NODES, ids=[at for at, _ in NODES])
def test_the_house_style_of_schemas(at: str, node: dict[str, Any]) -> None:
    assert set(node) <= KEYWORDS
    assert node.get("$ref", "#/$defs/").startswith("#/$defs/")
    if node.get("type") == "object" and at not in OPEN:
        assert node["additionalProperties"] is False
    assert ("pattern" in node) == ("patternErrorMessage" in node)
    pattern = node.get("pattern", "^$")
    assert pattern.isascii() and pattern[0] == "^" and pattern[-1] == "$"
    assert not re.search(r"\\[A-Za-z]|\(\?", pattern)
    assert all(list(branch) == ["required"] and len(branch["required"]) == 1 for branch in node.get("oneOf", []))
    assert ("oneOf" in node) == ("oneOfErrorMessage" in node)
    if "/properties/" in at and at.split("/")[-2] == "properties":
        assert node["description"] and node["examples"]


@pytest.mark.parametrize(("at", "node"), NODES, ids=[at for at, _ in NODES])
def test_every_example_is_valid(at: str, node: dict[str, Any]) -> None:
    if at == "index.schema.json#/properties/archive":
        return  # shortened: it is the document of archive.schema.json
    for example in node.get("examples", []):
        jsonschema.validate(example, _resolved(at, node))
        assert jsonschema_rs.is_valid(_resolved(at, node), example)


def test_a_withdrawn_letter_may_hold_what_a_letter_holds_but_needs_little() -> None:
    whole, stub = SCHEMAS["letter"], SCHEMAS["withdrawn"]
    assert list(whole["properties"]) == list(stub["properties"])
    assert whole["$defs"] == stub["$defs"]
    assert stub["required"] == ["id", "status", "changes"]
    assert stub["properties"]["status"]["const"] == "withdrawn"


def test_definitions_that_several_schemas_share_are_the_same() -> None:
    seen: dict[str, Any] = {}
    for kind, schema in SCHEMAS.items():
        for name, definition in schema.get("$defs", {}).items():
            if (kind, name) not in {("index", "letter"), ("index", "assessment")}:
                assert seen.setdefault(name, definition) == definition, (kind, name)
    archive = SCHEMAS["index"]["$defs"]["archive"]
    assert archive["properties"] == SCHEMAS["archive"]["properties"]
    assert archive["required"] == SCHEMAS["archive"]["required"]


@pytest.mark.parametrize(
    "slip",
    [
        {"id": "2019-Harbour"}, {"id": "a--b"}, {"title": ""}, {"title": "x" * 301}, {"kind": "open_letter"},
        {"from": [{"party": "a", "class": "b"}]}, {"from": [{"public": True}]}, {"to": [{"public": False}]},
        {"to": [{}]}, {"to": []},
        {"language": "English"}, {"language": []}, {"dates": {}}, {"langauge": "en"}, {"summary": 2019},
        {"dates": {"sent": {"date": "2019-13", "basis": "stated"}}}, {"dates": {"sent": {"date": "2019"}}},
        {"sources": []}, {"sources": [{"url": "ftp://a"}]}, {"sources": [{"url": "https://a b"}]},
        {"questions": [{"label": "3 a", "text": "t", "wording": "paraphrase"}]},
        {"to": [{"party": "a", "people": [{"name": "A. Example"}]}]},
        {"documents": [{"file": "../a.pdf", "sha256": "0" * 64, "size": 1, "media_type": "application/pdf",
                        "role": "original", "rights": "own", "rights_note": "n"}]},
    ],
)  # fmt: skip
def test_slips_that_the_letter_schema_refuses(slip: dict[str, Any]) -> None:
    assert jsonschema_rs.is_valid(SCHEMAS["letter"], LETTER)
    assert not jsonschema_rs.is_valid(SCHEMAS["letter"], {**LETTER, **slip})
    assert not jsonschema.Draft202012Validator(SCHEMAS["letter"]).is_valid({**LETTER, **slip})
