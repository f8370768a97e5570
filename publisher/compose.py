"""The text of a new record: a document written as staff write one by hand, so that a change of it reads well in a diff.

The modeline for editors comes first, fields stand in the order of their schema, each on a line of its own. Words (ids,
kinds, addresses) stand bare where no reader of YAML takes them for anything else; what people write stands in quotes,
and folded below `>-` where it is long. `record.parse` gives back exactly the document that was written.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from publisher import schema
from publisher.record import key_of, kind_of, parse
from publisher.text import blemishes
from publisher.words import other_reading

WIDTH = 100
"""Columns; a text that goes beyond is folded."""

INDENT = 2

_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/+-]*[A-Za-z0-9])?|https?://[^\s]*[^\s:]")
_LETTER = re.compile("[A-Za-z]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_FOLDABLE = re.compile(r"\S(?:.*\S)?(?:\n+\S(?:.*\S)?)*")


def record(path: str, document: Mapping[str, Any]) -> bytes:
    """Write the whole text of the record at `path`; ValueError for a document that no text can stand for.

    A text that is not UTF-8 (a lone surrogate) is such a document, and so is anything that JSON does not know.
    """
    shape = Shape.of(path, document)
    modeline = f"# yaml-language-server: $schema={'../' * path.count('/')}schema/{shape.kind}.schema.json\n"
    data = (modeline + "\n".join(lines(document, shape)) + "\n").encode()
    if parse(data)[0] != document:
        raise ValueError(f"{path} cannot be written: no text stands for this document")
    return data


class Shape:
    """What a schema says of one place in a document: the order of its fields, and which of its texts are words."""

    def __init__(self, kind: str, node: Mapping[str, Any], root: Mapping[str, Any]) -> None:
        self.kind, self._node, self._root = kind, node, root

    @classmethod
    def of(cls, path: str, document: Any) -> "Shape":
        """Return the shape of the record at a path; that of what is left of a letter for one that is withdrawn."""
        kind = schema.chosen(kind_of(key_of(path) or ""), document)
        root = _root(kind) if kind in schema.KINDS else {}
        return cls(kind, root, root)

    def at(self, pointer: Iterable[str | int]) -> "Shape":
        """Return the shape of a place further down; one that says nothing where the schema says nothing."""
        node = self._node
        for part in pointer:
            node = node.get("items", {}) if isinstance(part, int) else node.get("properties", {}).get(part, {})
            if "$ref" in node:
                node = {**self._root["$defs"][node["$ref"].rpartition("/")[2]], **node}
        return Shape(self.kind, node, self._root)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a mapping, in the order in which they are written."""
        return tuple(self._node.get("properties", ()))

    @property
    def types(self) -> tuple[str, ...]:
        """The sorts of value that may stand here, in JSON Schema's words; none where the schema says nothing."""
        kinds = self._node.get("type", ())
        return (kinds,) if isinstance(kinds, str) else tuple(kinds)

    @property
    def is_word(self) -> bool:
        """Whether a text here is an id, an address or one of some words, and not what somebody writes."""
        return bool({"pattern", "enum", "const"} & self._node.keys())


