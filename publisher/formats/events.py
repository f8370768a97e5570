"""What happened to the letters after they were first published, and which of it is news.

An Event is one revision, of a letter or of its assessment, that readers see. News is what a reader who has
already seen the letter should be told: amended, withdrawn, reinstated, removed, and outcomes where there were none.
Editorial changes are no news, and neither are outcomes that land with their letter, or while it is not published.
What is news once is news for good: later events change no earlier one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from publisher.index import Index
from publisher.letter import Change, Letter
from publisher.provenance import Provenance, Revision
from publisher.record import parse

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NEWS = frozenset({"amended", "withdrawn", "reinstated", "removed"})
GONE = frozenset({"withdrawn", "removed"})
_TURNS = GONE | {"reinstated"}
MANY = 10
"""More notices than this from one commit become one."""

Rank = tuple[str, int]
"""A time as in the index, and a place in the log: what feeds are ordered by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One revision that readers see; `note` is the change note that belongs to it, where that is certain.

    `is_news` says that readers who saw the letter before are told of it.
    """

    letter: str
    of_assessment: bool
    revision: Revision
    note: Change | None = None
    is_news: bool = False

    @property
    def meaning(self) -> str:
        """What the revision meant."""
        return self.revision.meaning

    @property
    def at(self) -> str:
        """When it was published."""
        return self.revision.published_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """All events of one letter in the order in which they landed; there is at least the first publication.

    `is_gone` says that the letter is withdrawn or removed now.
    """

    id: str
    first: Revision
    events: tuple[Event, ...]
    is_gone: bool = False

    @property
    def newest(self) -> Event:
        """The newest event."""
        return self.events[-1]

    @property
    def updated(self) -> str:
        """When readers last saw something change."""
        return max(event.at for event in self.events)

    @property
    def rank(self) -> Rank:
        """Sort key: by time, then by place in the log."""
        return self.updated, self.newest.revision.seq

    @property
    def news(self) -> tuple[Event, ...]:
        """What happened after the first publication, as far as it is news."""
        return tuple(event for event in self.events if event.is_news)

    @property
    def last_of_letter(self) -> Event:
        """The newest event of the letter itself."""
        return next(event for event in reversed(self.events) if not event.of_assessment)

    def told(self, event: Event) -> Rank:
        """When the notice of an event last changed: with the event, or when the letter went or came back since.

        A notice names its letter by its title as long as the letter is published, and by its id alone after that.
        """
        turns = [e for e in self.events if not e.of_assessment and e.meaning in _TURNS]
        last = next((e for e in reversed(turns) if e.revision.seq > event.revision.seq), event)
        return last.at, last.revision.seq


@dataclass(frozen=True)
class Chronicle:
    """The stories of all letters that were ever published, in the order of their first publication.

    `contents` holds the bytes of earlier versions by SHA-256. Without them some notes on changes have no revision.
    """

    index: Index
    contents: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """One story a letter, removed letters included."""
        provenances = {entry.id: entry.provenance for entry in self.index.letters}
        provenances |= _removed(self.index, "letters/")
        assessments = {entry.id: entry.provenance for entry in self.index.assessments}
        assessments |= _removed(self.index, "assessments/")
        found = [self._story(name, provenance, assessments.get(name)) for name, provenance in provenances.items()]
        return tuple(sorted(found, key=lambda story: story.first.seq))

    @cached_property
    def by_id(self) -> dict[str, Story]:
        """The stories by the letter's id."""
        return {story.id: story for story in self.stories}

    @cached_property
    def news(self) -> tuple[tuple[Event, ...], ...]:
        """All news, oldest first, in groups: one event each, or all of one commit where they are many."""
        events = sorted((e for story in self.stories for e in story.news), key=lambda e: e.revision.seq)
        found: list[tuple[Event, ...]] = []
        for _, group in groupby(events, key=lambda event: event.revision.commit):
            together = tuple(group)
            found += [together] if len(together) > MANY else [(event,) for event in together]
        return tuple(found)

    def told(self, group: Sequence[Event]) -> Rank:
        """When the notice of these events last changed."""
        return max(self.by_id[event.letter].told(event) for event in group)

    def _story(self, name: str, provenance: Provenance, assessed: Provenance | None) -> Story:
        entry = self.index.letter_of.get(name)
        letter = entry.letter if entry else None
        gone = not isinstance(letter, Letter)
        contents = {} if gone else self.contents
        events = list(_events(name, provenance, letter.changes if letter else (), contents))
        if assessed:
            entry_ = self.index.assessment_of.get(name)
            changes = entry_.assessment.changes if entry_ and entry_.assessment else ()
            events += _events_of_assessment(name, assessed, provenance, changes, contents)
        events.sort(key=lambda event: event.revision.seq)
        return Story(id=name, first=provenance.revisions[0], events=tuple(events), is_gone=gone)


