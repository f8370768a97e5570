"""The packaged schemas: what a record may hold, and in plain words what is wrong with one that is not so.

jsonschema-rs says quickly whether a document is valid; jsonschema finds what is wrong, and its errors become
Problems here. Neither fetches anything: a `$ref` out of the file is refused. Hints come from the schema itself
(`description`, `examples`, `patternErrorMessage`, `oneOfErrorMessage`), so an editor says the same.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from publisher.dates import PartialDate
from publisher.words import PUT_QUOTES, other_reading

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema import Draft202012Validator, ValidationError

KINDS = ("archive", "assessment", "erasures", "index", "intake", "letter", "parties", "threads", "withdrawn")

Pointer = tuple[str | int, ...]
Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong with the value at `pointer` (or, `on` "key", with its name)."""

    code: str
    message: str
    hint: str
    pointer: Pointer
    on: Literal["key", "value"] = "value"


UNEXPLAINED = Problem(
    code="not-allowed",
    message="the record does not fit its schema",
    hint="compare it with another record; that nothing more can be said is a fault of Letterbook",
    pointer=(),
)
"""For a document that is not valid where nothing wrong is found; no such document is known."""


def text(kind: str) -> bytes:
    """Read the schema file of a kind of record: in a checkout from schema/, in a wheel from within the package."""
    name = f"{kind}.schema.json"
    packaged = Path(__file__).with_name("schemas") / name
    return (packaged if packaged.exists() else Path(__file__).parent.parent / "schema" / name).read_bytes()


def is_valid(kind: str, document: Any) -> bool:
    """Say quickly whether a document is as its schema wants it; a withdrawn letter may be a stub."""
    return _quick(chosen(kind, document)).is_valid(document)


def problems(kind: str, document: Any) -> list[Problem]:
    """Find everything that is wrong with a document, one problem a place; none if it is valid."""
    errors = map(_Error.of, _thorough(chosen(kind, document)).iter_errors(document))
    return _first_of_each_place(p for error in errors for p in _EXPLAIN.get(error.keyword, _other)(error))


def chosen(kind: str, document: Any) -> str:
    """Name the schema that judges a document of this kind: of a withdrawn letter, that of what is left of it."""
    withdrawn = kind == "letter" and isinstance(document, dict) and document.get("status") == "withdrawn"
    return "withdrawn" if withdrawn else kind


@lru_cache
def _quick(kind: str) -> "jsonschema_rs.Draft202012Validator":
    return quick(json.loads(text(kind)))


@lru_cache
def _thorough(kind: str) -> "Draft202012Validator":
    return thorough(json.loads(text(kind)))


def quick(schema: Schema) -> "jsonschema_rs.Draft202012Validator":
    """Compile a schema for is_valid; ValueError for one that refers to another file."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema, retriever=_refuse)


def thorough(schema: Schema) -> "Draft202012Validator":
    """Compile a schema for iter_errors; referencing.exceptions.Unresolvable where it refers to another file."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry

    judge = extend(Draft202012Validator, {"pattern": _pattern, "required": _required})  # type: ignore[no-untyped-call]
    compiled: Draft202012Validator = judge(schema, registry=Registry())
    return compiled


def _refuse(address: str) -> Any:
    raise ValueError(f"a schema may not refer to another file: {address}")


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator["ValidationError"]:
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _regex(pattern).search(instance):
        yield ValidationError("")


def _required(_: Any, fields: list[str], instance: Any, __: Any) -> Iterator["ValidationError"]:
    from jsonschema import ValidationError

    if isinstance(instance, dict):
        yield from (ValidationError(field) for field in fields if field not in instance)


@lru_cache
def _regex(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern as ECMA means it: its last `$` is the end, where Python's lets a line break through."""
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))


# ---- errors in plain words


_RANK = ("wrong-type", "unknown-value", "bad-format")
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of fields",
    "null": "null",
}
_CLASSES = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}
_LONGEST, _SURE = 60, 0.7


