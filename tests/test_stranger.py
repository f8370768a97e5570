"""A stranger's seven questions to the shipped archive: no script, from the front page, at most four links each.

Links are chosen by the words that a reader sees. What a page must say is worked out from the records alone.
"""

import hashlib
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html
from playwright.sync_api import Browser, Locator, Page

from publisher.dates import PartialDate
from publisher.formats import phrases
from tests.browsing import browser, server, watching
from tests.command import letterbook

ROOT = Path(__file__).parent.parent
LINKS = 4
"""The most links that a reader follows for one answer."""
Record = dict[str, Any]


@dataclass(frozen=True)
class Records:
    """The records of a clone as they are written down."""

    folder: Path

    @cached_property
    def letters(self) -> dict[str, Record]:
        """The letters that are not withdrawn."""
        found = [_read(path) for path in sorted((self.folder / "letters").rglob("*.yaml"))]
        return {letter["id"]: letter for letter in found if "title" in letter}

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of the parties."""
        return {party["id"]: party["name"] for party in _read(self.folder / "parties.yaml")["parties"]}

    @cached_property
    def coverage(self) -> list[Record]:
        """What the archive says of its completeness."""
        return list(_read(self.folder / "archive.yaml")["coverage"])

    def threads(self, words: str) -> list[Record]:
        """The threads in whose title these words stand."""
        return [thread for thread in _read(self.folder / "threads.yaml")["threads"] if words in thread["title"]]

    def party(self, words: str) -> str:
        """The one party in whose name these words stand."""
        (found,) = (party for party, name in self.names.items() if words in name)
        return found

    def outcomes(self, letter: str, label: str | None) -> list[Record]:
        """What is said to have come back to a question, or with None to a letter as a whole."""
        path = self.folder / "assessments" / f"{letter}.yaml"
        found = _read(path)["outcomes"] if path.exists() else []
        return [one for one in found if one.get("question") == label and one["outcome"] != "not-assessed"]

    def title(self, letter: str) -> str:
        """A letter's title as pages show it."""
        title = " ".join(self.letters[letter]["title"].split())
        return f"[{title}]" if self.letters[letter]["title_basis"] == "supplied" else title

    def replied(self, letter: str) -> list[Record]:
        """The relations by which a letter replies to others."""
        return [one for one in self.letters[letter].get("relations", []) if one["kind"] == "replies-to"]

    def asked_of(self, party: str) -> Iterator[tuple[str, str, Record]]:
        """Every question that was put to a party: its letter, its label, and its record."""
        for name, letter in self.letters.items():
            addressed = [who.get("party") for who in letter.get("to", [])]
            for question in letter.get("questions", []):
                if party in question.get("asked_of", addressed):
                    yield name, question["label"], question

    def sent(self, letter: str) -> str:
        """When a letter was sent, in words."""
        return phrases.day(PartialDate(self.letters[letter]["dates"]["sent"]["date"]))


@dataclass(frozen=True)
class Archive:
    """The shipped archive: its records, its publication, and where that is served."""

    records: Records
    site: Path
    base: str
    chromium: Browser


@dataclass
class Reader:
    """Somebody without JavaScript who follows links, and counts them."""

    page: Page
    followed: int = 0

    def follow(self, words: str, among: str = "", *, whole: bool = True) -> None:
        """Follow the first link of these words that can be seen; `among` are words of the table row it is in."""
        area = self.page.get_by_role("row").filter(has_text=among).first if among else self.page.locator("body")
        area.get_by_role("link", name=words, exact=whole).first.click(timeout=5000)
        self.followed += 1
        assert self.followed <= LINKS, f"too many links, the last of them {words!r}"

    def section(self, heading: str) -> Locator:
        """The part of the page under a heading."""
        return self.page.locator("section", has=self.page.get_by_role("heading", name=heading)).last

    def tree(self) -> html.HtmlElement:
        """The page as a tree."""
        return html.document_fromstring(self.page.content())


def _read(path: Path) -> Record:
    found: Record = yaml.safe_load(path.read_text("utf-8"))
    return found


def said(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def seen(where: Locator) -> str:
    """What a reader sees, on one line."""
    return " ".join(where.inner_text().split())


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("stranger")
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "clone")], check=True)
    done = letterbook(folder / "clone", "publish", "--out", folder / "site")
    assert done.status == 0, done.err
    with server(folder / "site") as base, browser() as chromium:
        yield Archive(Records(folder / "clone" / "records"), folder / "site", base, chromium)


