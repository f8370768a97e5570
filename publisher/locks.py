"""Locks that keep two runs apart: on an open file, and on a folder, in which they leave nothing behind."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_HAS_LOCKS = find_spec("fcntl") is not None
"""Not on Windows, where nothing keeps two runs apart."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Wait until no other process is in here for the same folder, and keep the others waiting."""
    if not _HAS_LOCKS:  # and there a folder cannot be opened either
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        lock(handle)
        yield
    finally:
        os.close(handle)


def lock(handle: int, busy: Callable[[], object] = lambda: None) -> None:
    """Wait for the lock on what is open, after a call of `busy` if it is taken."""
    if not _HAS_LOCKS:
        return
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        busy()
        fcntl.flock(handle, fcntl.LOCK_EX)
