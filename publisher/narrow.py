"""The part of an archive that a staged change can make faulty: the same checks, over as little as they need.

Let the base be a commit in which a full check finds no error, and let some files of the index differ from it. A check
of the narrowed archive then gives every error that a check of the whole index gives, word for word; and whatever the
base is like, it gives what the whole one gives for the files that differ. What it may leave out: warnings about files
that do not differ, warnings about landed history, and `crowded-folder`. It never gives anything that the whole one
does not. `staged` returns None where that cannot be promised: the whole archive must be checked then.

What is read: every file of a key of which a file differs, and the base's version of it; archive.yaml and the tables;
the assessment of such a letter, or the letter of such an assessment; the letters that it replies to, and those that
these reply to; the documents that it names. Of other letters only their names are looked up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from publisher import checks
from publisher.archive import Archive, read_record
from publisher.deleted import ever_deleted
from publisher.examine import Examined
from publisher.git import Blob, Change, LineCommit, Repository, TreeEntry
from publisher.history import ERASURES, History, Version
from publisher.letter import Assessment, Letter, Withdrawn, letter_from
from publisher.record import MAX_BYTES, key_of
from publisher.snapshot import DOCUMENTS, FOLDER, KEYS, Snapshot, is_plain, is_text, of_entries

MOST = 100  # files that differ, and letters read beside them: past that the whole check is not much slower
_TABLES = ("parties", "threads")


class Listing:
    """The rows of the index, searched and never split: there may be very many."""

    def __init__(self, rows: bytes) -> None:
        self._rows = rows

    def of(self, key: str) -> list[TreeEntry]:
        """Return the files of a record key, in byte order of paths."""
        found = self._ending(f"/{key.rpartition('/')[2]}.yaml")
        return _in_order(entry for entry in found if key_of(entry.path) == key and is_plain(entry.mode))

    def at(self, path: str) -> TreeEntry | None:
        """Return the file at a path, if there is one."""
        return next((entry for entry in self._ending(path) if entry.path == path and is_plain(entry.mode)), None)

    def letters(self) -> Iterator[tuple[str, str]]:
        """Yield the key and the path of every letter."""
        for row in self._rows.split(b"\0"):
            path = row.partition(b"\t")[2].decode("utf-8", "surrogateescape")
            if (key := key_of(path)) is not None and key.startswith("letters/") and is_plain(row[:6].decode()):
                yield key, path

    def _ending(self, tail: str) -> Iterator[TreeEntry]:
        wanted = tail.encode("utf-8", "surrogateescape") + b"\0"
        at = -1
        while (at := self._rows.find(wanted, at + 1)) >= 0:
            start = self._rows.rfind(b"\0", 0, at) + 1
            head, _, path = self._rows[start : at + len(wanted) - 1].partition(b"\t")
            mode, name, _ = head.decode("ascii").split(" ")
            yield TreeEntry(path=path.decode("utf-8", "surrogateescape"), mode=mode, id=name)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pending:
    """What differs: by key, the files now and the files in the base; and the files that belong to no record."""

    paths: frozenset[str]
    now: Mapping[str, list[TreeEntry]]
    before: Mapping[str, list[TreeEntry]]
    others: Sequence[TreeEntry]


class _Files:
    """Files of the index and of the base, each read once, when it is asked for."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._blobs: dict[str, Blob] = {}
        self.entries: dict[str, TreeEntry] = {}

    def take(self, entries: Iterable[TreeEntry], *, beside: Iterable[TreeEntry] = ()) -> None:
        """Read files that become part of the narrowed archive, and files `beside` it."""
        entries = list(entries)
        self.entries |= {entry.path: entry for entry in entries}
        wanted = dict.fromkeys(entry.id for entry in [*entries, *beside] if is_plain(entry.mode))
        missing = [name for name in wanted if name not in self._blobs]
        if missing:
            self._blobs |= {blob.id: blob for blob in self._repository.blobs(missing, keep=MAX_BYTES)}

    def blob(self, entry: TreeEntry) -> Blob:
        """Return a file that was read."""
        return self._blobs[entry.id]

    def snapshot(self) -> Snapshot:
        """Return what was taken so far."""
        return of_entries(_in_order(self.entries.values()), self._blobs, None)


