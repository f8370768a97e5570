"""The feeds: fit their profile, hold every letter, tell what changed, and agree with one another."""

import random
import re
from itertools import pairwise
from posixpath import normpath
from typing import Any

import pytest
from feedgen.entry import FeedEntry
from lxml import etree, html

from publisher.formats import FORMATS, feeds
from publisher.formats.entries import LISTED
from publisher.formats.events import MANY
from publisher.formats.windows import GONE, WINDOW
from publisher.index import Index
from tests.correspondence import (
    ARCHIVE,
    PARTIES,
    SITE,
    Told,
    assessment,
    change,
    harbour,
    letter,
    question,
    reported,
    withdrawn,
)
from tests.feed_across import site_errors, succession_errors
from tests.feed_profile import NAMES, errors
from tests.test_formats import HOSTILE, ODD, poisoned

LONG = "Long " * 200 + "end."
TAG = "tag:harbour.example,2026:"


def atoms(told: Told) -> dict[str, bytes]:
    """The Atom feeds of an archive."""
    files = feeds.render(told.index(), told.contents)
    return {path: data for path, data in files.items() if path.endswith(".atom")}


def published(told: Told) -> dict[str, bytes]:
    """Everything that is rendered of an archive."""
    index = told.index()
    return {path: data for render in FORMATS.values() for path, data in render(index, told.contents).items()}


def many(number: int, archive: dict[str, Any] | None = None) -> Told:
    """An archive of so many letters, twenty to a commit."""
    told = Told(archive or ARCHIVE)
    names = [f"letter-{at:04d}" for at in range(number)]
    for start in range(0, number, 20):
        told.land({f"letters/{name}": letter(name) for name in names[start : start + 20]})
    return told


def ids(feed: bytes) -> list[str]:
    return [element.text or "" for element in etree.fromstring(feed).iterfind("a:entry/a:id", NAMES)]


def entry(feed: bytes, name: str) -> etree._Element:
    (found,) = [e for e in etree.fromstring(feed).iterfind("a:entry", NAMES) if said(e, "id") == TAG + name]
    return found


def said(element: etree._Element, name: str) -> str:
    return element.findtext(f"a:{name}", "", NAMES)


def links(element: etree._Element) -> list[dict[str, str]]:
    return [{str(k): str(v) for k, v in link.attrib.items()} for link in element.iterfind("a:link", NAMES)]


# -- the profile ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 49, 50, 51, 100, 137])
def test_every_feed_fits_the_profile_and_together_they_hold_every_letter(number: int) -> None:
    files = atoms(many(number))
    assert {path: errors(data) for path, data in files.items()} == {path: [] for path in files}
    chain = {path: data for path, data in files.items() if path == "feed.atom" or "archive" in path}
    assert {name for data in chain.values() for name in ids(data)} == {
        f"{TAG}letter/letter-{at:04d}" for at in range(number)
    }
    assert len(chain) == 1 + number // 50
    assert len(files) == len(chain) + 5


def test_the_eventful_feed_fits_the_profile() -> None:
    found = {path: errors(data) for path, data in atoms(harbour()).items()}
    parts = ("changes", "party/acme-optics", "party/harbour-institute", "party/quayside-fund", "thread/works")
    assert found == {"feed.atom": [], **{f"feeds/{part}.atom": [] for part in parts}}


def busy() -> Told:
    """An archive of 60 letters and more, to which everything happened that can happen."""
    told = many(55)
    told.contents |= {"0" * 64: b"%PDF-1.4 a scan"}
    scan = {
        "file": "scan.pdf", "sha256": "0" * 64, "size": 15, "media_type": "application/pdf", "role": "original",
        "rights": "own", "rights_note": "Ours.",
    }  # fmt: skip
    told.land({"threads": {"threads": [{"id": "works", "title": "The works"}, {"id": "lamps", "title": "The lamps"}]}})
    reply = [{"kind": "replies-to", "letter": "letter-0003", "basis": "stated"}]
    told.land({
        "letters/lamps-1": letter("lamps-1", thread="lamps", documents=[scan], questions=[question("1")]),
        "letters/lamps-2": letter("lamps-2", thread="lamps", to=[{"party": "quayside-fund"}]),
        "letters/reply": letter("reply", kind="reply", relations=reply),
    })  # fmt: skip
    told.land({"assessments/lamps-1": assessment("lamps-1", reported("1", "refused"))})
    told.land({"letters/letter-0003": amended("letter-0003", "correction")})
    told.land({"assessments/lamps-1": assessment("lamps-1", reported("1", "answered"))})
    told.land({"letters/letter-0004": withdrawn("letter-0004", change("withdrawal", "Asked for."))})
    told.land({"letters/letter-0005": None})
    told.land({f"letters/letter-{at:04d}": amended(f"letter-{at:04d}", "addition") for at in range(10, 25)})
    return told