@pytest.fixture
def records(archive: Archive) -> Records:
    return archive.records


@pytest.fixture
def reader(archive: Archive) -> Iterator[Reader]:
    """A reader at the front page; nothing that the reader opens complains, or asks anybody else."""
    with watching(archive.chromium, archive.base, 1280, "light", script=False) as watched:
        watched.open("")
        yield Reader(watched.page)
        assert watched.complaints == []


def test_which_questions_have_no_reported_answer_and_since_when(reader: Reader, records: Records) -> None:
    party = records.party("Novalpina")
    asked = list(records.asked_of(party))
    open_: dict[str, list[str]] = {}
    for letter, label, question in asked:
        if not records.outcomes(letter, label):
            open_.setdefault(letter, []).append(" ".join(question["text"].split()))
    number, letters = len(asked), len({letter for letter, _, _ in asked})
    reader.follow(f"{number} questions in {letters} letters", among=records.names[party])
    reader.follow("Not assessed")
    (heading,) = reader.tree().xpath("//section[@aria-labelledby='put-to']/h3[starts-with(., 'Not assessed')]")
    listed = {}
    for item in heading.xpath("./following-sibling::ol[1]/li"):
        texts = [said(link) for link in item.xpath("./ul/li/a[1]")]
        listed[said(item.xpath("./p")[0])] = [t.removesuffix(" (paraphrase)") for t in texts if "as a whole" not in t]
    assert open_
    assert listed == {f"{records.title(name)}, {records.sent(name)}": texts for name, texts in open_.items()}
    none_known = {
        name: outcome
        for name, letter in records.letters.items() if party in [who.get("party") for who in letter.get("to", [])]
        for outcome in records.outcomes(name, None) if outcome["outcome"] == "no-reply-known"
    }  # fmt: skip
    (group,) = reader.tree().xpath("//section[@aria-labelledby='put-to']/h3[starts-with(., 'No reply known')]")
    items = [said(item) for item in group.xpath("./following-sibling::ol[1]/li")]
    assert len(items) == len(none_known) > 0
    for (name, outcome), item in zip(none_known.items(), items, strict=True):
        assert f"In {records.title(name)}, {records.sent(name)}." in item
        day = phrases.day(PartialDate(outcome["as_of"]))
        assert re.search(rf"No reply known as of {day}, .* Reported by {outcome['assessed_by']}:", item)


def test_what_was_replied_to_the_great_ipwn_inquiry(reader: Reader, records: Records) -> None:
    (thread,) = records.threads("Great iPwn")
    party = records.party("NSO")
    letters = [letter for letter in records.letters.values() if letter["thread"] == thread["id"]]
    own = {letter["id"] for letter in letters if party in [who.get("party") for who in letter["from"]]}
    replies = {name for name in own if records.replied(name)}
    assert replies
    reader.follow("Threads")
    reader.follow(thread["title"])
    rows = reader.tree().xpath("//table[contains(caption, 'in the order of their dates')]/tbody/tr")
    by = {said(row.xpath(".//a[contains(@href, 'letters/')]")[0]): said(row) for row in rows}
    written = {title for title, row in by.items() if f"From {records.names[party]} to" in row}
    assert written == {records.title(name) for name in own}
    assert {title for title in written if not by[title].endswith("–")} == {records.title(name) for name in replies}
    reader.follow("What each letter says")
    assert reader.page.get_by_role("heading", name="What each letter says").is_visible()
    for name in replies:
        article = seen(reader.page.get_by_role("article").filter(has_text=records.title(name)).first)
        assert f"From {records.names[party]} to" in article
        assert " ".join(records.letters[name]["summary"].split()) in article


def test_which_letters_answer_two_others(reader: Reader, records: Records) -> None:
    several = {name: records.replied(name) for name in records.letters if len(records.replied(name)) > 1}
    assert several
    reader.follow("Letters that reply to more than one letter")
    items = reader.tree().xpath("//section[h2[. = 'Letters that reply to more than one letter']]/ul/li")
    found = {said(item.xpath(".//p[@class='title']")[0]): list(map(said, item.xpath(".//ul/li"))) for item in items}
    assert found == {
        records.title(name): [f"{records.title(one['letter'])} ({one['basis']})" for one in relations]
        for name, relations in several.items()
    }


