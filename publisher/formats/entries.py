"""What a feed says: one Entry for every letter, and one for every notice. No XML here; atom.py writes it.

An entry is changed in place when its letter changes, which most readers pass over in silence; so every change
that is news also gets a notice, an entry of its own with an id that is never used again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from publisher.formats import outcomes, phrases
from publisher.formats.book import Book, best_date
from publisher.formats.events import Event, Rank, Story
from publisher.formats.links import Link, Reply
from publisher.formats.outcomes import Turn
from publisher.formats.raw import document_path
from publisher.formats.templating import rendered, shared
from publisher.formats.versions import Versions
from publisher.index import LetterEntry
from publisher.letter import Letter
from publisher.provenance import Revision

TITLE, SUMMARY, NOTE, LABEL = 200, 500, 200, 200
"""The most characters that a title, a summary, a note inside a summary and a label may have."""
LISTED = 100
"""The most letters that one notice lists; it stands in many feeds."""

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
_OUTCOMES = {"published": "Outcomes published", "removed": "Outcomes removed"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """One atom:category; the scheme is the last part of a tag URI."""

    scheme: str
    term: str
    label: str


_NOTICE = Category(scheme="kind", term="notice", label="notice")


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
    rank: Rank


@dataclass(frozen=True)
class Writer:
    """Writes the entries of one archive; without `versions`, notices do not say which outcomes changed."""

    book: Book
    versions: Versions | None = None

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
        yield Category(scheme="kind", term=letter.kind, label=phrases.KINDS[letter.kind])
        yield Category(scheme="status", term=letter.status, label=letter.status)
        yield from self._about(letter)

    def _about(self, letter: Letter) -> Iterator[Category]:
        for party in parties_of(letter):
            yield Category(scheme="party", term=party, label=phrases.one_line(self.book.party(party), LABEL))
        thread = phrases.one_line(self.book.thread(letter.thread), LABEL)
        yield Category(scheme="thread", term=letter.thread, label=thread)

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

    def notice(self, events: Sequence[Event], told: Rank) -> Entry:
        """Write the notice of one event, or the one notice of all events of a commit where they are many.

        `told` is when the notice last changed: see Chronicle.told.
        """
        return self._single(events[0], told) if len(events) == 1 else self._many(events, told)

    def _single(self, event: Event, told: Rank) -> Entry:
        revision = event.revision
        part = ("assessment", revision.rev) if event.of_assessment else (revision.rev,)
        note = f" {phrases.one_line(event.note.note, NOTE)}" if event.note else ""
        title = self.notice_title(event)
        when = f"Published on {phrases.moment(event.at)} as revision {revision.rev}."
        said = f"{phrases.one_line(title, 150)}. {when}{note}"
        turned = self._turned(event)
        told_of = " ".join(outcomes.said(self.book, turn) for turn in turned or ())
        return Entry(
            id=self.tag("notice", event.letter, *part),
            title=title,
            updated=told[0],
            published=event.at,
            summary=phrases.one_line(f"{said} {told_of}", SUMMARY),
            content=self._content("notice.html", said=said, letters={event.letter: ""}, more=0, turns=turned),
            categories=self._notice_categories(event),
            links=(self._alternate(f"{self.letter_page(event.letter)}#{anchor(event)}"),),
            replies=(self._reply(event.letter),),
            rank=told,
        )

    def _turned(self, event: Event) -> tuple[Turn, ...] | None:
        """Which outcomes an event changed; None where it is not about outcomes, or nobody can say."""
        if not event.of_assessment or self.versions is None:
            return None
        return outcomes.turns(self.versions.outcomes(event.letter), event.revision)

    def notice_title(self, event: Event) -> str:
        """Name an event and its letter: 'Correction: Questions about the works'."""
        ref = self.book.ref(event.letter)
        title = ref.text if ref.known and not ref.withdrawn else f"letter {event.letter}"
        return phrases.one_line(f"{_notice(event)}: {title}", TITLE)

    def _many(self, events: Sequence[Event], told: Rank) -> Entry:
        first, last = events[0].revision, events[-1].revision
        counts = Counter(_done(event).lower() for event in events)
        kinds = phrases.listed([f"{number:,} {kind}" for kind, number in sorted(counts.items())])
        said = f"{len(events):,} changes were published at once on {phrases.moment(last.published_at)}: {kinds}."
        done: dict[str, str] = {}
        for event in events:
            before = done.get(event.letter)
            done[event.letter] = f"{before}, {_done(event).lower()}" if before else _done(event)
        return Entry(
            id=self.tag("notices", first.seq),
            title=phrases.one_line(f"{len(events):,} changes: {kinds}", TITLE),
            updated=told[0],
            published=last.published_at,
            summary=phrases.one_line(said, SUMMARY),
            content=self._content(
                "notice.html",
                said=said,
                letters=dict(islice(done.items(), LISTED)),
                more=max(0, len(done) - LISTED),
                turns=None,
            ),
            categories=(_NOTICE, Category(scheme="status", term="several", label="several")),
            links=(self._alternate(self._change(first)),),
            rank=told,
        )

    def _change(self, revision: Revision) -> str:
        """Where the page of changes lists a revision."""
        return f"{self.book.index.archive.site}changes/{revision.published_at[:4]}/#entry-{revision.seq}"

    def _notice_categories(self, event: Event) -> tuple[Category, ...]:
        term = f"{'outcomes-' if event.of_assessment else ''}{event.meaning}"
        entry = self.book.index.letter_of.get(event.letter)
        about = self._about(entry.letter) if entry and isinstance(entry.letter, Letter) else ()
        return (_NOTICE, Category(scheme="status", term=term, label=_done(event)), *about)

    def _content(self, name: str, **values: object) -> str:
        """Render the HTML of an entry, from templates that escape everything."""
        return rendered(f"feed/{name}", {**self._known, **values}).strip()

    @cached_property
    def _known(self) -> dict[str, Any]:
        """What the templates of all entries know."""
        site = self.book.index.archive.site
        known = {"book": self.book, "href": self.letter_page, "to": lambda path: site + path}
        return {**known, **shared(known)}


def parties_of(letter: Letter) -> tuple[str, ...]:
    """The parties that a letter is from, to, copied to or sent through, each once: those whose feeds it stands in."""
    everybody = (*letter.from_, *letter.to, *letter.cc, *letter.via)
    return tuple(dict.fromkeys(who.party for who in everybody if who.party))


def anchor(event: Event) -> str:
    """Name the place on a letter's page where a revision is listed; no two notices lead to the same place."""
    return f"{'outcomes-' if event.of_assessment else ''}revision-{event.revision.rev}"


def _notice(event: Event) -> str:
    """Name what a notice is about."""
    return _done(event) if event.of_assessment else _NOTICES[_manner(event)]


def _done(event: Event) -> str:
    """Say what was done to a letter, or to its outcomes."""
    return _OUTCOMES.get(event.meaning, "Outcomes changed") if event.of_assessment else _DONE[_manner(event)]


def _manner(event: Event) -> str:
    """How an event is put in words: an amendment that only adds something is an addition."""
    added = event.meaning == "amended" and event.note is not None and event.note.kind == "addition"
    return "addition" if added else event.meaning


def newest_change(story: Story) -> str:
    """Say what readers last saw change since the first publication; nothing if nothing did."""
    event = story.newest
    if event.revision.seq <= story.first.seq or event.revision.commit == story.first.commit:
        return ""
    what = "Something was added" if not event.of_assessment and _manner(event) == "addition" else _done(event)
    note = f": {phrases.one_line(event.note.note, NOTE)}" if event.note else ""
    end = "" if note.endswith((".", "!", "?", "…")) else "."
    return f"{what} on {phrases.moment(event.at)} (revision {event.revision.rev}){note}{end}"
