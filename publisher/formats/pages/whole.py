"""`all/`: every letter on one page, to search with the browser alone, to print, and to keep for reading offline.

An archive of more than SPLIT letters has a page a year, and `all/index.html` leads to them.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

from publisher.formats.book import Book, days_without_reply, own_language
from publisher.formats.pages.site import Site
from publisher.letter import Letter

SPLIT = 500
UNDATED = "undated"


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the one page, or a page a year and one that leads to them."""
    years = {year: list(group) for year, group in groupby(site.book.letters, key=partial(_year, site.book))}
    total = len(site.book.letters)
    split = total > SPLIT
    counts = {year: len(letters) for year, letters in years.items()} if split else {}
    yield _page(site, "all/index.html", {} if split else years, counts, total)
    for year, letters in years.items() if split else ():
        yield _page(site, f"all/{year}/index.html", {year: letters}, {}, len(letters))


def _page(site: Site, path: str, years: dict[str, list[Letter]], counts: dict[str, int], total: int) -> tuple[str, str]:
    return site.page(
        path,
        "all.html",
        years={year: _rows(site, letters) for year, letters in years.items()},
        counts=counts,
        total=total,
        undated=UNDATED,
        days=days_without_reply,
        own=own_language,
    )


def _rows(site: Site, letters: Sequence[Letter]) -> list[dict[str, object]]:
    return [
        {
            "letter": letter,
            "ref": site.book.ref(letter.id),
            "headline": site.writer.headline(letter),
            "asked": site.book.questions(letter),
            "whole": site.book.whole(letter),
        }
        for letter in letters
    ]


def _year(book: Book, letter: Letter) -> str:
    """The first year in which a letter can have been sent."""
    return str(book.year(letter) or UNDATED)
