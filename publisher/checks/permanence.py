"""What was published stays: a letter is amended with a note or withdrawn, never removed, renamed or replaced."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from publisher.archive import Archive
from publisher.finding import Finding, Location, Severity
from publisher.history import Content, History, Version
from publisher.provenance import meaning_of, new_notes
from publisher.record import parse

_FOLDER = "letters/"
_STATUS_NOTES = {"withdrawn": "withdrawal", "reinstated": "reinstatement"}


def kept(archive: Archive, history: History) -> Iterator[Finding]:
    """Yield a finding for every letter removed, renamed, or changed without a new `changes` note."""
    by_key = history.by_key
    for key, versions in by_key.items():
        if not key.startswith(_FOLDER):
            continue
        for before, version in pairwise(versions):
            yield from _step(archive, history, before, version)
    yield from _identity(archive, history)


def _step(archive: Archive, history: History, before: Version, version: Version) -> Iterator[Finding]:
    if version.op == "remove":
        yield _gone(history, before, version, _heir(archive, history, before, version))
    elif version.is_stub:
        return  # nobody can know what it said; checks/erasures.py says whether the stub may stand there
    elif before.op == "remove" and "reinstatement" not in [kind for kind, _ in (version.content or Content()).changes]:
        yield _finding(
            archive, version, "id-reused", "this id belonged to a letter that was removed",
            "an id is never used again: give the letter another one, or, if it is the same letter, add a changes note "
            "of kind reinstatement",
        )  # fmt: skip
    elif before.op != "remove":
        yield from _amended(archive, before, version)


def _gone(history: History, before: Version, version: Version, heir: str | None) -> Finding:
    name = version.key.removeprefix(_FOLDER)
    where = Location(path=before.path)
    last = history.line[-1].id[:12] if version.commit is None and history.line else f"{version.commit}^"
    if heir is not None:
        return Finding(
            code="letter-renamed", location=where, severity=_severity(version),
            message=f'the published letter "{name}" became "{heir}": an id never changes',
            hint=f"name it {name} again (git mv), and say in a changes note what was wrong with the name",
        )  # fmt: skip
    back = f"bring it back ('git checkout {last} -- {before.path}') and, to take it back, set status: withdrawn"
    if before.is_stub:
        back = f"its last version was erased: write {before.path} with id: {name} and status: withdrawn"
    return Finding(
        code="letter-removed", location=where, severity=_severity(version),
        message=f'the published letter "{name}" is gone; a published letter is never removed',
        hint=f"{back} with a changes note of kind withdrawal",
    )  # fmt: skip


def _amended(archive: Archive, before: Version, version: Version) -> Iterator[Finding]:
    if before.is_stub and version.commit is not None:
        return  # it was held against the bytes that were there when it landed
    meaning = meaning_of(before, version)
    old, new = before.content or Content(), version.content or Content()
    if meaning == "unchanged" or (version.commit is None and not new.is_readable):
        return  # of what cannot be read, that is said already
    added = new_notes(old, new)
    if added is None:
        yield _finding(
            archive, version, "changes-rewritten", "an earlier changes note was altered or removed",
            "leave earlier notes as they were published, and add new ones at the end",
        )  # fmt: skip
    elif meaning in _STATUS_NOTES and _STATUS_NOTES[meaning] not in added:
        kind = _STATUS_NOTES[meaning]
        yield _finding(
            archive, version, f"{kind}-without-note", f"the letter was {meaning} and no new changes note says so",
            f"add to changes: {{kind: {kind}, note: why}}",
        )  # fmt: skip
    elif not added:
        yield _finding(
            archive, version, "change-without-note", "the published letter was changed and no new changes note says so",
            "add to changes: {kind: correction, note: what was wrong and what is right now}; kind editorial is for "
            "changes that no reader needs to know of",
        )  # fmt: skip


def _finding(archive: Archive, version: Version, code: str, message: str, hint: str) -> Finding:
    landed = version.commit is not None
    if landed:
        message = f"{message} (revision {version.rev}, commit {(version.commit or '')[:12]})"
    location = Location(path=version.path)
    if not landed and version.key in archive.records:
        location = archive.location(version.key, "changes", on="key")
    return Finding(code=code, message=message, location=location, severity=_severity(version), hint=hint)


def _severity(version: Version) -> Severity:
    return "error" if version.commit is None else "warning"


def _identity(archive: Archive, history: History) -> Iterator[Finding]:
    """The origin of the log and the authority of the feeds' ids are fixed for life."""
    version = history.newest.get("archive")
    if version is None or version.commit is not None or "archive" not in archive.records:
        return
    old, _ = parse(history.tip.files.get("records/archive.yaml", b""))
    for field in ("origin", "authority"):
        if old and old.get(field) != archive.records["archive"].document[field]:
            yield Finding(
                code="identity-changed",
                message=f"the archive's {field} was changed; it is fixed for life",
                location=archive.location("archive", field),
                hint=f"write {field}: {old.get(field)} again: logs, feeds and citations are known by it",
            )


def _heir(archive: Archive, history: History, before: Version, version: Version) -> str | None:
    """Return the id of the pending new letter that holds what the removed one held, or None."""
    if version.commit is not None or before.path not in history.tip.files:
        return None
    old, _ = parse(history.tip.files[before.path])
    arrivals = (v.key for v in history.versions if v.commit is None and v.op == "add" and v.key in archive.records)
    return next(
        (key.removeprefix(_FOLDER) for key in arrivals if old and _alike(old, archive.records[key].document)),
        None,
    )


def _alike(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether nearly all fields but the id are equal."""
    fields = (old.keys() | new.keys()) - {"id", "changes"}
    equal = sum(old.get(field) == new.get(field) for field in fields)
    return bool(4 * equal >= 3 * len(fields))
