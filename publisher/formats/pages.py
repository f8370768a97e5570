"""The site: `index.html`, `letters/ID/index.html` for every letter that was ever published, and `style.css`.

No script, no inline style, no request to anybody else, relative links only: the folder works at any address
and from a disk. Only `index.html` shows the commit and the log's size and root, so that one new letter
changes few files.
"""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import Any

from publisher.formats import phrases
from publisher.formats.book import Asked, Book, Ref, best_date, by_date, days_without_reply, own_language
from publisher.formats.entries import Writer, newest_change
from publisher.formats.events import Chronicle, Story
from publisher.formats.raw import document_path
from publisher.formats.templating import rendered
from publisher.index import Index, LetterEntry, RecordRef
from publisher.letter import Letter
from publisher.provenance import Provenance, Revision

NEWS_SHOWN = 10
_UNDATED = "No date known"


def render(index: Index, _contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return all pages and their stylesheet."""
    site = _Site(index)
    style = files("publisher").joinpath("templates", "style.css").read_bytes()
    pages = {"index.html": site.front().encode(), "style.css": style}
    for story in site.chronicle.stories:
        pages[f"letters/{story.id}/index.html"] = site.page(story).encode()
    return pages


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One letter in the list of letters."""

    letter: Letter
    ref: Ref
    what: str
    when: str
    tally: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """What the log says of one record: its provenance, and its revisions if they are worth a list."""

    heading: str
    record: RecordRef | None
    provenance: Provenance
    revisions: Sequence[tuple[Revision, Any]]


class _Site:
    """The pages of one index."""

    def __init__(self, index: Index) -> None:
        self.index, self.book, self.chronicle = index, Book(index), Chronicle(index)
        self.writer = Writer(self.book)

    def front(self) -> str:
        """Write the list of letters."""
        return rendered(
            "index.html",
            **self._common(root="", href=lambda name: f"letters/{name}/index.html"),
            index=self.index,
            headline=self._headline(),
            years=self._years(),
            stubs=[(s.id, self._state(s.id)) for s in self.chronicle.stories if self._state(s.id) != "published"],
            news=self._news(),
            commands={"site": shlex.quote(self.index.archive.site)},
        )

    def page(self, story: Story) -> str:
        """Write the page of one letter; of a withdrawn or removed one, a stub."""
        entry = self.index.letter_of.get(story.id)
        if entry is None or not isinstance(entry.letter, Letter):
            return self._stub(story, entry)
        letter, ref = entry.letter, self.book.ref(story.id)
        before, after = self.book.neighbours(letter)
        language = self.index.archive.language
        return rendered(
            "letter.html",
            **self._below(),
            entry=entry,
            letter=letter,
            ref=ref,
            ref_language=own_language(letter),
            own_language=None if language == "en" else language,
            headline=self.writer.headline(letter),
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

    def _stub(self, story: Story, entry: LetterEntry | None) -> str:
        removed = next((e for e in self.index.removed if e.key == f"letters/{story.id}"), None)
        provenance = entry.provenance if entry else removed.provenance if removed else None
        if provenance is None:
            raise ValueError(f"letter {story.id} has no provenance")
        return rendered(
            "stub.html",
            **self._below(),
            id=story.id,
            state=self._state(story.id),
            at=story.last_of_letter.at,
            changes=entry.letter.changes if entry else (),
            panels=[self._panel("The record", None, provenance, story, of_assessment=False)],
            commands={"site": shlex.quote(self.index.archive.site), "id": shlex.quote(story.id), "record": ""},
        )

    def _common(self, *, root: str, href: Any) -> dict[str, Any]:
        return {"root": root, "href": href, "book": self.book, "archive": self.index.archive}

    def _below(self) -> dict[str, Any]:
        """What a page in letters/ID/ needs."""
        return self._common(root="../../", href=lambda name: f"../{name}/index.html")

    def _state(self, letter_id: str) -> str:
        entry = self.index.letter_of.get(letter_id)
        return "removed" if entry is None else "published" if isinstance(entry.letter, Letter) else "withdrawn"

    # -- the front page --------------------------------------------------------------------------------------

    def _headline(self) -> str:
        """Say how much the archive knows, and never more than that."""
        letters = self.book.letters
        replies = sum(any(r.kind == "replies-to" for r in letter.relations) for letter in letters)
        asked = [one for letter in letters for one in self.book.questions(letter)]
        known = sum(_is_assessed(one) for one in asked)
        said = f"This archive knows of {phrases.count(len(letters), 'letter')}, {replies:,} of them written in reply"
        complete = {item.party for item in self.index.archive.coverage if item.complete}
        said += "." if self.index.parties.keys() <= complete else "; it is not complete."
        if asked:
            own = any(o.basis == "own" and o.outcome != "not-assessed" for one in asked for o in one.outcomes)
            said += f" Questions on record here: {len(asked):,}; for {known:,} of them a source"
            said += f"{' or this archive' if own else ''} has said what came back, "
            said += f"{len(asked) - known:,} are not assessed."
        return said

    def _years(self) -> list[tuple[str, list[Row]]]:
        def year(letter: Letter) -> str:
            earliest, latest = by_date(letter)
            if earliest.year == 9999:
                return _UNDATED
            return str(earliest.year) if earliest.year == latest.year else f"{earliest.year} or later"

        dated = [letter for letter in reversed(self.book.letters) if year(letter) != _UNDATED]
        undated = [letter for letter in self.book.letters if year(letter) == _UNDATED]
        return [(name, list(map(self._row, group))) for name, group in groupby([*dated, *undated], key=year)]

    def _row(self, letter: Letter) -> Row:
        what, when = best_date(letter)
        return Row(letter=letter, ref=self.book.ref(letter.id), what=what, when=when, tally=self._tally(letter))

    def _tally(self, letter: Letter) -> str:
        """Say what came back, in numbers of questions: '5 questions: 2 answered, 3 not assessed'."""
        asked = self.book.questions(letter)
        said = []
        if asked:
            counts = Counter(map(_outcome_of, asked))
            order = [*phrases.OUTCOMES.values(), _DIFFERS]
            parts = [f"{counts[word]} {word}" for word in order if counts[word]]
            total = phrases.count(len(asked), "question")
            said.append(f"{total}, {next(iter(counts))}." if len(counts) == 1 else f"{total}: {', '.join(parts)}.")
        for found in self.book.whole(letter):
            day = f" as of {phrases.day(found.as_of)}" if found.as_of else ""
            by = f" ({phrases.one_line(self.book.party(found.by), 80)})" if found.by else ""
            said.append(f"As a whole{by}: {phrases.OUTCOMES[found.outcome]}{day}.")
        bases = {o.basis for one in asked for o in one.outcomes if o.outcome != "not-assessed"}
        bases |= {o.basis for o in self.book.whole(letter) if o.outcome != "not-assessed"}
        return " ".join([*said, *([_BASIS[tuple(sorted(bases))]] if bases else [])])

    def _news(self) -> list[tuple[str, str, str]]:
        """The newest notices: title, letter and time."""
        found = []
        for group in reversed(self.chronicle.news[-NEWS_SHOWN:]):
            found += [(self.writer.notice_title(event), event.letter, event.at) for event in reversed(group)]
        return found[:NEWS_SHOWN]

    # -- what a page says about how to check it --------------------------------------------------------------

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


_DIFFERS = "different by recipient"
_BASIS = {
    ("own",): "(This archive's reading.)",
    ("reported",): "(As reported.)",
    ("own", "reported"): "(Partly as reported, partly this archive's reading.)",
}


def _is_assessed(asked: Asked) -> bool:
    return any(outcome.outcome != "not-assessed" for outcome in asked.outcomes)


def _outcome_of(asked: Asked) -> str:
    """One word for what came back to a question."""
    words = {outcome.outcome for outcome in asked.outcomes} or {"not-assessed"}
    return phrases.OUTCOMES[words.pop()] if len(words) == 1 else _DIFFERS
