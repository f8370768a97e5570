"""The committed bytes themselves: every current record and document at its own path.

Of a withdrawn letter neither its record, nor its assessment's, nor its documents are published.
"""

from collections.abc import Iterator, Mapping

from publisher.index import Index
from publisher.letter import Letter


def render(index: Index, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `records/...yaml` and `documents/...`, byte for byte as committed."""
    return {path: contents[digest] for path, digest in _published(index)}


def document_path(file: str) -> str:
    """Return where a document is published; in the repository it is under records/."""
    return f"documents/{file}"


def _published(index: Index) -> Iterator[tuple[str, str]]:
    """Yield path and SHA-256 of everything that is published as it stands."""
    for table in index.tables:
        yield table.record.path, table.record.sha256
    for entry in index.letters:
        if not isinstance(entry.letter, Letter):
            continue
        yield entry.record.path, entry.record.sha256
        for document in entry.letter.documents:
            yield document_path(document.file), document.sha256
    for assessed in index.assessments:
        if assessed.assessment is not None:
            yield assessed.record.path, assessed.record.sha256
