"""Who wrote to whom: one lane a correspondent, one column a letter, in the order of their dates.

A column is a place in a row and no point in time. All letters are drawn alike, whoever wrote them. Units are those
of the picture, WIDTH wide; y grows downwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from publisher.dates import PartialDate
from publisher.formats import phrases
from publisher.formats.book import Book, addressees, by_date
from publisher.letter import Correspondent, Letter

MOST, MOST_LANES = 60, 40
"""With more letters or more correspondents than this there is no picture."""
WIDTH, GUTTER, LANE, COLUMN = 700, 162, 30, 64
IN_A_BAND = 14
HEAD, FOOT = 78, 30
NAME = 21
"""So many characters of a name stand beside a lane."""
ROLES = ("from", "to", "cc", "via")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """One correspondent: the name as it fits beside the lane, the name in full, and where the lane is."""

    label: str
    name: str
    y: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What one correspondent has to do with a letter; an addressee's mark points away from the nearest sender."""

    role: str
    x: float
    y: int
    down: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One letter: a line from `top` to `bottom`, and a thinner one from `first` to `last` to all who have a part."""

    number: int
    letter: Letter
    x: float
    when: tuple[str, str]
    marks: tuple[Mark, ...]
    top: int
    bottom: int
    first: int
    last: int
    unaddressed: bool
    answers: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """Columns side by side whose letters are of one year, or begin in it."""

    text: str
    x: float
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """As many columns as fit beside each other, and the lanes that they need."""

    lanes: tuple[Lane, ...]
    columns: tuple[Column, ...]
    years: tuple[Year, ...]
    right: float
    height: int


def lanes(book: Book, letters: Sequence[Letter]) -> tuple[Band, ...]:
    """Lay out letters that stand in order, numbered from 1; nothing where there are too few or too many."""
    if not 2 <= len(letters) <= MOST:
        return ()
    order = dict.fromkeys(key for letter in letters for _, _, key in _parts(letter))
    if len(order) > MOST_LANES:
        return ()
    numbers = {letter.id: number for number, letter in enumerate(letters, 1)}
    size = ceil(len(letters) / ceil(len(letters) / IN_A_BAND))
    bands = [letters[at : at + size] for at in range(0, len(letters), size)]
    return tuple(_band(book, band, list(order), numbers, size) for band in bands)


def label(book: Book, who: Correspondent, limit: int, others: int = 0) -> str:
    """Name a correspondent as shortly as the archive does, in at most so many characters; `others` are counted."""
    party = book.index.parties.get(who.party) if who.party else None
    return cut((party.short_name or party.name) if party else book.name(who), limit, others)


def cut(name: str, limit: int, others: int = 0) -> str:
    """Show the beginning of a name in at most `limit` characters, and how many others there are beside it."""
    line, more = phrases.one_line(name), f" +{others}" if others else ""
    limit -= len(more)
    return (line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…") + more


def _band(book: Book, letters: Sequence[Letter], order: list[str], numbers: dict[str, int], size: int) -> Band:
    used = {key: who for letter in letters for _, who, key in _parts(letter)}
    at = {key: HEAD + LANE * place for place, key in enumerate(key for key in order if key in used)}
    width = min(COLUMN, (WIDTH - GUTTER) / size)
    columns = tuple(
        _column(letter, round(GUTTER + width * (place + 0.5), 1), at, numbers) for place, letter in enumerate(letters)
    )
    return Band(
        lanes=tuple(
            Lane(label=label(book, used[key], NAME), name=book.party(key) if used[key].party else key, y=y)
            for key, y in at.items()
        ),
        columns=columns,
        years=tuple(_years(columns, width)),
        right=round(GUTTER + width * len(letters), 1),
        height=HEAD + LANE * (len(at) - 1) + FOOT + 14,
    )


def _parts(letter: Letter) -> Iterator[tuple[str, Correspondent, str]]:
    """Yield everyone who has a part in a letter: the role, who it is, and what tells the lanes apart."""
    for role, people in zip(ROLES, (letter.from_, addressees(letter), letter.cc, letter.via), strict=True):
        for who in people:
            yield role, who, who.party or who.class_ or "the public"


def _column(letter: Letter, x: float, at: dict[str, int], numbers: dict[str, int]) -> Column:
    parts = [(role, at[key]) for role, _, key in _parts(letter)]
    senders = [y for role, y in parts if role == "from"]
    main = [y for role, y in parts if role in ("from", "to")]
    everyone = [y for _, y in parts]
    return Column(
        number=numbers[letter.id], letter=letter, x=x, when=_when(letter), marks=tuple(_marks(parts, senders, x)),
        top=min(main), bottom=max(main), first=min(everyone), last=max(everyone),
        unaddressed=not addressees(letter), answers=_answers(letter, numbers),
    )  # fmt: skip


def _marks(parts: list[tuple[str, int]], senders: list[int], x: float) -> Iterator[Mark]:
    """Yield each mark once; a second one on the same lane stands a little to the right."""
    seen: dict[int, list[str]] = {}
    for role, y in parts:
        there = seen.setdefault(y, [])
        if role not in there:
            nearest = min(senders, key=lambda sender: abs(sender - y))
            yield Mark(role=role, x=round(x + 10 * len(there), 1), y=y, down=nearest <= y)
            there.append(role)


def _answers(letter: Letter, numbers: dict[str, int]) -> str:
    """Say which of the letters this one replies to, by their numbers; in brackets where that is inferred."""
    found = [r for r in letter.relations if r.kind == "replies-to" and r.letter in numbers]
    said = [f"({numbers[r.letter]})" if r.basis == "inferred" else f"{numbers[r.letter]}" for r in found]
    return ", ".join(said[:2]) + (" …" if len(said) > 2 else "")


def _when(letter: Letter) -> tuple[str, str]:
    """Say a letter's date without its year, in two short lines; "? Feb" is some day in February."""
    dates = letter.dates
    for dated, word in ((dates.sent, ""), (dates.received, "recd"), (dates.first_published, "publ")):
        if dated and dated.date.precision != "unknown":
            start, slash, end = dated.date.text.partition("/")
            if slash:
                return _no_year(start), f"to {_no_year(end) if start[:4] == end[:4] else end[:4]}"
            return ("? " if len(start) == 7 else "") + _no_year(start), word
    return "?", ""


def _no_year(text: str) -> str:
    words = phrases.brief(PartialDate(text))
    return words.rpartition(" ")[0] or "?"


def _years(columns: Sequence[Column], width: float) -> Iterator[Year]:
    """Yield the years that stand over the columns."""

    def year(column: Column) -> str:
        first = by_date(column.letter)[0].year
        return "?" if first == 9999 else str(first)

    for text, group in groupby(columns, key=year):
        together = list(group)
        yield Year(text=text, x=round(together[0].x - width / 2, 1), width=round(width * len(together), 1))
