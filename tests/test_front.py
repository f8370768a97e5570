"""The front page: what was asked of whom and what came back, what is not known and what is new; and it stays small."""

import json
import re
from typing import Any

import pytest
from lxml import html

from publisher.formats import phrases
from publisher.formats.pages import front, whole
from publisher.formats.pages.site import Site
from publisher.index import Index
from tests.correspondence import ARCHIVE, Told, assessment, change, harbour, letter, question, reported


def made(index: Index) -> html.HtmlElement:
    """The front page."""
    ((path, page),) = front.pages(Site(index))
    assert path == "index.html"
    return html.document_fromstring(page)


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows(page: html.HtmlElement) -> list[tuple[str, list[str], str]]:
    """Whom, the classes of the marks, and what came back, row by row."""
    found = page.xpath("//table[contains(@class, 'overview')]/tbody/tr")
    return [
        (text(row.find("th")), [mark.get("class") for mark in row.xpath(".//svg/*")], text(row.xpath("./td[2]")[0]))
        for row in found
    ]


@pytest.fixture(name="page", scope="module")
def fixture_page() -> html.HtmlElement:
    return made(harbour().index())


def test_the_first_sentence_says_what_is_known_and_what_is_not(page: html.HtmlElement) -> None:
    assert text(page.xpath("//p[@class='lead']")[0]) == (
        "This archive knows of 4 letters, 1 of them written in reply; it is not complete. Questions on record here: 6; "
        "for 3 of them a source or this archive has said what came back, 3 are not assessed."
    )


def test_each_question_is_a_mark_beside_its_outcome_and_whose_word_it_is(page: html.HtmlElement) -> None:
    found = rows(page)
    whole_letter = "1 letter as a whole no reply known: Quay News, 1 Mar 2021"
    own = "1 refused: The Harbour Institute (this archive's reading), 1 Jun 2019"
    assert [(whom, words) for whom, _, words in found] == [
        (
            "Acme Optics, Quayside Fund, together 4 questions in 1 letter",
            f"1 answered: Quay News, 1 Jun 2019 {own} 2 not assessed",
        ),
        (
            "Acme Optics 2 questions in 2 letters",
            f"1 partly answered: Quay News, 1 Jun 2019 1 not assessed {whole_letter}",
        ),
        ("Quayside Fund 1 question in 1 letter", "1 declined to comment: Quay News, 1 Jun 2019"),
    ]
    assert [len({mark for mark in marks if "dash" in mark}) > 0 for _, marks, _ in found] == [True, True, False]
    assert page.xpath("//a/@href[. = 'questions/index.html']")


def test_the_key_has_each_outcome_that_is_drawn_and_no_other(page: html.HtmlElement) -> None:
    key = [text(item) for item in page.xpath("//section[@class='asked']/ul[@class='key']/li")]
    assert key == ["answered", "partly answered", "refused", "declined to comment", "not assessed"]
    nothing_known = Told()
    nothing_known.land({"letters/a": letter("a", questions=[question("1")])})
    key = [text(item) for item in made(nothing_known.index()).xpath("//ul[@class='key']/li")]
    assert key == ["not assessed"]


def test_an_outcome_counts_for_no_more_questions_than_it_was_said_of(page: html.HtmlElement) -> None:
    told = harbour()
    told.land({"assessments/2019-02-18-institute-to-acme": None})
    after = made(told.index())
    assert "for 0 of them a source has said what came back, 6 are not assessed" in text(after)
    whole_letter = "1 letter as a whole no reply known: Quay News, 1 Mar 2021"
    assert [words for _, _, words in rows(after)] == ["5 not assessed", f"1 not assessed {whole_letter}"]


def test_news_stand_with_their_day(page: html.HtmlElement) -> None:
    assert text(page.xpath("//section[@aria-labelledby='news']//li")[0]) == (
        "15 November 2023, 01:13 UTC: Withdrawal: letter secret"
    )
    told = harbour()
    first = json.loads(told.files["records/letters/2020-05-follow-up.yaml"])
    told.land({"letters/2020-05-follow-up": first | {"changes": [change("editorial", "A comma.")]}})
    assert "A comma" not in text(made(told.index()))


def test_what_is_covered_is_said_and_gaps_are_named(page: html.HtmlElement) -> None:
    said = [text(item) for item in page.xpath("//section[@aria-labelledby='coverage']//li")]
    assert said == [
        "Not complete: Acme Optics. Only letters found on public pages.",
        "Nothing is claimed of 2 parties not named here.",
        "3 of 6 questions are assessed.",
        "Of 1 letter, the day of sending is not known.",
        "Of 4 letters, only a part of the text was seen.",
        "Of 1 letter, not all questions are listed.",
        "Of 1 letter, it is not known what else they ask.",
    ]


