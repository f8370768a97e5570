"""`feeds.opml`: a list of all feeds that a reader can import (OPML 2.0, http://opml.org/spec2.opml)."""

from lxml import etree

from publisher.formats import phrases, windows
from publisher.index import Index

PATH = "feeds.opml"


def written(index: Index) -> bytes:
    """Write the list; it changes only when a party or a thread does."""
    archive = index.archive
    name = phrases.one_line(archive.name, 200)
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = f"Feeds of {name}"
    etree.SubElement(head, "ownerName").text = phrases.one_line(archive.publisher, 200)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    _outline(body, index, name, windows.MAIN, "")
    _outline(body, index, windows.changes_title(index), windows.CHANGES, "changes/")
    threads = etree.SubElement(body, "outline", text="Threads")
    for thread in index.threads:
        _outline(threads, index, windows.thread_title(index, thread), windows.thread_feed(thread), f"threads/{thread}/")
    parties = etree.SubElement(body, "outline", text="Parties")
    for party in index.parties:
        _outline(parties, index, windows.party_title(index, party), windows.party_feed(party), f"parties/{party}/")
    data: bytes = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)
    return data


def _outline(parent: etree._Element, index: Index, title: str, feed: str, page: str) -> None:
    """Add one feed; `type` is rss for Atom too, as readers of such lists expect it."""
    site, text = index.archive.site, phrases.one_line(title, 200)
    etree.SubElement(parent, "outline", type="rss", text=text, title=text, xmlUrl=site + feed, htmlUrl=site + page)
