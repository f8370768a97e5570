"""`feed.json` is JSON Feed 1.1 and says what feed.atom says; `feeds.opml` lists every feed."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from lxml import etree

from publisher.formats import feeds
from tests.correspondence import SITE, Told, harbour
from tests.feed_across import site_errors
from tests.test_feeds import TAG, busy, published

URL = {"type": "string", "pattern": "^https?://[!-~]+$"}
TEXT = {"type": "string", "minLength": 1}
OWN = {"^_[a-z]": {"type": "object"}}
AUTHORS = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "object", "anyOf": [{"required": ["name"]}, {"required": ["url"]}, {"required": ["avatar"]}]},
}
ITEM = {
    "type": "object",
    "required": ["id"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "additionalProperties": False,
    "patternProperties": OWN,
    "properties": {
        "id": TEXT, "url": URL, "external_url": URL, "title": TEXT, "content_html": TEXT, "content_text": TEXT,
        "summary": TEXT, "image": URL, "banner_image": URL, "date_published": TEXT, "date_modified": TEXT,
        "authors": AUTHORS, "tags": {"type": "array", "items": TEXT}, "language": TEXT,
        "attachments": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["url", "mime_type"],
                "additionalProperties": False,
                "properties": {
                    "url": URL, "mime_type": TEXT, "title": TEXT, "size_in_bytes": {"type": "integer", "minimum": 0},
                    "duration_in_seconds": {"type": "number"},
                },
            },
        },
    },
}  # fmt: skip
SPECIFICATION = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "patternProperties": OWN,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"}, "title": TEXT, "home_page_url": URL, "feed_url": URL,
        "description": TEXT, "user_comment": TEXT, "next_url": URL, "icon": URL, "favicon": URL, "authors": AUTHORS,
        "language": TEXT, "expired": {"type": "boolean"}, "hubs": {"type": "array"},
        "items": {"type": "array", "items": ITEM},
    },
}  # fmt: skip
"""https://www.jsonfeed.org/version/1.1/: what it requires, and no member that it does not know but `_...`."""


def faults(data: bytes) -> list[str]:
    """What is wrong with a JSON Feed."""
    value = json.loads(data)
    found = [error.message for error in jsonschema.Draft202012Validator(SPECIFICATION).iter_errors(value)]
    items = value.get("items", ())
    ids = [item.get("id") for item in items]
    found += ["an id occurs twice"] if len(set(ids)) < len(ids) else []
    times = [item[name] for item in items for name in ("date_published", "date_modified") if name in item]
    return found + [f"{time} is no time" for time in times if not is_time(time)]


def is_time(text: str) -> bool:
    """Whether a text is a time of RFC 3339, which has an offset."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None and "T" in text
    except ValueError:
        return False


@pytest.fixture(name="files", scope="module")
def fixture_files() -> dict[str, bytes]:
    return published(busy())


@pytest.mark.parametrize("told", [Told, harbour, busy])
def test_the_feed_is_as_the_specification_has_it(told: Callable[[], Told]) -> None:
    assert faults(feeds.render(told().index(), {})["feed.json"]) == []


def put(at: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set a member of the feed, or of its first item; None takes it away."""

    def change(feed: dict[str, Any]) -> None:
        holder, name = (feed["items"][0], at.removeprefix("item.")) if at.startswith("item.") else (feed, at)
        holder.pop(name) if value is None else holder.__setitem__(name, value)

    return change


MUTANTS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "another version": (put("version", "https://jsonfeed.org/version/1"), "no version or no title"),
    "no title": (put("title", None), "no version or no title"),
    "an address elsewhere": (put("feed_url", "https://elsewhere.example/feed.json"), "says that it stands elsewhere"),
    "an item less": (lambda feed: feed["items"].pop(), "not the entries of"),
    "oldest first": (lambda feed: feed["items"].reverse(), "not the entries of"),
    "another title": (put("item.title", "Other"), "another title"),
    "another summary": (put("item.summary", "Other"), "another summary"),
    "other content": (put("item.content_html", "<p>Other</p>"), "another content_html"),
    "another time": (put("item.date_modified", "2001-01-01T00:00:00Z"), "another date_modified"),
    "another page": (put("item.url", SITE), "another url"),
    "a party as the author": (put("item.authors", [{"name": "Acme Optics"}]), "authors of its own"),
    "an attachment that is none": (
        put("item.attachments", [{"url": SITE, "mime_type": "text/html", "size_in_bytes": 1}]), "other attachments",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_it_cannot_disagree_with_the_main_feed(name: str, files: dict[str, bytes]) -> None:
    change, reason = MUTANTS[name]
    value = json.loads(files["feed.json"])
    change(value)
    found = site_errors({**files, "feed.json": json.dumps(value).encode()}, SITE)
    assert [fault for fault in found if fault.startswith("feed.json") and reason in fault], found


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ("version", "1.1"), ("title", None), ("items", None), ("item.id", None), ("item.content_html", None),
        ("item.date_published", "2023-11-15"), ("item.tags", ["", "x"]), ("item.about", "x"), ("authors", [{}]),
        ("item.url", "letters/x/"), ("item.attachments", [{"url": SITE}]),
    ],
)  # fmt: skip
def test_what_the_specification_does_not_allow_is_found(at: str, value: Any, files: dict[str, bytes]) -> None:
    feed = json.loads(files["feed.json"])
    put(at, value)(feed)
    assert faults(json.dumps(feed).encode())


