"""What a feed says: one Entry for every letter, and one for every notice. No XML here; atom.py writes it.

An entry is changed in place when its letter changes, which most readers pass over in silence; so every change
that is news also gets a notice, an entry of its own with an id that is never used again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.formats import phrases
from publisher.formats.book import Book, best_date
from publisher.formats.events import Event, Story
from publisher.formats.links import Link, Reply
from publisher.formats.raw import document_path
from publisher.formats.templating import rendered
from publisher.index import LetterEntry
from publisher.letter import Letter

TITLE, SUMMARY, NOTE, LABEL = 200, 500, 200, 200
"""The most characters that a title, a summary, a note inside a summary and a label may have."""

_STATES = {"withdrawn": "Withdrawn", "removed": "Removed"}
_NOTICES = {
    "amended": "Correction",
    "addition": "Addition",
    "withdrawn": "Withdrawal",
    "reinstated": "Reinstatement",
    "removed": "Removal",
}
_DONE = {
    "amended": "Corrected",
    "addition": "Added to",
    "withdrawn": "Withdrawn",
    "reinstated": "Reinstated",
    "removed": "Removed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """One atom:category; the scheme is the last part of a tag URI."""

    scheme: str
    term: str
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One atom:entry. Times are text as in the index; `rank` orders entries by time and place in the log."""

    id: str
    title: str
    title_language: str | None = None
    updated: str
    published: str
    summary: str
    content: str
    categories: tuple[Category, ...]
    links: tuple[Link, ...]
    replies: tuple[Reply, ...] = ()
    rank: tuple[str, int]