def staged(repository: Repository, base: str) -> Examined | None:
    """Examine what the index changes against the commit `base`; None where that takes the whole archive."""
    changes = repository.staged_changes(base, FOLDER)
    if len(changes) > MOST or any(c.path.startswith(KEYS) or c.path == ERASURES for c in changes):
        return None
    listing = Listing(repository.staged_rows(FOLDER))
    pending = _pending(changes, listing)
    if pending is None:
        return None
    files = _Files(repository)
    _take_what_differs(files, pending, listing)
    if _narrows_badly(files, pending) or not _take_what_it_names(files, pending, listing):
        return None
    history = _history(repository, base, files, pending)
    if history is None:
        return None
    snapshot = files.snapshot()
    archive, faults = Archive.of(snapshot)
    archive = _known(archive, pending, listing)
    own = {*pending.paths, *(entry.path for entries in pending.now.values() for entry in entries)}
    found = [*(fault for fault in faults if fault.location.path in own), *checks.run(archive, history)]
    return Examined(
        snapshot=snapshot,
        history=history,
        archive=archive,
        findings=tuple(sorted(found, key=lambda finding: finding.order)),
        only=tuple(sorted(pending.paths)),
    )


def _pending(changes: Sequence[Change], listing: Listing) -> _Pending | None:
    """Sort what differs by key; None where something is gone that other records may name."""
    paths = frozenset(change.path for change in changes)
    keys = {key: [c for c in changes if key_of(c.path) == key] for key in {key_of(c.path) for c in changes} if key}
    now, before = {key: listing.of(key) for key in keys}, {}
    for key, changed in keys.items():
        kept = [entry for entry in now[key] if entry.path not in paths]
        old = [TreeEntry(path=c.path, mode=c.old_mode, id=c.old_blob) for c in changed if is_plain(c.old_mode)]
        before[key] = _in_order([*kept, *old])
        if before[key] and not now[key]:
            return None
    if any(change.path.startswith(DOCUMENTS) and is_plain(change.old_mode) for change in changes):
        return None
    taken = {entry.path for entries in now.values() for entry in entries}
    others = [TreeEntry(path=c.path, mode=c.mode, id=c.blob) for c in changes if c.path not in taken and int(c.mode, 8)]
    return _Pending(paths=paths, now=now, before=before, others=others)


def _take_what_differs(files: _Files, pending: _Pending, listing: Listing) -> None:
    """Read what differs and its earlier versions, the tables, and the other half of a letter or an assessment."""
    halves = {"letters": "assessments", "assessments": "letters"}
    beside = [f"{halves[folder]}/{name}" for folder, name in _split(pending.now) if folder in halves]
    now = [entry for entries in pending.now.values() for entry in entries]
    context = [
        entry for key in ("archive", *_TABLES, *beside) if key not in pending.now for entry in listing.of(key)[:1]
    ]
    files.take([*now, *pending.others, *context], beside=[entries[0] for entries in pending.before.values() if entries])


def _narrows_badly(files: _Files, pending: _Pending) -> bool:
    """Whether a record that was there says less than before, or something that others rest on."""
    for key, entries in pending.before.items():
        folder = key.partition("/")[0]
        if not entries or folder not in ("letters", *_TABLES):
            continue
        old, new = _read(files, entries[0]), _read(files, pending.now[key][0])
        if old is None:
            return True
        if new is None:
            continue
        if folder in _TABLES and {item["id"] for item in old[folder]} - {item["id"] for item in new[folder]}:
            return True
        if folder == "letters" and not _keeps(letter_from(old), letter_from(new)):
            return True
    return False


def _keeps(old: Letter | Withdrawn, new: Letter | Withdrawn) -> bool:
    """Whether a letter is still what its replies and its documents need: sent when it was, naming what it named."""
    if isinstance(old, Withdrawn):
        return isinstance(new, Withdrawn)
    if isinstance(new, Withdrawn):
        return not old.documents
    files = {document.file for document in old.documents} <= {document.file for document in new.documents}
    return files and old.dates.sent.date == new.dates.sent.date


def _take_what_it_names(files: _Files, pending: _Pending, listing: Listing) -> bool:
    """Read the letters that a letter replies to, step by step, and the documents that it names.

    False where there are too many, or a new document is named by no letter that differs.
    """
    documents: set[str] = set()
    waiting = set(pending.now)
    seen = set(waiting)
    while waiting:
        entries = {key: found[0] for key in sorted(waiting) if (found := listing.of(key))}
        files.take(entries.values())
        values = {key: _value(key, _read(files, entry)) for key, entry in entries.items()}
        for key, value in values.items():
            if key in pending.now and isinstance(value, Letter):
                documents |= {DOCUMENTS + document.file for document in value.documents}
        waiting = {f"letters/{name}" for value in values.values() for name in _rests_on(value)} - seen
        seen |= waiting
        if len(seen) - len(pending.now) > MOST:
            return False
    named = [entry for path in sorted(documents) if not is_text(path) and (entry := listing.at(path))]
    files.take(named)
    return all(other.path in documents for other in pending.others if other.path.startswith(DOCUMENTS))