@lru_cache
def _root(kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(schema.text(kind))
    return found


def lines(value: Any, shape: Shape, indent: int = 0) -> list[str]:
    """Write a mapping or a list that is not empty, in block style, each line with its indentation."""
    margin = " " * indent
    if isinstance(value, Mapping):
        found: list[str] = []
        for name in ordered(value, shape):
            found += field(name, value[name], shape.at([name]), indent)
        return found
    rows: list[str] = []
    for item in value:
        below = shape.at([0])
        if is_block(item):
            first, *rest = lines(item, below, indent + INDENT)
            rows += [f"{margin}- {first.lstrip(' ')}", *rest]
        else:
            rows += _scalar(f"{margin}- ", item, below, indent)
    return rows


def field(name: str, value: Any, shape: Shape, indent: int = 0) -> list[str]:
    """Write one field of a mapping."""
    start = f"{' ' * indent}{_key(name)}:"
    if not is_block(value):
        return _scalar(f"{start} ", value, shape, indent)
    if isinstance(value, Sequence) and (short := _short_list(value, shape.at([0]), WIDTH - len(start) - 1)):
        return [f"{start} {short}"]
    return [start, *lines(value, shape, indent + INDENT)]


def ordered(fields: Iterable[str], shape: Shape) -> list[str]:
    """Return names of fields in the order of the schema; those that it does not know last."""
    given = list(fields)
    known = [name for name in shape.fields if name in given]
    return known + [name for name in given if name not in known]


def is_block(value: Any) -> bool:
    """Whether a value is a mapping or a list with something in it, which takes lines of its own."""
    return isinstance(value, Mapping | list | tuple) and bool(value)


def one_line(value: Any, shape: Shape) -> str:
    """Write any value on one line, as it can also stand between braces and brackets."""
    if isinstance(value, Mapping):
        inner = (
            f"{_key(name, tight=True)}: {one_line(value[name], shape.at([name]))}" for name in ordered(value, shape)
        )
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(one_line(item, shape.at([0])) for item in value)}]"
    if not isinstance(value, str):
        return _plain(value)
    return value if shape.is_word and _is_bare(value, tight=True) else quoted(value)


def _short_list(value: Sequence[Any], shape: Shape, room: int) -> str:
    """Write a list of a few words between brackets; "" for any other list."""
    if not all(isinstance(item, str) and shape.is_word and _is_bare(item, tight=True) for item in value):
        return ""
    written = f"[{', '.join(value)}]"
    return written if len(written) <= room else ""


def _scalar(start: str, value: Any, shape: Shape, indent: int) -> list[str]:
    """Write a value that needs no block of its own behind `start`; a long text goes onto lines below it."""
    if not isinstance(value, str):
        return [start + (one_line(value, shape) if isinstance(value, Mapping | list | tuple) else _plain(value))]
    if shape.is_word and _is_bare(value):
        return [start + value]
    line = start + quoted(value)
    if (len(line) <= WIDTH and "\n" not in value) or not _can_fold(value):
        return [line]
    margin = " " * (indent + INDENT)
    return [f"{start}>-", *(margin + row if row else "" for row in _folded(value, WIDTH - len(margin)))]


def _plain(value: Any) -> str:
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    raise ValueError(f"no record holds a value like {value!r}")


def _key(name: str, *, tight: bool = False) -> str:
    return name if _is_bare(name, tight=tight) else quoted(name)


def _is_bare(text: str, *, tight: bool = False) -> bool:
    """Whether every reader takes a text for this very text without quotes; `tight`: between brackets, too."""
    sure = _WORD.fullmatch(text) and text.isascii() and _LETTER.search(text) and other_reading(text) is None
    return bool(sure) and not (tight and re.search(r"[,\[\]{}]", text))


def quoted(text: str) -> str:
    """Write a text in quotes: double ones, or single ones where the text itself holds double ones.

    What does not show, or shows as something else, is written as an escape.
    """
    if '"' not in text and "\\" not in text and _is_clear(text):
        return f'"{text}"'
    if _is_clear(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{"".join(map(_escaped, text))}"'


def _is_clear(text: str) -> bool:
    return "\n" not in text and "\t" not in text and not _hides(text)


def _hides(text: str) -> bool:
    return any(True for _ in blemishes(text))


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if " " <= character <= "~" or (character.isprintable() and not _hides(character)):
        return character
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _can_fold(text: str) -> bool:
    """Whether a text comes back the same from below `>-`: all of it shows, and no line has blanks around it."""
    return "\t" not in text and not _hides(text) and _FOLDABLE.fullmatch(text) is not None


def _folded(text: str, room: int) -> Iterator[str]:
    """Yield the lines below `>-`: a line is broken at a single blank, and a line break of the text is an empty line."""
    for number, part in enumerate(re.split("(\n+)", text)):
        if number % 2:
            yield from [""] * len(part)
            continue
        row = ""
        for word in re.split("(?<! ) (?! )", part):
            if row and len(row) + 1 + len(word) > room:
                yield row
                row = word
            else:
                row = f"{row} {word}" if row else word
        yield row
