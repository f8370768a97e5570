"""Names that people type, and names for the places in a record."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from publisher import edit, paths
from publisher.choices import LONGEST_ID, Choice, exact, folded, id_of, near, unused
from tests.strategies import HOSTILE, documents

ACME = Choice(id="acme-optics", name="Acme Optics", also=("Acme", "Acme Öptik GmbH"))
TIDES = Choice(id="ministry-of-tides", name="Ministry of Tides")
HARBOUR = Choice(id="harbour-institute", name="Harbour Institute")
TWIN = Choice(id="harbour-institute-2", name="Harbour Institute")
ALL = (ACME, TIDES, HARBOUR)


@pytest.mark.parametrize("typed", ["acme-optics", "Acme Optics", "ACME OPTICS", "acme", " Acme ", "acme optik gmbh"])
def test_an_id_or_a_name_is_taken_at_once(typed: str) -> None:
    assert exact(typed, ALL) is ACME


def test_a_name_that_two_have_is_not_taken_for_one_but_an_id_is() -> None:
    assert exact("Harbour Institute", (*ALL, TWIN)) is None
    assert exact("harbour-institute", (*ALL, TWIN)) is HARBOUR


@pytest.mark.parametrize(
    ("typed", "found", "alike"),
    [
        ("tides", (TIDES,), False),
        ("of", (TIDES,), False),
        ("opt ac", (ACME,), False),
        ("i", (ACME, TIDES, HARBOUR), False),
        ("harbor institut", (HARBOUR,), True),
        ("minstry of tides", (TIDES,), True),
        ("zzzz", (), True),
    ],
)
def test_what_is_typed_narrows_the_list(typed: str, found: tuple[Choice, ...], alike: bool) -> None:
    offer = near(typed, ALL)
    assert (offer.choices, offer.alike) == (found, alike)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme Optics", "acme-optics"), ("Öl & Gas AG", "ol-and-gas-ag"), ("Amnesty's Office", "amnestys-office"),
        ("Straße 7", "strasse-7"), ("国连", ""), ("  ", ""), ("!!!", ""), ("L'Hôpital", "lhopital"),
        ("Søren & Łódź", "soren-and-lodz"), ("Æther Œuvre", "aether-oeuvre"),
    ],
)  # fmt: skip
def test_an_id_is_made_of_a_name(name: str, expected: str) -> None:
    assert id_of(name) == expected


def test_a_name_is_found_without_the_letters_that_a_keyboard_lacks() -> None:
    soren = Choice(id="soren", name="Søren Łódź")
    assert near("soren lodz", (soren,)).choices == (soren,)


@given(st.text() | st.sampled_from(HOSTILE), st.sets(st.sampled_from(["a", "a-2", "acme", "x"])))
def test_a_proposed_id_is_an_id_and_is_free(name: str, taken: set[str]) -> None:
    proposed = id_of(name)
    assert proposed == "" or (re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", proposed) and len(proposed) <= LONGEST_ID)
    if proposed:
        free = unused(proposed, taken | {proposed})
        assert free not in taken | {proposed}
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", free) and len(free) <= LONGEST_ID
    assert folded(folded(name)) == folded(name)


@settings(
    max_examples=60, phases=(Phase.explicit, Phase.reuse, Phase.generate), suppress_health_check=list(HealthCheck),
    deadline=None,
)  # fmt: skip
@given(st.sampled_from(["letter", "parties", "assessment"]).flatmap(documents))
def test_every_place_of_a_record_has_a_name_that_leads_back_to_it(document: dict[str, Any]) -> None:
    names = []
    for name, pointer, value in paths.leaves(document):
        names.append(name)
        assert paths.find(document, name) == (pointer, "")
        assert edit.look(document, pointer) == value
    assert len(set(names)) == len(names)


def test_questions_go_by_their_labels_and_sources_by_numbers() -> None:
    document = {"questions": [{"label": "2.1", "text": "a"}, {"label": "2", "text": "b"}], "sources": [{"url": "x"}]}
    assert [name for name, _, _ in paths.leaves(document)] == [
        "questions.2.1.label", "questions.2.1.text", "questions.2.label", "questions.2.text", "sources.1.url",
    ]  # fmt: skip
    assert paths.find(document, "questions.2.text") == (("questions", 1, "text"), "")
    assert paths.find(document, "questions.2.1.text") == (("questions", 0, "text"), "")
    assert paths.find(document, "questions.3.text") == (("questions",), "3.text")
