"""`letters/ID/index.html`: everything that is known of one letter; of a withdrawn or removed one, a stub."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.formats.book import days_without_reply, own_language
from publisher.formats.entries import newest_change
from publisher.formats.events import Story
from publisher.formats.pages.site import Site, letter_path
from publisher.formats.raw import document_path
from publisher.index import LetterEntry, RecordRef
from publisher.letter import Letter
from publisher.provenance import Provenance, Revision


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the page of every letter that was ever published."""
    made = _Letters(site)
    for story in site.chronicle.stories:
        yield made.page(story)


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """What the log says of one record: its provenance, and its revisions if they are worth a list."""

    heading: str
    record: RecordRef | None
    provenance: Provenance
    revisions: Sequence[tuple[Revision, Any]]


class _Letters:
    """The letters' pages of one site."""

    def __init__(self, site: Site) -> None:
        self.site, self.index, self.book = site, site.index, site.book

    def page(self, story: Story) -> tuple[str, str]:
        """Write the page of one letter; of a withdrawn or removed one, a stub."""
        entry = self.index.letter_of.get(story.id)
        if entry is None or not isinstance(entry.letter, Letter):
            return self._stub(story, entry)
        letter, ref = entry.letter, self.book.ref(story.id)
        before, after = self.book.neighbours(letter)
        language = self.index.archive.language
        return self.site.page(
            letter_path(letter.id),
            "letter.html",
            here="letters",
            entry=entry,
            letter=letter,
            ref=ref,
            ref_language=own_language(letter),
            own_language=None if language == "en" else language,
            headline=self.site.writer.headline(letter),
            newest=newest_change(story),
            asked=self.book.questions(letter),
            answers=self.book.answers.get(letter.id, ()),
            before=before,
            after=after,
            days=days_without_reply,
            document_path=document_path,
            panels=self._panels(story, entry),
            commands=self._commands(entry),
        )

    def _stub(self, story: Story, entry: LetterEntry | None) -> tuple[str, str]:
        removed = next((e for e in self.index.removed if e.key == f"letters/{story.id}"), None)
        provenance = entry.provenance if entry else removed.provenance if removed else None
        if provenance is None:
            raise ValueError(f"letter {story.id} has no provenance")
        return self.site.page(
            letter_path(story.id),
            "stub.html",
            here="letters",
            id=story.id,
            state=self.site.state(story.id),
            at=story.last_of_letter.at,
            changes=entry.letter.changes if entry else (),
            panels=[self._panel("The record", None, provenance, story, of_assessment=False)],
            commands={"site": shlex.quote(self.index.archive.site), "id": shlex.quote(story.id), "record": ""},
        )

    def _panels(self, story: Story, entry: LetterEntry) -> Iterator[Panel]:
        yield self._panel("The letter", entry.record, entry.provenance, story, of_assessment=False)
        assessed = self.book.assessed(entry.id)
        if assessed:
            yield self._panel("Its outcomes", assessed.record, assessed.provenance, story, of_assessment=True)

    def _panel(
        self, heading: str, record: RecordRef | None, provenance: Provenance, story: Story, *, of_assessment: bool
    ) -> Panel:
        notes = {e.revision.rev: e.note for e in story.events if e.of_assessment == of_assessment}
        revisions = [(revision, notes.get(revision.rev)) for revision in reversed(provenance.revisions)]
        return Panel(
            heading=heading, record=record, provenance=provenance, revisions=revisions if len(revisions) > 1 else ()
        )

    def _commands(self, entry: LetterEntry) -> dict[str, str]:
        """The values that commands are shown with, each quoted for a shell."""
        site, record = self.index.archive.site, entry.record
        return {
            "site": shlex.quote(site), "id": shlex.quote(entry.id), "url": shlex.quote(site + record.path),
            "record": record.path, "blob": record.blob, "commit": entry.provenance.latest.commit,
        }  # fmt: skip
