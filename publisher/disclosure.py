"""What the documents that are about to be published would disclose: each looked into once, before it lands.

Only files whose bytes are not in the base yet are looked into, for that takes a process and up to seconds a file.
Where none is new, no process starts and nothing that reads PDFs is imported.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from publisher import documents
from publisher.archive import Archive
from publisher.checks.documents import document_path
from publisher.documents import Discovery, Inspection
from publisher.documents.codes import CODES
from publisher.finding import Finding, Location
from publisher.git import Repository
from publisher.letter import Document
from publisher.media import ACCEPTED, media_type
from publisher.snapshot import DOCUMENTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A letter's entry for a document: the record's key, its number there, and what it says."""

    key: str
    at: int
    document: Document


def disclosed(repository: Repository, archive: Archive, base: str | None) -> list[Finding]:
    """Look into every document that is not in the commit `base`, wherever the archive was read from."""
    if not any(path.startswith(DOCUMENTS) for path in archive.attachments):
        return []
    landed = {entry.id for entry in repository.tree(base, DOCUMENTS)} if base else set()
    new = {path: blob for path, blob in _blobs(repository, archive) if blob not in landed}
    if not new:
        return []
    entries = _entries(archive)
    if not documents.is_available():
        return [_unchecked(archive, path, entries.get(path)) for path in sorted(new)]
    from concurrent.futures import ThreadPoolExecutor  # a check without documents starts quicker

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        inspections = pool.map(lambda path: _inspect(repository, archive, path, new[path]), sorted(new))
        pairs = list(zip(sorted(new), inspections, strict=True))
    return [finding for path, seen in pairs for finding in _findings(archive, path, entries.get(path), seen)]


def _blobs(repository: Repository, archive: Archive) -> Iterator[tuple[str, str]]:
    """Yield each document's path and the id that git has, or would have, for its bytes."""
    for path, file in archive.attachments.items():
        if path.startswith(DOCUMENTS) and media_type(file.head) in ACCEPTED:  # what is not accepted is told elsewhere
            yield path, file.blob or repository.blob_id((repository.root / path).read_bytes())


def _inspect(repository: Repository, archive: Archive, path: str, blob: str) -> Inspection:
    file = archive.attachments[path]
    if file.blob:
        return documents.inspect(repository.contents({file.sha256: blob})[file.sha256])
    return documents.inspect((repository.root / path).read_bytes())


def _entries(archive: Archive) -> Mapping[str, Entry]:
    return {
        document_path(document): Entry(key=f"letters/{name}", at=at, document=document)
        for name, letter in archive.published.items()
        for at, document in enumerate(letter.documents)
    }


def _unchecked(archive: Archive, path: str, entry: Entry | None) -> Finding:
    return Finding(
        code="document-not-inspected",
        message="nobody looked for what this file hides: what reads PDFs and pictures is not installed",
        location=_location(archive, path, entry),
        severity="warning",
        hint="install the extra (pip install 'letterbook[pdf]') and check again before anything is pushed",
    )


def _findings(archive: Archive, path: str, entry: Entry | None, seen: Inspection) -> Iterator[Finding]:
    """Yield what was found and is not accepted, and what is wrong with the record's waivers."""
    here = _location(archive, path, entry)
    waivers = entry.document.waivers if entry else ()
    accepted = {waiver.code for waiver in waivers if waiver.code in CODES and CODES[waiver.code].waivable}
    yield from (finding_of(discovery, here) for discovery in seen.discoveries if discovery.code not in accepted)
    found = {discovery.code for discovery in seen.discoveries}
    for number, waiver in enumerate(waivers):
        assert entry is not None  # the waivers are its
        there = archive.location(entry.key, "documents", entry.at, "waivers", number, "code")
        if waiver.code in CODES and not CODES[waiver.code].waivable:
            yield Finding(
                code="cannot-be-waived",
                message=f"{waiver.code} is never accepted",
                location=there,
                hint="remove the waiver, and make the file again without what was found",
            )
        elif waiver.code not in found:
            yield Finding(
                code="unused-waiver",
                message=f"nothing of this kind was found in the file: {waiver.code}",
                location=there,
                severity="warning",
                hint="remove the waiver: what is accepted should be there",
            )
    if entry and seen.pages is not None and entry.document.pages not in {None, seen.pages}:
        yield Finding(
            code="wrong-pages",
            message=f"the file has {seen.pages} pages, the record says {entry.document.pages}",
            location=archive.location(entry.key, "documents", entry.at, "pages"),
            hint=f"write pages: {seen.pages}",
        )


def finding_of(discovery: Discovery, here: Location) -> Finding:
    """Return the finding that tells of a discovery, at a place."""
    count = f" ({discovery.characters} character{'s' * (discovery.characters != 1)})" if discovery.characters else ""
    where = f"{discovery.where}: " if discovery.where else ""
    return Finding(
        code=discovery.code,
        message=f"{where}{discovery.message}{count}",
        location=here,
        severity=discovery.severity,
        hint=discovery.hint,
    )


def _location(archive: Archive, path: str, entry: Entry | None) -> Location:
    if entry is None:
        return Location(path=path)
    return archive.location(entry.key, "documents", entry.at, "file")