def _history(repository: Repository, base: str, files: _Files, pending: _Pending) -> History | None:
    """Return the versions that differ, each on top of the one in the base; None where one is, or was, erased."""
    new = [key for key in pending.now if key.startswith("letters/") and not pending.before[key]]
    gone = ever_deleted(repository, base, new) if new else frozenset[str]()
    versions: list[Version] = []
    data: dict[str, bytes] = {}
    for key in sorted(pending.before):
        landed = Version(seq=len(versions), key=key, rev=1, op="remove", commit=base, landed_at=0, published_at=0)
        if entries := pending.before[key]:
            path, blob = entries[0].path, files.blob(entries[0])
            if blob.data is None:
                return None
            data[path] = blob.data
            landed = replace(landed, op="add", path=path, blob=blob.id, sha256=blob.sha256, size=blob.size)
        if entries or key in gone:
            versions.append(landed)
    line = (LineCommit(id=base, parent=None, time=0),)
    own = {entry.path: files.blob(entry) for entries in pending.now.values() for entry in entries}
    texts = {path: bytes(MAX_BYTES + 1) if blob.data is None else blob.data for path, blob in own.items()}
    history = History(versions=tuple(versions), line=line, tip=Snapshot(commit=base, files=data))
    history = history.pending(Snapshot(files=texts))
    erased = any(version.content is not None and version.content.stub is not None for version in history.versions)
    return None if erased else history


def _known(archive: Archive, pending: _Pending, listing: Listing) -> Archive:
    """Let the archive know of the letters that were not read, so far as one that was names them.

    Where one is named that is not there, all are known, so that the hint can say which is meant. A letter that does
    not differ stands without its documents, which nobody read.
    """
    paths = dict(archive.paths)
    named = {f"letters/{name}" for value in (*archive.letters.values(), *archive.assessments.values())
             for name in _names(value)}  # fmt: skip
    for key in ("archive", *sorted(named - paths.keys())):
        if key not in paths and (entries := listing.of(key)):
            paths[key] = tuple(entry.path for entry in entries)
    if not named <= paths.keys():
        for key, path in listing.letters():
            paths.setdefault(key, (path,))
    letters = {
        name: replace(letter, documents=())
        if isinstance(letter, Letter) and f"letters/{name}" not in pending.now
        else letter
        for name, letter in archive.letters.items()
    }
    return replace(archive, paths=paths, letters=letters)


def _names(value: Letter | Withdrawn | Assessment) -> Iterator[str]:
    """Yield every letter that a record names."""
    if isinstance(value, Letter):
        yield from (relation.letter for relation in value.relations)
    elif isinstance(value, Assessment):
        yield value.letter
        for outcome in value.outcomes:
            yield from (*outcome.answered_by, *outcome.candidates)
            yield from (evidence.letter for evidence in outcome.evidence if evidence.letter is not None)


def _rests_on(value: Letter | Withdrawn | Assessment | None) -> set[str]:
    """Name the letters whose content decides what is wrong with a record."""
    if isinstance(value, Letter):
        return {relation.letter for relation in value.relations if relation.kind == "replies-to"}
    return {value.letter} if isinstance(value, Assessment) else set()


def _value(key: str, document: Mapping[str, Any] | None) -> Letter | Withdrawn | Assessment | None:
    folder = key.partition("/")[0]
    if document is None or folder not in ("letters", "assessments"):
        return None
    return letter_from(document) if folder == "letters" else Assessment.from_mapping(document)


def _read(files: _Files, entry: TreeEntry) -> Mapping[str, Any] | None:
    """Return a record's document; None where something is wrong with it."""
    data = files.blob(entry).data
    record = None if data is None else read_record(entry.path, data)[0]
    return None if record is None else record.document


def _split(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the folder and the name of every key that has both."""
    for key in keys:
        folder, slash, name = key.partition("/")
        if slash:
            yield folder, name


def _in_order(entries: Iterable[TreeEntry]) -> list[TreeEntry]:
    return sorted(entries, key=lambda entry: entry.path.encode("utf-8", "surrogateescape"))
