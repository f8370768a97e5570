"""A change of the archive that is not written yet: the archive as it would be, and all of it written or nothing."""

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.errors import RefusedError, UnavailableError
from publisher.locks import locked
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

        Another process that does the same waits. Raises RefusedError for a record that changed since it was read, and
        where something lies in the way of a new file; UnavailableError where a place cannot be written. New bytes are
        on the disk before any file changes place, and a file that is replaced is there at every moment.
        """
        made: dict[str, Path] = {}
        kept: list[tuple[Path, Path]] = []
        placed: list[Path] = []
        folders: list[Path] = []
        is_done = False
        try:
            with locked(root):
                try:
                    self._make(root, made, folders)
                    self._place(root, made, kept, placed)
                    is_done = True
                finally:
                    if not is_done:
                        _restore(made, kept, placed, folders)
        except OSError as fault:
            raise UnavailableError(
                f"{fault.filename or root}: {fault.strerror}; nothing was changed", "mend that, and try again"
            ) from fault
        for _, second in kept:
            second.unlink()

    def _make(self, root: Path, made: dict[str, Path], folders: list[Path]) -> None:
        """Write all new bytes beside their places."""
        for path, data in self.files.items():
            self._require_unchanged(root, path)
            if data is not None:
                folders += _folders(root, path)
                made[path] = _beside(root / path)
                _write(made[path], data)

    def _place(self, root: Path, made: Mapping[str, Path], kept: list[tuple[Path, Path]], placed: list[Path]) -> None:
        """Put new files into their places, then remove what goes; what was there before keeps a second name."""
        for path in sorted(self.files, key=lambda path: path not in made):
            target = root / path
            if target.exists():
                second = _beside(target)
                _link(target, second)
                kept.append((target, second))
            if path in made:
                placed.append(target)
                made[path].rename(target)
            else:
                target.unlink(missing_ok=True)

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


def _link(target: Path, second: Path) -> None:
    """Give a file a second name, or, where that cannot be, a copy."""
    try:
        second.hardlink_to(target)
    except FileExistsError:
        raise
    except OSError:
        try:
            shutil.copy2(target, second)
        except OSError:
            second.unlink(missing_ok=True)
            raise


def _restore(made: Mapping[str, Path], kept: list[tuple[Path, Path]], placed: list[Path], folders: list[Path]) -> None:
    """Put everything back as it was; what cannot be put back keeps its bytes under a name of its own beside it."""
    before = {target for target, _ in kept}
    for path in (*(path for path in placed if path not in before), *made.values()):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    for target, second in reversed(kept):
        with contextlib.suppress(OSError):
            second.replace(target)
            second.unlink(missing_ok=True)  # two names of one file: to replace one by the other does nothing
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            folder.rmdir()