def test_two_hundred_entries_share_few_pages() -> None:
    """What many feeds share is equal in all of them; no feed holds more than a page."""
    told = many(149)
    for at in range(60):
        told.land({f"letters/letter-{at:04d}": amended(f"letter-{at:04d}", "correction")})
    files = feeds.render(told.index(), told.contents)
    assert [fault for fault in site_errors(files, SITE) if not fault.endswith("leads nowhere")] == []
    assert max(len(ids(data)) for path, data in files.items() if path.endswith(".atom")) == 99
    assert len(ids(files["feeds/party/acme-optics.atom"])) == len(ids(files["feeds/changes.atom"])) == WINDOW


# -- what feedgen would drop ---------------------------------------------------------------------------------


def test_entry_links_keep_rel_type_title_length_and_language() -> None:
    name, document = "with-scan", b"%PDF-1.4 a scan"
    told = Told()
    scan = {
        "file": "2019/scan.pdf", "sha256": "0" * 64, "size": len(document), "media_type": "application/pdf",
        "role": "original", "rights": "own", "rights_note": "Ours.",
    }  # fmt: skip
    unlinked = {"url": "https://mirror.example/1", "linked": False}
    told.land({f"letters/{name}": letter(name, documents=[scan], sources=[{"url": "https://quay.example/"}, unlinked])})
    size = len(told.files[f"records/letters/{name}.yaml"])
    assert links(entry(atoms(told)["feed.atom"], f"letter/{name}")) == [
        {"rel": "alternate", "href": f"{SITE}letters/{name}/", "type": "text/html", "hreflang": "en"},
        {
            "rel": "related", "href": f"{SITE}records/letters/{name}.yaml", "type": "application/yaml",
            "title": "The record as committed", "length": str(size),
        },
        {
            "rel": "enclosure", "href": f"{SITE}documents/2019/scan.pdf", "type": "application/pdf",
            "title": "original", "length": str(len(document)),
        },
        {"rel": "via", "href": "https://quay.example/"},
    ]  # fmt: skip


def test_replies_and_the_language_of_a_title_are_written() -> None:
    feed = atoms(harbour())["feed.atom"]
    (reply,) = entry(feed, "letter/2019-03-01-acme-to-institute").iterfind("thr:in-reply-to", NAMES)
    assert reply.get("ref") == f"{TAG}letter/2019-02-18-institute-to-acme"
    title = entry(feed, "letter/2020-statement").find("a:title", NAMES)
    assert title is not None
    assert title.get("{http://www.w3.org/XML/1998/namespace}lang") == "he"


# -- pages ---------------------------------------------------------------------------------------------------


def test_the_members_of_a_closed_page_never_change() -> None:
    told = many(60)
    before = ids(atoms(told)["feeds/archive/1.atom"])
    told.land({
        "letters/letter-0003": withdrawn("letter-0003", change("withdrawal", "Asked for.")),
        "letters/letter-0004": letter("letter-0004", summary="New.", changes=[change("correction", "A word.")]),
        "letters/letter-0005": None,
        **{f"letters/a-later-{at}": letter(f"a-later-{at}") for at in range(50)},
    })  # fmt: skip
    after = atoms(told)
    assert ids(after["feeds/archive/1.atom"]) == before
    assert len(ids(after["feeds/archive/2.atom"])) == 50
    assert all(errors(data) == [] for data in after.values())