def test_who_judged_an_outcome_and_from_what(reader: Reader, records: Records) -> None:
    reader.follow("Questions")
    reader.follow("Something came back")
    items = {said(item.xpath(".//a[1]")[0]): item for item in reader.tree().xpath("//section/ol[@class='ledger']/li")}
    judged = 0
    for letter in records.letters.values():
        for question in letter.get("questions", []):
            for outcome in records.outcomes(letter["id"], question["label"]):
                judged += 1
                item = items[f"{' '.join(question['text'].split())} (paraphrase)"]
                who = f"as of {phrases.day(PartialDate(outcome['as_of']))}"
                assert re.search(rf"{who}\b.*Reported by {re.escape(outcome['assessed_by'])}:", said(item)), said(item)
                for page in (one["url"] for one in outcome["evidence"] if "url" in one):
                    assert page in item.xpath(".//a/@href") or f"{page}, not linked" in said(item)
    assert judged


def test_how_to_cite_and_how_to_check_a_letter(reader: Reader, archive: Archive) -> None:
    newest = max(archive.records.letters, key=lambda name: archive.records.letters[name]["dates"]["sent"]["date"])
    reader.follow(archive.records.title(newest))
    reader.follow("Cite")
    (path,) = archive.records.folder.rglob(f"letters/**/{newest}.yaml")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    cited = seen(reader.page.locator(".citation"))
    citation = re.search(rf"letters/{newest}, revision ([0-9]+), sha256:{digest[:12]}, log ([0-9]+), ", cited)
    assert citation
    assert f"letterbook cite 'letters/{newest}," in seen(reader.section("Cite this version"))
    assert f"/records/{path.relative_to(archive.records.folder)} | sha256sum" in seen(reader.section("Commands"))
    reader.follow("how to check a citation")
    row = seen(reader.page.get_by_role("row").filter(has_text=newest))
    assert row == f"{newest} Published {citation[1]} {digest[:12]} {citation[2]}"
    assert "letterbook verify " in seen(reader.section("All of it"))


def test_what_changed_in_a_month(reader: Reader, archive: Archive) -> None:
    entries = json.loads((archive.site / "index.json").read_text("utf-8"))["letters"]
    first = {entry["id"]: entry["provenance"]["first"]["published_at"][:7] for entry in entries}
    assert first.keys() >= archive.records.letters.keys()
    months = Counter(first.values())
    newest = max(months)
    reader.follow("Changes")
    listed = list(map(said, reader.tree().xpath("//h2[. = 'By month']/following-sibling::ul[1]/li")))
    for month, number in sorted(months.items(), reverse=True)[:12]:
        (line,) = (line for line in listed if line.startswith(phrases.month_of(month)))
        assert f": {phrases.count(number, 'letter')} " in line
        assert " published for the first time, " in line
    reader.follow(phrases.month_of(newest))
    for summary in reader.page.locator("summary").all():
        summary.click()
    shown = seen(reader.section(phrases.month_of(newest)))
    for name in (name for name in archive.records.letters if first[name] == newest):
        assert f"Published: {archive.records.title(name)}" in shown


def test_what_is_not_covered(reader: Reader, records: Records) -> None:
    reader.follow("What is not covered")
    shown = seen(reader.section("What is covered, and what is not"))
    open_ = [records.names[item["party"]] for item in records.coverage if not item["complete"]]
    assert open_
    assert f"Not complete: {', '.join(open_)}." in shown
    unclaimed = len(records.names.keys() - {item["party"] for item in records.coverage})
    assert f"Nothing is claimed of {phrases.count(unclaimed, 'party', 'parties')} not named here." in shown
    letters = records.letters.values()
    unseen = sum(letter["availability"] in ("described", "reported") for letter in letters)
    undated = sum(not re.fullmatch(r"\d{4}-\d\d-\d\d", letter["dates"]["sent"]["date"]) for letter in letters)
    for number, words in ((undated, "the day of sending is not known"), (unseen, "the text was not seen")):
        assert f"Of {phrases.count(number, 'letter')}, {words}" in shown
    asked = [(name, one["label"]) for name, letter in records.letters.items() for one in letter.get("questions", [])]
    known = sum(bool(records.outcomes(*question)) for question in asked)
    assert f"{known} of {len(asked)} questions are assessed." in shown
