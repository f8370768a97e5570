"""What happened to the letters after they were first published, and which of it is news.

An Event is one revision, of a letter or of its assessment, that readers see. News is what a reader who has
already seen the letter should be told: amended, withdrawn, reinstated, removed. Editorial changes are no news.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from publisher.index import Index
from publisher.letter import Change, Letter
from publisher.provenance import Provenance, Revision

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NEWS = frozenset({"amended", "withdrawn", "reinstated", "removed"})
MANY = 10
"""More notices than this from one commit become one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One revision that readers see; `note` is the change note that belongs to it, where that is certain."""

    letter: str
    of_assessment: bool
    revision: Revision
    note: Change | None = None

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
    """All events of one letter in the order in which they landed; there is at least the first publication."""

    id: str
    first: Revision
    events: tuple[Event, ...]

    @property
    def newest(self) -> Event:
        """The newest event."""
        return self.events[-1]

    @property
    def updated(self) -> str:
        """When readers last saw something change."""
        return max(event.at for event in self.events)

    @property
    def rank(self) -> tuple[str, int]:
        """Sort key: by time, then by place in the log."""
        return self.updated, self.newest.revision.seq

    @property
    def news(self) -> tuple[Event, ...]:
        """What happened after the first publication, as far as it is news."""
        return tuple(e for e in self.events if e.meaning in NEWS and e.revision.seq > self.first.seq)

    @property
    def last_of_letter(self) -> Event:
        """The newest event of the letter itself."""
        return next(event for event in reversed(self.events) if not event.of_assessment)


@dataclass(frozen=True)
class Chronicle:
    """The stories of all letters that were ever published, in the order of their first publication."""

    index: Index

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

    def _story(self, name: str, provenance: Provenance, assessed: Provenance | None) -> Story:
        entry = self.index.letter_of.get(name)
        letter = entry.letter if entry else None
        events = list(_events(name, provenance, letter.changes if letter else (), of_assessment=False))
        if assessed:
            entry_ = self.index.assessment_of.get(name)
            changes = entry_.assessment.changes if entry_ and entry_.assessment else ()
            later = _events(name, assessed, changes, of_assessment=True)
            last = provenance.changed.seq
            events += [e for e in later if isinstance(letter, Letter) or e.revision.seq < last]
        events.sort(key=lambda event: event.revision.seq)
        return Story(id=name, first=provenance.revisions[0], events=tuple(events))


def _removed(index: Index, prefix: str) -> dict[str, Provenance]:
    """Return what was removed, by id; a name that is no id was never published, and has neither page nor entry."""
    names = ((entry.key.removeprefix(prefix), entry) for entry in index.removed if entry.key.startswith(prefix))
    return {name: entry.provenance for name, entry in names if _ID.fullmatch(name)}


def _events(name: str, provenance: Provenance, changes: tuple[Change, ...], *, of_assessment: bool) -> Iterator[Event]:
    notes = _notes(provenance, changes, certain=not of_assessment)
    for revision in provenance.revisions:
        if revision.is_seen:
            yield Event(letter=name, of_assessment=of_assessment, revision=revision, note=notes.get(revision.rev))


def _notes(provenance: Provenance, changes: tuple[Change, ...], *, certain: bool) -> Mapping[int, Change]:
    """The change note of each amending revision.

    With as many notes as revisions each has its own. Else only the newest is sure of one, and that only where
    every amendment has to bring a note (`certain`). Where a version was erased nobody can know which it brought.
    """
    if any(revision.erased for revision in provenance.revisions):
        return {}
    notes = [change for change in changes if change.kind != "editorial"]
    revisions = [r.rev for r in provenance.revisions[1:] if r.meaning in NEWS and r.op != "remove"]
    if len(notes) == len(revisions):
        return dict(zip(revisions, notes, strict=True))
    return {revisions[-1]: notes[-1]} if certain and notes and revisions else {}