@dataclass(frozen=True, kw_only=True, slots=True)
class _Error:
    """One error of jsonschema: `keyword` of `schema` has the value `wanted`, which `value` at `path` does not meet.

    For `required`, `field` names the one field that is missing.
    """

    keyword: str
    wanted: Any
    value: Any
    schema: Schema
    path: Pointer
    field: str = ""

    @classmethod
    def of(cls, error: "ValidationError") -> "_Error":
        return cls(
            keyword=str(error.validator),
            wanted=error.validator_value,
            value=error.instance,
            schema=dict(error.schema) if isinstance(error.schema, Mapping) else {},
            path=tuple(error.absolute_path),
            field=error.message if error.validator == "required" else "",
        )


def _first_of_each_place(found: Iterable[Problem]) -> list[Problem]:
    """Keep one problem a value: the most telling. Several fields may be missing from one mapping."""
    best: dict[tuple[Pointer, str, str], Problem] = {}
    for problem in sorted(found, key=lambda p: _RANK.index(p.code) if p.code in _RANK else len(_RANK)):
        several = problem.message if problem.code == "missing-field" else ""
        best.setdefault((problem.pointer, problem.on, several), problem)
    return list(best.values())


def _unknown_fields(error: _Error) -> Iterator[Problem]:
    for field, meant in _slips(error).items():
        known = ", ".join(error.schema["properties"])
        yield Problem(
            code="unknown-field",
            message=f"unknown field {_shown(field)}",
            hint=f'did you mean "{meant}"?' if meant else f"the fields here are {known}",
            pointer=(*error.path, field),
            on="key",
        )


def _slips(error: _Error) -> dict[str, str | None]:
    """Map each field that the schema does not know to the one that is meant, where that is sure."""
    known = error.schema.get("properties", {})
    unknown = [field for field in error.value if field not in known]
    return {field: _meant(field, known) for field in unknown}


def _meant(word: str, known: Iterable[str]) -> str | None:
    """Find the one word that is surely meant, or None."""
    plain = {each.replace("_", "-"): each for each in known}
    close = get_close_matches(re.sub(r"[_ ]+", "-", word.lower()), plain, 1, _SURE)
    return plain[close[0]] if close else None


def _missing_field(error: _Error) -> Iterator[Problem]:
    field = error.field
    if field in _slips(error).values():
        return  # it is there, misspelt
    wanted = error.schema.get("properties", {}).get(field, {})
    yield _problem(error, "missing-field", f'the field "{field}" is missing', _advice(wanted, field))


def _wrong_type(error: _Error) -> Iterator[Problem]:
    value = error.value
    wanted = [error.wanted] if isinstance(error.wanted, str) else error.wanted
    form = _CLASSES.get(type(value), "null")
    hint = _advice(error.schema, _field(error))
    if "string" in wanted and form in ("integer", "boolean"):
        hint = f'{PUT_QUOTES}: "{json.dumps(value)}"'
    elif form == "string" and {"integer": value.isdecimal(), "boolean": value in ("true", "false")}.get(wanted[0]):
        hint = f"write {value} without quotes"
    elif wanted == ["array"] and form != "null":
        hint = 'write it as a list, each item on a line that begins with "- "'
    is_value = f"{_shown(value)}, {_TYPES[form]}" if form in ("integer", "string") else _TYPES[form]
    message = f"{_what(error)} must be {' or '.join(_TYPES[each] for each in wanted)}, and is {is_value}"
    yield _problem(error, "wrong-type", message, hint)


def _unknown_value(error: _Error) -> Iterator[Problem]:
    value = error.value
    values = [error.wanted] if error.keyword == "const" else error.wanted
    words = [each if isinstance(each, str) else json.dumps(each) for each in values]
    meant = _meant(value, words) if isinstance(value, str) else None
    hint = f"write {words[0]}" if len(words) == 1 else f"it is one of {', '.join(words)}"
    hint = f'did you mean "{meant}"? {hint}' if meant else hint
    yield _problem(error, "unknown-value", f"{_what(error)} cannot be {_shown(value)}", hint)


