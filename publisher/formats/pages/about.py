"""`about/`: what the archive is and is not, what its words mean, how to object, and what a check proves."""

from collections.abc import Iterator

from publisher.formats.pages.site import Site


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the one page."""
    yield site.page("about/index.html", "about.html", here="about", info=site.index.archive)
