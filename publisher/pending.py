"""A change of the archive that is not written yet: the archive as it would be, and all of it written or nothing."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.errors import RefusedError, UnavailableError
from publisher.snapshot import Attachment, Snapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """New bytes by path, None for a file that goes; `seen`: what the archive held when the change was made."""

    files: Mapping[str, bytes | None] = field(default_factory=dict)
    seen: Snapshot = field(default_factory=Snapshot)

    def onto(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot with the change in it."""
        files, attachments = dict(snapshot.files), dict(snapshot.attachments)
        for path, data in self.files.items():
            files.pop(path, None)
            attachments.pop(path, None)
            if data is not None and path.endswith(".yaml"):
                files[path] = data
            elif data is not None:
                digest = hashlib.sha256(data).hexdigest()
                attachments[path] = Attachment(size=len(data), sha256=digest, head=data[:4096])
        return replace(snapshot, files=files, attachments=attachments)

    def write(self, root: Path) -> None:
        """Write and remove the files below `root`: all of them or, if anything fails, none.

        Raises RefusedError for a record that changed since it was read, and where something lies in the way of a new
        file; UnavailableError where a place cannot be written. New bytes are on the disk before any file changes place.
        """
        made: dict[str, Path] = {}
        aside: list[tuple[Path, Path]] = []
        placed: list[Path] = []
        folders: list[Path] = []
        is_done = False
        try:
            for path, data in self.files.items():
                self._require_unchanged(root, path)
                if data is not None:
                    folders += _folders(root, path)
                    made[path] = _beside(root / path)
                    _write(made[path], data)
            for path in self.files:
                target = root / path
                if target.exists():
                    kept = _beside(target)
                    target.rename(kept)
                    aside.append((target, kept))
                if path in made:
                    made[path].rename(target)
                    placed.append(target)
            is_done = True
        except OSError as fault:
            raise UnavailableError(
                f"{fault.filename or root}: {fault.strerror}; nothing was changed", "mend that, and try again"
            ) from fault
        finally:
            if not is_done:
                _restore(made, aside, placed, folders)
        for _, kept in aside:
            kept.unlink()

    def _require_unchanged(self, root: Path, path: str) -> None:
        target = root / path
        _require_plain(root, path)
        old = self.seen.files.get(path)
        if old is not None and (not target.is_file() or target.read_bytes() != old):
            raise RefusedError(f"{path} was changed by somebody else meanwhile; nothing was written", "try again")
        if old is None and path not in self.seen.attachments and os.path.lexists(target):
            raise RefusedError(f"{path} is there already; nothing was written", "look at it, and move it away")


def _require_plain(root: Path, path: str) -> None:
    """Refuse a path that leads through a symbolic link, perhaps out of the archive."""
    here = root
    for part in path.split("/"):
        here = here / part
        if here.is_symlink():
            raise RefusedError(f"{path} leads through a symbolic link; nothing was written", "remove the link")


def _folders(root: Path, path: str) -> list[Path]:
    """Make the folders of a file that are missing; return those, the outermost first."""
    missing = [folder for folder in (root / path).parents if folder.is_relative_to(root) and not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir()
    return missing[::-1]


def _beside(target: Path) -> Path:
    return target.with_name(f".letterbook-{secrets.token_hex(8)}")


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _restore(made: Mapping[str, Path], aside: list[tuple[Path, Path]], placed: list[Path], folders: list[Path]) -> None:
    """Put everything back as it was; what cannot be put back keeps its bytes under a name of its own beside it."""
    for path in (*placed, *made.values()):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    for target, kept in reversed(aside):
        with contextlib.suppress(OSError):
            kept.rename(target)
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            folder.rmdir()
