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


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """A draft: its files by path, and what is wrong with the records it was made from."""

    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]


def build(root: Path, repository: Repository, *, now: int) -> Built:
    """Build the site from the records below `root` and the history of HEAD; `now` in seconds since 1970."""
    snapshot = Snapshot.on_disk(root)
    commit = repository.find_commit("HEAD")
    landed = History.of(repository, commit, Snapshot.at(repository, commit)) if commit else History()
    examined = examine(snapshot, landed.pending(snapshot))
    draft = Draft(faults=tuple(map(_fault, examined.findings)))
    if examined.archive.info is None or not {"parties", "threads"} <= examined.archive.records.keys():
        return Built(files={"index.html": pages.faults_page(draft).encode()}, findings=examined.findings)
    index = Index.of(
        examined.archive, _readable(examined.archive, examined.history, now), tree="", object_format="sha1"
    )
    contents = _contents(root, examined, repository)
    files = pages.rendered_site(Site(index, contents, draft))
    for name, render in FORMATS.items():
        if name not in _LEFT_OUT:
            files |= render(index, contents)
    files["index.json"] = index.to_bytes()
    return Built(files=files, findings=examined.findings)


def _fault(finding: Finding) -> Fault:
    where = finding.location
    return Fault(
        severity=finding.severity, place=f"{where.path}:{where.line}", message=finding.message, hint=finding.hint
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


def _contents(root: Path, examined: Examined, repository: Repository) -> Mapping[str, bytes]:
    records = {hashlib.sha256(data).hexdigest(): data for data in examined.snapshot.files.values()}
    documents = {found.sha256: root / path for path, found in examined.snapshot.attachments.items()}
    return _Contents({**records, **earlier_versions(examined, repository, records)}, documents)


class _Contents(Mapping[str, bytes]):
    """Bytes by SHA-256, documents read from the disk when asked for; what is missing is empty, and a finding."""

    def __init__(self, known: Mapping[str, bytes], documents: Mapping[str, Path]) -> None:
        self._known, self._documents = known, documents

    def __getitem__(self, sha256: str) -> bytes:
        if sha256 in self._known:
            return self._known[sha256]
        path = self._documents.get(sha256)
        return path.read_bytes() if path is not None and path.is_file() else b""

    def __iter__(self) -> Iterator[str]:
        return iter((*self._known, *self._documents))

    def __len__(self) -> int:
        return len(self._known) + len(self._documents)
