"""Every published record and document is the one that the log names, and the index says what it says.

For whoever has no clone this is what binds the text to the log: the newest leaf of a key holds the SHA-256 of its
record, and the record is read again. Of a withdrawn letter nothing is published, so nothing of it is read.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from publisher.audit import ABSENT, Audit, Difference, Outcome, failed, passed, shown, unchecked, value_differences
from publisher.formats.raw import document_path
from publisher.log import Leaf
from publisher.record import key_of, parse
from publisher.snapshot import is_published_path
from publisher.steps.index import ARRAYS, SINGULAR, key_in

_Entry = tuple[str, Mapping[str, Any]]
"""The name of an array of the index, and one of its entries."""


def published(audit: Audit) -> Outcome:
    """Hold every record of the index against the newest leaf of its key, and against the published file."""
    if audit.index is None or audit.leaves is None or not audit.has("index"):
        return unchecked("the log could not be read, and nothing else says what a record is")
    newest = {leaf.key: leaf for leaf in map(Leaf.parse, audit.leaves)}
    entries = [(array, entry) for array in SINGULAR if array != "removed" for entry in audit.index[array]]
    shows = {entry["id"] for entry in audit.index["letters"] if entry["letter"].get("status") != "withdrawn"}
    found = [*_misplaced(audit.index, newest), *_archive(audit.index)]
    for array, entry in entries:
        leaf = newest[key_in(array, entry)]
        found += _record(audit, (array, entry), leaf, is_shown=array == "tables" or entry["id"] in shows)
    if found:
        return failed("the published records are not those of the log, or not what the index says", found)
    count = sum(array == "tables" or entry["id"] in shows for array, entry in entries)
    return passed(f"all {count} published records are those of their leaves, and say what the index says")


def _misplaced(index: Mapping[str, Any], newest: Mapping[str, Leaf]) -> Iterator[Difference]:
    """Yield every entry that is listed as a record though the log says that it was removed, or the other way round."""
    for array in SINGULAR:
        for entry in index[array]:
            is_gone = newest[key_in(array, entry)].op == "remove"
            if is_gone != (array == "removed"):
                says, expected = ("removed", "a record") if array == "removed" else ("a record", "removed")
                yield Difference(what=_label((array, entry)), field=ARRAYS[array], published=says, expected=expected)


def _archive(index: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield what the index says of the archive and its table does not."""
    for entry in index["tables"]:
        if entry["key"] == "archive":
            yield from value_differences("index.json", ("archive",), index["archive"], entry["table"])


def _record(audit: Audit, placed: _Entry, leaf: Leaf, *, is_shown: bool) -> Iterator[Difference]:
    array, entry = placed
    label, record, field = _label(placed), entry["record"], SINGULAR[array]
    yield from value_differences(label, ("record", "sha256"), record["sha256"], leaf.sha256)
    yield from value_differences(label, ("record", "size"), record["size"], leaf.size)
    if key_of(record["path"]) != leaf.key or not is_published_path(record["path"]):
        expected = f"a path of {shown(leaf.key)}"
        yield Difference(what=label, field="record.path", published=shown(record["path"]), expected=expected)
        return
    if not is_shown:
        return
    wrong = list(_file(audit, record["path"], leaf.sha256))
    yield from wrong
    if not wrong:
        document, _ = parse(audit.read(record["path"]) or b"")
        yield from value_differences(label, (field,), entry[field], document)
        yield from _documents(audit, document)


def _documents(audit: Audit, record: Any) -> Iterator[Difference]:
    """Yield every scan that is not the one which a record names; what is no list of documents names none."""
    match record:
        case {"documents": [*documents]}:
            for document in documents:
                match document:
                    case {"file": str(file), "sha256": str(sha256)} if is_published_path(document_path(file)):
                        yield from _file(audit, document_path(file), sha256)


def _file(audit: Audit, path: str, sha256: str | None) -> Iterator[Difference]:
    data = audit.read(path)
    actual = ABSENT if data is None else hashlib.sha256(data).hexdigest()
    if actual != sha256:
        yield Difference(what=path, field="sha256", published=actual, expected=sha256 or ABSENT)


def _label(placed: _Entry) -> str:
    array, entry = placed
    return f"{SINGULAR[array]} {shown(entry[ARRAYS[array]])}"
