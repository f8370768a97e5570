"""The picture of questions by letters: what it holds is what the table holds, and nothing moves with a name."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.formats.ledger import Ledger
from publisher.formats.pages import questions
from publisher.formats.pages.site import Site
from publisher.formats.pictures import matrix
from publisher.formats.pictures.matrix import ASKED, CANDIDATE, COLUMNS, WIDTH, Matrix, matrices
from publisher.formats.templating import environment
from tests.correspondence import PARTIES, Told, assessment, letter, question, reported
from tests.exhibit import HOSTILE
from tests.test_ledger import BACK, PATH, hostile, ledger, told

MARKS = (ASKED, *phrases.OUTCOMES, CANDIDATE)


def pictures(made: Told) -> tuple[Matrix, ...]:
    found = Ledger(Book(made.index()))
    return matrices(found, found.rows)


def cells(made: Told) -> dict[tuple[str, str | None], set[tuple[str, str]]]:
    return {
        (line.row.letter.id, line.row.label): {(cell.mark, cell.letter) for cell in line.cells}
        for picture in pictures(made)
        for line in picture.lines
    }


def written(made: Told, path: str = PATH) -> str:
    return dict(questions.pages(Site(made.index())))[path]


def page(made: Told, path: str = PATH) -> html.HtmlElement:
    found: html.HtmlElement = html.document_fromstring(written(made, path))
    return found


def drawings(made: Told, path: str = PATH) -> list[Any]:
    """The pictures of a page, read as XML."""
    found = re.findall(r'<figure class="matrix">\n(<svg.*?</svg>)\n<figcaption>', written(made, path), re.DOTALL)
    return [etree.fromstring(svg) for svg in found]


# -- what stands where ---------------------------------------------------------------------------------------


def test_the_picture_says_what_the_ledger_says() -> None:
    assert cells(told()) == {
        ("first", "1"): {(ASKED, "first"), ("refused", "reply"), ("redirected", "reply")},
        ("first", "2"): {(ASKED, "first"), (CANDIDATE, "statement")},
        ("first", "3a"): {(ASKED, "first")},
        ("second", "1"): {(ASKED, "second"), ("answered", "reply")},
        ("whole", None): {(ASKED, "whole")},
    }


def test_the_last_column_says_outcome_day_and_source() -> None:
    (picture,) = pictures(told())
    found = {(line.row.letter.id, line.row.label): line for line in picture.lines}
    assert found["first", "1"].words == ("Refused and redirected", "as of 1 Jun 2019", "reported by Quay News")
    assert [state for state, _ in found["first", "1"].states] == ["refused", "redirected"]
    assert found["first", "2"].words == ("Not assessed", "possibly connected letters")
    assert found["first", "3a"].words == ("Not assessed",)
    assert found["second", "1"].words[0] == "Different by recipient"
    assert found["second", "1"].states == ()
    assert [state for state, _ in found["whole", None].states] == ["no-reply-known"]


def test_several_days_and_sources_are_counted() -> None:
    made = told()
    later = reported("1", "answered", as_of="2020", assessed_by="Tide Weekly")
    made.land({"assessments/first": assessment("first", reported("1", "partly-answered"), later)})
    (picture,) = pictures(made)
    assert picture.lines[0].words == ("Answered and partly…", "as of 2 days", "on the word of 2 sources")


def test_columns_stand_in_the_order_of_the_dates_as_wide_as_each_other() -> None:
    (picture,) = pictures(told())
    assert [(c.number, c.letter, c.date, c.sender) for c in picture.columns] == [
        (1, "first", ("18 Feb", "2019"), "Harbour Institute"),
        (2, "second", ("Mar", "2019"), "Harbour Institute"),
        (3, "reply", ("1 Apr", "2019"), "Acme Optics"),
        (4, "whole", ("1 May", "2019"), "Harbour Institute"),
        (5, "statement", ("no date", "known"), "Acme Optics"),
    ]
    steps = {round(b.x - a.x, 1) for a, b in zip(picture.columns, picture.columns[1:], strict=False)}
    assert len(steps) == 1


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2019-02-18", ("18 Feb", "2019")),
        ("2019-02", ("Feb", "2019")),
        ("2019", ("", "2019")),
        ("2019-02-10/2019-03-05", ("10 Feb–", "5 Mar 2019")),
        ("2018/2019", ("2018–", "2019")),
    ],
)
def test_no_day_is_drawn_that_is_not_known(date: str, said: tuple[str, str]) -> None:
    made = told()
    dates = {"sent": {"date": date, "basis": "stated"}}
    made.land({"letters/first": letter("first", questions=[question("1")], dates=dates)})
    (own,) = [c for picture in pictures(made) for c in picture.columns if c.letter == "first"]
    assert own.date == said


def test_a_wide_archive_is_cut_between_letters() -> None:
    made = Told()
    for at in range(30):
        made.land({f"letters/l-{at:02d}": letter(f"l-{at:02d}", questions=[question("1"), question("2")])})
    found = pictures(made)
    assert max(len(picture.columns) for picture in found) <= COLUMNS
    shown = [line.row.letter.id for picture in found for line in picture.lines]
    assert shown == [r.letter.id for r in ledger(made).rows]
    assert all(len({line.row.letter.id for line in picture.lines}) > 1 for picture in found)


def test_a_question_answered_in_many_letters_still_fits() -> None:
    made = Told()
    names = [f"reply-{at:02d}" for at in range(15)]
    made.land({f"letters/{name}": letter(name, **BACK) for name in names})
    made.land({
        "letters/first": letter("first", questions=[question("1")]),
        "assessments/first": assessment("first", reported("1", "answered", answered_by=names)),
    })  # fmt: skip
    (picture,) = pictures(made)
    assert len(picture.columns) == 16
    assert max(column.x for column in picture.columns) < picture.lines[0].states[0][1]


def test_there_is_no_picture_of_too_much_and_the_table_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "ROWS", 2)
    assert pictures(told()) == ()
    assert len(page(told()).findall(".//th[@scope='row']")) == len(ledger(told()).rows)


def test_there_is_no_picture_of_one_letter_and_the_table_has_it() -> None:
    made = Told()
    made.land({"letters/only": letter("only", questions=[question("1"), question("2")])})
    assert pictures(made) == ()
    assert len(page(made).findall(".//th[@scope='row']")) == 2


# -- the picture and the table -------------------------------------------------------------------------------

LABELS = ["1", "2", "3a"]
REPLIES = ["reply", "other", "statement"]
SAID = st.tuples(
    st.sampled_from(LABELS),
    st.sampled_from(list(phrases.OUTCOMES)),
    st.sampled_from([None, "acme-optics", "quayside-fund"]),
    st.lists(st.sampled_from(REPLIES), unique=True),
    st.lists(st.sampled_from(REPLIES), unique=True),
)


def tabled(found: html.HtmlElement) -> dict[str, set[tuple[str, str]]]:
    """What the table says came back to each question, in which letter; asked and candidates too."""
    rows: dict[str, set[tuple[str, str]]] = {}
    label = ""
    for tr in found.findall(".//table[@class='reflow questions-table']/tbody/tr"):
        if tr.get("class") == "letter":
            continue
        if (head := tr.find("th")) is not None:
            label = re.findall(r"questions/first/(.+)/index", head.find("a").get("href"))[0]
            rows[label] = {(ASKED, "first")}
        came, where, _word = tr.findall("td")
        outcome = re.findall(r"outcome-(\S+)", came.find("strong").get("class"))[0]
        for link in where.iter("a"):
            maybe = link.getparent().tag == "span"
            rows[label].add((CANDIDATE if maybe else outcome, link.get("href").split("/")[-2]))
    return rows


def one_reply(said: list[tuple[str, str, str | None, list[str], list[str]]]) -> Told:
    made = Told()
    outcomes: list[dict[str, Any]] = []
    for label, name, by, back, maybe in said:
        fields: dict[str, Any] = {"by": by} if by else {}
        fields |= {"answered_by": back} if back and name != "not-assessed" else {}
        fields |= {"candidates": maybe} if maybe else {}
        plain = {"question": label, "outcome": name, "basis": "reported"}
        outcomes.append(plain | fields if name == "not-assessed" else reported(label, name, **fields))
    made.land({
        "letters/first": letter("first", questions=[question(label) for label in LABELS]),
        **{f"letters/{name}": letter(name, **BACK) for name in REPLIES},
        "assessments/first": assessment("first", *outcomes),
    })  # fmt: skip
    return made


@settings(max_examples=40, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=6))
def test_picture_and_table_hold_the_same(said: list[tuple[str, str, str | None, list[str], list[str]]]) -> None:
    made = one_reply(said)
    drawn = {label or "": found for (_, label), found in cells(made).items()}
    table = tabled(page(made))
    answered = {label: {name for mark, name in found if mark != CANDIDATE} for label, found in table.items()}
    for label, found in drawn.items():
        # What one source calls an answer, another may call a candidate: then the picture has the answer alone.
        expected = {(m, n) for m, n in table[label] if m != CANDIDATE or n not in answered[label]}
        assert found == expected


@settings(max_examples=20, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=6))
def test_all_that_is_laid_out_is_drawn_and_in_the_key(
    said: list[tuple[str, str, str | None, list[str], list[str]]],
) -> None:
    made = one_reply(said)
    found = pictures(made)
    for picture, drawing in zip(found, drawings(made), strict=True):
        glyphs = [g for g in drawing.iter("{*}g", "g") if (g.get("transform") or "").endswith(")") and len(g)]
        outer = [g for g in glyphs if re.fullmatch(r"translate\([\d.]+ [\d.]+\)", g.get("transform"))]
        assert len(outer) == sum(len(line.cells) + len(line.states) for line in picture.lines)
    keys = [li.text_content().strip() for li in page(made).findall(".//ul[@class='key']/li")]
    names = {CANDIDATE: "possibly connected, not established", ASKED: "asked in this letter", **phrases.OUTCOMES}
    assert keys == [names[mark] for picture in found for mark in MARKS if mark in picture.marks]


def test_a_source_that_calls_it_an_answer_is_told_and_the_doubt_beside_it() -> None:
    made = one_reply([("1", "answered", None, ["reply"], []), ("1", "not-assessed", "acme-optics", [], ["reply"])])
    assert cells(made)["first", "1"] == {(ASKED, "first"), ("answered", "reply")}
    assert (CANDIDATE, "reply") in tabled(page(made))["1"]


# -- the drawing ---------------------------------------------------------------------------------------------


def test_it_leads_to_letters_and_to_questions() -> None:
    (drawing,) = drawings(told())
    ways = [a.get("href") for a in drawing.iter("a")]
    letters = [f"../../../letters/{name}/index.html" for name in ("first", "second", "reply", "whole", "statement")]
    rows = [f"../../../questions/{name}/index.html" for name in ("first/1", "first/2", "first/3a", "second/1")]
    assert ways == [*letters, *rows, "../../../letters/whole/index.html"]
    assert all(a.findtext("title") for a in drawing.iter("a"))


def test_every_mark_has_a_shape_of_its_own() -> None:
    made = environment().get_template("pictures/glyphs.html").make_module()
    shapes = {re.sub(r'class="[^"]*"', "", str(made.glyph(name, 0, 0))) for name in MARKS}  # type: ignore[attr-defined]
    plain = {str(made.glyph(name, 0, 0)) for name in MARKS}  # type: ignore[attr-defined]
    assert len(plain) == len(MARKS)
    # Filled or not is told by class; everything else by its outline.
    assert len(shapes) >= len(MARKS) - 2


def test_colour_is_the_style_sheets_alone() -> None:
    (drawing,) = drawings(told())
    for one in drawing.iter():
        assert not {"style", "fill", "stroke", "color"} & set(one.attrib)


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_whatever_a_record_holds_the_picture_is_xml_and_keeps_its_size(kind: str) -> None:
    made = told()
    made.land({
        "parties": {"parties": [party | {"name": hostile(kind, 200)} for party in PARTIES["parties"]]},
        "letters/first": letter(
            "first", title=hostile(kind, 300), questions=[question("1", text=hostile(kind, 1000))]
        ),
        "assessments/first": assessment(
            "first", reported("1", "answered", assessed_by=hostile(kind, 200), answered_by=["reply"])
        ),
    })  # fmt: skip
    (drawing,) = drawings(made)
    assert {one.tag for one in drawing.iter()} == {"svg", "title", "path", "a", "g", "text", "tspan", "circle"}
    for picture in pictures(made):
        assert all(len(column.sender) <= 18 for column in picture.columns)
        assert all(len(text) <= 32 for line in picture.lines for text in (*line.text, *line.words))


@given(st.text(min_size=1, max_size=300))
def test_a_question_is_shown_in_at_most_three_lines_of_its_own_words(text: str) -> None:
    made = told()
    made.land({"letters/first": letter("first", questions=[question("1", text="x")])})
    row = next(row for row in ledger(made).rows if row.question)
    assert row.question
    object.__setattr__(row.question, "text", text)
    lines = matrix._text(row)
    assert 0 < len(lines) <= 3 and max(map(len, lines)) <= 32
    whole = phrases.one_line(text)
    assert f"1 {whole}".startswith(" ".join(lines).rstrip("…").rstrip())


def test_a_long_question_has_three_full_lines() -> None:
    made = told()
    asks = (
        "Which of the lamps that were sent to the harbour in the spring have been taken back since, and why was that?"
    )
    made.land({"letters/first": letter("first", questions=[question("1", text=asks)])})
    (picture,) = pictures(made)
    lines = next(line.text for line in picture.lines if line.row.letter.id == "first")
    assert lines == ("1 Which of the lamps that were", "sent to the harbour in the", "spring have been taken back…")


def test_all_of_it_stands_inside_the_picture() -> None:
    for picture in pictures(told()):
        for line in picture.lines:
            assert matrix.TOP < line.y < picture.height
            assert line.said < WIDTH
            for cell in line.cells:
                assert matrix.GUTTER < cell.x < WIDTH - matrix.WORDS


def test_longer_names_move_nothing() -> None:
    def drawn(parties: dict[str, Any]) -> list[str]:
        made = told()
        made.land({"parties": parties})
        return re.findall(r'(?:x|y|d|transform|width|height|viewBox)="[^"]*"', written(made))

    longer = {"parties": [party | {"name": f"{party['name']} of the Very Long Name"} for party in PARTIES["parties"]]}
    assert drawn(longer) == drawn(PARTIES)
    assert len(drawn(PARTIES)) > 50
