"""Which feeds there are, and which entries each of them holds. No XML and no JSON here.

    feed.atom              the letters after the last closed page, and the 50 most recently updated entries
    feeds/archive/1.atom   letters 1 to 50 in the order of first publication; closed: its members never change
    feeds/archive/2.atom   letters 51 to 100 ...
    feeds/changes.atom     the 50 notices that changed most recently
    feeds/party/ID.atom    of the letters from, to, copied to or sent through a party, and of the notices about
    feeds/thread/ID.atom   them, the 50 most recently updated (of a thread: of its letters); and, as in every feed
                           of this sort, what is left of letters that are no longer published

The main feed and the archive pages together hold every letter (RFC 5005, section 4: prev-archive leads from
the main feed to the last page and on to the first). The feed of a party or thread has no such pages: its members
change, for a letter can be given another party or thread, and only pages whose members stay may be closed.

Nothing that is published says which party or thread a withdrawn letter belonged to. Its stub, and the notices
about it, therefore stand in the feeds of all parties and threads; else they would never reach those who have the
letter from there. Only the main feed names the log's size and root; no feed but that depends on the commit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.formats.entries import Entry, Writer, parties_of
from publisher.formats.events import Chronicle, Rank
from publisher.formats.links import Link
from publisher.formats.versions import Versions
from publisher.index import Index
from publisher.letter import Letter

PAGE, WINDOW = 50, 50
"""Letters on a closed page; the most recently updated entries in every other feed."""
GONE = 49
"""The most stubs and notices of letters that are no longer published in the feed of a party or thread."""

MAIN, CHANGES = "feed.atom", "feeds/changes.atom"
TYPE = "application/atom+xml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """One feed document: where it stands, its tag URI, what its head says, and its entries, newest first.

    `updated` is a time as in the index; `closed` marks a page whose members never change.
    """

    path: str
    id: str
    title: str
    subtitle: str
    updated: str
    links: tuple[Link, ...]
    entries: tuple[Entry, ...]
    closed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class _Item:
    """A letter or a notice that has yet to be written: its rank, and its place among letters or among notices."""

    rank: Rank
    is_notice: bool
    at: int


class Feeds:
    """All feeds of one index; every entry is written once, and shared by the feeds that hold it.

    `contents` holds the bytes of earlier versions by SHA-256; notices say from them what changed.
    """

    def __init__(self, index: Index, contents: Mapping[str, bytes]) -> None:
        self.index, self.archive = index, index.archive
        self.chronicle = Chronicle(index, contents)
        self.writer = Writer(Book(index), Versions(index, contents))
        self.pages = len(self.chronicle.stories) // PAGE
        self._written: dict[_Item, Entry] = {}

    def all(self) -> Iterator[Feed]:
        """Yield every feed document."""
        yield self.main()
        for number in range(1, self.pages + 1):
            yield self.page(number)
        yield self.changes()
        for party in self.index.parties:
            yield self.of_party(party)
        for thread in self.index.threads:
            yield self.of_thread(thread)

    def main(self) -> Feed:
        """The feed of everything: its head says how long the log is, and its root."""
        log, archive = self.index.log, self.archive
        links = [self._page_link(""), self._link("self", MAIN)]
        if self.pages:
            links.append(self._link("prev-archive", page_path(self.pages)))
        last = self.pages * PAGE
        chosen = {*_newest([*self._letters, *self._notices], WINDOW), *self._letters[last:]}
        subtitle = f"{archive.description} {archive.disclaimer} Log size {log.size}, root {log.root}."
        return self._feed(MAIN, self.writer.tag("feed", "letters"), archive.name, subtitle, links, chosen)

    def page(self, number: int) -> Feed:
        """One closed page; pages count from 1."""
        archive, last = self.archive, number * PAGE
        links = [self._page_link(""), self._link("self", page_path(number)), self._link("current", MAIN)]
        if number > 1:
            links.append(self._link("prev-archive", page_path(number - 1)))
        if number < self.pages:
            links.append(self._link("next-archive", page_path(number + 1)))
        entries = [self._entry(item) for item in reversed(self._letters[last - PAGE : last])]
        return Feed(
            path=page_path(number),
            id=self.writer.tag("feed", "letters"),
            title=f"{archive.name}: letters {last - PAGE + 1} to {last} by first publication",
            subtitle=f"{archive.description} {archive.disclaimer}",
            updated=max(entry.updated for entry in entries),
            links=tuple(links),
            entries=tuple(entries),
            closed=True,
        )

    def changes(self) -> Feed:
        """The feed of notices alone."""
        subtitle = (
            "What was changed after publication: corrections, additions, outcomes, withdrawals, reinstatements, "
            f"removals. No letters. {_said_of_window(self.archive.site + 'changes/')} {self.archive.disclaimer}"
        )
        title = changes_title(self.index)
        return self._part(CHANGES, ("changes",), title, subtitle, "changes/", _newest(self._notices, WINDOW))

    def of_party(self, party_id: str) -> Feed:
        """The feed of one party."""
        name = phrases.one_line(self.writer.book.party(party_id), 100)
        page = f"parties/{party_id}/"
        return self._part(
            party_feed(party_id),
            ("party", party_id),
            party_title(self.index, party_id),
            f"Letters from, to, copied to or sent through {name}, as far as this archive knows, and notices of what "
            f"was changed in them. {_said_of_window(self.archive.site + page)} {_GONE_TOO} {self.archive.disclaimer}",
            page,
            self._with_gone(self._by_party[party_id]),
        )

    def of_thread(self, thread_id: str) -> Feed:
        """The feed of one thread."""
        name = phrases.one_line(self.writer.book.thread(thread_id), 100)
        page = f"threads/{thread_id}/"
        return self._part(
            thread_feed(thread_id),
            ("thread", thread_id),
            thread_title(self.index, thread_id),
            f"The letters of one thread, {name}, as far as this archive knows, and notices of what was changed in "
            f"them. {_said_of_window(self.archive.site + page)} {_GONE_TOO} {self.archive.disclaimer}",
            page,
            self._with_gone(self._by_thread[thread_id]),
        )

    # -- what stands where -----------------------------------------------------------------------------------

    @cached_property
    def _letters(self) -> list[_Item]:
        """The letters in the order of their first publication."""
        return [_Item(rank=s.rank, is_notice=False, at=at) for at, s in enumerate(self.chronicle.stories)]

    @cached_property
    def _notices(self) -> list[_Item]:
        """The notices, oldest first."""
        told = map(self.chronicle.told, self.chronicle.news)
        return [_Item(rank=rank, is_notice=True, at=at) for at, rank in enumerate(told)]

    @cached_property
    def _by_party(self) -> dict[str, list[_Item]]:
        found: defaultdict[str, list[_Item]] = defaultdict(list)
        for item in (*self._letters, *self._notices):
            for party in dict.fromkeys(party for letter in self._about(item) for party in parties_of(letter)):
                found[party].append(item)
        return found

    @cached_property
    def _by_thread(self) -> dict[str, list[_Item]]:
        found: defaultdict[str, list[_Item]] = defaultdict(list)
        for item in (*self._letters, *self._notices):
            for thread in dict.fromkeys(letter.thread for letter in self._about(item)):
                found[thread].append(item)
        return found

    @cached_property
    def _gone(self) -> list[_Item]:
        """What is left of the letters that are no longer published, newest first."""
        found = (i for i in (*self._letters, *self._notices) if any(map(self._is_gone, self._ids(i))))
        return _newest(found, GONE)

    def _with_gone(self, items: Iterable[_Item]) -> set[_Item]:
        return {*_newest(items, WINDOW), *self._gone}

    def _ids(self, item: _Item) -> list[str]:
        """The letters that an item is about."""
        if item.is_notice:
            return [event.letter for event in self.chronicle.news[item.at]]
        return [self.chronicle.stories[item.at].id]

    def _about(self, item: _Item) -> Iterator[Letter]:
        """The letters that an item is about, as far as they are published."""
        for name in self._ids(item):
            entry = self.index.letter_of.get(name)
            if entry and isinstance(entry.letter, Letter):
                yield entry.letter

    def _is_gone(self, letter_id: str) -> bool:
        return self.chronicle.by_id[letter_id].is_gone

    # -- writing ---------------------------------------------------------------------------------------------

    def _entry(self, item: _Item) -> Entry:
        if item not in self._written:
            self._written[item] = (
                self.writer.notice(self.chronicle.news[item.at], item.rank)
                if item.is_notice
                else self.writer.letter(self.chronicle.stories[item.at])
            )
        return self._written[item]

    def _part(
        self, path: str, name: tuple[str, ...], title: str, subtitle: str, page: str, items: Iterable[_Item]
    ) -> Feed:
        """A feed that holds a part, and says where its page and the feed of everything are."""
        links = [self._page_link(page), self._link("self", path), self._link("related", MAIN)]
        return self._feed(path, self.writer.tag("feed", *name), title, subtitle, links, items)

    def _feed(
        self, path: str, feed_id: str, title: str, subtitle: str, links: Iterable[Link], items: Iterable[_Item]
    ) -> Feed:
        entries = sorted(map(self._entry, items), key=lambda entry: (entry.rank, entry.id), reverse=True)
        return Feed(
            path=path,
            id=feed_id,
            title=title,
            subtitle=subtitle,
            updated=max((entry.updated for entry in entries), default=self._birth),
            links=tuple(links),
            entries=tuple(entries),
        )

    @cached_property
    def _birth(self) -> str:
        """When the archive first described itself: the time of a feed to which nothing happened yet."""
        return min(entry.provenance.first.published_at for entry in self.index.tables)

    def _link(self, rel: str, path: str) -> Link:
        return Link(rel=rel, href=self.archive.site + path, type=TYPE)

    def _page_link(self, path: str) -> Link:
        return Link(rel="alternate", href=self.archive.site + path, type="text/html", hreflang="en")


def page_path(number: int) -> str:
    """Return the path of a closed page; pages count from 1."""
    return f"feeds/archive/{number}.atom"


def party_feed(party_id: str) -> str:
    """Return the path of a party's feed."""
    return f"feeds/party/{party_id}.atom"


def thread_feed(thread_id: str) -> str:
    """Return the path of a thread's feed."""
    return f"feeds/thread/{thread_id}.atom"


def changes_title(index: Index) -> str:
    """Return the title of the feed of notices."""
    return f"Changes – {index.archive.name}"


def party_title(index: Index, party_id: str) -> str:
    """Return the title of a party's feed; the name of a feed must not look as if it were the party's own."""
    return f"Letters from or to {phrases.one_line(index.parties[party_id].name, 100)} – {index.archive.name}"


def thread_title(index: Index, thread_id: str) -> str:
    """Return the title of a thread's feed."""
    return f"Thread: {phrases.one_line(index.threads[thread_id].title, 100)} – {index.archive.name}"


_GONE_TOO = "Withdrawals and removals of letters stand in the feeds of all parties and threads."


def _said_of_window(page: str) -> str:
    return f"Here are the {WINDOW} that changed most recently; all of them: {page}."


def _newest(items: Iterable[_Item], number: int) -> list[_Item]:
    return sorted(items, reverse=True)[:number]
