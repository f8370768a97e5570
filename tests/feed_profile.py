"""What is wrong with a feed: the RELAX NG profile (schema/feed.rng), and what it cannot say across entries."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from lxml import etree, html

PROFILE = Path(__file__).parent.parent / "schema" / "feed.rng"
NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "fh": "http://purl.org/syndication/history/1.0",
    "thr": "http://purl.org/syndication/thread/1.0",
}
ELEMENTS = frozenset({"a", "bdi", "br", "div", "li", "p", "span", "strong", "time", "ul"})
ATTRIBUTES = frozenset({"class", "datetime", "dir", "href", "lang", "rel"})
MOST_ENTRIES, PAGE = 100, 50


@lru_cache(maxsize=1)
def profile() -> etree.RelaxNG:
    """The grammar of our feeds."""
    return etree.RelaxNG(etree.parse(PROFILE))


def errors(feed: bytes) -> list[str]:
    """Everything that is wrong with one feed document; nothing for a good one."""
    try:
        root = etree.fromstring(feed, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as fault:
        return [f"not XML: {fault.msg}"]
    grammar = profile()
    grammar.validate(root)
    return [str(fault) for fault in grammar.error_log] + list(_across(root))


def chain_errors(files: dict[str, bytes], site: str) -> list[str]:
    """What is wrong between the feed documents: a link without its page, links that do not lead back."""
    found = []
    links = {path: _links(etree.fromstring(data)) for path, data in files.items()}
    for path, own in links.items():
        if own.get("self") != site + path:
            found.append(f"{path}: self is {own.get('self')}")
        for rel, back in (("prev-archive", "next-archive"), ("next-archive", "prev-archive"), ("current", None)):
            target = own.get(rel, site).removeprefix(site)
            if target and target not in files:
                found.append(f"{path}: {rel} leads nowhere")
            elif target and back and path != "feed.atom" and links[target].get(back) != site + path:
                found.append(f"{path}: {rel} does not lead back")
    walked, at = set(), "feed.atom"
    while at in files and at not in walked:
        walked.add(at)
        at = links[at].get("prev-archive", "").removeprefix(site)
    return found + [f"{path}: not reached from feed.atom" for path in files.keys() - walked]


def _across(root: etree._Element) -> Iterator[str]:
    entries = _all(root, "a:entry")
    ids = [_text(entry, "a:id") for entry in entries]
    yield from (f"id occurs {number} times: {name}" for name, number in Counter(ids).items() if number > 1)
    for entry in entries:
        name = _text(entry, "a:id")
        if _text(entry, "a:updated") < _text(entry, "a:published"):
            yield f"{name}: updated before it was published"
        if len(_all(entry, "a:link[@rel='alternate']")) != 1:
            yield f"{name}: not exactly one alternate link"
        yield from (f"{name}: {fault}" for fault in _in_content(_text(entry, "a:content")))
    newest = max((_text(entry, "a:updated") for entry in entries), default=_text(root, "a:updated"))
    if _text(root, "a:updated") != newest:
        yield f"updated is not that of the newest entry: {newest}"
    if len(entries) > MOST_ENTRIES:
        yield f"{len(entries)} entries"
    if _all(root, "fh:archive") and len(entries) != PAGE:
        yield f"a closed page of {len(entries)} entries"
    for rel in ("self", "alternate"):
        if len(_all(root, f"a:link[@rel='{rel}']")) != 1:
            yield f"not exactly one {rel} link of the feed"


def _in_content(content: str) -> Iterator[str]:
    """What does not belong in the HTML of an entry: only these elements, and links to the web."""
    for element in html.fragment_fromstring(content, create_parent="div").iter():
        if element.tag not in ELEMENTS:
            yield f"<{element.tag}> in the content"
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES or (name == "href" and not value.startswith(("https://", "http://"))):
                yield f"{name}={value} in the content"


def _links(root: etree._Element) -> dict[str, str]:
    return {str(link.get("rel")): str(link.get("href")) for link in _all(root, "a:link")}


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall(path, NAMES)


def _text(element: etree._Element, path: str) -> str:
    return element.findtext(path, "", NAMES)
