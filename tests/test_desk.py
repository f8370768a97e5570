"""Changes, everything on one page, search, data, about, checking: what they say and what they never change for."""

import csv
import io
import json
import re

import pytest
from lxml import etree, html

from publisher.formats import FORMATS, asked, crawlers, pages, phrases, search
from publisher.formats.pages import changes, whole
from tests.correspondence import (
    ARCHIVE,
    PARTIES,
    SITE,
    Told,
    assessment,
    change,
    letter,
    question,
    reported,
    withdrawn,
)


def told() -> Told:
    """Two letters, one of them with questions of which one has an outcome."""
    made = Told()
    made.land({
        "letters/works": letter("works", questions=[question("1"), question("2")]),
        "letters/wall": letter("wall", dates={"sent": {"date": "2020", "basis": "stated"}}),
        "assessments/works": assessment("works", reported("1", "answered", note="=1+1")),
    })  # fmt: skip
    return made


def site(made: Told) -> dict[str, bytes]:
    return pages.render(made.index(), made.contents)


def opened(data: bytes) -> html.HtmlElement:
    return html.document_fromstring(data.decode())


def text(data: bytes) -> str:
    return " ".join(opened(data).find("body").text_content().split())


def main(data: bytes) -> str:
    return " ".join(opened(data).find(".//main").text_content().split())


# -- changes -------------------------------------------------------------------------------------------------


def test_every_landed_revision_stands_once_on_its_years_page_with_its_commit() -> None:
    made = told()
    made.land({"letters/works": letter("works", summary="New.", changes=[change("correction", "The day was wrong.")])})
    assert "The day was wrong." in main(site(made)["changes/2023/index.html"])
    made.land({"letters/wall": withdrawn("wall", change("withdrawal", "Asked for."))})
    made.land({"letters/works": None})
    made.land({"assessments/works": None})
    index = made.index()
    page = main(site(made)["changes/2023/index.html"])
    provenances = index.provenances
    with_letter = provenances["assessments/works"].first.seq  # it came with its letter, and stands in that line
    revisions = {revision.seq for found in provenances.values() for revision in found.revisions}
    commits = {revision.commit[:12] for found in provenances.values() for revision in found.revisions}
    assert sorted(map(int, re.findall(r"log entry (\d+)", page))) == sorted(revisions - {with_letter})
    assert commits == set(re.findall(r"commit ([0-9a-f]{12})", page))
    assert "Withdrawn" in page
    assert "Removed" in page


def test_an_editorial_change_is_listed_though_nobody_is_told() -> None:
    made = told()
    made.land({"letters/wall": letter("wall", changes=[change("editorial", "A comma.")])})
    assert "Editorial change" in main(site(made)["changes/index.html"])


def test_the_first_page_of_changes_is_bounded_and_old_years_do_not_change() -> None:
    made = told()
    for at in range(changes.NEWEST + 5):
        made.land({f"letters/more-{at}": letter(f"more-{at}")})
    before = site(made)
    assert main(before["changes/index.html"]).count("log entry") == changes.NEWEST
    assert main(before["changes/2023/index.html"]).count("log entry") == changes.NEWEST + 5 + 3 + 2
    for _ in range(9000):
        made.land({})
    made.land({"letters/later": letter("later")})
    assert site(made)["changes/2023/index.html"] == before["changes/2023/index.html"]


# -- all -----------------------------------------------------------------------------------------------------


def test_everything_is_on_one_page_or_on_one_page_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    files = site(told())
    assert "works" in main(files["all/index.html"])
    assert not [path for path in files if path.startswith("all/") and path != "all/index.html"]
    monkeypatch.setattr(whole, "SPLIT", 1)
    files = site(told())
    assert {path for path in files if path.startswith("all/")} == {
        "all/index.html", "all/2019/index.html", "all/2020/index.html",
    }  # fmt: skip
    assert "What of point 1?" in main(files["all/2019/index.html"])
    assert "What of point 1?" not in main(files["all/index.html"])


