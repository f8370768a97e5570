"""Which first-parent commit landed which bytes of which record, in order; nothing here is a heuristic.

A version lands at a commit exactly when the bytes of a record's key differ from those at the commit's first
parent (the empty tree for the root commit). A key's bytes are those at its byte-wise first path. So a move
with the same bytes, a mode change or a rename never matter. docs/format.md, section 3, has the whole rule.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from publisher.errors import RepositoryError
from publisher.git import Change, LineCommit, Repository, one_name_twice
from publisher.letter import Erasure
from publisher.record import MAX_BYTES, key_of, parse, read
from publisher.snapshot import FOLDER, KEYS, Snapshot

Operation = Literal["add", "revise", "remove"]
ERASURES = "records/erasures.yaml"
_FILES = ("100644", "100755", "100664")
_NO_BYTES = "0" * 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What must be known of one version's bytes to say what a revision means.

    `digest` is the SHA-256 of the document as canonical JSON, or of the bytes themselves where the document
    cannot be read; `changes` are its notes, each as (kind, canonical JSON). `stub` is the (id, rev) of a document
    `{"id": id, "erased": {"rev": rev}}`, which is all that is left where a version was erased.
    """

    digest: str = ""
    status: str = "published"
    changes: tuple[tuple[str, str], ...] = ()
    stub: tuple[str, int] | None = None

    @property
    def is_readable(self) -> bool:
        """Whether there is a document."""
        return not self.digest.startswith("bytes:")


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One landed version of one record; times are seconds since 1970, UTC. A removal has neither path nor bytes.

    `path` is where it landed; of a key's newest version, where it stands now.
    `commit` is None for a version that is not committed yet; its times are then those of the line's last commit.
    `erased` is the listed reason of one whose bytes were erased; its sha256 and size are those that are listed.
    """

    seq: int
    key: str
    rev: int
    op: Operation
    commit: str | None
    landed_at: int
    published_at: int
    path: str = ""
    blob: str = ""
    sha256: str = ""
    size: int = 0
    content: Content | None = None
    erased: str | None = None

    @property
    def is_stub(self) -> bool:
        """Whether its bytes are what an erasure leaves of this very version, listed or not."""
        stub = self.content.stub if self.content else None
        return stub is not None and stub == (self.key.rpartition("/")[2], self.rev)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFiles:
    """The files under records/keys/ as one commit left them, by path."""

    commit: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """All landed versions in the order of the log, and the first-parent line they landed on.

    `key_files` are the files under records/keys/, by path, after each commit that touched one; `erasures` are the
    entries of each landed version of records/erasures.yaml that its schema accepts. Both are oldest first.
    """

    versions: tuple[Version, ...] = ()
    line: tuple[LineCommit, ...] = ()
    tip: Snapshot = field(default_factory=Snapshot)
    key_files: tuple["KeyFiles", ...] = ()
    erasures: tuple[tuple[Erasure, ...], ...] = ()

    @classmethod
    def of(cls, repository: Repository, commit: str, snapshot: Snapshot) -> "History":
        """Return the history of a commit, whose own files are `snapshot`.

        Raises RepositoryError if the replayed line does not end in exactly what the commit's tree lists.
        """
        line = repository.line(commit)
        replay = _Replay()
        for commit_id, changes in repository.changes(line, FOLDER):
            replay.land(commit_id, changes)
        expected = {path: blob for path, blob in snapshot.blobs.items() if key_of(path) is not None}
        key_files = {path: blob for path, blob in snapshot.blobs.items() if path.startswith(KEYS)}
        if replay.files != expected or replay.keys_now != key_files:
            raise RepositoryError(
                "the replayed history does not end in the files that the commit lists",
                "the clone was tampered with or is damaged: clone again and run 'git fsck --full'",
            )
        versions = _versions(repository, line, replay.landings, snapshot)
        return cls(
            versions=_erased(versions, erasures_of(snapshot)),
            line=tuple(line),
            tip=snapshot,
            key_files=_key_files(repository, replay.key_files),
            erasures=_erasure_lists(repository, versions),
        )

    def pending(self, snapshot: Snapshot) -> "History":
        """Return this history with one unborn version appended wherever the files differ from its end."""
        newest = self.newest
        time = max((commit.time for commit in self.line), default=0)
        paths = first_paths(snapshot.files)
        found = list(self.versions)
        for key in sorted(paths.keys() | newest.keys(), key=str.encode):
            last = newest.get(key)
            gone = last is None or last.op == "remove"
            data = snapshot.files[paths[key]] if key in paths else None
            if (data is None and gone) or (data is not None and not gone and self._ends_in(last, data)):
                continue
            version = Version(
                seq=len(found),
                key=key,
                rev=last.rev + 1 if last else 1,
                op="remove" if data is None else "add" if gone else "revise",
                commit=None,
                landed_at=time,
                published_at=time,
            )
            if data is not None:
                digest = hashlib.sha256(data).hexdigest()
                version = replace(version, path=paths[key], sha256=digest, size=len(data), content=content_of(data))
            if last is not None and last.content is None and last.path:
                found[last.seq] = replace(last, content=content_of(self.tip.files[last.path]))
            found.append(version)
        return replace(self, versions=tuple(found))

    def _ends_in(self, last: Version | None, data: bytes) -> bool:
        """Whether a key's newest version, which is no removal, has these bytes."""
        if last is None or last.erased is not None:
            return last is not None and self.tip.files.get(last.path) == data
        return last.size == len(data) and last.sha256 == hashlib.sha256(data).hexdigest()

    @property
    def newest(self) -> dict[str, Version]:
        """The newest version of every key that ever landed."""
        return {version.key: version for version in self.versions}

    @property
    def by_key(self) -> dict[str, list[Version]]:
        """The versions of every key, oldest first; keys in the order in which they first landed."""
        found: dict[str, list[Version]] = {}
        for version in self.versions:
            found.setdefault(version.key, []).append(version)
        return found