def test_no_page_holds_more_than_a_hundred_entries() -> None:
    told = many(149)
    for at in range(60):
        name = f"letter-{at:04d}"
        told.land({f"letters/{name}": letter(name, summary="Other.", changes=[change("correction", "So.")])})
    files = atoms(told)
    assert max(len(ids(data)) for data in files.values()) == 99
    assert all(errors(data) == [] for data in files.values())


def test_the_log_stands_in_the_main_feed_alone() -> None:
    told = many(51)
    files = atoms(told)
    assert len(files) == 7
    index = told.index()
    assert f"Log size {index.log.size}, root {index.log.root}." in files["feed.atom"].decode()
    assert index.log.root not in files["feeds/archive/1.atom"].decode()
    assert all(ARCHIVE["disclaimer"] in said(etree.fromstring(data), "subtitle") for data in files.values())


# -- news ----------------------------------------------------------------------------------------------------


def amended(name: str, *kinds: str) -> dict[str, Any]:
    changes = [change(kind, f"Note {at} on {name}.") for at, kind in enumerate(kinds)]
    return letter(name, summary=f"Version {len(kinds)}.", changes=changes)


def notices(told: Told) -> list[str]:
    return sorted(name.removeprefix(TAG) for name in ids(atoms(told)["feed.atom"]) if "/" in name and "notice" in name)


def test_a_correction_changes_the_entry_and_gets_a_notice() -> None:
    told = Told()
    told.land({"letters/works": letter("works")})
    before = atoms(told)["feed.atom"]
    told.land({"letters/works": amended("works", "correction")})
    after = atoms(told)["feed.atom"]
    old, new, notice = entry(before, "letter/works"), entry(after, "letter/works"), entry(after, "notice/works/2")
    assert said(new, "title") == f"Corrected: {said(old, 'title')}"
    assert "Note 0 on works." in said(new, "summary")
    assert "Note 0 on works." in said(notice, "summary")
    assert said(new, "updated") == said(notice, "published") > said(old, "updated")
    assert said(new, "published") == said(old, "published")
    assert [link["href"] for link in links(notice)] == [f"{SITE}letters/works/#revision-2"]


def test_every_correction_changes_the_summary_and_no_earlier_notice() -> None:
    told = Told()
    told.land({"letters/works": letter("works", summary=LONG)})
    seen, notes = set(), []
    for number in range(1, 5):
        document = amended("works", *["correction"] * number) | {"summary": LONG}
        told.land({"letters/works": document})
        feed = atoms(told)["feed.atom"]
        seen.add(said(entry(feed, "letter/works"), "summary"))
        notes.append([said(entry(feed, f"notice/works/{rev}"), "summary") for rev in range(2, number + 2)])
    assert len(seen) == 4
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(notes))


def test_editorial_and_unchanged_revisions_are_no_news() -> None:
    told = Told()
    told.land({"letters/works": letter("works")})
    before = atoms(told)["feed.atom"]
    told.land({"letters/works": amended("works", "editorial")})
    told.land({"letters/works": dict(reversed(amended("works", "editorial").items()))})
    assert notices(told) == []
    times = [said(entry(feed, "letter/works"), "updated") for feed in (before, atoms(told)["feed.atom"])]
    assert times[0] == times[1]


def test_outcomes_are_news_when_they_are_published_when_they_change_and_when_they_go() -> None:
    told = Told()
    told.land({"letters/works": letter("works", questions=[question("1")])})
    told.land({"assessments/works": assessment("works", reported("1", "refused"))})
    first = "notice/works/assessment/1"
    assert notices(told) == [first]
    notice = entry(atoms(told)["feed.atom"], first)
    assert said(notice, "title") == "Outcomes published: Questions about the works: works"
    assert "Outcomes published" in said(entry(atoms(told)["feed.atom"], "letter/works"), "summary")
    told.land({"assessments/works": assessment("works", reported("1", "answered"))})
    assert notices(told) == [first, "notice/works/assessment/2"]
    assert "Outcomes changed" in said(entry(atoms(told)["feed.atom"], "letter/works"), "summary")
    told.land({"assessments/works": None})
    assert notices(told) == [first, "notice/works/assessment/2", "notice/works/assessment/3"]
    assert errors(atoms(told)["feed.atom"]) == []


