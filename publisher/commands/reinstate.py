"""A withdrawn letter published again: what it said when it was last published, its documents, and one more note."""

import hashlib
from collections.abc import Iterator
from typing import Any

from publisher import edit
from publisher.commands.amend import Subject, good_note, note_given, noted
from publisher.commands.ask import say
from publisher.commands.desk import Change, Desk
from publisher.commands.withdraw import PENDING_REVIEW
from publisher.errors import UsageError
from publisher.git import Repository
from publisher.history import History, Version
from publisher.record import parse
from publisher.snapshot import DOCUMENTS, Snapshot

REVIEWED = "The review is over: the letter is published again."
_LARGEST = 1 << 30


def reinstated(desk: Desk, record: Subject, note: str) -> Change:
    """Return the change that takes a withdrawal back; UsageError where there is none, or nothing to go back to."""
    if not record.is_withdrawn:
        raise UsageError(f"{record.id} is not withdrawn", "there is nothing to take back")
    head = desk.repository.find_commit("HEAD")
    history = History.of(desk.repository, head, Snapshot.at(desk.repository, head)) if head else History()
    data, version = _last_published(desk.repository, history, record)
    document: dict[str, Any] = parse(data)[0] or {}
    files = dict(_documents(desk, history, version, document))
    newest = history.newest[record.key]
    if newest is version:
        say(f"\nThe withdrawal of {record.id} was not committed: the letter is put back as it was, without a note.")
    else:
        given = note_given(note) if note else _note(desk, record)
        for earlier in record.document["changes"][len(document.get("changes", ())) :]:
            data = noted(record, data, earlier["kind"], earlier["note"])
        data = noted(record, data, "reinstatement", given)
    say(f"\n{record.id} says again what it said before it was withdrawn.")
    return Change(pending=desk.pending({record.path: data, **files}), message=f"Publish the letter {record.id} again\n")


def _note(desk: Desk, record: Subject) -> str:
    if record.document["changes"][-1]["note"] == PENDING_REVIEW:
        return REVIEWED
    if desk.terminal is None:
        raise UsageError("a letter is published again with a note", 'give --note "why it is published again"')
    return desk.terminal.ask("Why is it published again? Readers see this note.", good_note)


def _last_published(repository: Repository, history: History, record: Subject) -> tuple[bytes, Version]:
    """Return the newest bytes that are neither withdrawn nor erased, and the version that landed them."""
    for version in reversed(history.by_key.get(record.key, [])):
        if version.op == "remove" or version.erased is not None or version.is_stub:
            continue
        (blob,) = repository.blobs([version.blob], keep=_LARGEST)
        document = parse(blob.data or b"")[0]
        if document and document.get("status") != "withdrawn":
            return _published(blob.data or b"", record.path, document), version
    raise UsageError(
        f"no version of {record.id} that could be published again is in the history",
        "it was withdrawn from the beginning, or erased: write it anew in the file",
    )


def _published(data: bytes, path: str, document: dict[str, Any]) -> bytes:
    return (
        edit.put(data, path, ("status",), "published") if document.get("status", "published") != "published" else data
    )


def _documents(
    desk: Desk, history: History, version: Version, document: dict[str, Any]
) -> Iterator[tuple[str, bytes | None]]:
    """Yield the letter's documents that are not on disk, as they were in the last commit that had them."""
    missing = {DOCUMENTS + each["file"]: each["sha256"] for each in document.get("documents", ())}
    missing = {path: digest for path, digest in missing.items() if path not in desk.snapshot.attachments}
    start = next((at for at, commit in enumerate(history.line) if commit.id == version.commit), 0)
    for commit in reversed(history.line[start:]) if missing else ():
        entries = {entry.path: entry.id for entry in desk.repository.tree(commit.id, DOCUMENTS)}
        for path in [path for path in missing if path in entries]:
            (blob,) = desk.repository.blobs([entries[path]], keep=_LARGEST)
            if blob.data is not None and hashlib.sha256(blob.data).hexdigest() == missing[path]:
                yield path, blob.data
                del missing[path]
        if not missing:
            return
