"""The files of a git directory (gitrepository-layout): whether git can read all of them without waiting for ever."""

import os
import stat
from pathlib import Path

from publisher.errors import RepositoryError

MAX_FOLDERS = 100_000  # of a git directory, and of all that it leads to


def require_files(*folders: Path) -> None:
    """Raise RepositoryError for a pipe or a device below git directories: who opens one may wait for ever.

    Links are followed, and so are the object stores that `objects/info/alternates` names.
    """
    waiting, seen = list(folders), set[tuple[int, int]]()
    try:
        while waiting:
            folder = waiting.pop()
            facts = folder.stat()
            if (facts.st_dev, facts.st_ino) not in seen:
                seen.add((facts.st_dev, facts.st_ino))
                waiting += _folders_in(folder)
            if len(seen) > MAX_FOLDERS:
                hint = "a link or a borrowed object store leads out of it: make a clone of your own"
                raise RepositoryError(f"this clone's git directory has more than {MAX_FOLDERS} folders", hint)
    except OSError as fault:
        raise RepositoryError(
            f"{fault.filename!r} could not be read: {fault.strerror}", "read the clone as somebody who may"
        ) from fault


def _folders_in(folder: Path) -> list[Path]:
    """The folders in one, and those that a list of object stores names; RepositoryError for what is no file."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                found.append(Path(entry.path))
            elif entry.is_file():
                found += _alternates(Path(entry.path)) if (folder.name, entry.name) == ("info", "alternates") else []
            elif Path(entry.path).exists() and not stat.S_ISSOCK(entry.stat().st_mode):
                raise RepositoryError(
                    f"{entry.path!r} is neither a file nor a folder, and git might wait for it for ever",
                    "no git puts such a thing there: make a clone of your own",
                )
    return found


def _alternates(path: Path) -> list[Path]:
    """The folders that `objects/info/alternates` names (gitrepository-layout)."""
    lines = [line for line in os.fsdecode(path.read_bytes()).split("\n") if line and not line.startswith("#")]
    if any(line.startswith('"') or "\0" in line for line in lines):
        raise RepositoryError(
            f"{str(path)!r} names an object store in a way that git itself does not write",
            "make a clone of your own",
        )
    return [folder for folder in (path.parents[1] / line for line in lines) if folder.is_dir()]