def test_a_notice_says_which_outcomes_changed_on_whose_word_and_what_they_were() -> None:
    told = Told()
    told.land({"letters/works": letter("works", questions=[question("1"), question("2")])})
    first = [reported("1", "refused"), {"question": "2", "outcome": "not-assessed", "basis": "own"}]
    told.land({"assessments/works": assessment("works", *first)})
    own = reported("2", "answered", basis="own", assessed_by="The Harbour Institute", by="acme-optics")
    told.land({"assessments/works": assessment("works", reported("1", "answered"), own)})
    told.land({"assessments/works": assessment("works", reported("1", "answered", note="Page 4."), own)})
    told.land({"assessments/works": assessment("works", reported("1", "answered", note="Page 4."))})
    feed = atoms(told)["feed.atom"]
    notes = [entry(feed, f"notice/works/assessment/{rev}") for rev in range(1, 5)]
    ends = [said(notice, "summary").partition(f"revision {rev}.")[2] for rev, notice in enumerate(notes, 1)]
    read = "Question 2 (Acme Optics): answered, the archive's own reading, by The Harbour Institute."
    assert ends == [
        " Question 1: refused, reported by Quay News.",
        f" Question 1: answered, reported by Quay News; before: refused. {read}",
        "",
        " Question 2 (Acme Optics): not assessed; before: answered.",
    ]
    said_ = [" ".join(html.fragment_fromstring(said(n, "content"), "div").text_content().split()) for n in notes]
    assert (
        "Question 1: Answered as of 1 June 2019. Reported by Quay News: quay.example (page 3). Before: ref" in said_[1]
    )
    assert "The outcomes are the same as before; their sources, dates or notes changed." in said_[2]
    assert "Question 2: Acme Optics: Not assessed. Before: answered." in said_[3]
    assert errors(feed) == []
    old = Index.from_mapping(told.index().to_mapping())
    bare = feeds.render(old, {})["feed.atom"]
    assert said(entry(bare, "notice/works/assessment/2"), "summary").endswith("as revision 2.")


def test_an_outcome_that_landed_with_a_day_that_no_month_has_stops_nothing() -> None:
    told = Told()
    told.land({"letters/works": letter("works", questions=[question("1")])})
    told.land({"assessments/works": assessment("works", reported("1", "refused", as_of="2019-02-30"))})
    told.land({"assessments/works": assessment("works", reported("1", "answered"))})
    feed = atoms(told)["feed.atom"]
    assert said(entry(feed, "notice/works/assessment/2"), "summary").endswith("as revision 2.")
    assert errors(feed) == []


def test_every_correction_keeps_all_its_notes_whatever_comes_later() -> None:
    told = Told()
    told.land({"letters/works": letter("works")})
    notes = [change("addition", "A scan."), change("correction", "A date."), change("correction", "A name.")]
    told.land({"letters/works": letter("works", summary="Two.", changes=notes[:2])})
    second = entry(atoms(told)["feed.atom"], "notice/works/2")
    assert said(second, "title").startswith("Correction: ")
    assert said(second, "summary").endswith("as revision 2. A scan. A date.")
    told.land({"letters/works": letter("works", summary="Three.", changes=notes)})
    told.land({"letters/works": letter("works", summary="Four.", changes=[*notes, change("editorial", "A comma.")])})
    feed = atoms(told)["feed.atom"]
    same = [etree.tostring(one, with_tail=False) for one in (entry(feed, "notice/works/2"), second)]
    assert same[0] == same[1]
    assert said(entry(feed, "notice/works/3"), "summary").endswith("as revision 3. A name.")


def test_a_note_that_was_taken_back_is_shown_no_more() -> None:
    told = Told()
    told.land({"letters/works": letter("works")})
    told.land({"letters/works": letter("works", changes=[change("correction", "Hush."), change("correction", "So.")])})
    told.land({"letters/works": letter("works", changes=[change("correction", "So.")], summary="Other.")})
    assert b"Hush" not in b"".join(atoms(told).values())