def test_replies_records_and_scans_are_kept(files: dict[str, bytes]) -> None:
    items = {item["id"].removeprefix(TAG): item for item in json.loads(files["feed.json"])["items"]}
    assert items["letter/reply"]["_letterbook"] == {
        "in_reply_to": [f"{TAG}letter/letter-0003"],
        "record": f"{SITE}records/letters/reply.yaml",
    }
    assert items["notice/letter-0003/2"]["_letterbook"] == {"in_reply_to": [f"{TAG}letter/letter-0003"]}
    scan = {
        "url": f"{SITE}documents/scan.pdf",
        "mime_type": "application/pdf",
        "title": "original",
        "size_in_bytes": 15,
    }
    assert items["letter/lamps-1"]["attachments"] == [scan]
    assert items["letter/lamps-1"]["tags"] == ["letter", "published", "Harbour Institute", "Acme Optics", "The lamps"]
    assert items["letter/letter-0004"]["tags"] == ["withdrawn"]


def test_it_names_neither_log_nor_commit() -> None:
    told = busy()
    before = feeds.render(told.index(), {})["feed.json"]
    told.land({"archive": json.loads(told.files["records/archive.yaml"]) | {"coverage": []}})
    index = told.index()
    after = feeds.render(index, {})["feed.json"]
    assert after == before
    assert index.log.root.encode() not in after


# -- the list of feeds ---------------------------------------------------------------------------------------


def test_the_list_has_every_feed_once_in_the_order_of_the_archives_own_lists(files: dict[str, bytes]) -> None:
    root = etree.fromstring(files["feeds.opml"])
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    paths = [
        urlsplit(str(o.get("xmlUrl"))).path.removeprefix("/letters/") for o in root.iterfind("body//outline[@xmlUrl]")
    ]
    assert paths == [
        "feed.atom", "feeds/changes.atom", "feeds/thread/works.atom", "feeds/thread/lamps.atom",
        "feeds/party/acme-optics.atom", "feeds/party/harbour-institute.atom", "feeds/party/quayside-fund.atom",
    ]  # fmt: skip
    assert {str(o.get("htmlUrl")).removeprefix(SITE) for o in root.iterfind("body//outline[@htmlUrl]")} == {
        "", "changes/", "threads/works/", "threads/lamps/", "parties/acme-optics/", "parties/harbour-institute/",
        "parties/quayside-fund/",
    }  # fmt: skip


LISTS: dict[str, tuple[bytes, bytes, str]] = {
    "a feed that is not there": (b"feeds/changes.atom", b"feeds/gone.atom", "lists"),
    "a feed twice": (b"feeds/thread/lamps.atom", b"feeds/thread/works.atom", "lists"),
    "another title": (
        b'text="Thread: The works ',
        b'text="Threads: The works ',
        "another title for feeds/thread/works",
    ),
    "a feed without a type": (b' type="rss"', b"", "without a text or a type"),
    "a page that is not there": (b"threads/works/", b"threads/gone/", "leads nowhere"),
    "another version": (b'version="2.0"', b'version="1.0"', "not OPML 2.0"),
}


@pytest.mark.parametrize("name", LISTS)
def test_the_list_cannot_disagree_with_the_feeds(name: str, files: dict[str, bytes]) -> None:
    old, new, reason = LISTS[name]
    mutant = files["feeds.opml"].replace(old, new)
    assert mutant != files["feeds.opml"]
    found = site_errors({**files, "feeds.opml": mutant}, SITE)
    assert [fault for fault in found if fault.startswith("feeds.opml") and reason in fault], found
