"""index.json is canonical, fits its schema, and its leaves give its log's root."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from publisher import log, schema
from publisher.audit import Audit, Difference, Outcome, dotted, failed, passed, shown, unchecked
from publisher.index import Index, canonical
from publisher.publish import index_leaves

ARRAYS = {"letters": "id", "assessments": "id", "tables": "key", "removed": "key"}
SINGULAR = {"letters": "letter", "assessments": "assessment", "tables": "table", "removed": "removed"}
_MOST_PROBLEMS = 100


def well_formed(audit: Audit) -> Outcome:
    """Parse the signed index, and keep it if it fits its schema."""
    data = audit.read("index.json")
    if data is None or not audit.has("index-signature"):
        return unchecked("index.json has no good signature, so it was not parsed")
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
        canonical(value)
    except (ValueError, RecursionError) as fault:
        return failed(f"index.json is no JSON of this profile: {fault}", [Difference(what="index.json")])
    found = list(_shape_faults(value, data))
    if schema.is_valid("index", value):
        audit.index = value
        found += _log_faults(audit, value)
    if found:
        return failed("index.json is not a well-formed index", found)
    facts = [f"version {rev} of {key} was erased: {reason}" for key, rev, reason in erased(value)]
    return passed(f"index.json is canonical, and its {value['log']['size']} leaves give its log root", *facts)


def erased(index: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Return key, rev and reason of every version whose bytes were erased, in the order of the log."""
    found = [
        (revision["seq"], (key_in(array, entry), revision["rev"], revision["erased"]))
        for array in ARRAYS
        for entry in index[array]
        for revision in entry["provenance"]["revisions"]
        if "erased" in revision
    ]
    return [version for _, version in sorted(found)]


def key_in(array: str, entry: Mapping[str, Any]) -> str:
    """Return the key of an entry of one of the index's arrays."""
    name: str = entry[ARRAYS[array]]
    return f"{array}/{name}" if ARRAYS[array] == "id" else name


def _shape_faults(value: Any, data: bytes) -> Iterator[Difference]:
    if canonical(value) + b"\n" != data:
        yield Difference(what="index.json", published="not in canonical form")
    if schema.is_valid("index", value):
        return
    for problem in schema.problems("index", value)[:_MOST_PROBLEMS]:
        what, place = _named(value, problem.pointer)
        yield Difference(what=what, field=place, published=shown(problem.message))


def _log_faults(audit: Audit, value: Any) -> Iterator[Difference]:
    try:
        leaves = index_leaves(Index.from_mapping(value))
    except (KeyError, TypeError, ValueError) as fault:
        yield Difference(what="index.json", field="log", published=shown(str(fault)))
        return
    audit.leaves = tuple(leaves)
    head = {"origin": value["archive"].get("origin"), "size": len(leaves), "root": log.root(leaves).hex()}
    for name, expected in head.items():
        if value["log"][name] != expected:
            published = shown(value["log"][name])
            yield Difference(what="index.json", field=f"log.{name}", published=published, expected=shown(expected))


def _named(value: Any, pointer: tuple[str | int, ...]) -> tuple[str, str]:
    """Return which entry a place of the index belongs to, and the rest of the place."""
    match pointer:
        case (str() as array, int() as at, *rest) if array in ARRAYS:
            entry = value[array][at]
            name = entry.get(ARRAYS[array]) if isinstance(entry, dict) else None
            return f"{SINGULAR[array]} {shown(name)}" if isinstance(name, str) else f"{array}[{at}]", dotted(rest)
    return "index.json", dotted(pointer)


def _no_float(text: str) -> Any:
    raise ValueError(f"{text[:40]} is no integer")
