"""The ledger and its picture: every question once, nothing called an answer that no source calls one."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from publisher.formats import pages, phrases
from publisher.formats.book import Book
from publisher.formats.ledger import Ledger, Row, counted, groups
from publisher.formats.pages import questions
from publisher.formats.pictures import matrix
from publisher.formats.pictures.matrix import ASKED, CANDIDATE, COLUMNS, Matrix, matrices
from tests.correspondence import PARTIES, Told, assessment, change, letter, question, reported, withdrawn

BACK = {"from": [{"party": "acme-optics"}], "to": [{"party": "harbour-institute"}]}
PATH = "threads/works/questions/index.html"


def told() -> Told:
    """Two letters with questions, one reply to both, a statement that may be an answer, a letter judged as a whole."""
    made = Told()
    made.land({
        "letters/first": letter("first", questions=[question("1"), question("2"), question("3a")]),
        "letters/second": letter(
            "second", questions=[question("1", asked_of=["quayside-fund"])],
            dates={"sent": {"date": "2019-03", "basis": "reported"}},
        ),
        "letters/reply": letter("reply", dates={"sent": {"date": "2019-04-01", "basis": "stated"}}, **BACK),
        "letters/statement": letter("statement", dates={"sent": {"date": "unknown", "basis": "unknown"}}, **BACK),
        "letters/whole": letter("whole", dates={"sent": {"date": "2019-05-01", "basis": "stated"}}),
        "assessments/first": assessment(
            "first",
            reported("1", "refused", answered_by=["reply"]), reported("1", "redirected", answered_by=["reply"]),
            {"question": "2", "outcome": "not-assessed", "basis": "reported", "candidates": ["statement"]},
        ),
        "assessments/second": assessment(
            "second",
            reported("1", "answered", by="acme-optics", answered_by=["reply"]),
            reported("1", "no-reply-known", by="quayside-fund"),
        ),
        "assessments/whole": assessment("whole", reported(None, "no-reply-known")),
    })  # fmt: skip
    return made


def ledger(made: Told) -> Ledger:
    return Ledger(Book(made.index()))


def row(found: Ledger, name: str, label: str | None) -> Row:
    (one,) = [row for row in found.rows if (row.letter.id, row.label) == (name, label)]
    return one


# -- what the ledger says ------------------------------------------------------------------------------------


def test_every_question_has_one_row_in_the_order_of_the_letters() -> None:
    assert [(r.letter.id, r.label) for r in ledger(told()).rows] == [
        ("first", "1"), ("first", "2"), ("first", "3a"), ("second", "1"), ("whole", None),
    ]  # fmt: skip


def test_two_outcomes_of_one_question_are_both_told() -> None:
    found = row(ledger(told()), "first", "1")
    assert found.states == ("refused", "redirected")
    assert found.words == "Refused and redirected"
    assert found.answered_by == ("reply",)


def test_a_candidate_is_no_answer() -> None:
    found = row(ledger(told()), "first", "2")
    assert (found.states, found.answered_by, found.candidates) == (("not-assessed",), (), ("statement",))
    assert not found.is_assessed


def test_who_a_question_was_put_to() -> None:
    found = ledger(told())
    assert row(found, "first", "1").parties == ("acme-optics",)
    assert row(found, "second", "1").parties == ("quayside-fund",)
    assert [r.label for r in found.put_to["quayside-fund"]] == ["1"]
    assert found.put_by.keys() == {"harbour-institute"}


def test_rows_are_grouped_by_what_is_known() -> None:
    found = {group.name: [(r.letter.id, r.label) for r in group.rows] for group in groups(ledger(told()).rows)}
    assert found == {
        "none": [("whole", None)],
        "back": [("first", "1"), ("second", "1")],
        "unassessed": [("first", "2"), ("first", "3a")],
    }


def test_the_count_is_of_questions_and_gives_no_rate() -> None:
    said = counted(ledger(told()).rows)
    assert said == "4 questions on record here; 2 not assessed, 1 answered, 1 refused, 1 redirected."
    assert counted([]) == ""


def test_a_withdrawn_letter_leaves_the_ledger_and_its_pages() -> None:
    made = told()
    made.land({"letters/first": withdrawn("first", change("withdrawal", "Asked for."))})
    assert {r.letter.id for r in ledger(made).rows} == {"second", "whole"}
    files = pages.render(made.index(), made.contents)
    assert not [path for path in files if path.startswith("questions/first/")]


# -- the picture ---------------------------------------------------------------------------------------------


def pictures(made: Told) -> tuple[Matrix, ...]:
    found = ledger(made)
    return matrices(found.book, found.rows)


def cells(made: Told) -> dict[tuple[str, str | None], set[tuple[str, str]]]:
    return {
        (line.row.letter.id, line.row.label): {(cell.mark, cell.letter) for cell in line.cells}
        for picture in pictures(made)
        for line in picture.lines
    }


def test_the_picture_says_what_the_ledger_says() -> None:
    assert cells(told()) == {
        ("first", "1"): {(ASKED, "first"), ("refused", "reply"), ("redirected", "reply")},
        ("first", "2"): {(ASKED, "first"), (CANDIDATE, "statement")},
        ("first", "3a"): {(ASKED, "first")},
        ("second", "1"): {(ASKED, "second"), ("answered", "reply")},
        ("whole", None): {(ASKED, "whole")},
    }


def test_columns_stand_in_the_order_of_the_dates_as_wide_as_each_other() -> None:
    (picture,) = pictures(told())
    assert [(c.number, c.letter, c.date) for c in picture.columns] == [
        (1, "first", ("18 Feb", "2019")),
        (2, "second", ("Mar", "2019")),
        (3, "reply", ("1 Apr", "2019")),
        (4, "whole", ("1 May", "2019")),
        (5, "statement", ("no date", "known")),
    ]
    steps = {round(b.x - a.x, 1) for a, b in zip(picture.columns, picture.columns[1:], strict=False)}
    assert len(steps) == 1


def test_a_wide_archive_is_cut_between_letters() -> None:
    made = Told()
    for at in range(30):
        made.land({f"letters/l-{at:02d}": letter(f"l-{at:02d}", questions=[question("1"), question("2")])})
    found = pictures(made)
    assert max(len(picture.columns) for picture in found) <= COLUMNS
    shown = [line.row.letter.id for picture in found for line in picture.lines]
    assert shown == [r.letter.id for r in ledger(made).rows]
    assert all(len({line.row.letter.id for line in picture.lines}) > 1 for picture in found)


def test_there_is_no_picture_of_too_much_and_the_table_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "ROWS", 2)
    assert pictures(told()) == ()
    page = pages.render(told().index(), {})[PATH].decode()
    assert page.count('<th scope="row">') == len(ledger(told()).rows)


LABELS = st.lists(st.sampled_from(["1", "2", "3a"]), unique=True, min_size=1)
OUTCOMES = st.sampled_from([name for name in phrases.OUTCOMES if name != "not-assessed"])


@settings(max_examples=30, deadline=None)
@given(LABELS, st.lists(st.tuples(st.sampled_from(["1", "2", "3a"]), OUTCOMES, st.booleans()), min_size=1, max_size=6))
def test_picture_and_table_hold_the_same(labels: list[str], outcomes: list[tuple[str, str, bool]]) -> None:
    made = Told()
    said = [reported(label, name, **({"answered_by": ["reply"]} if back else {})) for label, name, back in outcomes]
    made.land({
        "letters/first": letter("first", questions=[question(label) for label in labels]),
        "letters/reply": letter("reply", **BACK),
        "assessments/first": assessment("first", *said),
    })  # fmt: skip
    table = _table(pages.render(made.index(), {})[PATH].decode())
    for line in (line for picture in pictures(made) for line in picture.lines):
        words = table[line.row.label or ""]
        for cell in line.cells:
            assert cell.mark == ASKED or phrases.capital(phrases.OUTCOMES[cell.mark]) in words
        assert all(phrases.capital(phrases.OUTCOMES[state]) in words for state in line.row.states)


def _table(page: str) -> dict[str, str]:
    found: html.HtmlElement = html.document_fromstring(page)
    rows = found.findall(".//table[@class='reflow questions-table']/tbody/tr")
    return {re.findall(r"questions/first/(.+)/index", r.find("th/a").get("href"))[0]: r.text_content() for r in rows}


# -- pages ---------------------------------------------------------------------------------------------------


def text(page: bytes) -> str:
    found: html.HtmlElement = html.document_fromstring(page.decode())
    return " ".join(found.find(".//main").text_content().split())


def test_every_question_has_a_page_that_names_source_and_day() -> None:
    files = pages.render(told().index(), {})
    assert {path for path in files if path.startswith("questions/")} == {
        "questions/index.html", "questions/first/1/index.html", "questions/first/2/index.html",
        "questions/first/3a/index.html", "questions/second/1/index.html",
    }  # fmt: skip
    page = text(files["questions/first/1/index.html"])
    assert "Reported by Quay News: quay.example (page 3)" in page
    assert "as of 1 June 2019" in page
    assert "Possibly connected, not established" in text(files["questions/first/2/index.html"])


def test_a_dispute_stands_beside_the_claim_wherever_the_claim_stands() -> None:
    made = told()
    objection = {"by": "Acme Optics", "on": "2020", "reference": "It answered by telephone.", "outcome": "Noted."}
    made.land({"assessments/whole": assessment("whole", reported(None, "no-reply-known"), disputes=[objection])})
    files = pages.render(made.index(), {})
    for path in ("questions/index.html", PATH, "parties/acme-optics/questions/index.html"):
        assert "It answered by telephone." in text(files[path]), path


def test_a_paraphrase_stands_in_no_quotation_marks_and_a_quotation_in_them() -> None:
    made = Told()
    quoted = question("2", wording="verbatim", text="Who pays?")
    made.land({"letters/first": letter("first", questions=[question("1"), quoted])})
    files = pages.render(made.index(), {})
    assert "<q" not in files["questions/first/1/index.html"].decode().partition("<dl")[0]
    assert ">Who pays?</q>" in files["questions/first/2/index.html"].decode()


def test_a_large_ledger_is_told_in_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "LISTED", 2)
    page = text(pages.render(told().index(), {})["questions/index.html"])
    assert "There are too many to list on one page: 5." in page
    assert "The works in the harbour: 4 questions on record here" in page


def test_other_names_move_nothing() -> None:
    def drawn(parties: dict[str, Any]) -> list[str]:
        made = told()
        made.land({"parties": parties})
        page = pages.render(made.index(), {})[PATH].decode()
        return re.findall(r'(?:x|y|x1|y1|d|transform|height)="[^"]*"', page)

    longer = {"parties": [party | {"name": f"{party['name']} of the Very Long Name"} for party in PARTIES["parties"]]}
    assert drawn(longer) == drawn(PARTIES)
