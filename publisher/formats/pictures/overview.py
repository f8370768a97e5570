"""What was put to whom and what came back, at a glance: one mark a question, one row for each who was asked.

A question that was put to several together has one row for all of them, since who of them replied is not said; where
it is said, each has a row. Rows stand by the number of questions, then in the order of parties.yaml; marks in the
order of the outcomes in phrases.py. Each row's marks are a drawing of its own, WIDTH wide, so that the row of a table
can hold it beside its words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from publisher.formats import phrases
from publisher.formats.book import NOBODY, Book, addressees
from publisher.letter import Letter, Outcome, Question

WIDTH, STEP, LINE = 280, 14, 17
MOST = 96
"""With more questions than this, a row has one mark an outcome, and the number beside it."""
_ORDER = {outcome: place for place, outcome in enumerate(phrases.OUTCOMES)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One outcome of one question, its middle at (x, y); with a `count`, of so many questions."""

    outcome: str
    x: int
    y: int
    count: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """What became of `count` questions, and who says so: sources, each with the days as of which."""

    outcomes: tuple[str, ...]
    count: int
    sources: tuple[tuple[str, bool, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        """The outcome in words."""
        return " and ".join(phrases.OUTCOMES[outcome] for outcome in self.outcomes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """Everything that was put to the same addressees, each a party's id or None, and a name.

    `words` are of questions, `wholes` of letters as a whole, which have no marks. `asked` are the questions, each by
    its letter and label: one to which several replied stands in the row of each.
    """

    whom: tuple[tuple[str | None, str], ...]
    asked: frozenset[tuple[str, str]]
    questions: int
    letters: int
    marks: tuple[Mark, ...]
    height: int
    words: tuple[Word, ...]
    wholes: tuple[Word, ...]
    unassessed: int


@dataclass(slots=True)
class _Put:
    """Gathered for one row: the outcomes of each question, in the order of the letters."""

    whom: tuple[tuple[str | None, str], ...]
    outcomes: list[tuple[Outcome, ...]] = field(default_factory=list)
    wholes: list[tuple[Outcome, ...]] = field(default_factory=list)
    asked: set[tuple[str, str]] = field(default_factory=set)


def overview(book: Book) -> tuple[Row, ...]:
    """Return a row for all those to whom a question, or a letter with an outcome as a whole, was put."""
    found: dict[frozenset[tuple[str | None, str]], _Put] = {}

    def put(whom: tuple[tuple[str | None, str], ...]) -> _Put:
        return found.setdefault(frozenset(whom), _Put(whom=whom))

    for letter in book.letters:
        for asked in book.questions(letter):
            for whom, outcomes in _shares(book, _asked_of(book, letter, asked.question), asked.outcomes):
                put(whom).outcomes.append(outcomes)
                put(whom).asked.add((letter.id, asked.label))
        for whom, outcomes in _shares(book, _asked_of(book, letter, None), book.whole(letter)):
            if outcomes:
                put(whom).wholes.append(outcomes)
    place = {party: number for number, party in enumerate(book.index.parties)}
    rows = sorted(found.values(), key=lambda put: (-len(put.outcomes), place.get(put.whom[0][0] or "", len(place))))
    return tuple(map(_row, rows))


def _asked_of(book: Book, letter: Letter, question: Question | None) -> tuple[tuple[str | None, str], ...]:
    """Return to whom a question was put: as it says, or else all addressees."""
    if question and question.asked_of:
        return tuple((party, book.party(party)) for party in dict.fromkeys(question.asked_of))
    people = [(who.party, book.party(who.party) if who.party else book.name(who)) for who in addressees(letter)]
    return tuple(dict.fromkeys(people)) or ((None, NOBODY),)


def _shares(
    book: Book, whom: tuple[tuple[str | None, str], ...], outcomes: Sequence[Outcome]
) -> Iterator[tuple[tuple[tuple[str | None, str], ...], tuple[Outcome, ...]]]:
    """Yield everybody for whom an outcome is given, then the other addressees together, and what is said of them."""
    said = [outcome for outcome in outcomes if outcome.outcome != "not-assessed"]
    named = dict.fromkeys(outcome.by for outcome in outcomes if outcome.by)
    for party in named:
        yield ((party, book.party(party)),), tuple(outcome for outcome in said if outcome.by == party)
    if others := tuple(somebody for somebody in whom if somebody[0] not in named):
        yield others, tuple(outcome for outcome in said if not outcome.by)


def _row(put: _Put) -> Row:
    kinds = _by_kind(put.outcomes)
    marks = tuple(_marks([(kind, len(found)) for kind, found in kinds.items()], len(put.outcomes)))
    return Row(
        whom=put.whom,
        asked=frozenset(put.asked),
        questions=len(put.outcomes),
        letters=len({letter for letter, _ in put.asked}),
        marks=marks,
        height=max((mark.y for mark in marks), default=0) + LINE // 2 + 1,
        words=tuple(_word(kind, found) for kind, found in kinds.items() if kind != ("not-assessed",)),
        wholes=tuple(_word(kind, found) for kind, found in _by_kind(put.wholes).items()),
        unassessed=len(kinds.get(("not-assessed",), ())),
    )


def _by_kind(said: Sequence[tuple[Outcome, ...]]) -> dict[tuple[str, ...], list[tuple[Outcome, ...]]]:
    """Group what was said by its outcomes, in the order of the outcomes."""
    kinds: dict[tuple[str, ...], list[tuple[Outcome, ...]]] = {}
    for outcomes in said:
        kind = sorted({outcome.outcome for outcome in outcomes}, key=lambda name: _ORDER[name])
        kinds.setdefault(tuple(kind) or ("not-assessed",), []).append(outcomes)
    return dict(sorted(kinds.items(), key=lambda pair: [_ORDER[name] for name in pair[0]]))


def _marks(kinds: Sequence[tuple[tuple[str, ...], int]], total: int) -> Iterator[Mark]:
    """Set one mark after the other, line by line; a question with two outcomes has both, side by side."""
    if total > MOST:
        for line, (kind, number) in enumerate(kinds):
            for place, outcome in enumerate(kind):
                last = place == len(kind) - 1
                yield Mark(outcome=outcome, x=7 + STEP * place, y=9 + LINE * line, count=number if last else None)
        return
    x, y = 0, 9
    for kind, number in kinds:
        for _ in range(number):
            if x + STEP * len(kind) > WIDTH:
                x, y = 0, y + LINE
            for outcome in kind:
                yield Mark(outcome=outcome, x=x + 7, y=y)
                x += STEP


def _word(kind: tuple[str, ...], questions: Sequence[tuple[Outcome, ...]]) -> Word:
    sources: dict[tuple[str, bool], dict[str, None]] = {}
    for outcome in (outcome for outcomes in questions for outcome in outcomes):
        days = sources.setdefault((_source(outcome), outcome.basis == "own"), {})
        if outcome.as_of:
            days[phrases.brief(outcome.as_of)] = None
    return Word(
        outcomes=kind,
        count=len(questions),
        sources=tuple((name, own, tuple(days)) for (name, own), days in sources.items()),
    )


def _source(outcome: Outcome) -> str:
    """Name who says what became of a question; where nobody is named, the first page that says so."""
    pages = [phrases.host(item.url) for item in outcome.evidence if item.url]
    return phrases.one_line(outcome.assessed_by or next(iter(pages), "") or "not named", 80)
