"""The feeds: fit their profile, hold every letter, tell what changed, and open the right page in real readers."""

import re
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import feedparser
import pytest
from lxml import etree

from publisher.formats import FORMATS, atom
from publisher.formats.events import MANY
from tests.correspondence import (
    ARCHIVE,
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
from tests.feed_profile import NAMES, chain_errors, errors
from tests.tools import need

ATOM = "{http://www.w3.org/2005/Atom}"
LONG = "Long " * 200 + "end."
TAG = "tag:harbour.example,2026:"


def feeds(told: Told) -> dict[str, bytes]:
    return atom.render(told.index(), told.contents)


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
    files = feeds(many(number))
    assert {path: errors(data) for path, data in files.items()} == {path: [] for path in files}
    assert chain_errors(files, SITE) == []
    assert {name for data in files.values() for name in ids(data)} == {
        f"{TAG}letter/letter-{at:04d}" for at in range(number)
    }
    assert len(files) == 1 + number // 50


def test_the_eventful_feed_fits_the_profile() -> None:
    assert {path: errors(data) for path, data in feeds(harbour()).items()} == {"feed.atom": []}


def replaced(pattern: str, by: str) -> Callable[[str], str]:
    return lambda feed: re.sub(pattern, by, feed, count=1, flags=re.DOTALL)


MUTANTS: dict[str, Callable[[str], str]] = {
    "a link without rel": replaced(r' rel="related"', ""),
    "a link without type": replaced(r'(rel="related" href="[^"]*") type="[^"]*"', r"\1"),
    "a link without length": replaced(r' length="\d+"', ""),
    "an alternate without hreflang": replaced(r'(<entry>.*?) hreflang="en"', r"\1"),
    "two alternates": replaced(r'(<entry>.*?)(<link rel="alternate"[^>]*/>)', r"\1\2\2"),
    "no alternate": replaced(r'(<entry>.*?)<link rel="alternate"[^>]*/>', r"\1"),
    "the raw record as alternate": replaced('rel="related"', 'rel="alternate"'),
    "a duplicate id": replaced(r"<id>[^<]*/2020-statement</id>", f"<id>{TAG}letter/2020-05-follow-up</id>"),
    "an id that is an address": replaced(r"<id>tag:[^<]*letter/[^<]*", "<id>https://harbour.example/1"),
    "an entry without an id": replaced(r"(<entry>\s*)<id>[^<]*</id>", r"\1"),
    "an entry without a title": replaced(r"(<entry>.*?)<title[^>]*>[^<]*</title>", r"\1"),
    "a title of two lines": replaced(r"(<entry>.*?<title[^>]*>)", r"\1one&#10;two "),
    "a title too long": replaced(r"(<entry>.*?<title[^>]*>)", r"\1" + "long " * 40),
    "a title with a type": replaced(r"(<entry>.*?)<title>", r'\1<title type="html">'),
    "an entry without an author": replaced(r"(<entry>.*?)<author>.*?</author>", r"\1"),
    "a feed without an author": replaced(r"<author>.*?</author>", ""),
    "an author with an address": replaced(r"</uri>", "</uri><email>a@harbour.example</email>"),
    "xhtml content": replaced(r'<content type="html">.*?</content>', '<content type="xhtml"><p/></content>'),
    "content without a type": replaced(r'<content type="html">', "<content>"),
    "content elsewhere": replaced(r"<content[^>]*>.*?</content>", '<content type="html" src="https://x.example/"/>'),
    "a summary of markup": replaced(r"<summary>", '<summary type="html">'),
    "a summary too long": replaced(r"<summary>", "<summary>" + "long " * 100),
    "no summary": replaced(r"<summary>.*?</summary>", ""),
    "no time of update": replaced(r"(<entry>.*?)<updated>[^<]*</updated>", r"\1"),
    "a local time": replaced(r"\+00:00</updated>", "+02:00</updated>"),
    "a month that is none": replaced(r"(<entry>.*?<published>\d{4})-\d\d", r"\1-13"),
    "updated before it was published": replaced(r"(<entry>.*?<published>)\d{4}", r"\g<1>2099"),
    "a feed older than its entries": replaced(r"<updated>\d{4}", "<updated>2001"),
    "a generator with a version": replaced(r"<generator>", '<generator version="1.0">'),
    "no self link": replaced(r'<link rel="self"[^>]*/>', ""),
    "a script's address": replaced(r'(rel="alternate" href=")https:', r"\1javascript:"),
    "a script's address in the content": replaced(r'(&lt;a href=")https:', r"\1javascript:"),
    "a script in the content": replaced(
        r'<content type="html">', '<content type="html">&lt;script&gt;1&lt;/script&gt;'
    ),
    "a handler in the content": replaced(r"&lt;p&gt;", '&lt;p onclick="1"&gt;'),
    "a category of a scheme of its own": replaced(r"scheme/party", "scheme/person"),
    "an element of somebody else": replaced(r"</entry>", '<x xmlns="https://x.example/"/></entry>'),
    "a reply to nothing": replaced(r'<thr:in-reply-to ref="[^"]*"', "<thr:in-reply-to"),
    "no language": replaced(r' xml:lang="en"', ""),
    "not XML": replaced(r"</entry>", ""),
    "a mark of a closed page": replaced(r"</subtitle>", "</subtitle><fh:archive/>"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_profile_refuses(name: str) -> None:
    feed = feeds(harbour())["feed.atom"].decode()
    mutant = MUTANTS[name](feed)
    assert mutant != feed
    assert errors(mutant.encode())


def test_the_profile_refuses_a_closed_page_that_lost_an_entry() -> None:
    page = feeds(many(50))["feeds/archive/1.atom"].decode()
    assert errors(replaced(r"<entry>.*?</entry>\s*", "")(page).encode())


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
    assert links(entry(feeds(told)["feed.atom"], f"letter/{name}")) == [
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
    feed = feeds(harbour())["feed.atom"]
    (reply,) = entry(feed, "letter/2019-03-01-acme-to-institute").iterfind("thr:in-reply-to", NAMES)
    assert reply.get("ref") == f"{TAG}letter/2019-02-18-institute-to-acme"
    title = entry(feed, "letter/2020-statement").find("a:title", NAMES)
    assert title is not None
    assert title.get("{http://www.w3.org/XML/1998/namespace}lang") == "he"


# -- pages ---------------------------------------------------------------------------------------------------


def test_the_members_of_a_closed_page_never_change() -> None:
    told = many(60)
    before = ids(feeds(told)["feeds/archive/1.atom"])
    told.land({
        "letters/letter-0003": withdrawn("letter-0003", change("withdrawal", "Asked for.")),
        "letters/letter-0004": letter("letter-0004", summary="New.", changes=[change("correction", "A word.")]),
        "letters/letter-0005": None,
        **{f"letters/a-later-{at}": letter(f"a-later-{at}") for at in range(50)},
    })  # fmt: skip
    after = feeds(told)
    assert ids(after["feeds/archive/1.atom"]) == before
    assert len(ids(after["feeds/archive/2.atom"])) == 50
    assert all(errors(data) == [] for data in after.values())


def test_no_page_holds_more_than_a_hundred_entries() -> None:
    told = many(149)
    for at in range(60):
        name = f"letter-{at:04d}"
        told.land({f"letters/{name}": letter(name, summary="Other.", changes=[change("correction", "So.")])})
    files = feeds(told)
    assert max(len(ids(data)) for data in files.values()) == 99
    assert all(errors(data) == [] for data in files.values())


def test_the_log_stands_in_the_main_feed_alone() -> None:
    told = many(51)
    files = feeds(told)
    index = told.index()
    assert f"Log size {index.log.size}, root {index.log.root}." in files["feed.atom"].decode()
    assert index.log.root not in files["feeds/archive/1.atom"].decode()
    assert all(ARCHIVE["disclaimer"] in said(etree.fromstring(data), "subtitle") for data in files.values())


# -- news ----------------------------------------------------------------------------------------------------


def amended(name: str, *kinds: str) -> dict[str, Any]:
    changes = [change(kind, f"Note {at} on {name}.") for at, kind in enumerate(kinds)]
    return letter(name, summary=f"Version {len(kinds)}.", changes=changes)


def notices(told: Told) -> list[str]:
    return sorted(name.removeprefix(TAG) for name in ids(feeds(told)["feed.atom"]) if "/" in name and "notice" in name)


def test_a_correction_changes_the_entry_and_gets_a_notice() -> None:
    told = Told()
    told.land({"letters/works": letter("works")})
    before = feeds(told)["feed.atom"]
    told.land({"letters/works": amended("works", "correction")})
    after = feeds(told)["feed.atom"]
    old, new, notice = entry(before, "letter/works"), entry(after, "letter/works"), entry(after, "notice/works/2")
    assert said(new, "title") == f"Corrected: {said(old, 'title')}"
    assert "Note 0 on works." in said(new, "summary")
    assert "Note 0 on works." in said(notice, "summary")
    assert said(new, "updated") == said(notice, "published") > said(old, "updated")
    assert said(new, "published") == said(old, "published")
    assert [link["href"] for link in links(notice)] == [f"{SITE}letters/works/"]


def test_every_correction_changes_the_summary_and_no_earlier_notice() -> None:
    told = Told()
    told.land({"letters/works": letter("works", summary=LONG)})
    seen, notes = set(), []
    for number in range(1, 5):
        document = amended("works", *["correction"] * number) | {"summary": LONG}
        told.land({"letters/works": document})
        feed = feeds(told)["feed.atom"]
        seen.add(said(entry(feed, "letter/works"), "summary"))
        notes.append([said(entry(feed, f"notice/works/{rev}"), "summary") for rev in range(2, number + 2)])
    assert len(seen) == 4
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(notes))


def test_editorial_and_unchanged_revisions_are_no_news() -> None:
    told = Told()
    told.land({"letters/works": letter("works")})
    before = feeds(told)["feed.atom"]
    told.land({"letters/works": amended("works", "editorial")})
    told.land({"letters/works": dict(reversed(amended("works", "editorial").items()))})
    assert notices(told) == []
    times = [said(entry(feed, "letter/works"), "updated") for feed in (before, feeds(told)["feed.atom"])]
    assert times[0] == times[1]


def test_changed_outcomes_are_news_and_first_ones_move_the_entry() -> None:
    told = Told()
    told.land({"letters/works": letter("works", questions=[question("1")])})
    told.land({"assessments/works": assessment("works", reported("1", "refused"))})
    assert notices(told) == []
    assert "Outcomes published" in said(entry(feeds(told)["feed.atom"], "letter/works"), "summary")
    told.land({"assessments/works": assessment("works", reported("1", "answered"))})
    assert notices(told) == ["notice/works/assessment/2"]
    assert "Outcomes changed" in said(entry(feeds(told)["feed.atom"], "letter/works"), "summary")
    told.land({"assessments/works": None})
    assert notices(told) == ["notice/works/assessment/2", "notice/works/assessment/3"]
    assert errors(feeds(told)["feed.atom"]) == []


def test_more_than_ten_notices_of_one_commit_become_one() -> None:
    for number, expected in ((MANY, MANY), (MANY + 1, 1)):
        told = many(number)
        names = [f"letter-{at:04d}" for at in range(number)]
        told.land({f"letters/{name}": amended(name, "correction") for name in names})
        assert len(notices(told)) == expected
        assert errors(feeds(told)["feed.atom"]) == []
    assert notices(told) == [f"notices/{3 + MANY + 1}"]
    content = said(entry(feeds(told)["feed.atom"], f"notices/{3 + MANY + 1}"), "content")
    assert all(f'href="{SITE}letters/{name}/"' in content for name in names)


def test_a_withdrawn_letter_is_a_stub_under_its_old_id_and_comes_back_into_view() -> None:
    told = many(120)
    secret = letter("letter-0001", title="The Secret Title", summary="Secret words.", **{"from": [{"class": "Mme X"}]})
    told.land({"letters/letter-0001": secret | {"changes": [change("correction", "Secret note.")]}})
    told.land({"letters/letter-0001": withdrawn("letter-0001", change("withdrawal", "Asked for by the sender."))})
    files = feeds(told)
    everything = b"".join(files.values()).decode()
    assert not re.search("Secret|Mme X", everything)
    stub = entry(files["feed.atom"], "letter/letter-0001")
    assert said(stub, "title") == "Withdrawn: letter letter-0001"
    assert "Asked for by the sender." in said(stub, "summary")
    assert [link["rel"] for link in links(stub)] == ["alternate"]
    assert entry(files["feed.atom"], "notice/letter-0001/3") is not None
    assert TAG + "letter/letter-0001" in ids(files["feeds/archive/1.atom"])
    told.land({"letters/letter-0001": secret | {"changes": [change("reinstatement", "Agreed again.")]}})
    assert said(entry(feeds(told)["feed.atom"], "notice/letter-0001/4"), "title").startswith("Reinstatement: ")


def test_a_removed_letter_keeps_its_entry_as_a_stub() -> None:
    told = many(3)
    told.land({"letters/letter-0001": None})
    feed = feeds(told)["feed.atom"]
    assert said(entry(feed, "letter/letter-0001"), "title") == "Removed: letter letter-0001"
    assert notices(told) == ["notice/letter-0001/2"]
    assert errors(feed) == []


# -- real readers --------------------------------------------------------------------------------------------


class Quiet(SimpleHTTPRequestHandler):
    """A file server that says nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives it
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture(name="site")
def fixture_site(tmp_path: Path) -> Iterator[str]:
    """The address of a served publication of 60 letters, two of them changed."""
    with served(tmp_path / "public") as address:
        told = many(60, ARCHIVE | {"site": address})
        told.land({"letters/letter-0001": withdrawn("letter-0001", change("withdrawal", "Asked for."))})
        told.land({"letters/letter-0059": amended("letter-0059", "correction")})
        index = told.index()
        for render in FORMATS.values():
            for path, data in render(index, told.contents).items():
                file = tmp_path / "public" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        yield address


def opens_a_page(url: str, site: str) -> bool:
    with urlopen(url) as answer:
        return (
            url.startswith(f"{site}letters/")
            and url.endswith("/")
            and answer.headers.get_content_type() == "text/html"
            and b"<h1>" in answer.read()
        )


def feed_at(url: str) -> bytes:
    with urlopen(url) as answer:
        data: bytes = answer.read()
        return data


@pytest.mark.parametrize("path", ["feed.atom", "feeds/archive/1.atom"])
def test_feedparser_reads_every_entry_and_opens_its_page(site: str, path: str) -> None:
    data = feed_at(site + path)
    parsed = feedparser.parse(data)
    assert not parsed.bozo
    assert [found.id for found in parsed.entries] == ids(data)
    assert all(opens_a_page(found.link, site) for found in parsed.entries)
    assert all("<script" not in found.content[0].value for found in parsed.entries)


@pytest.mark.parametrize("path", ["feed.atom", "feeds/archive/1.atom"])
def test_newsboat_reads_every_entry_and_opens_its_page(site: str, path: str, tmp_path: Path) -> None:
    newsboat = need("newsboat")
    home = tmp_path / "home"
    home.mkdir()
    (home / "urls").write_text(f"{site}{path}\n", encoding="utf-8")
    (home / "config").write_text("auto-reload no\nmax-items 0\n", encoding="utf-8")
    files = ["-u", str(home / "urls"), "-C", str(home / "config"), "-c", str(home / "cache.db")]
    environment = {"HOME": str(home), "LC_ALL": "C.UTF-8", "PATH": str(Path(newsboat).parent)}
    subprocess.run([newsboat, *files, "-x", "reload"], env=environment, check=True, capture_output=True, timeout=60)
    with sqlite3.connect(home / "cache.db") as cache:
        rows = cache.execute("select guid, title, url from rss_item").fetchall()
    assert sorted(guid for guid, _, _ in rows) == sorted(ids(feed_at(site + path)))
    assert all(opens_a_page(url, site) for _, _, url in rows)


@pytest.mark.parametrize("path", ["feed.atom", "feeds/archive/1.atom"])
def test_sfeed_reads_every_entry_and_opens_its_page(site: str, path: str) -> None:
    data = feed_at(site + path)
    done = subprocess.run([need("sfeed"), site], input=data, capture_output=True, check=True, timeout=60)
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [row[5] for row in rows] == ids(data)
    assert all(row[0] for row in rows)
    assert all(opens_a_page(row[2], site) for row in rows)
