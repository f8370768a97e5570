"""The ledger: every question once, on whose word, and nothing called an answer that no source calls one."""

import re
from typing import Any

import pytest
from lxml import html

from publisher.formats import pages, phrases
from publisher.formats.book import Book
from publisher.formats.ledger import Ledger, Row, Tally, counted, extents, groups, on_whose_word
from publisher.formats.pages import questions
from publisher.letter import Outcome
from tests.correspondence import PARTIES, Told, assessment, change, letter, question, reported, withdrawn
from tests.exhibit import HOSTILE

BACK = {"from": [{"party": "acme-optics"}], "to": [{"party": "harbour-institute"}]}
PATH = "threads/works/questions/index.html"
DISPUTE = {"by": "Acme Optics", "on": "2020", "reference": "It answered by telephone.", "outcome": "Noted."}


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


def test_what_came_back_from_one_party_is_not_told_of_another() -> None:
    found = ledger(told())
    (fund,) = found.put_to["quayside-fund"]
    assert [(o.by, o.outcome) for o in fund.outcomes] == [("quayside-fund", "no-reply-known")]
    assert len(row(found, "second", "1").outcomes) == 2


def test_rows_are_grouped_by_what_is_known() -> None:
    found = {group.name: [(r.letter.id, r.label) for r in group.rows] for group in groups(ledger(told()).rows)}
    assert found == {
        "none": [("whole", None)],
        "some": [("second", "1")],
        "back": [("first", "1")],
        "unassessed": [("first", "2"), ("first", "3a")],
    }


def test_a_recipient_of_whom_nothing_is_said_does_not_make_all_of_them_silent() -> None:
    made = told()
    made.land({
        "assessments/second": assessment(
            "second",
            reported("1", "no-reply-known", by="quayside-fund"),
            {"question": "1", "by": "acme-optics", "outcome": "not-assessed", "basis": "reported"},
        )
    })  # fmt: skip
    found = row(ledger(made), "second", "1")
    assert found.differs and found.words == "Different by recipient"
    assert [group.name for group in groups([found])] == ["some"]


def test_the_count_is_of_questions_each_once_and_gives_no_rate() -> None:
    rows = ledger(told()).rows
    assert counted(rows) == (
        "2 of 4 questions on record here assessed: 1 refused and redirected, 1 different by recipient; 2 not assessed."
    )
    assert counted(rows[1:3]) == "None of 2 questions on record here assessed."
    assert counted(rows[:1]) == "1 of 1 question on record here assessed: 1 refused and redirected."
    assert counted([]) == ""


def test_the_tally_adds_up_and_leaves_letters_as_a_whole_out() -> None:
    made = told()
    made.land({"assessments/first": assessment("first", reported("1", "answered"), reported("2", "no-reply-known"))})
    tally = Tally.of("works", ledger(made).rows)
    assert (tally.asked, tally.back, tally.none, tally.unassessed) == (4, 2, 1, 1)
    assert (tally.lists, tally.complete) == (2, 0)


def test_beside_a_count_stands_whether_the_lists_are_complete() -> None:
    made = told()
    assert extents(ledger(made).rows) == "The lists of questions of 2 letters: not known whether complete for 2."
    made.land({"letters/second": letter("second", questions=[question("1")], questions_extent="complete")})
    rows = ledger(made).rows
    assert extents(rows) == "The lists of questions of 2 letters: complete for 1, not known whether complete for 1."
    assert extents([r for r in rows if r.letter.id == "second"]) == "The list of questions is complete."
    assert extents([]) == ""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"basis": "reported", "assessed_by": "Quay News"}, "reported by Quay News"),
        ({"basis": "reported", "evidence": [{"url": "https://www.quay.example/1"}]}, "reported by quay.example"),
        ({"basis": "reported", "evidence": [{"letter": "reply"}]}, "reported by Questions about the works: reply"),
        ({"basis": "own", "assessed_by": "An editor"}, "this archive's own reading"),
        ({"basis": "reported"}, "source not recorded"),
    ],
)
def test_on_whose_word(fields: dict[str, Any], said: str) -> None:
    outcome = Outcome.from_mapping({"outcome": "answered", "evidence": [], **fields})
    assert on_whose_word(ledger(told()).book, outcome) == said


def test_a_withdrawn_letter_leaves_the_ledger_and_its_pages() -> None:
    made = told()
    made.land({"letters/first": withdrawn("first", change("withdrawal", "Asked for."))})
    assert {r.letter.id for r in ledger(made).rows} == {"second", "whole"}
    files = pages.render(made.index(), made.contents)
    assert not [path for path in files if path.startswith("questions/first/")]


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


@pytest.mark.parametrize("outcome", ["no-reply-known", "not-assessed"])
def test_a_dispute_stands_in_the_list_and_in_the_table(outcome: str) -> None:
    made = told()
    said = reported(None, outcome) if outcome != "not-assessed" else {"outcome": outcome, "basis": "reported"}
    made.land({"assessments/whole": assessment("whole", said, disputes=[DISPUTE])})
    page: html.HtmlElement = html.document_fromstring(pages.render(made.index(), {})["questions/index.html"].decode())
    found = [one for one in page.iter("p") if one.get("class") == "dispute"]
    assert [one.getparent().tag for one in found] == ["li", "td"]
    assert all(DISPUTE["reference"] in one.text_content() for one in found)


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
    assert "The works in the harbour: 2 of 4 questions on record here assessed" in page


