"""The pictures: where things stand, that nothing is drawn that is not known, and that nobody's name moves anything."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from lxml import html

from publisher.dates import PartialDate, certainly_before
from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.formats.order import narrowed, unsettled
from publisher.formats.pictures import delays, lanes, overview, timeline
from publisher.formats.templating import environment
from publisher.letter import Letter
from tests.correspondence import PARTIES, Told, assessment, letter, question, reported

Parts = Mapping[str, Any]


def sent(text: str, **others: str) -> Parts:
    """The dates of a letter: when it was sent, and what else is known."""
    return {name: {"date": day, "basis": "stated"} for name, day in {"sent": text, **others}.items()}


def to(name: str, kind: str = "replies-to", basis: str = "stated") -> list[dict[str, str]]:
    return [{"kind": kind, "letter": name, "basis": basis}]


def book(**documents: Parts) -> Book:
    """A book of letters by their ids, and of assessments by `assess_` and the letter's id."""
    told = Told()
    told.land({
        f"assessments/{name[7:]}" if name.startswith("assess_") else f"letters/{name}": {**document}
        for name, document in documents.items()
    })  # fmt: skip
    return Book(told.index())


def a(name: str, day: str = "2019-02-18", /, **fields: Any) -> dict[str, Any]:
    return letter(name, dates=sent(day), **fields)


def shown(template: str, name: str, *values: object) -> html.HtmlElement:
    """What a picture's template draws."""
    made: Environment = environment()
    module = made.get_template(f"pictures/{template}.html").make_module()
    return html.fragment_fromstring(getattr(module, name)(*values), create_parent="div")


def drawn(found: Book) -> timeline.Timeline:
    picture = timeline.timeline(found, found.letters)
    assert picture
    return picture


# -- order ---------------------------------------------------------------------------------------------------


def spans(dates: Sequence[str]) -> dict[str, tuple[date, date]]:
    found = {}
    for number, text in enumerate(dates):
        day = PartialDate(text)
        assert day.earliest and day.latest
        found[f"l{number}"] = (day.earliest, day.latest)
    return found


known_dates = st.sampled_from(["2019", "2019-02", "2019-02-15", "2019-02-18", "2019-03", "2019-02-20/2019-04", "2020"])


@given(st.lists(known_dates, min_size=2, max_size=6), st.data())
def test_a_reply_stands_behind_what_it_answers_and_no_certain_date_is_overruled(
    dates: list[str], data: st.DataObject
) -> None:
    found = spans(dates)
    names = list(found)
    pairs = data.draw(st.lists(st.tuples(st.integers(1, len(dates) - 1), st.integers(0, len(dates) - 2)), max_size=6))
    replies: dict[str, list[str]] = {}
    for one, other in pairs:
        if other < one:
            replies.setdefault(f"l{one}", []).append(f"l{other}")
    placed = narrowed(found, replies)

    def place(name: str) -> tuple[date, int, date]:
        (first, last), depth = placed[name]
        return first, depth, last

    for name in names:
        assert found[name][0] <= placed[name][0][0] <= placed[name][0][1] == found[name][1]
        for earlier in names:
            if found[earlier][1] < found[name][0]:
                assert place(earlier) < place(name)
            if earlier in replies.get(name, ()) and placed[earlier][0][0] <= found[name][1]:
                assert place(earlier) < place(name)


def test_replies_in_a_circle_do_not_disturb_the_order() -> None:
    found = spans(["2019-02-15", "2019-02"])
    assert narrowed(found, {"l0": ["l1"], "l1": ["l0"]}) == {name: (span, 0) for name, span in found.items()}


def test_of_overlapping_letters_it_is_said_that_either_may_be_the_first() -> None:
    found = spans(["2019-02", "2019-02-15", "2019-02-15", "2019-03-01"])
    assert unsettled(list(found), found, {}) == {"l0": ["l1", "l2"], "l1": ["l0", "l2"], "l2": ["l0", "l1"]}
    assert unsettled(list(found), found, {"l0": ["l1"], "l2": ["l0"]}) == {}


def test_a_month_stands_behind_the_day_that_it_answers() -> None:
    found = book(a=a("a", "2019-02", relations=to("b")), b=a("b", "2019-02-15"), c=a("c", "2019-02-14"))
    assert [one.id for one in found.letters] == ["c", "b", "a"]