def test_more_than_ten_notices_of_one_commit_become_one() -> None:
    for number, expected in ((MANY, MANY), (MANY + 1, 1)):
        told = many(number)
        names = [f"letter-{at:04d}" for at in range(number)]
        told.land({f"letters/{name}": amended(name, "correction") for name in names})
        assert len(notices(told)) == expected
        assert errors(atoms(told)["feed.atom"]) == []
    assert notices(told) == [f"notices/{3 + MANY + 1}"]
    content = said(entry(atoms(told)["feed.atom"], f"notices/{3 + MANY + 1}"), "content")
    assert all(f'href="{SITE}letters/{name}/"' in content for name in names)


def test_a_withdrawn_letter_is_a_stub_under_its_old_id_and_comes_back_into_view() -> None:
    told = many(120)
    secret = letter("letter-0001", title="The Secret Title", summary="Secret words.", **{"from": [{"class": "Mme X"}]})
    told.land({"letters/letter-0001": secret | {"changes": [change("correction", "Secret note.")]}})
    told.land({"letters/letter-0001": withdrawn("letter-0001", change("withdrawal", "Asked for by the sender."))})
    files = atoms(told)
    everything = b"".join(files.values()).decode()
    assert not re.search("Secret|Mme X", everything)
    stub = entry(files["feed.atom"], "letter/letter-0001")
    assert said(stub, "title") == "Withdrawn: letter letter-0001"
    assert "Asked for by the sender." in said(stub, "summary")
    assert [link["rel"] for link in links(stub)] == ["alternate"]
    assert entry(files["feed.atom"], "notice/letter-0001/3") is not None
    assert TAG + "letter/letter-0001" in ids(files["feeds/archive/1.atom"])
    told.land({"letters/letter-0001": secret | {"changes": [change("reinstatement", "Agreed again.")]}})
    assert said(entry(atoms(told)["feed.atom"], "notice/letter-0001/4"), "title").startswith("Reinstatement: ")


def test_a_removed_letter_keeps_its_entry_as_a_stub() -> None:
    told = many(3)
    told.land({"letters/letter-0001": None})
    feed = atoms(told)["feed.atom"]
    assert said(entry(feed, "letter/letter-0001"), "title") == "Removed: letter letter-0001"
    assert notices(told) == ["notice/letter-0001/2"]
    assert errors(feed) == []


def test_outcomes_that_land_with_their_letter_or_while_it_is_not_published_are_no_news() -> None:
    told = Told()
    first = {"letters/works": letter("works"), "assessments/works": assessment("works", reported(None, "refused"))}
    told.land(first)
    assert notices(told) == []
    gone = withdrawn("works", change("withdrawal", "Asked for."))
    told.land({"letters/works": gone, "assessments/works": None})
    assert notices(told) == ["notice/works/2"]
    told.land({"assessments/works": assessment("works", reported(None, "answered"))})
    told.land({"letters/works": gone | {"changes": [*gone["changes"], change("correction", "So.")]}})
    assert notices(told) == ["notice/works/2", "notice/works/3"]
    back = letter("works", changes=[*gone["changes"], change("reinstatement", "Agreed.")])
    told.land({"letters/works": back, "assessments/works": assessment("works", reported(None, "redirected"))})
    assert notices(told) == ["notice/works/2", "notice/works/3", "notice/works/4"]
    told.land({"assessments/works": assessment("works", reported(None, "answered"))})
    assert notices(told)[-1] == "notice/works/assessment/5"


def test_a_notice_of_very_many_letters_lists_some_and_says_where_the_rest_are() -> None:
    told = many(LISTED + 20)
    names = [f"letter-{at:04d}" for at in range(LISTED + 20)]
    told.land({f"letters/{name}": amended(name, "correction") for name in names})
    (notice,) = notices(told)
    content = said(entry(atoms(told)["feed.atom"], notice), "content")
    assert content.count("<li>") == LISTED
    assert f'And 20 letters more: <a href="{SITE}changes/">all changes</a>' in content


