"""Every field of every schema, generated: without it, with a wrong type, misspelt. Each gives a finding inside the
field (or, where it is gone, inside what it is missing from), and all three reports say where."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from publisher import schema
from publisher.finding import Finding
from publisher.record import read
from publisher.reports import REPORTS
from tests.full import RECORDS, VARIANTS, Pointer, document, fields


def every_field() -> Iterator[tuple[str, int, Pointer, dict[str, Any], bool]]:
    """Yield each field once, with the first variant of its document that has it."""
    for kind in RECORDS:
        seen: set[Pointer] = set()
        for variant in range(VARIANTS):
            for pointer, field, needed in fields(kind, variant):
                if pointer not in seen:
                    seen.add(pointer)
                    yield kind, variant, pointer, field, needed


FIELDS = [pytest.param(*field, id=f"{field[0]}-{field[1]}-{'.'.join(map(str, field[2]))}") for field in every_field()]


def parent(value: Any, pointer: Pointer) -> Any:
    for step in pointer[:-1]:
        value = value[step]
    return value


def span(text: str, pointer: Pointer) -> tuple[tuple[int, int], tuple[int, int]]:
    """Find a field with PyYAML's own nodes: from its key to its end; the whole text for the document itself."""
    node = yaml.compose(text, yaml.CSafeLoader)
    if not pointer:
        return (1, 1), (text.count("\n") + 1, 1)
    start = None
    for step in pointer:
        if isinstance(step, int):
            assert isinstance(node, yaml.SequenceNode)
            node = node.value[step]
            start = node.start_mark
        else:
            assert isinstance(node, yaml.MappingNode)
            key, node = next(pair for pair in node.value if pair[0].value == step)
            start = key.start_mark
    assert start is not None and node is not None and node.end_mark is not None
    return (start.line + 1, start.column + 1), (node.end_mark.line + 1, node.end_mark.column + 1)


def assert_found_inside(kind: str, made: dict[str, Any], pointer: Pointer) -> list[Finding]:
    """Read a document; its findings lie inside the value at `pointer`, and every report says so."""
    text = yaml.dump(made, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=100)
    path, data = RECORDS[kind], text.encode()
    record, findings = read(path, data)
    assert record is None and findings
    start, end = span(text, pointer)
    for finding in findings:
        where = finding.location
        assert start <= (where.line, where.column) <= (where.end_line, where.end_column) <= end, finding
    reports = {name: render(findings, {path: data}) for name, render in REPORTS.items()}
    listed = json.loads(reports["json"])["findings"]
    for finding in findings:
        line, column = finding.location.line, finding.location.column
        assert f"--> {path}:{line}:{column}\n" in reports["text"]
        assert f"::error file={path},line={line},col={column}," in reports["github"]
        assert {"path": path, "line": line, "column": column}.items() <= listed[findings.index(finding)].items()
    return list(findings)


@pytest.mark.parametrize("variant", range(VARIANTS))
@pytest.mark.parametrize("kind", RECORDS)
def test_the_full_document_is_sound(kind: str, variant: int) -> None:
    text = yaml.dump(document(kind, variant), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
    record, findings = read(RECORDS[kind], text.encode())
    assert findings == ()
    assert record is not None and record.document == document(kind, variant)


@pytest.mark.parametrize(("kind", "variant", "pointer", "field", "needed"), FIELDS)
def test_without_it(kind: str, variant: int, pointer: Pointer, field: dict[str, Any], needed: bool) -> None:
    made = document(kind, variant)
    del parent(made, pointer)[pointer[-1]]
    if needed and not (kind == "withdrawn" and pointer == ("status",)):
        (finding,) = assert_found_inside(kind, made, pointer[:-1])
        assert finding.code.endswith("-missing") or finding.code == "missing-field"
        assert str(pointer[-1]) in finding.message
    else:
        assert schema.problems(kind, made) == [] or pointer == ("status",)


@pytest.mark.parametrize(("kind", "variant", "pointer", "field", "needed"), FIELDS)
def test_of_a_wrong_type(kind: str, variant: int, pointer: Pointer, field: dict[str, Any], needed: bool) -> None:
    made = document(kind, variant)
    types = [field["type"]] if isinstance(field["type"], str) else field["type"]
    for name, wrong in (("integer", 17), ("string", "wrong"), ("boolean", True), ("array", ["wrong"]), ("null", None)):
        if name in types or (kind == "withdrawn" and pointer == ("status",)):
            continue
        changed = copy.deepcopy(made)
        parent(changed, pointer)[pointer[-1]] = wrong
        (finding,) = assert_found_inside(kind, changed, pointer)
        assert finding.code == "wrong-type"
        assert str(pointer[-1]) in finding.message


@pytest.mark.parametrize(("kind", "variant", "pointer", "field", "needed"), FIELDS)
def test_misspelt(kind: str, variant: int, pointer: Pointer, field: dict[str, Any], needed: bool) -> None:
    if kind == "withdrawn" and pointer == ("status",):
        return
    name = str(pointer[-1])
    slip = name[:-1] + name[-1] * 2
    made = document(kind, variant)
    above = parent(made, pointer)
    renamed = {slip if key == name else key: value for key, value in above.items()}
    above.clear()
    above.update(renamed)
    (finding,) = assert_found_inside(kind, made, (*pointer[:-1], slip))
    assert (finding.code, finding.hint) == ("unknown-field", f'did you mean "{name}"?')