# -- when ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2019", "2019-02", "2019-02-10/2019-03-05", "2018/2019-04"])
def test_what_is_not_known_to_the_day_is_drawn_over_all_of_its_days_and_open(text: str) -> None:
    picture = drawn(book(a=a("a", text), b=a("b", "2018-01-01"), c=a("c", "2020-12-31")))
    (row,) = [row for row in picture.rows if row.letter.id == "a"]
    mark = row.levels[0].mark
    span = PartialDate(text)
    assert mark and span.earliest and span.latest
    unit = timeline.PLOT / (date(2020, 12, 31) - date(2018, 1, 1) + timedelta(1)).days
    assert not mark.exact
    assert mark.x == pytest.approx(timeline.GUTTER + (span.earliest - date(2018, 1, 1)).days * unit, abs=0.06)
    assert mark.width == pytest.approx(((span.latest - span.earliest).days + 1) * unit, abs=0.06)
    (shape,) = shown("timeline", "shape", mark).xpath(".//path")
    assert shape.get("class") == "span"
    assert shape.get("d").startswith(f"M{mark.x} ")
    assert f"H{round(mark.x + mark.width, 1)}" in shape.get("d")


@pytest.mark.parametrize("kind", ["sent", "received", "published"])
def test_a_day_is_a_filled_mark_over_its_own_middle(kind: str) -> None:
    field = {"sent": "sent", "received": "received", "published": "first_published"}[kind]
    dates = sent(**({"text": "2019-02-10"} if kind == "sent" else {"text": "unknown", field: "2019-02-10"}))
    picture = drawn(book(a=letter("a", dates=dates), b=a("b", "2019-02-01"), c=a("c", "2019-02-28")))
    (row,) = [row for row in picture.rows if row.letter.id == "a"]
    (mark,) = [level.mark for level in row.levels if level.mark]
    assert mark.exact
    assert (mark.x, mark.width) == (round(150 + 9 * 320 / 28, 1), round(320 / 28, 1))
    (shape,) = shown("timeline", "shape", mark).xpath(".//path")
    assert shape.get("class") == "solid"
    start = float(shape.get("d")[1:].split(" ")[0])
    assert start + {"sent": 2, "received": 5, "published": 0}[kind] == pytest.approx(mark.x + mark.width / 2, abs=0.2)


def test_each_kind_of_date_has_its_own_shape() -> None:
    marks = [
        timeline.Mark(kind=kind, y=0, exact=exact, x=200, width=40)
        for kind in ("sent", "received", "published")
        for exact in (True, False)
    ]
    paths = [shown("timeline", "shape", mark).xpath("string(.//path/@d)") for mark in marks]
    shapes = [re.sub(r"^M[0-9.]+ [0-9.]+|[0-9.]+", lambda found: "" if found.start() == 0 else "n", d) for d in paths]
    assert len(set(shapes)) == 6


def test_a_letter_without_a_date_has_no_place_on_the_scale() -> None:
    found = book(a=a("a", "unknown"), b=a("b"), c=letter("c", dates=sent("unknown", received="2019-03")))
    picture = drawn(found)
    assert [row.letter.id for row in picture.rows] == ["b", "c"]
    assert picture.undated == ((3, "Harbour Institute"),)
    first, second = picture.rows[1].levels
    assert (first.words, first.mark) == ("sent: not known", None)
    assert second.words == "received some day in Mar 2019"
    assert (
        shown("timeline", "timeline", picture, found, {"sent", "received"}).text_content().count("no date known") == 1
    )


def test_rows_and_undated_letters_do_not_overlap() -> None:
    found = book(
        a=letter("a", dates=sent("2019-01", received="2019-02-01", first_published="2020")),
        b=a("b"),
        c=a("c", "unknown"),
    )
    picture = drawn(found)
    ys = [level.y for row in picture.rows for level in row.levels]
    assert all(after - before >= timeline.LEVEL for before, after in pairwise(ys))
    assert picture.bottom >= ys[-1] + timeline.LEVEL
    assert picture.height >= picture.bottom + 44


@given(st.integers(1000, 9999), st.integers(0, 120), st.integers(1, 12))
def test_ticks_are_few_and_stand_at_first_days(year: int, years: int, month: int) -> None:
    scale = timeline.Scale(first=date(year, month, 1), last=date(min(year + years, 9999), 12, 31))
    ticks = list(timeline._ticks(scale))
    assert 1 <= len(ticks) <= 9 or years > 100
    assert all(timeline.GUTTER <= tick.x <= timeline.GUTTER + timeline.PLOT for tick in ticks)
    assert [tick.x for tick in ticks] == sorted(tick.x for tick in ticks)


# -- days ----------------------------------------------------------------------------------------------------

