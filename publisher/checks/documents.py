"""Documents exist, and are what the record says: size, SHA-256, and media type by their content."""

from collections.abc import Iterator

from publisher.archive import Archive
from publisher.finding import Finding, Location
from publisher.history import History
from publisher.letter import Document
from publisher.media import ACCEPTED, media_type
from publisher.snapshot import DOCUMENTS, Attachment


def match(archive: Archive, _: History) -> Iterator[Finding]:
    """Every document of a letter is there with the bytes it claims, and every file belongs to a letter."""
    used: set[str] = set()
    for name, letter in archive.published.items():
        for at, document in enumerate(letter.documents):
            path = document_path(document)
            used.add(path)
            yield from _one(archive, f"letters/{name}", at, document, archive.attachments.get(path))
    for path in archive.attachments:
        if path.startswith(DOCUMENTS) and path not in used:
            yield Finding(
                code="unused-document",
                message="no published letter names this file, but everybody can read it in the repository",
                location=Location(path=path),
                severity="warning",
                hint="name it in a letter's documents, or remove it (git keeps what was committed)",
            )


def document_path(document: Document) -> str:
    """Return where a document's file stands in the repository."""
    return DOCUMENTS + document.file


def _one(archive: Archive, key: str, at: int, document: Document, file: Attachment | None) -> Iterator[Finding]:
    def fault(code: str, field: str, message: str, hint: str) -> Finding:
        return Finding(code=code, message=message, location=archive.location(key, "documents", at, field), hint=hint)

    if file is None:
        yield fault(
            "missing-document",
            "file",
            f"there is no file {document_path(document)}",
            "add the file, or correct its name",
        )
        return
    if file.sha256 != document.sha256:
        yield fault(
            "wrong-sha256",
            "sha256",
            "the file holds other bytes than the record says",
            f"the file's SHA-256 is {file.sha256}",
        )
    if file.size != document.size:
        yield fault(
            "wrong-size",
            "size",
            f"the file has {file.size} bytes, the record says {document.size}",
            f"write size: {file.size}",
        )
    seen = media_type(file.head)
    if seen != document.media_type:
        yield fault(
            "wrong-media-type",
            "media_type",
            f"the file's content is {seen}",
            f"write media_type: {seen}, if the file is the right one",
        )
    elif seen not in ACCEPTED:
        yield fault(
            "unwanted-media-type",
            "media_type",
            f"files of type {seen} are not published",
            "make a PDF of it: a PDF can be checked for what it hides",
        )
