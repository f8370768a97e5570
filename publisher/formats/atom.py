"""`feed.atom` and `feeds/archive/N.atom`: the letters, newest first, and everything that changed since.

    feeds/archive/1.atom   letters 1 to 50 in the order of first publication; closed: its members never change
    feeds/archive/2.atom   letters 51 to 100 ...
    feed.atom              the letters after the last closed page, and the 50 most recently updated entries

The main feed and the archive pages together hold every letter (RFC 5005, section 4: prev-archive leads from
the main feed to the last page and on to the first). Entries are RFC 4287, replies RFC 4685. feedgen never gets
more than one page of at most 99 entries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from feedgen.feed import FeedGenerator

from publisher.formats import links, phrases
from publisher.formats.book import Book
from publisher.formats.entries import Entry, Writer
from publisher.formats.events import Chronicle, Story
from publisher.formats.links import Link
from publisher.index import Index

PAGE, WINDOW = 50, 50
"""Letters on a closed page; most recently updated entries in the main feed."""

MAIN = "feed.atom"
_TYPE = "application/atom+xml"


def render(index: Index, _contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the main feed and all closed pages."""
    feeds = _Feeds(index)
    files = {MAIN: feeds.main()}
    for number in range(1, feeds.pages + 1):
        files[page_path(number)] = feeds.page(number)
    return files


def main_feed(index: Index) -> bytes:
    """Return feed.atom alone."""
    return _Feeds(index).main()


def page_path(number: int) -> str:
    """Return the path of a closed page; pages count from 1."""
    return f"feeds/archive/{number}.atom"


@dataclass(frozen=True)
class _Feeds:
    """The feeds of one index."""

    index: Index

    @cached_property
    def chronicle(self) -> Chronicle:
        return Chronicle(self.index)

    @cached_property
    def writer(self) -> Writer:
        return Writer(Book(self.index))

    @property
    def pages(self) -> int:
        """The number of closed pages."""
        return len(self.chronicle.stories) // PAGE

    def main(self) -> bytes:
        """Write the main feed: the head says how long the log is, and its root."""
        log, archive = self.index.log, self.index.archive
        links_ = [self._link("self", MAIN)]
        if self.pages:
            links_.append(self._link("prev-archive", page_path(self.pages)))
        return self._written(
            archive.name,
            f"{archive.description} {archive.disclaimer} Log size {log.size}, root {log.root}.",
            links_,
            self._main_entries(),
        )

    def page(self, number: int) -> bytes:
        """Write one closed page."""
        archive, last = self.index.archive, number * PAGE
        links_ = [self._link("self", page_path(number)), self._link("current", MAIN)]
        if number > 1:
            links_.append(self._link("prev-archive", page_path(number - 1)))
        if number < self.pages:
            links_.append(self._link("next-archive", page_path(number + 1)))
        stories = self.chronicle.stories[last - PAGE : last]
        return self._written(
            f"{archive.name}: letters {last - PAGE + 1} to {last} by first publication",
            f"{archive.description} {archive.disclaimer}",
            links_,
            [self.writer.letter(story) for story in reversed(stories)],
            closed=True,
        )

    def _main_entries(self) -> list[Entry]:
        """The letters of the page that is not closed yet and the most recently updated entries, newest first."""
        stories, news = self.chronicle.stories, self.chronicle.news
        ranked: list[tuple[tuple[str, int], int]] = [(story.rank, at) for at, story in enumerate(stories)]
        ranked += [((group[-1].at, group[-1].revision.seq), -at - 1) for at, group in enumerate(news)]
        window = {at for _, at in sorted(ranked, reverse=True)[:WINDOW]}
        chosen = window | set(range(self.pages * PAGE, len(stories)))
        entries = [self.writer.notice(news[-at - 1]) if at < 0 else self._letter(stories[at]) for at in chosen]
        return sorted(entries, key=lambda entry: (entry.rank, entry.id), reverse=True)

    def _letter(self, story: Story) -> Entry:
        return self.writer.letter(story)

    def _link(self, rel: str, path: str) -> Link:
        return Link(rel=rel, href=self.index.archive.site + path, type=_TYPE)

    def _written(
        self, title: str, subtitle: str, links_: Sequence[Link], entries: Sequence[Entry], *, closed: bool = False
    ) -> bytes:
        archive = self.index.archive
        feed = FeedGenerator()
        links.register(feed)
        feed.id(self.writer.tag("feed", "letters"))
        feed.title(phrases.one_line(title, 200))
        feed.subtitle(phrases.one_line(subtitle))
        feed.updated(max((entry.updated for entry in entries), default=self.index.source.committed_at))
        feed.author(self._author())
        feed.rights(phrases.one_line(archive.licence))
        feed.generator("Letterbook")
        alternate = Link(rel="alternate", href=archive.site, type="text/html", hreflang="en")
        links.of(feed).write([alternate, *links_], language=archive.language, closed=closed)
        self._add(feed, entries)
        data: bytes = feed.atom_str(pretty=True)
        return data

    def _add(self, feed: FeedGenerator, entries: Iterable[Entry]) -> None:
        for entry in entries:
            written = feed.add_entry(order="append")
            written.id(entry.id)
            written.title(entry.title)
            written.updated(entry.updated)
            written.published(entry.published)
            written.author(self._author())
            written.summary(entry.summary)
            written.content(entry.content, type="html")
            for category in entry.categories:
                scheme = self.writer.tag("scheme", category.scheme)
                written.category(term=category.term, scheme=scheme, label=category.label)
            links.of(written).write(entry.links, replies=entry.replies, title_language=entry.title_language)

    def _author(self) -> dict[str, str]:
        archive = self.index.archive
        return {"name": phrases.one_line(archive.name, 200), "uri": archive.site}
