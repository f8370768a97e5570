"""Days to reply: from the day a letter was sent to the day its reply was, or to the day somebody last looked.

A bar is drawn only where both days are known at least in part. Where one is a month, a year or a range, the bar
is solid up to the fewest days that it can have been and open up to the most. Days without a known reply are counted
to the day of the assessment that says so, and never further; without an assessment nothing is counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from publisher.dates import PartialDate
from publisher.formats import phrases
from publisher.formats.book import NOBODY, Book, addressees
from publisher.formats.pictures.lanes import MOST, label
from publisher.letter import Correspondent, Letter, Outcome, Relation

WIDTH, GUTTER, PLOT = 700, 190, 250
HEAD, ROW, FOOT = 8, 34, 26
NAME = 20
"""So many characters of the addressee's name stand beside a bar."""
_TICKS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """How many days lie between two dates: from `fewest` to `most`, one number where both dates are days."""

    fewest: int
    most: int

    @property
    def text(self) -> str:
        """Say the number of days, or between which numbers it lies."""
        if self.fewest == self.most:
            return phrases.count(self.most, "day")
        return f"between {self.fewest:,} and {phrases.count(self.most, 'day')}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """What came back to one letter, and after how long.

    `kind` is replied (a letter of the archive replies to it), none-known (somebody looked, and said on `outcome.as_of`
    that no reply was known), assessed (an outcome, but neither) or unassessed. `days` is None where it is not known.
    """

    number: int
    letter: Letter
    kind: Literal["replied", "none-known", "assessed", "unassessed"]
    days: Days | None = None
    relation: Relation | None = None
    reply: str | None = None
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One row of the picture: solid or, where no reply is known, open from `x` to `fewest`; dashed on to `most`."""

    wait: Wait
    label: str
    words: tuple[str, str]
    y: int
    fewest: float
    most: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """One place on the scale."""

    x: float
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delays:
    """The picture; bars stand in the order of the letters."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    bottom: int
    height: int


def waits(book: Book, letters: Sequence[Letter]) -> tuple[Wait, ...]:
    """Return what came back to each letter, the letters standing in order and numbered from 1."""
    return tuple(wait for number, letter in enumerate(letters, 1) for wait in _waits(book, number, letter))


def delays(book: Book, letters: Sequence[Letter], found: Sequence[Wait]) -> Delays | None:
    """Lay out what came back; nothing where no days are known or there are too many letters."""
    counted = [wait for wait in found if wait.days]
    if not counted or len(letters) > MOST:
        return None
    numbers = {letter.id: number for number, letter in enumerate(letters, 1)}
    longest = max(max(wait.days.most for wait in counted if wait.days), 1)
    bottom = HEAD + ROW * len(counted)
    return Delays(
        bars=tuple(_bar(book, wait, HEAD + ROW * place, longest, numbers) for place, wait in enumerate(counted)),
        ticks=tuple(_ticks(longest)),
        bottom=bottom,
        height=bottom + FOOT,
    )


def between(start: PartialDate, end: PartialDate) -> Days | None:
    """Count the days from one date to another; None where one is not known or the second is certainly the earlier."""
    if not (start.earliest and start.latest and end.earliest and end.latest) or end.latest < start.earliest:
        return None
    return Days(fewest=max((end.earliest - start.latest).days, 0), most=(end.latest - start.earliest).days)


def _waits(book: Book, number: int, letter: Letter) -> Iterator[Wait]:
    said = [o for asked in book.questions(letter) for o in asked.outcomes]
    outcomes = tuple(o for o in (*book.whole(letter), *said) if o.outcome != "not-assessed")
    found = False
    for relation, other in book.answers.get(letter.id, ()):
        entry = book.index.letter_of[other]
        if relation.kind == "replies-to" and isinstance(entry.letter, Letter):
            days = between(letter.dates.sent.date, entry.letter.dates.sent.date)
            yield Wait(number=number, letter=letter, kind="replied", days=days, relation=relation, reply=other)
            found = True
    for none_known in _together(outcomes):
        as_of = none_known[0].as_of
        days = between(letter.dates.sent.date, as_of) if as_of else None
        yield Wait(number=number, letter=letter, kind="none-known", days=days, outcomes=none_known)
        found = True
    if not found:
        yield Wait(number=number, letter=letter, kind="assessed" if outcomes else "unassessed", outcomes=outcomes)


def _together(outcomes: Sequence[Outcome]) -> list[tuple[Outcome, ...]]:
    """Group the outcomes that say that no reply is known by who gave none, who says so and as of when."""
    groups: dict[tuple[str | None, str | None, PartialDate | None], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.outcome == "no-reply-known":
            groups.setdefault((outcome.by, outcome.assessed_by, outcome.as_of), []).append(outcome)
    return [tuple(group) for group in groups.values()]


def _bar(book: Book, wait: Wait, y: int, longest: int, numbers: dict[str, int]) -> Bar:
    if wait.days is None:
        raise ValueError(f"nothing is known of the days of {wait.letter.id}")
    to = addressees(wait.letter)
    by = wait.outcomes[0].by if wait.outcomes else None
    if by:
        whom = f"to {label(book, Correspondent(party=by), NAME)}"
    else:
        whom = f"to {label(book, to[0], NAME, len(to) - 1)}" if to else NOBODY
    return Bar(
        wait=wait, label=whom, words=_words(wait, wait.days, numbers), y=y,
        fewest=round(wait.days.fewest * PLOT / longest, 1), most=round(wait.days.most * PLOT / longest, 1),
    )  # fmt: skip


def _words(wait: Wait, days: Days, numbers: dict[str, int]) -> tuple[str, str]:
    if wait.relation and wait.reply:
        which = f"letter {numbers[wait.reply]}" if wait.reply in numbers else "another letter"
        return days.text, f"{which} replies ({phrases.BASES[wait.relation.basis]})"
    as_of = wait.outcomes[0].as_of
    return "no reply known", f"{days.text}, to {phrases.brief(as_of) if as_of else ''}"


def _ticks(longest: int) -> Iterator[Tick]:
    """Round numbers of days, at most a few."""
    steps = (size * 10**power for power in range(8) for size in (1, 2, 5))
    step = next(step for step in steps if longest <= step * _TICKS)
    for days in range(0, longest + 1, step):
        yield Tick(x=round(GUTTER + days * PLOT / longest, 1), text=f"{days:,}")
