"""The site as the files on disk would make it: a draft, which nothing signs and nobody should take for published.

What cannot be read is left out and said on every page. A version that is not committed yet counts as landed now.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.archive import Archive
from publisher.examine import Examined, examine
from publisher.finding import Finding
from publisher.formats import FORMATS, pages
from publisher.formats.pages.site import Draft, Fault, Site
from publisher.git import LineCommit, Repository
from publisher.history import History, Version
from publisher.index import Index
from publisher.publish import earlier_versions
from publisher.snapshot import Snapshot

UNCOMMITTED = "uncommitted"
_LEFT_OUT = frozenset({"pages", "tiles"})
_NAMELESS = frozenset({"bad-id", "bad-path", "duplicate-question", "id-mismatch"})
"""Faults of a record for which no pages could be told apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """A draft: its files by path, and what is wrong with the records it was made from.

    `site` is what the pages were made from, None where too much is wrong with the records for any.
    """

    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]
    site: Site | None = None


def build(root: Path, repository: Repository, *, now: int) -> Built:
    """Build the site from the records below `root` and the history of HEAD; `now` in seconds since 1970."""
    return build_on_disk(root, repository, base=repository.find_commit("HEAD"), draft=Draft(), now=now)


def build_on_disk(root: Path, repository: Repository, *, base: str | None, draft: Draft, now: int) -> Built:
    """Build the site from the records below `root` and the history of the commit `base`."""
    snapshot = Snapshot.on_disk(root)
    documents = _Files({found.sha256: root / path for path, found in snapshot.attachments.items()})
    return _built(snapshot, repository, base, documents, draft, now)


def build_of_commit(commit: str, repository: Repository, *, base: str | None, draft: Draft, now: int) -> Built:
    """Build the site from the files of a commit and the history of the commit `base`, as if they landed on it now."""
    snapshot = Snapshot.at(repository, commit)
    documents = repository.contents({found.sha256: found.blob for found in snapshot.attachments.values()})
    return _built(snapshot, repository, base, documents, draft, now)


def _built(
    snapshot: Snapshot, repository: Repository, base: str | None, documents: Mapping[str, bytes], draft: Draft, now: int
) -> Built:
    landed = History.of(repository, base, Snapshot.at(repository, base)) if base else History()
    examined = examine(snapshot, landed.pending(snapshot))
    draft = replace(draft, faults=tuple(map(_fault, examined.findings)))
    archive = _nameable(examined)
    if archive.info is None or not {"parties", "threads"} <= archive.records.keys():
        return Built(files={"index.html": pages.faults_page(draft).encode()}, findings=examined.findings)
    index = Index.of(archive, _readable(archive, examined.history, now), tree="", object_format="sha1")
    contents = _contents(examined, repository, documents)
    site = Site(index, contents, draft)
    files = pages.rendered_site(site)
    for name, render in FORMATS.items():
        if name not in _LEFT_OUT:
            files |= render(index, contents)
    files["index.json"] = index.to_bytes()
    return Built(files=files, findings=examined.findings, site=site)


def _fault(finding: Finding) -> Fault:
    where = finding.location
    return Fault(
        severity=finding.severity, place=f"{where.path}:{where.line}", message=finding.message, hint=finding.hint
    )


def _nameable(examined: Examined) -> Archive:
    """Leave out the records that are not what their name says, or name one thing twice."""
    archive = examined.archive
    paths = {finding.location.path for finding in examined.findings if finding.code in _NAMELESS}
    gone = {key for key, record in archive.records.items() if record.path in paths}
    names = {key.partition("/")[2] for key in gone if key.startswith("letters/")}
    return replace(
        archive,
        records={key: record for key, record in archive.records.items() if key not in gone},
        letters={name: letter for name, letter in archive.letters.items() if name not in names},
        assessments={
            name: assessment for name, assessment in archive.assessments.items() if f"assessments/{name}" not in gone
        },
    )


def _readable(archive: Archive, history: History, now: int) -> History:
    """Leave out the records that cannot be read; date the others' uncommitted versions."""
    newest = history.newest
    time = max([now, *(commit.time for commit in history.line)])
    kept: list[Version] = []
    for version in history.versions:
        if version.key in archive.records or newest[version.key].op == "remove":
            version = replace(version, seq=len(kept))
            if version.commit is None:
                version = replace(version, commit=UNCOMMITTED, landed_at=time, published_at=time)
            kept.append(version)
    line = (*history.line, LineCommit(id=UNCOMMITTED, parent=None, time=time))
    return replace(history, versions=tuple(kept), line=line)


def _contents(examined: Examined, repository: Repository, documents: Mapping[str, bytes]) -> Mapping[str, bytes]:
    records = {hashlib.sha256(data).hexdigest(): data for data in examined.snapshot.files.values()}
    return _Contents({**records, **earlier_versions(examined, repository, records)}, documents)


class _Files(Mapping[str, bytes]):
    """The bytes of files on the disk by SHA-256, read when asked for; nothing of one that is gone."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths

    def __getitem__(self, sha256: str) -> bytes:
        path = self._paths[sha256]
        return path.read_bytes() if path.is_file() else b""

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


class _Contents(Mapping[str, bytes]):
    """Bytes by SHA-256; what is missing is empty, and a finding."""

    def __init__(self, known: Mapping[str, bytes], documents: Mapping[str, bytes]) -> None:
        self._known, self._documents = known, documents

    def __getitem__(self, sha256: str) -> bytes:
        if sha256 in self._known:
            return self._known[sha256]
        return self._documents.get(sha256, b"")

    def __iter__(self) -> Iterator[str]:
        return iter((*self._known, *self._documents))

    def __len__(self) -> int:
        return len(self._known) + len(self._documents)