# -- checking ------------------------------------------------------------------------------------------------


def test_the_page_for_checking_names_the_newest_revision_of_every_letter() -> None:
    made = told()
    made.land({"letters/works": letter("works", summary="New.", changes=[change("correction", "So.")])})
    made.land({"letters/wall": withdrawn("wall", change("withdrawal", "Asked for."))})
    index = made.index()
    rows = opened(site(made)["verify/index.html"]).findall(".//tbody/tr")
    found = {row[0].text_content(): [cell.text_content().strip() for cell in row[1:]] for row in rows}
    latest = index.letter_of["works"].provenance.revisions[-1]
    assert latest.sha256 is not None
    assert found == {
        "works": ["Published", "2", latest.sha256[:12], str(latest.seq)],
        "wall": ["Withdrawn", "2", "–", str(index.letter_of["wall"].provenance.latest.seq)],
    }


@pytest.mark.parametrize("page", ["verify/index.html", "about/index.html", "index.html"])
def test_beside_verified_stands_what_it_proves(page: str) -> None:
    assert phrases.PROOF in text(site(told())[page])


# -- tables and search ---------------------------------------------------------------------------------------


def rows(made: Told) -> list[dict[str, str]]:
    data = asked.render(made.index(), made.contents)["questions.csv"].decode()
    return list(csv.DictReader(io.StringIO(data)))


def test_the_table_of_questions_has_a_row_for_every_outcome_and_runs_nothing() -> None:
    made = told()
    found = rows(made)
    assert [(r["letter"], r["label"], r["outcome"]) for r in found] == [
        ("works", "1", "answered"),
        ("works", "2", "not-assessed"),
    ]
    assert found[0]["outcome_note"] == "'=1+1"
    assert {r["note"] for r in found} == {ARCHIVE["disclaimer"]}
    assert found[0]["page"] == f"{SITE}questions/works/1/"


def test_days_are_counted_to_the_day_somebody_looked_and_only_without_a_reply() -> None:
    made = told()
    outcomes = [
        reported("1", "no-reply-known"),
        reported("2", "answered"),
        reported("3", "no-reply-known", as_of="2019-06"),
    ]
    made.land({
        "letters/bridge": letter("bridge", questions=[question("1"), question("2"), question("3")]),
        "assessments/bridge": assessment("bridge", *outcomes),
    })  # fmt: skip
    assert [r["days"] for r in rows(made) if r["letter"] == "bridge"] == ["103", "", ""]


def test_what_is_not_linked_is_no_address_in_the_table() -> None:
    made = Told()
    evidence = [{"url": "https://mirror.example/leak/42", "linked": False}]
    made.land({
        "letters/works": letter("works", questions=[question("1")]),
        "assessments/works": assessment("works", reported("1", "answered", evidence=evidence)),
    })  # fmt: skip
    assert rows(made)[0]["evidence"] == "mirror.example (not linked)"


def test_the_search_file_knows_every_published_letter_and_nothing_of_others() -> None:
    made = told()
    made.land({"letters/wall": withdrawn("wall", change("withdrawal", "Asked for."))})
    found = json.loads(search.render(made.index(), made.contents)["search.json"])
    assert [one["id"] for one in found["letters"]] == ["works"]
    assert found["letters"][0]["states"] == ["answered", "not-assessed"]
    assert found["letters"][0]["years"] == [2019]
    assert [name for name, _ in found["parties"]] == [p["id"] for p in PARTIES["parties"]][:2]


def test_the_sitemap_is_one_and_names_pages_that_are_there() -> None:
    made = told()
    files = {path for render in FORMATS.values() for path in render(made.index(), made.contents)}
    sitemap = crawlers.render(made.index(), made.contents)["sitemap.xml"]
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = [e.text or "" for e in etree.fromstring(sitemap).iterfind("s:url/s:loc", names)]
    assert found
    assert [one for one in found if f"{one.removeprefix(SITE)}index.html" not in files] == []
