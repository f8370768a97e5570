"""The files under records/ as they stand in one commit, in the index, or on disk."""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.finding import Finding, Location
from publisher.git import Blob, Repository, TreeEntry
from publisher.record import MAX_BYTES

FOLDER = "records/"
DOCUMENTS = "records/documents/"
KEYS = "records/keys/"
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_PUBLISHED = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_ODD_MODES = {
    "120000": ("symlink", "a symbolic link", "commit the file itself"),
    "160000": ("submodule", "a submodule", "commit the files themselves"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that is no record, such as a scan: size in bytes, SHA-256 in hex, its first 4096 bytes."""

    size: int
    sha256: str
    head: bytes
    blob: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Everything under records/: records and key lists as bytes, documents as facts about their bytes.

    `commit` is None for files that are not committed. A record larger than a record may be is cut after one
    byte too many, which is enough to say so.
    """

    commit: str | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    blobs: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Finding, ...] = ()

    @classmethod
    def at(cls, repository: Repository, commit: str) -> "Snapshot":
        """Return the files of a commit."""
        return _of_entries(repository, repository.tree(commit, FOLDER), commit)

    @classmethod
    def staged(cls, repository: Repository) -> "Snapshot":
        """Return the files of the index: what the next commit will hold."""
        return _of_entries(repository, repository.staged(FOLDER), None)

    @classmethod
    def on_disk(cls, root: Path) -> "Snapshot":
        """Return the files as they lie in a folder; symbolic links are named as faults and not followed."""
        files: dict[str, bytes] = {}
        attachments: dict[str, Attachment] = {}
        faults: list[Finding] = []
        for path, file in _walk(root, FOLDER.rstrip("/")):
            mode = file.lstat().st_mode
            if not stat.S_ISREG(mode):
                faults.append(_odd("120000", path) if stat.S_ISLNK(mode) else _special(path))
            elif is_text(path):
                with file.open("rb") as source:
                    files[path] = source.read(MAX_BYTES + 1)
                faults += _lfs(path, files[path])
            else:
                attachments[path] = _attachment(file)
                faults += _lfs(path, attachments[path].head)
        return cls(files=files, attachments=attachments, faults=tuple(faults))


def is_published_path(path: str) -> bool:
    """Whether a path is one that a publication may hold: plain ASCII names, no `.` and no `..`."""
    return _PUBLISHED.fullmatch(path) is not None and not {".", ".."} & set(path.split("/"))


def is_plain(mode: str) -> bool:
    """Whether a mode, as git writes it, is that of a file with bytes of its own."""
    return mode not in _ODD_MODES and mode != "000000"


def is_text(path: str) -> bool:
    """Whether a file is kept as bytes: a record, a key list or a signature of one."""
    return path.endswith(".yaml") or (path.startswith(KEYS) and path.endswith((".allowed_signers", ".sig")))


def of_entries(entries: Iterable[TreeEntry], blobs: Mapping[str, Blob], commit: str | None) -> Snapshot:
    """Return a snapshot of these files, whose blobs were read already, by id."""
    return _of_blobs(entries, (blobs[entry.id] for entry in entries if is_plain(entry.mode)), commit)


def _of_entries(repository: Repository, entries: list[TreeEntry], commit: str | None) -> Snapshot:
    wanted = (entry.id for entry in entries if is_plain(entry.mode))
    return _of_blobs(entries, repository.blobs(wanted, keep=MAX_BYTES), commit)


def _of_blobs(entries: Iterable[TreeEntry], blobs: Iterable[Blob], commit: str | None) -> Snapshot:
    faults = [_odd(entry.mode, entry.path) for entry in entries if not is_plain(entry.mode)]
    plain = [entry for entry in entries if is_plain(entry.mode)]
    files: dict[str, bytes] = {}
    attachments: dict[str, Attachment] = {}
    for entry, blob in zip(plain, blobs, strict=True):
        if is_text(entry.path):
            files[entry.path] = blob.data if blob.data is not None else bytes(MAX_BYTES + 1)
        else:
            attachments[entry.path] = Attachment(size=blob.size, sha256=blob.sha256, head=blob.head, blob=blob.id)
        faults += _lfs(entry.path, blob.head)
    found = {entry.path: entry.id for entry in plain}
    return Snapshot(commit=commit, files=files, attachments=attachments, blobs=found, faults=tuple(faults))


def _walk(root: Path, folder: str) -> Iterator[tuple[str, Path]]:
    """Yield every entry below a folder that is no real folder itself, in byte order of paths."""
    top = root / folder
    if not top.is_dir() or top.is_symlink():
        return
    with os.scandir(top) as entries:
        for entry in sorted(entries, key=lambda e: os.fsencode(e.name)):
            path = f"{folder}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(root, path)
            else:
                yield path, root / path


def _attachment(file: Path) -> Attachment:
    digest, size, head = hashlib.sha256(), 0, b""
    with file.open("rb") as source:
        while chunk := source.read(1 << 20):
            head = head or chunk[:4096]
            digest.update(chunk)
            size += len(chunk)
    return Attachment(size=size, sha256=digest.hexdigest(), head=head)


def _odd(mode: str, path: str) -> Finding:
    code, what, hint = _ODD_MODES[mode]
    return Finding(code=code, message=f"{what} stands where a file belongs", location=Location(path=path), hint=hint)


def _special(path: str) -> Finding:
    return Finding(
        code="special-file",
        message="this is neither a file nor a folder",
        location=Location(path=path),
        hint="remove it",
    )


def _lfs(path: str, head: bytes) -> list[Finding]:
    if not head.startswith(LFS_POINTER):
        return []
    return [
        Finding(
            code="lfs-pointer",
            message="this is a Git LFS pointer, not the file: nobody could check what it points to",
            location=Location(path=path),
            hint="commit the file itself ('git lfs migrate export' takes files out of LFS)",
        )
    ]
