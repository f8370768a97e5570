"""The packaged schemas: what a record may hold, and in plain words what is wrong with one that is not so.

jsonschema-rs says quickly whether a document is valid; jsonschema finds what is wrong, and its errors become
Problems here. Neither fetches anything: a `$ref` out of the file is refused. Hints come from the schema itself
(`description`, `examples`, `patternErrorMessage`, `oneOfErrorMessage`), so an editor says the same.
"""

import json
import re
from collections.abc import Callable, Iterator
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

KINDS = ("archive", "assessment", "index", "letter", "parties", "threads", "withdrawn")

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


def text(kind: str) -> bytes:
    """Read the schema file of a kind of record: in a checkout from schema/, in a wheel from within the package."""
    name = f"{kind}.schema.json"
    packaged = Path(__file__).with_name("schemas") / name
    return (packaged if packaged.exists() else Path(__file__).parent.parent / "schema" / name).read_bytes()


def is_valid(kind: str, document: Any) -> bool:
    """Say quickly whether a document is as its schema wants it; a withdrawn letter may be a stub."""
    return _quick(_chosen(kind, document)).is_valid(document)


def problems(kind: str, document: Any) -> list[Problem]:
    """Find everything that is wrong with a document, one problem a place; none if it is valid."""
    errors = _thorough(_chosen(kind, document)).iter_errors(document)
    found = [problem for error in errors for problem in _EXPLAIN.get(str(error.validator), _other)(error)]
    return _without_echoes(found)


def _chosen(kind: str, document: Any) -> str:
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

    judge: Callable[..., Draft202012Validator] = extend(Draft202012Validator, {"pattern": _pattern})
    return judge(schema, registry=Registry())


def _refuse(address: str) -> Any:
    raise ValueError(f"a schema may not refer to another file: {address}")


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator["ValidationError"]:
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _regex(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


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
_CLASSES = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object", type(None): "null"}


def _without_echoes(found: list[Problem]) -> list[Problem]:
    """Drop what follows from another problem: a field is not also missing if it is there, misspelt."""
    meant = {(p.pointer[:-1], name) for p in found for name in _SUGGESTED.findall(p.hint) if p.code == "unknown-field"}
    best: dict[tuple[Pointer, str, str], Problem] = {}
    for problem in found:
        fields = _QUOTED.findall(problem.message) if problem.code.endswith("-missing") else ()
        if problem.code == "missing-field" or problem.code.endswith("-is-missing"):
            if any((problem.pointer, field) in meant for field in fields):
                continue
        place = (problem.pointer, problem.on, problem.message if problem.code == "missing-field" else "")
        ...
    return found
