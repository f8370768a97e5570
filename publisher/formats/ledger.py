"""The ledger: every question of every letter, what came back to it, in which letters, and on whose word.

One Row a question, and one for each letter whose outcome is known as a whole. What may or may not be an answer (a
candidate) is kept apart from what a source calls one. Rows stand in the order of the letters, then of the questions.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from publisher.formats import phrases
from publisher.formats.book import Book, addressees
from publisher.letter import Letter, Outcome, Question

NOT_ASSESSED = "not-assessed"
NO_REPLY = "no-reply-known"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One question, or with `label` None a letter as a whole; `question` is None where only its label is known.

    `parties` are the ids of those whom it was put to, `whom` their names, others' included.
    """

    letter: Letter
    label: str | None
    question: Question | None
    parties: tuple[str, ...]
    whom: tuple[str, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The outcomes that somebody reported, each once, in the archive's order; or not-assessed alone."""
        found = {outcome.outcome for outcome in self.outcomes} - {NOT_ASSESSED}
        return tuple(name for name in phrases.OUTCOMES if name in found) or (NOT_ASSESSED,)

    @property
    def words(self) -> str:
        """What came back, in words: 'Refused and redirected'."""
        return phrases.capital(" and ".join(phrases.OUTCOMES[state] for state in self.states))

    @property
    def is_assessed(self) -> bool:
        """Whether somebody said what came back."""
        return self.states != (NOT_ASSESSED,)

    @property
    def candidates(self) -> tuple[str, ...]:
        """The letters that may be connected, which nobody calls an answer."""
        found = dict.fromkeys(name for outcome in self.outcomes for name in outcome.candidates)
        return tuple(name for name in found if name not in self.answered_by)

    @property
    def answered_by(self) -> tuple[str, ...]:
        """The letters in which something came back."""
        return tuple(dict.fromkeys(name for outcome in self.outcomes for name in outcome.answered_by))

    @property
    def letters(self) -> tuple[str, ...]:
        """All letters that the row speaks of, its own first."""
        return tuple(dict.fromkeys((self.letter.id, *self.answered_by, *self.candidates)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The rows of one state, under a heading."""

    name: str
    heading: str
    says: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Ledger:
    """The ledger of one book."""

    book: Book

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        return tuple(row for letter in self.book.letters for row in self._of(letter))

    @cached_property
    def by_letter(self) -> dict[str, list[Row]]:
        """The rows of each letter."""
        return _gathered(self.rows, lambda row: (row.letter.id,))

    @cached_property
    def by_thread(self) -> dict[str, list[Row]]:
        """The rows of each thread."""
        return _gathered(self.rows, lambda row: (row.letter.thread,))

    @cached_property
    def put_to(self) -> dict[str, list[Row]]:
        """The rows of what was put to each party."""
        return _gathered(self.rows, lambda row: row.parties)

    @cached_property
    def put_by(self) -> dict[str, list[Row]]:
        """The rows of what each party asked."""
        return _gathered(self.rows, lambda row: dict.fromkeys(who.party for who in row.letter.from_ if who.party))

    def _of(self, letter: Letter) -> Iterator[Row]:
        parties = tuple(dict.fromkeys(who.party for who in addressees(letter) if who.party))
        whom = tuple(dict.fromkeys(self.book.name(who) for who in addressees(letter)))
        if whole := self.book.whole(letter):
            yield Row(letter=letter, label=None, question=None, parties=parties, whom=whom, outcomes=whole)
        for asked in self.book.questions(letter):
            named = asked.question.asked_of if asked.question else ()
            yield Row(
                letter=letter,
                label=asked.label,
                question=asked.question,
                parties=named or parties,
                whom=tuple(map(self.book.party, named)) or whom,
                outcomes=asked.outcomes,
            )


def groups(rows: Sequence[Row]) -> tuple[Group, ...]:
    """Sort rows by what is known: no reply known, something came back, nobody has said. Empty groups are left out."""
    states = (
        ("none", "No reply known", lambda row: row.states == (NO_REPLY,)),
        ("back", "Something came back", lambda row: row.is_assessed and row.states != (NO_REPLY,)),
        ("unassessed", "Not assessed", lambda row: not row.is_assessed),
    )
    found = ((name, heading, tuple(filter(belongs, rows))) for name, heading, belongs in states)
    return tuple(Group(name=name, heading=heading, says=_SAYS[name], rows=own) for name, heading, own in found if own)


def counted(rows: Iterable[Row]) -> str:
    """Say in numbers what is known, and never a rate: '18 questions: a source says what came back to 7; 11 ...'."""
    asked = [row for row in rows if row.label is not None]
    if not asked:
        return ""
    known = sum(row.is_assessed for row in asked)
    none = sum(row.states == (NO_REPLY,) for row in asked)
    said = f"{phrases.count(len(asked), 'question')} on record here; {len(asked) - known:,} not assessed"
    back = Counter(state for row in asked if row.is_assessed for state in row.states if state != NO_REPLY)
    parts = [f"{back[name]:,} {phrases.OUTCOMES[name]}" for name in phrases.OUTCOMES if back[name]]
    parts += [f"{none:,} {phrases.OUTCOMES[NO_REPLY]}"] if none else []
    return f"{said}{', ' if parts else ''}{', '.join(parts)}."


_SAYS = {
    "none": "Somebody looked, on the day given, and knew of no reply. One may exist.",
    "back": "Somebody says that this came back: the source and its day stand beside it.",
    "unassessed": "Nobody whom this archive could cite has said what came back. That says nothing of whether it did.",
}


def _gathered(rows: Iterable[Row], keys: Callable[[Row], Iterable[str]]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        for key in keys(row):
            found.setdefault(key, []).append(row)
    return found
