"""When letters were sent, received and first published, drawn as far as it is known.

A day is a filled mark over that day. A month, a year or a range is an open shape over all of its days, from the
first to the last, since the letter belongs to one of them and nobody knows to which; nothing is put into the
middle. What happened has a shape of its own. Letters without any date stand apart, in no place on the scale.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from publisher.formats import phrases
from publisher.formats.book import Book, by_date
from publisher.formats.order import narrowed, unsettled
from publisher.formats.pictures.lanes import MOST, label
from publisher.letter import Dated, Letter

WIDTH, GUTTER, PLOT = 700, 150, 320
HEAD, LEVEL, GAP, FOOT = 12, 15, 8, 34
NAME = 17
"""So many characters of the sender's name stand beside a row."""
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 12000)
"""The months that may lie between two ticks."""
_TICKS = 7

Kind = Literal["sent", "received", "published"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One date: `exact` is a day, drawn over the middle of it; else all days from `x` on, `width` wide."""

    kind: Kind
    y: int
    exact: bool
    x: float
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """One line of a row: what is known in words, and the mark; there is none where no date is known."""

    words: str
    y: int
    mark: Mark | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One letter with at least one date."""

    number: int
    letter: Letter
    name: str
    y: int
    levels: tuple[Level, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """One place on the scale; the year stands under the first tick and under every January."""

    x: float
    text: str
    year: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """The picture: rows in the order of the letters, and the numbers of those without any date."""

    rows: tuple[Row, ...]
    undated: tuple[tuple[int, str], ...]
    ticks: tuple[Tick, ...]
    bottom: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """Days from `first` to `last`, both included, over PLOT units."""

    first: date
    last: date

    @property
    def unit(self) -> float:
        """How wide one day is."""
        return PLOT / ((self.last - self.first).days + 1)

    def at(self, day: date) -> float:
        """Where a day begins."""
        return GUTTER + (day - self.first).days * self.unit


def timeline(book: Book, letters: Sequence[Letter]) -> Timeline | None:
    """Lay out letters that stand in order, numbered from 1; nothing where there are too few or too many."""
    numbered = list(enumerate(letters, 1))
    dated = [(number, letter) for number, letter in numbered if by_date(letter)[0] != date.max]
    if not 2 <= len(letters) <= MOST or not dated:
        return None
    scale, y, rows = _scale([letter for _, letter in dated]), HEAD, []
    for number, letter in dated:
        levels = tuple(_levels(letter, y, scale))
        rows.append(Row(number=number, letter=letter, name=_name(book, letter), y=y, levels=levels))
        y += LEVEL * len(levels) + GAP
    undated = tuple((n, _name(book, letter)) for n, letter in numbered if by_date(letter)[0] == date.max)
    height = y + FOOT + (LEVEL * len(undated) + GAP if undated else 0)
    return Timeline(rows=tuple(rows), undated=undated, ticks=tuple(_ticks(scale)), bottom=y, height=height)


def happenings(letter: Letter) -> tuple[tuple[Kind, Dated], ...]:
    """What is said of a letter's dates; when it was sent always, and be it that nobody knows."""
    dates = letter.dates
    others: tuple[tuple[Kind, Dated | None], ...] = (("received", dates.received), ("published", dates.first_published))
    return (("sent", dates.sent), *((kind, dated) for kind, dated in others if dated))


def either_way(letters: Sequence[Letter], book: Book) -> dict[str, list[str]]:
    """For each letter, those that may have been sent before or after it, as far as the dates and replies tell."""
    spans = {}
    for letter in letters:
        sent = letter.dates.sent.date
        if sent.earliest and sent.latest:
            spans[letter.id] = (sent.earliest, sent.latest)
    placed = {name: span for name, (span, _) in narrowed(spans, book.answered).items()}
    return unsettled([letter.id for letter in letters], placed, book.answered)


def _name(book: Book, letter: Letter) -> str:
    return label(book, letter.from_[0], NAME, len(letter.from_) - 1)


def _levels(letter: Letter, y: int, scale: Scale) -> Iterator[Level]:
    for kind, dated in happenings(letter):
        first, last, precision = dated.date.earliest, dated.date.latest, dated.date.precision
        if first is None or last is None:
            if kind == "sent":
                yield Level(words="sent: not known", y=y, mark=None)
                y += LEVEL
            continue
        inexact = "" if precision == "day" else "some day in " if precision != "range" else "some day, "
        width = ((last - first).days + 1) * scale.unit
        mark = Mark(kind=kind, y=y, exact=precision == "day", x=round(scale.at(first), 1), width=round(width, 1))
        yield Level(words=f"{kind} {inexact}{phrases.brief(dated.date)}", y=y, mark=mark)
        y += LEVEL


def _scale(letters: Sequence[Letter]) -> Scale:
    """The scale runs from the first day of a month to the last of one."""
    days = [
        day
        for letter in letters
        for _, dated in happenings(letter)
        for day in (dated.date.earliest, dated.date.latest)
        if day
    ]
    end = max(days)
    return Scale(first=min(days).replace(day=1), last=end.replace(day=monthrange(end.year, end.month)[1]))


def _ticks(scale: Scale) -> Iterator[Tick]:
    """At most a few ticks, each at the first day of a month; of every January where there is room for years only."""
    first, last = (day.year * 12 + day.month - 1 for day in (scale.first, scale.last))
    step = next((step for step in _STEPS if (last - first + 1) / step <= _TICKS), _STEPS[-1])
    for place, months in enumerate(range(first + -first % step, last + 1, step)):
        year, month = divmod(months, 12)
        text, below = (str(year), "") if step >= 12 else (phrases.month(month + 1), str(year))
        shown = not place or not month
        yield Tick(x=round(scale.at(date(year, month + 1, 1)), 1), text=text, year=below if shown else "")
