"""The feedgen extension that writes what feedgen 1.0.0 cannot: links, threading, languages, archive marks.

feedgen drops rel, type, hreflang, title and length from the links of entries, and knows neither RFC 4685
(thr:in-reply-to) nor RFC 5005 (fh:archive, prev-archive, next-archive, current). An extension is handed the
finished XML element, so this one writes all of it, for feed and entries alike, through feedgen's public
interface (`register_extension`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

THREADS = "http://purl.org/syndication/thread/1.0"
HISTORY = "http://purl.org/syndication/history/1.0"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAME = "letterbook"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One atom:link; attributes are written in this order."""

    rel: str
    href: str
    type: str | None = None
    hreflang: str | None = None
    title: str | None = None
    length: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One thr:in-reply-to: the id of the entry that is replied to, and its page."""

    ref: str
    href: str


class LinksExtension(BaseExtension):  # type: ignore[misc]
    """Links, language and archive mark of a feed; links, replies and languages of an entry."""

    def __init__(self) -> None:
        self._links: tuple[Link, ...] = ()
        self._replies: tuple[Reply, ...] = ()
        self._language: str | None = None
        self._title_language: str | None = None
        self._closed = False

    def write(
        self,
        links: Iterable[Link],
        *,
        replies: Iterable[Reply] = (),
        language: str | None = None,
        title_language: str | None = None,
        closed: bool = False,
    ) -> None:
        """Set what is to be written; `closed` marks an archive page whose membership never changes."""
        self._links, self._replies = tuple(links), tuple(replies)
        self._language, self._title_language = language, title_language
        self._closed = closed

    def extend_ns(self) -> dict[str, str]:
        """Return the namespaces that the feed declares."""
        return {"thr": THREADS, "fh": HISTORY}

    def extend_atom(self, element: Any) -> Any:
        """Write everything into the finished atom:feed or atom:entry."""
        if self._language:
            element.set(_LANG, self._language)
        if self._title_language:
            element.find("title").set(_LANG, self._title_language)
        if self._closed:
            etree.SubElement(element, f"{{{HISTORY}}}archive")
        for link in self._links:
            values = {name: getattr(link, name) for name in Link.__slots__}
            etree.SubElement(element, "link", {k: str(v) for k, v in values.items() if v is not None})
        for reply in self._replies:
            values = {"ref": reply.ref, "type": "text/html", "href": reply.href}
            etree.SubElement(element, f"{{{THREADS}}}in-reply-to", values, nsmap={"thr": THREADS})
        return element


class LinksEntryExtension(LinksExtension, BaseEntryExtension):  # type: ignore[misc]
    """The same for an entry."""


class WrittenEntry(FeedEntry):  # type: ignore[misc]
    """An entry of feedgen that has the extension, and makes its XML once, however many feeds it stands in.

    A feed takes the element out of the tree of the one that was written before it; that one is bytes by then.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_extension(_NAME, LinksEntryExtension, atom=True, rss=False)
        self._element: Any = None

    def atom_entry(self, extensions: bool = True) -> Any:
        """Return the finished atom:entry."""
        if self._element is None:
            self._element = super().atom_entry(extensions)
        return self._element


def register(feed: FeedGenerator) -> None:
    """Register the extension with a feed before it gets entries."""
    feed.register_extension(_NAME, LinksExtension, LinksEntryExtension, atom=True, rss=False)


def of(element: Any) -> LinksExtension:
    """The extension of a feed or an entry that was made after `register`."""
    extension: LinksExtension = getattr(element, _NAME)
    return extension
