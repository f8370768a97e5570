"""The command as a person runs it: a process of its own, in a folder, with what it printed."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LETTERBOOK = str(Path(sys.executable).with_name("letterbook"))


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a command ended: exit status, standard output and standard error as text."""

    status: int
    out: str
    err: str


def letterbook(folder: Path, *arguments: str | Path, **environment: str) -> Done:
    """Run letterbook in a folder."""
    done = subprocess.run(
        [LETTERBOOK, *map(str, arguments)], cwd=folder, env=os.environ | environment, capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Done(status=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
