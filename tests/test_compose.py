"""New records: what is written is read back, reads well, and is written the same again."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from publisher import compose
from publisher.record import parse, read
from tests.builders import letter, parties, withdrawn
from tests.strategies import HOSTILE, documents, texts

PATHS = {
    "letter": "records/letters/2019/2019-02-18-harbour-to-acme.yaml",
    "withdrawn": "records/letters/2019/2019-02-18-harbour-to-acme.yaml",
    "assessment": "records/assessments/2019-02-18-harbour-to-acme.yaml",
    **{name: f"records/{name}.yaml" for name in ("archive", "parties", "threads", "erasures")},
}
NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking such large documents takes minutes
VALUES_OWN = {"surrounding-blanks", "not-nfc", "control-character", "bidi-control", "tag-character", "noncharacter"} | {
    "zero-width", "private-use", "replacement-character", "too-many-faults",
}  # fmt: skip
"""Findings that a text brings along however it is written."""


@pytest.mark.parametrize("kind", PATHS)
def test_what_is_written_is_read_back_and_written_the_same_again(kind: str) -> None:
    @settings(max_examples=25, phases=NO_SHRINK, suppress_health_check=list(HealthCheck), deadline=None)
    @given(documents(kind))
    def holds(document: dict[str, Any]) -> None:
        data = compose.record(PATHS[kind], document)
        again, findings = parse(data)
        assert again == document
        assert {finding.code for finding in findings} <= VALUES_OWN
        assert compose.record(PATHS[kind], again) == data
        assert data.startswith(b"# yaml-language-server: $schema=../") and data.endswith(b"\n")

    holds()


@settings(max_examples=400, deadline=None)
@given(texts(most=5000), st.sampled_from(["summary", "id", "language"]))
@example("\n", "summary")
def test_every_text_comes_back_in_every_field(text: str, name: str) -> None:
    document = letter("2019-02-18-harbour-to-acme", **{name: text})
    data = compose.record(PATHS["letter"], document)
    assert parse(data)[0] == document
    assert len(compose.one_line(text, compose.Shape.of(PATHS["letter"], document).at([name])).split("\n")) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_back_in_lists_and_deep_in_mappings(text: str) -> None:
    document = letter("x", related_reports=[text, text], to=[{"class": text, "people": [{"role": text, "note": text}]}])
    data = compose.record(PATHS["letter"], document)
    assert parse(data)[0] == document
    assert "\x1b" not in data.decode() and "\u202e" not in data.decode()


def test_a_text_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match=r"surrogates|cannot be written"):
        compose.record(PATHS["letter"], letter("x", summary="\ud800"))
    with pytest.raises(ValueError, match="no record holds"):
        compose.record(PATHS["letter"], letter("x", summary=1.5))


def test_a_record_reads_like_one_that_was_written_by_hand() -> None:
    document = letter(
        "2019-02-18-harbour-to-acme",
        title="Re: your letter",
        to=[{"party": "acme-optics", "people": [{"role": "Chief executive"}]}, {"public": True}],
        language=["en", "no"],
        summary="Asks what the dredging is for, who pays for it, and whether the lighthouse will be kept at all.",
        questions=[
            {"label": "1", "text": 'What does "soon" mean?', "asked_of": ["acme-optics"], "wording": "verbatim"}
        ],
        documents=[],
        changes=[{"kind": "correction", "note": "First paragraph.\nSecond paragraph."}],
    )
    assert (
        compose.record(PATHS["letter"], document).decode()
        == """\
# yaml-language-server: $schema=../../../schema/letter.schema.json
id: 2019-02-18-harbour-to-acme
title: "Re: your letter"
title_basis: supplied
kind: letter
from:
  - party: harbour-institute
to:
  - party: acme-optics
    people:
      - role: "Chief executive"
  - public: true
thread: harbour-dredging
dates:
  sent:
    date: "2019-02-18"
    basis: stated
language:
  - en
  - "no"
summary: >-
  Asks what the dredging is for, who pays for it, and whether the lighthouse will be kept at all.
questions:
  - label: "1"
    text: 'What does "soon" mean?'
    asked_of: [acme-optics]
    wording: verbatim
questions_extent: complete
documents: []
sources:
  - url: https://harbour-institute.example/letters/2019-02-18-harbour-to-acme
availability: described
changes:
  - kind: correction
    note: >-
      First paragraph.

      Second paragraph.
"""
    )


def test_fields_stand_in_the_order_of_the_schema_however_they_are_given() -> None:
    given_fields = letter("2019-02-18-harbour-to-acme")
    turned = dict(reversed(given_fields.items()))
    assert compose.record(PATHS["letter"], turned) == compose.record(PATHS["letter"], given_fields)


def test_what_is_left_of_a_withdrawn_letter_names_its_own_schema() -> None:
    data = compose.record(PATHS["letter"], withdrawn("2019-02-18-harbour-to-acme"))
    assert data.startswith(b"# yaml-language-server: $schema=../../../schema/withdrawn.schema.json\n")
    assert compose.record("records/parties.yaml", parties()).startswith(
        b"# yaml-language-server: $schema=../schema/parties.schema.json\n"
    )


def test_the_shipped_records_are_written_as_they_stand_or_nearly_so() -> None:
    """Written anew, at most a few lines of a hundred change: the style is the one that people use here."""
    changed = total = 0
    for path in sorted((Path(__file__).parents[1] / "records").rglob("*.yaml")):
        name = path.relative_to(Path(__file__).parents[1]).as_posix()
        record, _ = read(name, path.read_bytes())
        assert record is not None
        old, new = path.read_text("utf-8").splitlines(), compose.record(name, record.document).decode().splitlines()
        total += len(old)
        changed += len(set(new) - set(old))
    assert changed * 4 < total
