"""What changed between two versions of a record, in words: no raw YAML, and no field left out.

`differences` walks two JSON values side by side. Items of a list are matched by what they are known by (a
question by its label, a sender by its party), never by their place; that their order changed is a line of its
own. Notes on changes are left out, for they tell of the change themselves. There is no line exactly when the two
are equal as JSON values, and everything that differs lies within some line's path.

The words of two long texts are compared one by one, at a cost that is bounded: see CELLS.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from publisher.formats.book import Book
from publisher.formats.fields import Item, Words, is_dated, known_by, label, naming, rank, raw
from publisher.formats.phrases import one_line

Kind = Literal["added", "removed", "changed", "order"]
Sort = Literal["same", "gone", "new"]
Path = tuple[str | Item, ...]

LEFT_OUT = frozenset({"changes"})
"""Fields of a record that are no part of what changed."""

CELLS = 200_000
"""Two texts are compared word by word if the product of their differing words is not more than this."""

PROSE = 40
"""Texts longer than this, in characters, are compared word by word; shorter ones are said twice."""

CONTEXT, LONGEST = 8, 2000
"""Words that are kept on each side of a change; the most characters of one piece that is shown."""

_TOKEN = re.compile(r" ?(?:\w+|[^\w ])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some words of a text: in both versions, in the old one only, or in the new one only."""

    sort: Sort
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One difference. `what` names it; `before` and `after` say it in words, `pieces` word by word if it is long.

    `old` and `new` are the values themselves, None where there is none; of an order, what the items are known by.
    `place` is where an added item stands in its list.
    """

    kind: Kind
    path: Path
    what: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()
    old: Any = None
    new: Any = None
    place: int = 0


def differences(book: Book, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Line, ...]:
    """Return what differs between two documents, in the order in which fields are spoken of."""
    kept = [_shown(document) for document in (old, new)]
    return tuple(_Walk(Words(book)).mappings((), "", *kept))


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not spoken of, and bracket a title that the archive supplied."""
    kept = {field: value for field, value in document.items() if field not in LEFT_OUT}
    if kept.get("title_basis") == "supplied" and isinstance(kept.get("title"), str):
        kept["title"] = f"[{kept['title']}]"
    return kept


@dataclass(frozen=True)
class _Walk:
    """Walks two JSON values side by side."""

    words: Words

    def mappings(self, path: Path, above: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Line]:
        """Compare two mappings, which belong to what `above` names."""
        for field in sorted(old.keys() | new.keys(), key=rank):
            here, what = (*path, field), _joined(above, label(field))
            if field not in new:
                yield from self._one(here, above, what, old[field], gone=True)
            elif field not in old:
                yield from self._one(here, above, what, new[field], gone=False)
            elif not _same(old[field], new[field]):
                yield from self._values(here, above, what, old[field], new[field])

    def _one(self, path: Path, above: str, what: str, value: Any, *, gone: bool) -> Iterator[Line]:
        """A field that only one version has; of a list that is not empty, each item."""
        field = _field(path)
        if isinstance(value, list) and value:
            for place, (item, one) in enumerate(_keyed(field, value).items()):
                yield self._item((*path, item), above, one, place, gone=gone)
        elif gone:
            yield Line(kind="removed", path=path, what=what, before=self.words.value(field, value), old=value)
        else:
            yield Line(kind="added", path=path, what=what, after=self.words.value(field, value), new=value)

    def _values(self, path: Path, above: str, what: str, old: Any, new: Any) -> Iterator[Line]:
        if isinstance(old, list) and isinstance(new, list) and (old or new):
            yield from self._lists(path, above, what, old, new)
        elif isinstance(old, dict) and isinstance(new, dict) and not (is_dated(old) and is_dated(new)):
            yield from self.mappings(path, "" if path == ("dates",) else what, old, new)
        else:
            yield self._changed(path, what, old, new)

    def _changed(self, path: Path, what: str, old: Any, new: Any) -> Line:
        field = _field(path)
        before, after = self.words.value(field, old), self.words.value(field, new)
        if before == after:  # two names that read the same, blanks at the end ...
            before, after = raw(old), raw(new)
        both = isinstance(old, str) and isinstance(new, str) and before == one_line(old) and after == one_line(new)
        prose = both and max(len(before), len(after)) > PROSE and " " in before and " " in after
        found = pieces(before, after) if prose else ()
        return Line(kind="changed", path=path, what=what, before=before, after=after, pieces=found, old=old, new=new)

    def _lists(self, path: Path, above: str, what: str, old: list[Any], new: list[Any]) -> Iterator[Line]:
        field = _field(path)
        before, after = _keyed(field, old), _keyed(field, new)
        for item, value in before.items():
            if item not in after:
                yield self._item((*path, item), above, value, 0, gone=True)
        for place, (item, value) in enumerate(after.items()):
            if item not in before:
                yield self._item((*path, item), above, value, place, gone=False)
            elif not _same(before[item], value):
                named = _joined(above, self.words.item(field, value))
                yield from self._values((*path, item), above, named, before[item], value)
        if [item for item in before if item in after] != [item for item in after if item in before]:
            yield self._order(path, what, before, after)

    def _item(self, path: Path, above: str, value: Any, place: int, *, gone: bool) -> Line:
        field = _field(path)
        what, said = _joined(above, self.words.item(field, value)), ""
        if isinstance(value, dict):
            named = naming(field, value)
            said = self.words.mapping(field, {name: inner for name, inner in value.items() if name not in named})
        if gone:
            return Line(kind="removed", path=path, what=what, before=said, old=value)
        return Line(kind="added", path=path, what=what, after=said, new=value, place=place)

    def _order(self, path: Path, what: str, before: Mapping[Item, Any], after: Mapping[Item, Any]) -> Line:
        old, new = ([item for item in one if item in other] for one, other in ((before, after), (after, before)))
        said = [", ".join(self.words.item(_field(path), after[item]) for item in items) for items in (old, new)]
        return Line(kind="order", path=path, what=f"{what}: order", before=said[0], after=said[1], old=old, new=new)


