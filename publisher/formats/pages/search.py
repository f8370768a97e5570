"""`search/index.html` and `search/search.js`: the only page with a script; without it, it leads to `all/`."""

from collections.abc import Iterator
from importlib.resources import files

from publisher.formats.pages.site import Site


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the page and its script."""
    yield site.page("search/index.html", "search.html", here="search", total=len(site.book.letters))
    script = files("publisher").joinpath("templates", "search.js").read_text(encoding="utf-8")
    yield "search/search.js", script
