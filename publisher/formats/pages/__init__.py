"""The site: one module a kind of page, each with `pages(site) -> (path, text), ...`, one row in PAGES.

No inline style, no request to anybody else, relative links only: the folder works at any address and from a
disk. No page needs a script. Only `index.html` and `verify/index.html` show the commit and the log's size and
root, so that one new letter changes few files. To add a kind of page, write `pages/NAME.py` and its template, and
add a row here; its style goes into `templates/style/`, one part a concern, joined in the order of STYLE.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files

from publisher.formats.pages import (
    about,
    changes,
    data,
    feeds,
    front,
    letters,
    parties,
    questions,
    search,
    threads,
    verify,
    versions,
    whole,
)
from publisher.formats.pages.site import Draft, Site
from publisher.formats.templating import rendered
from publisher.index import Index

Pages = Callable[[Site], Iterator[tuple[str, str]]]

PAGES: dict[str, Pages] = {
    "about": about.pages,
    "changes": changes.pages,
    "data": data.pages,
    "feeds": feeds.pages,
    "front": front.pages,
    "letters": letters.pages,
    "parties": parties.pages,
    "questions": questions.pages,
    "search": search.pages,
    "threads": threads.pages,
    "verify": verify.pages,
    "versions": versions.pages,
    "whole": whole.pages,
}
STYLE = ("base", "desk", "feeds", "front", "ledger", "letter", "thread")


def render(index: Index, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return all pages and their stylesheet."""
    return rendered_site(Site(index, contents))


def rendered_site(site: Site) -> dict[str, bytes]:
    """Return the pages of a site that stands already."""
    icon = files("publisher").joinpath("templates", "icon.svg").read_bytes()
    made = {"style.css": style(), "icon.svg": icon}
    for pages in PAGES.values():
        for path, text in pages(site):
            if path in made:
                raise ValueError(f"two pages would stand at {path}")
            made[path] = text.encode()
    return made


def faults_page(draft: Draft) -> str:
    """Return the one page of a draft whose tables cannot be read."""
    return rendered("faults.html", {"draft": draft})


def style() -> bytes:
    """Return the stylesheet."""
    folder = files("publisher").joinpath("templates", "style")
    return b"\n".join(folder.joinpath(f"{name}.css").read_bytes() for name in STYLE)