def test_the_first_page_tells_each_thread_and_leads_to_each_state() -> None:
    page: html.HtmlElement = html.document_fromstring(pages.render(told().index(), {})["questions/index.html"].decode())
    (cells,) = [
        [cell.text_content() for cell in tr] for tr in page.findall(".//table[@class='reflow tallies']/tbody/tr")
    ]
    assert cells == ["The works in the harbour", "4", "2", "0", "2", "0 of 2"]
    ways = [link.get("href") for link in page.findall(".//main//nav//a")]
    assert ways == ["#none", "#some", "#back", "#unassessed", "#threads", "#parties"]
    assert all(page.get_element_by_id(way[1:]) is not None for way in ways)


def test_a_questions_page_tells_what_is_known_of_its_letter_as_a_whole() -> None:
    made = told()
    made.land({
        "letters/whole": letter("whole", questions=[question("1")], disputes=[DISPUTE]),
    })  # fmt: skip
    page = text(pages.render(made.index(), {})["questions/whole/1/index.html"])
    assert "Of the letter as a whole ○" not in page
    assert "Of the letter as a whole No reply known as of 1 June 2019, 103 days after the letter." in page
    assert DISPUTE["reference"] in page


def test_a_questions_page_leads_to_its_letter_and_to_its_neighbours() -> None:
    page = pages.render(told().index(), {})["questions/first/2/index.html"].decode()
    ways = re.findall(r'href="([^"]*)"', page)
    for way in (
        "letters/first/index.html#question-2", "letters/first/index.html#history", "letters/first/index.html#cite",
        "questions/first/1/index.html", "questions/first/3a/index.html", "parties/acme-optics/questions/index.html",
    ):  # fmt: skip
        assert f"../../../{way}" in ways


def test_an_answer_that_is_not_here_is_named_and_not_linked() -> None:
    made = told()
    made.land({"letters/reply": withdrawn("reply", change("withdrawal", "Asked for."))})
    for path in (PATH, "questions/first/1/index.html", "questions/index.html"):
        page = pages.render(made.index(), {})[path]
        assert "letter reply (withdrawn)" in text(page)
        assert "Questions about the works: reply" not in page.decode()


def ledger_pages(made: Told) -> dict[str, str]:
    files = pages.render(made.index(), made.contents)
    return {path: data.decode() for path, data in files.items() if "questions/" in path}


def test_no_page_judges() -> None:
    made = Told()
    outcomes = [name for name in phrases.OUTCOMES if name != "not-assessed"]
    made.land({
        "letters/a": letter("a", questions=[question(str(at)) for at in range(9)]),
        "assessments/a": assessment("a", *(reported(str(at), name) for at, name in enumerate(outcomes))),
    })  # fmt: skip
    never = re.compile(r"\b(ignor|evad|fail|silen|stonewall|still waiting|refuses to|dodg|per cent|%)", re.IGNORECASE)
    for path, page in ledger_pages(made).items():
        assert not never.search(text(page.encode())), path


def hostile(kind: str, limit: int) -> str:
    """A hard text, as long as a field may be."""
    return HOSTILE[kind][:limit].strip()


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_whatever_a_question_holds_it_is_text(kind: str) -> None:
    made = told()
    hard = {"text": hostile(kind, 1000), "note": hostile(kind, 1000)}
    said = {"assessed_by": hostile(kind, 200), "note": hostile(kind, 1000)}
    asked = [question("1", **hard), question("2", wording="verbatim", **hard)]
    made.land({
        "letters/first": letter("first", title=hostile(kind, 300), questions=asked),
        "assessments/first": assessment("first", reported("1", "answered", answered_by=["reply"], **said)),
    })  # fmt: skip
    for path, page in ledger_pages(made).items():
        found: html.HtmlElement = html.document_fromstring(page)
        assert not found.findall(".//script") and not found.findall(".//img"), path
        assert not [name for one in found.iter() for name in one.attrib if name.startswith("on") or name == "style"], (
            path
        )
        assert len(found.findall(".//main")) == 1, path
        assert not [way for way in found.xpath("//@href") if way.lower().startswith("javascript")], path


def test_other_names_change_nothing_but_names() -> None:
    one, other = (party["name"] for party in PARTIES["parties"][:2])

    def inner(page: str) -> str:
        return page.partition("<main")[2].partition("</main>")[0]

    def exchanged(page: str) -> str:
        return inner(page).replace(one, "\0").replace(other, one).replace("\0", other)

    made = told()
    before = ledger_pages(made)
    swapped = {"acme-optics": other, "harbour-institute": one}
    parties = [party | {"name": swapped.get(party["id"], party["name"])} for party in PARTIES["parties"]]
    made.land({"parties": {"parties": parties}})
    after = ledger_pages(made)
    assert {path: exchanged(page) for path, page in after.items()} == {
        path: inner(page) for path, page in before.items()
    }
    assert before[PATH] != after[PATH]


def test_a_name_that_ends_with_a_full_stop_ends_its_sentence_too() -> None:
    made = Told()
    names = {"one": "Acme Optics Inc.", "two": "Acme Optics", "three": "Acme Inc."}
    made.land({
        f"letters/{name}": letter(name, questions=[question("1")], to=[{"party": "acme-optics", "as": called}])
        for name, called in names.items()
    })  # fmt: skip
    made.land({"assessments/three": assessment("three", reported("1", "answered"))})
    files = pages.render(made.index(), {})
    for path, data in files.items():
        assert not path.endswith(".html") or not re.search(r"(?<!\.)\.\.(?!\.)", text(data)), path
    first = files["questions/index.html"].decode()
    assert "Acme Optics Inc.</bdi></a></p>" in first and "Acme Optics</bdi></a>.</p>" in first
