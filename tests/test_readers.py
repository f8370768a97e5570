"""Feeds in real readers on loopback: newsboat, rss2email and sfeed, as subscribers have them."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import feedparser
import pytest
from lxml import etree

from publisher.formats.events import MANY
from tests.correspondence import assessment, change, letter, question, reported, withdrawn
from tests.feed_profile import NAMES
from tests.subscribers import READERS, Desk, Mail, Newsboat, Reader, Sfeed, served
from tests.tools import need

TAG = "tag:harbour.example,2026:"
HUSH = "A title to be taken back"


@pytest.fixture(name="desk")
def fixture_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that has published twelve letters, served with entity tags."""
    with served(tmp_path / "public") as (address, answers):
        yield opened(tmp_path, address, answers)


def opened(folder: Path, address: str, answers: list[tuple[str, int]]) -> Desk:
    desk = Desk(folder / "public", address, answers)
    threads = [{"id": "works", "title": "The works"}, {"id": "lamps", "title": "The lamps"}]
    desk.told.land({"threads": {"threads": threads}})
    letters = {f"letters/l-{at:02}": letter(f"l-{at:02}", questions=[question("1")]) for at in range(12)}
    desk.land(letters | {"letters/hush": hushed(), "letters/lamps": letter("lamps", thread="lamps")})
    return desk


def hushed(*notes: dict[str, str], **fields: Any) -> dict[str, Any]:
    return letter("hush", title=HUSH, questions=[question("1")], **fields) | ({"changes": [*notes]} if notes else {})


WRONG = change("correction", "The date was read wrongly.")
ASKED = change("withdrawal", "Asked for by the sender.")


def ids(desk: Desk, path: str = "feed.atom") -> list[str]:
    root = etree.fromstring((desk.folder / path).read_bytes())
    return sorted(element.text or "" for element in root.iterfind("a:entry/a:id", NAMES))


def statuses(desk: Desk, reader: Reader) -> list[int]:
    """What the server answers when a reader asks once."""
    desk.answers.clear()
    reader.fetch()
    return [status for _, status in desk.answers]


def news(reader: Reader) -> list[str]:
    """What a reader shows as new after asking once."""
    reader.fetch()
    return [name.removeprefix(TAG) for name in reader.news()]


# -- what every subscriber sees ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", READERS)
def test_a_subscriber_gets_each_thing_once(kind: type[Reader], desk: Desk, tmp_path: Path) -> None:
    """Everything at first; then one unread item, or one mail, for each thing that is news, and none for others."""
    reader = kind(tmp_path, desk.address + "feed.atom")
    reader.fetch()
    assert reader.news() == ids(desk)
    desk.publish()
    assert news(reader) == []
    desk.land({"letters/hush": hushed(WRONG, summary="Now with the right date.")})
    assert news(reader) == ["notice/hush/2"]
    assert "The date was read wrongly." in reader.kept()
    desk.land({"letters/hush": hushed(WRONG, change("editorial", "A comma."), summary="Now, with the right date.")})
    assert news(reader) == []
    desk.land({"assessments/hush": assessment("hush", reported("1", "refused"))})
    assert news(reader) == ["notice/hush/assessment/1"]
    desk.land({"assessments/hush": assessment("hush", reported("1", "answered"))})
    assert news(reader) == ["notice/hush/assessment/2"]
    desk.land({"letters/new": letter("new")})
    assert news(reader) == ["letter/new"]
    desk.land({"letters/hush": withdrawn("hush", WRONG, ASKED)})
    assert news(reader) == ["notice/hush/4"]
    desk.land({"letters/l-00": None})
    assert news(reader) == ["notice/l-00/2"]
    desk.land({"letters/hush": hushed(WRONG, ASKED, change("reinstatement", "Agreed again."))})
    assert news(reader) == ["notice/hush/5"]


@pytest.mark.parametrize("kind", READERS)
def test_many_changes_at_once_are_one_item(kind: type[Reader], desk: Desk, tmp_path: Path) -> None:
    reader = kind(tmp_path, desk.address + "feed.atom")
    reader.fetch()
    reader.news()
    names = [f"l-{at:02}" for at in range(MANY + 1)]
    desk.land({f"letters/{name}": letter(name, summary="Other.", changes=[WRONG]) for name in names})
    (notice,) = news(reader)
    assert notice.startswith("notices/")


@pytest.mark.parametrize("kind", READERS)
def test_a_letter_from_before_the_subscription_comes_with_its_notice(
    kind: type[Reader], desk: Desk, tmp_path: Path
) -> None:
    """Who never had the letter gets it as it is now, beside the notice: two items and not one."""
    desk.land({f"letters/later-{at}": letter(f"later-{at}") for at in range(60)})
    reader = kind(tmp_path, desk.address + "feed.atom")
    reader.fetch()
    assert TAG + "letter/hush" not in reader.news()
    desk.land({"letters/hush": hushed(WRONG)})
    assert news(reader) == ["letter/hush", "notice/hush/2"]


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("path", ["feeds/thread/works.atom", "feeds/party/acme-optics.atom", "feeds/thread/lamps.atom"])
def test_a_withdrawal_reaches_the_feeds_of_parties_and_threads(
    kind: type[Reader], path: str, desk: Desk, tmp_path: Path
) -> None:
    reader = kind(tmp_path, desk.address + path)
    reader.fetch()
    had_it = TAG + "letter/hush" in reader.news()
    assert had_it == (path != "feeds/thread/lamps.atom")
    desk.land({"letters/hush": hushed(WRONG)})
    assert news(reader) == (["notice/hush/2"] if had_it else [])
    desk.land({"letters/hush": withdrawn("hush", ASKED)})
    assert news(reader) == (["notice/hush/3"] if had_it else ["letter/hush", "notice/hush/2", "notice/hush/3"])
    assert (HUSH in reader.kept()) == (had_it and kind is not Newsboat)


