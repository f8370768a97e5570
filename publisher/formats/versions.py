"""The versions of the letters that readers see, and of their outcomes; and the bytes of the earlier ones.

    letters/ID/REV/record.yaml            an earlier version of a letter, byte for byte as committed
    letters/ID/outcomes/REV/record.yaml   an earlier version of its assessment

A withdrawal takes back what was published before it, a removal too: a letter that was reinstated has the versions
since then, and a letter that is withdrawn or removed has none. Of an erased version nothing is published. Old
versions are never held against today's schema, and may be of any shape, or unreadable.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from publisher.index import Index
from publisher.letter import Letter
from publisher.provenance import Provenance, Revision
from publisher.record import parse

State = Literal["readable", "unreadable", "erased", "absent"]
"""An absent version is one whose bytes are not at hand: it is larger than a record may be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One version of a letter, or of its outcomes; `document` is its content as JSON values if it can be read."""

    letter: str
    of_assessment: bool
    revision: Revision
    state: State
    data: bytes = b""
    document: Mapping[str, Any] | None = None

    @property
    def rev(self) -> int:
        """The number of its revision."""
        return self.revision.rev

    @property
    def folder(self) -> str:
        """Where the page and the bytes of it are if it is an earlier one."""
        return version_folder(self.letter, self.rev, of_assessment=self.of_assessment)


def version_folder(letter_id: str, rev: int, *, of_assessment: bool = False) -> str:
    """Return the folder of an earlier version; with record.yaml behind it, the path of its bytes."""
    return f"letters/{letter_id}/{'outcomes/' if of_assessment else ''}{rev}/"


def render(index: Index, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the bytes of all earlier versions."""
    versions, files = Versions(index, contents), {}
    for entry in index.letters:
        for revisions, of_assessment in versions.kept(entry.id):
            for revision in revisions[:-1]:
                data = None if revision.erased else contents.get(revision.sha256 or "")
                if data is not None:
                    folder = version_folder(entry.id, revision.rev, of_assessment=of_assessment)
                    files[f"{folder}record.yaml"] = data
    return files


@dataclass(frozen=True)
class Versions:
    """The versions of all letters of an index; `contents` holds bytes by SHA-256."""

    index: Index
    contents: Mapping[str, bytes]

    def kept(self, letter_id: str) -> Iterator[tuple[Sequence[Revision], bool]]:
        """Yield the revisions that readers may see, the newest being the current: the letter's, then its outcomes'."""
        entry = self.index.letter_of.get(letter_id)
        if entry is None or not isinstance(entry.letter, Letter):
            return
        own = _since_gone(entry.provenance)
        yield own, False
        assessed = self.index.assessment_of.get(letter_id)
        if assessed and assessed.assessment is not None:
            yield _seen_since(own[0], _since_gone(assessed.provenance)), True

    def letter(self, letter_id: str) -> tuple[Version, ...]:
        """The versions of a letter, oldest first; none if it is not published."""
        return self._read(letter_id, of_assessment=False)

    def outcomes(self, letter_id: str) -> tuple[Version, ...]:
        """The versions of a letter's outcomes, oldest first."""
        return self._read(letter_id, of_assessment=True)

    def _read(self, letter_id: str, *, of_assessment: bool) -> tuple[Version, ...]:
        for revisions, is_assessment in self.kept(letter_id):
            if is_assessment == of_assessment:
                return tuple(self._version(letter_id, revision, of_assessment) for revision in revisions)
        return ()

    def _version(self, letter_id: str, revision: Revision, of_assessment: bool) -> Version:
        state, data, document = self._bytes(revision)
        return Version(
            letter=letter_id, of_assessment=of_assessment, revision=revision, state=state, data=data, document=document
        )

    def _bytes(self, revision: Revision) -> tuple[State, bytes, Mapping[str, Any] | None]:
        if revision.erased is not None:
            return "erased", b"", None
        data = self.contents.get(revision.sha256 or "")
        if data is None:
            return "absent", b"", None
        document = self._document(revision.sha256 or "", data)
        return ("unreadable" if document is None else "readable"), data, document

    def _document(self, sha256: str, data: bytes) -> Mapping[str, Any] | None:
        if sha256 not in self._documents:
            self._documents[sha256] = self._current.get(sha256) or parse(data)[0]
        return self._documents[sha256]

    @cached_property
    def _documents(self) -> dict[str, Mapping[str, Any] | None]:
        return {}

    @cached_property
    def _current(self) -> dict[str, Mapping[str, Any]]:
        """What was parsed already: the documents of the index."""
        found = {e.record.sha256: e.document for e in self.index.letters if isinstance(e.letter, Letter)}
        return found | {e.record.sha256: e.document for e in self.index.assessments if e.assessment is not None}


def _since_gone(provenance: Provenance) -> Sequence[Revision]:
    """The revisions of a record that is published since it was last withdrawn or removed, if ever it was.

    What is amended while it is withdrawn stays behind too: the record may hold more than readers are to see.
    """
    start = max((at for at, one in enumerate(provenance.revisions) if one.meaning == "reinstated"), default=0)
    return provenance.revisions[start:]


def _seen_since(first: Revision, revisions: Sequence[Revision]) -> Sequence[Revision]:
    """The revisions of a letter's outcomes that stood beside the letter since its `first` one that is published.

    Of those that landed before, only the last can have stood beside it.
    """
    before = [one for one in revisions if one.seq < first.seq and one.commit != first.commit]
    return [*before[-1:], *revisions[len(before) :]]
