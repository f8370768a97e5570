"""`verify/`: how to check the archive, one letter, or a citation, and what each check proves."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.formats.book import Ref
from publisher.formats.pages.site import Site
from publisher.provenance import Provenance


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What a citation of one letter is held against: its state and newest revision."""

    ref: Ref
    state: str
    provenance: Provenance


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the one page."""
    example = next(iter(site.book.letters), None)
    yield site.page(
        "verify/index.html",
        "verify.html",
        index=site.index,
        rows=list(_rows(site)),
        url=shlex.quote(site.index.archive.site),
        example=shlex.quote(example.id) if example else "ID",
    )


def _rows(site: Site) -> Iterator[Row]:
    """Yield every letter that was ever published, in the order of first publication."""
    kept = {entry.id: entry.provenance for entry in site.index.letters}
    gone = {entry.key: entry.provenance for entry in site.index.removed}
    for story in site.chronicle.stories:
        provenance = kept.get(story.id) or gone[f"letters/{story.id}"]
        yield Row(ref=site.book.ref(story.id), state=site.state(story.id), provenance=provenance)