def _removed(index: Index, prefix: str) -> dict[str, Provenance]:
    """Return what was removed, by id; a name that is no id was never published, and has neither page nor entry."""
    names = ((entry.key.removeprefix(prefix), entry) for entry in index.removed if entry.key.startswith(prefix))
    return {name: entry.provenance for name, entry in names if _ID.fullmatch(name)}


def _events(
    name: str, provenance: Provenance, changes: tuple[Change, ...], contents: Mapping[str, bytes]
) -> Iterator[Event]:
    """The events of a letter itself."""
    notes = _notes(provenance, changes, contents, certain=True)
    for revision in provenance.revisions:
        if revision.is_seen:
            news = revision.meaning in NEWS
            note = notes.get(revision.rev)
            yield Event(letter=name, of_assessment=False, revision=revision, note=note, is_news=news)


def _events_of_assessment(
    name: str,
    provenance: Provenance,
    letter: Provenance,
    changes: tuple[Change, ...],
    contents: Mapping[str, bytes],
) -> Iterator[Event]:
    """The events of a letter's outcomes, but those that no reader sees because the letter is not published then."""
    notes = _notes(provenance, changes, contents, certain=False)
    for revision in provenance.revisions:
        before, after = _published_around(revision, letter)
        if revision.is_seen and after:
            note = notes.get(revision.rev)
            yield Event(letter=name, of_assessment=True, revision=revision, note=note, is_news=before)


def _published_around(revision: Revision, letter: Provenance) -> tuple[bool, bool]:
    """Whether a letter was published before, and after, the commit that another record's revision landed with."""
    before = after = False
    for own in letter.revisions:
        together = own.commit == revision.commit
        if own.seq > revision.seq and not together:
            break
        after = own.meaning not in GONE and (after or own.meaning in ("published", "reinstated"))
        before = before if together else after
    return before, after


def _notes(
    provenance: Provenance, changes: tuple[Change, ...], contents: Mapping[str, bytes], *, certain: bool
) -> Mapping[int, Change]:
    """The change note of each amending revision.

    With as many notes as revisions each has its own. Else the versions themselves say who brought which. Where
    they are not at hand only the newest is sure of one, and that only where every amendment has to bring a note
    (`certain`). Where a version was erased nobody can know which it brought.
    """
    if any(revision.erased for revision in provenance.revisions):
        return {}
    notes = [change for change in changes if change.kind != "editorial"]
    revisions = [r.rev for r in provenance.revisions[1:] if r.meaning in NEWS and r.op != "remove"]
    if len(notes) == len(revisions):
        return dict(zip(revisions, notes, strict=True))
    brought = _brought(provenance, notes, contents)
    if brought is not None:
        return brought
    return {revisions[-1]: notes[-1]} if certain and notes and revisions else {}


def _brought(
    provenance: Provenance, notes: Sequence[Change], contents: Mapping[str, bytes]
) -> Mapping[int, Change] | None:
    """The notes that came with each revision, of those that still stand; None if a version is not at hand."""
    found: dict[int, Change] = {}
    before: list[Any] = []
    for revision in provenance.revisions:
        if revision.op == "remove":
            continue
        document = parse(contents.get(revision.sha256 or "", b""))[0]
        if not isinstance(document, dict):
            return None
        listed = document.get("changes")
        now = listed if isinstance(listed, list) else []
        new = [note for note in notes if note.to_mapping() in now and note.to_mapping() not in before]
        if new and revision.rev > 1:
            kind = next((note.kind for note in new if note.kind != "addition"), "addition")
            found[revision.rev] = Change(kind=kind, note=" ".join(note.note for note in new))
        before = now
    return found
