"""`feed.json`: the main feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), with the same entries."""

import json
from typing import Any

from publisher.formats import phrases
from publisher.formats.entries import Entry
from publisher.formats.windows import Feed
from publisher.letter import ArchiveInfo

PATH = "feed.json"
TYPE = "application/feed+json"


def written(feed: Feed, archive: ArchiveInfo) -> bytes:
    """Write the main feed. Its head does not name the log, so that it changes only when an entry does."""
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": phrases.one_line(archive.name, 200),
        "description": phrases.one_line(f"{archive.description} {archive.disclaimer}"),
        "home_page_url": archive.site,
        "feed_url": archive.site + PATH,
        "language": archive.language,
        "authors": [{"name": phrases.one_line(archive.name, 200), "url": archive.site}],
        "_letterbook": {"about": f"{archive.site}feeds/", "rights": phrases.one_line(archive.licence)},
        "items": [_item(entry, archive) for entry in feed.entries],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _item(entry: Entry, archive: ArchiveInfo) -> dict[str, Any]:
    """One entry; what JSON Feed has no member for (replies, the raw record) stands in `_letterbook`."""
    first = {link.rel: link.href for link in reversed(entry.links)}
    own: dict[str, Any] = {"in_reply_to": [reply.ref for reply in entry.replies]} if entry.replies else {}
    own |= {"record": first["related"]} if "related" in first else {}
    value: dict[str, Any] = {
        "id": entry.id,
        "url": first["alternate"],
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "language": archive.language,
        "tags": list(dict.fromkeys(category.label for category in entry.categories)),
    }
    attachments = [
        {"url": link.href, "mime_type": link.type, "title": link.title, "size_in_bytes": link.length}
        for link in entry.links
        if link.rel == "enclosure"
    ]
    return value | ({"attachments": attachments} if attachments else {}) | ({"_letterbook": own} if own else {})