@pytest.mark.parametrize("kind", READERS)
def test_changes_alone_can_be_subscribed_to(kind: type[Reader], desk: Desk, tmp_path: Path) -> None:
    reader = kind(tmp_path, desk.address + "feeds/changes.atom")
    assert news(reader) == []
    desk.land({"letters/hush": hushed(WRONG), "letters/new": letter("new")})
    assert news(reader) == ["notice/hush/2"]
    assert reader.kept().count("/letters/hush/#revision-2") >= 1


# -- what is kept after a withdrawal -------------------------------------------------------------------------


def test_newsboat_keeps_no_word_of_a_letter_that_was_withdrawn(desk: Desk, tmp_path: Path) -> None:
    reader = Newsboat(tmp_path, desk.address + "feed.atom")
    desk.land({"letters/hush": hushed(WRONG), "assessments/hush": assessment("hush", reported("1", "refused"))})
    reader.fetch()
    assert reader.kept().count(HUSH) >= 2
    desk.land({"letters/hush": withdrawn("hush", ASKED)})
    reader.fetch()
    assert HUSH not in reader.kept()
    rows = dict(reader.rows("guid, title", "guid like '%hush%'"))
    assert rows[TAG + "letter/hush"] == "Withdrawn: letter hush"
    assert rows[TAG + "notice/hush/2"] == "Correction: letter hush"


@pytest.mark.parametrize("kind", [Mail, Sfeed])
def test_mails_and_sfeeds_rows_cannot_be_taken_back(kind: type[Reader], desk: Desk, tmp_path: Path) -> None:
    """What /feeds/ says that these readers cannot do."""
    reader = kind(tmp_path, desk.address + "feed.atom")
    reader.fetch()
    desk.land({"letters/hush": withdrawn("hush", ASKED)})
    reader.fetch()
    assert HUSH in reader.kept()
    assert "Withdrawal: letter hush" in reader.kept()


# -- mails ---------------------------------------------------------------------------------------------------


def test_a_mail_says_everything_in_plain_text(desk: Desk, tmp_path: Path) -> None:
    reader = Mail(tmp_path, desk.address + "feed.atom")
    reader.fetch()
    desk.land({"letters/hush": hushed(WRONG)})
    reader.fetch()
    mails = {str(mail["X-RSS-ID"]): reader.text(mail) for mail in reader.mails().values()}
    assert mails[TAG + "letter/hush"] == (
        f"{HUSH}\nLetter from Harbour Institute to Acme Optics; sent: 18 February 2019. Asks about the works in the "
        f"harbour (hush).\n\nURL: {desk.address}letters/hush/\nVia: News of the harbour https://harbour.example/news/1"
    )
    said = mails[TAG + "notice/hush/2"]
    assert said.startswith(f"Correction: {HUSH}\nCorrection: {HUSH}. Published on 15 November 2023, ")
    assert said.endswith(
        f"UTC as revision 2. The date was read wrongly.\n\nURL: {desk.address}letters/hush/#revision-2"
    )


def test_whoever_asks_for_changed_entries_is_mailed_each_correction_of_the_entry_too(
    desk: Desk, tmp_path: Path
) -> None:
    """rss2email hashes the plain summary alone, which changes with every correction."""
    reader = Mail(tmp_path, desk.address + "feed.atom", **{"reply-changes": "True"})
    reader.fetch()
    reader.news()
    notes = [WRONG]
    for rev in (2, 3, 4):
        desk.land({"letters/hush": hushed(*notes)})
        assert news(reader) == ["letter/hush", f"notice/hush/{rev}"]
        notes.append(WRONG)


def test_a_mail_of_markup_is_the_content(desk: Desk, tmp_path: Path) -> None:
    reader = Mail(tmp_path, desk.address + "feed.atom", **{"html-mail": "True"})
    reader.fetch()
    (mail,) = [mail for mail in reader.mails().values() if mail["X-RSS-ID"] == TAG + "letter/hush"]
    assert mail.get_content_type() == "text/html"
    assert "<li>1. What of point 1? (paraphrase)" in reader.text(mail)


# -- asking again --------------------------------------------------------------------------------------------

Serve = Callable[..., AbstractContextManager[tuple[str, list[tuple[str, int]]]]]


