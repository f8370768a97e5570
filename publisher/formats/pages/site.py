"""Site: what every page of one publication is made from, and the one way in which a page is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from publisher.formats.book import Book, days_without_reply, own_language
from publisher.formats.entries import Writer
from publisher.formats.events import Chronicle
from publisher.formats.ledger import Ledger
from publisher.formats.templating import rendered, shared
from publisher.formats.versions import Versions
from publisher.index import Index
from publisher.letter import Letter


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A finding as a draft shows it."""

    severity: str
    place: str
    message: str
    hint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """That a site is a draft, what it was made from, and what is wrong with the records.

    A draft that is `live` is shown anew whenever it changes.
    """

    faults: tuple[Fault, ...] = ()
    made_from: str = "the files on this machine"
    live: bool = True


@dataclass(frozen=True)
class Site:
    """An index, and the committed bytes of records, their earlier versions, and documents by SHA-256."""

    index: Index
    contents: Mapping[str, bytes] = field(default_factory=dict)
    draft: Draft | None = None

    @cached_property
    def book(self) -> Book:
        """What stands between the records."""
        return Book(self.index)

    @cached_property
    def chronicle(self) -> Chronicle:
        """What happened to the letters."""
        return Chronicle(self.index, self.contents)

    @cached_property
    def versions(self) -> Versions:
        """The versions of the letters; each earlier one is read once, however many pages show it."""
        return Versions(self.index, self.contents)

    @cached_property
    def ledger(self) -> Ledger:
        """Every question and what came back."""
        return Ledger(self.book)

    @cached_property
    def writer(self) -> Writer:
        """Who writes the sentences that pages share with feeds."""
        return Writer(self.book)

    def state(self, letter_id: str) -> str:
        """Whether a letter that was once published is `published`, `withdrawn` or `removed` now."""
        entry = self.index.letter_of.get(letter_id)
        return "removed" if entry is None else "published" if isinstance(entry.letter, Letter) else "withdrawn"

    def page(self, path: str, template: str, /, *, here: str = "", **values: Any) -> tuple[str, str]:
        """Render one page; return its path and text.

        `here` is the entry of the menu that the page belongs to. Beside `values` a template has `root` (the way
        to the top), `to(path)` (the way to any path of the publication), `href(id)` (to a letter's page), `book`,
        `archive` and `site`, and the macros of templating.SHARED.
        """
        known = self._known("../" * path.count("/"))
        return path, rendered(template, {**known, "path": path, "here": here, **values})

    def _known(self, root: str) -> Mapping[str, Any]:
        """What the templates of all pages of one depth know."""
        if root not in self._by_root:
            common = {
                "root": root,
                "to": lambda target: root + target,
                "href": lambda letter_id: f"{root}{letter_path(letter_id)}",
                "site": self,
                "draft": self.draft,
                "book": self.book,
                "archive": self.index.archive,
                "question_path": question_path,
                "days": days_without_reply,
                "own": own_language,
            }
            self._by_root[root] = {**common, **shared(common)}
        return self._by_root[root]

    @cached_property
    def _by_root(self) -> dict[str, Mapping[str, Any]]:
        return {}


def letter_path(letter_id: str) -> str:
    """Return where a letter's page is."""
    return f"letters/{letter_id}/index.html"


def version_path(letter_id: str, rev: int) -> str:
    """Return where the page of one earlier version of a letter is."""
    return f"letters/{letter_id}/{rev}/index.html"


def thread_path(thread_id: str) -> str:
    """Return where a thread's page is."""
    return f"threads/{thread_id}/index.html"


def party_path(party_id: str) -> str:
    """Return where a party's page is."""
    return f"parties/{party_id}/index.html"


def question_path(letter_id: str, label: str) -> str:
    """Return where a question's page is; a label is letters, digits, dots and hyphens."""
    return f"questions/{letter_id}/{label}/index.html"
