"""`index.html`: what the archive holds, in a sentence, in a picture, and letter by letter."""

import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from publisher.formats import phrases
from publisher.formats.book import Asked, Ref, best_date, by_date
from publisher.formats.pages.site import Site
from publisher.letter import Letter

NEWS_SHOWN = 10
_UNDATED = "No date known"


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the front page."""
    front = _Front(site)
    yield site.page(
        "index.html",
        "index.html",
        here="letters",
        index=site.index,
        headline=front.headline(),
        years=front.years(),
        stubs=[(s.id, site.state(s.id)) for s in site.chronicle.stories if site.state(s.id) != "published"],
        news=front.news(),
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

    def headline(self) -> str:
        """Say how much the archive knows, and never more than that."""
        letters = self.book.letters
        replies = sum(any(r.kind == "replies-to" for r in letter.relations) for letter in letters)
        asked = [one for letter in letters for one in self.book.questions(letter)]
        known = sum(_is_assessed(one) for one in asked)
        said = f"This archive knows of {phrases.count(len(letters), 'letter')}, {replies:,} of them written in reply"
        complete = {item.party for item in self.index.archive.coverage if item.complete}
        said += "." if self.index.parties.keys() <= complete else "; it is not complete."
        if asked:
            own = any(o.basis == "own" and o.outcome != "not-assessed" for one in asked for o in one.outcomes)
            said += f" Questions on record here: {len(asked):,}; for {known:,} of them a source"
            said += f"{' or this archive' if own else ''} has said what came back, "
            said += f"{len(asked) - known:,} are not assessed."
        return said

    def years(self) -> list[tuple[str, list[Row]]]:
        def year(letter: Letter) -> str:
            earliest, latest = by_date(letter)
            if earliest.year == 9999:
                return _UNDATED
            return str(earliest.year) if earliest.year == latest.year else f"{earliest.year} or later"

        dated = [letter for letter in reversed(self.book.letters) if year(letter) != _UNDATED]
        undated = [letter for letter in self.book.letters if year(letter) == _UNDATED]
        return [(name, list(map(self._row, group))) for name, group in groupby([*dated, *undated], key=year)]

    def _row(self, letter: Letter) -> Row:
        what, when = best_date(letter)
        return Row(letter=letter, ref=self.book.ref(letter.id), what=what, when=when, tally=self._tally(letter))

    def _tally(self, letter: Letter) -> str:
        """Say what came back, in numbers of questions: '5 questions: 2 answered, 3 not assessed'."""
        asked = self.book.questions(letter)
        said = []
        if asked:
            counts = Counter(map(_outcome_of, asked))
            order = [*phrases.OUTCOMES.values(), _DIFFERS]
            parts = [f"{counts[word]} {word}" for word in order if counts[word]]
            total = phrases.count(len(asked), "question")
            said.append(f"{total}, {next(iter(counts))}." if len(counts) == 1 else f"{total}: {', '.join(parts)}.")
        for found in self.book.whole(letter):
            day = f" as of {phrases.day(found.as_of)}" if found.as_of else ""
            by = f" ({phrases.one_line(self.book.party(found.by), 80)})" if found.by else ""
            said.append(f"As a whole{by}: {phrases.OUTCOMES[found.outcome]}{day}.")
        bases = {o.basis for one in asked for o in one.outcomes if o.outcome != "not-assessed"}
        bases |= {o.basis for o in self.book.whole(letter) if o.outcome != "not-assessed"}
        return " ".join([*said, *([_BASIS[tuple(sorted(bases))]] if bases else [])])

    def news(self) -> list[tuple[str, str, str]]:
        """The newest notices: title, letter and time."""
        found = []
        for group in reversed(self.chronicle.news[-NEWS_SHOWN:]):
            found += [(self.writer.notice_title(event), event.letter, event.at) for event in reversed(group)]
        return found[:NEWS_SHOWN]


_DIFFERS = "different by recipient"
_BASIS = {
    ("own",): "(This archive's reading.)",
    ("reported",): "(As reported.)",
    ("own", "reported"): "(Partly as reported, partly this archive's reading.)",
}


def _is_assessed(asked: Asked) -> bool:
    return any(outcome.outcome != "not-assessed" for outcome in asked.outcomes)


def _outcome_of(asked: Asked) -> str:
    """One word for what came back to a question."""
    words = {outcome.outcome for outcome in asked.outcomes} or {"not-assessed"}
    return phrases.OUTCOMES[words.pop()] if len(words) == 1 else _DIFFERS