@pytest.mark.parametrize("serve", [served, partial(served, with_tags=False)], ids=["tags", "times"])
@pytest.mark.parametrize("kind", [Newsboat, Mail])
def test_an_unchanged_feed_is_not_sent_again(kind: type[Reader], serve: Serve, tmp_path: Path) -> None:
    """A republished file that did not change keeps its bytes and its time, so that 304 is the answer.

    Newsboat 2.21 forgets the tag of the very first answer.
    """
    with serve(tmp_path / "public") as (address, answers):
        desk = opened(tmp_path, address, answers)
        reader = kind(tmp_path, address + "feeds/thread/works.atom")
        assert statuses(desk, reader) == [200]
        desk.publish()
        assert statuses(desk, reader) in ([304], [200] if kind is Newsboat else [304])
        assert desk.publish() == []
        assert statuses(desk, reader) == [304]
        assert "feeds/thread/works.atom" not in desk.land({"letters/other": letter("other", thread="lamps")})
        assert statuses(desk, reader) == [304]
        desk.land({"letters/hush": hushed(WRONG)})
        assert statuses(desk, reader) == [200]


def test_the_server_of_these_tests_answers_as_servers_do(desk: Desk) -> None:
    """RFC 9110, section 13.2.2: If-None-Match outranks If-Modified-Since."""
    with urlopen(desk.address + "feed.json") as answer:
        tag, time = answer.headers["ETag"], answer.headers["Last-Modified"]
    old = {"If-None-Match": '"other"', "If-Modified-Since": time}
    desk.answers.clear()
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": time}, old):
        with suppress(HTTPError), urlopen(Request(desk.address + "feed.json", headers=headers)) as answer:
            answer.read()
    assert [status for _, status in desk.answers] == [304, 304, 200]


# -- pages and lists -----------------------------------------------------------------------------------------


def opens_a_page(url: str, desk: Desk) -> bool:
    with urlopen(url) as answer:
        return (
            url.startswith(f"{desk.address}letters/")
            and answer.headers.get_content_type() == "text/html"
            and b"<h1>" in answer.read()
        )


@pytest.fixture(name="eventful")
def fixture_eventful(desk: Desk) -> Desk:
    """The desk after sixty letters, a correction, outcomes and a withdrawal."""
    desk.told.land({f"letters/later-{at}": letter(f"later-{at}") for at in range(50)})
    desk.told.land({"assessments/l-00": assessment("l-00", reported("1", "refused"))})
    desk.told.land({"letters/hush": withdrawn("hush", ASKED)})
    desk.land({"letters/l-01": letter("l-01", summary="Other.", changes=[WRONG])})
    return desk


PATHS = ("feed.atom", "feeds/archive/1.atom", "feeds/changes.atom", "feeds/thread/works.atom")


@pytest.mark.parametrize("path", PATHS)
def test_feedparser_reads_every_entry_and_opens_its_page(path: str, eventful: Desk) -> None:
    parsed = feedparser.parse((eventful.folder / path).read_bytes())
    assert not parsed.bozo
    assert sorted(found.id for found in parsed.entries) == ids(eventful, path)
    assert all(opens_a_page(found.link, eventful) for found in parsed.entries)
    assert all("<script" not in found.content[0].value for found in parsed.entries)


@pytest.mark.parametrize("path", PATHS)
def test_newsboat_reads_every_entry_and_opens_its_page(path: str, eventful: Desk, tmp_path: Path) -> None:
    reader = Newsboat(tmp_path, eventful.address + path)
    reader.fetch()
    rows = reader.rows("guid, url")
    assert sorted(guid for guid, _ in rows) == ids(eventful, path)
    assert all(opens_a_page(url, eventful) for _, url in rows)


@pytest.mark.parametrize("path", PATHS)
def test_sfeed_reads_every_entry_and_opens_its_page(path: str, eventful: Desk, tmp_path: Path) -> None:
    reader = Sfeed(tmp_path, eventful.address + path)
    reader.fetch()
    assert sorted(row[5] for row in reader.rows()) == ids(eventful, path)
    assert all(row[0] for row in reader.rows())
    assert all(opens_a_page(row[2], eventful) for row in reader.rows())


def test_the_list_of_feeds_can_be_imported(desk: Desk, tmp_path: Path) -> None:
    """newsboat, rss2email and sfeed take feeds.opml, and find all feeds but the closed pages in it."""
    feeds = {
        f"{desk.address}{p.relative_to(desk.folder)}" for p in desk.folder.rglob("*.atom") if "archive" not in p.parts
    }
    file = str(desk.folder / "feeds.opml")
    newsboat = Newsboat(tmp_path, desk.address + "feed.atom")
    newsboat.run("newsboat", *newsboat.files, "-i", file)
    lines = (newsboat.home / "urls").read_text("utf-8").splitlines()
    assert {line.split()[0] for line in lines} == feeds
    mail = Mail(tmp_path, desk.address + "feed.atom")
    mail.run("r2e", *mail.files, "opmlimport", file)
    assert all(feed in mail.run("r2e", *mail.files, "list") for feed in feeds)
    done = subprocess.run([need("sfeed_opml_import")], input=Path(file).read_bytes(), capture_output=True, check=True)
    assert all(f"'{feed}'" in done.stdout.decode() for feed in feeds)
