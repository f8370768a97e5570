"""The packaged schemas, compiled once with a closed registry, and what is wrong with a document in plain words.

jsonschema-rs says quickly whether a document is valid; jsonschema explains one that is not. No schema is ever
fetched. Hints come from the schemas themselves (`description`, `examples`, `patternErrorMessage`), so that an
editor and the command say the same.
"""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, cast

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry

from publisher.dates import PartialDate

KINDS = ("archive", "assessment", "erasures", "index", "letter", "parties", "threads", "withdrawn")
SURE = 0.7
"""How alike two words must be (difflib's ratio) before one is suggested for the other."""

_DATE_FIELDS = frozenset({"date", "as_of", "on"})
_TYPES: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    dict: "a mapping (field: value)",
    list: "a list (lines that begin with -)",
    type(None): "nothing",
}
_NAMES = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "object": "a mapping (field: value)",
    "array": "a list (lines that begin with -)",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong with a document; `pointer` leads to the value, or to the key, that it is about."""

    code: str
    message: str
    hint: str
    pointer: tuple[str | int, ...]
    on: Literal["key", "value"] = "value"


def text(kind: str) -> bytes:
    """Return the bytes of a schema: from the wheel, or in a checkout from schema/ beside the package."""
    name = f"{kind}.schema.json"
    packaged = resources.files("publisher") / "schemas" / name
    if packaged.is_file():
        return packaged.read_bytes()
    return (Path(__file__).parent.parent / "schema" / name).read_bytes()


def is_valid(kind: str, document: Any) -> bool:
    """Say whether a document fits its schema; a letter whose status is withdrawn is held against its own."""
    return _quick(_chosen(kind, document)).is_valid(document)


def problems(kind: str, document: Any) -> list[Problem]:
    """Explain everything that is wrong with a document; an empty list means that it is valid."""
    errors = _explaining(_chosen(kind, document)).iter_errors(document)
    return list(_explained(sorted(errors, key=lambda error: [str(part) for part in error.absolute_path])))


def _chosen(kind: str, document: Any) -> str:
    withdrawn = kind == "letter" and isinstance(document, dict) and document.get("status") == "withdrawn"
    return "withdrawn" if withdrawn else kind


@cache
def _schema(kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(text(kind))
    return schema


@cache
def _quick(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_schema(kind))


@cache
def _explaining(kind: str) -> Draft202012Validator:
    return Draft202012Validator(_schema(kind), registry=Registry())


# -- explaining ------------------------------------------------------------------------------------------------


def _explained(errors: Iterable[ValidationError]) -> Iterator[Problem]:
    slips: set[tuple[tuple[str | int, ...], str]] = set()
    later: list[ValidationError] = []
    for error in errors:
        if error.validator == "additionalProperties":
            yield from _unknown_fields(error, slips)
        else:
            later.append(error)
    for error in later:
        if error.validator == "required":
            missing = _missing(error)
            if (tuple(error.absolute_path), missing) not in slips:
                yield _missing_field(error, missing)
        else:
            yield _EXPLAIN.get(str(error.validator), _other)(error)


def _problem(error: ValidationError, code: str, message: str, hint: str) -> Problem:
    return Problem(code=code, message=message, hint=hint, pointer=tuple(error.absolute_path))


def _unknown_fields(error: ValidationError, slips: set[tuple[tuple[str | int, ...], str]]) -> Iterator[Problem]:
    """Yield a problem for every field that the schema does not know; note which known field it was meant for."""
    known = _around(error)["properties"]
    place = tuple(error.absolute_path)
    free = [name for name in known if name not in _given(error)]
    for name in _given(error):
        if name in known:
            continue
        near = difflib.get_close_matches(name.lower(), free, n=1, cutoff=SURE)
        if near:
            slips.add((place, near[0]))
        yield Problem(
            code="unknown-field",
            message=f"unknown field {_quoted(name)}",
            hint=f"did you mean {_quoted(near[0])}?" if near else f"the fields here are {_listed(known)}",
            pointer=(*place, name),
            on="key",
        )


def _missing(error: ValidationError) -> str:
    names: list[str] = _value(error)
    return next(name for name in names if error.message.startswith(repr(name)))


def _missing_field(error: ValidationError, name: str) -> Problem:
    field = _resolved(error, name)
    return _problem(error, "missing-field", f"the field {_quoted(name)} is missing", _advice(field))


def _resolved(error: ValidationError, name: str) -> Mapping[str, Any]:
    field: Mapping[str, Any] = _around(error).get("properties", {}).get(name, {})
    return field


def _wrong_type(error: ValidationError) -> Problem:
    wanted = _value(error) if isinstance(_value(error), list) else [_value(error)]
    names = " or ".join(_NAMES.get(name, name) for name in wanted)
    found, value = _TYPES.get(type(_given(error)), "something else"), _given(error)
    if value is None:
        return _problem(error, "missing-value", f"there is no value here; {names} is expected", _advice(_around(error)))
    hint = _advice(_around(error))
    if "string" in wanted and isinstance(value, int):
        word = str(value).lower() if isinstance(value, bool) else str(value)
        hint = f'put quotes round it: "{word}"'
    return _problem(error, "wrong-type", f"this is {found}; {names} is expected", hint)


def _unknown_value(error: ValidationError) -> Problem:
    allowed = _value(error) if error.validator == "enum" else [_value(error)]
    words = [item if isinstance(item, str) else json.dumps(item) for item in allowed]
    value = _given(error) if isinstance(_given(error), str) else json.dumps(_given(error))
    near = difflib.get_close_matches(value.lower().replace("_", "-").replace(" ", "-"), words, n=1, cutoff=SURE)
    suggestion = f"did you mean {_quoted(near[0])}? " if near else ""
    return _problem(
        error,
        "unknown-value",
        f"{_quoted(value)} is not one of the words that can stand here",
        f"{suggestion}write one of {_listed(words)}" if len(words) > 1 else f"write {words[0]}",
    )


def _bad_format(error: ValidationError) -> Problem:
    expected = _around(error).get("patternErrorMessage", f"write it as in {_example(_around(error))}")
    field = next((part for part in reversed(error.absolute_path) if isinstance(part, str)), "")
    if field in _DATE_FIELDS:
        return _problem(error, "bad-date", _date_fault(_given(error)), expected)
    return _problem(error, "bad-format", f"{_quoted(_given(error))} has not the form that belongs here", expected)


def _date_fault(value: str) -> str:
    try:
        PartialDate.parse(value)
    except ValueError as fault:
        return str(fault)
    return f"{_quoted(value)} is not a date that can stand here"


def _length(error: ValidationError) -> Problem:
    code, message = {
        "minLength": ("empty-text", "this text is empty"),
        "maxLength": ("text-too-long", f"this text is longer than {_value(error)} characters"),
        "minItems": ("empty-list", "this list is empty"),
        "maxItems": ("list-too-long", f"this list has more than {_value(error)} entries"),
        "minimum": ("number-too-small", f"this number is below {_value(error)}"),
        "maximum": ("number-too-large", f"this number is above {_value(error)}"),
        "uniqueItems": ("repeated-entry", "this list names something twice"),
    }[str(error.validator)]
    return _problem(error, code, message, _advice(_around(error)))


def _choice(error: ValidationError) -> Problem:
    names = [name for branch in _value(error) for name in branch["required"]]
    given = [name for name in names if isinstance(_given(error), dict) and name in _given(error)]
    message = _around(error).get("oneOfErrorMessage", f"give exactly one of {_listed(names)}")
    if given:
        return _problem(error, "too-many-choices", f"{_listed(given, 'and')} exclude each other", message)
    return _problem(error, "missing-choice", f"none of {_listed(names)} is given", message)


def _other(error: ValidationError) -> Problem:
    return _problem(error, "invalid", "this does not fit the schema", _advice(_around(error)))


_EXPLAIN: Mapping[str, Callable[[ValidationError], Problem]] = {
    "type": _wrong_type,
    "enum": _unknown_value,
    "const": _unknown_value,
    "pattern": _bad_format,
    "oneOf": _choice,
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "uniqueItems"), _length),
}


def _around(error: ValidationError) -> Mapping[str, Any]:
    """Return the schema that an error is about."""
    return cast(Mapping[str, Any], error.schema)


def _given(error: ValidationError) -> Any:
    """Return the part of the document that an error is about."""
    return error.instance


def _value(error: ValidationError) -> Any:
    """Return what the schema's keyword says, such as the words of an enum."""
    return error.validator_value


def _advice(field: Mapping[str, Any]) -> str:
    """Return what the schema says of a field, with its first example."""
    description, example = str(field.get("description", "")), _example(field)
    return f"{description} Example: {example}".strip() if example else description


def _example(field: Mapping[str, Any]) -> str:
    examples = field.get("examples") or ()
    return json.dumps(examples[0], ensure_ascii=False) if examples else ""


def _quoted(value: object) -> str:
    word = str(value)
    return f'"{word}"' if len(word) <= 80 else f'"{word[:77]}..."'


def _listed(words: Iterable[str], last: str = "or") -> str:
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} {last} {found[-1]}"
