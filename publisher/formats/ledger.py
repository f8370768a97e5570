"""The ledger: every question of every letter, what came back to it, in which letters, and on whose word.

One Row a question, and one for each letter whose outcome is known as a whole. What may or may not be an answer (a
candidate) is kept apart from what a source calls one. Rows stand in the order of the letters, then of the questions.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from publisher.formats import phrases
from publisher.formats.book import Book, addressees
from publisher.letter import Letter, Outcome, Question

NOT_ASSESSED = "not-assessed"
NO_REPLY = "no-reply-known"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One question, or with `label` None a letter as a whole; `question` is None where only its label is known.

    `parties` are the ids of those whom it was put to; `named` says that it was to other parties than its letter was.
    """

    letter: Letter
    label: str | None
    question: Question | None
    parties: tuple[str, ...]
    named: bool
    outcomes: tuple[Outcome, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The outcomes that somebody reported, each once, in the archive's order; or not-assessed alone."""
        found = {outcome.outcome for outcome in self.outcomes} - {NOT_ASSESSED}
        return tuple(name for name in phrases.OUTCOMES if name in found) or (NOT_ASSESSED,)

    @property
    def differs(self) -> bool:
        """Whether something else came back from one of those who were asked than from another."""
        found: dict[str | None, set[str]] = {}
        for outcome in self.outcomes:
            found.setdefault(outcome.by, set()).add(outcome.outcome)
        sets = list(found.values())
        return any(one != sets[0] for one in sets)

    @property
    def words(self) -> str:
        """What came back, in words: 'Refused and redirected', 'Different by recipient'."""
        if self.differs:
            return phrases.capital(phrases.DIFFERS)
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

    def of(self, party: str) -> "Row":
        """The row without what came back from others than this party."""
        own = tuple(outcome for outcome in self.outcomes if outcome.by in (None, party))
        return self if len(own) == len(self.outcomes) else replace(self, outcomes=own)

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

    @property
    def number(self) -> str:
        """How many rows there are: '2 questions and 1 letter as a whole'."""
        labels = [row.label for row in self.rows]
        asked = sum(label is not None for label in labels)
        parts = [phrases.count(asked, "question")] if asked else []
        if whole := len(labels) - asked:
            parts.append(f"{phrases.count(whole, 'letter')} as a whole")
        return " and ".join(parts)

    @property
    def letters(self) -> list[tuple[Letter, list[Row]]]:
        """The rows letter by letter."""
        return by_letter(self.rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What is known of some rows, in numbers: of questions alone, and of the `lists` of questions they stand in."""

    id: str
    asked: int
    back: int
    none: int
    unassessed: int
    lists: int
    complete: int
    counted: str

    @classmethod
    def of(cls, name: str, rows: Sequence[Row]) -> "Tally":
        """Count rows."""
        counts = Counter(_group(row) for row in rows if row.label is not None)
        lists = {row.letter.id: row.letter.questions_extent for row in rows if row.label is not None}
        return cls(
            id=name,
            asked=counts.total(),
            back=counts["back"] + counts["some"],
            none=counts["none"],
            unassessed=counts["unassessed"],
            lists=len(lists),
            complete=sum(extent == "complete" for extent in lists.values()),
            counted=counted(rows),
        )


@dataclass(frozen=True)
class Ledger:
    """The ledger of one book."""

    book: Book

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        return tuple(row for letter in self.book.letters for row in self._of(letter))

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of each letter in the order of their dates, from 0; letters that are withdrawn have none."""
        return {letter.id: place for place, letter in enumerate(self.book.letters)}

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
        """The rows of what was put to each party, without what came back from others."""
        found = _gathered(self.rows, lambda row: row.parties)
        return {party: [row.of(party) for row in rows] for party, rows in found.items()}

    @cached_property
    def put_by(self) -> dict[str, list[Row]]:
        """The rows of what each party asked."""
        return _gathered(self.rows, lambda row: dict.fromkeys(who.party for who in row.letter.from_ if who.party))

    def _of(self, letter: Letter) -> Iterator[Row]:
        parties = tuple(dict.fromkeys(who.party for who in addressees(letter) if who.party))
        if whole := self.book.whole(letter):
            yield Row(letter=letter, label=None, question=None, parties=parties, named=False, outcomes=whole)
        for asked in self.book.questions(letter):
            own = tuple(dict.fromkeys(asked.question.asked_of)) if asked.question else ()
            yield Row(
                letter=letter,
                label=asked.label,
                question=asked.question,
                parties=own or parties,
                named=bool(own) and set(own) != set(parties),
                outcomes=asked.outcomes,
            )


def groups(rows: Sequence[Row]) -> tuple[Group, ...]:
    """Sort rows by what is known: no reply known, something came back, nobody has said. Empty groups are left out."""
    found: dict[str, list[Row]] = {name: [] for name in _GROUPS}
    for row in rows:
        found[_group(row)].append(row)
    return tuple(
        Group(name=name, heading=heading, says=says, rows=tuple(found[name]))
        for name, (heading, says) in _GROUPS.items()
        if found[name]
    )


def by_letter(rows: Iterable[Row]) -> list[tuple[Letter, list[Row]]]:
    """Put the rows of one letter together, in the order in which they come."""
    found = _gathered(rows, lambda row: (row.letter.id,))
    return [(own[0].letter, own) for own in found.values()]


def counted(rows: Iterable[Row]) -> str:
    """Say in numbers what is known, each question once, and never a rate: '7 of 18 questions on record here ...'."""
    asked = [row for row in rows if row.label is not None]
    if not asked:
        return ""
    known = Counter(row.words for row in asked if row.is_assessed)
    total, rest = phrases.count(len(asked), "question"), len(asked) - known.total()
    if not known:
        return f"None of {total} on record here assessed."
    places = {text: place for place, text in enumerate(phrases.OUTCOMES.values())}
    order = sorted(known, key=lambda words: (places.get(words.lower().split(" and ")[0], len(places)), words))
    parts = [f"{known[words]:,} {words.lower()}" for words in order]
    left = f"; {rest:,} not assessed" if rest else ""
    return f"{known.total():,} of {total} on record here assessed: {', '.join(parts)}{left}."


def extents(rows: Iterable[Row]) -> str:
    """Say of the lists that the questions stand in whether they are complete: of 3 letters: partial for 1, ..."""
    letters = {row.letter.id: row.letter.questions_extent for row in rows if row.label is not None}
    counts = Counter(letters.values())
    if len(counts) == len(letters) == 1:
        return phrases.EXTENTS[next(iter(counts))]
    parts = [f"{words} for {counts[name]:,}" for name, words in _EXTENTS.items() if counts[name]]
    return f"The lists of questions of {len(letters):,} letters: {', '.join(parts)}." if parts else ""


def on_whose_word(book: Book, outcome: Outcome) -> str:
    """Name those on whose word an outcome is told: 'reported by Quay News'."""
    who, own = outcome.assessed_by, outcome.basis == "own"
    if not who and outcome.evidence:
        first = outcome.evidence[0]
        who = book.ref(first.letter).text if first.letter else phrases.host(first.url or "")
    if own:
        return "this archive's own reading"
    return f"reported by {phrases.one_line(who)}" if who else "source not recorded"


_GROUPS = {
    "none": ("No reply known", "Somebody looked, on the day given, and knew of no reply. One may exist."),
    "some": (
        "No reply known from some of those asked",
        "Somebody looked, on the day given, and knew of no reply from some recipients. One may exist.",
    ),
    "back": ("Something came back", "Somebody says that this came back: the source and its day stand beside it."),
    "unassessed": (
        "Not assessed",
        "No source that this archive could cite says, as of a known day, what came back. Something may have.",
    ),
}
_EXTENTS = {"complete": "complete", "partial": "partial", "unknown": "not known whether complete", "none": "empty"}


def _group(row: Row) -> str:
    if not row.is_assessed:
        return "unassessed"
    if NO_REPLY not in row.states:
        return "back"
    return "none" if row.states == (NO_REPLY,) and not row.differs else "some"


def _gathered(rows: Iterable[Row], keys: Callable[[Row], Iterable[str]]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        for key in keys(row):
            found.setdefault(key, []).append(row)
    return found
