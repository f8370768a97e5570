"""`questions/`: the ledger: what was asked, of whom, what came back, on whose word; whole, by thread, by party.

questions/index.html                 what is known at a glance, then thread by thread
questions/LETTER/LABEL/index.html    one question
threads/ID/questions/index.html      the questions of a thread, as a picture and a table
parties/ID/questions/index.html      what was put to a party, and what it asked
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.formats.ledger import Group, Row, Tally, by_letter, counted, extents, groups
from publisher.formats.pages.site import Site, question_path
from publisher.formats.pictures.matrix import ROWS, Matrix, matrices
from publisher.letter import Letter

LISTED = 200
"""The most questions that the first page lists one by one; of more it gives the numbers, thread by thread.

The page of a party lists up to the same number what is open.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Rows under a heading: their pictures, numbers, and the rows letter by letter.

    `open` are those to which nobody reported that anything came back, or not from all who were asked.
    """

    id: str
    heading: str
    matrices: tuple[Matrix, ...]
    counted: str
    extents: str
    letters: tuple[tuple[Letter, list[Row]], ...]
    open: tuple[Group, ...]
    is_large: bool


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield all pages of the ledger."""
    yield _first(site)
    for thread, rows in site.ledger.by_thread.items():
        heading = f"Questions: {site.book.thread(thread)}"
        sections = [_section(site, "all", "", rows)]
        yield _page(site, f"threads/{thread}/questions/index.html", "threads", heading, sections, thread=thread)
    for party in site.index.parties:
        to, by = site.ledger.put_to.get(party, []), site.ledger.put_by.get(party, [])
        name = site.book.party(party)
        sections = [_section(site, "put-to", f"Put to {name}", to), _section(site, "put-by", f"Asked by {name}", by)]
        if to or by:
            path = f"parties/{party}/questions/index.html"
            yield _page(site, path, "parties", f"Questions: {name}", [s for s in sections if s.letters], party=party)
    for letter in site.book.letters:
        yield from _of_letter(site, site.ledger.by_letter.get(letter.id, []))


def _first(site: Site) -> tuple[str, str]:
    ledger = site.ledger
    listed = len(ledger.rows) <= LISTED
    threads = ledger.by_thread.items()
    return site.page(
        "questions/index.html",
        "questions.html",
        here="questions",
        counted=counted(ledger.rows),
        extents=extents(ledger.rows),
        groups=groups(ledger.rows) if listed else (),
        total=len(ledger.rows),
        threads=[Tally.of(name, rows) for name, rows in threads],
        sections=[_section(site, name, site.book.thread(name), rows) for name, rows in threads if listed],
        parties=[(party, counted(ledger.put_to[party])) for party in site.index.parties if party in ledger.put_to],
    )


def _section(site: Site, name: str, heading: str, rows: Sequence[Row]) -> Section:
    return Section(
        id=name,
        heading=heading,
        matrices=matrices(site.ledger, rows),
        counted=counted(rows),
        extents=extents(rows),
        letters=tuple(by_letter(rows)),
        open=tuple(group for group in groups(rows) if group.name != "back") if len(rows) <= LISTED else (),
        is_large=len(rows) > ROWS,
    )


def _page(
    site: Site,
    path: str,
    here: str,
    heading: str,
    sections: Sequence[Section],
    *,
    thread: str | None = None,
    party: str | None = None,
) -> tuple[str, str]:
    return site.page(path, "ledger.html", here=here, heading=heading, sections=sections, thread=thread, party=party)


def _of_letter(site: Site, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield the pages of one letter's questions; each leads to the one before and the one after."""
    asked = [row for row in rows if row.label is not None]
    whole = next((row for row in rows if row.label is None), None)
    headline = site.writer.headline(rows[0].letter) if rows else ""
    for at, row in enumerate(asked):
        yield site.page(
            question_path(row.letter.id, row.label or ""),
            "question.html",
            here="questions",
            row=row,
            whole=whole,
            before=asked[at - 1] if at else None,
            after=asked[at + 1] if at + 1 < len(asked) else None,
            headline=headline,
        )