any_date = st.sampled_from(["2019", "2019-02", "2019-02-15", "2019-01-20/2019-04", "unknown", "2019-02-18", "2020-01"])


@given(any_date, any_date)
def test_days_between_two_dates_are_as_many_as_they_can_be(one: str, other: str) -> None:
    start, end = PartialDate(one), PartialDate(other)
    days = delays.between(start, end)
    if "unknown" in (one, other) or certainly_before(end, start):
        assert days is None
        return
    assert days and start.earliest and start.latest and end.earliest and end.latest
    assert 0 <= days.fewest <= days.most == (end.latest - start.earliest).days
    if start.precision == end.precision == "day":
        assert days.fewest == days.most


def waits(found: Book) -> tuple[delays.Wait, ...]:
    return delays.waits(found, found.letters)


def test_without_an_assessment_nothing_is_counted() -> None:
    not_assessed = {"question": "1", "outcome": "not-assessed", "basis": "own", "candidates": ["b"]}
    found = book(
        a=a("a", questions=[question("1")]), b=a("b", "2020-01-01"), c=a("c"), assess_a=assessment("a", not_assessed)
    )
    assert [(wait.kind, wait.days) for wait in waits(found)] == [("unassessed", None)] * 3
    assert delays.delays(found, found.letters, waits(found)) is None


def test_days_without_a_reply_end_on_the_day_of_the_assessment() -> None:
    told = Told()
    told.land({"letters/a": a("a"), "assessments/a": assessment("a", reported(None, "no-reply-known"))})
    before = waits(Book(told.index()))
    told.land({"letters/b": a("b", "2022-01-01")})
    found = Book(told.index())
    assert before[0].days == waits(found)[0].days == delays.Days(fewest=103, most=103)
    picture = delays.delays(found, found.letters, waits(found))
    assert picture
    assert [bar.words for bar in picture.bars] == [("no reply known", "103 days, to 1 Jun 2019")]
    (path,) = [p for p in shown("delays", "delays", picture, found).xpath(".//g/path") if p.get("class") != "faint"]
    assert path.get("class") == "wait"


def test_a_reply_whose_day_is_not_known_is_a_range() -> None:
    found = book(a=a("a", "2019-02-18"), b=a("b", "2019-03", relations=to("a", basis="inferred")))
    (wait, _) = waits(found)
    assert (wait.kind, wait.days) == ("replied", delays.Days(fewest=11, most=41))
    picture = delays.delays(found, found.letters, waits(found))
    assert picture
    (bar,) = picture.bars
    assert bar.words == ("between 11 and 41 days", "letter 2 replies (inferred)")
    assert (bar.fewest, bar.most) == (round(11 * 250 / 41, 1), 250)
    shapes = [p.get("class") for p in shown("delays", "delays", picture, found).xpath(".//g/path")]
    assert shapes == ["faint", "range", "solid"]


def test_only_replies_count_as_replies() -> None:
    for kind in ("refers-to", "follows-up", "parallel-to"):
        found = book(a=a("a"), b=a("b", "2019-03-01", relations=to("a", kind)))
        assert [wait.kind for wait in waits(found)] == ["unassessed", "unassessed"]


def test_an_outcome_that_is_neither_is_no_silence() -> None:
    found = book(a=a("a", questions=[question("1")]), assess_a=assessment("a", reported("1", "declined-to-comment")))
    assert [(wait.kind, wait.days) for wait in waits(found)] == [("assessed", None)]


def test_bars_stand_in_the_order_of_the_letters_however_long_they_are() -> None:
    found = book(
        a=a("a", "2019-01-01"), b=a("b", "2019-02-01"), c=a("c", "2019-02-02", relations=to("b")),
        d=a("d", "2019-12-01", relations=to("a")),
    )  # fmt: skip
    picture = delays.delays(found, found.letters, waits(found))
    assert picture
    assert [bar.wait.number for bar in picture.bars] == [1, 2]
    assert picture.bars[0].most > picture.bars[1].most


# -- who -----------------------------------------------------------------------------------------------------