@dataclass(frozen=True)
class Writer:
    """Writes the entries of one archive."""

    book: Book

    def tag(self, *parts: object) -> str:
        """Return a tag URI of this archive (RFC 4151)."""
        return f"tag:{self.book.index.archive.authority}:{'/'.join(map(str, parts))}"

    def letter_page(self, letter_id: str) -> str:
        """Return the address of a letter's page."""
        return f"{self.book.index.archive.site}letters/{letter_id}/"

    # -- letters ---------------------------------------------------------------------------------------------

    def letter(self, story: Story) -> Entry:
        """Write the entry of one letter; of a withdrawn or removed one nothing but that."""
        entry = self.book.index.letter_of.get(story.id)
        if entry is None or not isinstance(entry.letter, Letter):
            return self._stub(story, "removed" if entry is None else "withdrawn")
        letter, last = entry.letter, story.last_of_letter
        done = _DONE[_manner(last)] if last in story.news and last.meaning == "amended" else ""
        ref = self.book.ref(letter.id)
        return Entry(
            id=self.tag("letter", letter.id),
            title=phrases.one_line(f"{done}: {ref.text}" if done else ref.text, TITLE),
            title_language=None if done or ref.language == self.book.index.archive.language else ref.language,
            updated=story.updated,
            published=story.first.published_at,
            summary=phrases.one_line(f"{self.headline(letter)} {newest_change(story)} {letter.summary}", SUMMARY),
            content=self._content("letter.html", letter=letter, story=story, newest=newest_change(story)),
            categories=tuple(self._categories(letter)),
            links=tuple(self._links(entry, letter)),
            replies=tuple(self._reply(r.letter) for r in letter.relations if r.kind == "replies-to"),
            rank=story.rank,
        )

    def _stub(self, story: Story, state: str) -> Entry:
        words = f"{_STATES[state]}: letter {story.id}"
        event = story.last_of_letter
        note = f" {phrases.one_line(event.note.note, NOTE)}" if event.note else ""
        said = f"Letter {story.id} was {state} on {phrases.moment(event.at)}.{note}"
        return Entry(
            id=self.tag("letter", story.id),
            title=phrases.one_line(words, TITLE),
            updated=story.updated,
            published=story.first.published_at,
            summary=phrases.one_line(said, SUMMARY),
            content=self._content("stub.html", said=said),
            categories=(Category(scheme="status", term=state, label=state),),
            links=(self._alternate(self.letter_page(story.id)),),
            rank=story.rank,
        )

    def headline(self, letter: Letter) -> str:
        """Who wrote to whom, what, and when: 'Open letter from A to B, sent 18 February 2019 (stated).'"""
        what, when = best_date(letter)
        kind = phrases.capital(phrases.KINDS[letter.kind])
        sender = phrases.one_line(self.book.names(letter.from_), 90)
        to = phrases.one_line(self.book.names(letter.to), 90)
        return f"{kind} from {sender}{f' to {to}' if to else ''}; {what}: {when}."

    def _categories(self, letter: Letter) -> Iterator[Category]:
        def category(scheme: str, term: str, label: str) -> Category:
            return Category(scheme=scheme, term=term, label=phrases.one_line(label, LABEL))

        yield category("kind", letter.kind, phrases.KINDS[letter.kind])
        yield category("status", letter.status, letter.status)
        parties = [who.party for who in (*letter.from_, *letter.to, *letter.cc, *letter.via) if who.party]
        for party in dict.fromkeys(parties):
            yield category("party", party, self.book.party(party))
        yield category("thread", letter.thread, self.book.thread(letter.thread))

    def _links(self, entry: LetterEntry, letter: Letter) -> Iterator[Link]:
        site = self.book.index.archive.site
        yield self._alternate(self.letter_page(letter.id))
        yield Link(
            rel="related", href=site + entry.record.path, type="application/yaml",
            title="The record as committed", length=entry.record.size,
        )  # fmt: skip
        for document in letter.documents:
            yield Link(
                rel="enclosure", href=site + document_path(document.file), type=document.media_type,
                title=phrases.one_line(document.role, LABEL), length=document.size,
            )  # fmt: skip
        seen = dict.fromkeys(s for s in letter.sources if s.linked and phrases.is_web_address(s.url))
        for source in seen:
            title = phrases.one_line(source.title, LABEL) if source.title else None
            yield Link(rel="via", href=source.url or "", title=title)

    def _alternate(self, href: str) -> Link:
        return Link(rel="alternate", href=href, type="text/html", hreflang="en")

    def _reply(self, letter_id: str) -> Reply:
        return Reply(ref=self.tag("letter", letter_id), href=self.letter_page(letter_id))

    # -- notices ---------------------------------------------------------------------------------------------

    def notice(self, events: Sequence[Event]) -> Entry:
        """Write the notice of one event, or the one notice of all events of a commit where they are many."""
        return self._single(events[0]) if len(events) == 1 else self._many(events)

    def _single(self, event: Event) -> Entry:
        revision = event.revision
        part = ("assessment", revision.rev) if event.of_assessment else (revision.rev,)
        note = f" {phrases.one_line(event.note.note, NOTE)}" if event.note else ""
        title = self.notice_title(event)
        when = f"Published on {phrases.moment(event.at)} as revision {revision.rev}."
        said = f"{phrases.one_line(title, 150)}. {when}{note}"
        return Entry(
            id=self.tag("notice", event.letter, *part),
            title=title,
            updated=event.at,
            published=event.at,
            summary=phrases.one_line(said, SUMMARY),
            content=self._content("notice.html", said=said, letters=[event.letter]),
            categories=self._notice_categories(event.meaning),
            links=(self._alternate(self.letter_page(event.letter)),),
            replies=(self._reply(event.letter),),
            rank=(event.at, revision.seq),
        )

    def notice_title(self, event: Event) -> str:
        """Name an event and its letter: 'Correction: Questions about the works'."""
        ref = self.book.ref(event.letter)
        title = ref.text if ref.known and not ref.withdrawn else f"letter {event.letter}"
        return phrases.one_line(f"{_notice(event)}: {title}", TITLE)

    def _many(self, events: Sequence[Event]) -> Entry:
        first, last = events[0].revision, events[-1].revision
        counts = Counter("outcomes changed" if e.of_assessment else _DONE[_manner(e)].lower() for e in events)
        kinds = phrases.listed([f"{number} {kind}" for kind, number in sorted(counts.items())])
        said = f"{len(events)} changes were published at once on {phrases.moment(last.published_at)}: {kinds}."
        return Entry(
            id=self.tag("notices", first.seq),
            title=phrases.one_line(f"{len(events)} changes: {kinds}", TITLE),
            updated=last.published_at,
            published=last.published_at,
            summary=phrases.one_line(said, SUMMARY),
            content=self._content("notice.html", said=said, letters=list(dict.fromkeys(e.letter for e in events))),
            categories=self._notice_categories("several"),
            links=(self._alternate(self.book.index.archive.site),),
            rank=(last.published_at, last.seq),
        )

    def _notice_categories(self, meaning: str) -> tuple[Category, ...]:
        return (
            Category(scheme="kind", term="notice", label="notice"),
            Category(scheme="status", term=meaning, label=meaning),
        )

    def _content(self, name: str, **values: object) -> str:
        """Render the HTML of an entry, from templates that escape everything."""
        book = self.book
        site = book.index.archive.site
        return rendered(f"feed/{name}", book=book, href=self.letter_page, to=lambda path: site + path, **values).strip()


def _notice(event: Event) -> str:
    """Name what a notice is about."""
    if event.of_assessment:
        return "Outcomes removed" if event.meaning == "removed" else "Outcomes changed"
    return _NOTICES[_manner(event)]


def _manner(event: Event) -> str:
    """How an event is put in words: an amendment that only adds something is an addition."""
    added = event.meaning == "amended" and event.note is not None and event.note.kind == "addition"
    return "addition" if added else event.meaning


def newest_change(story: Story) -> str:
    """Say what readers last saw change since the first publication; nothing if nothing did."""
    event = story.newest
    if event.revision.seq <= story.first.seq or event.revision.commit == story.first.commit:
        return ""
    what = _DONE[_manner(event)] if event.meaning in _DONE else "Outcomes published"
    if event.of_assessment and event.meaning in ("amended", "reinstated"):
        what = "Outcomes changed"
    if event.of_assessment and event.meaning == "removed":
        what = "Outcomes removed"
    note = f": {phrases.one_line(event.note.note, NOTE)}" if event.note else ""
    end = "" if note.endswith((".", "!", "?", "…")) else "."
    return f"{what} on {phrases.moment(event.at)} (revision {event.revision.rev}){note}{end}"
