"""Words that readers of YAML take differently, and what libyaml means to say when it gives up on a text."""

import re
from dataclasses import dataclass

from publisher.text import Fault

PUT_QUOTES = "put quotes round it"

_TRUE = {word for base in ("true", "yes", "on", "y") for word in (base, base.title(), base.upper())}
_FALSE = {word for base in ("false", "no", "off", "n") for word in (base, base.title(), base.upper())}
_OTHERS = {"~": "null", "Null": "null", "NULL": "null", "=": "a default value", "": "null"}
WORDS = {**dict.fromkeys(_TRUE, "true"), **dict.fromkeys(_FALSE, "false"), "null": "null", **_OTHERS}
"""Every word that some reader of YAML does not take for text, with what it makes of it."""

STARTS = frozenset("+-.0123456789")
"""What a word begins with that some reader of YAML takes for a number or a date."""

LONGEST = 100
"""What is longer is text to every reader, or a number that nobody means; matching it would take long."""

_NUMBER = re.compile(
    r"""[-+]?(?:
      (?P<octal>0[0-7_]+|0o[0-7_]+)
    | (?P<hexadecimal>0x[0-9a-fA-F_]+)
    | (?P<binary>0b[01_]+)
    | (?P<base_60>[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)
    | (?P<whole>[0-9][0-9_]*)
    | (?P<fraction>(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?)
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
    if word[:1] not in STARTS or len(word) > LONGEST:
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
    "mapping keys are not allowed in this context": Slip(
        message="text cannot begin with a question mark and a blank", hint="put quotes round the whole text"
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
    "found undefined tag handle": Slip(
        message="a YAML tag has no place here",
        hint="delete it, or put quotes round the text if the exclamation mark is part of it",
        opening=True,
    ),
    "found unknown directive name": Slip(
        message="a line that begins with % has no place here", hint="delete the line", opening=True
    ),
    "did not find expected alphabetic or numeric character": Slip(
        message="an unquoted text cannot begin with * or &",
        hint="put quotes round the whole text",
        opening=True,
    ),
}


_SUBJECTS = ("alias", "anchor", "tag", "directive")
_COLON = "mapping values are not allowed in this context"
_FIELD = re.compile(r"\s*(?:- +)*[^\s'\"#&*!|>%@`{\[][^:]*: +(?P<value>\S.*)")


def explain(text: str, problem: str, context: str, at: int, opened: int) -> Fault:
    """Say in plain words why libyaml gave up: `problem` at character `at`, in `context` begun at `opened`."""
    if problem == _COLON:
        return _colon(text, at)
    if problem in ("did not find expected key", "did not find expected '-' indicator"):
        return _key(text, at)
    slip = _SLIPS.get(problem) or Slip(
        message=f"this is not YAML: {problem or 'it cannot be read'}",
        hint="compare the line with those of another record",
    )
    code = next((subject for subject in _SUBJECTS if subject in f"{context} {problem}".split()), "yaml-syntax")
    start = opened if slip.opening else min(at, max(len(text.rstrip()) - 1, 0))
    end = _line_end(text, start) if slip.opening else start + 1
    return Fault(code, start, end, slip.message, slip.hint)


def _key(text: str, at: int) -> Fault:
    """Tell apart the slips behind a field's name that libyaml did not find at `at`."""
    before = text[text.rfind("\n", 0, at) + 1 : at].strip()
    if before[-1:] in ('"', "'"):
        message = "text goes on after the closing quotation mark"
        hint = f"put quotes round the whole text; a {before[-1]} inside is written "
        hint += "''" if before[-1] == "'" else '\\"'
        return Fault("yaml-syntax", at, _line_end(text, at), message, hint)
    if before or text[at : at + 1] == ":":
        message, hint = "a field's name was expected here", f"{PUT_QUOTES} if it is part of the text before it"
        return Fault("yaml-syntax", at, _line_end(text, at), message, hint)
    return _indentation(text, at)


def _colon(text: str, at: int) -> Fault:
    """Tell apart the three slips behind a colon that libyaml did not expect at `at`."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start : _line_end(text, at)]
    field = _FIELD.match(line)
    if field and start + field.start("value") <= at:
        value = field["value"].rstrip()
        begin = start + field.start("value")
        message = "a colon and a blank in unquoted text would begin another field"
        hint = f"{PUT_QUOTES}: {line[: field.start('value')].strip()} {quoted(value)}"
        return Fault("unquoted-colon", begin, begin + len(value), message, hint)
    above = text[:start].rstrip()
    begin = above.rfind("\n") + 1
    if above and not re.search(r":(\s|$)|^\s*(#|---|-$)", above[begin:]):
        indent = len(above) - len(above[begin:].lstrip())
        hint = "write it as FIELD: TEXT, or in quotes if it belongs to the line above"
        return Fault("yaml-syntax", indent, len(above), "this line has no colon after its field", hint)
    return _indentation(text, start + len(line) - len(line.lstrip()))


def _indentation(text: str, at: int) -> Fault:
    message = "this line is not indented like the lines it belongs with"
    hint = "begin it exactly below the fields (or the hyphens) of the same level"
    return Fault("bad-indentation", at, _line_end(text, at), message, hint)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
