"""Characters that do not show, words that readers of YAML take differently, and what libyaml means to say.

Nothing here reads a file: record.py asks these questions of text it already holds.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Blemish:
    """Characters start..end of a text that do not belong in one, and why."""

    start: int
    end: int
    code: str
    message: str
    hint: str


_JOINERS = "\u200c\u200d"
_VARIATIONS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_CLASSES = {
    "control-character": "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029",
    "bidi-control": "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069",
    "tag-character": "\U000e0000-\U000e007f",
    "noncharacter": "\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)),
    "zero-width": "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0" + _VARIATIONS,
    "private-use": "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd",
    "replacement-character": "\ufffd",
}
_ODD = re.compile("|".join(f"(?P<{code.replace('-', '_')}>[{chars}]+)" for code, chars in _CLASSES.items()))
_SHAPES_ITS_NEIGHBOUR = re.compile(f"[{_JOINERS}{_VARIATIONS}]")
_WHY = {
    "control-character": ("a control character stands in the text", "delete it"),
    "bidi-control": ("an invisible mark changes the direction in which the text is read", "delete it"),
    "tag-character": ("an invisible tag character hides words in the text", "delete it"),
    "noncharacter": ("the text holds a code point that is no character", "delete it"),
    "zero-width": ("an invisible character stands in the text", "delete it"),
    "private-use": (
        "the text holds a private-use character, which shows differently everywhere",
        "write the character that is meant",
    ),
    "replacement-character": (
        "a character was lost here in an earlier conversion",
        "look the character up in the original and write it again",
    ),
}


def blemishes(text: str) -> Iterator[Blemish]:
    """Yield each run of characters in `text` that does not show, or that shows as something else."""
    for match in _ODD.finditer(text):
        if match.end() - match.start() == 1 and _shapes_its_neighbour(text, match.start()):
            continue
        code = str(match.lastgroup).replace("_", "-")
        why, hint = _WHY[code]
        yield Blemish(
            start=match.start(),
            end=match.end(),
            code=code,
            message=f"{why}: {names(match.group())}",
            hint=hint,
        )


def _shapes_its_neighbour(text: str, at: int) -> bool:
    """Say whether a joiner or variation selector stands after a letter or sign that it can shape.

    Persian and Indic words need joiners, emoji both; after ASCII or a blank they only hide.
    """
    before = text[at - 1 : at]
    return bool(_SHAPES_ITS_NEIGHBOUR.match(text[at])) and before > "\x7f" and not before.isspace()


def names(characters: str) -> str:
    """Name characters that must not be shown raw, as U+202E, the first four of them."""
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


_TRUE = {word for base in ("true", "yes", "on", "y") for word in (base, base.title(), base.upper())}
_FALSE = {word for base in ("false", "no", "off", "n") for word in (base, base.title(), base.upper())}
_OTHERS = {"~": "null", "Null": "null", "NULL": "null", "=": "a default value", "": "null"}
WORDS = {**dict.fromkeys(_TRUE, "true"), **dict.fromkeys(_FALSE, "false"), "null": "null", **_OTHERS}
"""Every word that some reader of YAML does not take for text, with what it makes of it."""

STARTS = frozenset("+-.0123456789")
"""What a word begins with that some reader of YAML takes for a number or a date."""

_NUMBER = re.compile(
    r"""[-+]?(?:
      (?P<octal>0[0-7_]+|0o[0-7_]+)
    | (?P<hexadecimal>0x[0-9a-fA-F_]+)
    | (?P<binary>0b[01_]+)
    | (?P<base_60>[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)
    | (?P<whole>[0-9][0-9_]*)
    | (?P<fraction>(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?)
    | (?P<endless>\.(?:inf|Inf|INF|nan|NaN|NAN))
    )""",
    re.VERBOSE,
)
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
)


def other_reading(word: str) -> str | None:
    """Say what another reader of YAML would make of an unquoted word, None where all agree on text."""
    if word in WORDS:
        return WORDS[word]
    if word[:1] not in STARTS:
        return None
    if _DATE.fullmatch(word):
        return "a date"
    match = _NUMBER.fullmatch(word)
    return _number(word.replace("_", ""), str(match.lastgroup)) if match else None


def is_date(word: str) -> bool:
    """Say whether another reader of YAML would make a date of an unquoted word."""
    return _DATE.fullmatch(word) is not None


def _number(word: str, form: str) -> str:
    sign = -1 if word[0] == "-" else 1
    digits = word.lstrip("+-")
    bases = {"octal": 8, "hexadecimal": 16, "binary": 2}
    if form in bases and len(digits) < 20:
        return f"the number {sign * int(digits, bases[form])}"
    if form == "base_60" and "." not in digits and len(digits) < 20:
        total = 0
        for part in digits.split(":"):
            total = total * 60 + int(part)
        return f"the number {sign * total}"
    return "a number" if len(digits) >= 20 or form != "whole" else f"the number {sign * int(digits)}"


def quoted(text: str) -> str:
    """Write `text` as a YAML string in quotes, for a hint."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """What libyaml's message means to who writes a record; `opening`: show where the thing began."""

    message: str
    hint: str
    opening: bool = False


_SLIPS = {
    "found unexpected end of stream": Slip(
        message="the quote that opens here is never closed",
        hint="close it at the end of the text, with the same quotation mark",
        opening=True,
    ),
    "did not find expected ',' or ']'": Slip(
        message="the list that opens here is not closed", hint="close it with ]", opening=True
    ),
    "did not find expected ',' or '}'": Slip(
        message="the mapping that opens here is not closed", hint="close it with }", opening=True
    ),
    "found character that cannot start any token": Slip(
        message="text cannot begin with this character", hint="put quotes round the whole text"
    ),
    "did not find expected node content": Slip(
        message="text cannot begin with this character", hint="put quotes round the whole text"
    ),
    "found unknown escape character": Slip(
        message="a backslash between double quotes begins an escape, and this is none",
        hint="write two backslashes, or use single quotes",
    ),
    "found invalid Unicode character escape code": Slip(
        message="this escape stands for no character", hint="write the character itself"
    ),
    "block sequence entries are not allowed in this context": Slip(
        message="a list cannot begin on the line of its field", hint='start a new line before the "-"'
    ),
    "did not find expected '-' indicator": Slip(
        message="a list item was expected here", hint='begin the line with "- ", or check its indentation'
    ),
    "could not find expected ':'": Slip(
        message="this line has no colon after its field",
        hint='write "field: text"; indent the line if it goes on with the text above',
        opening=True,
    ),
    "found unexpected document indicator": Slip(
        message="the text in quotes runs into a line of --- or ...", hint="close the quotes first"
    ),
    "did not find expected <document start>": Slip(
        message="something stands after the end of the record", hint="delete it"
    ),
    "did not find expected alphabetic or numeric character": Slip(
        message="an unquoted text cannot begin with * or &",
        hint="put quotes round the whole text",
        opening=True,
    ),
}


def slip(problem: str) -> Slip:
    """Translate a message of libyaml; one that is not known is passed on."""
    plain = f"this is not YAML: {problem or 'it cannot be read'}"
    return _SLIPS.get(problem, Slip(message=plain, hint="compare the line with those of another record"))
