"""YAML read as JSON means it, over libyaml's event stream, every value knowing its place.

The only values are mappings with text for keys, lists, text, true, false, null and whole numbers within 2^53.
A word that another reader of YAML takes for something else (`no`, `0123`, `12:30:00`, `1.5`) is a fault and stays
the text that was written; so does a full date such as 2019-02-18. Duplicate keys, anchors, aliases, tags, several
documents and what else makes a file hard to judge are faults. Reading goes on behind a fault where that can be
done; nothing is expanded, and nothing is built more than MAX_DEPTH levels deep.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import yaml
from yaml.cyaml import CParser

from publisher import words
from publisher.text import Fault, blemishes, not_nfc, prepare
from publisher.words import PUT_QUOTES

MAX_DEPTH, MAX_NODES, MAX_FAULTS, MAX_REPAIRS = 32, 50_000, 100, 20
LARGEST = 2**53 - 1

Pointer = tuple[str | int, ...]
Range = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What became of a file: its text as far as one can go on with it, its faults, and the mapping it holds."""

    text: str
    faults: tuple[Fault, ...]
    document: dict[str, Any] | None = None

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its faults."""
        return frozenset([fault.code for fault in self.faults])


def read_values(data: bytes) -> Reading:
    """Read the values of a file; an unquoted colon is passed over, so that what stands below it is read too."""
    prepared = prepare(data)
    text, faults = prepared.text, list(prepared.faults)
    if not prepared.readable:
        return Reading(text=text, faults=prepared.faults)
    for _ in range(MAX_REPAIRS):
        reader = _Reader(text)
        slip = reader.run()
        if slip and not (slip.code in _SYNTAX and prepared.faults):
            faults.append(slip)
        if slip is None or slip.code != "unquoted-colon":
            break
        start, end = slip.start, slip.end
        text = text[:start] + text[start:end].replace(":", "\ua789") + text[end:]
    faults += reader.faults
    if len(faults) > MAX_FAULTS:
        message, hint = "there are more faults than are shown", "mend those above first"
        start, end = faults[MAX_FAULTS - 1][1:3]
        faults[MAX_FAULTS - 1 :] = [Fault("too-many-faults", start, end, message, hint)]
    return Reading(text=text, faults=tuple(faults), document=None if slip else reader.mapping)


_SYNTAX = {"yaml-syntax", "bad-indentation"}
_JSON_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_SUSPECTS = frozenset(words.WORDS) | {"<<"}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_COMMENT = re.compile(r" +#[^\s#]")
_ROOT, _ITEM, _NEXT_KEY = object(), object(), object()


class _StopError(Exception):
    """There is no sense in reading on."""


class _Reader:
    """Builds the values of one text from libyaml's events; the faults on the way are in `faults`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Fault] = []
        self.mapping: dict[str, Any] | None = None
        self.has_escapes, self.has_comments = "\\" in text or "\t" in text, " #" in text
        self.nodes = self.documents = 0
        self.container: Any = None
        self.key: Any = _ROOT
        self.stack: list[tuple[Any, Any]] = []

    def run(self) -> Fault | None:
        """Read to the end, or to where libyaml gives up: that fault is given back."""
        handlers: dict[Any, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: partial(self._open, dict, _NEXT_KEY),
            yaml.SequenceStartEvent: partial(self._open, list, _ITEM),
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._start,
            yaml.StreamEndEvent: self._end,
        }
        try:
            get_event = CParser(self.text).get_event
            while (event := get_event()) is not None:
                if handler := handlers.get(event.__class__):
                    handler(event)
        except _StopError:
            return None
        except yaml.MarkedYAMLError as error:
            at = error.problem_mark.index if error.problem_mark else 0
            begun = error.context_mark.index if error.context_mark else at
            return words.explain(self.text, error.problem or "", error.context or "", at, begun)
        return None

    def _start(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._fault("several-documents", event, "a second document begins here", "give it a file of its own")
            raise _StopError
        if event.version or event.tags:
            self._fault("directive", event, "a line that begins with % is not for records", "delete the line")

    def _end(self, _: Any) -> None:
        if not self.nodes:
            hint = "write a record into it, or delete it"
            self.faults.append(Fault("empty-file", 0, 0, "the file is empty", hint))

    def _open(self, make: Callable[[], Any], first_key: object, event: Any) -> None:
        self._decorated(event)
        container = make()
        if self.key is _NEXT_KEY:
            message, hint = "a list or mapping stands where a field's name belongs", "put quotes round braces in text"
            self._fault("complex-key", event, message, hint)
            self.key = ""
        else:
            self._put(container, event)
        if len(self.stack) == MAX_DEPTH:
            message = f"lists and mappings stand more than {MAX_DEPTH} deep in each other"
            self._fault("too-deep", event, message, "no record needs that; put quotes round brackets in text")
            raise _StopError
        self.stack.append((self.container, self.key))
        self.container, self.key = container, first_key

    def _close(self, _: Any) -> None:
        self.container, self.key = self.stack.pop()

    def _alias(self, event: Any) -> None:
        message = "an alias repeats what stands elsewhere"
        self._fault("alias", event, message, f"write the value out, or {PUT_QUOTES} if the star is part of a text")
        self._put("", event)

    def _scalar(self, event: Any) -> None:
        value = event.value
        if event.anchor is not None or event.tag is not None:
            self._decorated(event)
        if event.style:
            self._quoted(value, event)
        elif self.has_comments:
            self._commented(event)
        if not value.isascii() and not_nfc(value):
            self._not_composed(event)
        if not event.style and (value in _SUSPECTS or value[0] in words.STARTS):
            value = self._plain(value, event)
        self._put(value, event)

    def _put(self, value: Any, event: Any) -> None:
        self.nodes += 1
        key = self.key
        if key is _ITEM:
            self.container.append(value)
        elif key is _NEXT_KEY:
            self.key = self._name(value, event)
        elif key is _ROOT:
            self._root(value, event)
        else:
            self.container[key] = value
            self.key = _NEXT_KEY
        if self.nodes > MAX_NODES:
            self._fault("too-many-values", event, f"there are more than {MAX_NODES} values", "no record needs that")
            raise _StopError

    def _root(self, value: Any, event: Any) -> None:
        if isinstance(value, dict):
            self.mapping = value
        elif value == "" and not self.faults:
            self.nodes = -1  # nothing but a line of ---
        else:
            hint = "begin with the first field, for example id: 2019-02-15-acme-to-harbour"
            self._fault("not-a-mapping", event, "a record is a list of fields, each with a name and a colon", hint)
            raise _StopError

    def _name(self, value: Any, event: Any) -> str:
        if not isinstance(value, str) or (value == "" and not event.style):
            shown = event.value or "nothing"
            self._fault("non-string-key", event, f"a field's name is text, and {shown} is not", PUT_QUOTES)
            return str(event.value)
        if value == "<<" and not event.style:
            hint = "write the fields out"
            self._fault("merge-key", event, "<< would merge another mapping into this one", hint)
        elif value in self.container:
            message, hint = f'"{value}" stands here for the second time', "keep one of the two"
            self._fault("duplicate-key", event, message, hint)
        return value

    def _plain(self, word: str, event: Any) -> Any:
        """Give back what an unquoted word means, with a fault where readers of YAML differ on it."""
        if word in _JSON_WORDS:
            return _JSON_WORDS[word]
        if _INTEGER.fullmatch(word):
            if len(word) <= 17 and abs(int(word)) <= LARGEST:
                return int(word)
            hint = f"{PUT_QUOTES} if it is an identifier"
            self._fault("integer-too-large", event, f"a number larger than {LARGEST} loses digits", hint)
        elif not word:
            self._empty(event)
        elif words.is_date(word):
            message = f"{word} is read as text here and as a date elsewhere"
            self._fault("unquoted-date", event, message, f"{PUT_QUOTES}: {words.quoted(word)}")
        elif reading := words.other_reading(word):
            message = f"{word} is read as text here and as {reading} elsewhere"
            also = f"write {reading}, or " if reading in _JSON_WORDS else ""
            self._fault("ambiguous-scalar", event, message, f"{also}{PUT_QUOTES}: {words.quoted(word)}")
        return word

    def _empty(self, event: Any) -> None:
        if self.key is _NEXT_KEY or self.key is _ROOT:
            return
        at = event.start_mark.index
        start = len(self.text[:at].rstrip())
        start = self.text.rfind("\n", 0, start) + 1 if self.text[start - 1 : start] in ":-" else at
        line = self.text[start:at].rstrip()
        start += len(line) - len(line.lstrip())
        message = "nothing stands after the colon" if line.endswith(":") else "nothing stands here"
        hint = 'give a value, write "" for an empty text, or delete the line'
        self.faults.append(Fault("empty-value", start, max(start + len(line.strip()), start), message, hint))

    def _quoted(self, value: str, event: Any) -> None:
        end = value.removesuffix("\n") if event.style in "|>" else value
        if end != end.strip():
            message = "the text begins or ends with a blank or an empty line"
            self._fault("surrounding-blanks", event, message, "delete it; below | or >, write |- or >-")
        if self.has_escapes and not value.isprintable():
            raw = self.text[event.start_mark.index : event.end_mark.index]
            for blemish in blemishes(value.replace("\t", "\x00")):
                ...
