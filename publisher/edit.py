"""Changes of a record's text that leave every other byte as it is: comments, the order of fields, quotes, line breaks.

A change cuts the text at the places that `strict.spans` knows, and is believed only once the new text was read again
and says exactly what was meant; where no way of writing it passes, EditError is raised and nothing is given back.
What stands within a value that is replaced or removed goes with it, its comments too.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any

from publisher.compose import INDENT, Shape, field, is_block, lines, one_line, ordered
from publisher.record import parse
from publisher.strict import Pointer, spans
from publisher.text import prepare


class EditError(ValueError):
    """The change cannot be made in this text without touching anything else; the message says why."""


def put(data: bytes, path: str, pointer: Pointer, value: Any) -> bytes:
    """Set the value at `pointer`, or add the field: it goes to its place in the order of the schema."""
    return _changed(data, path, _Put(pointer, value))


def remove(data: bytes, path: str, pointer: Pointer) -> bytes:
    """Take away a field or an item of a list; what held nothing else becomes an empty list or mapping."""
    return _changed(data, path, _Remove(pointer))


def append(data: bytes, path: str, pointer: Pointer, value: Any) -> bytes:
    """Add an item at the end of the list at `pointer`, which is begun where there is none."""
    try:
        size = len(look(_document(data), pointer))
    except KeyError:
        return put(data, path, pointer, [value])
    return _changed(data, path, _Put((*pointer, size), value)) if size else put(data, path, pointer, [value])


def look(document: Any, pointer: Pointer) -> Any:
    """Return the value at a pointer; KeyError where there is none."""
    for part in pointer:
        try:
            document = document[part]
        except (IndexError, TypeError) as fault:
            raise KeyError(part) from fault
    return document


class _Put:
    """A value set or added."""

    def __init__(self, pointer: Pointer, value: Any) -> None:
        self.pointer, self.value = pointer, value

    def apply(self, document: Any) -> None:
        """Make the change in a document."""
        above, last, value = look(document, self.pointer[:-1]), self.pointer[-1], copy.deepcopy(self.value)
        if isinstance(above, list) and isinstance(last, int) and last <= len(above):
            above[last : last + 1] = [value]
        elif isinstance(above, dict) and isinstance(last, str):
            above[last] = value
        else:
            raise KeyError(last)

    def ways(self, page: "_Page") -> Iterator[str]:
        """Yield texts that should say so, the one that reads best first."""
        if self.pointer in page.spans:
            yield from page.replaced(self.pointer, self.value)
        else:
            yield from page.added(self.pointer, self.value)


class _Remove:
    """A value taken away."""

    def __init__(self, pointer: Pointer) -> None:
        self.pointer = pointer

    def apply(self, document: Any) -> None:
        """Make the change in a document."""
        del look(document, self.pointer[:-1])[self.pointer[-1]]

    def ways(self, page: "_Page") -> Iterator[str]:
        """Yield texts that should say so, the one that reads best first."""
        above = self.pointer[:-1]
        if len(page.siblings(above)) == 1 and above:
            yield from page.replaced(above, [] if isinstance(self.pointer[-1], int) else {})
        else:
            yield from page.without(self.pointer)


def _document(data: bytes) -> Any:
    document = parse(data)[0]
    if document is None:
        raise EditError("the record cannot be read: mend what 'letterbook check' says of it first")
    return document


def _changed(data: bytes, path: str, change: _Put | _Remove) -> bytes:
    if not change.pointer:
        raise EditError("the record as a whole is no part of it: write it anew")
    document = _document(data)
    prepared = prepare(data)
    if not prepared.whole or prepared.text.encode() != data:
        raise EditError(
            "the file holds characters or line ends that no record should: mend what 'letterbook check' says"
        )
    meant = copy.deepcopy(document)
    try:
        change.apply(meant)
    except (KeyError, IndexError, TypeError) as fault:
        raise EditError(f"there is no {'.'.join(map(str, change.pointer))} to change here") from fault
    for text in change.ways(_Page(prepared.text, document, Shape.of(path, meant))):
        new = text.encode("utf-8", "surrogatepass")
        if _same(parse(new)[0], meant):
            return new
    where = ".".join(map(str, change.pointer))
    raise EditError(f"{where} cannot be changed without touching what stands around it: change it in an editor")


def _same(a: Any, b: Any) -> bool:
    """Whether two documents are equal; true is not 1 here."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[name], b[name]) for name in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)


