"""`index.html`: what was asked of whom and what came back, what is not known, and what is new."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from publisher.formats import phrases
from publisher.formats.book import Ref, best_date
from publisher.formats.pages import whole
from publisher.formats.pages.series import tally, year_of
from publisher.formats.pages.site import Site
from publisher.formats.pages.threads import several
from publisher.formats.pictures.overview import Row as Overview
from publisher.formats.pictures.overview import overview
from publisher.letter import Letter

NEWS_SHOWN = 10
LETTERS_SHOWN = 50
ROWS_SHOWN = 10


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the front page."""
    front = _Front(site)
    rows = overview(site.book)
    yield site.page(
        "index.html",
        "index.html",
        here="letters",
        index=site.index,
        headline=front.headline(),
        rows=rows[:ROWS_SHOWN],
        more=len(_asked(rows) - _asked(rows[:ROWS_SHOWN])),
        newest=front.newest(),
        years=front.years(),
        total=len(site.book.letters),
        stubs=[(s.id, site.state(s.id)) for s in site.chronicle.stories if site.state(s.id) != "published"],
        news=front.news(),
        coverage=front.coverage(),
        gaps=front.gaps(),
        several=len(several(site.book)),
        commands={"site": shlex.quote(site.index.archive.site)},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One letter in the list of letters."""

    letter: Letter
    ref: Ref
    what: str
    when: str
    tally: str


class _Front:
    """What the front page says of one site."""

    def __init__(self, site: Site) -> None:
        self.index, self.book, self.chronicle, self.writer = site.index, site.book, site.chronicle, site.writer
        self.asked = [one for letter in self.book.letters for one in self.book.questions(letter)]
        self.known = sum(any(o.outcome != "not-assessed" for o in one.outcomes) for one in self.asked)

    def headline(self) -> str:
        """Say how much the archive knows, and never more than that."""
        letters = self.book.letters
        replies = sum(letter.id in self.book.answered for letter in letters)
        said = f"This archive knows of {phrases.count(len(letters), 'letter')}, {replies:,} of them written in reply"
        complete = {item.party for item in self.index.archive.coverage if item.complete}
        said += "." if self.index.parties and self.index.parties.keys() <= complete else "; it is not complete."
        if self.asked:
            own = any(o.basis == "own" and o.outcome != "not-assessed" for one in self.asked for o in one.outcomes)
            said += f" Questions on record here: {len(self.asked):,}; for {self.known:,} of them a source"
            said += f"{' or this archive' if own else ''} has said what came back, "
            said += f"{len(self.asked) - self.known:,} are not assessed."
        return said

    def newest(self) -> list[tuple[str, list[Row]]]:
        """The newest letters by year, newest first; those without any date only where there is room for all."""
        letters = self.book.letters
        dated = [letter for letter in reversed(letters) if self.book.year(letter)]
        undated = [letter for letter in letters if not self.book.year(letter)]
        shown = [*dated, *undated][:LETTERS_SHOWN]
        groups = groupby(shown, key=lambda letter: year_of(self.book, letter))
        return [(name, list(map(self._row, group))) for name, group in groups]

    def years(self) -> list[tuple[str, str, int]]:
        """Where all letters of each year are: the year, the path on `all/`, and how many there are."""
        counts = Counter(self.book.year(letter) for letter in self.book.letters)
        split = len(self.book.letters) > whole.SPLIT
        found = []
        for year in sorted(counts, key=lambda year: (year is None, -(year or 0))):
            name = str(year or whole.UNDATED)
            path = f"all/{name}/index.html" if split else f"all/index.html#{name}"
            found.append((str(year or "no date known"), path, counts[year]))
        return found

    def _row(self, letter: Letter) -> Row:
        what, when = best_date(letter)
        return Row(letter=letter, ref=self.book.ref(letter.id), what=what, when=when, tally=self._tally(letter))

    def _tally(self, letter: Letter) -> str:
        """Say what came back, in numbers of questions, and whether on others' word or on this archive's reading."""
        asked, whole_letter = self.book.questions(letter), self.book.whole(letter)
        said = [tally(asked)] if asked else []
        for found in whole_letter:
            day = f" as of {phrases.day(found.as_of)}" if found.as_of else ""
            by = f" ({phrases.one_line(self.book.party(found.by), 80)})" if found.by else ""
            said.append(f"As a whole{by}: {phrases.OUTCOMES[found.outcome]}{day}.")
        outcomes = [*whole_letter, *(outcome for one in asked for outcome in one.outcomes)]
        bases = tuple(sorted({outcome.basis for outcome in outcomes if outcome.outcome != "not-assessed"}))
        return " ".join([*said, *([_BASIS[bases]] if bases else [])])

    def news(self) -> list[tuple[str, str, str]]:
        """The newest notices: title, letter and time."""
        found = []
        for group in reversed(self.chronicle.news[-NEWS_SHOWN:]):
            found += [(self.writer.notice_title(event), event.letter, event.at) for event in reversed(group)]
        return found[:NEWS_SHOWN]

    def coverage(self) -> list[tuple[bool, str, list[str]]]:
        """What the archive says of its completeness: whether complete, the note, and the parties it is said of."""
        found: dict[tuple[bool, str], list[str]] = {}
        for item in self.index.archive.coverage:
            found.setdefault((item.complete, item.note or ""), []).append(item.party)
        return [(complete, note, parties) for (complete, note), parties in found.items()]

    def gaps(self) -> list[str]:
        """What is not known or not claimed, in numbers."""
        letters = self.book.letters
        seen = Counter(letter.availability for letter in letters)
        unclaimed = len(self.index.parties.keys() - {item.party for item in self.index.archive.coverage})
        numbers = [
            (sum(letter.dates.sent.date.precision != "day" for letter in letters), "the day of sending is not known"),
            (seen["excerpt"], "only a part of the text was seen"),
            (seen["described"] + seen["reported"], "the text was not seen, only a description of it or word of it"),
            (sum(letter.questions_extent == "partial" for letter in letters), "not all questions are listed"),
            (sum(letter.questions_extent == "unknown" for letter in letters), "it is not known what else they ask"),
        ]
        said = [f"Of {phrases.count(number, 'letter')}, {words}." for number, words in numbers if number]
        if self.asked:
            said.insert(0, f"{self.known:,} of {phrases.count(len(self.asked), 'question')} are assessed.")
        if unclaimed:
            said.insert(0, f"Nothing is claimed of {phrases.count(unclaimed, 'party', 'parties')} not named here.")
        return said


def _asked(rows: Sequence[Overview]) -> set[tuple[str, str]]:
    """The questions of some rows, each once."""
    return {question for row in rows for question in row.asked}


_BASIS = {
    ("own",): "(This archive's reading.)",
    ("reported",): "(As reported.)",
    ("own", "reported"): "(Partly as reported, partly this archive's reading.)",
}
