"""The hooks that run Letterbook before a commit and before a push, as files of plain sh.

A hook that somebody else wrote is never touched: who has one is told the line to add to it. A folder of hooks
outside this repository, which other repositories may share, is left alone too.
"""

import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path

from publisher.errors import RepositoryError

RUNS: Mapping[str, str] = {
    "pre-commit": "check --staged",
    "pre-push": 'hooks pre-push "$@"',
}
"""What each hook has Letterbook do."""

_MARK = "# Written by 'letterbook hooks install', which may write it anew; 'letterbook hooks uninstall' takes it away."
_TEXT = """#!/bin/sh
{mark}
letterbook={program}
[ -x "$letterbook" ] || letterbook=$(command -v letterbook) || {{
  echo 'error: letterbook is not installed, so nothing was checked' >&2
  echo 'hint: install it, or take this hook away: {name} in the folder that "git rev-parse --git-path hooks" names' >&2
  exit 1
}}
exec "$letterbook" {run}
"""


def install(folder: Path, program: Path, *, within: tuple[Path, ...]) -> list[str]:
    """Write the hooks into a folder and return the names of those that are new or others than before.

    Nothing is written if one of them is somebody else's, or the folder lies in none of the folders `within`.
    """
    _require(folder, within)
    texts = {name: text(name, program) for name in RUNS}
    found = {name: folder / name for name in RUNS}
    foreign = [name for name, path in found.items() if os.path.lexists(path) and not is_ours(path)]
    if foreign:
        lines = "; ".join(f"to {name}: letterbook {RUNS[name]} || exit 1" for name in foreign)
        raise RepositoryError(
            f"there is a hook already that Letterbook did not write: {', '.join(foreign)} in {folder}",
            f"add this line where its other checks stand, {lines}",
        )
    folder.mkdir(parents=True, exist_ok=True)
    changed = [name for name, path in found.items() if not path.exists() or path.read_text("utf-8") != texts[name]]
    for name in changed:
        _replace(found[name], texts[name])
    return changed


def uninstall(folder: Path) -> list[str]:
    """Remove the hooks that `install` wrote, and return their names; others stay."""
    found = [name for name in RUNS if is_ours(folder / name)]
    for name in found:
        (folder / name).unlink()
    return found


def text(name: str, program: Path) -> str:
    """Return a hook that runs the program, or where that is gone the one in PATH."""
    return _TEXT.format(mark=_MARK, program=shlex.quote(str(program)), name=name, run=RUNS[name])


def is_ours(path: Path) -> bool:
    """Whether `install` wrote this file."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4096).startswith(f"#!/bin/sh\n{_MARK}\n".encode())


def _require(folder: Path, within: tuple[Path, ...]) -> None:
    if not any(folder.resolve().is_relative_to(place.resolve()) for place in within):
        lines = "; ".join(f"to {name}: letterbook {run} || exit 1" for name, run in RUNS.items())
        raise RepositoryError(
            f"git looks for hooks in {folder} (core.hooksPath), which is outside this repository",
            f"other repositories may use them too; add these lines yourself where they are wanted, {lines}",
        )


def _replace(path: Path, content: str) -> None:
    """Write an executable file as a whole, or not at all."""
    handle, written = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
        Path(written).chmod(0o755)
        Path(written).replace(path)
    finally:
        Path(written).unlink(missing_ok=True)
