"""Earlier versions, marked as such: of a letter, and of what was said of its questions; and the list of all of them.

    letters/ID/REV/index.html            an earlier version of a letter
    letters/ID/outcomes/REV/index.html   an earlier version of its outcomes

Each says what changed with it, what changed since, and what it held. An old version may be of any shape: one that
today's schema accepts is laid out as a letter is, another as a list of its fields, and one that cannot be read has
the SHA-256 of its bytes and no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from publisher import schema
from publisher.formats.book import Asked, Book, Ref, own_language
from publisher.formats.citations import address
from publisher.formats.diff import Line, differences
from publisher.formats.entries import anchor
from publisher.formats.events import Event, Story
from publisher.formats.fields import Words, label, rank
from publisher.formats.pages.site import Site
from publisher.formats.versions import Version, Versions
from publisher.letter import Assessment, Change, Letter, letter_from
from publisher.provenance import Provenance, Revision

SHOWN = 200
"""The most differences that a page shows; it says how many more there are."""

_WITHOUT = {
    "erased": "was erased under law",
    "unreadable": "cannot be read",
    "absent": "is larger than a record may be, and is not published",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """What changed from one version to another: lines, or, where there are none, why."""

    lines: tuple[Line, ...] = ()
    why: str = ""

    @property
    def shown(self) -> tuple[Line, ...]:
        """The lines that a page shows."""
        return self.lines[:SHOWN]

    @property
    def more(self) -> int:
        """How many lines it does not show."""
        return len(self.lines) - len(self.shown)


def compared(book: Book, old: Version, new: Version) -> Compared:
    """Compare two versions, as far as both can be read."""
    for version, which in ((old, "earlier"), (new, "later")):
        if version.document is None:
            return Compared(why=f"What changed cannot be shown: the {which} version {_WITHOUT[version.state]}.")
    before, after = old.document or {}, new.document or {}
    if lines := differences(book, before, after):
        return Compared(lines=lines)
    if before == after:
        return Compared(why="Nothing that the record says: it was only written down differently.")
    return Compared(why="Nothing but the notes on changes.")


# -- the list of versions ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One revision in the list; `version` is None where nothing of it is published, `change` where nothing is said."""

    revision: Revision
    of_assessment: bool
    anchor: str
    note: Change | None
    version: Version | None
    is_current: bool
    change: Compared | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """All revisions of a letter and of its outcomes, newest first.

    `notes` are those on changes of which it is not certain which revision brought them.
    """

    steps: tuple[Step, ...]
    notes: tuple[Change, ...]


def history(book: Book, versions: Versions, story: Story, own: Provenance, outcomes: Provenance | None) -> History:
    """List the revisions of a letter; with the newest of letter and outcomes, what changed."""
    steps = list(_steps(book, story, own, versions.letter(story.id), of_assessment=False))
    if outcomes:
        steps += _steps(book, story, outcomes, versions.outcomes(story.id), of_assessment=True)
    entry = book.index.letter_of.get(story.id)
    notes = (*(entry.letter.changes if entry else ()), *book.outcome_changes(story.id))
    told = [step.note.note for step in steps if step.note]
    rest = tuple(note for note in notes if not any(note.note in text for text in told))
    return History(steps=tuple(sorted(steps, key=lambda step: step.revision.seq, reverse=True)), notes=rest)


def _steps(
    book: Book, story: Story, provenance: Provenance, kept: Sequence[Version], *, of_assessment: bool
) -> Iterator[Step]:
    notes = {e.revision.rev: e.note for e in story.events if e.of_assessment == of_assessment}
    by_rev = {version.rev: version for version in kept}
    for revision in provenance.revisions:
        version = by_rev.get(revision.rev)
        current = bool(kept) and version is kept[-1]
        yield Step(
            revision=revision,
            of_assessment=of_assessment,
            anchor=anchor(Event(letter=story.id, of_assessment=of_assessment, revision=revision)),
            note=notes.get(revision.rev),
            version=version,
            is_current=current,
            change=compared(book, kept[-2], kept[-1]) if current and len(kept) > 1 else None,
        )


# -- the pages ---------------------------------------------------------------------------------------------------


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the pages of all earlier versions."""
    for entry in site.index.letters:
        for kept in (site.versions.letter(entry.id), site.versions.outcomes(entry.id)):
            yield from _pages(site, kept)


def _pages(site: Site, kept: Sequence[Version]) -> Iterator[tuple[str, str]]:
    for at, (version, after) in enumerate(pairwise(kept)):
        before = kept[at - 1] if at else None
        yield site.page(
            f"{version.folder}index.html",
            "version.html",
            here="letters",
            version=version,
            ref=site.book.ref(version.letter),
            current=kept[-1],
            before=before,
            after=after if after is not kept[-1] else None,
            replaced=after.revision,
            change=compared(site.book, before, version) if before else None,
            since=compared(site.book, version, kept[-1]),
            address=address(site.book, version.letter),
            **_content(site.book, version),
        )


def _content(book: Book, version: Version) -> dict[str, Any]:
    """What a version held: a letter, outcomes, or fields of any other shape."""
    document = version.document
    if document is None:
        return {"shape": "none", "why": _WITHOUT[version.state]}
    kind = "assessment" if version.of_assessment else "letter"
    value = _value(kind, document)
    if isinstance(value, Letter):
        return {
            "shape": "letter",
            "letter": value,
            "own": Ref(
                id=value.id, title=value.title, supplied=value.title_basis == "supplied", language=own_language(value)
            ),
            "spoken": own_language(value),
            "asked": [Asked(label=q.label, question=q, outcomes=()) for q in value.questions],
        }
    if isinstance(value, Assessment):
        return {"shape": "outcomes", "outcomes": value.outcomes, "disputes": value.disputes}
    return {"shape": "fields", "fields": list(_fields(book, document))}


def _value(kind: str, document: Mapping[str, Any]) -> object:
    """The value that a document stands for if today's schema accepts it, which an old version need not."""
    if not schema.is_valid(kind, document):
        return None
    try:
        return Assessment.from_mapping(document) if kind == "assessment" else letter_from(document)
    except ValueError:  # a day that no month has
        return None


def _fields(book: Book, document: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Say what a document of any shape holds: labels, and one text for each value."""
    words = Words(book)
    for name in sorted(document, key=rank):
        value = document[name]
        items = value if isinstance(value, list) and value else [value]
        yield label(name), [words.value(name, item) for item in items]
