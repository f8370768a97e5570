"""`letters/ID/index.html`: everything that is known of one letter; of a withdrawn or removed one, a stub."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from publisher.formats.bibliography import FORMS
from publisher.formats.book import days_without_reply, own_language
from publisher.formats.citations import address, citation
from publisher.formats.entries import newest_change
from publisher.formats.events import Story
from publisher.formats.linked import message
from publisher.formats.pages.glance import glance
from publisher.formats.pages.site import Site, letter_path, question_path
from publisher.formats.pages.versions import History, history
from publisher.formats.raw import document_path
from publisher.index import LetterEntry, RecordRef
from publisher.letter import Document, Letter
from publisher.provenance import Provenance

_ROLES = ("original", "transcript", "translation", "attachment")
"""In this order documents stand beside each other."""


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the page of every letter that was ever published."""
    made = _Letters(site)
    for story in site.chronicle.stories:
        yield made.page(story)


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """What the log says of one record."""

    heading: str
    record: RecordRef | None
    provenance: Provenance


class _Letters:
    """The letters' pages of one site."""

    def __init__(self, site: Site) -> None:
        self.site, self.index, self.book = site, site.index, site.book

    def page(self, story: Story) -> tuple[str, str]:
        """Write the page of one letter; of a withdrawn or removed one, a stub."""
        entry = self.index.letter_of.get(story.id)
        if entry is None or not isinstance(entry.letter, Letter):
            return self._stub(story, entry)
        letter = entry.letter
        asked = self.book.questions(letter)
        before, after = self.book.neighbours(letter)
        cited = citation(self.book, entry)
        return self.site.page(
            letter_path(letter.id),
            "letter.html",
            here="letters",
            entry=entry,
            letter=letter,
            ref=self.book.ref(story.id),
            spoken=own_language(letter),
            headline=self.site.writer.headline(letter),
            newest=newest_change(story),
            glance=glance(self.book, letter, asked),
            asked=asked,
            answers=self.book.answers.get(letter.id, ()),
            before=before,
            after=after,
            days=days_without_reply,
            documents=documents(letter),
            document_path=document_path,
            question_path=question_path,
            history=self._history(story, entry),
            cited=cited,
            forms=FORMS,
            message=message(self.book, letter, cited),
            address=address(self.book, letter.id),
            panels=self._panels(entry),
            commands=self._commands(entry),
        )

    def _stub(self, story: Story, entry: LetterEntry | None) -> tuple[str, str]:
        provenance = entry.provenance if entry else self._removed[f"letters/{story.id}"]
        return self.site.page(
            letter_path(story.id),
            "stub.html",
            here="letters",
            id=story.id,
            state=self.site.state(story.id),
            at=story.last_of_letter.at,
            history=self._history(story, entry),
            panels=[Panel(heading="The record", record=None, provenance=provenance)],
            commands={"site": shlex.quote(self.index.archive.site), "id": shlex.quote(story.id), "record": ""},
        )

    def _history(self, story: Story, entry: LetterEntry | None) -> History:
        own = entry.provenance if entry else self._removed[f"letters/{story.id}"]
        assessed = self.index.assessment_of.get(story.id)
        outcomes = assessed.provenance if assessed else self._removed.get(f"assessments/{story.id}")
        return history(self.book, self.site.versions, story, own, outcomes)

    @cached_property
    def _removed(self) -> dict[str, Provenance]:
        return {entry.key: entry.provenance for entry in self.index.removed}

    def _panels(self, entry: LetterEntry) -> Iterator[Panel]:
        yield Panel(heading="The letter", record=entry.record, provenance=entry.provenance)
        assessed = self.book.assessed(entry.id)
        if assessed:
            yield Panel(heading="Its outcomes", record=assessed.record, provenance=assessed.provenance)

    def _commands(self, entry: LetterEntry) -> dict[str, str]:
        """The values that commands are shown with, each quoted for a shell."""
        site, record = self.index.archive.site, entry.record
        return {
            "site": shlex.quote(site), "id": shlex.quote(entry.id), "url": shlex.quote(site + record.path),
            "record": record.path, "blob": record.blob, "commit": entry.provenance.latest.commit,
        }  # fmt: skip


def documents(letter: Letter) -> list[Sequence[Document]]:
    """The documents of a letter in rows: what is the letter itself, in all its languages, and what was attached."""
    ranks = {role: number for number, role in enumerate(_ROLES)}
    ordered = sorted(letter.documents, key=lambda document: ranks.get(document.role, len(ranks)))
    rows = ([d for d in ordered if d.role != "attachment"], [d for d in ordered if d.role == "attachment"])
    return [row for row in rows if row]
