"""What was asked and what came back: a row a question, a column a letter, in the order of their dates.

Columns are as wide as each other, whatever time lies between their letters. Where a source says in which letter
something came back, its mark stands in that letter's column; what may be connected is marked as just that. A picture
has at most COLUMNS columns; where more letters are concerned, there are several, each with rows that belong together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.dates import PartialDate
from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.formats.ledger import NOT_ASSESSED, Ledger, Row, on_whose_word
from publisher.formats.pictures.lanes import label
from publisher.letter import Letter

WIDTH, GUTTER, WORDS, TOP, LINE = 880, 248, 212, 124, 52
"""Widths of the picture, of the questions at its left and the words at its right; heights of head and row."""

COLUMNS, ROWS = 10, 60
"""The most columns of one picture; with more rows than this, or with one column alone, there is no picture."""

ASKED, CANDIDATE = "asked", "candidate"
_LETTERS, _SENDER, _SAID, _SOURCE = 32, 18, 24, 28
_MONTHS, _LINES, _MARK = 7, 3, 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One letter: its number in the list below the picture, the middle of its column, its date in two lines.

    `sender` is whoever wrote it, in few letters: 'Harbour Institute', 'Acme Optics +6'.
    """

    number: int
    letter: str
    x: float
    date: tuple[str, str]
    sender: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What stands in one column: asked, an outcome, or candidate."""

    mark: str
    letter: str
    x: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row: the middle of it, the question and what is known of it in at most three lines each, and its cells.

    `states` are the outcomes beside those words, each with the middle of its mark; none where they differ by
    recipient. `said` is where the words begin. `begins` says that the row is the first of its letter.
    """

    row: Row
    y: int
    text: tuple[str, ...]
    cells: tuple[Cell, ...]
    states: tuple[tuple[str, int], ...]
    said: int
    words: tuple[str, ...]
    begins: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """One picture."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    height: int
    top: int = TOP

    def number(self, letter_id: str) -> int:
        """The number of a letter's column."""
        return next(column.number for column in self.columns if column.letter == letter_id)

    @property
    def marks(self) -> set[str]:
        """The marks that occur."""
        cells = {cell.mark for line in self.lines for cell in line.cells}
        return cells | {state for line in self.lines for state, _ in line.states}


def matrices(ledger: Ledger, rows: Sequence[Row]) -> tuple[Matrix, ...]:
    """Lay out rows; nothing where there are none or too many, or where only one letter is concerned."""
    if not 0 < len(rows) <= ROWS:
        return ()
    concerned = [{name for name in row.letters if name in ledger.place} for row in rows]
    if len(set[str]().union(*concerned)) < 2:
        return ()
    return tuple(_matrix(ledger.book, group, ledger.place) for group in _split(rows, concerned))


def _split(rows: Sequence[Row], concerned: Sequence[set[str]]) -> Iterator[list[Row]]:
    """Cut the rows, between letters, where the letters concerned would be more than fit beside each other."""
    wholes: dict[str, set[str]] = {}
    for row, own in zip(rows, concerned, strict=True):
        wholes.setdefault(row.letter.id, set()).update(own)
    group: list[Row] = []
    columns: set[str] = set()
    for at, (row, own) in enumerate(zip(rows, concerned, strict=True)):
        begins = at == 0 or rows[at - 1].letter is not row.letter
        if group and (len(columns | (wholes[row.letter.id] if begins else own)) > COLUMNS):
            yield group
            group, columns = [], set()
        group.append(row)
        columns |= own
    yield group


def _matrix(book: Book, rows: Sequence[Row], place: Mapping[str, int]) -> Matrix:
    names = sorted({name for row in rows for name in row.letters if name in place}, key=place.__getitem__)
    step = round((WIDTH - GUTTER - WORDS) / max(len(names), 4), 1)
    x = {name: round(GUTTER + (at + 0.5) * step, 1) for at, name in enumerate(names)}
    columns = [_column(book, book.letters[place[name]], number, x[name]) for number, name in enumerate(names, 1)]
    lines = [
        _line(book, row, TOP + at * LINE + LINE // 2, x, begins=not at or rows[at - 1].letter is not row.letter)
        for at, row in enumerate(rows)
    ]
    return Matrix(columns=tuple(columns), lines=tuple(lines), height=TOP + len(rows) * LINE + 1)


def _column(book: Book, letter: Letter, number: int, x: float) -> Column:
    sender = label(book, letter.from_[0], _SENDER, len(letter.from_) - 1) if letter.from_ else "sender not known"
    return Column(number=number, letter=letter.id, x=x, date=_date(letter), sender=sender)


def _line(book: Book, row: Row, y: int, x: dict[str, float], *, begins: bool) -> Line:
    cells = [Cell(mark=ASKED, letter=row.letter.id, x=x[row.letter.id])]
    for name in row.answered_by:
        came = [outcome.outcome for outcome in row.outcomes if name in outcome.answered_by]
        cells += [Cell(mark=mark, letter=name, x=at) for mark, at in _beside(came, x.get(name))]
    cells += [Cell(mark=CANDIDATE, letter=name, x=x[name]) for name in row.candidates if name in x]
    states = () if row.differs else row.states
    begin = WIDTH - WORDS + 10
    return Line(
        row=row,
        y=y,
        text=_text(row),
        cells=tuple(cells),
        states=tuple((state, begin + at * _MARK) for at, state in enumerate(states)),
        said=begin + len(states) * _MARK - 4 if states else begin - 8,
        words=_words(book, row),
        begins=begins,
    )


def _beside(states: Sequence[str], x: float | None) -> Iterator[tuple[str, float]]:
    """Put the outcomes that came back in one letter beside each other."""
    found = list(dict.fromkeys(states))
    for at, state in enumerate(found if x is not None else ()):
        yield state, round((x or 0) + (at - (len(found) - 1) / 2) * 15, 1)


def _text(row: Row) -> tuple[str, ...]:
    """The beginning of a question in at most three lines, each of at most _LETTERS characters."""
    said = (
        row.question.text if row.question else "The letter as a whole" if row.label is None else "Wording not recorded"
    )
    words = phrases.one_line(said, 4 * _LETTERS).split()
    lines = [f"{row.label or '–'}"]
    while words:
        if len(lines) == _LINES:
            lines[-1] = phrases.one_line(" ".join([lines[-1], *words]), _LETTERS)
            break
        if len(lines[-1]) + 1 + len(words[0]) <= _LETTERS:
            lines[-1] += f" {words.pop(0)}"
        elif len(words[0]) > _LETTERS:
            lines[-1] = phrases.one_line(" ".join([lines[-1], *words]), _LETTERS)
            break
        else:
            lines.append(words.pop(0))
    return tuple(lines)


def _words(book: Book, row: Row) -> tuple[str, ...]:
    """What is known, as of when, and on whose word, a line each."""
    said = [outcome for outcome in row.outcomes if outcome.outcome != NOT_ASSESSED]
    if not said:
        return (row.words, "possibly connected letters") if row.candidates else (row.words,)
    days = list(dict.fromkeys(phrases.brief(outcome.as_of) for outcome in said if outcome.as_of))
    names = list(dict.fromkeys(on_whose_word(book, outcome) for outcome in said))
    when = f"as of {days[0]}" if len(days) == 1 else f"as of {len(days)} days" if days else ""
    who = names[0] if len(names) == 1 else f"on the word of {len(names)} sources"
    return tuple(filter(None, (phrases.one_line(row.words, _SAID), when, phrases.one_line(who, _SOURCE))))


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
