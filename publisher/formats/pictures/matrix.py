"""What was asked and what came back: a row a question, a column a letter, in the order of their dates.

Columns are as wide as each other, whatever time lies between their letters. Where a source says in which letter
something came back, its mark stands in that letter's column; what may be connected is marked as just that. A picture
has at most COLUMNS columns; where more letters are concerned, there are several, each with rows that belong together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.dates import PartialDate
from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.formats.ledger import Row
from publisher.letter import Letter

WIDTH, GUTTER, WORDS, TOP, LINE = 880, 264, 176, 52, 44
"""Widths of the picture, of the questions at its left and the words at its right; heights of head and row."""

COLUMNS, ROWS = 12, 60
"""The most columns of one picture; with more rows than this there is no picture."""

ASKED, CANDIDATE = "asked", "candidate"
_LETTERS = 36
_MONTHS = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One letter: its number in the list below the picture, the middle of its column, and its date in two lines."""

    number: int
    letter: str
    x: float
    date: tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What stands in one column: asked, an outcome, or candidate."""

    mark: str
    letter: str
    x: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row: the middle of it, the question in two lines, its cells, and what is known in two lines of words.

    `begins` says that the row is the first of its letter.
    """

    row: Row
    y: int
    text: tuple[str, str]
    cells: tuple[Cell, ...]
    words: tuple[str, str]
    begins: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """One picture."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    height: int

    @property
    def marks(self) -> set[str]:
        """The marks that occur."""
        return {cell.mark for line in self.lines for cell in line.cells}


def matrices(book: Book, rows: Sequence[Row]) -> tuple[Matrix, ...]:
    """Lay out rows; nothing where there are none or too many."""
    if not 0 < len(rows) <= ROWS:
        return ()
    place = {letter.id: number for number, letter in enumerate(book.letters)}
    return tuple(_matrix(book, group, place) for group in _split(rows, place))


def _split(rows: Sequence[Row], place: dict[str, int]) -> Iterator[list[Row]]:
    """Cut the rows, between letters, where their letters would be more than fit beside each other."""
    group: list[Row] = []
    columns: set[str] = set()
    for at, row in enumerate(rows):
        own = {name for name in row.letters if name in place}
        begins = at == 0 or rows[at - 1].letter is not row.letter
        whole = {name for other in rows if other.letter is row.letter for name in other.letters if name in place}
        if group and (len(columns | (whole if begins else own)) > COLUMNS):
            yield group
            group, columns = [], set()
        group.append(row)
        columns |= own
    yield group


def _matrix(book: Book, rows: Sequence[Row], place: dict[str, int]) -> Matrix:
    names = sorted({name for row in rows for name in row.letters if name in place}, key=place.__getitem__)
    step = round((WIDTH - GUTTER - WORDS) / max(len(names), 4), 1)
    x = {name: round(GUTTER + (at + 0.5) * step, 1) for at, name in enumerate(names)}
    columns = [
        Column(number=number, letter=name, x=x[name], date=_date(book.letters[place[name]]))
        for number, name in enumerate(names, 1)
    ]
    lines = [
        _line(row, TOP + at * LINE + LINE // 2, x, begins=not at or rows[at - 1].letter is not row.letter)
        for at, row in enumerate(rows)
    ]
    return Matrix(columns=tuple(columns), lines=tuple(lines), height=TOP + len(rows) * LINE + 1)


def _line(row: Row, y: int, x: dict[str, float], *, begins: bool) -> Line:
    cells = [Cell(mark=ASKED, letter=row.letter.id, x=x[row.letter.id])]
    for name in row.answered_by:
        states = [o.outcome for o in row.outcomes if name in o.answered_by]
        cells += [Cell(mark=mark, letter=name, x=at) for mark, at in _beside(states, x.get(name))]
    cells += [Cell(mark=CANDIDATE, letter=name, x=x[name]) for name in row.candidates if name in x]
    return Line(row=row, y=y, text=_text(row), cells=tuple(cells), words=_words(row), begins=begins)


def _beside(states: Sequence[str], x: float | None) -> Iterator[tuple[str, float]]:
    """Put the outcomes that came back in one letter beside each other."""
    found = list(dict.fromkeys(states))
    for at, state in enumerate(found if x is not None else ()):
        yield state, round((x or 0) + (at - (len(found) - 1) / 2) * 15, 1)


def _text(row: Row) -> tuple[str, str]:
    """The beginning of a question in at most two lines, each of at most _LETTERS characters."""
    said = (
        row.question.text if row.question else "The letter as a whole" if row.label is None else "Wording not recorded"
    )
    words = phrases.one_line(said).split()
    first = ""
    while words and len(first) + len(words[0]) < _LETTERS:
        first = f"{first} {words.pop(0)}".strip()
    if not first and words:
        return phrases.one_line(" ".join(words), _LETTERS), ""
    return first, phrases.one_line(" ".join(words), _LETTERS)


def _words(row: Row) -> tuple[str, str]:
    days = list(dict.fromkeys(phrases.brief(o.as_of) for o in row.outcomes if o.as_of and o.outcome != "not-assessed"))
    by = {outcome.by for outcome in row.outcomes if outcome.by}
    first = "By recipient: see below" if by and len(row.states) > 1 else row.words
    if row.is_assessed:
        return first, f"as of {', '.join(days)}" if days else ""
    return first, "something may be connected" if row.candidates else ""


def _date(letter: Letter) -> tuple[str, str]:
    """Day and month, then the year, of the day that a letter is listed under: ('18 Feb', '2019')."""
    dates = letter.dates
    for dated in (dates.sent, dates.received, dates.first_published):
        if dated and dated.date.precision != "unknown":
            return _two_lines(dated.date)
    return "no date", "known"


def _two_lines(date: PartialDate) -> tuple[str, str]:
    start, _, end = date.text.partition("/")
    head, year = _head(start), start[:4]
    if not end:
        return head, year
    return (f"{head}–", f"{_head(end)} {end[:4]}".strip()) if head else (f"{year}–", end[:4])


def _head(text: str) -> str:
    """Day and month of 2019-02-18, month of 2019-02, nothing of 2019."""
    return phrases.brief(PartialDate.parse(text)).removesuffix(text[:4]).strip() if len(text) >= _MONTHS else ""