def _bad_format(error: _Error) -> Iterator[Problem]:
    value, pattern = error.value, _regex(error.wanted)
    message = f"{_what(error)} cannot be {_shown(value)}"
    if pattern.search("2019-02-18") and not pattern.search("x"):
        try:
            PartialDate.parse(value)
        except ValueError as fault:
            message = str(fault) if len(value) <= _LONGEST else message
    yield _problem(error, "bad-format", message, error.schema.get("patternErrorMessage", ""))


def _wrong_length(error: _Error) -> Iterator[Problem]:
    limit, value, kind = error.wanted, error.value, error.keyword
    things = "items" if isinstance(value, list) else "characters"
    if not value:
        code = "empty-list" if things == "items" else "too-short"
        message = f"{_what(error)} is empty"
    else:
        code = "too-long" if kind.startswith("max") else "too-short"
        message = f"{_what(error)} has {len(value)} {things}, and {_BOUNDS[kind[:3]]} {limit} are wanted"
    yield _problem(error, code, message, _advice(error.schema, _field(error)))


_BOUNDS = {"max": "at most", "min": "at least"}


def _out_of_range(error: _Error) -> Iterator[Problem]:
    bound = _BOUNDS[error.keyword[:3]]
    message = f"{_what(error)} is {error.value}, and must be {bound} {error.wanted}"
    yield _problem(error, "out-of-range", message, _advice(error.schema, _field(error)))


def _choice(error: _Error) -> Iterator[Problem]:
    """Explain a oneOf, which here always means: exactly one of these fields."""
    if not isinstance(error.value, dict):
        return  # its type is wrong, and that is said
    fields = [branch["required"][0] for branch in error.wanted]
    given = [field for field in fields if field in error.value]
    subject = "who" if "party" in fields else "choice"
    hint = error.schema.get("oneOfErrorMessage", "")
    if given:
        message = f"{' and '.join(given)} exclude each other"
        pointer = (*error.path, given[1])
        yield Problem(code=f"{subject}-is-ambiguous", message=message, hint=hint, pointer=pointer, on="key")
    elif not set(fields) & set(_slips(error).values()):
        message = f"none of {', '.join(fields)} is given"
        yield _problem(error, f"{subject}-is-missing", message, hint)


def _other(error: _Error) -> Iterator[Problem]:
    yield _problem(error, "not-allowed", f"{_what(error)} is not allowed here ({error.keyword})", UNEXPLAINED.hint)


_EXPLAIN: dict[str, Callable[[_Error], Iterator[Problem]]] = {
    "additionalProperties": _unknown_fields,
    "required": _missing_field,
    "type": _wrong_type,
    "enum": _unknown_value,
    "const": _unknown_value,
    "pattern": _bad_format,
    "oneOf": _choice,
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _wrong_length),
    **dict.fromkeys(("minimum", "maximum"), _out_of_range),
}


def _problem(error: _Error, code: str, message: str, hint: str) -> Problem:
    return Problem(code=code, message=message, hint=hint, pointer=error.path)


def _field(error: _Error) -> str:
    """Name the field that the value stands in, "" for the document."""
    return next((part for part in reversed(error.path) if isinstance(part, str)), "")


def _what(error: _Error) -> str:
    path, field = error.path, _field(error)
    if not path:
        return "the record"
    return f'item {path[-1] + 1} of "{field}"' if isinstance(path[-1], int) else f'"{field}"'


def _advice(schema: Schema, field: str) -> str:
    """Say what belongs into a field, in the schema's words, and give its first example."""
    example = next((_written(each) for each in schema.get("examples", ()) if each != []), "")
    known = schema.get("description", "").rstrip(".")
    return "; ".join(part for part in (known, f"for example {field}: {example}" if example else "") if part)


def _written(value: Any) -> str:
    """Write an example as YAML on one line, "" where that is too long to help."""
    plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][\w ./-]*", value) and not other_reading(value)
    written = str(value) if plain else json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 2 * _LONGEST else ""


def _shown(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}…"
