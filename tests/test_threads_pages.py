"""Threads and parties: everything of a thread on one page, pictures beside tables that say the same, and no ranking."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from lxml import html

from publisher.formats.pages import parties, style, threads
from publisher.formats.pages.site import Site
from publisher.index import Index
from tests.correspondence import ARCHIVE, Told, assessment, harbour, letter, question, reported

Pages = dict[str, html.HtmlElement]
THREAD = "threads/works/index.html"
ACME = "parties/acme-optics/index.html"


def made(index: Index) -> Pages:
    """The pages of threads and parties, by path."""
    site = Site(index)
    return {path: html.document_fromstring(text) for kind in (threads, parties) for path, text in kind.pages(site)}


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def seen(pages: Pages, path: str) -> str:
    return text(pages[path].find("body"))


@pytest.fixture(name="pages", scope="module")
def fixture_pages() -> Pages:
    return made(harbour().index())


def rows(page: html.HtmlElement, caption: str) -> list[list[str]]:
    """The cells of a table, row by row."""
    (table,) = page.xpath(f"//table[caption[starts-with(normalize-space(), '{caption}')]]")
    return [[text(cell) for cell in row.xpath("./*")] for row in table.xpath("./tbody/tr")]


def dated(name: str, sent: str, **fields: Any) -> dict[str, Any]:
    return letter(name, dates={"sent": {"date": sent, "basis": "stated"}}, **fields)


def many(number: int) -> Pages:
    told = Told()
    told.land({
        f"letters/l-{n:04}": dated(f"l-{n:04}", f"{2001 + n // 40}-{1 + n % 12:02}-{1 + n % 28:02}")
        for n in range(number)
    })  # fmt: skip
    return made(told.index())


# -- threads -------------------------------------------------------------------------------------------------


def test_a_thread_has_every_letter_in_order_with_its_questions_and_what_came_back(pages: Pages) -> None:
    page = pages[THREAD]
    articles = page.xpath("//article")
    assert [article.get("id") for article in articles] == [
        "letter-2019-02-18-institute-to-acme", "letter-2019-03-01-acme-to-institute", "letter-2020-statement",
        "letter-2020-05-follow-up",
    ]  # fmt: skip
    first = text(articles[0])
    assert "1 Open letter on the dredging works and the lighthouse lenses Open letter. From" in first
    assert "Harbour Institute for Tides, twelve fishing cooperatives to Acme Optics, Quayside Fund" in first
    assert "copied to the public; sent through Quayside Counsel; sent: 18 February 2019 (stated)." in first
    assert "Asks about the works in the harbour" in first
    assert "1 What of point 1? (paraphrase) asked of Acme Optics, Quayside Fund" in first
    assert "Quayside Fund: Declined to comment as of 1 June 2019. Reported by Quay News" in first
    assert "4 What of point 4? (paraphrase) Not assessed" in first
    assert "No reply known as of 1 March 2021, 301 days after the letter." in text(articles[3])


def test_a_thread_shows_disputes_beside_the_claim(pages: Pages) -> None:
    article = pages[THREAD].xpath("//article")[0]
    said = [text(paragraph) for paragraph in article.xpath("./p[@class='dispute']")]
    assert [words.split(",")[0] for words in said] == ["Disputed by Acme Optics", "Disputed by Quayside Fund"]


def test_a_thread_says_how_much_is_known(pages: Pages) -> None:
    assert "This archive knows of 4 letters, 18 February 2019 to 2020. 6 questions:" in seen(pages, THREAD)
    assert "4 letters, 18 February 2019 to 2020" in seen(pages, "threads/index.html")


def test_every_page_of_a_thread_or_party_leads_to_its_feed(pages: Pages) -> None:
    for path, feed in ((THREAD, "feeds/thread/works.atom"), (ACME, "feeds/party/acme-optics.atom")):
        found = pages[path].xpath("//link[@rel='alternate' and @type='application/atom+xml']/@href")
        assert f"../../{feed}" in found


def test_the_conversation_is_there_for_machines(pages: Pages) -> None:
    (script,) = pages[THREAD].xpath("//script")
    assert script.get("type") == "application/ld+json"
    conversation = json.loads(script.text)
    assert (conversation["@type"], conversation["name"]) == ("Conversation", "The works in the harbour")
    first, reply, statement, _ = conversation["hasPart"]
    assert {part["@type"] for part in conversation["hasPart"]} == {"Message"}
    assert first["url"] == f"{ARCHIVE['site']}letters/2019-02-18-institute-to-acme/"
    assert (first["dateSent"], "dateSent" in statement) == ("2019-02-18", False)
    assert reply["sender"] == [{"@type": "Organization", "name": "Acme Optics"}]
    assert first["sender"][1] == {"@type": "Audience", "audienceType": "twelve fishing cooperatives"}


def test_a_thread_without_letters_has_a_page() -> None:
    assert "This archive knows of 0 letters." in seen(made(Told().index()), THREAD)


def test_one_letter_is_not_drawn() -> None:
    assert not many(1)[THREAD].xpath("//figure")


@pytest.mark.parametrize("number", [60, 61])
def test_a_long_thread_is_a_list_by_year_and_says_so(number: int) -> None:
    pages = many(number)
    for path in (THREAD, ACME):
        page = pages[path]
        links = page.xpath("//table//a/@href[contains(., 'letters/l-')]")
        assert set(links) == {f"../../letters/l-{n:04}/index.html" for n in range(number)}
        assert bool(page.xpath("//figure")) == (number == 60)
        if number > 60:
            assert len(links) == number
            assert [text(h) for h in page.xpath("//h3")] == ["2001", "2002"]
            assert "listed, not drawn" in seen(pages, path)
            assert not page.xpath("//article|//script")


# -- pictures and their tables -------------------------------------------------------------------------------


def test_every_picture_is_followed_by_its_table_which_stands_alone_on_a_narrow_screen(pages: Pages) -> None:
    drawn = 0
    for page in pages.values():
        for figure in page.xpath("//figure"):
            drawn += 1
            assert "picture" in figure.get("class")
            assert figure.getnext().tag == "table"
            (picture,) = figure.xpath("./svg")
            assert picture.get("role") == "img"
            assert page.xpath(f"//*[@id='{picture.get('aria-labelledby')}']")
    assert drawn >= 7
    narrow = style().decode().split("@media (max-width: 37.5rem)")[1:]
    assert any(re.match(r"\s*{\s*\.picture[^}]*display: none", rule) for rule in narrow)


def test_who_wrote_to_whom_says_the_same_in_picture_and_table(pages: Pages) -> None:
    page = pages[THREAD]
    columns = page.xpath("(//figure)[1]/svg/g")
    table = rows(page, "The letters in the order")
    assert [text(column.find("title")).split(":")[0] for column in columns] == [row[0] for row in table]
    assert [row[3] for row in table] == ["–", "1 (stated)", "–", "–"]
    assert [text(t) for column in columns for t in column.xpath("./text[@class='middle']")] == ["1"]
    assert "From Harbour Institute for Tides, twelve fishing cooperatives to Acme Optics, Quayside Fund" in table[0][2]
    assert "copied to the public; sent through Quayside Counsel" in table[0][2]
    marks = ("circle[@class='solid']", "path[@class='solid']", "circle[@class='open']", "path[@class='open']")
    assert [len(columns[0].xpath(f".//{mark}")) for mark in marks] == [2, 2, 1, 1]


def test_dates_say_the_same_in_picture_and_table(pages: Pages) -> None:
    page = pages[THREAD]
    words = [[text(t) for t in row.xpath("./text[@class='small']")] for row in page.xpath("(//figure)[2]/svg/g")]
    assert words == [
        ["sent 18 Feb 2019", "received some day in Feb 2019", "published some day, 20 Feb to 1 Mar 2019"],
        ["sent 1 Mar 2019"],
        ["sent: not known", "published some day in 2020"],
        ["sent 4 May 2020"],
    ]
    table = rows(page, "The dates as they are known")
    assert [[cell.split(" (")[0] for cell in row[2:5]] for row in table] == [
        ["18 February 2019", "February 2019", "between 20 February 2019 and 1 March 2019"],
        ["1 March 2019", "–", "–"],
        ["not known", "–", "2020"],
        ["4 May 2020", "–", "–"],
    ]
    assert [row[5] for row in table] == ["–", "–", "listed by the day it was published", "–"]


def test_days_say_the_same_in_picture_and_table(pages: Pages) -> None:
    page = pages[THREAD]
    drawn = [[text(t) for t in group.xpath(".//text")] for group in page.xpath("(//figure)[3]/svg/g")]
    assert drawn == [
        ["1", "to Acme Optics +1", "11 days", "letter 2 replies (stated)"],
        ["4", "to Acme Optics", "no reply known", "301 days, to 1 Mar 2021"],
    ]
    table = [[row[0], row[2], row[3]] for row in rows(page, "What came back")]
    assert table == [
        ["1", "2: [Reply on the lenses] replies (stated)", "11 days"],
        ["2", "No reply recorded here; not assessed", "–"],
        ["3", "No reply recorded here; not assessed", "–"],
        ["4", "No reply known as of 1 March 2021; as reported by Quay News", "301 days"],
    ]


def test_where_dates_overlap_the_order_is_said_to_be_open() -> None:
    told = Told()
    told.land({f"letters/{name}": dated(name, day) for name, day in (("a", "2019-02"), ("b", "2019-02-15"))})
    pages = made(told.index())
    assert [row[3] for row in rows(pages[THREAD], "The dates as they are known")] == [
        "may be before or after 2", "may be before or after 1",
    ]  # fmt: skip
    assert "may have been sent in either order" in seen(pages, THREAD)


def test_nothing_is_counted_without_an_assessment() -> None:
    told = Told()
    told.land({
        "letters/a": dated("a", "2001-01-01", questions=[question("1")]),
        "letters/b": dated("b", "2020-01-01", **{"from": [{"party": "acme-optics"}]}),
        "assessments/b": assessment("b", reported(None, "declined-to-comment", as_of="2021-01-01")),
    })  # fmt: skip
    pages = made(told.index())
    for path in (THREAD, ACME):
        assert not re.search(r"[0-9] days?\b", seen(pages, path))
        assert not pages[path].xpath("//*[@aria-labelledby='delays-picture']")
    assert [row[2] for row in rows(pages[THREAD], "What came back")] == [
        "No reply recorded here; not assessed",
        "No reply recorded here. What was said: declined to comment, as reported by Quay News",
    ]


# -- parties -------------------------------------------------------------------------------------------------


def test_a_party_says_what_is_known_and_that_it_is_not_complete(pages: Pages) -> None:
    known = "This archive knows of 2 letters to this party and 2 letters by it, 1 of those written in reply."
    assert f"{known} It is not complete. Only letters found on public pages." in seen(pages, ACME)
    told = Told(ARCHIVE | {"coverage": [{"party": "acme-optics", "complete": True}]})
    complete = seen(made(told.index()), ACME)
    assert "The archive says that the list is complete." in complete
    assert "not complete" not in complete


def test_a_party_shows_its_part_in_every_letter_and_the_names_it_goes_by(pages: Pages) -> None:
    table = rows(pages["parties/quayside-fund/index.html"], "Letters in which")
    assert [row[2] for row in table] == ["addressed, sent for the sender"]
    names = seen(pages, "parties/quayside-fund/index.html")
    assert "Quayside Counsel so named in Open letter on the dredging works and the lighthouse lenses" in names
    assert [row[2] for row in rows(pages[ACME], "Letters in which")] == ["addressed", "wrote", "wrote", "addressed"]
    assert pages[ACME].xpath("//a/@href[. = '../../parties/acme-optics/questions/index.html']")


def test_what_came_back_to_letters_that_a_party_only_got_a_copy_of_is_not_put_on_its_page() -> None:
    told = Told()
    told.land({
        "letters/a": dated("a", "2019-02-18", cc=[{"party": "quayside-fund"}]),
        "letters/b": dated("b", "2019-03-01", relations=[{"kind": "replies-to", "letter": "a", "basis": "stated"}]),
    })  # fmt: skip
    page = made(told.index())["parties/quayside-fund/index.html"]
    assert rows(page, "What came back") == []
    assert "11 days" not in text(page)


def test_parties_stand_by_letters_then_as_in_the_table_and_never_by_name() -> None:
    told = Told()
    told.land({"letters/a": dated("a", "2019-02-18", to=[{"party": "quayside-fund"}])})
    document = told.index().to_mapping()
    for new in ({}, {"Quayside Fund": "Aaa", "Harbour Institute": "Zzz", "Acme Optics": "Mmm"}):
        page = made(Index.from_mapping(renamed(document, new)))["parties/index.html"]
        links = page.xpath("//table//th//a/@href")
        assert [link.split("/")[-2] for link in links] == ["harbour-institute", "quayside-fund", "acme-optics"]


# -- everywhere ----------------------------------------------------------------------------------------------


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The same index with names exchanged, wherever a text is exactly one of them."""
    if isinstance(value, dict):
        return {key: renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def shape(page: html.HtmlElement) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything of a page but its words."""
    words = {"title", "content"}
    return [(str(e.tag), sorted((k, v) for k, v in e.attrib.items() if k not in words)) for e in page.iter()]


def test_exchanged_names_change_nothing_but_the_names() -> None:
    document = harbour().index().to_mapping()
    before = made(Index.from_mapping(document))
    new = {"Acme Optics": "Quayside Fund", "Quayside Fund": "W" * 90, "Harbour Institute": "א"}
    after = made(Index.from_mapping(renamed(document, new)))
    for path, page in before.items():
        assert shape(page) == shape(after[path]), path


def test_no_page_ranks_anybody_or_judges(pages: Pages) -> None:
    for path, page in pages.items():
        found = html.tostring(page, encoding="unicode")
        assert not re.search(r"%|\bper cent|\bmedian|\baverage|\bmean\b|\brate\b|\bfastest|\bslowest", found), path
        assert not re.search(
            r"ignored|evaded|failed|\bsilen|stonewall|our side|still waiting|overdue", found, re.IGNORECASE
        ), path


@pytest.mark.parametrize(
    "poison", ["<script>alert(1)</script>", "</script><b>", "\u202eevil", "x" * 10_000, "]]>", "שלום"]
)
def test_hostile_text_neither_runs_nor_misleads(poison: str) -> None:
    told = harbour()
    title = "Open letter on the dredging works and the lighthouse lenses"
    names = ("Acme Optics", "Quayside Counsel", "twelve fishing cooperatives", "The works in the harbour", "Quay News")
    document = renamed(told.index().to_mapping(), dict.fromkeys((*names, title), poison))
    pages = made(Index.from_mapping(document))
    for page in pages.values():
        assert not page.xpath("//b")
        assert [script.get("type") for script in page.xpath("//script")] in ([], ["application/ld+json"])
        for script in page.xpath("//script"):
            assert json.loads(script.text)["@type"] == "Conversation"
        assert "\u202e" not in html.tostring(page, encoding="unicode")
        for label in page.xpath("//figure//svg/svg/text | //figure//g/svg/text"):
            assert len(label.text_content()) <= 40
