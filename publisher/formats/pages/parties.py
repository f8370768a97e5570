"""`parties/index.html` and `parties/ID/index.html`: the letters from and to a party, and the names it goes by."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from publisher.formats import phrases
from publisher.formats.pages.series import Series
from publisher.formats.pages.site import Site, party_path
from publisher.formats.pictures.lanes import MOST
from publisher.letter import Coverage, Letter, Party

_PARTS = ("wrote", "addressed", "copied", "sent for the sender")


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the list of parties, and the page of every party."""
    made = _Parties(site)
    rows = [made.row(party) for party in site.index.parties.values()]
    place = {row.party.id: number for number, row in enumerate(rows)}
    ordered = sorted(rows, key=lambda row: (-len(row.parts), place[row.party.id]))
    yield site.page("parties/index.html", "parties.html", here="parties", rows=ordered)
    for row in rows:
        yield site.page(
            party_path(row.party.id),
            "party.html",
            here="parties",
            row=row,
            party=row.party,
            series=row.series,
            names=made.names(row),
            most=MOST,
        )


@dataclass(frozen=True, kw_only=True)
class Row:
    """One party: its letters in order, what its part in each is, and how many of its own are replies."""

    party: Party
    series: Series
    parts: dict[str, list[str]]
    replies: int
    coverage: Coverage | None

    def count(self, part: str) -> int:
        """In how many letters the party has this part."""
        return sum(part in parts for parts in self.parts.values())

    @property
    def known(self) -> str:
        """Say how many letters are known, and never that these are all, unless the archive says so."""
        to, own = phrases.count(self.count("addressed"), "letter"), phrases.count(self.count("wrote"), "letter")
        said = f"This archive knows of {to} to this party and {own} by it, {self.replies:,} of those written in reply"
        return f"{said}. {'The archive says that the list is complete' if self.is_complete else 'It is not complete'}."

    @property
    def is_complete(self) -> bool:
        """Whether the archive says that it holds all letters from and to the party."""
        return self.coverage is not None and self.coverage.complete


class _Parties:
    """The parties of one site."""

    def __init__(self, site: Site) -> None:
        self.site, self.book = site, site.book

    @cached_property
    def parts(self) -> dict[str, dict[str, list[str]]]:
        """For each party, the letters in which it has a part, in order, and which."""
        found: dict[str, dict[str, list[str]]] = {}
        for letter in self.book.letters:
            for part, people in zip(_PARTS, (letter.from_, letter.to, letter.cc, letter.via), strict=True):
                for party in dict.fromkeys(who.party for who in people if who.party):
                    found.setdefault(party, {}).setdefault(letter.id, []).append(part)
        return found

    @cached_property
    def letters(self) -> dict[str, Letter]:
        """The letters by their ids."""
        return {letter.id: letter for letter in self.book.letters}

    @cached_property
    def coverage(self) -> dict[str, Coverage]:
        """What the archive says of its completeness, by party."""
        return {item.party: item for item in self.site.index.archive.coverage}

    def row(self, party: Party) -> Row:
        """Gather what is known of one party."""
        parts = self.parts.get(party.id, {})
        return Row(
            party=party,
            series=Series(
                self.book,
                tuple(self.letters[name] for name in parts),
                frozenset(name for name, part in parts.items() if not {"wrote", "addressed"} & set(part)),
            ),
            parts=parts,
            replies=sum("wrote" in part and name in self.book.answered for name, part in parts.items()),
            coverage=self.coverage.get(party.id),
        )

    def names(self, row: Row) -> list[tuple[str, list[str]]]:
        """The names that letters give the party where they are not its own, and the letters that do."""
        found: dict[str, dict[str, None]] = {}
        for letter in row.series.letters:
            for who in (*letter.from_, *letter.to, *letter.cc, *letter.via):
                if who.party == row.party.id and who.as_ and who.as_ != row.party.name:
                    found.setdefault(who.as_, {})[letter.id] = None
        return [(name, list(letters)) for name, letters in found.items()]