def test_a_summary_stands_alone_whatever_is_long_and_shows_every_correction() -> None:
    told, seen = Told(), set()
    who = {"from": [{"class": f"A {LONG}"[:299]}], "to": [{"class": f"B {LONG}"[:299]}], "title": LONG[:299]}
    dates = {"sent": {"date": "2021-01/2021-04", "basis": "inferred"}}
    for number in range(4):
        changes = [change("correction", LONG[:999])] * number
        kind = "subject-access-request"
        told.land({"letters/works": letter("works", summary=LONG, changes=changes, dates=dates, kind=kind, **who)})
        feed = atoms(told)["feed.atom"]
        summary = said(entry(feed, "letter/works"), "summary")
        assert len(summary) <= 500
        assert re.match(
            "Subject access request from A Long .* to B Long .*between January 2021 and April 2021", summary
        )
        assert number == 0 or f"(revision {number + 1})" in summary
        seen.add(summary)
        assert errors(feed) == []
    assert len(seen) == 4


# -- what is gone --------------------------------------------------------------------------------------------


def gone_story(party: str, thread: str, title: str) -> Told:
    """An archive in which one letter was corrected, assessed and withdrawn, and another one removed."""
    told = Told()
    threads = [{"id": "works", "title": "The works"}, {"id": "lamps", "title": "The lamps"}]
    told.land({"threads": {"threads": threads}, "letters/other": letter("other")})
    for name in ("hush", "lost"):
        document = letter(name, title=title, thread=thread, to=[{"party": party}], summary=title)
        told.land({f"letters/{name}": document})
        told.land({f"letters/{name}": document | {"summary": "Other.", "changes": [change("correction", title)]}})
    told.land({"assessments/hush": assessment("hush", reported(None, "refused", note=title))})
    told.land({"letters/hush": withdrawn("hush", change("withdrawal", "Asked for.")), "letters/lost": None})
    return told


def test_nothing_says_which_party_or_thread_a_letter_that_went_belonged_to() -> None:
    """Two histories that differ in nothing but what was withdrawn and removed have the same feeds."""
    one = feeds.render(gone_story("acme-optics", "works", "One").index(), {})
    other = feeds.render(gone_story("quayside-fund", "lamps", "Two").index(), {})
    assert {path: without_log(data) for path, data in one.items()} == {
        path: without_log(data) for path, data in other.items()
    }


def without_log(data: bytes) -> bytes:
    return re.sub(rb" Log size \d+, root [0-9a-f]+\.", b"", data)


def test_what_is_left_of_a_letter_stands_in_every_feed_where_it_can_have_been() -> None:
    files = atoms(gone_story("acme-optics", "works", "Secret"))
    left = ["letter/hush", "letter/lost", "notice/hush/2", "notice/hush/3", "notice/hush/assessment/1"]
    left += ["notice/lost/2", "notice/lost/3"]
    for path, data in files.items():
        expected = [name for name in left if path != "feeds/changes.atom" or "notice" in name]
        assert {TAG + name for name in expected} <= set(ids(data)), path
        assert b"Secret" not in data
    for name in left:
        assert said(entry(files["feed.atom"], name), "updated") == said(etree.fromstring(files["feed.atom"]), "updated")


def test_old_notices_of_a_letter_that_goes_come_back_into_view_without_its_title() -> None:
    told = many(3)
    told.land({"letters/letter-0001": amended("letter-0001", "correction") | {"title": "Secret"}})
    for at in range(60):
        told.land({f"letters/later-{at}": letter(f"later-{at}")})
        told.land({f"letters/later-{at}": amended(f"later-{at}", "correction")})
    before = atoms(told)
    assert TAG + "notice/letter-0001/2" not in ids(before["feed.atom"]) + ids(before["feeds/thread/works.atom"])
    told.land({"letters/letter-0001": withdrawn("letter-0001", change("withdrawal", "Asked for."))})
    for path in ("feed.atom", "feeds/changes.atom", "feeds/thread/works.atom", "feeds/party/quayside-fund.atom"):
        notice = entry(atoms(told)[path], "notice/letter-0001/2")
        assert said(notice, "title") == "Correction: letter letter-0001"
        assert said(notice, "published") < said(notice, "updated")