def test_the_box_says_how_to_check_and_what_that_proves(page: html.HtmlElement) -> None:
    index, box = harbour().index(), text(page.xpath("//section[@class='provenance']")[0])
    for fact in (index.source.commit, index.log.root, index.log.origin, phrases.PROOF, "letterbook verify"):
        assert fact in box


def test_the_list_goes_from_new_to_old_with_undated_letters_last() -> None:
    told = Told()
    days = {"a": "2019-02-18", "b": "2021", "c": "unknown", "d": "2019-02", "e": "2020-12/2021-02"}
    told.land({
        f"letters/{name}": letter(name, dates={"sent": {"date": day, "basis": "stated"}}) for name, day in days.items()
    })  # fmt: skip
    page = made(told.index())
    links = page.xpath("//ul[@class='letters']//a/@href")
    assert [link.split("/")[1] for link in links] == ["b", "e", "a", "d", "c"]
    assert [text(h) for h in page.xpath("//section[@aria-labelledby='letters']/h3")] == [
        "2021",
        "2020",
        "2019",
        "No date known",
    ]


@pytest.mark.parametrize("number", [50, 51, 600])
def test_the_page_stays_small_and_leads_to_the_rest(number: int) -> None:
    told = Told()
    told.land({
        f"letters/l-{n:03}": letter(
            f"l-{n:03}", dates={"sent": {"date": f"{2000 + n % 20}-01-01", "basis": "stated"}},
            to=[{"class": f"readers of paper {n}"}], questions=[question("1")],
        )
        for n in range(number)
    })  # fmt: skip
    site = Site(told.index())
    ((_, source),) = front.pages(site)
    page: html.HtmlElement = html.document_fromstring(source)
    assert len(page.xpath("//ul[@class='letters']/li")) == 50
    assert len(rows(page)) == front.ROWS_SHOWN
    assert (f"These are the newest 50 of {number} letters." in text(page)) == (number > 50)
    assert f"{number - front.ROWS_SHOWN} more questions went to others." in text(page)
    assert len(source) < 60_000
    everything = dict(whole.pages(site))
    for link in page.xpath("//nav[@aria-label='Letters by year']//a/@href"):
        path, _, anchor = str(link).partition("#")
        assert html.document_fromstring(everything[path]).xpath(f"//*[@id='{anchor}']") or not anchor


def test_a_complete_archive_does_not_say_that_it_is_not() -> None:
    parties = ("acme-optics", "harbour-institute", "quayside-fund")
    page = made(Told(ARCHIVE | {"coverage": [{"party": party, "complete": True} for party in parties]}).index())
    assert "not complete" not in text(page)
    assert "Nothing is claimed" not in text(page)


def swapped(document: Any, *names: str) -> Any:
    one, other = names
    return json.loads(json.dumps(document).replace(one, "\0").replace(other, one).replace("\0", other))


def test_exchanged_names_change_nothing_but_the_names() -> None:
    document = harbour().index().to_mapping()
    before, after = (
        made(Index.from_mapping(it)) for it in (document, swapped(document, "Acme Optics", "Quayside Fund"))
    )
    shapes = [
        [(str(e.tag), [v for k, v in e.attrib.items() if k != "content"]) for e in page.iter()]
        for page in (before, after)
    ]
    assert shapes[0] == shapes[1]
    assert text(before) != text(after)


def test_nobody_is_ranked_or_judged(page: html.HtmlElement) -> None:
    found = html.tostring(page, encoding="unicode")
    assert not re.search(r"%|\bper cent|\bmedian|\baverage|\brate\b", found)
    assert not re.search(r"ignored|evaded|failed|\bsilen|stonewall|still waiting", found, re.IGNORECASE)


def test_hostile_words_stay_words() -> None:
    told = Told()
    told.land({
        "letters/a": letter("a", to=[{"class": "POISON"}], questions=[question("1")]),
        "assessments/a": assessment("a", reported("1", "answered", assessed_by="POISON")),
    })  # fmt: skip
    poison = "<script>alert(1)</script>\u202e"
    document = json.loads(json.dumps(told.index().to_mapping()).replace("POISON", json.dumps(poison)[1:-1]))
    page = made(Index.from_mapping(document))
    assert not page.xpath("//script")
    assert text(page).count("<script>alert(1)</script>[U+202E]") >= 2
