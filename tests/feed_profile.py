"""What is wrong with one feed document: the RELAX NG profile (schema/feed.rng), and what that cannot say.

What spans several files is in tests/feed_across.py.
"""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from lxml import etree, html

PROFILE = Path(__file__).parent.parent / "schema" / "feed.rng"
NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "fh": "http://purl.org/syndication/history/1.0",
    "thr": "http://purl.org/syndication/thread/1.0",
    "r": "http://relaxng.org/ns/structure/1.0",
}
ELEMENTS = frozenset({"a", "bdi", "br", "div", "li", "p", "span", "strong", "time", "ul"})
ATTRIBUTES = frozenset({"class", "datetime", "dir", "href", "lang", "rel"})
MOST_ENTRIES, PAGE = 99, 50


@lru_cache(maxsize=8)
def profile(start: str = "") -> etree.RelaxNG:
    """The grammar of our feeds; with a `start`, that of one of its definitions alone."""
    grammar = etree.parse(PROFILE)
    if start:
        (begin,) = grammar.findall("r:start", NAMES)
        begin[:] = []
        etree.SubElement(begin, f"{{{NAMES['r']}}}ref", name=start)
    return etree.RelaxNG(grammar)


def errors(feed: bytes) -> list[str]:
    """Everything that is wrong with one feed document; nothing for a good one."""
    try:
        root = etree.fromstring(feed, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as fault:
        return [f"not XML: {fault.msg}"]
    whole = profile()
    found = [] if whole.validate(root) else [*_in_parts(root)] or [str(fault.message) for fault in whole.error_log]
    if root.getprevious() is not None:
        found.append("something stands before the feed")
    return found + list(_across(root))


def _in_parts(root: etree._Element) -> Iterator[str]:
    """What does not fit the grammar: in the head, and in each entry by what its id says that it is.

    Of a choice the validator would name the faults of every branch.
    """
    head = deepcopy(root)
    for entry in all_of(head, "a:entry"):
        head.remove(entry)
    yield from _faults(profile(), head, "head")
    for entry in all_of(root, "a:entry"):
        yield from _faults(profile(_sort_of(entry)), deepcopy(entry), text(entry, "a:id"))


def _sort_of(entry: etree._Element) -> str:
    """Which definition of the grammar an entry is to fit."""
    sort = text(entry, "a:id").partition(":letter/")[1] or text(entry, "a:id").partition(":notices/")[1]
    if not sort:
        return "notice"
    gone = entry.find("a:category", NAMES)
    is_stub = gone is not None and gone.get("term") in ("withdrawn", "removed")
    return "notices" if sort == ":notices/" else "stub" if is_stub else "letter"


def _faults(grammar: etree.RelaxNG, element: etree._Element, where: str) -> Iterator[str]:
    if not grammar.validate(element):
        yield from (f"{where}: {fault.message}" for fault in grammar.error_log)


def _across(root: etree._Element) -> Iterator[str]:
    entries = all_of(root, "a:entry")
    ids = [text(entry, "a:id") for entry in entries]
    yield from (f"id occurs {number} times: {name}" for name, number in Counter(ids).items() if number > 1)
    for entry in entries:
        name = text(entry, "a:id")
        if text(entry, "a:updated") < text(entry, "a:published"):
            yield f"{name}: updated before it was published"
        if len(all_of(entry, "a:link[@rel='alternate']")) != 1:
            yield f"{name}: not exactly one alternate link"
        yield from (f"{name}: {fault}" for fault in _in_content(text(entry, "a:content")))
    times = [text(entry, "a:updated") for entry in entries]
    if times and text(root, "a:updated") != max(times):
        yield f"updated is not that of the newest entry: {max(times)}"
    if len(entries) > MOST_ENTRIES:
        yield f"{len(entries)} entries"
    closed = bool(all_of(root, "fh:archive"))
    if closed and len(entries) != PAGE:
        yield f"a closed page of {len(entries)} entries"
    order = [text(entry, "a:published") for entry in entries] if closed else times
    if any(later < earlier for later, earlier in pairwise(order)):
        yield "entries are not newest first"
    for rel in ("self", "alternate"):
        if len(all_of(root, f"a:link[@rel='{rel}']")) != 1:
            yield f"not exactly one {rel} link of the feed"


def _in_content(content: str) -> Iterator[str]:
    """What does not belong in the HTML of an entry: only these elements, and links to the web."""
    for element in html.fragment_fromstring(content, create_parent="div").iter():
        if element.tag not in ELEMENTS:
            yield f"<{element.tag}> in the content"
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES or (name == "href" and not value.startswith(("https://", "http://"))):
                yield f"{name}={value} in the content"


def all_of(element: etree._Element, path: str) -> list[etree._Element]:
    """All elements at a path that uses the prefixes of NAMES."""
    return element.findall(path, NAMES)


def text(element: etree._Element, path: str) -> str:
    """The text at a path; empty where there is none."""
    return element.findtext(path, "", NAMES)