def test_what_is_gone_cannot_crowd_a_feed() -> None:
    told = many(120)
    for at in range(60):
        told.land({f"letters/letter-{at:04d}": withdrawn(f"letter-{at:04d}", change("withdrawal", "Asked for."))})
    files = atoms(told)
    thread = ids(files["feeds/thread/works.atom"])
    assert len(thread) == WINDOW + GONE
    assert len(ids(files["feeds/party/quayside-fund.atom"])) == GONE
    assert [name for name in thread if name.endswith("letter-0059")]


def test_a_letter_that_moves_leaves_one_feed_for_another_and_its_notice_follows() -> None:
    told = Told()
    told.land({"threads": {"threads": [{"id": "works", "title": "The works"}, {"id": "lamps", "title": "The lamps"}]}})
    told.land({"letters/a": letter("a"), "letters/b": letter("b")})
    told.land({"letters/a": amended("a", "correction") | {"thread": "lamps"}})
    files = atoms(told)
    assert ids(files["feeds/thread/works.atom"]) == [TAG + "letter/b"]
    assert ids(files["feeds/thread/lamps.atom"]) == [TAG + "notice/a/2", TAG + "letter/a"]


# -- what changes with what ----------------------------------------------------------------------------------


def changed_by(told: Told, documents: dict[str, Any]) -> set[str]:
    """The feed files that landing some documents changes."""
    before = feeds.render(told.index(), {})
    told.land(documents)
    after = feeds.render(told.index(), {})
    return {path for path in after if after[path] != before.get(path)}


def test_only_the_feeds_that_show_something_change_with_it() -> None:
    told = many(60)
    assert changed_by(told, {"letters/letter-0000": letter("letter-0000") | {"id": "letter-0000"}}) <= {"feed.atom"}
    acme, quayside = "feeds/party/acme-optics.atom", "feeds/party/quayside-fund.atom"
    harbour_, works = "feeds/party/harbour-institute.atom", "feeds/thread/works.atom"
    main = {"feed.atom", "feed.json"}
    new = changed_by(told, {"letters/new": letter("new", to=[{"party": "quayside-fund"}])})
    assert new == main | {harbour_, quayside, works}
    corrected = changed_by(told, {"letters/letter-0003": amended("letter-0003", "correction")})
    assert corrected == main | {harbour_, acme, works, "feeds/changes.atom", "feeds/archive/1.atom"}
    editorial = amended("letter-0003", "correction", "editorial") | {"summary": "Version 1."}
    assert changed_by(told, {"letters/letter-0003": editorial}) == corrected - {"feeds/changes.atom", "feed.json"}
    one = {"threads": [{"id": "works", "title": "The works in the harbour", "summary": "Begun."}]}
    assert changed_by(told, {"threads": one}) == {"feed.atom"}


def test_the_feeds_of_an_archive_without_letters_do_not_depend_on_its_commit() -> None:
    told = Told()
    first = feeds.render(told.index(), {})
    assert [fault for path, data in first.items() if path.endswith(".atom") for fault in errors(data)] == []
    told.land({"threads": {"threads": [{"id": "works", "title": "The works in the harbour", "summary": "Begun."}]}})
    second = feeds.render(told.index(), {})
    assert {path for path in second if second[path] != first[path]} == {"feed.atom"}


def test_the_xml_of_an_entry_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    plain = FeedEntry.atom_entry

    def counted(self: FeedEntry, extensions: bool = True) -> etree._Element:
        made.append(self.id())
        element: etree._Element = plain(self, extensions)
        return element

    monkeypatch.setattr(FeedEntry, "atom_entry", counted)
    files = atoms(many(60))
    assert sorted(made) == sorted({name for data in files.values() for name in ids(data)})
    assert len(made) == 60


# -- pages ---------------------------------------------------------------------------------------------------