def first_paths(paths: Iterable[str]) -> dict[str, str]:
    """Return the path of every record key: the byte-wise first where there are several."""
    found: dict[str, str] = {}
    for path in sorted(paths, key=_path_bytes):
        if (key := key_of(path)) is not None:
            found.setdefault(key, path)
    return found


def erasures_of(snapshot: Snapshot) -> tuple[Erasure, ...]:
    """Return what the files list as erased: nothing where there is no list, or one that its schema refuses."""
    data = snapshot.files.get(ERASURES)
    return () if data is None else _entries(data)


def key_files_of(repository: Repository, commit: str) -> tuple[KeyFiles, ...]:
    """Return the files under records/keys/ after each commit of a line that touched one, oldest first."""
    replay = _Replay()
    for commit_id, changes in repository.changes(repository.line(commit), KEYS):
        replay.land_keys(commit_id, changes)
    return _key_files(repository, replay.key_files)


def _entries(data: bytes) -> tuple[Erasure, ...]:
    record = read(ERASURES, data)[0]
    return tuple(map(Erasure.from_mapping, record.document["erasures"])) if record else ()


def _erasure_lists(repository: Repository, versions: Iterable[Version]) -> tuple[tuple[Erasure, ...], ...]:
    """Return the entries of every landed version of the list."""
    landed = [version.blob for version in versions if version.key == "erasures" and version.blob]
    blobs = repository.blobs(landed, keep=MAX_BYTES) if landed else ()
    return tuple(_entries(blob.data) for blob in blobs if blob.data is not None)


def _key_files(repository: Repository, states: Iterable[tuple[str, Mapping[str, str]]]) -> tuple[KeyFiles, ...]:
    """Read the files of each state, each blob once; one that is larger than a record may be stands as empty."""
    states = list(states)
    wanted = sorted({blob for _, files in states for blob in files.values()})
    data = {blob.id: blob.data or b"" for blob in (repository.blobs(wanted, keep=MAX_BYTES) if wanted else ())}
    return tuple(
        KeyFiles(commit=commit, files={path: data[blob] for path, blob in files.items()}) for commit, files in states
    )


def in_force(versions: Iterable[Version], erasures: Iterable[Erasure]) -> dict[tuple[str, int], Erasure]:
    """Return the entries, by key and rev, that say what a version was: listed once, and its bytes are its stub.

    Any other entry says nothing: it could otherwise make the log hold whatever it likes. The list itself stays whole.
    """
    listed: dict[tuple[str, int], list[Erasure]] = {}
    for erasure in erasures:
        listed.setdefault((erasure.key, erasure.rev), []).append(erasure)
    stubs = {(version.key, version.rev) for version in versions if version.is_stub and version.key != "erasures"}
    return {place: entries[0] for place, entries in listed.items() if len(entries) == 1 and place in stubs}


def canonical_digest(value: Any) -> str:
    """Return the SHA-256, in hex, of a JSON value in canonical form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(data: bytes) -> Content:
    """Return what a version says, read strictly but never held against today's schema."""
    document, _ = parse(data)
    if document is None:
        return Content(digest="bytes:" + hashlib.sha256(data).hexdigest())
    notes = document.get("changes")
    return Content(
        digest=canonical_digest(document),
        status="withdrawn" if document.get("status") == "withdrawn" else "published",
        changes=tuple(map(_note, notes)) if isinstance(notes, list) else (),
        stub=_stub(document),
    )


def _stub(document: dict[str, Any]) -> tuple[str, int] | None:
    match document:
        case {"id": str() as name, "erased": {"rev": int() as rev, **more}, **others} if not more and not others:
            return None if isinstance(rev, bool) else (name, rev)
    return None


def _note(note: Any) -> tuple[str, str]:
    kind = note.get("kind") if isinstance(note, dict) else None
    return (kind if isinstance(kind, str) else "", canonical_digest(note))


def _erased(versions: Sequence[Version], erasures: Iterable[Erasure]) -> tuple[Version, ...]:
    """Give every version whose entry is in force the values of the entry; all others keep their own."""
    found, known = list(versions), in_force(versions, erasures)
    for at, version in enumerate(versions):
        if erasure := known.get((version.key, version.rev)):
            found[at] = replace(version, sha256=erasure.sha256, size=erasure.size, erased=erasure.reason)
    return tuple(found)


