"""Files written into a folder: all of them or, if anything fails, what it held before; and never twice.

Where there are very many, paths are text: to make a Path takes longer than to make the file.
"""

import io
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import UnavailableError, UsageError
from publisher.locks import lock, locked
from publisher.publish import SUMS, parse_sums


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """How many files were written anew, left as they were, and pruned."""

    changed: int
    unchanged: int
    pruned: int


def write(files: Mapping[str, bytes], folder: Path) -> Written:
    """Make `folder` hold these files: all of them or, if anything fails, what it held before.

    The new folder is built beside the old one, with hard links to the files that did not change, and takes its
    place by two renames; `repair` mends an interruption between the two. Files that the earlier publication
    does not name are kept. Raises UsageError for a folder that is no publication.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.parent):
        _repair(folder)
        named = published_names(folder)
        unchanged = {path for path, data in files.items() if _holds(f"{folder}/{path}", data)} if named else set()
        pruned = {path for path in named if path not in files and (folder / path).is_file()}
        if len(unchanged) < len(files) or pruned:
            _swap(files, unchanged, named, folder)
    return Written(changed=len(files) - len(unchanged), unchanged=len(unchanged), pruned=len(pruned))


def write_new(files: Mapping[str, bytes], folder: Path) -> None:
    """Make a folder of these files, all of them or none: they are written beside it, and take their place by renames.

    Raises UsageError for what `require_new` refuses, UnavailableError where the folder cannot be written.
    """
    folder = folder.absolute()
    require_new(folder)
    beside = folder.with_name(f".{folder.name}.letterbook-{secrets.token_hex(8)}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for path, data in files.items():
            file = beside / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        folder.mkdir(exist_ok=True)
        moved: list[Path] = []
        try:
            for entry in sorted(beside.iterdir()):
                moved.append(entry.rename(folder / entry.name))
        except OSError:
            for entry in moved:
                entry.rename(beside / entry.name)
            raise
    except OSError as fault:
        raise UnavailableError(f"{folder} could not be written: {fault.strerror}", "nothing was written") from fault
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def require_new(folder: Path) -> None:
    """Raise UsageError unless a folder is empty or not there; no link is one."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise UsageError(f"{folder} is not an empty folder", "name one that is empty, or not there yet")


def write_file(path: Path, data: bytes) -> None:
    """Make one file hold `data`, or, if anything fails, what it held before; nothing is written through a link.

    The bytes are on the disk, in a new file beside it, before that takes its place. Raises UnavailableError, and
    UsageError for what `require_file` refuses.
    """
    require_file(path)
    beside = path.with_name(f".letterbook-{secrets.token_hex(8)}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as fault:
        raise UnavailableError(f"{path} could not be written: {fault.strerror}", "what it held is untouched") from fault
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def require_file(path: Path) -> None:
    """Raise UsageError unless a path is that of a plain file, or of nothing, in a folder that is there.

    A symbolic link is refused wherever it leads: one that leads nowhere would pass for a file that is not there yet.
    """
    if path.is_symlink():
        raise UsageError(f"{path} is a symbolic link", "name the file itself")
    if not path.name or (os.path.lexists(path) and not path.is_file()):
        raise UsageError(f"{path} is no file", "name a file, or one that is not there yet")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", "make it, or name a file in a folder that is there")


@contextmanager
def alone(path: Path, busy: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Wait until no other process is here for the same file, and keep the others waiting; `busy` is called if one is.

    The lock is on an empty file beside it, which stays; the file itself is replaced, and a lock on it would not hold.
    Raises UnavailableError.
    """
    beside = path.with_name(f".{path.name}.lock")
    try:
        handle = os.open(beside, os.O_RDONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except OSError as fault:
        raise UnavailableError(
            f"{beside} could not be written: {fault.strerror}", "check that the folder can be written to"
        ) from fault
    try:
        lock(handle, busy)
        yield
    finally:
        os.close(handle)


def published_names(folder: Path) -> set[str]:
    """Return the paths that the publication in a folder names; none if there is no folder, or an empty one."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder} is not a real folder", "name a folder, or one that is not there yet")
    if not folder.exists() or not any(folder.iterdir()):
        return set()
    try:
        names = set(parse_sums((folder / SUMS).read_bytes()))
    except (OSError, ValueError):
        names = set()
    if "index.json" not in names:
        raise UsageError(
            f"{folder} is not empty and holds no Letterbook publication",
            "name an empty folder or one that is not there yet; nothing was written",
        )
    return names | {SUMS, f"{SUMS}.sig"}


def _beside(folder: Path, state: str) -> Path:
    return folder.with_name(f".{folder.name}.letterbook-{state}")


def repair(folder: Path) -> None:
    """Mend what an interrupted run left beside a folder; do nothing if there is nothing."""
    folder = folder.absolute()
    if any(_beside(folder, state).is_dir() for state in ("old", "new")):
        with locked(folder.parent):
            _repair(folder)


def _repair(folder: Path) -> None:
    """Mend what an interrupted run left: the old folder comes back, a half-built one goes."""
    old, new = _beside(folder, "old"), _beside(folder, "new")
    if old.is_dir() and not folder.exists():
        old.rename(folder)
    for leftover in (old, new):
        if leftover.is_dir():
            shutil.rmtree(leftover)


def _holds(path: str, data: bytes) -> bool:
    """Whether a plain file holds these bytes."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size != len(data):
            return False
        with io.FileIO(path) as file:
            return file.readall() == data
    except OSError:
        return False


def _folders(paths: Iterable[str]) -> list[str]:
    """Return every folder that a path lies in, each after the one that it lies in itself."""
    found = set[str]()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(found)


def _swap(files: Mapping[str, bytes], unchanged: set[str], named: set[str], folder: Path) -> None:
    old, new = _beside(folder, "old"), _beside(folder, "new")
    new.mkdir()
    try:
        kept = {path for path in _existing(folder) if path not in named and path not in files}
        for parent in _folders(files):
            os.mkdir(f"{new}/{parent}")  # noqa: PTH102 - one of very many
        for path in sorted(unchanged):
            _link(f"{folder}/{path}", f"{new}/{path}")
        for path in sorted(kept):
            _keep(folder / path, new / path)
        for path in sorted(files.keys() - unchanged):
            with open(f"{new}/{path}", "xb") as file:  # noqa: PTH123 - one of very many
                file.write(files[path])
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except OSError as fault:
        if not folder.exists() and old.is_dir():
            old.rename(folder)
        shutil.rmtree(new, ignore_errors=True)
        raise UnavailableError(
            f"{folder} could not be written: {fault.strerror}", "the earlier publication is untouched"
        ) from fault
    shutil.rmtree(old, ignore_errors=True)


def _existing(folder: Path) -> Iterator[str]:
    """Yield every file, every symbolic link, and every folder that holds nothing."""
    for parent, folders, names in os.walk(folder):
        here = parent[len(f"{folder}/") :]
        links = [name for name in folders if os.path.islink(f"{parent}/{name}")]  # noqa: PTH114 - one of very many
        for name in (*names, *links):
            yield f"{here}/{name}" if here else name
        if here and not folders and not names:
            yield here


def _keep(source: Path, target: Path) -> None:
    """Take over what is somebody else's: a file, a symbolic link, or a folder that holds nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        _link(str(source), str(target))


def _link(source: str, target: str) -> None:
    """Give a file a second name, or, where that cannot be, a copy."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
