"""From the bytes of a file to its text: what stands in the way, and characters that do not show.

A Fault is a finding that does not know its file yet: it counts characters of the text from 0.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from publisher.finding import Location

MAX_BYTES = 2**20


class Fault(NamedTuple):
    """A fault of the characters start..end of a text: a stable code, one plain sentence, one concrete fix."""

    code: str
    start: int
    end: int
    message: str
    hint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """The text of a file, put right as far as needed to read on, and what was wrong with it.

    `readable`: it is worth reading on; `whole`: no tab and no character that YAML does not allow was replaced.
    """

    text: str = ""
    faults: tuple[Fault, ...] = ()
    readable: bool = True
    whole: bool = True


def place(text: str, path: str, start: int, end: int) -> Location:
    """Name the characters start..end of `text` by line and column."""
    return Location(
        path=path,
        line=text.count("\n", 0, start) + 1,
        column=start - text.rfind("\n", 0, start),
        end_line=text.count("\n", 0, end) + 1,
        end_column=end - text.rfind("\n", 0, end),
    )


_CONTROLS = bytes({*range(32), 127} - {9, 10})
_UNREADABLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?")
_TABS = re.compile(r"^ *\t[ \t]*", re.MULTILINE)


def prepare(data: bytes) -> Text:
    """Decode a file; what would stop a reader of YAML is a fault, and is replaced one character for one."""
    if len(data) > MAX_BYTES:
        hint = "a record is text about one letter; other files belong under records/documents/"
        return Text(faults=(Fault("file-too-large", 0, 0, "the file is larger than 1 MiB", hint),), readable=False)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, error.start)
    faults: list[Fault] = []
    if text.startswith("\ufeff"):
        message, hint = "the file begins with a byte-order mark", "save the file as UTF-8 without one"
        faults.append(Fault("byte-order-mark", 0, 0, message, hint))
        text = text[1:]
    if "\r" in text:
        text = _line_endings(text, faults)
    allowed = _tabs(text, faults) if "\t" in text else text
    if not text.isascii() or len(data.translate(None, _CONTROLS)) != len(data):
        faults += blemishes(allowed)
        allowed = _UNREADABLE.sub("\ufffd", allowed)
    return Text(text=allowed, faults=tuple(faults), whole=allowed == text)


def _not_utf8(data: bytes, at: int) -> Text:
    text = data[:at].decode("utf-8").replace("\r\n", "\n").replace("\r", "\n") + "\ufffd"
    message = f"the file is not UTF-8: byte 0x{data[at]:02X} at position {at + 1}"
    fault = Fault("invalid-utf8", len(text) - 1, len(text), message, "save the file as UTF-8")
    return Text(text=text, faults=(fault,), readable=False)


def _line_endings(text: str, faults: list[Fault]) -> str:
    at = text.index("\r")
    start = text.rfind("\n", 0, at) + 1
    message = "lines end with a carriage return"
    hint = "save the file with LF line endings, which some editors call Unix"
    faults.append(Fault("line-endings", start, max(at, start), message, hint))
    return _LINE_ENDS.sub("\n", text)


def _tabs(text: str, faults: list[Fault]) -> str:
    message, hint = "a tab is used for indentation", "use spaces, two for each level"
    faults += [Fault("tab-indentation", *tab.span(), message, hint) for tab in _TABS.finditer(text)]
    text = _TABS.sub(lambda tab: " " * len(tab.group()), text)
    message, hint = "a tab stands in the text: U+0009", "use blanks"
    faults += [Fault("control-character", *tab.span(), message, hint) for tab in re.finditer("\t+", text)]
    return text.replace("\t", " ")


_JOINERS = "\u200c\u200d"
_VARIATIONS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_CLASSES = {
    "control-character": "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff",
    "bidi-control": "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069",
    "tag-character": "\U000e0000-\U000e007f",
    "noncharacter": "\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)),
    "zero-width": "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    f"\u3164\uffa0{_VARIATIONS}",
    "private-use": "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd",
    "replacement-character": "\ufffd",
}
BLEMISHES = frozenset(_CLASSES)
_ANY = re.compile(f"[{''.join(_CLASSES.values())}]")
_ODD = re.compile("|".join(f"(?P<{code.replace('-', '_')}>[{chars}]+)" for code, chars in _CLASSES.items()))
_SHAPES_ITS_NEIGHBOUR = re.compile(f"[{_JOINERS}{_VARIATIONS}]")
_WHY = {
    "control-character": ("a control character stands in the text", "delete it"),
    "bidi-control": ("an invisible mark changes the direction in which the text is read", "delete it"),
    "tag-character": ("invisible tag characters hide words in the text", "delete them"),
    "noncharacter": ("the text holds a code point that is no character", "delete it"),
    "zero-width": ("an invisible character stands in the text", "delete it"),
    "private-use": (
        "the text holds a private-use character, which no two fonts show alike",
        "write the character that is meant",
    ),
    "replacement-character": (
        "a character was lost here in an earlier conversion",
        "look it up in the original and write it again",
    ),
}


def blemishes(text: str) -> Iterator[Fault]:
    """Yield each run of characters in `text` that does not show, or that shows as something else."""
    if not _ANY.search("".join(set(text))):  # a text has few different characters
        return
    for match in _ODD.finditer(text):
        start, end = match.span()
        if end - start == 1 and _shapes_its_neighbour(text, start):
            continue
        code = str(match.lastgroup).replace("_", "-")
        why, hint = _WHY[code]
        yield Fault(code, start, end, f"{why}: {names(match.group())}", hint)


def _shapes_its_neighbour(text: str, at: int) -> bool:
    """Say whether a joiner or variation selector stands after a letter or sign that it can shape.

    Persian and Indic words need joiners, emoji both; after ASCII or a blank they only hide.
    """
    before = text[at - 1 : at]
    return bool(_SHAPES_ITS_NEIGHBOUR.match(text[at])) and before > "\x7f" and not before.isspace()


def names(characters: str) -> str:
    """Name characters that must not be shown raw, as U+202E; the first four of them."""
    shown = " ".join(f"U+{ord(character):04X}" for character in characters[:4])
    return shown if len(characters) <= 4 else f"{shown} and {len(characters) - 4} more"


def not_nfc(text: str) -> tuple[int, int] | None:
    """Find the first place where `text` is not in composed form (NFC), or None."""
    if unicodedata.is_normalized("NFC", text):
        return None
    composed = unicodedata.normalize("NFC", text)
    pairs = zip(text, composed, strict=False)
    start = next((at for at, (old, new) in enumerate(pairs) if old != new), min(len(text), len(composed)))
    end = start + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return start, end


def visible(text: str) -> list[str]:
    """Write each character so that it can be seen and does nothing: controls, marks and the like as [U+202E].

    The second of two # is written so too: with ##[ a line of a GitHub log gives an order.
    """
    return [_visible(character, text[at - 1 : at]) for at, character in enumerate(text)]


def _visible(character: str, before: str) -> str:
    if " " <= character <= "~":
        return character if character != "#" or before != "#" else "[U+0023]"
    return f"[{names(character)}]" if not character.isprintable() or _ANY.match(character) else character


def width(shown: str) -> int:
    """Count the columns that a terminal gives to a text that is visible."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in shown)