def test_a_line_leads_from_all_senders_to_all_addressees() -> None:
    found = book(
        a=a("a", **{"from": [{"party": "harbour-institute"}, {"class": "two fishers"}]}, to=[{"party": "acme-optics"}]),
        b=a("b", "2019-03-01", cc=[{"party": "quayside-fund"}], relations=to("a", basis="inferred"),
            **{"from": [{"party": "acme-optics"}]}, to=[{"party": "harbour-institute"}], via=[{"class": "a firm"}]),
    )  # fmt: skip
    (band,) = lanes.lanes(found, found.letters)
    assert [lane.label for lane in band.lanes] == [
        "Harbour Institute",
        "two fishers",
        "Acme Optics",
        "Quayside Fund",
        "a firm",
    ]
    y = [lane.y for lane in band.lanes]
    first, second = band.columns
    assert [(mark.role, mark.y, mark.down) for mark in first.marks] == [
        ("from", y[0], True), ("from", y[1], True), ("to", y[2], True),
    ]  # fmt: skip
    assert [(mark.role, mark.y, mark.down) for mark in second.marks] == [
        ("from", y[2], True), ("to", y[0], False), ("cc", y[3], True), ("via", y[4], True),
    ]  # fmt: skip
    assert (second.top, second.bottom, second.first, second.last) == (y[0], y[2], y[0], y[4])
    assert (first.answers, second.answers) == ("", "(1)")


def test_columns_stand_equally_far_apart_whatever_the_dates() -> None:
    found = book(a=a("a", "2001"), b=a("b", "2019-02-18"), c=a("c", "2019-02-18"), d=a("d", "unknown"))
    (band,) = lanes.lanes(found, found.letters)
    xs = [column.x for column in band.columns]
    assert len({round(after - before, 1) for before, after in pairwise(xs)}) == 1
    assert [column.when for column in band.columns] == [("?", ""), ("18 Feb", ""), ("18 Feb", ""), ("?", "")]
    assert [year.text for year in band.years] == ["2001", "2019", "?"]


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        (sent("2019-02-18"), ("18 Feb", "")),
        (sent("2019-02"), ("? Feb", "")),
        (sent("2019-02-18/2019-03"), ("18 Feb", "to Mar")),
        (sent("2019/2020-03"), ("?", "to 2020")),
        (sent("unknown", received="2019-02-18"), ("18 Feb", "recd")),
        (sent("unknown", first_published="2019-02"), ("? Feb", "publ")),
    ],
)
def test_a_column_never_says_more_of_its_date_than_is_known(dates: Parts, words: tuple[str, str]) -> None:
    assert lanes._when(Letter.from_mapping(letter("a", dates=dates))) == words


def test_a_statement_without_an_addressee_has_a_flag_and_no_lane_for_nobody() -> None:
    nobody = [{"class": "no addressee known"}]
    found = book(a=a("a", to=nobody), b=a("b", "2019-03-01", to=[{"public": True}]))
    (band,) = lanes.lanes(found, found.letters)
    assert [lane.label for lane in band.lanes] == ["Harbour Institute", "the public"]
    assert [column.unaddressed for column in band.columns] == [True, False]
    assert len(shown("lanes", "lanes", (band,), found).xpath("./figure/svg//path[@class='flag']")) == 1


def test_many_letters_are_laid_in_bands_and_too_many_are_not_drawn() -> None:
    def of(number: int) -> Book:
        return book(**{f"l{n:02}": a(f"l{n:02}", f"2019-02-{1 + n % 28:02}") for n in range(number)})

    assert lanes.lanes(of(1), of(1).letters) == ()
    assert timeline.timeline(of(1), of(1).letters) is None
    found = of(45)
    bands = lanes.lanes(found, found.letters)
    assert [len(band.columns) for band in bands] == [12, 12, 12, 9]
    assert [column.number for band in bands for column in band.columns] == list(range(1, 46))
    assert all(column.x + 18 <= lanes.WIDTH for band in bands for column in band.columns)
    assert lanes.lanes(of(61), of(61).letters) == ()
    assert timeline.timeline(of(61), of(61).letters) is None


# -- what was asked ------------------------------------------------------------------------------------------


def test_every_question_is_one_mark_in_the_row_of_those_it_was_put_to() -> None:
    both = [{"party": "acme-optics"}, {"party": "quayside-fund"}]
    found = book(
        a=a("a", to=both, questions=[question("1"), question("2"), question("3", asked_of=["acme-optics"])]),
        assess_a=assessment("a", reported("1", "answered"), reported("2", "refused", by="quayside-fund"),
                            reported("3", "refused"), reported("3", "redirected")),
    )  # fmt: skip
    rows = {tuple(name for _, name in row.whom): row for row in overview.overview(found)}
    assert {names: [mark.outcome for mark in row.marks] for names, row in rows.items()} == {
        ("Acme Optics",): ["refused", "redirected", "not-assessed"],
        ("Acme Optics", "Quayside Fund"): ["answered"],
        ("Quayside Fund",): ["refused"],
    }
    acme = rows["Acme Optics",]
    assert (acme.questions, acme.letters, acme.unassessed) == (2, 1, 1)
    assert [(word.text, word.count, word.sources) for word in acme.words] == [
        ("refused and redirected", 1, (("Quay News", False, ("1 Jun 2019",)),))
    ]


