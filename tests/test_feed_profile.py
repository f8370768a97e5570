"""The profile of the feeds refuses what is wrong with them, each fault for its own reason."""

import re
from collections.abc import Callable

import pytest

from tests.correspondence import SITE, harbour
from tests.feed_across import site_errors, succession_errors
from tests.feed_profile import errors
from tests.test_feeds import TAG, atoms, busy, many, published


def replaced(pattern: str, by: str) -> Callable[[str], str]:
    return lambda feed: re.sub(pattern, by, feed, count=1, flags=re.DOTALL)


MUTANTS: dict[str, tuple[Callable[[str], str], str]] = {
    "a link without rel": (
        replaced(r' rel="related" href="[^"]*" type="application/y', ' type="application/y'),
        "link failed",
    ),
    "a link without type": (replaced(r'(rel="related" href="[^"]*yaml") type="[^"]*"', r"\1"), "link failed"),
    "a link without length": (replaced(r' length="\d+"', ""), "link failed"),
    "an alternate without hreflang": (replaced(r'(<entry>.*?) hreflang="en"', r"\1"), "link failed"),
    "two alternates": (replaced(r'(<entry>.*?)(<link rel="alternate"[^>]*/>)', r"\1\2\2"), "exactly one alternate"),
    "no alternate": (replaced(r'(<entry>.*?)<link rel="alternate"[^>]*/>', r"\1"), "exactly one alternate"),
    "the record as alternate": (replaced('rel="related"(?=[^>]*yaml)', 'rel="alternate"'), "exactly one alternate"),
    "a duplicate id": (
        replaced(r"<id>[^<]*/2020-statement</id>", f"<id>{TAG}letter/2020-05-follow-up</id>"),
        "id occurs 2 times",
    ),
    "an id that is an address": (replaced(r"<id>tag:[^<]*letter/[^<]*", "<id>https://harbour.example/1"), "id failed"),
    "an id of no sort of ours": (replaced(r"<id>(tag:[^<]*)letter/", r"<id>\1person/"), "id failed"),
    "a notice without its revision": (replaced(r"(<id>tag:[^<]*notice/[^<]*)/2<", r"\1<"), "id failed"),
    "an entry without an id": (replaced(r"(<entry>\s*)<id>[^<]*</id>", r"\1"), "Expecting element id"),
    "an entry without a title": (replaced(r"(<entry>.*?)<title[^>]*>[^<]*</title>", r"\1"), "Expecting element title"),
    "a title of two lines": (replaced(r"(<entry>.*?<title[^>]*>)", r"\1one&#10;two "), "title failed"),
    "a title too long": (replaced(r"(<entry>.*?<title[^>]*>)", r"\1" + "long " * 40), "title failed"),
    "a title with a type": (
        replaced(r"(<entry>.*?)<title>", r'\1<title type="html">'),
        "attribute type for element title",
    ),
    "an entry without an author": (replaced(r"(<entry>.*?)<author>.*?</author>", r"\1"), "got content"),
    "a feed without an author": (replaced(r"<author>.*?</author>", ""), "head: Expecting element author"),
    "an author with an address": (replaced(r"</uri>", "</uri><email>a@harbour.example</email>"), "element email"),
    "xhtml content": (
        replaced(r'<content type="html">.*?</content>', '<content type="xhtml"><p/></content>'),
        "content has child",
    ),
    "content without a type": (replaced(r'<content type="html">', "<content>"), "content failed to validate attr"),
    "content elsewhere": (
        replaced(r"<content[^>]*>.*?</content>", '<content type="html" src="https://x.example/"/>'),
        "content failed",
    ),
    "a summary of markup": (replaced(r"<summary>", '<summary type="html">'), "attribute type for element summary"),
    "a summary too long": (replaced(r"<summary>", "<summary>" + "long " * 100), "summary failed"),
    "no summary": (replaced(r"<summary>.*?</summary>", ""), "Expecting element summary"),
    "no time of update": (replaced(r"(<entry>.*?)<updated>[^<]*</updated>", r"\1"), "Expecting element updated"),
    "a local time": (replaced(r"\+00:00</updated>", "+02:00</updated>"), "updated failed"),
    "a month that is none": (replaced(r"(<entry>.*?<published>\d{4})-\d\d", r"\1-13"), "doesn't allow value '2023-13"),
    "updated before it was published": (
        replaced(r"(<entry>.*?<published>)\d{4}", r"\g<1>2099"),
        "updated before it was published",
    ),
    "a feed older than its entries": (replaced(r"<updated>\d{4}", "<updated>2001"), "not that of the newest entry"),
    "entries oldest first": (
        replaced(r"(<entry>(?:(?!<entry>).)*</entry>)\s*(<entry>.*</entry>)", r"\2\1"),
        "not newest first",
    ),
    "a generator with a version": (replaced(r"<generator>", '<generator version="1.0">'), "attribute version"),
    "another generator": (replaced(r"<generator>[^<]*", "<generator>python-feedgen"), "generator failed"),
    "no self link": (replaced(r'<link rel="self"[^>]*/>', ""), "exactly one self"),
    "a script's address": (replaced(r'(rel="alternate" href=")https:', r"\1javascript:"), "link failed"),
    "a script's address in the content": (replaced(r'(&lt;a href=")https:', r"\1javascript:"), "href=javascript"),
    "a script in the content": (
        replaced(r'<content type="html">', '<content type="html">&lt;script&gt;1&lt;/script&gt;'),
        "<script> in",
    ),
    "a handler in the content": (replaced(r"&lt;p&gt;", '&lt;p onclick="1"&gt;'), "onclick=1"),
    "a category of a scheme of its own": (replaced(r"scheme/party", "scheme/person"), "got category"),
    "a stub that names a party": (
        replaced(
            r'(<category term="withdrawn"[^>]*/>)(?=\s*<published>[^<]*</published>\s*<link [^>]*/>\s*</entry>)',
            rf'\1<category term="acme-optics" scheme="{TAG}scheme/party" label="Acme"/>',
        ),
        "element category there",
    ),
    "an element of somebody else": (
        replaced(r"</entry>", '<x xmlns="https://x.example/"/></entry>'),
        "extra content: x",
    ),
    "a reply to nothing": (replaced(r'<thr:in-reply-to ref="[^"]*"', "<thr:in-reply-to"), "in-reply-to failed"),
    "a reply to a notice": (replaced(r'(<thr:in-reply-to ref="[^"]*)letter/', r"\1notice/"), "in-reply-to failed"),
    "a notice that replies to nothing": (replaced(r"<thr:in-reply-to[^>]*/>", ""), "Expecting an element in-reply-to"),
    "no language": (replaced(r' xml:lang="en"', ""), "feed failed to validate attributes"),
    "not XML": (replaced(r"</entry>", ""), "not XML"),
    "a style sheet": (
        replaced(r"<feed ", '<?xml-stylesheet href="feed.xsl" type="text/xsl"?><feed '),
        "before the feed",
    ),
    "a mark of a closed page": (replaced(r"</subtitle>", "</subtitle><fh:archive/>"), "a closed page of 7 entries"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_profile_refuses(name: str) -> None:
    """Each mutant for its own reason."""
    feed = atoms(harbour())["feed.atom"].decode()
    change_it, reason = MUTANTS[name]
    mutant = change_it(feed)
    assert mutant != feed
    found = errors(mutant.encode())
    assert [fault for fault in found if reason in fault], found


def test_the_profile_refuses_a_closed_page_that_lost_an_entry() -> None:
    page = atoms(many(50))["feeds/archive/1.atom"].decode()
    assert errors(replaced(r"<entry>.*?</entry>\s*", "")(page).encode()) == ["a closed page of 49 entries"]


# -- between the files ---------------------------------------------------------------------------------------


@pytest.fixture(name="files", scope="module")
def fixture_files() -> dict[str, bytes]:
    """Everything that is rendered of an archive with closed pages, replies, scans, notices, and letters that went."""
    return published(busy())


def test_all_feeds_of_a_publication_agree(files: dict[str, bytes]) -> None:
    assert site_errors(files, SITE) == []


def without_entry(name: str) -> Callable[[str], str]:
    return replaced(rf"<entry>\s*<id>{TAG}{name}</id>.*?</entry>\s*", "")


BETWEEN: dict[str, tuple[str, Callable[[str], str], str]] = {
    "an entry that differs between feeds": (
        "feeds/thread/lamps.atom",
        replaced(r"(<summary>)", r"\1Other: "),
        "is another entry elsewhere",
    ),
    "a feed of everything older than a party's": (
        "feeds/thread/lamps.atom",
        lambda feed: re.sub(r"<updated>2023", "<updated>2031", feed),
        "older than the newest",
    ),
    "a self link to another feed": (
        "feeds/thread/lamps.atom",
        replaced(r'rel="self" href="[^"]*"', f'rel="self" href="{SITE}feed.atom"'),
        "self is",
    ),
    "a party's feed that names no feed of everything": (
        "feeds/party/acme-optics.atom",
        replaced(r'rel="related" href="[^"]*"', f'rel="related" href="{SITE}feeds/changes.atom"'),
        "not name the main feed",
    ),
    "the id of another feed": (
        "feeds/thread/lamps.atom",
        replaced(r"feed/thread/lamps", "feed/thread/works"),
        "its id is",
    ),
    "the log in a party's feed": (
        "feeds/party/acme-optics.atom",
        replaced(r"</subtitle>", " Log size 12</subtitle>"),
        "names the log",
    ),
    "a chain with a gap": (
        "feed.atom",
        replaced(r'<link rel="prev-archive"[^>]*/>', ""),
        "not reached from feed.atom",
    ),
    "a closed page that is not there": (
        "feed.atom",
        replaced(r"archive/1\.atom", "archive/7.atom"),
        "prev-archive leads nowhere",
    ),
    "a current that is not there": (
        "feeds/archive/1.atom",
        replaced(r'rel="current" href="[^"]*"', f'rel="current" href="{SITE}x"'),
        "current leads nowhere",
    ),
    "a letter in another party's feed": (
        "feeds/party/quayside-fund.atom",
        lambda feed: feed.replace(
            f'term="quayside-fund" scheme="{TAG}scheme/party"', f'term="acme-optics" scheme="{TAG}scheme/party"'
        ),
        "does not belong here",
    ),
    "a thread's feed that lacks a letter": ("feeds/thread/lamps.atom", without_entry("letter/lamps-2"), "lacks"),
    "a thread's feed that lacks a notice": (
        "feeds/thread/lamps.atom",
        without_entry("notice/lamps-1/assessment/1"),
        "lacks",
    ),
    "a party's feed without what is gone": (
        "feeds/party/quayside-fund.atom",
        without_entry("letter/letter-0004"),
        "does not say what is gone",
    ),
    "a letter among the changes": (
        "feeds/changes.atom",
        replaced(r"(<id>tag:[^<]*)notice/(letter-0003)/2", r"\1letter/\2"),
        "holds letters",
    ),
    "a letter that no feed of everything has": (
        "feeds/archive/1.atom",
        without_entry("letter/letter-0030"),
        "is in no feed of everything",
    ),
    "a page that is not there": (
        "feeds/thread/lamps.atom",
        replaced(r'(<entry>.*?rel="alternate" href=")[^"#]*', rf"\1{SITE}letters/nowhere/"),
        "nowhere/.* leads nowhere",
    ),
    "a place on a page that is not there": (
        "feeds/thread/lamps.atom",
        replaced(r'#outcomes-revision-1"', '#outcomes-revision-9"'),
        "revision-9 leads nowhere",
    ),
    "a scan that is not there": (
        "feeds/thread/lamps.atom",
        replaced(r"scan\.pdf", "lost.pdf"),
        "lost.pdf leads nowhere",
    ),
    "a scan of another length": (
        "feeds/thread/lamps.atom",
        replaced(r'(rel="enclosure"[^>]* length=")15', r"\g<1>16"),
        "of another length",
    ),
    "a link in the content to nowhere": (
        "feed.atom",
        replaced(r'(&lt;a href=")[^"]*letters/lamps-1/', rf"\1{SITE}letters/lamp/"),
        "lamp/ leads nowhere",
    ),
    "a reply to a letter that is in no feed": (
        "feed.atom",
        replaced(r'(in-reply-to ref="[^"]*)letter-0003"', r'\1letter-9999"'),
        "which is in no feed",
    ),
    "a reply to another letter's page": (
        "feed.atom",
        replaced(r'(in-reply-to ref="[^"]*letter-0003"[^>]*href="[^"]*)letter-0003', r"\1letter-0002"),
        "replies to a page that is not",
    ),
}


@pytest.mark.parametrize("name", BETWEEN)
def test_the_feeds_of_a_publication_cannot_disagree(name: str, files: dict[str, bytes]) -> None:
    """Each mutant for its own reason."""
    path, change_it, reason = BETWEEN[name]
    mutant = change_it(files[path].decode())
    assert mutant != files[path].decode()
    found = site_errors({**files, path: mutant.encode()}, SITE)
    assert [fault for fault in found if re.search(reason, fault)], found


# -- from one publication to the next ------------------------------------------------------------------------


AFTER: dict[str, tuple[str, Callable[[str], str], str]] = {
    "another member of a closed page": (
        "feeds/archive/1.atom",
        replaced(r"<id>([^<]*)letter-0031</id>", r"<id>\1letter-9999</id>"),
        "a closed page has other members",
    ),
    "a letter without a stub": ("feed.atom", without_entry("letter/lamps-2"), "is gone without a stub"),
    "an id used again": (
        "feed.atom",
        replaced(rf"(<id>{TAG}notice/letter-0003/2</id>.*?<published>)\d{{4}}", r"\g<1>2022"),
        "an id used again",
    ),
    "an id used again for something else": (
        "feed.atom",
        replaced(rf'(<id>{TAG}notice/letter-0003/2</id>.*?term=")amended', r"\1withdrawn"),
        "an id used again for something else",
    ),
    "a feed that goes back in time": ("feed.atom", replaced(r"<updated>\d{4}", "<updated>2001"), "went back in time"),
    "a change that mail never shows": (
        "feed.atom",
        replaced(rf"(<id>{TAG}letter/lamps-2</id>.*?<updated>)\d{{4}}", r"\g<1>2031"),
        "changed, and its summary did not",
    ),
    "a change that is not in the main feed": (
        "feeds/archive/1.atom",
        replaced(rf"(<id>{TAG}letter/letter-0031</id>.*?<updated>)\d{{4}}", r"\g<1>2031"),
        "changed, and is not in feed.atom",
    ),
}


@pytest.mark.parametrize("name", AFTER)
def test_the_feeds_of_the_next_publication_cannot_break_with_the_last(name: str, files: dict[str, bytes]) -> None:
    feeds = {path: data for path, data in files.items() if path.endswith(".atom")}
    chain = {path: data for path, data in feeds.items() if path == "feed.atom" or "archive" in path}
    path, change_it, reason = AFTER[name]
    mutant = change_it(chain[path].decode())
    assert mutant != chain[path].decode()
    assert succession_errors(feeds, feeds, SITE) == []
    found = succession_errors(chain, {**chain, path: mutant.encode()}, SITE)
    assert [fault for fault in found if reason in fault], found