def _field(path: Path) -> str:
    """The field that a path leads to, or whose item it leads to."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _keyed(field: str, values: Sequence[Any]) -> dict[Item, Any]:
    """The items of a list by what they are known by; those known by the same are counted."""
    found: dict[Item, Any] = {}
    counts: Counter[str] = Counter()
    for value in values:
        name = known_by(field, value)
        found[Item(known_by=name, nth=counts[name])] = value
        counts[name] += 1
    return found


def _joined(above: str, what: str) -> str:
    return f"{above}, {what[:1].lower() + what[1:]}" if above else what


def _same(old: Any, new: Any) -> bool:
    """Whether two values are equal as JSON: true is not 1, and the order of a mapping's fields does not matter."""
    return old == new and (type(old) is type(new) is str or raw(old) == raw(new))


# -- word by word ----------------------------------------------------------------------------------------------


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Compare two lines of text word by word; the pieces but the new ones give `old`, those but the gone ones `new`."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if "".join(before) != old or "".join(after) != new:
        before, after = [old], [new]
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    middle = _steps(before[start : len(before) - end], after[start : len(after) - end])
    steps: list[tuple[Sort, str]] = [("same", token) for token in before[:start]]
    steps += [*middle, *(("same", token) for token in before[len(before) - end :])]
    return tuple(_merged(steps))


def shortened(found: Sequence[Piece]) -> tuple[Piece, ...]:
    """Leave out what both texts share but a few words on each side of a change, and the end of very long pieces."""
    kept = []
    for at, piece in enumerate(found):
        text = piece.text
        if piece.sort == "same":
            text = _around(text, at > 0, at < len(found) - 1)
        kept.append(Piece(sort=piece.sort, text=cut(text)))
    return tuple(kept)


def cut(text: str) -> str:
    """Cut a text that is too long to be shown, and say so."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text) - LONGEST:,} more characters)"


def _around(text: str, after: bool, before: bool) -> str:
    """Keep the words next to a change: those after one at the beginning, those before one at the end."""
    tokens = _TOKEN.findall(text)
    most = CONTEXT * (after + before)
    if len(tokens) <= most + 4:
        return text
    head = "".join(tokens[:CONTEXT]) if after else ""
    tail = "".join(tokens[-CONTEXT:]) if before else ""
    return f"{head} …{tail}"


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """Count the words that two texts begin with alike."""
    shared = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        shared += 1
    return shared


def _steps(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Sort, str]]:
    """Align the words of two texts by a longest common subsequence; texts that are too long, not at all."""
    rows, columns = len(before), len(after)
    if rows * columns > CELLS:
        yield from (("gone", token) for token in before)
        yield from (("new", token) for token in after)
        return
    longest = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        row, below, token = longest[i], longest[i + 1], before[i]
        for j in range(columns - 1, -1, -1):
            row[j] = below[j + 1] + 1 if token == after[j] else max(below[j], row[j + 1])
    i = j = 0
    while i < rows and j < columns:
        if before[i] == after[j]:
            yield "same", before[i]
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            yield "gone", before[i]
            i += 1
        else:
            yield "new", after[j]
            j += 1
    yield from (("gone", token) for token in before[i:])
    yield from (("new", token) for token in after[j:])


def _merged(steps: Sequence[tuple[Sort, str]]) -> Iterator[Piece]:
    """Join neighbouring words: of each change first what is gone; a lone word between two changes is part of them."""
    runs = [(changed, list(run)) for changed, run in groupby(steps, key=lambda step: step[0] != "same")]
    joined: list[tuple[bool, list[tuple[Sort, str]]]] = []
    for at, (changed, run) in enumerate(runs):
        lone = not changed and len(run) == 1 and 0 < at < len(runs) - 1
        if joined and joined[-1][0] and (changed or lone):
            token = run[0][1]
            joined[-1][1].extend([("gone", token), ("new", token)] if lone else run)
        else:
            joined.append((changed, list(run)))
    for changed, run in joined:
        sorts: tuple[Sort, ...] = ("gone", "new") if changed else ("same",)
        for sort in sorts:
            if text := "".join(token for one, token in run if one == sort):
                yield Piece(sort=sort, text=text)