def test_an_answer_of_one_is_not_put_down_to_the_others() -> None:
    both = [{"party": "acme-optics"}, {"party": "quayside-fund"}]
    found = book(
        a=a("a", to=both, questions=[question("1")]),
        assess_a=assessment("a", reported("1", "answered", by="acme-optics")),
    )
    outcomes = {row.whom[0][0]: [mark.outcome for mark in row.marks] for row in overview.overview(found)}
    assert outcomes == {"acme-optics": ["answered"], "quayside-fund": ["not-assessed"]}


def test_an_outcome_of_somebody_who_was_not_addressed_is_not_lost() -> None:
    by_fund = assessment("a", reported("1", "answered", by="quayside-fund"))
    found = book(a=a("a", questions=[question("1", asked_of=["acme-optics"])]), assess_a=by_fund)
    outcomes = {row.whom[0][0]: [mark.outcome for mark in row.marks] for row in overview.overview(found)}
    assert outcomes == {"acme-optics": ["not-assessed"], "quayside-fund": ["answered"]}


def test_a_letter_with_an_outcome_as_a_whole_has_words_and_no_marks() -> None:
    found = book(a=a("a"), b=a("b", "2019-03-01"), assess_a=assessment("a", reported(None, "refused")))
    (row,) = overview.overview(found)
    assert (row.questions, row.marks, row.unassessed) == (0, (), 0)
    assert [(word.text, word.count) for word in row.wholes] == [("refused", 1)]


def test_each_outcome_has_a_mark_of_its_own() -> None:
    drawn = [shown("glyphs", "mark", outcome, 10, 10) for outcome in phrases.OUTCOMES]
    shapes = {tuple((e.tag, *sorted(e.attrib.items())) for e in tree.iter()) for tree in drawn}
    assert len(shapes) == len(phrases.OUTCOMES) == 9


def test_rows_stand_by_questions_and_marks_stay_inside() -> None:
    found = book(
        a=a("a", to=[{"party": "quayside-fund"}], questions=[question(str(n)) for n in range(50)]),
        b=a("b", to=[{"party": "acme-optics"}], questions=[question(str(n)) for n in range(200)]),
        c=a("c", to=[{"class": "states"}], questions=[question("1")]),
    )
    many, some, one = overview.overview(found)
    assert [(mark.outcome, mark.count) for mark in many.marks] == [("not-assessed", 200)]
    assert len({(mark.x, mark.y) for mark in some.marks}) == len(some.marks) == 50
    assert all(5 <= mark.x <= overview.WIDTH - 5 and 5 <= mark.y <= some.height - 5 for mark in some.marks)
    assert one.whom == ((None, "states"),)


# -- names ---------------------------------------------------------------------------------------------------


def geometry(found: Book) -> list[tuple[str, list[tuple[str, str]]]]:
    letters = found.letters
    bands, line, bars = lanes.lanes(found, letters), drawn(found), delays.delays(found, letters, waits(found))
    trees = [
        shown("lanes", "lanes", bands, found), shown("timeline", "timeline", line, found, {"sent"}),
        shown("delays", "delays", bars, found), *(shown("overview", "strip", row) for row in overview.overview(found)),
    ]  # fmt: skip
    return [(str(e.tag), sorted(e.attrib.items())) for tree in trees for e in tree.iter()]


def test_no_name_moves_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(names: Sequence[str]) -> Book:
        parties = [party | {"name": name} for party, name in zip(PARTIES["parties"], names, strict=True)]
        monkeypatch.setattr("tests.correspondence.PARTIES", {"parties": parties})
        return book(
            a=a("a", questions=[question("1")]),
            b=a(
                "b",
                "2019-03",
                relations=to("a"),
                **{"from": [{"party": "acme-optics"}]},
                to=[{"party": "quayside-fund"}],
            ),
            c=a("c", "2019-04-01", **{"from": [{"party": "quayside-fund"}]}, questions=[question("1")]),
            assess_c=assessment("c", reported("1", "no-reply-known")),
        )

    plain = geometry(of(["Acme", "Harbour", "Quayside"]))
    for names in (["Quayside", "Harbour", "Acme"], ["W" * 200, "ש" * 90, "a"]):
        assert geometry(of(names)) == plain
