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
from sys import intern
from typing import Any

import yaml
from yaml._yaml import CParser

from publisher import words
from publisher.text import Fault, blemishes, names, not_nfc
from publisher.words import PUT_QUOTES

MAX_DEPTH, MAX_NODES = 32, 50_000
LARGEST = 2**53 - 1

Pointer = tuple[str | int, ...]
Range = tuple[int, int]


_JSON_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_WORD = re.compile(r"\S+")
_COMMENT = re.compile(r" +#[^\s#]")
_WORDS, _NUMERIC = words.WORDS, words.STARTS
_ROOT, _ITEM, _NEXT_KEY = object(), object(), object()


class _StopError(Exception):
    """There is no sense in reading on."""


_SHORT = 24
"""Words shorter than this come again and again in an archive, and are kept once."""


class Reader:
    """Builds the values of one text from libyaml's events; the faults on the way are in `faults`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Fault] = []
        self.root: Any = None
        self.root_event: Any = None
        self.is_odd = any(mark in text for mark in ("\\", "\t", " #", "&", "!"))
        self.has_complex_key = False
        self.nodes = self.documents = 0
        self.container: Any = None
        self.key: Any = _ROOT
        self.key_event: Any = None
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
            start = event.start_mark.index
            end, message = self.text.find("\n", start), "a line that begins with % has no place here"
            self.faults.append(Fault("directive", start, end, message, "delete the line"))

    def _too_many(self, event: Any) -> None:
        message = f"the file holds more than {MAX_NODES} values"
        self._fault("too-many-values", event, message, "no record needs that")
        raise _StopError

    def _end(self, event: Any) -> None:
        if self.nodes > MAX_NODES:
            self._too_many(event)
        if self.root is None:
            hint = "write a record into it, or delete it"
            self.faults.append(Fault("empty-file", 0, 0, "the file is empty", hint))
        elif not isinstance(self.root, dict):
            hint = "begin with the first field, for example id: 2019-02-15-acme-to-harbour"
            message = "a record is made of fields, each with a name and a colon"
            self._fault("not-a-mapping", self.root_event, message, hint)

    @property
    def mapping(self) -> dict[str, Any] | None:
        """The document, so far as it could be built; None if it is no mapping."""
        return self.root if isinstance(self.root, dict) else None

    def _open(self, make: Callable[[], Any], first_key: object, event: Any) -> None:
        self._decorated(event)
        container = make()
        if self.key is _NEXT_KEY:
            hint = "put quotes round a text that begins with a brace or bracket"
            self._fault("complex-key", event, "a list or mapping stands where a field's name belongs", hint)
            self.key, self.has_complex_key = "", True
        else:
            self._put(container, event)
        if len(self.stack) == MAX_DEPTH:
            message = f"lists and mappings stand more than {MAX_DEPTH} deep in each other"
            self._fault("too-deep", event, message, "no record needs that; put quotes round brackets in a text")
            raise _StopError
        self.stack.append((self.container, self.key))
        self.container, self.key = container, first_key

    def _close(self, _: Any) -> None:
        self.container, self.key = self.stack.pop()

    def _alias(self, event: Any) -> None:
        hint = f"write the value out, or {PUT_QUOTES} if the star is part of a text"
        self._fault("alias", event, "an alias stands for a value from elsewhere", hint)
        if self.key is _ROOT:
            raise _StopError
        if self.key is _NEXT_KEY:
            self.key, self.key_event = "", event
        else:
            self._put("", event)

    def _scalar(self, event: Any) -> None:
        value, style = event.value, event.style
        if style or self.is_odd or not value.isascii():
            self._examine(value, style, event)
        if not style and (value in _WORDS or value[0] in _NUMERIC):
            value = self._plain(value, event)
        elif len(value) < _SHORT:
            value = intern(value)
        key = self.key
        if key.__class__ is str:  # what _put does, for most scalars, without a call
            self.container[key], self.key = value, _NEXT_KEY
            self.nodes += 1
        else:
            self._put(value, event)

    def _put(self, value: Any, event: Any) -> None:
        self.nodes += 1
        key = self.key
        if key is _NEXT_KEY:
            plain = value.__class__ is str and value not in self.container and value not in ("", "<<")
            self.key, self.key_event = intern(value) if plain else self._name(value, event), event
        elif key is _ITEM:
            self.container.append(value)
        elif key is _ROOT:
            self.root, self.root_event = value, event
        else:
            self.container[key] = value
            self.key = _NEXT_KEY
        if self.nodes > MAX_NODES:
            self._too_many(event)

    def _examine(self, value: str, style: str, event: Any) -> None:
        """Look closely at a text that is quoted, or stands in a file with anything but plain ASCII text."""
        self._decorated(event)
        if style:
            self._quoted(value, style, event)
        else:
            self._commented(event)
        if "\t" in value:
            message, hint = "a tab stands in the text: U+0009", "use blanks"
            self._fault("control-character", event, message, hint)
        if not value.isascii() and (apart := not_nfc(value)):
            self._not_composed(value, apart, event)

    def _name(self, value: Any, event: Any) -> str:
        if not isinstance(value, str) or (value == "" and not event.style):
            message = f"the name of a field is text, and {event.value or 'nothing'} is not"
            self._fault("non-string-key", event, message, PUT_QUOTES)
            return str(event.value)
        if value == "<<" and not event.style:
            self._fault("merge-key", event, "<< merges another mapping into this one", "write its fields out")
        elif value in self.container:
            message = f'"{value}" stands here for the second time'
            self._fault("duplicate-key", event, message, "keep one of the two")
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
            return self._empty(event)
        elif words.is_date(word):
            message = f"{word} is read as text here and as a date elsewhere"
            self._fault("unquoted-date", event, message, f"{PUT_QUOTES}: {words.quoted(word)}")
        elif reading := words.other_reading(word):
            message = f"{word} is read as text here and as {reading} elsewhere"
            meant = f"write {reading}, or " if reading in _JSON_WORDS else ""
            self._fault("ambiguous-scalar", event, message, f"{meant}{PUT_QUOTES}: {words.quoted(word)}")
        return word

    def _empty(self, event: Any) -> None:
        """Say that a value is missing, unless that is said of its key or of the braces around it."""
        if self.key is _NEXT_KEY or self.key is _ROOT or self.has_complex_key:
            return
        hint = 'write a value, or "" for an empty text, or delete the line'
        if self.key is _ITEM:
            at = len(self.text[: event.start_mark.index].rstrip()) - 1
            self.faults.append(Fault("empty-value", at, at + 1, "this item has no value", hint))
        else:
            start, at = self.key_event.start_mark.index, event.start_mark.index
            end = start + len(self.text[start:at].rstrip())
            self.faults.append(Fault("empty-value", start, end, "this field has no value", hint))

    def _quoted(self, value: str, style: str, event: Any) -> None:
        trimmed = value.removesuffix("\n") if style in "|>" else value
        if trimmed != trimmed.strip():
            hint = "delete it; in place of | or > write |- or >-" if style in "|>" else "delete it"
            message = "the text begins or ends with a blank or an empty line"
            self._fault("surrounding-blanks", event, message, hint)
        if style == '"' and self.is_odd:
            for blemish in blemishes(value):
                if value[blemish.start] not in self._source(event):
                    self._fault(blemish.code, event, blemish.message, blemish.hint)

    def _commented(self, event: Any) -> None:
        if comment := _COMMENT.match(self.text, event.end_mark.index):
            start, end = comment.span()
            message = "what follows a blank and # is a comment and no part of the text"
            hint = f"{PUT_QUOTES} if it is part of the text, or write a blank after the # if it is a comment"
            self.faults.append(Fault("comment-in-text", start + 1, end, message, hint))

    def _not_composed(self, value: str, apart: Range, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if raw := not_nfc(self._source(event)):
            start, end = start + raw[0], start + raw[1]
        codes = names(value[apart[0] : apart[1]])
        message = f"a character is written in parts: {codes}"
        self.faults.append(Fault("not-nfc", start, end, message, "write it as one character (Unicode NFC)"))

    def _decorated(self, event: Any) -> None:
        start = event.start_mark.index
        for code, given, sign in (("anchor", event.anchor, "ampersand"), ("tag", event.tag, "exclamation mark")):
            if given is not None:
                end = start + len(_WORD.match(self.text, start)[0])  # type: ignore[index]
                hint = f"delete it, or put quotes round the text if the {sign} is part of it"
                self.faults.append(Fault(code, start, end, f"a YAML {code} has no place here", hint))

    def _source(self, event: Any) -> str:
        return self.text[event.start_mark.index : event.end_mark.index]

    def _fault(self, code: str, event: Any, message: str, hint: str) -> None:
        self.faults.append(Fault(code, event.start_mark.index, event.end_mark.index, message, hint))


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Where a value stands in its text, and where its key does; an item of a list is its own key."""

    key: Range
    value: Range


