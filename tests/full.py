"""Full documents made from the schemas alone: every field that a kind of record can have, with its first example."""

import json
from collections.abc import Iterator
from typing import Any

from publisher import schema

Pointer = tuple[str | int, ...]
RECORDS = {
    "archive": "records/archive.yaml",
    "assessment": "records/assessments/2019-02-15-harbour-to-acme.yaml",
    "erasures": "records/erasures.yaml",
    "letter": "records/letters/2019/2019-02-15-harbour-to-acme.yaml",
    "parties": "records/parties.yaml",
    "threads": "records/threads.yaml",
    "withdrawn": "records/letters/2019/2019-02-15-harbour-to-acme.yaml",
}
"""Where a record of each kind stands."""
VARIANTS = 3
"""No choice between fields has more branches."""


def load(kind: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(schema.text(kind))
    return loaded


def resolved(part: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """Follow a local `$ref`."""
    if "$ref" not in part:
        return part
    found: Any = root
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return {**resolved(found, root), **{key: value for key, value in part.items() if key != "$ref"}}


def build(part: dict[str, Any], root: dict[str, Any], variant: int) -> Any:
    """Make a value with every field; of a choice between fields, the one of this variant."""
    part = resolved(part, root)
    if "properties" in part:
        choice = [branch["required"][0] for branch in part.get("oneOf", [])]
        left_out = set(choice) - set(choice[variant % len(choice) :][:1]) if choice else set()
        fields = {name: field for name, field in part["properties"].items() if name not in left_out}
        return {name: build(field, root, variant) for name, field in fields.items()}
    if part.get("type") == "array":
        return [build(part["items"], root, variant)]
    if "const" in part:
        return part["const"]
    return part["examples"][variant % len(part["examples"])]


def document(kind: str, variant: int) -> dict[str, Any]:
    """Make one full document of a kind."""
    root = load(kind)
    made: dict[str, Any] = build(root, root, variant)
    return {**made, "status": "withdrawn"} if kind == "withdrawn" else made


def fields(kind: str, variant: int) -> Iterator[tuple[Pointer, dict[str, Any], bool]]:
    """Yield every field of the full document: its pointer, its schema, and whether it has to be there."""
    root = load(kind)

    def walk(part: dict[str, Any], value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, dict[str, Any], bool]]:
        part = resolved(part, root)
        if isinstance(value, list) and "items" in part:
            for at, item in enumerate(value):
                yield from walk(part["items"], item, (*pointer, at))
        elif isinstance(value, dict):
            needed = {*part.get("required", ()), *(name for each in part.get("oneOf", ()) for name in each["required"])}
            for name, item in value.items():
                field = resolved(part["properties"][name], root)
                yield (*pointer, name), field, name in needed
                yield from walk(field, item, (*pointer, name))

    yield from walk(root, document(kind, variant), ())
