"""`changes/`: what was published and what changed since, commit by commit: what, when, why, and in which commit.

The newest commits stand on `changes/index.html`; every year has a page of its own, whose older parts never change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from publisher.formats import phrases
from publisher.formats.book import Ref
from publisher.formats.events import Story
from publisher.formats.pages.site import Site
from publisher.letter import Change
from publisher.provenance import Provenance, Revision

NEWEST = 50
"""Changes on the first page, at least; the commit of the last of them is never cut."""
MONTHS = 12
"""The newest months with changes, which the first page counts."""

_TABLES = {
    "archive": "About this archive",
    "erasures": "The list of what was erased",
    "parties": "The list of parties",
    "threads": "The list of threads",
}

_WITH = "with what is known of the answers"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One revision of one record; `ref` is the letter that it belongs to, None for a table of the archive."""

    revision: Revision
    what: str
    ref: Ref | None
    of_assessment: bool = False
    note: Change | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Landing:
    """All that one commit landed; letters that it published for the first time stand apart."""

    commit: str
    at: str
    new: tuple[Item, ...]
    changed: tuple[Item, ...]

    @property
    def day(self) -> str:
        """The day as YYYY-MM-DD, UTC."""
        return self.at[:10]

    @property
    def size(self) -> int:
        """How many records changed."""
        return len(self.new) + len(self.changed)


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the newest changes, and one page a year."""
    landings = _landings(site)
    years = {year: list(group) for year, group in groupby(landings, key=lambda landing: landing.at[:4])}
    yield site.page(
        "changes/index.html",
        "changes.html",
        here="changes",
        months=_months(_newest(landings)),
        recent=_recent(landings),
        most_months=MONTHS,
        **_all(years),
    )
    for year, found in years.items():
        path = f"changes/{year}/index.html"
        months = _months(found)
        yield site.page(path, "changes.html", here="changes", months=months, recent=(), **_all(years, year))


def _all(years: dict[str, list[Landing]], year: str | None = None) -> dict[str, object]:
    """What every page of changes says of the years; a finished year's page counts nothing but itself."""
    return {
        "year": year,
        "years": {name: None if year else sum(x.size for x in found) for name, found in years.items()},
    }


def _newest(landings: Sequence[Landing]) -> list[Landing]:
    shown = 0
    chosen = []
    for landing in landings:
        if shown >= NEWEST:
            break
        chosen.append(landing)
        shown += landing.size
    return chosen


def _months(landings: Sequence[Landing]) -> list[tuple[str, list[Landing]]]:
    """Group by month, in words: ("November 2026", [...])."""
    return [(phrases.month_of(month), list(group)) for month, group in groupby(landings, key=lambda x: x.at[:7])]


def _recent(landings: Sequence[Landing]) -> list[tuple[str, str, str]]:
    """The newest months with changes: 2026-11, the month in words, and how much changed."""
    found = []
    for name, group in _months(landings)[:MONTHS]:
        new, changed = sum(len(x.new) for x in group), [item for x in group for item in x.changed]
        other = sum(map(_is_first, changed))
        counted = ((new, "letter"), (other, "other record" if new else "record"))
        said = phrases.listed([phrases.count(number, what) for number, what in counted if number])
        later = phrases.count(len(changed) - other, "change") if len(changed) > other else "no change"
        first = f"{said} published for the first time, " if said else ""
        found.append((group[0].at[:7], name, f"{first}{later} after publication"))
    return found


def _landings(site: Site) -> list[Landing]:
    """Return what every commit landed, newest first."""
    items = sorted(_items(site), key=lambda item: item.revision.seq)
    found = []
    for commit, group in groupby(items, key=lambda item: item.revision.commit):
        together = list(group)
        fresh = {x.ref.id for x in together if x.ref and _is_first(x) and not x.of_assessment}
        assessed = {x.ref.id for x in together if x.ref and _is_first(x) and x.of_assessment and x.ref.id in fresh}
        new, changed = [], []
        for item in together:
            if item.ref is None or item.ref.id not in fresh or not _is_first(item):
                changed.append(item)
            elif not item.of_assessment:
                new.append(replace(item, what=_WITH if item.ref.id in assessed else ""))
        at = together[-1].revision.published_at
        found.append(Landing(commit=commit, at=at, new=tuple(new), changed=tuple(changed)))
    return found[::-1]


def _is_first(item: Item) -> bool:
    return item.revision.rev == 1


def _items(site: Site) -> Iterator[Item]:
    letters = {entry.id: entry.provenance for entry in site.index.letters}
    assessments = {entry.id: entry.provenance for entry in site.index.assessments}
    gone = {entry.key: entry.provenance for entry in site.index.removed}
    for story in site.chronicle.stories:
        own = letters.get(story.id) or gone[f"letters/{story.id}"]
        yield from _of_letter(site, story, own, of_assessment=False)
        if assessed := assessments.get(story.id) or gone.get(f"assessments/{story.id}"):
            yield from _of_letter(site, story, assessed, of_assessment=True)
    for table in site.index.tables:
        for revision in table.provenance.revisions:
            yield Item(revision=revision, what=_TABLES[table.key], ref=None)


def _of_letter(site: Site, story: Story, provenance: Provenance, *, of_assessment: bool) -> Iterator[Item]:
    notes = {event.revision.seq: event.note for event in story.events}
    for revision in provenance.revisions:
        yield Item(
            revision=revision,
            what="outcomes" if of_assessment else "letter",
            ref=site.book.ref(story.id),
            of_assessment=of_assessment,
            note=notes.get(revision.seq),
        )