_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_NODES = (yaml.ScalarEvent, yaml.AliasEvent, *_STARTS)


@lru_cache(maxsize=8)
def spans(text: str) -> dict[Pointer, Span]:
    """Find the place of every value of a text that can be read; the document itself stands at its first key."""
    found: dict[Pointer, Span] = {}
    trail: list[tuple[Pointer, int | str | None]] = []  # open collections, and what comes next in each
    key, last = (0, 0), 0
    get_event: Callable[[], Any] = CParser(text).get_event
    while (event := get_event()) is not None:
        kind, here = event.__class__, _range(event, text)
        if kind in _ENDS:
            last = here[1] if here[1] > here[0] else last  # only ] and } are more than a place
            pointer = trail.pop()[0]
            opened = found[pointer]
            whole = (opened.value[0], last)
            found[pointer] = Span(key=whole if opened.key == opened.value else opened.key, value=whole)
        elif kind in _NODES:
            last = here[1]
            above, name = trail[-1] if trail else ((), 0)
            if name is None:
                key, trail[-1] = here, (above, str(event.value))
                continue
            pointer = (*above, name) if trail else ()
            found[pointer] = Span(key=key if isinstance(name, str) else here, value=here)
            if trail:
                trail[-1] = (above, name + 1 if isinstance(name, int) else None)
            if kind in _STARTS:
                trail.append((pointer, None if kind is yaml.MappingStartEvent else 0))
    first = next((span.key for pointer, span in found.items() if len(pointer) == 1), (0, 0))
    return {**found, (): Span(key=first, value=first)}


def _range(event: Any, text: str) -> Range:
    """Where an event stands; a text below | or > ends with its last line that is not blank."""
    start: int = event.start_mark.index
    end: int = event.end_mark.index
    block = event.__class__ is yaml.ScalarEvent and event.style in ("|", ">")
    return (start, start + len(text[start:end].rstrip())) if block else (start, end)
