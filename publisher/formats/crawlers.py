"""`sitemap.xml` and `robots.txt`: where the pages are, for search engines; earlier versions are not listed.

The sitemap follows sitemaps.org 0.9: at most 50,000 addresses, each with the time at which readers last saw it
change. robots.txt (RFC 9309) keeps nothing from anybody.
"""

from collections.abc import Iterator, Mapping
from html import escape

from publisher.formats.book import Book
from publisher.formats.events import Chronicle
from publisher.index import Index
from publisher.letter import Letter

MOST = 50_000
_MENU = ("questions", "threads", "parties", "changes", "search", "feeds", "about", "verify", "data", "all")


def render(index: Index, _contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return both files."""
    site = index.archive.site
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for number, (path, at) in enumerate(_addresses(index)):
        if number == MOST:
            break
        time = f"<lastmod>{at}</lastmod>" if at else ""
        lines.append(f"<url><loc>{escape(site + path, quote=False)}</loc>{time}</url>")
    lines.append("</urlset>\n")
    robots = f"User-agent: *\nAllow: /\n\nSitemap: {site}sitemap.xml\n"
    return {"sitemap.xml": "\n".join(lines).encode(), "robots.txt": robots.encode()}


def _addresses(index: Index) -> Iterator[tuple[str, str]]:
    """Yield the path of every page and when it last changed, where one letter alone decides that."""
    book, chronicle = Book(index), Chronicle(index)
    yield "", ""
    yield from ((f"{name}/", "") for name in _MENU)
    yield from ((f"threads/{thread}/", "") for thread in book.threads)
    yield from ((f"parties/{party}/", "") for party in index.parties)
    for entry in index.letters:
        if isinstance(entry.letter, Letter):
            yield f"letters/{entry.id}/", chronicle.by_id[entry.id].updated
