"""Letters in a row, as the pages of threads and parties show them: numbered from 1, with pictures and tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from publisher.dates import PartialDate
from publisher.formats import phrases
from publisher.formats.book import Asked, Book, best_date, by_date
from publisher.formats.pictures.delays import Delays, Wait, delays, waits
from publisher.formats.pictures.lanes import MOST
from publisher.formats.pictures.timeline import Timeline, either_way, happenings, timeline
from publisher.letter import Letter

DIFFERS = phrases.DIFFERS
UNDATED = "No date known"


@dataclass(frozen=True)
class Series:
    """Letters in the order of their dates. With more than MOST there are no pictures, and lists go by year.

    `without` names letters of which it is not shown what came back.
    """

    book: Book
    letters: tuple[Letter, ...]
    without: frozenset[str] = frozenset()

    @property
    def is_long(self) -> bool:
        """Whether there are too many letters to draw or to print one after the other."""
        return len(self.letters) > MOST

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each letter."""
        return {letter.id: number for number, letter in enumerate(self.letters, 1)}

    @cached_property
    def timeline(self) -> Timeline | None:
        """When the letters were sent, received and published."""
        return timeline(self.book, self.letters)

    @cached_property
    def kinds(self) -> set[str]:
        """Which of sent, received and published is said of any letter."""
        return {kind for letter in self.letters for kind, _ in happenings(letter)}

    @cached_property
    def waits(self) -> tuple[Wait, ...]:
        """What came back to each letter."""
        return tuple(wait for wait in waits(self.book, self.letters) if wait.letter.id not in self.without)

    @cached_property
    def delays(self) -> Delays | None:
        """How long it took, drawn."""
        return delays(self.book, self.letters, self.waits)

    @cached_property
    def either_way(self) -> dict[str, list[int]]:
        """For each letter, the numbers of those that may have been sent before or after it."""
        if self.is_long:
            return {}
        found = either_way(self.letters, self.book)
        return {name: [self.numbers[other] for other in others] for name, others in found.items()}

    @cached_property
    def order(self) -> dict[str, str]:
        """What is not certain of the order, letter by letter; letters whose place is sure are left out."""
        found = {}
        for letter in self.letters:
            what, _ = best_date(letter)
            if letter.dates.sent.date.precision != "unknown":
                others = self.either_way.get(letter.id)
                said = f"may be before or after {', '.join(map(str, others))}" if others else ""
            else:
                said = "listed last: no date is known" if what == "sent" else f"listed by the day it was {what}"
            if said:
                found[letter.id] = said
        return found

    @property
    def years(self) -> Iterator[tuple[str, list[Letter]]]:
        """The letters by year."""
        for year, group in groupby(self.letters, key=lambda letter: year_of(self.book, letter)):
            yield year, list(group)

    @cached_property
    def asked(self) -> list[Asked]:
        """All questions of all letters."""
        return [asked for letter in self.letters for asked in self.book.questions(letter)]

    def replies_to(self, letter: Letter) -> list[tuple[str, int | None, str]]:
        """What a letter replies to: the letter's id, its number if it is one of these, and the relation's basis."""
        return [
            (relation.letter, self.numbers.get(relation.letter), relation.basis)
            for relation in letter.relations
            if relation.kind == "replies-to"
        ]

    def extent(self) -> str:
        """Say how many letters are known, and of what time: '2 letters, 18 February 2019 to March 2019'."""
        said = phrases.count(len(self.letters), "letter")
        spans = [(by_date(letter), letter) for letter in self.letters if by_date(letter)[0].year < 9999]
        if not spans:
            return said
        first = min(spans, key=lambda pair: pair[0][0])[1]
        last = max(spans, key=lambda pair: pair[0][1])[1]
        days = list(dict.fromkeys((_bound(first, 0), _bound(last, -1))))
        return f"{said}, {' to '.join(days)}"


def year_of(book: Book, letter: Letter) -> str:
    """Name the year that a letter is listed under: the first in which it can have been sent."""
    return str(book.year(letter) or UNDATED)


def tally(asked: Sequence[Asked]) -> str:
    """Say what came back to questions, in numbers: '5 questions: 2 answered, 3 not assessed'."""
    if not asked:
        return ""
    counts = Counter(outcome_of(one) for one in asked)
    words = [*phrases.OUTCOMES.values(), DIFFERS]
    order = sorted(counts, key=lambda said: (words.index(said.split(" and ")[0]), said))
    parts = [f"{counts[said]:,} {said}" for said in order]
    total = phrases.count(len(asked), "question")
    return f"{total}, {next(iter(counts))}." if len(counts) == 1 else f"{total}: {', '.join(parts)}."


def outcome_of(asked: Asked) -> str:
    """Say in a word what came back to a question: 'answered', 'refused and redirected', 'different by recipient'."""
    found: dict[str | None, set[str]] = {}
    for outcome in asked.outcomes:
        found.setdefault(outcome.by, set()).add(outcome.outcome)
    words = next(iter(found.values()), {"not-assessed"})
    if any(other != words for other in found.values()):
        return DIFFERS
    return " and ".join(text for outcome, text in phrases.OUTCOMES.items() if outcome in words)


def _bound(letter: Letter, which: int) -> str:
    """The date that a letter is listed under, in words; of a range, its start (0) or its end (-1)."""
    dates = letter.dates
    known = [d for d in (dates.sent, dates.received, dates.first_published) if d and d.date.precision != "unknown"]
    return phrases.day(PartialDate(known[0].date.text.split("/")[which]))
