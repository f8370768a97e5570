"""Which records ever lost a file on a first-parent line: remembered, for the whole history must be read to know.

A key that has no file in a commit and is among these belonged to a record that was removed. What was found is kept
in the git directory and goes on from there when the line has grown:

    letterbook-deleted/1
    <commit>
    <SHA-256 of the lines that follow>
    letters/2019-02-18-harbour-to-acme

Only `check --staged` reads it. Whoever can write there can alter the clone as well; CI's check reads the history.
"""

import hashlib
import os
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from publisher.git import Repository
from publisher.record import key_of
from publisher.snapshot import FOLDER

_FORMAT = b"letterbook-deleted/1"
_NAME = "letterbook-deleted"


def ever_deleted(repository: Repository, commit: str, keys: Collection[str]) -> frozenset[str]:
    """Return those of `keys` that lost a file at some commit of the line that ends in `commit`."""
    file = repository.git_dir / _NAME
    known, body = _remembered(file)
    if known != commit:
        found = set(body.decode("utf-8").splitlines())
        line = repository.line(commit, since=known) if known and repository.find_commit(known) == known else []
        if not line or line[0].parent != known:  # nothing is known of this line
            line, found = repository.line(commit), set()
        for _, changes in repository.changes(line, FOLDER, kinds="DT"):
            found |= {key for change in changes if (key := key_of(change.path)) is not None}
        body = "".join(f"{key}\n" for key in sorted(found)).encode()
        _remember(file, commit, body)
    rows = b"\n" + body
    return frozenset(key for key in keys if f"\n{key}\n".encode() in rows)


def _remembered(file: Path) -> tuple[str | None, bytes]:
    """Return the commit up to which something is known, and the keys; (None, nothing) where there is no sound file."""
    try:
        head, _, rest = file.read_bytes().partition(b"\n")
    except OSError:
        return None, b""
    name, _, rest = rest.partition(b"\n")
    digest, _, body = rest.partition(b"\n")
    if head != _FORMAT or digest != hashlib.sha256(name + b"\n" + body).hexdigest().encode() or not name.isalnum():
        return None, b""
    return name.decode("ascii"), body


def _remember(file: Path, commit: str, body: bytes) -> None:
    """Write the file as a whole; where that cannot be done, it is found out again next time."""
    name = commit.encode() + b"\n"
    digest = hashlib.sha256(name + body).hexdigest().encode() + b"\n"
    with suppress(OSError):
        handle, written = tempfile.mkstemp(prefix=f"{_NAME}-", dir=file.parent)
        with os.fdopen(handle, "wb") as output:
            output.write(_FORMAT + b"\n" + name + digest + body)
        Path(written).replace(file)