class _Page:
    """A text, the document it stands for, and the place of every value in it."""

    def __init__(self, text: str, document: Any, shape: Shape) -> None:
        self.text, self.document, self.shape = text, document, shape
        self.spans = spans(text)

    # -- places --------------------------------------------------------------------------------------------

    def siblings(self, pointer: Pointer) -> list[Pointer]:
        """Return the values in a mapping or list, in the order of the text."""
        value = look(self.document, pointer)
        parts = range(len(value)) if isinstance(value, list) else value
        return sorted(((*pointer, part) for part in parts), key=lambda each: self.spans[each].value)

    def _is_flow(self, pointer: Pointer) -> bool:
        return bool(pointer) and self.text[self.spans[pointer].value[0]] in "{["

    def _column(self, at: int) -> int:
        return at - (self.text.rfind("\n", 0, at) + 1)

    def _line_end(self, at: int) -> int:
        """Return the end of the line of a value, behind a comment that follows it."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def _is_line(self, start: int, end: int) -> bool:
        return not self.text[start:end].strip()

    def _start(self, pointer: Pointer) -> int:
        """Return where a value begins with its key, or with its hyphen in a list in block style."""
        span = self.spans[pointer]
        if isinstance(pointer[-1], str) or self._is_flow(pointer[:-1]):
            return span.key[0]
        first = self.spans[pointer[:-1]].value[0]
        hyphens = re.finditer(rf"^ {{{self._column(first)}}}(?=-\s)", self.text[: span.value[0]], re.MULTILINE)
        return max([first, *(found.end() for found in hyphens if found.end() > first)])

    # -- a value in the place of another -------------------------------------------------------------------

    def replaced(self, pointer: Pointer, value: Any) -> Iterator[str]:
        """Yield texts with another value at a pointer."""
        shape, span = self.shape.at(pointer), self.spans[pointer]
        above = pointer[:-1]
        if above and self._within_flow(above):
            yield self._cut(span.value, one_line(value, shape))
            return
        old, (start, end) = self.text[span.value[0] : span.value[1]], span.value
        comment = re.match(r"[|>][-+0-9]*([ \t]+#[^\n]*)", old)
        tail = comment[1] if comment else ""
        key_end = span.key[1] if isinstance(pointer[-1], str) else self._start(pointer)
        margin = self._column(self._start(pointer))
        head = self.text[key_end:start]
        if is_block(value) and is_block(look(self.document, pointer)) and not self._is_flow(pointer):
            indent = self._column(start)
            yield self._cut(span.value, "\n".join(lines(value, shape, indent))[indent:])
        begun = key_end + 1 if self._is_line(key_end + 1, start) else start
        for block in self._written(pointer, value, shape, margin):
            if block.startswith(" >-") and tail:
                block = block.replace(" >-", f" >-{tail}", 1)
            elif tail:
                block += tail
            yield self.text[:begun] + block + self.text[end:]
        if "#" in head:
            yield self._cut(span.value, one_line(value, shape) + tail)

    def _written(self, pointer: Pointer, value: Any, shape: Shape, margin: int) -> Iterator[str]:
        """Yield what can stand behind a key's colon or an item's hyphen: in its best form, and on one line."""
        if isinstance(pointer[-1], str):
            yield "\n".join(field("x", value, shape, margin))[margin + 2 :]
        elif is_block(value):
            indent = margin + INDENT
            yield " " + "\n".join(lines(value, shape, indent))[indent:]
        else:
            yield "\n".join(field("x", value, shape, margin))[margin + 2 :]
        yield f" {one_line(value, shape)}"

    def _within_flow(self, pointer: Pointer) -> bool:
        return any(self._is_flow(pointer[:size]) for size in range(1, len(pointer) + 1))

    def _cut(self, span: tuple[int, int], new: str) -> str:
        return self.text[: span[0]] + new + self.text[span[1] :]

    # -- a value more --------------------------------------------------------------------------------------

    def added(self, pointer: Pointer, value: Any) -> Iterator[str]:
        """Yield texts with a field or an item that was not there."""
        above, name = pointer[:-1], pointer[-1]
        siblings = self.siblings(above)
        if not siblings:
            yield from self.replaced(above, [value] if isinstance(name, int) else {name: value})
            return
        before, after = self._neighbours(siblings, name, above)
        shape = self.shape.at(pointer)
        if self._within_flow(above):
            new = (
                one_line(value, shape) if isinstance(name, int) else one_line({name: value}, self.shape.at(above))[1:-1]
            )
            yield self._into_flow(before, after, new)
            return
        margin = self._column(self._start(siblings[0]))
        rows = (
            field(name, value, shape, margin) if isinstance(name, str) else lines([value], self.shape.at(above), margin)
        )
        if before is not None:
            end = self._line_end(self.spans[before].value[1])
            yield self.text[:end] + "\n" + "\n".join(rows) + self.text[end:]
        if after is not None:
            start = self._start(after)
            yield self.text[:start] + "\n".join(rows)[margin:] + "\n" + " " * margin + self.text[start:]
        if self._is_line(self.spans[siblings[-1]].value[1], len(self.text)):
            yield self.text + "\n".join(rows) + "\n"

    def _neighbours(
        self, siblings: list[Pointer], name: str | int, above: Pointer
    ) -> tuple[Pointer | None, Pointer | None]:
        """Return the values between which a new one belongs."""
        if isinstance(name, int):
            return siblings[-1], None
        order = ordered([*(str(each[-1]) for each in siblings), name], self.shape.at(above))
        earlier = set(order[: order.index(name)])
        places = [at for at, each in enumerate(siblings) if each[-1] in earlier]
        place = places[-1] + 1 if places else 0
        before = siblings[place - 1] if place else None
        return before, siblings[place] if place < len(siblings) else None

    def _into_flow(self, before: Pointer | None, after: Pointer | None, new: str) -> str:
        if before is not None:
            end = self.spans[before].value[1]
            return f"{self.text[:end]}, {new}{self.text[end:]}"
        assert after is not None
        start = self._start(after)
        return f"{self.text[:start]}{new}, {self.text[start:]}"

    # -- a value less --------------------------------------------------------------------------------------

    def without(self, pointer: Pointer) -> Iterator[str]:
        """Yield texts without a value that is not the only one of its mapping or list."""
        siblings = self.siblings(pointer[:-1])
        place = siblings.index(pointer)
        start, end = self._start(pointer), self.spans[pointer].value[1]
        following = siblings[place + 1] if place + 1 < len(siblings) else None
        if pointer[:-1] and self._within_flow(pointer[:-1]):
            if following is not None:
                yield self.text[:start] + self.text[self._start(following) :]
            else:
                yield self.text[: self.spans[siblings[place - 1]].value[1]] + self.text[end:]
            return
        line_start, line_end = self.text.rfind("\n", 0, start) + 1, self._line_end(end)
        if self._is_line(line_start, start):
            yield self.text[:line_start] + self.text[line_end + 1 :]
        elif following is not None:
            next_start = self._start(following)
            if self._is_line(line_end, next_start):
                yield self.text[:start] + self.text[next_start:]
            yield self.text[:start].rstrip(" ") + self.text[line_end:]