def test_every_page_names_the_feed_of_everything_and_the_page_of_feeds_all_of_them() -> None:
    told = busy()
    files = published(told)
    for path in (path for path in files if path.endswith(".html")):
        root = "../" * path.count("/")
        links_ = html.document_fromstring(files[path].decode()).iterfind("head/link[@rel='alternate']")
        found = [(link.get("type"), link.get("href")) for link in links_]
        assert found.count(("application/atom+xml", f"{root}feed.atom")) == 1, path
        assert found.count(("application/feed+json", f"{root}feed.json")) == 1, path
    page = html.document_fromstring(files["feeds/index.html"].decode())
    linked = {normpath(f"feeds/{link.get('href')}") for main in page.iter("main") for link in main.iter("a")}
    feeds_ = {path for path in files if path.endswith(".atom") and "archive" not in path}
    assert linked >= feeds_ | {"feed.json", "feeds.opml"}
    assert linked <= files.keys() | {path for path in linked if "#" in path}
    told.land({"letters/new": letter("new")})
    assert published(told)["feeds/index.html"] == files["feeds/index.html"]


# -- whatever happens ----------------------------------------------------------------------------------------


class Storm:
    """An archive to which things happen at random; the same seed tells the same story."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.told = Told()
        self.told.land({"threads": {"threads": [{"id": "works", "title": "Works"}, {"id": "lamps", "title": "Lamps"}]}})
        self.now: dict[str, dict[str, Any] | None] = {}
        self.told.land({f"letters/l-{at}": self.put(f"l-{at}", self.fresh(f"l-{at}")) for at in range(47)})

    def put(self, name: str, document: dict[str, Any] | None) -> dict[str, Any] | None:
        self.now[name] = document
        return document

    def fresh(self, name: str) -> dict[str, Any]:
        pick = self.random.choice
        parties = [who["id"] for who in PARTIES["parties"]]
        replies = [{"kind": "replies-to", "letter": pick(list(self.now)), "basis": "stated"}] if self.now else []
        people = {"from": [{"party": pick(parties)}], "to": [{"party": pick(parties)}]}
        title = f"Title {self.random.randrange(10**6)}"
        return letter(name, title=title, thread=pick(["works", "lamps"]), relations=pick([[], replies]), **people)

    def change(self, name: str) -> dict[str, Any] | None:
        """Do something to one letter."""
        old = self.now[name]
        notes = list(old["changes"]) if old and "changes" in old else []
        gone = old is None or old.get("status") == "withdrawn"
        kind = self.random.choice(["correction", "addition", "editorial", "withdrawal", "removal"])
        if gone:
            return self.put(name, self.fresh(name) | {"changes": [*notes, change("reinstatement", "Back.")]})
        if kind == "removal":
            return self.put(name, None)
        notes.append(change(kind, f"Note {self.random.randrange(10**6)}."))
        if kind == "withdrawal":
            return self.put(name, withdrawn(name, *notes))
        fields = {} if kind == "editorial" else {"thread": self.random.choice(["works", "lamps"])}
        return self.put(name, {**(old or {}), **fields, "changes": notes})

    def step(self) -> None:
        """One commit."""
        some = self.random.sample(sorted(self.now), self.random.choice([1, 1, 2, MANY + 2]))
        if self.random.random() < 0.3:
            outcomes = [None, *(assessment(some[0], reported(None, o)) for o in ("refused", "answered"))]
            known = f"records/assessments/{some[0]}.yaml" in self.told.files
            self.told.land({f"assessments/{some[0]}": self.random.choice(outcomes[0 if known else 1 :])})
        elif self.random.random() < 0.3:
            name = f"l-{len(self.now)}"
            self.told.land({f"letters/{name}": self.put(name, self.fresh(name))})
        else:
            self.told.land({f"letters/{name}": self.change(name) for name in some})


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_feeds_agree_and_keep_their_promises(seed: int) -> None:
    storm = Storm(seed)
    before = feeds.render(storm.told.index(), {})
    for _ in range(15):
        storm.step()
        after = feeds.render(storm.told.index(), {})
        assert [fault for fault in site_errors(after, SITE) if not fault.endswith("leads nowhere")] == []
        assert succession_errors(before, after, SITE) == []
        before = after


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_breaks_no_feed(name: str) -> None:
    index = Index.from_mapping(poisoned(busy().index().to_mapping(), HOSTILE[name]))
    files = feeds.render(index, {})
    assert [fault for fault in site_errors(files, SITE) if not fault.endswith("leads nowhere")] == []
    assert not [path for path, data in files.items() if ODD.search(data.decode())]
