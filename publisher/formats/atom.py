"""Atom documents (RFC 4287, 4685, 5005), written by feedgen: windows.py says what they hold.

feedgen never gets more than one page of at most 99 entries. It makes the XML of an entry once; every feed that
holds the entry gets a copy of that.
"""

from datetime import datetime
from typing import Any

from feedgen.feed import FeedGenerator

from publisher.formats import links, phrases
from publisher.formats.entries import Entry, Writer
from publisher.formats.windows import Feed


class Press:
    """Writes the Atom documents of one archive."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self._archive = writer, writer.book.index.archive
        self._entries: dict[str, links.WrittenEntry] = {}

    def written(self, feed: Feed) -> bytes:
        """Write one document. The same entry must be equal in all feeds that one Press writes."""
        made = FeedGenerator()
        links.register(made)
        made.id(feed.id)
        made.title(phrases.one_line(feed.title, 200))
        made.subtitle(phrases.one_line(feed.subtitle))
        made.updated(_time(feed.updated))
        made.author(self._author())
        made.rights(phrases.one_line(self._archive.licence))
        made.generator("Letterbook")
        links.of(made).write(feed.links, language=self._archive.language, closed=feed.closed)
        for entry in feed.entries:
            if entry.id not in self._entries:
                self._entries[entry.id] = self._entry(entry)
            made.add_entry(self._entries[entry.id], order="append")
        data: bytes = made.atom_str(pretty=True)
        return data

    def _entry(self, entry: Entry) -> links.WrittenEntry:
        written = links.WrittenEntry()
        written.id(entry.id)
        written.title(entry.title)
        written.updated(_time(entry.updated))
        written.published(_time(entry.published))
        written.author(self._author())
        written.summary(entry.summary)
        written.content(entry.content, type="html")
        for category in entry.categories:
            scheme = self._writer.tag("scheme", category.scheme)
            written.category(term=category.term, scheme=scheme, label=category.label)
        links.of(written).write(entry.links, replies=entry.replies, title_language=entry.title_language)
        return written

    def _author(self) -> dict[str, Any]:
        return {"name": phrases.one_line(self._archive.name, 200), "uri": self._archive.site}


def _time(text: str) -> datetime:
    """Read a time of the index; feedgen would guess at its form, and take its time."""
    return datetime.fromisoformat(text)
