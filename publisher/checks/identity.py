"""Identity is the id, never the path: it is the file's name, it is unique, and every record has its place."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from publisher.archive import Archive
from publisher.finding import Finding, Location
from publisher.history import History
from publisher.snapshot import DOCUMENTS, KEYS, is_published_path

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CROWDED = 2000


def places(archive: Archive, _: History) -> Iterator[Finding]:
    """Every archive has an archive.yaml; every record stands where Letterbook looks for it."""
    if not archive.knows("archive"):
        yield Finding(
            code="missing-archive",
            message="there is no records/archive.yaml",
            location=Location(path="records/archive.yaml"),
            hint="it names the archive: its name, origin, tag authority and site",
        )
    for path in (*archive.others, *archive.attachments):
        if not path.startswith((DOCUMENTS, KEYS)):
            yield from _stray(path)
    yield from _crowded(archive)


def names(archive: Archive, _: History) -> Iterator[Finding]:
    """A record's file is named after its id, which is plain, and no two files share an id."""
    for key, paths in archive.paths.items():
        for path in paths[1:]:
            yield Finding(
                code="duplicate-record",
                message=f"{paths[0]} is a record of the same id",
                location=Location(path=path),
                hint="an id belongs to one file: remove one of the two, or give the newer one an id of its own",
            )
        name = key.partition("/")[2]
        if name and not _ID.fullmatch(name) and is_published_path(paths[0]):
            yield Finding(
                code="bad-id",
                message=f"the file name {_shown(name)} is no id",
                location=Location(path=paths[0]),
                hint="use small letters, digits and single hyphens, such as 2019-02-15-acme-to-harbour",
            )
    for path in (*archive.attachments, *(path for paths in archive.paths.values() for path in paths)):
        if not is_published_path(path):
            yield Finding(
                code="bad-path",
                message="this path holds a character that no published path can have",
                location=Location(path=path),
                hint="name files and folders with plain letters, digits, hyphens, dots and underscores",
            )
    yield from _mismatched(archive)


def duplicates(archive: Archive, _: History) -> Iterator[Finding]:
    """Parties, threads, questions and relations are listed once."""
    for key, code in (("parties", "duplicate-party"), ("threads", "duplicate-thread")):
        if key in archive.records:
            items = archive.records[key].document[key]
            yield from _twice(archive, key, key, (item["id"] for item in items), "id", code)
    for name, letter in archive.published.items():
        key = f"letters/{name}"
        labels = (question.label for question in letter.questions)
        yield from _twice(archive, key, "questions", labels, "label", "duplicate-question")
        links = ((relation.kind, relation.letter) for relation in letter.relations)
        yield from _twice(archive, key, "relations", links, "letter", "duplicate-relation")
    for name, assessment in archive.assessments.items():
        given = ((o.question, o.by, o.outcome) for o in assessment.outcomes)
        yield from _twice(archive, f"assessments/{name}", "outcomes", given, "outcome", "duplicate-outcome")


def _mismatched(archive: Archive) -> Iterator[Finding]:
    for key, record in archive.records.items():
        folder, _, name = key.partition("/")
        field = {"letters": "id", "assessments": "letter"}.get(folder)
        if field and record.document[field] != name and _ID.fullmatch(name):
            yield Finding(
                code="id-mismatch",
                message=f"the {field} {_shown(str(record.document[field]))} is not the file's name, {_shown(name)}",
                location=record.locate(field),
                hint=f"write {field}: {name}, or rename the file; the id of a published letter never changes",
            )


def _twice(archive: Archive, key: str, field: str, items: Iterable[Any], part: str, code: str) -> Iterator[Finding]:
    seen: Counter[Any] = Counter()
    for at, item in enumerate(items):
        seen[item] += 1
        if seen[item] == 2:
            yield Finding(
                code=code,
                message=f"entry {at + 1} of {field} says again what an earlier one says",
                location=archive.location(key, field, at, part),
                hint="remove it, or tell the two apart",
            )


def _stray(path: str) -> Iterator[Finding]:
    if PurePosixPath(path).suffix.lower() in (".yml", ".yaml"):
        yield Finding(
            code="wrong-suffix",
            message="a record's file name ends in .yaml",
            location=Location(path=path),
            hint="rename the file so that it ends in .yaml, in small letters",
        )
    elif PurePosixPath(path).name not in ("README.md", "LICENSE", ".gitkeep"):
        yield Finding(
            code="stray-file",
            message="this file belongs to no record and is not published",
            location=Location(path=path),
            severity="warning",
            hint=f"documents stand in {DOCUMENTS}; anything else belongs outside records/",
        )


def _crowded(archive: Archive) -> Iterator[Finding]:
    folders = Counter(str(PurePosixPath(paths[0]).parent) for paths in archive.paths.values())
    for folder, count in sorted(folders.items()):
        if count > _CROWDED:
            yield Finding(
                code="crowded-folder",
                message=f"{folder} holds {count} records; git slows down past some {_CROWDED}",
                location=Location(path=f"{folder}/"),
                severity="warning",
                hint="move them into a folder for each month: a move changes no id and no date",
            )


def _shown(text: str) -> str:
    return ascii(text) if not text.isprintable() else f'"{text}"'