def _path_bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class _Landing:
    commit: str
    key: str
    op: Operation
    path: str
    blob: str


class _Replay:
    """The record files of the line as it is replayed, commit by commit; and what it did to the key lists."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.key_files: list[tuple[str, Mapping[str, str]]] = []
        self.landings: list[_Landing] = []
        self._paths: dict[str, list[str]] = {}

    def land(self, commit: str, changes: list[Change]) -> None:
        """Apply one commit and note which keys' bytes differ from before.

        Raises RepositoryError where git finds other bytes before it than those that the line led to.
        """
        self.land_keys(commit, changes)
        touched = {key for change in changes if (key := key_of(change.path)) is not None}
        before = {key: self._blob(key) for key in touched}
        for change in changes:
            key = key_of(change.path)
            if key is None:
                continue
            if self.files.get(change.path, "") != (change.old_blob if change.old_mode in _FILES else ""):
                raise one_name_twice(commit)
            if change.path in self.files:
                del self.files[change.path]
                self._paths[key].remove(change.path)
            if change.mode in _FILES:
                self.files[change.path] = change.blob
                self._paths.setdefault(key, []).append(change.path)
        for key in sorted(touched, key=_path_bytes):
            old, new = before[key], self._blob(key)
            if new != old:
                op: Operation = "remove" if not new else "revise" if old else "add"
                self.landings.append(_Landing(commit, key, op, self._path(key) if new else "", new))

    def land_keys(self, commit: str, changes: list[Change]) -> None:
        """Apply what one commit did below records/keys/. Raises RepositoryError as `land` does."""
        touched = [change for change in changes if change.path.startswith(KEYS)]
        if touched:
            files = dict(self.keys_now)
            for change in touched:
                if files.pop(change.path, "") != (change.old_blob if change.old_mode in _FILES else ""):
                    raise one_name_twice(commit)
                if change.mode in _FILES:
                    files[change.path] = change.blob
            self.key_files.append((commit, files))

    @property
    def keys_now(self) -> Mapping[str, str]:
        """The blobs of the files under records/keys/, by path, as the last commit so far left them."""
        return self.key_files[-1][1] if self.key_files else {}

    def _path(self, key: str) -> str:
        return min(self._paths[key], key=_path_bytes)

    def _blob(self, key: str) -> str:
        return self.files[self._path(key)] if self._paths.get(key) else ""


def _versions(
    repository: Repository, line: list[LineCommit], landings: list[_Landing], snapshot: Snapshot
) -> tuple[Version, ...]:
    """Number the landings and give each the facts of its bytes; bytes are read once, and not kept."""
    revised = {landing.key for landing in landings if landing.op != "add"}
    compared = {landing.blob for landing in landings if landing.key in revised and landing.blob}
    facts = dict(_facts(repository, {landing.blob for landing in landings if landing.blob}, compared, snapshot))
    landed, published = _times(line)
    newest = {landing.key: landing for landing in landings}
    moved = first_paths(snapshot.blobs)
    revisions: Counter[str] = Counter()
    found = []
    for seq, landing in enumerate(landings):
        revisions[landing.key] += 1
        sha256, size, content = facts[landing.blob] if landing.blob else ("", 0, None)
        found.append(
            Version(
                seq=seq,
                key=landing.key,
                rev=revisions[landing.key],
                op=landing.op,
                commit=landing.commit,
                landed_at=landed[landing.commit],
                published_at=published[landing.commit],
                path=moved[landing.key] if landing.blob and landing is newest[landing.key] else landing.path,
                blob=landing.blob,
                sha256=sha256,
                size=size,
                content=content,
            )
        )
    return tuple(found)


def _facts(
    repository: Repository, blobs: set[str], compared: set[str], snapshot: Snapshot
) -> Iterator[tuple[str, tuple[str, int, Content | None]]]:
    at_hand = {blob: snapshot.files[path] for path, blob in snapshot.blobs.items() if path in snapshot.files}
    known = {name: data for name, data in at_hand.items() if name in blobs and len(data) <= MAX_BYTES}
    for name, data in known.items():
        content = content_of(data) if name in compared or b"erased" in data else None
        yield name, (hashlib.sha256(data).hexdigest(), len(data), content)
    for blob in repository.blobs(sorted(blobs - known.keys()), keep=MAX_BYTES):
        content = None
        if blob.id in compared:
            content = Content(digest="bytes:" + blob.sha256) if blob.data is None else content_of(blob.data)
        yield blob.id, (blob.sha256, blob.size, content)


def _times(line: Iterable[LineCommit]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return landed_at (committer time) and published_at (the maximum of the line so far) of every commit."""
    landed: dict[str, int] = {}
    published: dict[str, int] = {}
    newest = 0
    for commit in line:
        newest = max(newest, commit.time)
        landed[commit.id], published[commit.id] = commit.time, newest
    return landed, published
